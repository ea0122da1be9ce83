"""The readers of threads and of unmarked pages: tests/threads/NAME.html yields what NAME.json says of it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.items import question_to_json
from askive.archive.limits import Limits
from askive.archive.page import Page
from askive.archive.readers import faq, read_page, repeated, threads, unmarked
from askive.archive.readers.engines import LAYOUTS
from askive.archive.readers.finding import Outline
from askive.archive.readers.html import parse
from askive.archive.records import Question, printable
from askive.archive.tidy import tidy

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "tests" / "threads").glob("*.html"))
SHARED = ROOT.parent / "shared" / "pages"
RECEIVED = datetime(2024, 7, 1, 12, tzinfo=UTC)


def page(html: str | bytes, source: str = "page") -> Page:
    return Page(html if isinstance(html, bytes) else html.encode(), source, RECEIVED)


def questions(given: Page) -> list[Question]:
    _, found = read_page(given)
    return [one for one in found if isinstance(one, Question)]


def differences(stated: Any, got: Any, where: str = "") -> Iterator[str]:
    """Yield one line for each thing that `stated` says and `got` does not."""
    if isinstance(stated, Mapping) and isinstance(got, Mapping):
        for key, value in stated.items():
            yield from differences(value, got.get(key), f"{where}.{key}")
    elif isinstance(stated, list) and isinstance(got, list) and len(stated) == len(got):
        for n, (one, other) in enumerate(zip(stated, got, strict=True)):
            yield from differences(one, other, f"{where}[{n}]")
    elif stated != got:
        yield f"{where}: {stated!r} on the page, {got!r} read"


def items(sample: Path) -> list[dict[str, Any]]:
    return [question_to_json(question) for question in questions(page(sample.read_bytes(), sample.name))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample(sample: Path) -> None:
    golden = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert list(differences(golden, items(sample))) == []


QUOTED = re.compile(r'(<[^<>]*?\s[\w-]+=)"([\w./#:-]+)"')


def without_quotes(html: str) -> str:
    """Return a page as SingleFile saves it: values of attributes have quotes only where they need them."""
    pieces = re.split(r"(<script.*?</script>)", html, flags=re.DOTALL)
    for n in range(0, len(pieces), 2):
        while (bare := QUOTED.sub(r"\1\2 ", pieces[n])) != pieces[n]:
            pieces[n] = bare
    return "".join(pieces)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample_without_quotes(sample: Path, tmp_path: Path) -> None:
    golden = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    saved = tmp_path / sample.name
    saved.write_text(without_quotes(sample.read_text(encoding="utf-8")), encoding="utf-8")
    assert list(differences(golden, items(saved))) == []


def with_tbody(html: str) -> str:
    """Return a page as a browser saves it, which puts rows into bodies of tables."""
    html = re.sub(r"(<table[^>]*>)(?!\s*<t(?:body|head))", r"\1<tbody>", html)
    return re.sub(r"(?<!</tbody>)</table>", "</tbody></table>", html)


def in_capitals(html: str) -> str:
    """Return a page in the manner of 2000: names in capitals, no doctype."""
    html = re.sub(r"<!doctype[^>]*>|<\?xml[^>]*>", "", html, flags=re.IGNORECASE)
    return re.sub(r"<(/?)([a-z][a-z0-9]*)\b", lambda m: f"<{m[1]}{m[2].upper()}", html)


def from_the_wayback_machine(html: str) -> str:
    """Return a page as the Wayback Machine sends it, with its toolbar and its addresses."""
    html = re.sub(r'(href|src)="(?=https?://)', r'\1="https://web.archive.org/web/20240701120000/', html)
    bar = '<div id="wm-ipp"><form><input id="wmtbURL" value=""></form><table><tr><td>JUL</table></div>'
    return re.sub(r"<body[^>]*>", lambda m: m[0] + bar, html, count=1)


@pytest.mark.parametrize("way", [with_tbody, in_capitals, from_the_wayback_machine])
def test_samples_saved_in_other_ways(way: Callable[[str], str]) -> None:
    """Every forum's sample reads the same in another copy of it."""
    forums = {layout.name for layout in LAYOUTS if not layout.asks} - {"reddit"}  # younger than such copies
    for sample in SAMPLES:
        golden = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
        if golden[0].get("askive", {}).get("reader") in forums:
            copy = page(way(sample.read_text(encoding="utf-8")), sample.name)
            [question] = questions(copy)
            assert list(differences(golden, [question_to_json(question)])) == [], sample.stem


def test_each_golden_has_its_sample() -> None:
    goldens = {path.stem for path in (ROOT / "tests" / "threads").glob("*.json")}
    assert goldens == {path.stem for path in SAMPLES}


def test_selectors_of_all_layouts_are_understood() -> None:
    outline = Outline(parse(page("<p>x</p>")))
    for layout in LAYOUTS:
        told = {field.name: getattr(layout, field.name) for field in fields(layout)}
        texts = {
            name: text
            for name, text in told.items()
            if isinstance(text, str) and name not in ("name", "home")
        }
        for name, text in texts.items():
            for one in text.split(","):
                selector = one.partition("@")[0].strip().removeprefix("last ")
                assert not selector or outline.find(selector) == [], f"{layout.name}: {name}"
        assert layout.signs


HEAD = '<html lang="en"><head><title>T</title></head><body id="phpbb"><h2 class="topic-title">{title}</h2>'
POST = (
    '<div class="post" id="p{n}"><div class="postprofile"><a class="username">U{n}</a></div>'
    '<p class="author">{time}</p><div class="content">{text}</div></div>'
)


def thread(title: str, *texts: str, time: str = "Sun Dec 17, 2023 11:23 am", link: str = "") -> Page:
    posts = "".join(POST.format(n=n, time=time, text=text) for n, text in enumerate(texts, 1))
    return page(link + HEAD.format(title=title) + posts)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Congratulations to all", "We did it!"),
        ("My take on kettles", "They boil. Is that not much?"),
        ("Look at this before posting", "Here are the plans."),
        ("Photographs", "Mine, from last week."),
    ],
)
def test_a_thread_that_asks_nothing_is_none(title: str, text: str) -> None:
    with pytest.raises(PageRejected, match="asks nothing"):
        next(threads.read(thread(title, text, "Nice.")))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Which kettle?", "One for two cups."),
        ("Kettle does not boil", "It hums."),
        ("Kettle", "It hums. Why?"),
        ("Kettles", "I am looking for advice."),
        ("Kessel", "Der pfeift nicht, wie kann ich das beheben."),
        ("Bouilloire", "Merci d'avance pour vos idées."),
        ("Tetera", "No funciona desde ayer."),
        ("Чайник", "Подскажите, какой взять."),
        ("水壶", "请问哪个好"),
    ],
)
def test_a_thread_that_asks(title: str, text: str) -> None:
    [question] = questions(thread(title, text, "Yes."))
    assert (question.title, question.reader, len(question.answers)) == (title, "phpbb", 1)


def test_a_later_page_has_answers_only() -> None:
    link = '<link rel="canonical" href="https://a.example/viewtopic.php?t=7&amp;start=20">'
    [question] = questions(thread("Which kettle?", "Mine.", "Yours.", link=link))
    assert (question.id, question.body, len(question.answers)) == ("a.example:7", None, 2)


LATER = {
    "title": "<title>Which kettle? - Page 2 - Board</title>",
    "title in German": "<title>Which kettle? - Seite 34</title>",
    "title in Chinese": "<title>Which kettle? - 第2页 - 壶</title>",
    "navigation": '<div class="pagination">Page <strong>2</strong> of <strong>3</strong></div>',
    "navigation in Russian": '<td class="nav">Страница 12 из 13</td>',
    "page before": '<link rel="canonical" href="https://a.example/tea/7-kettle-3.html">'
    '<link rel="prev" href="https://a.example/tea/7-kettle-2.html">',
    **{
        address: f'<link rel="canonical" href="https://a.example/{address}">'
        for address in (
            "viewtopic.php?id=7&amp;p=2",
            "threads/kettle.7/page-2",
            "thread-7-2-1.html",
            "thread-kettle-page-2.html",
            "index.php?topic=7.15",
            "thread/7/?pageNo=2",
            "topic/kettle/paged/2/",
        )
    },
}


@pytest.mark.parametrize("told", LATER.values(), ids=LATER)
def test_a_later_page_is_known(told: str) -> None:
    [question] = questions(thread("Which kettle?", "Mine.", "Yours.", link=told))
    assert (question.body, len(question.answers)) == (None, 2)


@pytest.mark.parametrize(
    "told",
    [
        "<title>Which kettle? - Page Two - Board</title>",
        '<div class="pagination">Page 1 of 3</div>',
        '<link rel="canonical" href="https://a.example/topic/kettle/">'
        '<link rel="prev" href="https://a.example/topic/cups/">',
        '<link rel="canonical" href="https://a.example/viewtopic.php?p=22">',
    ],
)
def test_a_first_page_is_known(told: str) -> None:
    [question] = questions(thread("Which kettle?", "Mine.", "Yours.", link=told))
    assert (question.body and question.body.text, len(question.answers)) == ("Mine.", 1)


def test_a_later_page_whose_title_asks_nothing_says_so() -> None:
    link = '<link rel="canonical" href="https://a.example/viewtopic.php?t=7&amp;start=20">'
    with pytest.raises(PageRejected, match="later page of a thread whose title asks nothing"):
        next(threads.read(thread("Kettles", "Why not?", "Yours.", link=link)))


ARCHIVED = "https://web.archive.org/web/20120305112233/http://a.example/viewtopic.php?t=7"
SAVED = {
    "browser": "<!-- saved from url=(0037)http://a.example/viewtopic.php?t=7 -->",
    "SingleFile": "<!--\n Page saved with SingleFile \n url: http://a.example/viewtopic.php?t=7 \n"
    " saved date: Mon Mar 05 2012 12:22:33 GMT+0100 (CET)\n-->",
    "HTTrack": "<!-- Mirrored from a.example/viewtopic.php?t=7 by HTTrack Website Copier/3.x [XR&CO'2010],"
    " Mon, 05 Mar 2012 11:22:33 GMT -->",
    "Wayback Machine": f'<link rel="canonical" href="{ARCHIVED}">',
    "Wayback Machine's toolbar": '<input type="text" name="url" id="wmtbURL"'
    ' value="http://a.example/viewtopic.php?t=7">'
    "<!--\n FILE ARCHIVED ON 11:22:33 Mar 05, 2012 AND RETRIEVED FROM THE INTERNET ARCHIVE -->",
}


@pytest.mark.parametrize("way", SAVED)
def test_where_and_when_a_page_was_saved(way: str) -> None:
    saved = thread("Which kettle?", "Mine.", "Yours.", time="Yesterday, 1:02 pm", link=SAVED[way])
    [question] = questions(saved)
    assert (question.id, question.site) == ("a.example:7", "a.example")
    assert question.url == "http://a.example/viewtopic.php?t=7"
    day = (
        datetime(2024, 6, 30, 13, 2, tzinfo=UTC)
        if way == "browser"
        else datetime(2012, 3, 4, 13, 2, tzinfo=UTC)
    )
    assert question.created == day


def test_links_of_the_wayback_machine_lead_to_where_they_led() -> None:
    told = f'<link rel="canonical" href="{ARCHIVED}">'
    link = '<a href="/web/20120305112233/http://a.example/viewtopic.php?t=8">cups</a>'
    [question] = questions(thread("Which kettle?", f"See {link}.", "Yours.", link=told))
    assert [found.target for found in question.links] == ["a.example:8"]


def test_quotations_code_formulas_pictures_links_and_hidden_parts() -> None:
    text = (
        '<blockquote><cite>A wrote:</cite> old</blockquote>new <a href="https://b.example/x">link</a>'
        '<div class="codebox"><p>Code: <a href="#">Select all</a></p><pre><code>if x:\n    y()</code></pre>'
        "</div>"
        '<span class="MathJax">drawn</span><script type="math/tex">x^2</script>'
        '<img src="spacer.gif" data-src="https://b.example/p.png" alt="a pot"><p hidden>hidden</p>'
        '<div class="notice">Last edited by A</div><form>Reply</form>'
    )
    [question] = questions(thread("Which?", "One.", text))
    [answer] = question.answers
    assert answer.body.text == "> A wrote: old\n\nnew link\n\nif x:\n    y()\n\n$x^2$a pot"
    assert 'href="https://b.example/x"' in (answer.body.html or "")
    assert 'src="https://b.example/p.png"' in (answer.body.html or "")


def test_limits() -> None:
    with pytest.raises(PageRejected, match="nested deeper than 9"):
        next(threads.read(thread("Why?", "<i>" * 20 + "x", "y"), Limits(html_depth=9)))
    with pytest.raises(PageRejected, match="3 posts; a page is read up to 2"):
        next(threads.read(thread("Why?", "a", "b", "c"), Limits(posts=2)))
    with pytest.raises(PageRejected, match="texts have more than"):
        next(threads.read(thread("Why?", "a" * 600, "b" * 600), Limits(page_text=1_000)))


TOPIC = {
    "title": "Which kettle?",
    "views": 5,
    "tags": ["tea", "Tea Ware"],
    "posts_count": 9,
    "closed": True,
    "post_stream": {
        "posts": [
            {
                "id": 1,
                "post_number": 1,
                "cooked": "<p>For two.</p>",
                "username": "ann",
                "actions_summary": [],
            },
            {"id": 2, "post_number": 2, "cooked": "<p>Steel.</p>", "created_at": "2020-01-02T03:04:05.678Z"},
            {"id": 3, "post_number": 3, "cooked": "closed", "post_type": 3},
            {
                "id": 4,
                "post_number": 4,
                "cooked": "<p>Glass.</p>",
                "actions_summary": [{"id": 2, "count": 6}],
            },
        ]
    },
    "accepted_answer": {"post_number": 4},
}


def test_a_topic_of_discourse() -> None:
    [question] = questions(page(json.dumps(TOPIC)))
    assert (question.title, question.author, question.score, question.views) == ("Which kettle?", "ann", 0, 5)
    assert [tag.name for tag in question.tags] == ["tea", "tea-ware"]
    assert [(a.id, a.body.text, a.score, a.accepted) for a in question.answers] == [
        ("2", "Steel.", None, False),
        ("4", "Glass.", 6, True),
    ]
    assert question.answers[0].created == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (question.closed, question.answer_count, question.reader) == ("closed", 7, "discourse_json")


@pytest.mark.parametrize(
    "change",
    [
        {
            "title": "News",
            "accepted_answer": None,
            "post_stream": {"posts": [{"post_number": 1, "cooked": "x"}]},
        },
        {"title": 7},
        {"post_stream": {"posts": 3}},
        {"post_stream": {"posts": [4]}},
        {"post_stream": {"posts": None}},
    ],
)
def test_a_topic_that_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(PageRejected):
        questions(page(json.dumps(TOPIC | change)))


NO_QA = {
    "article with comments": (
        "<h1>Why tea matters?</h1>"
        + "<p>Long prose about tea and its history, with much to say. </p>" * 30
        + '<div class="comment"><b class="author">A</b><time datetime="2020-01-01">x</time>'
        "<p class=text>I agree with all of that.</p></div>" * 3
    ),
    "list of threads": "<h1>Questions?</h1>"
    + "".join(
        f'<div class="row"><h3><a href="/t/{n}">Thread {n}</a></h3><a class="author" href="/user/{n}">U</a>'
        f'<time datetime="2020-01-0{n}">x</time><p class="text">An excerpt of the thread number {n}</p></div>'
        for n in range(1, 8)
    ),
    "article with questions as headings": "<title>Tea</title><h1>Tea</h1>"
    + "<h2>What is tea?</h2><p>A leaf.</p><h2>Who drinks it?</h2><p>All.</p><h2>Where?</h2><p>Here.</p>",
    "glossary": "<h1>FAQ of words</h1><dl><dt>Kettle</dt><dd>Boils.</dd><dt>Pot</dt><dd>Steeps.</dd></dl>",
    "help with links only": '<h1>FAQ</h1><ul class="faq">'
    + "".join(f'<li><a href="/{n}">How do I do thing {n}?</a></li>' for n in range(9))
    + "</ul>",
    "login": "<h1>Log in?</h1><form><input name=user><input type=password></form>",
}


@pytest.mark.parametrize("html", NO_QA.values(), ids=NO_QA)
def test_no_qa_page(html: str) -> None:
    with pytest.raises(PageRejected, match="not a Q&A page"):
        questions(page(f"<html><body>{html}"))


def test_all_pairs_of_an_faq_page() -> None:
    found = questions(page((ROOT / "tests" / "threads" / "faq-headings.html").read_bytes()))
    assert [question.title for question in found] == [
        "Wann haben Sie offen?",
        "Darf mein Hund mit?",
        "Gibt es Kuchen?",
    ]
    assert found[0].answers[0].body.text == "Täglich ab neun.\n\nMontags ab zwölf."


def test_unmarked_reads_what_engines_mark() -> None:
    """The same posts are found without a table, by their structure, on real pages of three engines."""
    if not SHARED.exists():
        pytest.skip("no ../shared/pages at hand")
    agreed = {}
    for name in ("discourse/wcxb-dev-0505", "phpbb/wcxb-dev-0535", "xenforo/wcxb-dev-2797"):
        given = page((SHARED / f"{name}.html").read_bytes())
        [known] = questions(given)
        [seen] = unmarked.read(given)
        assert isinstance(seen, Question)
        assert len(seen.answers) == len(known.answers)
        pairs = zip(seen.answers, known.answers, strict=True)
        agreed[name] = sum(a.body.text[:20] == b.body.text[:20] for a, b in pairs) / len(known.answers)
    assert min(agreed.values()) > 0.8, agreed


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a page that was cut, doubled or shuffled at its tags, or whose classes were exchanged."""
    pieces = data.split(b"<")
    begin, end = sorted(chance.choices(range(len(pieces) + 1), k=2))
    kind = chance.randrange(5)
    if kind == 0:
        pieces = pieces[:begin] + pieces[end:]
    elif kind == 1:
        pieces = pieces[:end] + pieces[begin:end] * chance.randint(1, 4) + pieces[end:]
    elif kind == 2:
        middle = pieces[begin:end]
        chance.shuffle(middle)
        pieces = pieces[:begin] + middle + pieces[end:]
    elif kind == 3:
        classes = [piece for piece in pieces if b"class=" in piece]
        pieces = [chance.choice(classes) if p in classes and chance.random() < 0.2 else p for p in pieces]
    else:
        encoding = chance.choice(["utf-16", "cp1252", "shift_jis"])
        return data.decode("utf-8", "replace").encode(encoding, "replace")
    return b"<".join(pieces)


@pytest.mark.parametrize("rounds", [600, pytest.param(100_000, marks=pytest.mark.slow)])
def test_mutated_threads_yield_records_or_one_reason(rounds: int) -> None:
    chance = random.Random(rounds)
    kept = 0
    for _ in range(rounds):
        data = chance.choice(SAMPLES).read_bytes()
        for _ in range(chance.randint(1, 3)):
            data = mutated(data, chance)
        kept += _read(page(data))
    assert kept > rounds // 4


def _read(given: Page) -> int:
    try:
        _, found = read_page(given)
        records = list(found)
    except PageRejected as rejection:
        assert rejection.reason == printable(rejection.reason)
        return 0
    held = [one for one in records if isinstance(one, Question)]
    for question in held:
        assert tidy(question) == question, "a reader hands over what can be kept as it is"
    return len(held)


def test_mutated_real_pages() -> None:
    if not SHARED.exists():
        pytest.skip("no ../shared/pages at hand")
    chance = random.Random(5)
    small = [path for path in sorted(SHARED.rglob("*.html")) if path.stat().st_size < 120_000]
    for path in small:
        _read(page(mutated(path.read_bytes(), chance)))


def test_names_that_no_selector_can_have_are_passed_over() -> None:
    """Mutated pages have elements such as `div:class="date"`, and real ones `fb:like`."""
    soup = parse(page("<ul><li>a</li><fb:time>May 5, 2020</fb:time><fb:time class=x>b</fb:time></ul>"))
    assert [repeated._names(one) for one in soup.find("ul").find_all()] == [["li"], [], [".x"]]  # type: ignore[union-attr]
    assert [list(faq._selectors(one)) for one in soup.find_all("fb:time")] == [[], []]
