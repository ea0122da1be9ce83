"""The field table as Whoosh's schema, and a question as a Whoosh document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from whoosh import columns, fields

from ..archive.records import Body, Question, accepted_answer, code_in, last_activity, tag_name
from .analysis import StemAnalyzer, WordAnalyzer
from .fields import FIELDS, Field, Kind

SCHEMA_VERSION = 1
"""Raised whenever analysis or `document` change what is put into the index, so that old ones are rebuilt."""

MISSING = -(2**63)
"""What a sort column holds where the question lacks the value; below every real one."""

SEPARATOR = "\x1f"
"""Between the tag names of one question in their facet column; `tag_name` lets no control character in."""


def words_field(name: str) -> str:
    """Return the schema's name for the unstemmed terms of a ranked TEXT field."""
    return f"{name}_words"


def has_stems(field: Field) -> bool:
    """Tell whether a field is kept stemmed too; code, addresses and names are not language."""
    return field.kind is Kind.TEXT and field.boost > 0


def schema() -> fields.Schema:
    """Return a new schema, made from the field table.

    A ranked TEXT field is kept twice: stemmed under its name, without positions, for plain words; and
    unstemmed under `words_field`, with positions, for phrases, wildcards and spelling.
    """
    made: dict[str, Any] = {}
    for field in FIELDS:
        if has_stems(field):
            made[field.name] = fields.TEXT(analyzer=StemAnalyzer(), phrase=False)
        if field.kind in (Kind.TEXT, Kind.NAME):
            made[words_field(field.name)] = fields.TEXT(analyzer=WordAnalyzer())
        elif field.kind in (Kind.TAG, Kind.SITE, Kind.FLAG):
            made[field.name] = fields.KEYWORD()
        elif field.kind is Kind.ID:
            made[field.name] = fields.ID(unique=True, sortable=True)
        elif field.kind in (Kind.NUMBER, Kind.DATE):
            made[field.name] = fields.NUMERIC(int, 64)
            made[f"{field.name}_sort"] = fields.COLUMN(columns.NumericColumn("q", default=MISSING))
    made["tag_facet"] = fields.COLUMN(columns.VarBytesColumn())
    made["site_facet"] = fields.COLUMN(columns.VarBytesColumn())
    return fields.Schema(**made)


def fingerprint() -> str:
    """Return 12 hex digits that change whenever the schema does; an index with others is rebuilt."""
    return hashlib.sha256(f"{SCHEMA_VERSION} {FIELDS!r}".encode()).hexdigest()[:12]


def document(question: Question) -> dict[str, Any]:
    """Return what Whoosh's `add_document` takes for one question; absent values are left out."""
    made: dict[str, Any] = {"id": question.id}
    made |= {name: text for name, text in _texts(question).items() if text}
    made |= {words_field("user"): text for text in ["\n".join(_people(question))] if text}
    made |= _numbers(question)
    made |= {"is": list(_is(question)), "has": list(_has(question))}
    made["tag"] = [name for tag in question.tags for name in (tag.name, *map(tag_name, tag.synonyms))]
    made["tag_facet"] = SEPARATOR.join(tag.name for tag in question.tags).encode()
    if question.site:
        made |= {"site": list(_site_names(question.site)), "site_facet": question.site.encode()}
    return made


def _texts(question: Question) -> dict[str, str]:
    bodies = [body for body in (question.body, *(a.body for a in question.answers)) if body]
    comments = [*question.comments, *(c for a in question.answers for c in a.comments)]
    names = [name for tag in question.tags for name in (tag.name, *tag.synonyms)]
    blurbs = [text for tag in question.tags for text in (tag.title, tag.blurb) if text]
    texts = {
        "title": question.title,
        "question": _text(question.body),
        "answer": _paragraphs(a.body.text for a in question.answers),
        "comment": _paragraphs(c.body.text for c in comments),
        "tagwords": _paragraphs(names),
        "blurb": _paragraphs(blurbs),
        "code": _paragraphs(code for body in bodies for code in code_in(body)),
        "url": unquote(question.url or ""),
    }
    stems = {field.name: texts[field.name] for field in FIELDS if has_stems(field)}
    return stems | {words_field(name): text for name, text in texts.items()}


def _text(body: Body | None) -> str:
    return body.text if body else ""


def _paragraphs(texts: Iterator[str] | list[str]) -> str:
    return "\n\n".join(texts)


def _people(question: Question) -> Iterator[str]:
    for author in (question.author, *(a.author for a in question.answers)):
        if author:
            yield author


def _numbers(question: Question) -> dict[str, int]:
    values = {
        "score": question.score,
        "views": question.views,
        "answers": max(len(question.answers), question.answer_count or 0),
        "created": _seconds(question.created),
        "active": _seconds(last_activity(question)),
    }
    known = {name: _clamped(value) for name, value in values.items() if value is not None}
    return known | {f"{name}_sort": value for name, value in known.items()}


def _seconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp())


def _clamped(value: int) -> int:
    # What a page claims may be any integer; the columns hold 64 bits, the lowest of which means "missing".
    return max(MISSING + 1, min(value, -MISSING - 1))


def _is(question: Question) -> Iterator[str]:
    if question.answers or question.answer_count:
        yield "answered"
    if accepted_answer(question):
        yield "accepted"
    if question.closed is not None:
        yield "closed"
    if question.closed == "duplicate" or any(link.kind == "duplicate" for link in question.links):
        yield "duplicate"


def _has(question: Question) -> Iterator[str]:
    bodies = [body for body in (question.body, *(a.body for a in question.answers)) if body]
    if any(code_in(body) for body in bodies):
        yield "code"
    if any(tag.blurb for tag in question.tags):
        yield "blurb"


def _site_names(site: str) -> Iterator[str]:
    """Yield the names a site is found under: `stackoverflow.com` also as `stackoverflow`."""
    host = site.casefold().removeprefix("www.")
    yield site.casefold()
    yield host
    yield host.rpartition(".")[0] or host
