"""What the columns of a table without a header mean, by what is in them. Pure.

The column whose cells end with a question mark asks, the longest of the others answers; one of text between
the two is the question's body. Short words are tags, and what can be a date, a number or an address is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

FEW = 3
"""Rows at least of which a table without a header is known."""

MOST_COLUMNS = 20

REGULAR = 0.9
"""The share of the rows that are as long as most: a cell in ten may hold the sign that parts them."""

ASKING = 0.6
"""The share of the cells that ask, in the column that does."""

ALIKE = 0.9
"""The share of a column's cells that are of its kind."""

TAG_LENGTH = 30
MOST_TAGS = 8
"""Characters of a name that may be a tag's, and how many of them a cell may have."""

_KINDS: Mapping[str, Callable[[str], object]] = {
    "url": re.compile(r"https?://\S+").fullmatch,
    "number": re.compile(r"[-+]?\d{1,18}").fullmatch,
    "date": re.compile(
        r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ]\d\d?:.{1,30})?"
        r"|\d\d? [A-Za-z]{3,9}\.? \d{4}|[A-Za-z]{3,9}\.? \d\d?, \d{4}"
    ).fullmatch,
    "tags": lambda cell: _are_tags(cell),
}
_NAMES: Mapping[str, str] = {"text": "body", "tags": "tags", "number": "score", "date": "date", "url": "url"}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its place, its kind, its mean length, and the share of its cells that ask."""

    place: int
    kind: str
    length: float
    asking: float


def names_of(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Return names that tell the meaning of each column; None where no column asks, or none answers."""
    rows = [row for row in rows if any(map(str.strip, row))]
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if count < FEW or count < REGULAR * len(rows) or not 1 < width <= MOST_COLUMNS:
        return None
    cells = zip(*(row for row in rows if len(row) == width), strict=True)
    columns = [_column(place, list(map(str.strip, column))) for place, column in enumerate(cells)]
    asking = [column for column in columns if column.kind == "text" and column.asking >= ASKING]
    title = min(asking, key=lambda column: column.length, default=None)
    others = [column for column in columns if column is not title and column.kind in ("text", "tags")]
    if title is None or not others:
        return None
    answer = max(others, key=lambda column: column.length)
    names = {title.place: "title", answer.place: "answer"}
    for column in columns:
        if column.place not in names:
            name = "id" if column.kind == "number" and column.place == 0 else _NAMES.get(column.kind, "")
            names[column.place] = (
                name if name and name not in names.values() else f"column {column.place + 1}"
            )
    return [names[place] for place in range(width)]


def _column(place: int, cells: Sequence[str]) -> _Column:
    held = [cell for cell in cells if cell]
    if not held:
        return _Column(place, "", 0.0, 0.0)
    kind = next(
        (kind for kind, is_of in _KINDS.items() if sum(map(bool, map(is_of, held))) >= ALIKE * len(held)),
        "text",
    )
    asking = sum(cell.rstrip("\"' ").endswith(("?", "？", "؟")) for cell in held) / len(cells)
    return _Column(place, kind, sum(map(len, held)) / len(cells), asking)


def _are_tags(cell: str) -> bool:
    names = [name.strip() for name in re.split(r"[,;]", cell)]
    return len(names) <= MOST_TAGS and all(
        0 < len(name) <= TAG_LENGTH and len(name.split()) <= 2 and name[-1] not in ".?!:" for name in names
    )
