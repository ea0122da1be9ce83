"""Blurbs of tags: tag pages (tests/tags/NAME.html yields what NAME.json says), tooltips, what is no blurb."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.ingest import ingest
from askive.archive.limits import Limits
from askive.archive.page import Found, Page
from askive.archive.raw import RawPages
from askive.archive.readers import read_page, tag_pages
from askive.archive.readers.blurbs import LABEL_LENGTH, is_blurb
from askive.archive.readers.engines import TAG_LAYOUTS
from askive.archive.readers.finding import Outline
from askive.archive.readers.html import parse
from askive.archive.readers.layout import alternatives
from askive.archive.records import Question, Tag, printable
from askive.archive.store import Store
from askive.archive.tidy import tidy_tag

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "tests" / "tags").glob("*.html"))
RECEIVED = datetime(2024, 7, 1, 12, tzinfo=UTC)


def page(html: str | bytes, address: str | None = None) -> Page:
    return Page(html if isinstance(html, bytes) else html.encode(), "page", RECEIVED, address)


def found(given: Page) -> list[Found]:
    _, read = read_page(given)
    return list(read)


def tags(given: Page) -> dict[str, str | None]:
    """Return the tags of a page with their blurbs; it holds nothing else."""
    read = found(given)
    assert all(isinstance(one, Tag) for one in read)
    return {one.name: one.blurb for one in read if isinstance(one, Tag)}


def as_json(tag: Tag) -> dict[str, object]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(tag).items() if value
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample(sample: Path) -> None:
    golden = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    read = found(page(sample.read_bytes()))
    assert [as_json(one) if isinstance(one, Tag) else one for one in read] == golden


def test_each_golden_has_its_sample() -> None:
    goldens = {path.stem for path in (ROOT / "tests" / "tags").glob("*.json")}
    assert goldens == {path.stem for path in SAMPLES}


def test_selectors_of_all_layouts_are_understood() -> None:
    outline = Outline(parse(page("<i>x</i>")))
    for layout in TAG_LAYOUTS:
        assert layout.signs
        assert layout.unit or layout.tag or layout.heading or layout.address, "nothing says which tag it is"
        for field in fields(layout):
            value = getattr(layout, field.name)
            if isinstance(value, str) and field.name not in ("name", "address"):
                for selector, _, _ in alternatives(value):
                    assert [one.name for one in outline.find(selector)] in ([], ["p"]), layout


LABELS = [
    "show questions tagged 'tea'",
    "see questions tagged 'tea'",
    "view all posts tagged with 'tea'",
    "View all posts in tea",
    "Find other content tagged with 'tea'",
    "See more threads tagged with tea",
    "Questions tagged tea",
    "Browse topics tagged with tea",
    "mostrar preguntas con la etiqueta 'tea'",
    "mostrar perguntas com a tag 'tea'",
    "показать вопросы с меткой «tea»",
    "「tea」タグが付いた質問を表示する",
    "Fragen mit dem Schlagwort „tea“ anzeigen",
    "Alle Themen mit dem Tag tea anzeigen",
    "afficher les questions avec l'étiquette « tea »",
    "Voir tous les messages étiquetés tea",
    "mostra le domande con etichetta tea",
    "bekijk vragen met tag 'tea'",
    "查看标签为“tea”的问题",
    "visa frågor taggade tea",
    "Tag: tea",
    "Label: Tea",
    "Tea",
    "Tea.",
    "#tea",
    "tea (12)",
    "1,234 questions",
    "12 topics",
    "Watch tag",
    "Follow",
    "There is no tag wiki for this tag … yet!",
    "There is no usage guidance for this tag … yet!",
    "This tag has no description",
    "No description.",
    "",
]
BLURBS = [
    "Leaves in hot water",
    "Tea and what belongs to it",
    "Questions about tea leaves",
    "For questions on how to show a list of tea tags.",
    "Infusion",
    "茶叶与热水",
    "Use this tag for questions on brewing and view the other tags for pots, cups and kettles of all kinds",
]


@pytest.mark.parametrize("text", LABELS)
def test_what_a_link_does_is_no_blurb(text: str) -> None:
    assert not is_blurb(text, "tea")
    assert len(text) < LABEL_LENGTH


@pytest.mark.parametrize("text", BLURBS)
def test_what_says_something_of_a_tag_is_its_blurb(text: str) -> None:
    assert is_blurb(text, "tea")


def test_a_name_of_several_words_is_no_blurb_of_itself() -> None:
    assert not is_blurb("Earl Grey", "earl-grey")
    assert not is_blurb("show questions tagged 'earl-grey'", "Earl Grey")


QUESTION = (
    '<html><div class="qa-main-heading"><h1>Which kettle?</h1></div><div class="qa-q-view" id="q12">'
    '<div class="qa-q-view-content">For two.</div><div class="qa-q-view-tags">{tag}</div></div>'
)


@pytest.mark.parametrize(
    ("tag", "blurb"),
    [
        ('<a class="qa-tag-link" title="Leaves in water">tea</a>', "Leaves in water"),
        ('<a class="qa-tag-link" title="show questions tagged tea">tea</a>', None),
        (
            '<a class="qa-tag-link" title="tea" data-original-title="Leaves in water">tea</a>',
            "Leaves in water",
        ),
        ('<a title="Leaves &amp; water"><i><b class="qa-tag-link">tea</b></i></a>', "Leaves & water"),
        ('<a class="qa-tag-link" data-content="<p>Leaves in <b>water</b></p>">tea</a>', "Leaves in water"),
        (
            '<a class="qa-tag-link" aria-describedby="tip">tea</a><div id="tip" role="tooltip">'
            "<p>Leaves in water</p><button>Watch tag</button></div>",
            "Leaves in water",
        ),
        ('<div title="Not of the tag"><div><a class="qa-tag-link">tea</a></div></div>', None),
    ],
)
def test_tooltips(tag: str, blurb: str | None) -> None:
    [question] = found(page(QUESTION.format(tag=tag)))
    assert isinstance(question, Question)
    assert [(one.name, one.blurb) for one in question.tags] == [("tea", blurb)]


def test_signs_that_belong_to_a_name_stay() -> None:
    [question] = found(
        page(QUESTION.format(tag='<a class="qa-tag-link">C#</a><a class="qa-tag-link">#tea</a>'))
    )
    assert isinstance(question, Question)
    assert [(one.name, one.title) for one in question.tags] == [("c#", "C#"), ("tea", None)]


def test_a_pop_up_that_was_saved_tells_of_the_tag_of_a_question() -> None:
    thread = (ROOT / "tests" / "threads" / "stackexchange-2010.html").read_text(encoding="utf-8")
    [before] = found(page(thread))
    assert isinstance(before, Question)
    name = before.tags[0].name
    popup = (
        f'<div id="tag-menu" style="display:none" hidden><div class="tm-heading"><b>{name}</b>'
        f'<a href="/questions/tagged/{name}">{name}</a></div>'
        '<div class="tm-description">What it is.</div></div>'
    )
    [after] = found(page(thread.replace("</body>", popup + "</body>")))
    assert isinstance(after, Question)
    assert popup.count(name) and "</body>" in thread
    assert [tag.blurb for tag in before.tags if tag.name == name] == [None]
    assert [tag.blurb for tag in after.tags if tag.name == name] == ["What it is."]


INFO = '<html><div class="s-prose"><div id="wiki-excerpt"><p>{}</p></div><p>A wiki.</p></div>'


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://tea.example/tags/c%2b%2b/info", "c++"),
        ("https://tea.example/tags/c%23/info", "c#"),
        ("https://tea.example/tags/c++11/info", "c++11"),
        ("https://tea.example/tags/%E8%8C%B6/info?lang=zh", "茶"),
    ],
)
def test_the_address_names_the_tag(address: str, name: str) -> None:
    assert tags(page(INFO.format("An excerpt."), address)) == {name: "An excerpt."}


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Questions tagged [c#]", ["c#"]),
        ("Recent questions tagged 'tea'", ["tea"]),
        ("Question tag: Tea", ["tea"]),
        ("Questions tagged [tea+milk]", []),
        ("Questions tagged tea or milk", []),
        ("Edit a tag wiki", []),
        ("Tag synonyms", []),
    ],
)
def test_a_heading_names_the_tag(heading: str, names: list[str]) -> None:
    given = page(f'<html><div id="mainbar-full"><h1>{heading}</h1>{INFO.format("An excerpt.")}</div>')
    if names:
        assert list(tags(given)) == names
    else:
        with pytest.raises(PageRejected, match="not a Q&A page"):
            found(given)


def test_the_wiki_is_the_blurb_where_there_is_no_excerpt() -> None:
    address = "https://tea.example/tags/tea/info"
    assert tags(page(INFO.format("There is no usage guidance for this tag … yet!"), address)) == {
        "tea": "A wiki."
    }


NOTICES = (
    "<p>There is no usage guidance for this tag … yet!</p>"
    "<p>Usage guidance, also known as a tag wiki excerpt, is short.</p>"
    "<p>There is no tag wiki for this tag … yet!</p><p>Tag wikis help introduce newcomers to the tag.</p>"
    "<p>All registered users may propose new tag wikis.</p>"
    "<p>Note that if you have less than 20000 reputation, others must approve.</p>"
)


def test_a_notice_that_nothing_is_written_yet_is_no_wiki() -> None:
    address = "https://tea.example/tags/tea/info"
    wiki = '<html><div class="s-prose">{}<p>A wiki.</p></div>'
    assert tags(page(wiki.format(NOTICES), address)) == {"tea": "A wiki."}
    with pytest.raises(PageRejected, match="not a Q&A page"):
        found(page(wiki.format(NOTICES).replace("A wiki.", ""), address))


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (INFO.format("An excerpt."), None),  # of which tag?
        (INFO.format("An excerpt."), "https://tea.example/questions/12"),
        (INFO.format("An excerpt."), "https://tea.example/tags/tea+coffee/info"),
        ((ROOT / "tests/tags/question2answer-list.html").read_text().replace("title=", "data-x="), None),
        (
            (ROOT / "tests/tags/stackexchange-tags-2023.html")
            .read_text()
            .replace("v-truncate4", "")
            .replace("fc-black-500", ""),
            None,
        ),
        (
            "<html><meta content=askbot><a class=tag title=\"see questions tagged 'tea'\">tea</a>",
            None,
        ),
    ],
)
def test_a_page_that_says_nothing_of_a_tag_is_none(html: str, address: str | None) -> None:
    with pytest.raises(PageRejected, match="not a Q&A page"):
        found(page(html, address))


def test_a_thread_that_cannot_be_read_is_no_page_about_tags() -> None:
    thread = QUESTION.format(tag='<a class="qa-tag-link" title="Leaves in water">tea</a>')
    with pytest.raises(PageRejected, match="the thread has no title"):
        found(page(thread.replace("Which kettle?", "")))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_tag_page_lends_its_blurb_to_questions(tmp_path: Path, is_first: bool) -> None:
    paths = [ROOT / "tests/tags/sotoki.html", ROOT / "tests/threads/question2answer.html"]
    with Store.open(tmp_path / "archive", create=True) as store:
        for path in paths if is_first else reversed(paths):
            report = ingest([path], store, RawPages(tmp_path / "raw"), now=lambda: RECEIVED)
            assert (report.pages_read, report.rejected, report.problems) == (1, (), ())
        [question] = store.questions()
        assert {tag.name: tag.blurb for tag in question.tags}["hard-water"] == "Water with lime in it."
        assert store.check() == []


def test_limits() -> None:
    cells = "".join(
        f'<div class="js-tag-cell"><a class="post-tag">t{n}</a><p class="excerpt">One of many.</p></div>'
        for n in range(9)
    )
    read = tag_pages.read(page("<html>" + cells), Limits(page_tags=4, blurb_length=6))
    assert [(one.name, one.blurb) for one in read if isinstance(one, Tag)] == [
        (f"t{n}", "One of") for n in range(4)
    ]


DISCOURSE = {
    "/tag/tea/info.json": (
        {
            "tag_info": {
                "id": 3,
                "name": "Tea",
                "description": "Leaves in <a href='/t/1'>water</a> &amp; pots",
                "synonyms": [{"id": "infusion", "text": "infusion"}, {"id": 7, "name": "tea"}],
                "tag_group_names": [],
            }
        },
        [Tag("tea", blurb="Leaves in water & pots", synonyms=("infusion",))],
    ),
    "/tags.json": (
        {
            "tags": [{"id": "tea", "text": "tea", "description": "Leaves", "count": 3, "pm_only": False}, 7],
            "extras": {
                "tag_groups": [{"name": "g", "tags": [{"id": 1, "name": "pots", "description": "Clay"}]}]
            },
        },
        [Tag("tea", blurb="Leaves"), Tag("pots", blurb="Clay")],
    ),
    "/latest.json": (
        {
            "topic_list": {
                "tags": [{"id": 1, "name": "cups", "topic_count": 2, "staff": False}],
                "topics": [
                    {"id": 7, "title": "Which pot?", "tags": ["pots"], "tags_descriptions": {"pots": "Clay"}},
                    {"id": 8, "title": "News", "tags": [{"id": 1, "name": "cups"}], "tags_descriptions": {}},
                    None,
                ],
            }
        },
        [Tag("pots", blurb="Clay")],
    ),
}


@pytest.mark.parametrize(("told", "expected"), DISCOURSE.values(), ids=DISCOURSE)
def test_what_discourse_says_of_tags(told: object, expected: list[Tag]) -> None:
    assert found(page(json.dumps(told))) == expected


@pytest.mark.parametrize(
    "told",
    [
        {"tag_info": {"name": "tea", "description": "", "synonyms": None}},
        {"tag_info": {"name": ["tea"], "description": "Leaves"}},
        {"tags": [{"id": "tea", "description": {"a": 1}, "pm_only": False}], "extras": []},
        {"topic_list": {"topics": [{"tags": {"pots": 1}, "tags_descriptions": {"pots": "Clay"}}]}},
        {"tags": "tea", "topic_list": 7, "pm_only": 1},
    ],
)
def test_json_of_discourse_that_says_nothing_of_tags(told: object) -> None:
    with pytest.raises(PageRejected, match="says nothing of its tags"):
        found(page(json.dumps(told)))


def test_a_topic_of_discourse_has_the_descriptions_of_its_tags() -> None:
    topic = {
        "title": "Which pot?",
        "tags": [{"id": 1, "name": "Pots", "slug": "pots"}, "cups", "cups"],
        "tags_descriptions": {"Pots": "Clay"},
        "post_stream": {"posts": [{"id": 1, "post_number": 1, "cooked": "<p>For two.</p>"}]},
    }
    [question] = found(page(json.dumps(topic)))
    assert isinstance(question, Question)
    assert question.tags == (Tag("pots", blurb="Clay"), Tag("cups"))


@pytest.mark.parametrize("rounds", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_damaged_pages_yield_sound_tags_or_one_reason(rounds: int) -> None:
    chance = random.Random(rounds)
    samples = [path.read_bytes() for path in SAMPLES]
    held = 0
    for _ in range(rounds):
        data = chance.choice(samples)
        sign = chance.choice([b"<", b" ", b'"', b">"])
        pieces = data.split(sign)
        begin, end = sorted(chance.choices(range(len(pieces) + 1), k=2))
        if chance.random() < 0.5:
            chance.shuffle(pieces)
        damaged = sign.join(pieces[:begin] + pieces[end:] + pieces[begin:end] * chance.randint(0, 2))
        try:
            read = found(
                page(damaged.replace(b"tea", chance.choice([b"tea", b"\x00", b"\xff", b"&#x202e;"])))
            )
        except PageRejected as rejection:
            assert printable(rejection.reason) == rejection.reason
            continue
        for tag in (one for one in read if isinstance(one, Tag)):
            held += 1
            assert tidy_tag(tag) == tag
            assert tag.name and (tag.blurb or tag.synonyms)
            texts = [tag.name, tag.title, tag.blurb, *tag.synonyms]
            assert [text for text in texts if text and printable(text) != text] == []
    assert held > rounds // 10
