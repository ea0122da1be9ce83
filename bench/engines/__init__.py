"""The engines behind one protocol: each in a module of its own, which alone imports what it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...archive.disk import size_of_files
from ..contract import Engine

if TYPE_CHECKING:  # not what a small program needs
    from ...archive.records import Question


class Files:
    """What most engines have in common: an index that is a directory, and no records beside it."""

    from_store = False
    grows = True

    def __init__(self, archive: Path, directory: Path) -> None:
        self.archive, self.directory = archive, directory

    def keep(self, questions: Sequence[Question]) -> None:
        """Keep nothing."""

    def size(self) -> int:
        """Return the bytes of all files."""
        return size_of_files(self.directory)

    def close(self) -> None:
        """Leave it to the process."""


class Source(NamedTuple):
    """Where an engine's class is, what it needs installed, and what to know of it."""

    module: str
    name: str
    needs: str
    note: str
    searched: bool = True
    """False for one that is only built."""


ENGINES: Mapping[str, Source] = {
    "askive": Source("ours", "Askive", "askive", "from the query's text to titles out of its records"),
    "whoosh": Source("stock_whoosh", "StockWhoosh", "whoosh3", "default codec, BM25F, Porter stems, OR"),
    "fts5": Source("fts5", "Fts5", "sqlite3", "porter tokenizer, bm25(); tags and numbers in side tables"),
    "tantivy": Source("tantivy", "Tantivy", "tantivy", "en_stem, positions; built by 2 threads"),
    "tantivy-1": Source("tantivy", "OneThread", "tantivy", "the same, built by 1 thread", searched=False),
    "bm25s": Source("bm25s", "Bm25s", "bm25s", "one text a question: no positions, fields, filters"),
}


def load(name: str, archive: Path, directory: Path) -> Engine:
    """Return an engine; raises ImportError where what it stands on is not installed."""
    source = ENGINES[name]
    made: Any = getattr(import_module(f"{__name__}.{source.module}"), source.name)
    engine: Engine = made(archive, directory)
    return engine


def missing(name: str) -> str | None:
    """Return why an engine cannot run here, or None if it can."""
    try:
        import_module(f"{__name__}.{ENGINES[name].module}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("askive"):
            raise  # a mistake of ours, and no reason to leave Askive out
        return f"{ENGINES[name].needs} is not installed ({error}): pip install -e '.[bench]'"
    return None
