"""The field table as the names of the schema, and a question as what is indexed of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from ..archive.records import Body, Question, accepted_answer, code_in, last_activity, tag_name
from .fields import FIELDS, Field, Kind
from .ranking import SEARCH
from .segment.impacts import Formula

SCHEMA_VERSION = 3
"""Raised whenever analysis or `entry` change what is put into the index, so that old ones are rebuilt."""

MISSING = -(2**63)
"""What a column of numbers holds where the question lacks the value; below every real one."""


def words_field(name: str) -> str:
    """Return the schema's name for the unstemmed terms of a TEXT or NAME field."""
    return f"{name}_words"


def has_stems(field: Field) -> bool:
    """Tell whether a field is kept stemmed too; code, addresses and names are not language."""
    return field.kind is Kind.TEXT and field.boost > 0


STEM_FIELDS = tuple(field.name for field in FIELDS if has_stems(field))
"""Fields of language: stems with places, and the word that stood at each; the ranked ones."""

WORD_FIELDS = tuple(
    words_field(field.name)
    for field in FIELDS
    if field.kind in (Kind.TEXT, Kind.NAME) and not has_stems(field)
)
"""Fields of unstemmed terms alone."""

KEYWORD_FIELDS = tuple(field.name for field in FIELDS if field.kind in (Kind.TAG, Kind.SITE, Kind.FLAG))
NUMBER_FIELDS = tuple(field.name for field in FIELDS if field.kind in (Kind.NUMBER, Kind.DATE))
SET_FIELDS = ("tag_facet", "site_facet")
BOOSTS: Mapping[str, float] = {field.name: field.boost for field in FIELDS if has_stems(field)}


HEADLINES = frozenset(field.name for field in FIELDS if field.headline)
FORMULA = Formula(BOOSTS, HEADLINES, SEARCH.saturation, SEARCH.headline)
"""By this the impacts in an index are reckoned; a search by another takes longer."""


def fingerprint() -> str:
    """Return 12 hex digits that change whenever the schema does; an index with others is rebuilt."""
    numbers = SEARCH.saturation, SEARCH.headline
    return hashlib.sha256(f"{SCHEMA_VERSION} {FIELDS!r} {numbers}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of one question, by the schema's names; absent values are left out."""

    id: str
    texts: Mapping[str, str]
    keywords: Mapping[str, Sequence[str]]
    sets: Mapping[str, Sequence[str]]
    numbers: Mapping[str, int]


def entry(question: Question) -> Entry:
    """Return what is indexed of a question."""
    codes = _codes(question)
    keywords: dict[str, Sequence[str]] = {"is": list(_is(question)), "has": list(_has(question, codes))}
    keywords["tag"] = [name for tag in question.tags for name in (tag.name, *map(tag_name, tag.synonyms))]
    sets: dict[str, Sequence[str]] = {"tag_facet": [tag.name for tag in question.tags]}
    if question.site:
        keywords["site"] = list(_site_names(question.site))
        sets["site_facet"] = [question.site]
    return Entry(question.id, _texts(question, codes), keywords, sets, _numbers(question))


def _codes(question: Question) -> list[str]:
    bodies = [body for body in (question.body, *(a.body for a in question.answers)) if body]
    return [code for body in bodies for code in code_in(body)]


def _texts(question: Question, codes: list[str]) -> dict[str, str]:
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
        words_field("code"): _paragraphs(codes),
        words_field("url"): unquote(question.url or ""),
        words_field("user"): "\n".join(_people(question)),
    }
    return {name: text for name, text in texts.items() if text}


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
    return {name: _clamped(value) for name, value in values.items() if value is not None}


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


def _has(question: Question, codes: list[str]) -> Iterator[str]:
    if codes:
        yield "code"
    if any(tag.blurb for tag in question.tags):
        yield "blurb"


def _site_names(site: str) -> Iterator[str]:
    """Yield the names a site is found under: `stackoverflow.com` also as `stackoverflow`."""
    host = site.casefold().removeprefix("www.")
    yield site.casefold()
    yield host
    yield host.rpartition(".")[0] or host
