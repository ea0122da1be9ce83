"""Export: items and back, the formats, and what a page may not do to them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TextIO

import pytest
from askive.archive.body import body_from_html
from askive.archive.export import (
    CSV_COLUMNS,
    write_csv,
    write_json,
    write_markdown,
    write_ndjson,
    write_qapage,
)
from askive.archive.items import one_line, question_to_json
from askive.archive.markdown import blocks_of_html, blocks_of_text
from askive.archive.page import Page
from askive.archive.readers import read_page
from askive.archive.records import Answer, Body, Comment, Link, Question, Tag, plain
from askive.archive.restore import question_from_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .strategies import AWKWARD_TEXTS, archives, questions, wild_questions

# Of the clock tests say nothing, and the generated records are large.
LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

DAY = datetime(2012, 6, 27, 13, 51, 36, tzinfo=UTC)
SECONDS = 1340805096
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]")

QUESTION = Question(
    id="example.org:1",
    title="Why is <b> bold?",
    body=Body("Why?\n\nx = 1", "<p>Why?</p><pre>x = 1</pre>"),
    tags=(Tag("html", "HTML", "A markup language.", ("xhtml",)),),
    answers=(
        Answer("2", Body("Because </script><b> is."), "Yan", DAY, None, 5, True, (Comment("4", Body("ok")),)),
        Answer("3", Body("No idea & no < clue."), None, None, None, -1, False),
    ),
    comments=(Comment("5", Body("What browser?"), "Zoe", DAY, 2),),
    author="Xia",
    created=DAY,
    score=-3,
    views=100,
    url="https://example.org/questions/1",
    site="example.org",
    links=(Link("example.org:9", "linked"),),
    source="page.html",
    reader="schema_org",
)


def written(write: Callable[..., None], records: Iterable[Question], **options: object) -> str:
    """Return what a writer writes, from an iterator that can be gone through once."""
    out = io.StringIO(newline="")
    write(iter(records), out, **options)
    return out.getvalue()


# Items


@LAW
@given(questions())
def test_an_item_reads_back_as_the_same_question(question: Question) -> None:
    line = one_line(question_to_json(question))
    assert len(line.splitlines()) == 1
    assert not CONTROLS.search(line)
    assert question_from_json(json.loads(line)) == question


@LAW
@given(wild_questions())
def test_whatever_a_reader_made_can_be_written_and_read_back_or_refused(question: Question) -> None:
    line = one_line(question_to_json(question)).encode("utf-8")
    try:
        question_from_json(json.loads(line))
    except ValueError as error:
        assert len(str(error).splitlines()) == 1


READ_BACK = [
    # what of an item, and what of the question it makes
    ({"question_id": "GARD_1"}, {"id": "GARD_1"}),
    (
        {"question_id": 7, "link": "https://www.Example.org/q/7"},
        {"id": "example.org:7", "site": "example.org"},
    ),
    ({"question_id": 7, "askive": {"site": "a.b"}}, {"id": "a.b:7", "site": "a.b"}),
    ({"link": "https://[broken"}, {"site": None, "url": "https://[broken"}),
    ({"link": "https://e.org/q", "askive": {"site": None}}, {"site": None}),
    ({"creation_date": SECONDS}, {"created": DAY}),
    ({"creation_date": float(SECONDS)}, {"created": DAY}),
    ({"creation_date": "2012-06-27T13:51:36Z"}, {"created": DAY}),
    ({"creation_date": "2012-06-27T15:51:36.5+02:00"}, {"created": DAY}),
    ({"creation_date": "2012-06-27"}, {"created": DAY.replace(hour=0, minute=0, second=0)}),
    ({"creation_date": ""}, {"created": None}),
    ({"last_edit_date": SECONDS, "closed_reason": "duplicate"}, {"updated": DAY, "closed": "duplicate"}),
    ({"owner": {"user_id": 1, "display_name": "Xia"}}, {"author": "Xia"}),
    ({"owner": {"user_type": "does_not_exist"}}, {"author": None}),
    ({"owner": {"display_name": ""}}, {"author": None}),
    ({"body": None, "body_text": ""}, {"body": Body("")}),
    ({"body": None, "body_text": None}, {"body": None}),
    ({"body": "<p>a<script>x</script></p>"}, {"body": Body("a", "<p>a</p>")}),
    ({"tags": ["C++", " Drug Addiction", "c++", ""]}, {"tags": (Tag("c++"), Tag("drug-addiction"))}),
    ({"tags": ["a"], "askive": {"tags": [{"name": "b"}]}}, {"tags": (Tag("a"), Tag("b"))}),
    ({"answer_count": 3, "answers": [{"body_text": "x"}]}, {"answer_count": 3}),
    ({"answer_count": 1, "answers": [{"body_text": "x"}]}, {"answer_count": None}),
    ({"score": -(2**63), "view_count": 2**63 - 1}, {"score": -(2**63), "views": 2**63 - 1}),
    ({"title": "nul \x00 and \ud800"}, {"title": "nul  and "}),
]


@pytest.mark.parametrize(("part", "expected"), READ_BACK)
def test_items_of_others_are_read(part: dict[str, Any], expected: dict[str, Any]) -> None:
    question = question_from_json({"title": "t", "question_id": "x"} | part)
    found = {name: getattr(question, name) for name in expected}
    assert found == expected


def test_a_number_without_a_site_is_no_id() -> None:
    first, second = (question_from_json({"title": title, "question_id": 7}).id for title in ("a", "b"))
    assert (first[:5], second[:5]) == ("text:", "text:")
    assert first != second


def test_missing_ids_are_made_and_kept_apart() -> None:
    same = {"body_text": "Yes."}
    item = {"title": "t", "question_id": "x", "answers": [same, same, {"answer_id": 8} | same]}
    first, second, third = (answer.id for answer in question_from_json(item).answers)
    assert first.startswith("text:")
    assert (second, third) == (f"{first}-2", "8")


def test_an_answer_is_accepted_by_its_id_too() -> None:
    item = {
        "title": "t",
        "accepted_answer_id": 8,
        "answers": [{"answer_id": 8}, {"answer_id": 9}, {"answer_id": 10, "is_accepted": False}],
    }
    assert [answer.accepted for answer in question_from_json(item).answers] == [True, None, False]


REFUSED = [
    ({}, "no title"),
    ({"title": None}, "no title"),
    ({"title": 5}, "title is 5, not text"),
    ({"title": "t"}, "not a question: it has none of question_id, body, body_text, answers"),
    ({"title": "t", "question_id": True}, "question_id is true, not text"),
    ({"title": "t", "answers": {}}, "answers is an object, not a list"),
    ({"title": "t", "answers": ["x"]}, 'answers[0] is "x", not an object'),
    ({"title": "t", "answers": [{}, {"score": "3"}]}, 'answers[1]: score is "3", not a whole number'),
    ({"title": "t", "body": "", "score": 1.5}, "score is 1.5, not a whole number"),
    ({"title": "t", "body": "", "score": 1e300}, "score is out of range"),
    ({"title": "t", "body": "", "score": float("inf")}, "score is inf, not a whole number"),
    ({"title": "t", "body": "", "score": 2**63}, "score is out of range"),
    ({"title": "t", "body": "", "score": False}, "score is false, not a whole number"),
    (
        {"title": "t", "body": "", "creation_date": 10**12},
        "creation_date is no time in seconds: 1000000000000",
    ),
    ({"title": "t", "body": "", "creation_date": "May"}, 'creation_date is no date: "May"'),
    ({"title": "t", "body": "", "owner": "me"}, 'owner is "me", not an object'),
    ({"title": "t", "body": "", "tags": ["a", 1]}, "tags holds 1, not text"),
    (
        {"title": "t", "answers": [{"is_accepted": 1}]},
        "answers[0]: is_accepted is 1, not true, false or null",
    ),
    (
        {"title": "t", "body": "", "askive": {"links": [{"target": "a", "kind": "b"}]}},
        'links[0]: kind is "b", not one of linked, duplicate, related',
    ),
    ({"title": "t", "body": "\n" * 99, "link": ["x" * 99]}, "link is a list, not text"),
]


@pytest.mark.parametrize(("item", "reason"), REFUSED)
def test_what_is_no_question_is_refused_with_the_key(item: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError) as refusal:
        question_from_json(item)
    assert str(refusal.value) == reason


# NDJSON and JSON


@LAW
@given(archives())
def test_ndjson_is_a_line_a_question(records: list[Question]) -> None:
    text = written(write_ndjson, records)
    assert [question_from_json(json.loads(line)) for line in text.splitlines()] == records
    assert text.count("\n") == len(records)


@LAW
@given(archives())
def test_json_is_one_envelope_with_an_item_a_line(records: list[Question]) -> None:
    text = written(write_json, records, total=7, query="[c++]", has_more=True)
    whole = json.loads(text)
    assert list(whole) == ["format_version", "query", "total", "has_more", "items"]
    assert (whole["query"], whole["total"], whole["has_more"]) == ("[c++]", 7, True)
    assert [question_from_json(item) for item in whole["items"]] == records
    assert text.count("\n") == len(records) + 2


# CSV

DEFUSED = [
    ("=1+1", True),
    ("+1", True),
    ("-1", True),
    ("@SUM(A1)", True),
    ("\tx", True),
    ("\rx", True),
    ("  =1", True),
    ('"=1', True),
    ("'=1", True),
    ("\u00a0-x", True),
    ("＝1", True),
    ("\x1b=1", True),
    ("\ufeff=1", True),
    ("a=1", False),
    ("1-2", False),
    ("(-1)", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "is_formula"), DEFUSED)
def test_no_cell_is_a_formula(text: str, is_formula: bool) -> None:
    question = replace(QUESTION, title=text, author=text, url=text)
    row = next(csv.DictReader(io.StringIO(written(write_csv, [question]), newline="")))
    for cell in (row["title"], row["owner"], row["link"]):
        assert cell.startswith("'") == is_formula or text.startswith("'")
        assert not re.match(r"[\s\"]*[=+@\t\r＝＋－＠-]", cell)


def test_csv_has_a_header_and_a_row_a_question() -> None:
    lines = written(write_csv, [QUESTION, replace(QUESTION, id="x", body=None, tags=())]).split("\r\n")
    assert lines[0] == ",".join(f'"{column}"' for column in CSV_COLUMNS)
    assert lines[1] == (
        '"example.org:1","Why is <b> bold?","Why?\n\nx = 1","html",-3,100,2,"true","2",'
        '"Because </script><b> is.","2012-06-27T13:51:36Z","","2012-06-27T13:51:36Z","","Xia",'
        '"https://example.org/questions/1","example.org"'
    )
    assert (len(lines), lines[3]) == (4, "")


@LAW
@given(archives())
def test_csv_keeps_every_cell(records: list[Question]) -> None:
    rows = list(csv.DictReader(io.StringIO(written(write_csv, records), newline="")))
    assert [row["title"].removeprefix("'") for row in rows] == [
        plain(question.title).removeprefix("'") for question in records
    ]
    assert [row["score"] for row in rows] == [
        "" if question.score is None else str(question.score) for question in records
    ]


# Markdown

MARKDOWN_OF_HTML = [
    ("<p>a <b>b</b><i> c </i>d</p>", ["a **b** *c* d"]),
    (
        "<p>1 * 2 _x_ `y` [z](w) &lt;b&gt; &amp;amp; | ~~ \\</p>",
        [r"1 \* 2 \_x\_ \`y\` \[z\](w) \<b\> \&amp; \| \~\~ \\"],
    ),
    ("<p># a</p><p>- b</p><p>1. c</p><p>+ d</p><p>===</p>", [r"\# a", r"\- b", r"1\. c", r"\+ d", r"\==="]),
    ("<pre><code>a\n  ```\n</code></pre>", ["````\na\n  ```\n````"]),
    ("<code>`</code> <code>a``b</code>", ["`` ` `` ```a``b```"]),
    (
        "<a href='https://e.org/a?b=c&amp;d'>x</a><a href='javascript:y'>z</a>",
        ["[x](<https://e.org/a?b=c&d>)z"],
    ),
    ("<p>wow!<a href='https://e.org/'>x</a></p>", [r"wow\![x](<https://e.org/>)"]),
    ("<img src='https://e.org/i.png' alt='a ]b'>", [r"![a \]b](<https://e.org/i.png>)"]),
    ("<h1>a</h1><hr>", ["**a**", "* * *"]),
    ("<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>", ["- a\n\n  1. b\n  2. c\n- d"]),
    ("<blockquote><p>a</p><p>b</p></blockquote>", ["> a\n>\n> b"]),
    (
        "<table><tr><th>a|b</th></tr><tr><td>c</td><td>d</td></tr></table>",
        ["| a\\|b |  |\n| --- | --- |\n| c | d |"],
    ),
    ("a<br>- b", ["a\\\n\\- b"]),
    ("<div>" * 200 + "x" + "</div>" * 200, ["x"]),
    ("<!-- only -->", []),
    ("", []),
]


@pytest.mark.parametrize(("html", "blocks"), MARKDOWN_OF_HTML)
def test_markdown_of_html(html: str, blocks: list[str]) -> None:
    assert blocks_of_html(html) == blocks


MARKDOWN_OF_TEXT = [
    ("a\nb\n\nc", ["a\nb", "c"]),
    ("    a\n      b\n\nc", ["```\na\n  b\n```", "c"]),
    ("# a\n    b\n---\n> c\n1) d", ["\\# a\nb\n\\---\n\\> c\n1\\) d"]),
    ("```\nx", ["\\`\\`\\`\nx"]),
    ("a\r\nb\x1b[31m\u2028c", ["a\nb\\[31m\nc"]),
    ("|\n:--", ["\\|\n\\:--"]),
]


@pytest.mark.parametrize(("text", "blocks"), MARKDOWN_OF_TEXT)
def test_markdown_of_text(text: str, blocks: list[str]) -> None:
    assert blocks_of_text(text) == blocks


def test_markdown_of_a_question() -> None:
    assert written(write_markdown, [QUESTION]) == (
        "# Why is \\<b\\> bold?\n\n"
        "asked by Xia on 2012-06-27 · score -3 · 100 views · <https://example.org/questions/1>\n\n"
        "Tags: `html`\n\n"
        "Why?\n\n```\nx = 1\n```\n\n"
        "- Comment by Zoe on 2012-06-27:\n\n  What browser?\n\n"
        "## Accepted answer by Yan on 2012-06-27 · score 5\n\n"
        "Because \\</script\\>\\<b\\> is.\n\n"
        "- Comment:\n\n  ok\n\n"
        "## Answer · score -1\n\n"
        "No idea \\& no \\< clue.\n"
    )


SIGNS = (*"\n\t`|\\x", "\n\n", "    ", "# ", "- ", "1. ", "> ", "```", "~~~", "---", "===", "<b>")
MARKUP = st.lists(st.sampled_from(SIGNS), max_size=12).map("".join)


@LAW
@given(MARKUP, MARKUP, MARKUP, st.booleans())
def test_only_our_headings_are_headings(title: str, body: str, answer: str, as_html: bool) -> None:
    made = body_from_html if as_html else Body
    question = Question(
        "x:1", title, made(body), answers=(Answer("1", made(answer), title),), author=title or None
    )
    lines = outside_fences(written(write_markdown, [question, question]))
    headings = [line for line in lines if re.match(r" {0,3}(#{1,6}(\s|$)|=+\s*$|-+\s*$)", line)]
    assert [line.split(" ")[0] for line in headings] == ["#", "##", "#", "##"]


def outside_fences(markdown: str) -> list[str]:
    """The lines that are in no fenced code; by CommonMark's rule a fence ends with as many backticks."""
    lines, fence = [], ""
    for line in markdown.split("\n"):
        marks = re.match(r"[> -]*(?:\d+\. +)*(`{3,}|~{3,})[^`]*$", line)
        if not fence and marks:
            fence = marks[1]
        elif fence and line.lstrip("> ").rstrip() == fence:
            fence = ""
        elif not fence:
            lines.append(line)
    assert not fence
    return lines


# QAPage


def test_qapage_is_what_google_asks_for() -> None:
    text = written(write_qapage, [QUESTION, QUESTION])
    assert not set("<>&") & set(text)  # may stand in a script element
    whole = json.loads(text)
    assert (whole["@context"], len(whole["@graph"])) == ("https://schema.org", 2)
    page = whole["@graph"][0]
    main = page["mainEntity"]
    assert (page["@type"], main["@type"]) == ("QAPage", "Question")
    assert (main["name"], main["answerCount"], main["upvoteCount"]) == ("Why is &lt;b&gt; bold?", 2, -3)
    assert main["author"] == {"@type": "Person", "name": "Xia"}
    assert main["acceptedAnswer"]["text"] == "Because &lt;/script&gt;&lt;b&gt; is."
    assert main["text"] == "<p>Why?</p><pre>x = 1</pre>"
    assert [answer["upvoteCount"] for answer in main["suggestedAnswer"]] == [-1]
    assert main["comment"][0]["text"] == "What browser?"


def test_qapage_leaves_out_what_is_not_known() -> None:
    page = json.loads(written(write_qapage, [Question("x:1", "t")]))["@graph"][0]
    counts = {"answerCount": 0, "commentCount": 0}
    assert page["mainEntity"] == {"@type": "Question", "identifier": "x:1", "name": "t"} | counts


def test_qapage_reads_back() -> None:
    page = Page(written(write_qapage, [QUESTION]).encode(), "export.json", DAY)
    reader, found = read_page(page)
    (again,) = found
    assert reader == "schema_org"
    assert isinstance(again, Question)
    assert (again.id, again.title, again.created, again.score) == ("example.org:1", QUESTION.title, DAY, -3)
    assert (again.author, again.url, again.site) == ("Xia", QUESTION.url, "example.org")
    assert [tag.name for tag in again.tags] == ["html"]
    assert [
        (answer.body.text, answer.author, answer.created, answer.score, bool(answer.accepted))
        for answer in again.answers
    ] == [("Because </script><b> is.", "Yan", DAY, 5, True), ("No idea & no < clue.", None, None, -1, False)]
    assert [comment.body.text for comment in again.comments] == ["What browser?"]


# All of them

WRITERS: list[Callable[[Iterable[Question], TextIO], None]] = [write_csv, write_markdown]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_no_control_reaches_the_output(write: Callable[..., None], text: str) -> None:
    question = replace(
        QUESTION,
        title=text,
        author=text,
        body=Body(text),
        tags=(Tag(text),),
        closed=text,
        url=text,
        site=text,
    )
    assert not re.search(
        "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202e]", written(write, [question])
    )


@LAW
@given(wild_questions())
def test_every_writer_takes_whatever_a_reader_made(question: Question) -> None:
    for write in (write_ndjson, write_csv, write_markdown, write_qapage):
        written(write, [question]).encode("utf-8")
