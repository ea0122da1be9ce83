"""Pages that break, or are made to break readers: each yields sound records, or one reason why not."""

# ruff: noqa: UP031 - JSON is full of the braces that format() would take for its own
from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.records import Question, printable
from askive.archive.store import Store
from askive.archive.tidy import tidy

RAW = Path(__file__).parents[1] / "raw"
REAL = Path(__file__).parents[2] / "shared" / "pages"
RECEIVED = datetime(2024, 7, 1, tzinfo=UTC)

MEBI = 1024 * 1024
ITEM = 'itemscope itemtype="https://schema.org/Question"'


def script(text: str) -> str:
    return f'<html><script type="application/ld+json">{text}</script>'


def graph(*things: str) -> str:
    return script(f"[{','.join(things)}]")


def questions(number: int, more: str) -> str:
    """Return many JSON-LD questions that all say the same beside their name."""
    return ",".join(f'{{"@type":"Question","name":"Q{n}","text":"t",{more}}}' for n in range(number))


def item(inside: str) -> str:
    """Return a page with a microdata question, which holds something that does not end."""
    return f"<html><div {ITEM}><b itemprop=name>How?</b><i itemprop=text>I ask.</i>{inside}"


def laughs(document: str) -> str:
    """Return XML whose entities stand for each other, ten at a time: 10^19 laughs."""
    entities = (f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(19))
    return f"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'ha'>{''.join(entities)}]>{document}"


FORUM = "<html id=phpbb><h2 class=topic-title>Why?</h2>"
POST = (
    "<div class=post id=p1><a class=username>U</a><p class=author>May 5, 2020</p><div class=content>x</div>"
)
EMPTY_STRINGS = ",".join(['""'] * 50_000)
LIKE = "same" * 15
EMPTY = "<b></b>" * 40_000
QUESTION = '{"@type":"Question","name":"How?","text":"I ask.","suggestedAnswer":%s}'

# Pages that are small and simple to make, and cost a reader that multiplies minutes or gigabytes. With each
# the number of questions it holds, or the reason why it is not read.
COSTLY: dict[str, tuple[Callable[[], str | bytes], int | str]] = {
    "50 MiB of div": (lambda: "<div>" * (10 * MEBI), "52,428,800 bytes"),
    "deep divs": (lambda: item("<div>" * 99_000), 1),
    "deep quotations": (lambda: item("<div itemprop=text>" + "<blockquote><ul><li>" * 6_000), 1),
    "deep markup in JSON": (lambda: script(QUESTION % json.dumps("<p><b><i><a>" * 4_900 + "x")), 1),
    "deep notices": (lambda: f"<html><div {ITEM}><b itemprop=text>x" + "<i role=alert>" * 90_000, 1),
    "names inside names": (
        lambda: f"<html><div {ITEM}>" + "<i itemprop=name>" * 90_000 + "x",
        "no schema.org",
    ),
    "texts inside texts": (lambda: item("<div itemprop=text>x" * 30_000), 1),
    "tags inside tags": (lambda: item("<span><a rel=tag>" * 30_000), 1),
    "questions inside questions": (lambda: "<html>" + f"<div {ITEM}>" * 30_000, "no schema.org question"),
    "RDFa inside RDFa": (
        lambda: "<html>" + "<p><div typeof=Question>" * 40_000 + "<b property=name>x</b><b property=text>y",
        1,
    ),
    "comments inside comments": (
        lambda: item("<div itemprop=comment itemscope><i itemprop=text>x</i>" * 20_000),
        1,
    ),
    "a million itemscopes": (lambda: "<html>" + "<i itemscope>" * 1_000_000, "1,000,001 tags"),
    "itemref in circles": (
        lambda: (
            "<html>"
            + "".join(
                f'<div id=a{n} {ITEM} itemprop=comment itemref="a{(n + 1) % 900} a{(n + 2) % 900}"></div>'
                for n in range(900)
            )
        ),
        "no schema.org question",
    ),
    "itemref to all": (
        lambda: "<html><div id=x>" + "<i></i>" * 40_000 + "</div>" + f"<p {ITEM} itemref=x></p>" * 9_000,
        "items take more than [0-9,]+ steps",
    ),
    "100,000 questions": (lambda: graph(questions(100_000, '"url":""')), "more than [0-9,]+ values"),
    "30,000 questions": (lambda: graph(questions(30_000, '"url":""')), "30,000 questions"),
    "many answers": (lambda: script(QUESTION % json.dumps(["So."] * 90_000)), 1),
    "JSON 100,000 deep": (lambda: script('"QAPage"' + "[" * 100_000), "nested more than 64 deep"),
    "a file of JSON 100,000 deep": (
        lambda: '{"@type":"Question","a":' + "[" * 100_000,
        "nested more than 64",
    ),
    "a line of JSON 100,000 deep": (lambda: '{"question_id":' + "[" * 100_000, "nested more than"),
    "JSON in open comments": (lambda: script("QAPage" + "/*" * MEBI), "no JSON"),
    "JSON in open strings": (lambda: script('QAPage"' + "\\" * (2 * MEBI + 1)), "no JSON"),
    "JSON with blanks": (lambda: script("QAPage" + ("//" + " " * 2_000) * 1_000), "no JSON"),
    "broken scripts": (lambda: script('{"@type":"QAPage",?</script>') * 9_000, "no JSON"),
    "one author of all": (
        lambda: graph(
            f'{{"@id":"#p","@type":"Person","name":[{EMPTY_STRINGS}]}}',
            questions(9_000, '"author":{"@id":"#p"}'),
        ),
        9_000,
    ),
    "one counter of all": (
        lambda: graph(
            f'{{"@id":"#c","@type":"InteractionCounter","interactionType":[{EMPTY_STRINGS}]}}',
            questions(9_000, '"interactionStatistic":{"@id":"#c"}'),
        ),
        9_000,
    ),
    "one answer to all": (
        lambda: graph(
            f'{{"@id":"#a","@type":"Answer","text":"x","upvoteCount":[{EMPTY_STRINGS}]}}',
            questions(9_000, '"suggestedAnswer":{"@id":"#a"}'),
        ),
        9_000,
    ),
    "one long answer to all": (
        lambda: graph(
            '{"@id":"#a","@type":"Answer","text":"%s"}' % ("x" * 9_000),
            questions(9_000, '"suggestedAnswer":{"@id":"#a"}'),
        ),
        "texts have more than",
    ),
    "comments without a text on one answer to all": (
        lambda: graph(
            '{"@id":"#a","@type":"Answer","text":"x","comment":%s}' % json.dumps([{"author": "x"}] * 20_000),
            questions(9_000, '"suggestedAnswer":{"@id":"#a"}'),
        ),
        "texts have more than",
    ),
    "one question told often": (
        lambda: graph(
            ",".join(
                f'{{"@type":"Question","name":"Q","text":"t{n}","suggestedAnswer":"a{n}"}}'
                for n in range(9_000)
            )
        ),
        8_997,
    ),
    "answers that begin alike, told twice": (
        lambda: graph(
            *(
                '{"@type":"Question","name":"Q","text":"t","suggestedAnswer":[%s]}'
                % ",".join(f'"{LIKE}{n}"' for n in range(first, first + 30_000))
                for first in (0, 40_000)
            )
        ),
        1,
    ),
    "a line of 10 MiB": (lambda: "What? |\n" + "x" * (10 * MEBI), "a text is read up to"),
    "pages in a file": (lambda: "What is it? tea TeaA drink. |\nA thing.\n\n\n" * 40_000, 1),
    "pairs in a file": (lambda: "Q: What is it?\nA: A thing.\n" * 40_000, 40_000),
    "a line of nearly 1 MiB": (lambda: "What? |\n" + "x" * (MEBI - 100), 1),
    "a name of 4 MiB": (
        lambda: f"<html><p {ITEM}><b itemprop=name>{'x ' * 2 * MEBI}</b><i itemprop=text>y",
        1,
    ),
    "words that could be tags": (lambda: "What? " + "tea Tea " * 120_000 + "|\nA", 1),
    "stops without end": (lambda: "What? |\n" + ".) " * 300_000 + "|\n" + ".\n " * 9, 1),
    "bars": (lambda: "What? " + " | " * 300_000, "no reader knows its form"),
    "billion laughs": (lambda: laughs("<x>&t;</x>"), "no reader knows its form"),
    "billion laughs in XHTML": (
        lambda: laughs(
            f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{item('')}<p itemprop=text>&t;</p>"
        ),
        1,
    ),
    "entities": (lambda: f"<html><p {ITEM}><b itemprop=name>How?</b><i itemprop=text>{'&amp;' * MEBI}", 1),
    "posts inside posts": (lambda: FORUM + POST * 14_000, "nested deeper than|no schema.org question"),
    "posts in a row": (lambda: FORUM + (POST + "</div>") * 9_000, 1),
    "threads of many classes": (
        lambda: (
            "<html>"
            + "".join(
                f"<div class='a{n % 3000} b{n % 2000}'><a class=author>U<time>May 5, 2020</time><p>I.</div>"
                for n in range(9_000)
            )
        ),
        "not a Q&A page",
    ),
    "an FAQ of 20,000 questions": (
        lambda: "<html><h1>FAQ</h1>" + "".join(f"<h2>What is {n}?</h2><p>So.</p>" for n in range(20_000)),
        1_000,
    ),
    "cells of tags inside cells of tags": (
        lambda: "<html>" + "<div class=tag-cell><a class=post-tag>t</a><p class=excerpt>" * 160 + EMPTY,
        "not a Q&A page",
    ),
    "tags that name one pop-up": (
        lambda: (
            "<html><p id=x>" + EMPTY + "So." + "<a class=qa-tag-link title=t aria-details=x>t</a>" * 9_000
        ),
        "not a Q&A page",
    ),
    "tags in one long tooltip": (
        lambda: (
            f"<html><a title='{'see topics ' * 90_000}'>" + "<i class=discourse-tag title=t>t</i>" * 30_000
        ),
        0,
    ),
    "cells of 24,000 tags": (
        lambda: "<html>" + "<p class=tag-cell><a class=post-tag>t</a>So.</p>" * 24_000,
        "not a Q&A page",
    ),
    "paragraphs that all ask": (
        lambda: "<html><title>FAQ</title>" + "<p>What is this thing?<p>So." * 49_000,
        "not a Q&A page",
    ),
    "questions inside questions without end": (
        lambda: "<html><title>FAQ</title>" + ("<div class=faq>What is it?" * 500 + "</div>" * 500) * 98,
        "not a Q&A page",
    ),
    "an index of 24,000 questions": (
        lambda: (
            "<html><title>FAQ</title>"
            + "".join(f"<a href='#q{n}'>What is {n}?</a>" for n in range(24_000))
            + "".join(f"<h2 id=q{n}>What is {n}?</h2>" for n in range(24_000))
        ),
        "not a Q&A page",
    ),
    "40,000 blocks that could be the question": (
        lambda: (
            "<html><title>How?</title>"
            + "<div class=question>x</div>" * 40_000
            + "<div class=answer><a class=author>U</a><time>May 5, 2020</time>"
            "<p class=t>So it is, I think.</p></div>" * 99
        ),
        1,
    ),
    "20,000 lists": (
        lambda: "<html><title>How?</title>" + "".join(f"<ul id=u{n}><li>a<li>b</ul>" for n in range(20_000)),
        "not a Q&A page",
    ),
    "white space": (lambda: " " * (20 * MEBI), "no reader knows its form|empty page"),
    "comments": (lambda: "<html>" + "<!--" * 90_000, "not a Q&A page"),
    "less than": (lambda: "<" * (10 * MEBI), "no reader knows its form"),
}

LONG = frozenset(
    {
        "comments inside comments",
        "deep divs",
        "deep quotations",
        "entities",
        "itemref to all",
        "JSON in open strings",
        "many answers",
        "an FAQ of 20,000 questions",
        "threads of many classes",
        "questions inside questions",
        "questions inside questions without end",
        "an index of 24,000 questions",
        "20,000 lists",
        "texts inside texts",
    }
)
"""Those that no reader has stumbled over yet; read in the slow part of the suite."""

TIMEOUT = 120
"""Seconds for all of them together: a guard against hanging, ten times what they take."""

MEMORY = 2048 * MEBI
"""Address space of their process: a guard against pages that multiply, far above what they take."""

CHILD = f"""
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from askive.archive.errors import PageRejected
from askive.archive.page import Page
from askive.archive.readers import read_page
from askive.archive.records import Question
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        _, found = read_page(Page(path.read_bytes(), path.name, datetime.now(UTC)))
        outcome = sum(isinstance(one, Question) for one in found)
    except PageRejected as rejection:
        outcome = rejection.reason
    print(json.dumps(outcome), flush=True)
"""


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(sorted(COSTLY.keys() - LONG), id="most"),
        pytest.param(sorted(LONG), id="long", marks=pytest.mark.slow),
    ],
)
def test_costly_pages(names: Sequence[str], tmp_path: Path) -> None:
    for number, name in enumerate(names):
        made = COSTLY[name][0]()
        (tmp_path / f"{number:03}").write_bytes(made if isinstance(made, bytes) else made.encode())
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (0, "")
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(outcomes) == len(names)
    wrong = {
        name: outcome
        for name, outcome in zip(names, outcomes, strict=True)
        if not _is_expected(outcome, COSTLY[name][1])
    }
    assert wrong == {}


def _is_expected(outcome: int | str, expected: int | str) -> bool:
    if isinstance(outcome, int) or isinstance(expected, int):
        return outcome == expected
    return re.search(expected, outcome) is not None and printable(outcome) == outcome


# What every page yields


def read_soundly(data: bytes) -> list[Question]:
    """Return the questions of a page, held to what a reader promises; none where the page is rejected."""
    try:
        _, found = read_page(Page(data, "page", RECEIVED))
    except PageRejected as rejection:
        assert rejection.reason
        assert printable(rejection.reason) == rejection.reason
        return []
    records = list(found)  # whatever was taken is read to its end
    assert records
    for problem in (one for one in records if isinstance(one, Problem)):
        assert printable(problem.reason) == problem.reason
        assert printable(problem.where) == problem.where
    held = [one for one in records if isinstance(one, Question)]
    for question in held:
        assert tidy(question) == question, "a reader hands over what can be kept as it is"
        assert_readable(question)
    return held


def assert_readable(question: Question) -> None:
    """Titles, names and times are as the rest of the program expects them."""
    assert question.title
    lines = [question.id, question.title, question.author, question.site, question.url]
    lines += [answer.author for answer in question.answers]
    lines += [comment.author for comment in question.comments]
    lines += [text for tag in question.tags for text in (tag.name, tag.title, tag.blurb)]
    assert [text for text in lines if text is not None and printable(text) != text] == []
    assert all(len(tag.name) > 0 for tag in question.tags)


SMALL: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \r\n\t",
    "one byte": b"\xff",
    "every byte": bytes(range(256)) * 40,
    "NULs": bytes(4096),
    "NULs and text": b"Is\0 it? |\0\n\0Yes.",
    "a mark alone": b"\xef\xbb\xbf",
    "a UTF-16 mark alone": b"\xff\xfe",
    "a gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + bytes(100),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(50),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n",
    "half a page of UTF-16": script(QUESTION % '"So."').encode("utf-16")[:-1],
    "numbers": script(
        '{"@type":"Question","name":"How?","text":"t","upvoteCount":1e999,"answerCount":-99999999999999999999,'
        '"commentCount":NaN,"dateCreated":"99999-01-01","dateModified":-1e400,"keywords":[1,null,true,{}]}'
    ).encode(),
    "lone surrogates": script(QUESTION % r'"\ud800 a \udfff \u0000 \ufffe \u202e"').encode(),
    "lone surrogates in names": script(
        r'{"@type":"Question","name":"\ud800How\u0000?\ufdd0","author":"\udfff","text":"\ud83d\ude00 \ud83d"}'
    ).encode(),
    "names of control characters": script(
        r'{"@type":"Question","name":"\u202e\u001b","author":"\u0007","text":"t","keywords":["\u0000","\u200b"]}'
    ).encode(),
    "a name of spaces": script(r'{"@type":"Question","name":"\u00a0\u3000","text":"\u00a0"}').encode(),
    "an item that is its own": item(f"<div id=x itemref=x itemprop=comment {ITEM}>").encode(),
    "an item in a circle": f"<html><div id=a {ITEM} itemref=b></div><div id=b {ITEM} itemref=a>".encode(),
    "XML": b"<?xml version='1.0' encoding='utf-16'?><rss><channel><item>Question</item></channel></rss>",
    "XML twice": b"<?xml ?><?xml version='1.0'?><div itemscope itemtype='https://schema.org/Question'>",
    "an encoding of Python's": b"<meta charset=rot13><p>x",
    "an encoding of nobody's": b"<meta charset=x-y-z><p>x",
    "a charset at the edge": b"<html>" + b" " * 4080 + b"<meta charset=utf-16><p>",
    "a JSON array": b'[{"@type": "Question"}, [], null]',
    "a JSON string": b'"QAPage"',
    "an export of nothing": b'{"format_version": 1, "items": []}',
    "an export of other things": b'{"format_version": 1, "items": [1, {}, {"title": ""}]}',
    "an export with numbers": b'{"title": "x", "body_text": "y", "score": 1e999, "creation_date": 1e30}',
    "an export with surrogates": b'{"title": "\\ud800", "body_text": "\\udfff"}',
    "an export with a bad link": b'{"title": "x", "body": "<a href=http://[x>y</a>", "link": "http://[x"}',
    "a base that is none": b"<html><base href='http://[x'>" + script(QUESTION % '"<a href=y>z</a>"').encode(),
    "an own address that is none": b"<html><link rel=canonical href='http://[x/q/1'>"
    + script(QUESTION % '"<a href=y>z</a>"').encode(),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("data", SMALL.values(), ids=SMALL)
def test_small_page(data: bytes) -> None:
    read_soundly(data)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
PLAIN = {
    "text": "What is it? tea TeaA drink. |\nIt is é thing. It has parts. |\nFrom a letter.",
    "JSON-LD": script(QUESTION % '"It is é thing."'),
    "microdata": item("<div itemprop=suggestedAnswer itemscope><p itemprop=text>It is é thing.</p></div>"),
}


@pytest.mark.parametrize("form", PLAIN)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_changes_nothing(form: str, encoding: str) -> None:
    (question,) = read_soundly(PLAIN[form].encode(encoding))
    assert question == read_soundly(PLAIN[form].encode())[0]
    assert question.answers[0].body.text.startswith("It is é thing.")


# Pages of raw/, and real ones, damaged


def paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".json", ".ndjson", ".txt"))


def torn(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def begun_late(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def with_a_hole(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:begin] + data[end:]


def stuttering(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[begin:end] * chance.randint(1, 3) + data[end:]


def doubled(data: bytes, chance: random.Random) -> bytes:
    return data + data


def shuffled(data: bytes, chance: random.Random) -> bytes:
    sign = chance.choice([b"\n", b"<", b'"', b" ", b"|"])
    parts = data.split(sign)
    chance.shuffle(parts)
    return sign.join(parts)


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20) if data else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def salted(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    grains = [
        b"\0",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"&#xFFFE;",
        b"</script>",
        b"<!--",
        b"\x1b]0;x\x07",
        b"<plaintext>",
    ]
    return data[:place] + chance.choice(grains) + data[place:]


def re_encoded(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        chance.choice([*ENCODINGS, "cp1252", "koi8-r", "shift_jis", "utf-7", "cp037"]), "replace"
    )


DAMAGES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    torn,
    begun_late,
    with_a_hole,
    stuttering,
    doubled,
    shuffled,
    flipped,
    salted,
    re_encoded,
)


def damaged(pages: Sequence[bytes], seed: int) -> bytes:
    """Return a page with one to three damages; the same for the same seed."""
    chance = random.Random(seed)
    data = chance.choice(pages)
    for damage in chance.choices(DAMAGES, k=chance.randint(1, 3)):
        data = damage(data, chance)
    return data


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=pytest.mark.slow)])
def test_damaged_pages(count: int, tmp_path: Path) -> None:
    pages = [path.read_bytes() for path in paths(RAW)]
    held = 0
    with Store.open(tmp_path / "archive", create=True) as store:
        for seed in range(count):
            questions = read_soundly(damaged(pages, seed))
            held += len(questions)
            if seed % 10 == 0 and questions:
                with store.write() as writer:
                    writer.put(questions[0])
                assert store.get(questions[0].id) is not None
        assert store.check() == []
    assert held > count // 4, (
        "too few of the pages hold a question: they are damaged too much to tell anything"
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages of ../shared/pages are not at hand")
@pytest.mark.parametrize("count", [30, pytest.param(2_000, marks=pytest.mark.slow)])
def test_damaged_real_pages(count: int) -> None:
    pages = [path.read_bytes() for path in paths(REAL)]
    for seed in range(count):
        read_soundly(damaged(pages, seed))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages of ../shared/pages are not at hand")
def test_real_pages_make_sound_records() -> None:
    assert sum(len(read_soundly(path.read_bytes())) for path in paths(REAL)) > 100
