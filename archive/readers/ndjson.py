"""Reader of our own export: NDJSON, one record a line, or the JSON envelope with `items`."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from ..body import body_from_html
from ..errors import PageRejected
from ..items import FORMAT_VERSION
from ..page import Found, Page, Problem
from ..records import Body, Comment, Question, printable
from ..restore import question_from_json, shown
from .decoding import decode

NAME = "ndjson"

HEAD_BYTES = 4096
"""How much of a page `sniff` looks at: the first keys of a record stand well within it."""

MAX_NESTING = 32
"""Deepest nesting of a line: a record is 5 deep, extensions of others get room, the stack is not at risk."""

_RECORD_KEY = re.compile(r'"(?:question_id|answers|body_text)"\s*:|^\{\s*"title"\s*:')
_ENVELOPE = re.compile(r'\{\s*"format_version"\s*:')
_FILE_NAME = re.compile(r"\.(ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def sniff(page: Page) -> float:
    """Return how sure the first line, and the name, are that this is one of our exports."""
    head = decode(page.data[:HEAD_BYTES]).lstrip()
    line = head.split("\n", 1)[0]
    if _ENVELOPE.match(head) or _is_record(line):
        return 0.95
    if _FILE_NAME.search(page.source):
        return 0.7
    return 0.2 if line.startswith("{") else 0.0


def is_record_a_line(head: bytes) -> bool:
    """Return whether a page that begins like this may be cut between any two lines."""
    text = decode(head).lstrip()
    line = text.split("\n", 1)[0]
    return b"\0" not in head and not _ENVELOPE.match(text) and _is_record(line)


def read(page: Page) -> Iterator[Found]:
    """Yield the questions of the page, and a `Problem` for each line that holds none.

    Raises `PageRejected` where no line is a record, or the envelope has an unknown version.
    """
    data = _in_utf8(page.data)
    if _ENVELOPE.match(decode(data[:HEAD_BYTES]).lstrip()):
        return _read_envelope(data)
    return _read_lines(data)


def _is_record(line: str) -> bool:
    return line.startswith("{") and _RECORD_KEY.search(line) is not None


def _in_utf8(data: bytes) -> bytes:
    """The page in UTF-8 without a mark: a shell that writes UTF-16 marks what it writes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data).encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _read_lines(data: bytes) -> Iterator[Found]:
    first: Problem | None = None
    for found in _lines(data):
        if isinstance(found, Question):
            return _lines(data)  # from the start again: what was wrong before it is a problem, no more
        first = first or found
    raise PageRejected(f"no line is a record: {first.where}: {first.reason}" if first else "an empty page")


def _lines(data: bytes) -> Iterator[Question | Problem]:
    for number, line in enumerate(io.BytesIO(data), start=1):
        if line.strip():
            yield _found(f"line {number}", line)


def _read_envelope(data: bytes) -> Iterator[Found]:
    try:
        page = parse(data)
    except ValueError as error:
        raise PageRejected(printable(str(error))) from error
    version, items = page.get("format_version"), page.get("items")
    if version != FORMAT_VERSION:
        raise PageRejected(f"format_version {shown(version)} is unknown: this version reads {FORMAT_VERSION}")
    if not isinstance(items, list):
        raise PageRejected("the envelope has no list of items")
    return (_record(f"item {number}", item) for number, item in enumerate(items, start=1))


def _found(where: str, line: bytes) -> Question | Problem:
    try:
        item = parse(line)
    except ValueError as error:
        return Problem(where, printable(str(error)))
    return _record(where, item)


def _record(where: str, item: object) -> Question | Problem:
    try:
        return _sanitised(question_from_json(as_object(item)))
    except ValueError as error:
        return Problem(where, printable(str(error)))


def _sanitised(question: Question) -> Question:
    """The question with its HTML made safe: anyone can write an export by hand."""
    url = question.url
    return replace(
        question,
        body=question.body and _safe(question.body, url),
        comments=_safe_comments(question.comments, url),
        answers=tuple(
            replace(answer, body=_safe(answer.body, url), comments=_safe_comments(answer.comments, url))
            for answer in question.answers
        ),
    )


def _safe_comments(comments: Iterable[Comment], url: str | None) -> tuple[Comment, ...]:
    return tuple(replace(comment, body=_safe(comment.body, url)) for comment in comments)


def _safe(body: Body, url: str | None) -> Body:
    if body.html is None:
        return body
    return replace(body, html=body_from_html(body.html, base_url=url).html or None)


def parse(line: bytes) -> Mapping[str, Any]:
    """Return the JSON object in the bytes; nesting and numbers are bounded.

    Raises ValueError with a one-line reason.
    """
    text = _decoded(line)
    if _nesting(text) > MAX_NESTING:
        raise ValueError(f"nested more than {MAX_NESTING} deep")
    try:
        return as_object(json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error


def as_object(value: object) -> Mapping[str, Any]:
    """Return the value if it is a JSON object; raises ValueError where it is anything else."""
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error


def _nesting(text: str) -> int:
    """How deep brackets are nested outside strings; `json.loads` would recurse as deep."""
    if text.count("[") + text.count("{") <= MAX_NESTING:  # the common case, without a scan
        return 0
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
