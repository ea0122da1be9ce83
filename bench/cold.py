"""Searches as commands: what one waits for at a shell, from the start of the process to its end."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .archives import Corpus
from .contract import TEXTS, Kind, Query
from .queries import queries
from .rows import rows_of

SQLITE_UTILS = "sqlite-utils"
TABLE = "questions"
COLUMNS = ("-c", "id", "-c", "title")


def prepare(corpus: Corpus) -> None:
    """Make the table that `sqlite-utils search` looks into, if that program is here."""
    file = _file(corpus)
    if not find_spec("sqlite_utils") or file.exists():
        return
    part = file.with_suffix(".part")
    file.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    sqlite_utils: Any = import_module("sqlite_utils")
    database = sqlite_utils.Database(part)
    records = (dict(zip(("id", *TEXTS), row, strict=False)) for row in rows_of(corpus.archive))
    database[TABLE].insert_all(records, pk="id").enable_fts(TEXTS, tokenize="porter")
    database[TABLE].optimize()
    database.close()
    part.rename(file)


def rounds(corpus: Corpus, engines: Sequence[str], count: int) -> list[Mapping[str, Sequence[str]]]:
    """Return `count` rounds of the same search by every command, each round another two words."""
    return [_commands(corpus, engines, query) for query in queries(corpus.archive, Kind.TWO, count)]


def _commands(corpus: Corpus, engines: Sequence[str], query: Query) -> Mapping[str, Sequence[str]]:
    made = {name: _by_engine(corpus, name, query) for name in engines}
    if "askive" in made:
        made["askive"] = _python("askive", "--archive", str(corpus.archive), "search", *query.words)
    if find_spec("sqlite_utils"):
        file = str(_file(corpus))
        text = " OR ".join(query.words)
        made[SQLITE_UTILS] = _python("sqlite_utils", "search", file, TABLE, text, *COLUMNS, "--limit", "10")
    return made


def _file(corpus: Corpus) -> Path:
    return corpus.directory(SQLITE_UTILS) / "questions.sqlite3"


def _by_engine(corpus: Corpus, name: str, query: Query) -> list[str]:
    return _python("askive.bench.one", name, str(corpus.archive), str(corpus.directory(name)), *query.words)


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
