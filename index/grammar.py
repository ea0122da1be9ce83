"""Query text -> frozen AST, and back. Standard library only; knows no engine.

The language is docs/query-language.md. `parse` never raises anything but `QueryError`.
"""

from __future__ import annotations

from dataclasses import dataclass


class QueryError(ValueError):
    """A query that means nothing: `problem` with the part of `text` at `position` (0-based), and a `hint`."""

    def __init__(self, text: str, position: int, problem: str, hint: str = "") -> None:
        self.text, self.position, self.problem, self.hint = text, position, problem, hint
        super().__init__(f"{problem} at character {position + 1}" + (f": {hint}" if hint else ""))


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, as typed; analysis may make several terms of it, or none."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, unstemmed, with at most `slop` other words' worth of moves between them."""

    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Unstemmed terms like `pattern`: `*` any run of characters, `?` exactly one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Unstemmed terms within one edit of `text` (two for words of eight characters and more)."""

    text: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """Questions with a tag: `name` as `archive.records.tag_name` makes it, or with `*` and `?` in it."""

    name: str


@dataclass(frozen=True, slots=True)
class InField:
    """`query` (words, phrases, wildcards, fuzzies, groups of them) looked up in one TEXT or NAME field."""

    field: str
    query: Node


@dataclass(frozen=True, slots=True)
class Named:
    """A SITE or ID field that is `value`, folded; SITE values may hold `*` and `?`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class NumberRange:
    """`low <= field <= high`; None is open. A question without the number is in no range."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A year, a month or a day, UTC: the whole of it."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Ago:
    """`amount` of `unit` (`d`, `w`, `m`, `y`) back from now."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """From the start of `low` to the end of `high`; None is open. Never both None."""

    field: str
    low: Day | Ago | None
    high: Day | Ago | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A property: `is:answered`, `has:code`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Everything:
    """Every question: `*`, and the empty query."""


@dataclass(frozen=True, slots=True)
class Required:
    """`+x`: must match, and still ranks."""

    query: Node


@dataclass(frozen=True, slots=True)
class Not:
    """`-x`, `NOT x`: must not match."""

    query: Node


@dataclass(frozen=True, slots=True)
class And:
    """Every part must match."""

    queries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some part must match."""

    queries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Parts side by side: words, wildcards and fuzzies rank (how many must match is the search's
    `--match`), everything else must match."""

    queries: tuple[Node, ...]


Node = (
    Word | Phrase | Wildcard | Fuzzy | Tagged | InField | Named | NumberRange | DateRange | Flag
    | Everything | Required | Not | And | Or | Beside
)  # fmt: skip


def parse(text: str) -> Node:
    """Return the AST of a query."""
    raise NotImplementedError


def plain(text: str) -> Node:
    """Return the AST of a text that is words only, whatever signs it holds."""
    raise NotImplementedError


def format(node: Node) -> str:
    """Return a query text that parses to `node`."""
    raise NotImplementedError
