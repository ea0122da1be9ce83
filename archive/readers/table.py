"""Reader of tables of questions and answers: CSV, TSV, JSON, Markdown; columns guessed or said by `--map`.

A question has its answers in one row, in numbered columns, in a list inside a cell, or in several rows that
repeat its id, its address or its text. Columns are known by their names (table_columns.py), without a
header by what is in them (table_guess.py). A second table of answers may follow behind a line with the
sign FS (U+001C): `archive/dump.py` puts `questions.csv` and `answers.csv` of one folder together so.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..body import first_sentence
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Question, Tag, printable, tag_name, text_id
from .addresses import part_id, question_id, site_of
from .decoding import decode
from .gathering import Gathering
from .json_page import head_of, json_of
from .table_bars import table_of_bars
from .table_columns import ANSWERS, MAP_LINE, Columns, columns_of, parse_map
from .table_guess import names_of
from .table_rows import DELIMITERS, Table, header_of, sample_rows, table_of_json, table_of_text
from .things import body_of_string, count, is_web_address, moment

NAME = "table"

SEPARATOR = "\n\x1c\n"
"""What stands between a table of questions and one of their answers."""

LIST_LENGTH = 200_000
"""Characters of a cell that may be a list: those of 100 long answers."""

LIST_DEPTH = 8
"""Brackets in one another in such a cell; Python's own parser gives up at about 100."""

OF_ANSWERS = ("answer_id", "answer_author", "answer_date", "answer_score", "answer_url", "accepted")
"""The roles of columns that say something of an answer."""

SAMPLE = 65_536
"""Characters of a table without a header by which its columns are guessed."""

SAMPLE_ROWS = 1000
"""Rows of a table with bars by which its columns are guessed."""

NAME_LENGTH = 40
"""Characters of the longest name of a column; sentences are longer."""

_TAGS = re.compile(r"[<>|]+")
_TAG_SIGNS = re.compile(r"\s*[,;]\s*")
_TRUE = frozenset({"1", "true", "yes", "y", "accepted", "best", "x", "✓"})
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_FORMS = (
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%Y/%m/%d",
    "%b %d, %Y at %H:%M",
    "%Y-%m-%d %H:%M:%S %Z",
)
_TEXTS = ("text", "body", "answer", "content", "answer_text", "answer_body", "value", "html", "markdown")
_ONE_LINE = re.compile(r"[^\n]*")


def sniff(page: Page) -> float:
    """Return how sure the header, or the keys of the first object, are that this is such a table."""
    if page.data.startswith(MAP_LINE.encode()):
        return 0.99
    head = head_of(page)
    if head.startswith(("[", "{")):
        names = re.findall(r'"([^"\\\n]{1,60})"\s*:', head[:4096])
        columns = columns_of(dict.fromkeys(names))
        return 0.5 if columns.hold_questions() or re.match(r'\{\s*"[^"\n]{3,300}\?"\s*:\s*"', head) else 0.0
    if head.startswith("<"):
        return 0.0
    if drawn := table_of_bars(head):
        return 0.75 if _answers_in(_renamed(drawn)) else 0.0
    if header_of(_first_line(head), few=SEPARATOR.encode() in page.data):
        return 0.75
    return 0.5 if _without_header(head) else 0.0


def with_columns(page: Page, said: str) -> Page:
    """Return a page of a table with what was said of its columns before it, to be kept and read with it."""
    data = page.data if b"\0" not in page.data[:1000] else decode(page.data).encode()
    return replace(page, data=f"{MAP_LINE}{printable(said)}\n".encode() + data)


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the questions of the table, and a `Problem` for rows that hold none.

    Raises `PageRejected` where the columns do not tell which of them asks, or the table is too large.
    """
    if len(page.data) > limits.dump_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; a table is read up to {limits.dump_bytes:,} bytes")
    text, said = decode(page.data), ""
    if text.startswith(MAP_LINE):
        said, _, text = text.removeprefix(MAP_LINE).partition("\n")
    text, _, answers = text.partition(SEPARATOR)
    table = _table(page, text, said, answers, limits)
    try:
        columns = columns_of(table.names, said)
    except ValueError as error:
        raise PageRejected(printable(str(error))) from error
    if not columns.hold_questions() and not ((said or answers) and columns.asks()):
        raise PageRejected(_without_questions(columns, table.names))
    return _found(table, columns, _answers_elsewhere(answers), limits)


def _table(page: Page, text: str, said: str, answers: str, limits: Limits) -> Table:
    """The table of a page, of whichever form."""
    if text.lstrip().startswith(("[", "{")):
        table = table_of_json(_json(page, text, limits))
        if table is None:
            raise PageRejected("not a Q&A page: JSON, and no table of questions")
        return table
    text = text.lstrip("\ufeff")
    if drawn := table_of_bars(text):
        return drawn if said else _renamed(drawn)
    if said and (numbered := _numbered(text, said)):
        return numbered
    if header := header_of(_first_line(text), said, few=bool(answers)):
        return table_of_text(text, header[0])
    if guessed := _without_header(text):
        delimiter, names = guessed
        return table_of_text(f"{delimiter.join(names)}\n{text}", delimiter)
    return table_of_text(text, _likely_delimiter(_first_line(text)))


def _json(page: Page, text: str, limits: Limits) -> Any:
    """The JSON of a page, or the objects of its lines."""
    try:
        return json_of(replace(page, data=text.encode()), limits)
    except PageRejected:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise
        return json_of(replace(page, data=f"[{','.join(lines)}]".encode()), limits)


def _without_questions(columns: Columns, names: Sequence[str]) -> str:
    if columns.hold_answers():
        return "a table of answers without their questions: keep it in a folder beside questions of that name"
    shown = printable(", ".join(names[:10]))[:200]
    return (
        f"not a Q&A page: no columns of questions and answers among {shown}; --map title=…,answer=… says them"
    )


def _first_line(text: str) -> str:
    match = _ONE_LINE.match(text.lstrip("\ufeff"))
    return match[0].rstrip("\r") if match else ""


def _likely_delimiter(line: str) -> str:
    return max("\t,;|", key=line.count)


def _without_header(text: str) -> tuple[str, list[str]] | None:
    """The delimiter of a table without a header, and names for its columns by what is in them."""
    sample = text[:SAMPLE]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1]
    for delimiter in DELIMITERS:
        if names := names_of(sample_rows(sample, delimiter)):
            return delimiter, names
    return None


def _renamed(table: Table) -> Table:
    """A table, its columns named by what is in them where their names do not tell."""
    if _answers_in(table):
        return table
    names = names_of([list(row.values()) for row in table.rows[:SAMPLE_ROWS]])
    if names is None:
        return table
    return Table(names, [dict(zip(names, row.values(), strict=False)) for row in table.rows])


def _answers_in(table: Table) -> bool:
    """Tell whether the names of a table's columns say that they ask and answer."""
    columns = columns_of(table.names)
    return columns.asks() and (bool(columns.numbered) or any(role in columns.roles for role in ANSWERS))


def _numbered(text: str, said: str) -> Table | None:
    """The table of a text whose first line is no header, where its columns are said by their numbers."""
    line = _first_line(text)
    delimiter = _likely_delimiter(line)
    cells = line.split(delimiter)
    if not all(column.isdecimal() for _, column in parse_map(said)) or not any(map(_is_text, cells)):
        return None
    names = delimiter.join(str(number) for number, _ in enumerate(cells, start=1))
    return table_of_text(f"{names}\n{text}", delimiter)


def _is_text(cell: str) -> bool:
    """Tell whether a cell is too much of a sentence to be the name of a column."""
    return len(cell) > NAME_LENGTH or cell.rstrip('" ').endswith((".", "?", "!"))


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Answers of a second table, by the id of their question."""

    answers: dict[str, list[Answer]]


def _answers_elsewhere(text: str) -> _Elsewhere:
    found: dict[str, list[Answer]] = {}
    if header := header_of(_first_line(text)):
        delimiter, columns = header
        for row in table_of_text(text, delimiter).rows:
            found.setdefault(_cell(row, columns, "id"), []).extend(_answers(row, columns, None))
    return _Elsewhere(found)


def _found(table: Table, columns: Columns, elsewhere: _Elsewhere, limits: Limits) -> Iterator[Found]:
    """The questions of the rows, those of one question united, in the order of their first rows."""
    gathering = Gathering()
    empty = 0
    for row in table.rows:
        question = _question(row, columns, elsewhere, limits)
        if question is None:
            empty += 1
        else:
            gathering.add(question)
    yield from gathering.questions()
    if empty:
        yield Problem(f"{empty:,} rows", "no question in them")
    if elsewhere.answers:
        orphans = sum(map(len, elsewhere.answers.values()))
        yield Problem(f"{orphans:,} answers", "their questions are not in the table")
    if table.irregular:
        yield Problem(
            f"{table.irregular:,} rows", "more cells than the header has columns: quotes are missing"
        )


def _question(
    row: Mapping[str, Any], columns: Columns, elsewhere: _Elsewhere, limits: Limits
) -> Question | None:
    asked = body_of_string(_cell(row, columns, "question"))
    title = printable(body_of_string(_cell(row, columns, "title")).text)
    short = printable(first_sentence(title or asked.text, limits.title_length))
    if not short:
        return None
    title = title if title and len(title) <= limits.title_length else short
    body: Body | None = asked if asked.text and asked.text != title else None
    address = _cell(row, columns, "url").strip()
    url = address if is_web_address(address) else None
    native, site = _cell(row, columns, "id").strip(), site_of(url)
    own_id = question_id(url) or (f"{site}:{printable(native)}" if site and native else None)
    answers = [*_answers(row, columns, url), *elsewhere.answers.pop(native, ())]
    return Question(
        id=own_id or text_id(f"{title}\n{body.text if body else ''}"),
        title=title,
        body=body,
        tags=tuple(Tag(name) for name in _tags(row, columns))[: limits.tags],
        answers=tuple(answers),
        author=printable(_cell(row, columns, "author"))[: limits.name_length] or None,
        created=_time(_cell(row, columns, "date")),
        score=_number(_cell(row, columns, "score")),
        views=_number(_cell(row, columns, "views")),
        url=url,
        site=site,
    )


def _answers(row: Mapping[str, Any], columns: Columns, url: str | None) -> Iterator[Answer]:
    """The answers of a row: of its answer columns, whole or lists of them, then of the numbered ones."""
    said = _said(row, columns.roles)
    for role in ("accepted_answer", "answer"):
        for name in columns.roles.get(role, ()):
            values = _listed(row.get(name))
            for value in values:  # what a row says of its answer says nothing of several
                if answer := _answer(value, said if len(values) == 1 else {}, url):
                    yield replace(answer, accepted=True) if role == "accepted_answer" else answer
    for _, parts in sorted(columns.numbered.items()):
        said = _said(row, {role: [name] for role, name in parts.items()})
        for value in _listed(row.get(parts.get("answer", ""))):
            if answer := _answer(value, said, url):
                yield answer


def _said(row: Mapping[str, Any], roles: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """What a row says of its answer, beside its text."""
    told = ((role, roles[role]) for role in OF_ANSWERS if role in roles)
    return {role: next((_text(row.get(name)) for name in names), "").strip() for role, names in told}


def _answer(value: Any, said: Mapping[str, str], url: str | None) -> Answer | None:
    """An answer of a value: a text with what is said of it, or an object that says all itself."""
    text = _text(value)
    if isinstance(value, Mapping):
        text = next((_text(value[key]) for key in _TEXTS if value.get(key)), "")
        own = columns_of(map(str, value)).roles
        said = _said(value, {role if role in OF_ANSWERS else f"answer_{role}": own[role] for role in own})
    body = body_of_string(text.strip())
    if not body.text.strip():
        return None
    site, native = site_of(said.get("answer_url") or url), printable(said.get("answer_id", ""))
    own_id = f"{site}:{native}" if site and native else text_id(body.text)
    accepted = said.get("accepted", "").casefold()
    return Answer(
        id=part_id(said.get("answer_url")) or own_id,
        body=body,
        author=printable(said.get("answer_author", ""))[: LIMITS.name_length] or None,
        created=_time(said.get("answer_date", "")),
        score=_number(said.get("answer_score", "")),
        accepted=accepted in _TRUE if accepted else None,
    )


def _listed(value: Any) -> Sequence[Any]:
    """The values of a cell: itself, or those of a list that it is or is written as."""
    if isinstance(value, str) and value.lstrip()[:1] == "[" and value.rstrip()[-1:] == "]":
        value = _parsed_list(value) or value
    if isinstance(value, Mapping):
        lists = [column for column in value.values() if isinstance(column, list)]
        if lists and len({len(column) for column in lists}) == 1:  # columns of lists, as datasets have them
            keys = [key for key, column in value.items() if isinstance(column, list)]
            return [dict(zip(keys, cells, strict=True)) for cells in zip(*lists, strict=True)]
    return value if isinstance(value, list) else [value]


def _parsed_list(text: str) -> list[Any] | None:
    """The list that a cell is written as, in JSON or in Python; None where it is none."""
    if len(text) > LIST_LENGTH or text.count("[") + text.count("{") + text.count("(") > LIST_LENGTH // 100:
        return None
    depth = deepest = 0
    for sign in re.findall(r"[\[\]{}()]", text):
        depth += 1 if sign in "[{(" else -1
        deepest = max(deepest, depth)
    if deepest > LIST_DEPTH:
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(value, list):
            return value
    return None


def _cell(row: Mapping[str, Any], columns: Columns, role: str) -> str:
    """The first cell of a role that says anything, as text."""
    return next(filter(None, (_text(row.get(name)) for name in columns.roles.get(role, ()))), "")


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return next(
            (value[key] for key in ("name", "display_name", "text") if isinstance(value.get(key), str)), ""
        )
    if isinstance(value, list):
        return "\n".join(part for part in value if isinstance(part, str))
    return "" if value is None or (isinstance(value, bool) and not value) else str(value)


def _tags(row: Mapping[str, Any], columns: Columns) -> Sequence[str]:
    """Names of tags, each once: a list, `<a><b>`, `|a|b|`, or with commas or semicolons between them."""
    names: dict[str, None] = {}
    for column in columns.roles.get("tags", ()):
        for value in _listed(row.get(column)):
            text = _text(value)
            parts = _TAGS.split(text) if text[:1] in ("<", "|") else _TAG_SIGNS.split(text)
            names |= dict.fromkeys(map(tag_name, parts))
    return list(filter(None, names))


def _number(text: str) -> int | None:
    text = text.strip()
    return count(text.removesuffix(".0")) if text else None


def _time(text: str) -> datetime | None:
    """A time in ISO 8601, seconds since 1970, as mails write it, or as pages write days in English."""
    text = text.strip()[:60]
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(float(text)), UTC)
    if told := moment(text):
        return told
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        mailed = parsedate_to_datetime(text)
        return mailed.replace(tzinfo=mailed.tzinfo or UTC, microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
