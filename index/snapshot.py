"""One committed state of the index, open for reading; later commits do not touch it."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from types import TracebackType
from typing import Any

from whoosh.reading import IndexReader
from whoosh.searching import Searcher

from .commit import TocIndex
from .errors import IndexUnusable
from .schema import fingerprint
from .scoring import LiveBM25
from .toc import Toc, read_toc, verify_files

OPEN_TRIES = 20
"""How often opening is tried anew when a writer replaces the state just being opened."""


class Snapshot:
    """A state of the index in `directory`: `revision` of the archive, `reader` and `searcher` of Whoosh."""

    def __init__(self, index: TocIndex, toc: Toc) -> None:
        self.revision = toc.revision
        self.reader: IndexReader = index.reader()
        self.weighting = LiveBM25(self.reader)
        self.searcher = Searcher(self.reader, weighting=self.weighting, fromindex=index)

    @classmethod
    def open(cls, directory: Path, archive_id: str, *, thorough: bool = False) -> Snapshot:
        """Open the newest state; raises `IndexUnusable` unless it is whole, of this archive and current.

        `thorough` reads every file to compare its checksum.
        """
        for _ in range(OPEN_TRIES):
            try:
                toc = usable_toc(directory, archive_id, thorough=thorough)
                return cls(TocIndex(directory, toc), toc)
            except FileNotFoundError:
                continue  # replaced by a newer state between two steps, or really gone
        raise IndexUnusable(directory, "torn")

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self.searcher.close()

    def count(self) -> int:
        """Return how many questions the index holds."""
        return int(self.reader.doc_count())

    def column(self, name: str) -> Column:
        """Return a column of the schema, indexed by document number."""
        return Column(self.reader, name)

    def id_of(self, document: int) -> str:
        """Return the question id of a document number."""
        return str(self.column("id")[document])

    def number_of(self, question_id: str) -> int | None:
        """Return the document number of a question id, if it is indexed."""
        number: int | None = self.searcher.document_number(id=question_id)
        return number


class Column:
    """A column over all segments: `column[document number]`.

    Whoosh's own leaves out the segments in which no document has a value, and then answers for others.
    """

    def __init__(self, reader: IndexReader, name: str) -> None:
        leaves = reader.leaf_readers()
        self._starts = [offset for _, offset in leaves]
        self._columns = [leaf.column_reader(name) for leaf, _ in leaves] if reader.doc_count_all() else []

    def __getitem__(self, document: int) -> Any:
        leaf = bisect_right(self._starts, document) - 1
        return self._columns[leaf][document - self._starts[leaf]]


def usable_toc(directory: Path, archive_id: str, *, thorough: bool = False) -> Toc:
    """Return the newest table of contents; raises `IndexUnusable` with the reason it cannot be trusted."""
    toc = read_toc(directory)
    if toc.archive != archive_id:
        raise IndexUnusable(directory, "that of another archive")
    if toc.schema != fingerprint():
        raise IndexUnusable(directory, "outdated")
    verify_files(directory, toc, thorough=thorough)
    return toc
