"""The ndjson reader: our own exports, and whatever else claims to be one."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.export import write_json, write_ndjson
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.readers.ndjson import MAX_NESTING, is_record_a_line, read, sniff
from askive.archive.records import Question
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2012, 6, 27, tzinfo=UTC)
MEDQUAD = Path(__file__).parents[2] / "shared" / "corpora" / "medquad.ndjson.gz"

GOOD = b'{"question_id": "x:1", "title": "one", "body": null}'
OTHER = b'{"title": "two", "body_text": "a body"}'


def page(data: bytes, source: str = "page") -> Page:
    """Return a page of these bytes."""
    return Page(data, source, NOW)


def outline(data: bytes) -> list[str]:
    """Return the title of each question, and each problem as `where: reason`."""
    return [
        f"{found.where}: {found.reason}" if isinstance(found, Problem) else getattr(found, "title", "?")
        for found in read(page(data))
    ]


LINES = [
    (GOOD, ["one"]),
    (GOOD + b"\n" + OTHER + b"\n", ["one", "two"]),
    (b"\r\n".join([GOOD, b"", b"  ", OTHER, b""]), ["one", "two"]),
    (codecs.BOM_UTF8 + GOOD, ["one"]),
    ((GOOD.decode() + "\n" + OTHER.decode()).encode("utf-16"), ["one", "two"]),
    (b"rubbish\n" + GOOD, ["line 1: not JSON: Expecting value at column 1", "one"]),
    (GOOD + b"\n[1]\n5\n" + OTHER, ["one", "line 2: not a JSON object", "line 3: not a JSON object", "two"]),
    (GOOD + b'\n\n{"titel": "x"}', ["one", "line 3: no title"]),
    (GOOD + b'\n{"title": "\xff"}', ["one", "line 2: not UTF-8 at byte 12"]),
    (GOOD + b'\n{"title": "x", "score": NaN, "body": ""}', ["one", "line 2: NaN is no JSON number"]),
    (
        GOOD + b'\n{"title": "x", "body": "", "score": 1e400}',
        ["one", "line 2: score is inf, not a whole number"],
    ),
    (GOOD + b"\n" + GOOD[:20], ["one", "line 2: not JSON: Unterminated string starting at at column 17"]),
    (
        GOOD + b'\n{"title": "x", "answers": [{"score": "\\u001b[31m"}]}',
        ["one", 'line 2: answers[0]: score is "\\u001b[31m", not a whole number'],
    ),
]


@pytest.mark.parametrize(("data", "expected"), LINES)
def test_lines(data: bytes, expected: list[str]) -> None:
    assert outline(data) == expected


ENVELOPES: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"format_version": 1, "query": None, "total": 1, "has_more": False, "items": [json.loads(GOOD)]},
        ["one"],
    ),
    ({"format_version": 1, "items": [5, json.loads(OTHER)]}, ["item 1: not a JSON object", "two"]),
    ({"format_version": 1, "items": []}, []),
]


@pytest.mark.parametrize(("whole", "expected"), ENVELOPES)
@pytest.mark.parametrize("indent", [None, 2])
def test_envelopes(whole: dict[str, Any], expected: list[str], indent: int | None) -> None:
    assert outline(json.dumps(whole, indent=indent).encode()) == expected


REJECTED = [
    (b"", "an empty page"),
    (b"\n \r\n", "an empty page"),
    (b"rubbish\n[1]", "no line is a record: line 1: not JSON: Expecting value at column 1"),
    (b'\n{"a": 1}', "no line is a record: line 2: no title"),
    (b"[" * 100_000, f"no line is a record: line 1: nested more than {MAX_NESTING} deep"),
    (b'{"title":' * 100_000, f"no line is a record: line 1: nested more than {MAX_NESTING} deep"),
    (b'{"format_version": 2, "items": []}', "format_version 2 is unknown: this version reads 1"),
    (b'{"format_version": "1", "items": []}', 'format_version "1" is unknown: this version reads 1'),
    (b'{"format_version": 1}', "the envelope has no list of items"),
    (b'{"format_version": 1, "items": [', "not JSON: Expecting value at column 33"),
    (b'{"format_version": 1, "items": ' + b"[" * 100_000, f"nested more than {MAX_NESTING} deep"),
]


@pytest.mark.parametrize(("data", "reason"), REJECTED)
def test_a_page_without_a_record_is_rejected(data: bytes, reason: str) -> None:
    with pytest.raises(PageRejected) as rejection:
        read(page(data))
    assert rejection.value.reason == reason


def test_brackets_in_a_text_are_no_nesting() -> None:
    data = json.dumps({"title": '[{"\\' * 1000, "body": None}).encode()
    assert outline(data) == ['[{"\\' * 1000]


def test_a_huge_number_is_a_problem_of_its_line() -> None:
    digits = b"9" * (sys.get_int_max_str_digits() + 1)
    (first, second) = outline(GOOD + b'\n{"title": "x", "body": "", "score": ' + digits + b"}")
    assert (first, second[:7]) == ("one", "line 2:")


def test_html_is_sanitised_whoever_wrote_it() -> None:
    bad = '<p onclick="x">a<script>b</script></p>'
    item: dict[str, Any] = {"title": "t", "body": bad, "body_text": "a", "link": "https://e.org/"}
    item |= {"comments": [{"body": bad, "body_text": "a"}], "answers": [item | {"comments": [{"body": bad}]}]}
    (question,) = read(page(json.dumps(item).encode()))
    assert isinstance(question, Question)
    (answer,) = question.answers
    bodies = [question.body, question.comments[0].body, answer.body, answer.comments[0].body]
    assert [(body.html, body.text) for body in bodies if body] == [("<p>a</p>", "a")] * 4


def test_provenance_is_kept_where_the_record_has_it() -> None:
    told = b'{"title": "t", "body": "", "askive": {"source": "there", "reader": "text"}}'
    name, found = read_page(page(OTHER + b"\n" + told, "here"))
    assert name == "ndjson"
    origins = [(q.source, q.reader) for q in found if isinstance(q, Question)]
    assert origins == [("here", "ndjson"), ("there", "text")]


SNIFFED = [
    (GOOD, "x", 0.9, 1),
    (codecs.BOM_UTF8 + b"\n " + GOOD, "x", 0.9, 1),
    (GOOD.decode().encode("utf-16"), "x", 0.9, 1),
    (b'{"format_version": 1,', "x", 0.9, 1),
    (b'{\n  "format_version": 1,', "x", 0.9, 1),
    (b"rubbish\n" + GOOD, "x.ndjson", 0.6, 0.9),
    (b"rubbish\n" + GOOD, "x.JSONL.gz", 0.6, 0.9),
    (b'{"@context": "https://schema.org"}', "x.json", 0, 0.3),
    (b'{"a": 1}\n' + GOOD, "x", 0, 0.3),
    (b"<html>" + GOOD, "x.html", 0, 0),
    (b"plain text", "x.txt", 0, 0),
    (b"", "", 0, 0),
    (b"\xff\xfe\x00", "x", 0, 0),
]


@pytest.mark.parametrize(("data", "source", "least", "most"), SNIFFED)
def test_sniff(data: bytes, source: str, least: float, most: float) -> None:
    assert least <= sniff(page(data, source)) <= most


CUTTABLE = [
    (GOOD + b"\n" + OTHER, True),
    (codecs.BOM_UTF8 + GOOD, True),
    (GOOD.decode().encode("utf-16"), False),
    (b'{"format_version": 1, "items": [', False),
    (b'{\n"question_id": "x"', False),
    (b"text", False),
]


@pytest.mark.parametrize(("head", "expected"), CUTTABLE)
def test_only_records_a_line_may_be_cut(head: bytes, expected: bool) -> None:
    assert is_record_a_line(head) == expected


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_read_or_rejected(data: bytes) -> None:
    sniff(page(data))
    try:
        for found in read(page(b'{"question_id": ' + data)):
            assert isinstance(found, Question | Problem)
    except PageRejected as rejection:
        assert len(rejection.reason.splitlines()) == 1


def test_the_medquad_corpus_reads_whole() -> None:
    if not MEDQUAD.exists():
        pytest.skip(f"{MEDQUAD} is not at hand")
    found = list(read(page(gzip.decompress(MEDQUAD.read_bytes()))))
    assert len(found) == 16_407
    records = [question for question in found if isinstance(question, Question)]
    assert len({question.id for question in records}) == 16_407
    assert sum(len(question.answers) for question in records) == 16_407
    some = records[:200]
    for write in (write_ndjson, lambda found, out: write_json(found, out, total=0)):
        out = io.StringIO()
        write(some, out)
        assert list(read(page(out.getvalue().encode()))) == some
