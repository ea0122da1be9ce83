"""A table of questions and one of their answers in one folder: one page, the second behind the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..errors import PageRejected
from ..limits import Limits
from ..page import Rejected
from ..readers.decoding import decode
from ..readers.json_page import HEAD_BYTES
from ..readers.table import SEPARATOR
from ..readers.table_rows import header_of
from .content import Content, bounded
from .member import Member, Members

NAME = "questions and answers"

_QUESTIONS = re.compile(r"(.*)question(s?\.(?:csv|tsv|tab|txt))")


def groups(paths: Sequence[Path]) -> Iterable[Sequence[Path]]:
    """Return the first two tables that are named alike, one of questions and one of answers."""
    held = {path.name.lower(): path for path in paths}
    for name, questions in held.items():
        if (match := _QUESTIONS.fullmatch(name)) and questions.is_file():
            answers = held.get(f"{match[1]}answer{match[2]}")
            if answers and answers.is_file() and _are_tables(questions, answers):
                return [[questions, answers]]
    return []


def _are_tables(questions: Path, answers: Path) -> bool:
    """Tell whether the headers of two files say that one asks and one answers."""
    heads = header_of(_first_line(questions), few=True), header_of(_first_line(answers))
    return bool(heads[0] and heads[0][1].asks() and heads[1] and heads[1][1].hold_answers())


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return decode(file.readline(HEAD_BYTES)).strip()
    except OSError:
        return ""


def members(name: str, files: Members, limits: Limits) -> Members:
    """Yield the one page; raises `PageRejected` where it is larger than tables are read together."""
    with closing(files):
        yield Member(f"{name}#tables", Content(bounded(_joined(files), limits.dump_bytes, "tables")))


def _joined(files: Iterable[Member | Rejected]) -> Iterator[bytes]:
    separator = b""
    for file in files:
        if isinstance(file, Rejected):
            raise PageRejected(file.reason)
        yield separator
        yield from file.content.blocks()
        separator = SEPARATOR.encode()
