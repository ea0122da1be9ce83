"""Tables drawn with bars -> rows: Markdown's, those of psql and mysql, grids of reStructuredText. Pure.

    | Question | Answer |        question | answer        +----------+--------+
    |----------|--------|       ----------+--------       | question | answer |
    | How?     | So.    |        How?     | So.           +==========+========+

The line above the first rule has the names. Rows that are ruled off from each other may have several lines;
elsewhere a line whose first cell is blank goes on with the row above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from .table_rows import Table

BAR_SHARE = 0.5
"""The share of a text's lines that are of its table: an article with a table in it has fewer."""

_RULE = re.compile(r"(?=[^\n]*(?:-{2}|:-|-:|={2}|─|═))[-+|:=─═┼├┤┌┐└┘┬┴╞╡╪│ \t]+")
_BAR = re.compile(r"(?<!\\)[|│]")


@dataclass(frozen=True, slots=True)
class _Block:
    """A table: its names, its rows, and how many lines it has."""

    names: tuple[str, ...]
    rows: list[list[str]]
    lines: int


def table_of_bars(text: str) -> Table | None:
    """Return the table of a text that is for the greater part a table with bars and a rule; else None.

    Tables of the same columns are one.
    """
    if "|" not in text and "│" not in text:
        return None
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    blocks = [block for block in map(_block, _drawn(lines)) if block]
    if not blocks:
        return None
    names = max(blocks, key=lambda block: block.lines).names
    same = [block for block in blocks if block.names == names]
    if sum(block.lines for block in same) < BAR_SHARE * len(lines):
        return None
    rows = [dict(zip(names, row, strict=False)) for block in same for row in block.rows]
    return Table(names, rows) if rows else None


def cells_of(line: str, *, framed: bool) -> list[str]:
    r"""Return the cells of a line with bars; one that is `framed` has bars at its ends, too.

    >>> cells_of(r"| a \| b | |", framed=True), cells_of(" | c", framed=False)
    (['a | b', ''], ['', 'c'])
    """
    cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(line)]
    if framed:
        cells = cells[not cells[0] : len(cells) - (not cells[-1])]
    return cells or [""]


def _drawn(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines that stand together and are rules or have bars."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line and (_RULE.fullmatch(line) or _BAR.search(line)):
            block.append(line)
        elif block:
            yield block
            block = []


def _block(lines: Sequence[str]) -> _Block | None:
    """Return the table that lines are: one above a rule names the columns."""
    groups: list[list[list[str]]] = [[]]
    framed = next((line for line in lines if not _RULE.fullmatch(line)), "").lstrip()[:1] in ("|", "│")
    for line in lines:
        if _RULE.fullmatch(line):
            groups.append([])
        else:
            groups[-1].append(cells_of(line, framed=framed))
    head, *rest = (group for group in groups if group) if any(groups) else ([],)
    if not rest or len(head) != 1 or not 1 < len(set(head[0])) == len(head[0]):
        return None
    rows = [_joined(group) for group in rest] if len(rest) > 1 else list(_rows(rest[0]))
    return _Block(tuple(head[0]), rows, len(lines))


def _rows(lines: Sequence[list[str]]) -> Iterator[list[str]]:
    row: list[list[str]] = []
    for line in lines:
        if row and not line[0]:
            row.append(line)
            continue
        if row:
            yield _joined(row)
        row = [line]
    if row:
        yield _joined(row)


def _joined(lines: Sequence[list[str]]) -> list[str]:
    """Return the row that several lines are, the pieces of each cell with a space between them."""
    return [" ".join(filter(None, pieces)) for pieces in zip_longest(*lines, fillvalue="")]
