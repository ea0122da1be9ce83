"""Text and JSON of hits: layout at several widths, marks, explanations, reasons, what is cut."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from askive import render
from askive.archive.body import body_from_html
from askive.archive.records import Answer, Body, Question, Tag
from askive.index.related import Reason
from askive.index.search import Share
from askive.index.snippet import Snippet
from askive.index.suggest import Suggestion
from askive.render import Page, Shown
from askive.terminal import Look, text_width
from hypothesis import given
from hypothesis import strategies as st

from .program import HOSTILE, IOP, QUESTIONS, VECTOR, on
from .strategies import questions, wild_questions

PASSAGE = Snippet("Intensive Outpatient (IOP) requires more time.", ((0, 9), (10, 20)), "answer", "a2")
SHARES = (Share("title", "iop", 2.0), Share("answer", "iop", 1.25), Share("title", "clinic", 0.5))
REASONS = (
    Reason("link", ("duplicate",), 3.0),
    Reason("terms", ("outpatient", "therapy"), 2.0),
    Reason("tags", ("iop",), 1.0),
)


def text(shown: Shown, width: int = 80, color: bool = False) -> str:
    return "\n".join(render.hit(shown, Look(width, color)))


@pytest.mark.parametrize(
    ("shown", "width", "lines"),
    [
        (
            Shown(VECTOR, 3),
            80,
            """\
 3  How do I erase elements of a C++ vector while iterating?
    c++ · vector                 no answer · score 41 · 1 Jul 2012 · example.com
    example.com:7""",
        ),
        (
            Shown(VECTOR, 12, relevance=3.75, shares=SHARES),
            60,
            """\
12  How do I erase elements of a C++ vector while iterating?
    c++ · vector
    no answer · score 41 · 1 Jul 2012 · example.com
    score 3.75
    ├─ title        2.50  iop 2.00 · clinic 0.50
    └─ answer       1.25  iop 1.25
    example.com:7""",
        ),
        (
            Shown(VECTOR, 1, reasons=REASONS, relevance=6.0),
            40,
            """\
 1  How do I erase elements of a C++
    vector while iterating?
    c++ · vector
    no answer · score 41 · 1 Jul 2012 ·…
    · a known duplicate
    · shares the words outpatient,
      therapy
    · shares the tag iop
    example.com:7""",
        ),
        (
            Shown(IOP, 1, snippet=PASSAGE),
            36,
            """\
 1  What is the difference between
    outpatient treatment and "inten…
    drug-addiction · addiction-trea…
    2 answers ✓ · score 3 · 12 Mar…
    Intensive Outpatient (IOP)
    requires more time.
    text:1a2b3c4d5e6f""",
        ),
        (Shown(Question("a:1", " \n"), 1), 80, " 1  (no title)\n    no answer\n    a:1"),
    ],
)  # fmt: skip
def test_hit(shown: Shown, width: int, lines: str) -> None:
    assert text(shown, width) == lines


def test_marks_are_painted() -> None:
    colored = text(Shown(VECTOR, snippet=PASSAGE), color=True)
    assert "    \x1b[1;31mIntensive\x1b[0m \x1b[1;31mOutpatient\x1b[0m (IOP) requires more time.\n" in colored


@pytest.mark.parametrize(
    ("passage", "marks", "clean", "moved"),
    [
        ("a \x1b[31mred\x1b[0m fox", ((7, 10),), "a red fox", [(2, 5)]),
        ("two\n\nlines \x9b2Jx", ((0, 3), (5, 10)), "two lines x", [(0, 3), (4, 9)]),
        ("\x1b[31mword", ((2, 9),), "31mword", [(0, 7)]),  # a sequence that a mark parts is harmless too
        ("word", ((1, 1), (4, 4)), "word", []),
        ("", (), "", []),
    ],
)
def test_marks_stay_on_their_words(
    passage: str, marks: tuple[tuple[int, int], ...], clean: str, moved: list[tuple[int, int]]
) -> None:
    text, found = render.clean_marks(passage, marks)
    assert (text, found) == (clean, moved)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("terms", ("a", "b"), 1), "shares the words a, b"),
        (Reason("terms", ("a",), 1), "shares the word a"),
        (Reason("tags", ("x", "y"), 1), "shares the tags x, y"),
        (Reason("link", ("duplicate",), 1), "a known duplicate"),
        (Reason("link", ("linked",), 1), "one links to the other"),
        (Reason("link", ("related",), 1), "named as related"),
        (Reason("tags", ("x\x1b[5my",), 1), "shares the tag xy"),
    ],
)
def test_reason_in_words(reason: Reason, words: str) -> None:
    assert render.reason_in_words(reason) == words


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (Page(1, 0, (Shown(IOP),)), "1 question"),
        (Page(1200, 0, (Shown(IOP),)), "1 to 1 of 1,200 questions; --offset 1 shows the next"),
        (Page(12, 11, (Shown(IOP),)), "12 to 12 of 12 questions"),
        (Page(12, 0, ()), "12 questions"),
    ],
)
def test_summary(page: Page, line: str) -> None:
    assert render.summary(page, Look()) == line


def test_code_is_not_wrapped_and_prose_is() -> None:
    code = "for (;;) { a_very_long_line_of_code(with, many, arguments); }"
    html = f"<p>Prose that is wrapped.</p><pre><code>{code}</code></pre>"
    body = Body(f"Prose that is wrapped.\n\n{code}\n\n    indented {code}\n```\nfenced {code}\n```", html)
    assert list(render.paragraphs(body, 18)) == [
        "Prose that is", "wrapped.", "", code, "", f"    indented {code}", "```", f"fenced {code}", "```",
    ]  # fmt: skip


def test_code_in_a_list_is_not_wrapped() -> None:
    body = body_from_html("<ul><li>Run it as one that may:<pre>sudo make install --all</pre></ul>")
    assert list(render.paragraphs(body, 18)) == [
        "- Run it as one", "  that may:", "", "  sudo make install --all",
    ]  # fmt: skip


def test_ordered_lists_are_shown_with_numbers() -> None:
    body = body_from_html("<p>Do</p><ol start=2><li>this, which is long<li>that</ol><ul><li>more</ul>")
    assert "2." not in body.text
    assert list(render.paragraphs(body, 18)) == [
        "Do", "", "2. this, which is", "   long", "3. that", "", "- more",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prose", "lines"),
    [
        ("- one two three four five", ["- one two three four", "  five"]),
        ("10. one two three four", ["10. one two three", "    four"]),
        ("> - quoted list item goes on", ["> - quoted list item", "    goes on"]),
        ("a - b minus c and so on it goes", ["a - b minus c and so", "on it goes"]),
    ],
)
def test_lists_hang(prose: str, lines: list[str]) -> None:
    assert list(render.paragraphs(Body(prose), 20)) == lines


def test_answers_are_read_best_first() -> None:
    answers = [
        Answer(id, Body("x"), score=score, accepted=accepted)
        for id, score, accepted in [("a", None, None), ("b", 5, False), ("c", -1, None), ("d", 1, True)]
    ]
    assert [answer.id for answer in render.best_first(answers)] == ["d", "b", "a", "c"]


def test_item_of_a_hit() -> None:
    shown = Shown(IOP, 2, relevance=1 / 3, snippet=PASSAGE, shares=SHARES[:1], reasons=REASONS[2:], batch=7)
    extras = render.item(shown)["askive"]
    assert {key: extras[key] for key in ("relevance", "snippet", "shares", "reasons", "batch")} == {
        "relevance": 0.333333,
        "snippet": {"text": PASSAGE.text, "marks": [[0, 9], [10, 20]], "where": "answer", "answer_id": "a2"},
        "shares": [{"field": "title", "term": "iop", "score": 2.0}],
        "reasons": [{"kind": "tags", "values": ("iop",), "score": 1.0}],
        "batch": 7,
    }
    assert not {"relevance", "snippet", "shares", "reasons", "batch"} & set(render.item(Shown(IOP))["askive"])


def test_envelope_of_a_page() -> None:
    page = Page(3, 0, (Shown(VECTOR),), {"tag": (("c++", 2),)}, (Suggestion("vectr", "vector"),))
    whole = render.page_envelope("vectr", page)
    assert list(whole) == ["format_version", "query", "total", "has_more", "facets", "did_you_mean", "items"]
    assert whole["facets"] == {"tag": [{"value": "c++", "count": 2}]}
    assert whole["did_you_mean"] == [{"word": "vectr", "instead": "vector"}]
    assert json.loads("".join(render.json_lines(whole))) == json.loads(json.dumps(whole))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_envelope_in_lines(count: int) -> None:
    whole = render.listed(map(Shown, QUESTIONS[:count]))
    lines = list(render.json_lines(whole))
    assert json.loads("\n".join(lines)) == whole
    assert len(lines) == count + 2


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (5e15, "5000.0 TB")],
)
def test_size(number: int, said: str) -> None:
    assert render.size(number) == said


def printable(lines: list[str]) -> bool:
    """Whether no line holds a control, an escape sequence, or a lone surrogate."""
    joined = "".join(lines)
    return not any(char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in joined)


@given(questions() | wild_questions(), st.integers(20, 100))
def test_any_record_can_be_shown(record: Question, width: int) -> None:
    """Hits fit the width, nothing harmful is left, and nothing is raised."""
    look = Look(width)
    lines = list(render.hit(Shown(record, 7), look))
    assert all(text_width(line) <= width for line in lines[:-1])  # the id is not cut: it is to be copied
    assert printable(lines)
    assert printable(list(render.question(record, look, render.Links())))
    assert printable(
        list(render.tag(render.TagPage(record.tags[0], 1, (), (record,)), look) if record.tags else [])
    )


def test_hostile_record_is_shown_harmless() -> None:
    links = render.Links(titles={"evil:\x1b[32m2": "\x1b[31mtitle"})
    assert printable(list(render.question(HOSTILE, Look(), links)))


def test_hidden_answers_and_comments_are_counted() -> None:
    record = Question("a:1", "t", answers=(Answer("x", Body("b"), comment_count=2),), answer_count=3)
    shown = "\n".join(render.question(record, Look(), render.Links()))
    assert "(2 more comments on the page's site)" in shown
    assert "(2 more answers on the page's site)" in shown


def test_edited_is_said() -> None:
    record = replace(VECTOR, updated=on(2013, 1, 2), tags=(Tag("c++"),))
    assert "asked 1 Jul 2012 · edited 2 Jan 2013 · score 41" in "\n".join(
        render.question(record, Look(), render.Links())
    )


@pytest.mark.parametrize("same", [False, True])
def test_what_may_be_a_duplicate_is_said(same: bool) -> None:
    shown = Shown(VECTOR, likeness=0.75, maybe_duplicate=same)
    assert ("duplicate? says much the same" in text(shown)) == same
    assert render.item(shown)["askive"]["maybe_duplicate"] == same
    assert render.item(shown)["askive"]["likeness"] == 0.75
    assert "likeness" not in render.item(Shown(VECTOR))["askive"]
