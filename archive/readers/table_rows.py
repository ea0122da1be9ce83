"""Bytes of a table -> rows: CSV and TSV with quotes right, wrong or missing, and JSON of any usual shape.

A cell may hold line ends. Where it is quoted they stand in quotes; where it is not, a line that cannot begin
a row belongs to the row before it. Both readings are tried, and the one with more rows of the header's length
is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .table_columns import Columns, columns_of

DELIMITERS = ("\t", ",", ";", "|")

SAMPLE_LINES = 200
"""Lines by which it is judged whether rows begin with a number."""

BEGINS_WITH_NUMBER = 0.6
"""The share of those lines that begin with a number where rows do: texts of five lines leave a fifth."""

MAX_CELLS = 10_000
"""Cells of a row; spreadsheets end at 16,384 columns. What is longer has no rows."""

Row = Mapping[str, Any]

_NUMBER = re.compile(r'\s*"?-?\d{1,18}"?\s*')
_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, the rows by them, and how many rows are longer than the header."""

    names: Sequence[str]
    rows: Sequence[Row]
    irregular: int = 0


def header_of(line: str, said: str = "", *, few: bool = False) -> tuple[str, Columns] | None:
    """Return delimiter and columns of a table's first line; None where it names no table of questions.

    With `few` one column that asks is enough: the answers are known to be elsewhere.
    """
    best: tuple[int, str, Columns] | None = None
    for delimiter in DELIMITERS:
        names = [_unquoted(name) for name in line.split(delimiter)]
        if len(names) < 2 or not all(len(name) <= 100 for name in names):
            continue
        try:
            columns = columns_of(names, said)
        except ValueError:
            continue
        if columns.hold_questions() or columns.hold_answers() or (few and columns.asks()):
            known = len(columns.roles) + len(columns.numbered)
            best = max(best or (0, "", columns), (known, delimiter, columns), key=lambda found: found[0])
    return best[1:] if best else None


def table_of_text(text: str, delimiter: str) -> Table:
    """Return the table of a text whose first line is its header."""
    text = _LINE_END.sub("\n", text)
    first, _, rest = text.partition("\n")
    names = _named(_unquoted(name) for name in first.split(delimiter))
    readings = [list(_plain(rest, delimiter, len(names)))]
    if '"' in rest:
        readings.append(list(_quoted(rest, delimiter)))
    rows = max(reversed(readings), key=lambda found: _regularity(found, len(names)))
    width = len(names)
    irregular = sum(len(row) > width for row in rows)
    if delimiter == "|":
        rows = [[cell.strip() for cell in row] for row in rows]
    fitted = (
        row if len(row) <= width else [*row[: width - 1], delimiter.join(row[width - 1 :])] for row in rows
    )
    return Table(names, [dict(zip(names, row, strict=False)) for row in fitted], irregular)


def sample_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a text without a header, quoted or with one on a line."""
    text = _LINE_END.sub("\n", text)
    if text.lstrip().startswith('"'):
        return list(_quoted(text, delimiter))
    return [line.split(delimiter) for line in text.split("\n") if line.strip()]


def table_of_json(value: Any) -> Table | None:
    """Return the table in a JSON value: a list of objects, columns of lists, or answers by question."""
    if isinstance(value, Mapping):
        lists = {name: column for name, column in value.items() if isinstance(column, list)}
        if (
            len(lists) > 1
            and len({len(column) for column in lists.values()}) == 1
            and not _holds_objects(lists)
        ):
            cells = zip(*lists.values(), strict=True)
            return Table(list(lists), [dict(zip(lists, row, strict=True)) for row in cells])
        if value and all(isinstance(answer, str) for answer in value.values()) and _ask(list(value)):
            pairs = [{"question": question, "answer": answer} for question, answer in value.items()]
            return Table(["question", "answer"], pairs)
        value = max(lists.values(), key=len, default=None)
    if not isinstance(value, list):
        return None
    rows = [row for row in value if isinstance(row, Mapping)]
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return Table(list(names), rows) if rows else None


def _holds_objects(lists: Mapping[str, Sequence[Any]]) -> bool:
    return any(isinstance(cell, Mapping) for column in lists.values() for cell in column[:1])


def _ask(questions: Sequence[str]) -> bool:
    return sum("?" in question for question in questions) * 2 > len(questions)


def _named(names: Iterator[str]) -> list[str]:
    """Names of columns, each once."""
    found: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        found[name if name and name not in found else f"{name}#{number}"] = None
    return list(found)


def _regularity(rows: Sequence[Sequence[str]], width: int) -> float:
    return sum(len(row) == width for row in rows) / len(rows) if rows else 0.0


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _quoted(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of cells that may be quoted (RFC 4180); a quote that is not at the ends of a cell is a sign."""
    sign = re.escape(delimiter)
    cell = re.compile(rf'(?:"((?:[^"]|"")*+)"[ ]*(?={sign}|\n|\Z)|([^{sign}\n]*))({sign}|\n|\Z)')
    row: list[str] = []
    place = 0
    while place < len(text):
        match = cell.match(text, place)
        if match is None:  # never: the second form takes whatever there is
            break
        row.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        place = match.end()
        if match[3] != delimiter:
            if any(row):
                yield row
            row = []
        elif place == len(text):
            yield [*row, ""]


def _plain(text: str, delimiter: str, width: int) -> Iterator[list[str]]:
    """Rows of cells without quotes: a line that cannot begin a row continues the one before it."""
    lines = text.split("\n")
    numbered = _begin_with_numbers(lines, delimiter)
    row: list[str] = []
    last: list[str] = []  # the lines of the row's last cell: to add them one by one would cost their square
    for line in lines:
        cells = line.split(delimiter)
        if not row:
            begins = True
        elif numbered:
            begins = len(cells) > 1 and _NUMBER.fullmatch(cells[0]) is not None
        else:
            begins = len(row) >= width and (len(cells) > 1 or width == 1)
        if begins or len(row) > MAX_CELLS:
            if any(row := [*row[:-1], "\n".join(last)]):
                yield row
            row, last = cells, cells[-1:]
            continue
        last.append(cells[0])
        if len(cells) > 1:
            row[-1:] = ["\n".join(last), *cells[1:]]
            last = cells[-1:]
    row = [*row[:-1], "\n".join(last)]
    if any(cell.strip() for cell in row):
        yield row


def _begin_with_numbers(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether rows begin with a number, as those of databases do."""
    some = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    numbers = sum(_NUMBER.fullmatch(line.split(delimiter, 1)[0]) is not None for line in some)
    return bool(some) and delimiter in some[0] and numbers >= BEGINS_WITH_NUMBER * len(some)
