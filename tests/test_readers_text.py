"""The text reader: scraped pages of the form of raw/iop.txt, in cells, with any tags and answers."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import Limits
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.readers.text import REMARK_LENGTH, read, sniff
from askive.archive.records import Question, printable, text_id
from hypothesis import example, given
from hypothesis import strategies as st

RAW = Path(__file__).parents[1] / "raw"
RECEIVED = datetime(2024, 7, 1, tzinfo=UTC)

ANSWER = "It is a thing. It has parts."


@dataclass(frozen=True)
class Parts:
    """What a person reads on a page of scraped text; a tag is its name, title and blurb."""

    title: str
    body: str
    tags: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def page(text: str | bytes) -> Page:
    return Page(text if isinstance(text, bytes) else text.encode(), "page.txt", RECEIVED)


def parts_of(text: str | bytes) -> Parts:
    """Return what the reader, found by its sniffing, makes of a page."""
    (parts,) = pages_in(text)
    return parts


def pages_in(text: str | bytes) -> list[Parts]:
    """Return what the reader, found by its sniffing, makes of a file of pages."""
    name, found = read_page(page(text))
    assert name == "text"
    return [parts_of_question(question) for question in found]


def parts_of_question(question: object) -> Parts:
    assert isinstance(question, Question)
    assert question.body is not None
    return Parts(
        question.title,
        question.body.text,
        [(tag.name, tag.title, tag.blurb) for tag in question.tags],
        [answer.body.text for answer in question.answers],
        [comment.body.text for comment in question.comments],
    )


FORMS: dict[str, tuple[str | bytes, Parts]] = {
    "no tags, one answer": ("What is it? |\nA thing.", Parts("What is it?", "What is it?", [], ["A thing."])),
    "no tags, several answers, no remark": (
        f"What is it? I ask. |\n{ANSWER} |\n{ANSWER} Again. |\n",
        Parts("What is it?", "What is it? I ask.", [], [ANSWER, f"{ANSWER} Again."]),
    ),
    "no tags, a remark": (
        f"What is it? |\n{ANSWER} |\nFrom a letter.",
        Parts("What is it?", "What is it?", [], [ANSWER], ["From a letter."]),
    ),
    "several remarks": (
        f"What is it? |\n{ANSWER} |\nFrom a letter. |\nAnother one",
        Parts("What is it?", "What is it?", [], [ANSWER], ["From a letter.", "Another one"]),
    ),
    "a remark between answers is an answer": (
        f"What is it? |\n{ANSWER} |\nA thing. |\n{ANSWER}",
        Parts("What is it?", "What is it?", [], [ANSWER, "A thing.", ANSWER]),
    ),
    "one sentence behind the question is an answer": (
        "What is it? |\nA thing. |\nFrom a letter.",
        Parts("What is it?", "What is it?", [], ["A thing."], ["From a letter."]),
    ),
    "a long sentence is no remark": (
        f"What is it? |\n{ANSWER} |\n{'x' * REMARK_LENGTH}. |\n",
        Parts("What is it?", "What is it?", [], [ANSWER, f"{'x' * REMARK_LENGTH}."]),
    ),
    "a tag": (
        f"What is it? tea-pot Tea PotA pot for tea. |\n{ANSWER}",
        Parts("What is it?", "What is it?", [("tea-pot", "Tea Pot", "A pot for tea.")], [ANSWER]),
    ),
    "tags and no cell behind them": (
        "What is it? tea TeaA drink. pot PotA thing.",
        Parts("What is it?", "What is it?", [("tea", "Tea", "A drink."), ("pot", "Pot", "A thing.")]),
    ),
    "no question mark": (
        f"Tell me about tea. tea TeaA drink. |\n{ANSWER}",
        Parts("Tell me about tea.", "Tell me about tea.", [("tea", "Tea", "A drink.")], [ANSWER]),
    ),
    "tags with signs": (
        "Which? c++ C++C++ is one. node.js Node.jsRuns scripts. c# C#Is another. .net .NetA runtime."
        f" sql-server-2008 Sql Server 2008A version. f-16 F 16A plane. r RR is short. |\n{ANSWER}",
        Parts(
            "Which?",
            "Which?",
            [
                ("c++", "C++", "C++ is one."),
                ("node.js", "Node.js", "Runs scripts."),
                ("c#", "C#", "Is another."),
                (".net", ".Net", "A runtime."),
                ("sql-server-2008", "Sql Server 2008", "A version."),
                ("f-16", "F 16", "A plane."),
                ("r", "R", "R is short."),
            ],
            [ANSWER],
        ),
    ),
    "tags in all capitals": (
        f"Which? iop IOPIOP is one. .net .NETThe runtime. |\n{ANSWER}",
        Parts(
            "Which?", "Which?", [("iop", "IOP", "IOP is one."), (".net", ".NET", "The runtime.")], [ANSWER]
        ),
    ),
    "no blurbs": (
        f"Which? tea Tea tea-pot Tea Pot c++ C++ |\n{ANSWER}",
        Parts(
            "Which?",
            "Which?",
            [("tea", "Tea", None), ("tea-pot", "Tea Pot", None), ("c++", "C++", None)],
            [ANSWER],
        ),
    ),
    "a blurb between none": (
        f"Which? tea Tea pot PotA pot. cup Cup |\n{ANSWER}",
        Parts(
            "Which?",
            "Which?",
            [("tea", "Tea", None), ("pot", "Pot", "A pot."), ("cup", "Cup", None)],
            [ANSWER],
        ),
    ),
    "a blurb that repeats the title": (
        f"Which? tea TeaTea is a drink. tea-pot Tea PotTea Pot, or tea pot: Tea in a Pot. |\n{ANSWER}",
        Parts(
            "Which?",
            "Which?",
            [("tea", "Tea", "Tea is a drink."), ("tea-pot", "Tea Pot", "Tea Pot, or tea pot: Tea in a Pot.")],
            [ANSWER],
        ),
    ),
    "blurbs that begin in other ways": (
        "Which? a1 A1iOS runs on it. b1 B1.NET does. c1 C1“Quoted.” d1 D1(In brackets.) e1 E1Évian. f1 F12 of"
        f" them. g1 G1jQuery too. |\n{ANSWER}",
        Parts(
            "Which?",
            "Which?",
            [
                ("a1", "A1", "iOS runs on it."),
                ("b1", "B1", ".NET does."),
                ("c1", "C1", "“Quoted.”"),
                ("d1", "D1", "(In brackets.)"),
                ("e1", "E1", "Évian."),
                ("f1", "F1", "2 of them."),
                ("g1", "G1", "jQuery too."),
            ],
            [ANSWER],
        ),
    ),
    "a tag twice": (
        f"Which? tea TeaA drink. tea TeaA leaf. |\n{ANSWER}",
        Parts("Which?", "Which?", [("tea", "Tea", "A drink.")], [ANSWER]),
    ),
    "a word again at the start of a sentence is no tag": (
        f"Which? I have a plan. Plan B is tea. Tea I drink. tea TeaA drink. |\n{ANSWER}",
        Parts(
            "Which?",
            "Which? I have a plan. Plan B is tea. Tea I drink.",
            [("tea", "Tea", "A drink.")],
            [ANSWER],
        ),
    ),
    "a word twice is no tag": (
        f"Who said that that is us US citizens? “Oh” “so” “so” (now) (now) |\n{ANSWER}",
        Parts(
            "Who said that that is us US citizens?",
            "Who said that that is us US citizens? “Oh” “so” “so” (now) (now)",
            [],
            [ANSWER],
        ),
    ),
    "line ends of other systems": (
        f"What is it?\r\nI ask. tea TeaA drink. |\r\n{ANSWER}\rMore. |\r\nFrom a letter.\r\n",
        Parts(
            "What is it?",
            "What is it?\nI ask.",
            [("tea", "Tea", "A drink.")],
            [f"{ANSWER}\nMore."],
            ["From a letter."],
        ),
    ),
    "paragraphs and code": (
        "What is it?\n\n    a | b\n\nI ask. tea TeaA drink. |\n\nTry:\n\n    c |d\n    e |f\n\nIt works. |\n",
        Parts(
            "What is it?",
            "What is it?\n\n    a | b\n\nI ask.",
            [("tea", "Tea", "A drink.")],
            ["Try:\n\n    c |d\n    e |f\n\nIt works."],
        ),
    ),
    "empty cells": (
        f"What is it? |\n |\n{ANSWER} |\n|\n\t|  \n",
        Parts("What is it?", "What is it?", [], [ANSWER]),
    ),
    "a mark before it": (codecs.BOM_UTF8 + b"Is it? |\nYes.", Parts("Is it?", "Is it?", [], ["Yes."])),
    "utf-16": ("Is it? |\nÉ.".encode("utf-16"), Parts("Is it?", "Is it?", [], ["É."])),
    "windows-1252": (
        "Is it? |\n“No,” he said: café.".encode("cp1252"),
        Parts("Is it?", "Is it?", [], ["“No,” he said: café."]),
    ),
    "a bracket before it": (
        "[Solved] Is it? |\nYes.",
        Parts("[Solved] Is it?", "[Solved] Is it?", [], ["Yes."]),
    ),
    "a long first sentence": (
        f"Is {'it ' * 300}? |\nYes.",
        Parts(f"Is {'it ' * 164}it…", f"Is {'it ' * 300}?", [], ["Yes."]),
    ),
    "signs in the title": (
        "Is \x1b[31mit\u202e? |\nYes.",
        Parts("Is [31mit ?", "Is \x1b[31mit\u202e?", [], ["Yes."]),
    ),
}


@pytest.mark.parametrize(("text", "expected"), FORMS.values(), ids=FORMS)
def test_form(text: str | bytes, expected: Parts) -> None:
    assert parts_of(text) == expected


ONE = "What is it? tea TeaA drink. |\nIt is a thing. |\nFrom a letter."
TWO = (
    "Who is it?\n\nTell me. pot PotA pot. cup CupA cup. |\nHe is.\n\nHe was. He stays. |\nShe is. She stays."
)
THREE = "Tell me why. pot PotA pot. |\nIt broke. |\n"
UNTAGGED = "Why is it? |\nIt is so. It is. |\nAnd so it stays. |\n"


@pytest.mark.parametrize(
    "gap",
    ["-----\n", "\n=====\n\n", "* * *\n", "\f", "\n\f\n", "\n\n", "==> b.txt <==\n", "\n==> b c.txt <==\n\n"],
)
@pytest.mark.parametrize("ends_before", [True, False])
def test_several_pages_behind_wide_gaps(gap: str, ends_before: bool) -> None:
    texts = [ONE, TWO, THREE]
    assert pages_in((gap if ends_before else "") + f"\n{gap}".join(texts)) == [*map(parts_of, texts)]
    assert pages_in(f"\n{gap}".join([UNTAGGED, ONE, UNTAGGED.replace("it", "that")]))[0] == parts_of(UNTAGGED)


@pytest.mark.parametrize("gap", ["\n\n", "\n", " |\n"])
def test_several_pages_one_behind_the_other(gap: str) -> None:
    assert pages_in(gap.join([ONE, TWO, ONE.replace("it", "that")])) == [
        *map(parts_of, [ONE, TWO, ONE.replace("it", "that")])
    ]


def test_pages_whose_files_had_no_line_end() -> None:
    iop = (RAW / "iop.txt").read_text(encoding="utf-8")
    other = (RAW / "text" / "vector-erase.txt").read_text(encoding="utf-8")
    assert not iop.endswith("\n")
    assert pages_in(iop + other) == [parts_of(iop), parts_of(other)]


def test_pages_without_answers() -> None:
    texts = ["What is it? tea TeaA drink.\nOr a meal.", "Who is it? pot PotA pot. cup Cup"]
    assert pages_in("\n-----\n".join(texts)) == [*map(parts_of, texts)]


def test_a_question_twice_in_a_file_is_one() -> None:
    assert pages_in(f"{ONE}\n\n\n{ONE}\n") == [parts_of(ONE)]


def test_a_page_of_several_that_cannot_be_read_is_told_of() -> None:
    long = f"Who is it? {'it ' * 90}. pot PotA pot. |\nHe is."
    *_, problem = read(page(f"{ONE}\n-----\n{long}\n-----\n{THREE}"), Limits(text_bytes=200))
    assert problem == Problem("page 2", "305 characters; scraped text is read up to 200 characters")


ONE_PAGE = {
    "code that shows a page": "It looks so:\n\n    Who is it? pot PotA pot. |\n    He is. |\n\nSo it is.",
    "a fence around a page": "Like so:\n\n```\nWho is it? pot PotA pot. |\nHe is.\n```\n\nSo it is.",
    "a quoted page": "> Who is it? pot PotA pot. |\n> He is.",
    "a page behind a colon": "It looks so:\n\nWho is it? pot PotA pot. |\nHe is. |\nSo it is.",
    "a page in the middle of a line": "It looks so: Who is it? pot PotA pot. |\nHe is.",
    "code in the middle of a line": "Do\n`Who is it? pot PotA pot. |`\nand it works.",
    "a word and a type": "Why not? Use a string StringBuilder here.\n\n\nOr a map Mapper there. |\nSo it is.",
    "a rule in a tag's blurb": "It is.\n\nA heading\n-----\nAnd so on.",
    "blank lines": "It is.\n\n\n\nIs it? It is.",
}


@pytest.mark.parametrize("answer", ONE_PAGE.values(), ids=ONE_PAGE)
@pytest.mark.parametrize("asked", ["What is it? tea TeaA drink. |\n", "What is it? |\n"])
def test_one_page_stays_one(asked: str, answer: str) -> None:
    assert parts_of(asked + answer).title == "What is it?"


def test_a_rule_and_a_question_in_an_answer_part_no_page_that_has_tags() -> None:
    answers = ["It depends.\n-----\nIs it hot? Then wait.", "So it is. Do wait."]
    assert parts_of(" |\n".join([ONE.split(" |")[0], *answers])).answers == answers


REJECTED = {
    "prose": ("Tea is a drink. It is made of leaves. Do you like it? I do.", "no reader knows its form"),
    "a question alone": ("What is it?", "no reader knows its form"),
    "a table": ("What? | Who?\na | b |\nc | d |\n", "no reader knows its form"),
    "a table of Markdown": ("| What? |\n| --- |\n| a |\n", "no reader knows its form"),
    "statements in cells": ("Tea is a drink. |\nSo is milk. |\n", "no reader knows its form"),
    "tags without a question": (f"tea TeaA drink. |\n{ANSWER}", "tags and no question before them"),
    "bars": (" |\n |\n", "no reader knows its form"),
    "nothing": ("", "empty page"),
    "white space": (" \n\t\r\n", "empty page"),
}


@pytest.mark.parametrize(("text", "reason"), REJECTED.values(), ids=REJECTED)
def test_rejected(text: str, reason: str) -> None:
    with pytest.raises(PageRejected, match=reason) as rejection:
        read_page(page(text))
    assert printable(rejection.value.reason) == rejection.value.reason


def test_read_rejects_prose_itself() -> None:
    with pytest.raises(PageRejected, match="without tag sections or cells"):
        next(read(page("Tea is a drink.")))


SNIFFED = {
    "tags": (f"What is it? tea TeaA drink. |\n{ANSWER}", 0.8),
    "tags alone": ("What is it? tea Tea", 0.8),
    "question and answer": (f"What is it? |\n{ANSWER}", 0.5),
    "question alone": ("What is it?", 0.0),
    "prose": ("Tea is a drink. It is made of leaves.", 0.0),
    "prose with a word again": ("I have a plan. Plan B is tea. Tea I drink.", 0.0),
    "html": ("<p>What is it? tea TeaA drink. |\nA thing.", 0.0),
    "json": ('{"a": "What is it? tea TeaA drink. |\nA thing."}', 0.0),
    "json list": ('[{"a": "What is it? |\nA thing."}]', 0.0),
    "table": ("What? | Who?\na | b |\n", 0.0),
    "table of Markdown": ("| What? |\n| --- |\n| a |\n", 0.0),
    "mail": ("From: a@b.c\nSubject: What is it?\n\nI ask.\n", 0.0),
    "nothing": ("", 0.0),
}


@pytest.mark.parametrize(("text", "sure"), SNIFFED.values(), ids=SNIFFED)
def test_sniff(text: str, sure: float) -> None:
    assert sniff(page(text)) == sure


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\xff\xfe|")
@example(b"a \x00|\n?")
def test_sniff_never_raises(data: bytes) -> None:
    assert 0 <= sniff(page(data)) <= 1


@pytest.mark.parametrize("path", sorted(RAW.rglob("*.*")), ids=lambda path: path.relative_to(RAW).as_posix())
def test_of_the_raw_pages_it_claims_its_own(path: Path) -> None:
    own = path.parent == RAW / "text" or path.name in ("iop.txt", "nul-bytes-text.txt", "escapes-text.txt")
    assert (sniff(Page(path.read_bytes(), path.name, RECEIVED)) > 0) is own


def test_ids_are_those_of_the_texts() -> None:
    (question,) = read(page("What is it? tea TeaA drink. |\nYes. |\nYes. |\nYes. |\n"))
    assert isinstance(question, Question)
    assert question.id == text_id("What is it?")
    assert [answer.id for answer in question.answers] == [text_id("Yes.")]
    assert [comment.id for comment in question.comments] == [text_id("Yes."), text_id("Yes.") + "-2"]
    assert (question.source, question.reader) == (None, None)


def test_limits() -> None:
    text = f"What is it? tea TeaA drink. pot PotA pot. |\n{ANSWER}"
    with pytest.raises(PageRejected, match="characters; scraped text is read up to 20 characters"):
        next(read(page(text), Limits(text_bytes=20)))
    (question,) = read(page(text), Limits(tags=1, blurb_length=4, title_length=9))
    assert isinstance(question, Question)
    assert [(tag.name, tag.blurb) for tag in question.tags] == [("tea", "A dr")]
    assert question.title == "What is…"


# A page made of its parts is read back into them. Words hold no slug, no blurb begins with a small letter.

_WORDS = [
    "tea",
    "pot",
    "it's",
    "C++",
    "e.g.",
    "vs.",
    "a|b",
    "(now)",
    "3.5",
    "naïve",
    "日本",
    "x=1;",
    "“so”",
    "—",
]
_words = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)
_sentences = st.builds(
    "{} {}{}".format, st.sampled_from(["The", "We", "Does", "¿Is"]), _words, st.sampled_from(".!?")
)
_texts = st.lists(_sentences, min_size=1, max_size=4).map(" ".join)
_long_texts = st.builds("{} {} {}".format, _sentences, _sentences, st.sampled_from(["Yes.", "This ends it."]))
_remarks = st.sampled_from(["This came in by mail.", "Seen on the web", "Thank you!"])
_slugs = st.sampled_from(
    ["c++", "node.js", "c#", ".net", "sql-server-2008", "tea-pot", "f-16", "r", "go", "été"]
)
_blurbs = st.none() | _texts


@st.composite
def made_pages(draw: st.DrawFn) -> tuple[str, Parts]:
    question = draw(_sentences.map(lambda text: text[:-1] + "?"))
    body = " ".join([question, *draw(st.lists(_sentences, max_size=2))])
    slugs = draw(st.lists(_slugs, max_size=4, unique=True))
    tags = [(slug, slug.replace("-", " ").title().replace(".Js", ".js"), draw(_blurbs)) for slug in slugs]
    answers = draw(st.lists(_long_texts, min_size=1, max_size=3))
    remarks = draw(st.lists(_remarks, max_size=2, unique=True))
    asked = " ".join([body, *(f"{slug} {title}{blurb or ''}" for slug, title, blurb in tags)])
    text = " |\n".join([asked, *answers, *remarks]) + draw(st.sampled_from(["", "\n", " |", " |\n", "\n\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text, Parts(question, body, list(tags), answers, remarks)


@given(made_pages())
def test_a_page_made_of_parts_is_read_into_them(made: tuple[str, Parts]) -> None:
    text, parts = made
    assert parts_of(text) == parts


COSTLY = {
    "pages": ONE + "\n",
    "pages on a line": f"{ONE} |\n{ONE}",
    "gaps": "What? tea Tea\n\n\n---\f",
    "tags": "Is it? tea TeaA. ",
    "bars": " |\n",
    "lines": "line\n",
    "fences": "```\nIs it? tea TeaA. |\n",
    "dashes": "- ",
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_costly_files_end(text: str) -> None:
    try:
        assert list(read(page(text * (400_000 // len(text)))))
    except PageRejected as rejection:
        assert rejection.reason


_gaps = st.sampled_from(["\n-----\n", "\f", "\n\n\n", "\n\n", "\n"])


@given(st.lists(made_pages().filter(lambda made: bool(made[1].tags)), min_size=2, max_size=4), _gaps)
def test_pages_in_one_file_are_those_of_each(made: list[tuple[str, Parts]], gap: str) -> None:
    """What is asked is made different: equal questions are one."""
    texts = [text.replace(parts.body, f"{n}. {parts.body}", 1) for n, (text, parts) in enumerate(made)]
    assert pages_in(gap.join(texts)) == [parts_of(text) for text in texts]
