"""THE field table: name, kind, boost, query prefix, meaning; schema, query language and docs derive from it.

Standard library only, so that the grammar may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a field holds, and so what may stand behind its prefix in a query."""

    TEXT = "text"  # ranked words, phrases, wildcards, groups
    TAG = "tag"  # a tag name, exact or with wildcards
    NAME = "name"  # words of a proper name, or a quoted name
    SITE = "site"  # a host name, exact or with wildcards
    ID = "id"  # one question's id or a unique beginning of it
    NUMBER = "number"  # a whole number, a range or a comparison
    DATE = "date"  # a date, a range or a span back from now
    FLAG = "flag"  # one of a fixed set of properties


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table.

    `boost` weighs a word's frequency there before all fields are added up (docs/ranking.md); 0 means it can
    be searched by prefix but ranks nothing. `likeness` is the same for related questions. A `headline` says
    what a question is about.
    `prefix` is what stands before the colon in a query; None where a field has no prefix of its own.
    `values` lists what a FLAG field takes.
    """

    name: str
    kind: Kind
    prefix: str | None
    meaning: str
    boost: float = 0.0
    likeness: float = 0.0
    headline: bool = False
    values: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    # From 2 to 5 all rank alike; below, titles that say it all lose to long answers.
    Field("title", Kind.TEXT, "title", "the question's title", boost=3.0, likeness=3.0, headline=True),
    # The measure of the others.
    Field("question", Kind.TEXT, "question", "the question's body", boost=1.0, likeness=1.0),
    # The weight that matters most: at 1 answers, which digress, drown the titles; at 0.1 what only they say
    # is lost. Between questions of one forum, which digress as much themselves, it may be more.
    Field("answer", Kind.TEXT, "answer", "the bodies of its answers", boost=0.3, likeness=0.5),
    # No collection with judgments has comments; they digress more than answers do.
    Field("comment", Kind.TEXT, "comment", "the comments on it and on its answers", boost=0.1, likeness=0.1),
    # From 0.5 to 2 all rank alike; without them health questions lose much.
    Field(
        "tagwords", Kind.TEXT, None, "the names of its tags, as words", boost=1.0, likeness=1.0, headline=True
    ),
    # No collection with judgments has blurbs; they tell of the tag, not of the question.
    Field("blurb", Kind.TEXT, "blurb", "the titles and blurbs of its tags", boost=0.3, likeness=0.3),
    Field("code", Kind.TEXT, "code", "the code in its bodies"),
    Field("url", Kind.TEXT, "url", "its address, in pieces"),
    Field("tag", Kind.TAG, "tag", "its tags, synonyms resolved"),
    Field("user", Kind.NAME, "user", "who asked it or answered it"),
    Field("site", Kind.SITE, "site", "the site it came from"),
    Field("id", Kind.ID, "id", "its id, or a unique beginning of it"),
    Field("score", Kind.NUMBER, "score", "its score"),
    Field("views", Kind.NUMBER, "views", "how often it was viewed"),
    Field("answers", Kind.NUMBER, "answers", "how many answers it has"),
    Field("created", Kind.DATE, "created", "when it was asked"),
    Field("active", Kind.DATE, "active", "when anything last happened to it"),
    Field("is", Kind.FLAG, "is", "a property it has", values=("answered", "accepted", "closed", "duplicate")),
    Field("has", Kind.FLAG, "has", "something it holds", values=("code", "blurb")),
)

BY_PREFIX: Mapping[str, Field] = {field.prefix: field for field in FIELDS if field.prefix is not None}
LIKENESS: Mapping[str, float] = {field.name: field.likeness for field in FIELDS if field.likeness > 0}
RANKED: tuple[Field, ...] = tuple(field for field in FIELDS if field.boost > 0)
"""The fields that a plain word is looked up in."""
