"""What the engines have in common: what they index, what they are asked, what they answer.

Standard library alone, and little of it, so that a small program that searches with one engine starts as
fast as one written for that engine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from ..archive.records import Question


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


LIMIT = 10
"""Hits asked for where a query does not say, and values of a facet."""

TITLE_BOOST = 2.0
"""A word in a title counts twice, in every engine that knows fields."""


class Kind(StrEnum):
    """A kind of query."""

    QUESTION = "question"
    TWO = "two words"
    BOTH = "both words"
    COMMON = "common words"
    PHRASE = "phrase"
    WILDCARD = "wildcard"
    FUZZY = "fuzzy"
    FILTER = "filter"
    NEWEST = "newest"
    FACETS = "facets"


MEANING: Mapping[Kind, str] = {
    Kind.QUESTION: "a question of 6 to 12 words, function words among them; any word may match",
    Kind.TWO: "two words, either may match",
    Kind.BOTH: "two words, both must match",
    Kind.COMMON: 'function words alone, as in "what is the"; any may match',
    Kind.PHRASE: "two or three words as they stand in a text",
    Kind.WILDCARD: "the first three or four letters of a word",
    Kind.FUZZY: "a word with one letter left out, or two swapped",
    Kind.FILTER: "a word, a tag and, where questions have them, a least score and a range of years",
    Kind.NEWEST: "a word, the newest ten first",
    Kind.FACETS: "a word, and the ten commonest tags of all that match, counted",
}


class Query(NamedTuple):
    """One query; each engine spells it in its own language."""

    kind: Kind
    words: tuple[str, ...]
    tag: str = ""
    score: int | None = None
    """The least score."""
    years: tuple[int, int] | None = None
    """The first and the last year."""
    limit: int = LIMIT
    """Hits wanted."""
    whole: str = ""
    """The text that the words are of, where one was asked that people wrote."""

    @property
    def text(self) -> str:
        """Return the words with spaces between."""
        return " ".join(self.words)

    @property
    def edits(self) -> int:
        """Return how far from a fuzzy word others may be: as Askive has it, two edits from 8 letters on."""
        return 2 if len(self.text) >= 8 else 1


class Row(NamedTuple):
    """A question: the texts to search, `tags` as words among them, and what is filtered and sorted by."""

    id: str
    title: str
    question: str
    answers: str
    tags: str
    tag_names: tuple[str, ...]
    score: int | None
    created: int | None
    """Seconds since 1970."""


TEXTS = ("title", "question", "answers", "tags")
"""The fields of a row that are searched."""


class Hit(NamedTuple):
    """What stands on a page of results."""

    id: str
    title: str


class Found(NamedTuple):
    """The best hits, and for `Kind.FACETS` the commonest tags with their counts."""

    hits: Sequence[Hit]
    facets: Sequence[tuple[str, int]] = ()


class Engine(Protocol):
    """An index of one archive's questions in `directory`."""

    kinds: Collection[Kind]
    """What it can answer."""
    from_store: bool
    """Whether it builds from the archive itself; the others are handed the rows, ready in memory."""
    grows: bool
    """Whether questions can be added to what is built."""

    def __init__(self, archive: Path, directory: Path) -> None:
        """Make nothing yet."""

    def build(self, rows: Sequence[Row]) -> None:
        """Build the index anew."""

    def open(self) -> None:
        """Open what was built, to search it."""

    def search(self, query: Query) -> Found:
        """Parse the query in the engine's own language, run it, and fetch the titles of the best."""
        ...

    def keep(self, questions: Sequence[Question]) -> None:
        """Write new questions where the engine's records are, if that is not the index itself."""

    def add(self, rows: Sequence[Row]) -> None:
        """Add new questions to the index, so that who opens it afterwards finds them."""

    def size(self) -> int:
        """Return the bytes of the index, copies of the texts left out."""
        ...

    def close(self) -> None:
        """Close what was opened."""
