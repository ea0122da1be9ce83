"""Whoosh's index and writer over our own table of contents: a commit is durable, whole and free of pickles.

Whoosh's `FileIndex` and `SegmentWriter` do the work; what is replaced is how a commit is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh.codec import default_codec
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import IndexReader
from whoosh.util.filelock import try_for
from whoosh.writing import SegmentWriter

from .errors import IndexLocked
from .schema import fingerprint, schema
from .toc import FileMark, SegmentEntry, Toc, latest_generation, mark_file, write_toc

INDEX_NAME = "askive"
LOCK_NAME = f"{INDEX_NAME}_lock"
LOCK_POLL = 0.05
"""Seconds between two tries for the write lock: short beside the wait, long beside a try."""

BUFFER_MB = 128
"""Postings held in memory before a sorted run is spilled to disk; Whoosh's own default."""


class TocIndex(FileIndex):  # type: ignore[misc]  # whoosh's classes are untyped
    """A Whoosh index whose table of contents is `toc` (None: no state yet, an empty index)."""

    def __init__(self, directory: Path, toc: Toc | None) -> None:
        # FileIndex.__init__ is not called: all it does beyond this is read a pickled table of contents.
        self.directory = directory
        self.toc = toc
        self.storage = FileStorage(str(directory))
        self.indexname = INDEX_NAME
        self._schema = schema()

    def latest_generation(self) -> int:
        """Return the number of the newest committed state, whether or not it is this one."""
        return latest_generation(self.directory)

    def reader(self, reuse: IndexReader | None = None) -> IndexReader:
        """Return a reader of this very state; raises FileNotFoundError where a newer one has replaced it."""
        whoosh_toc = self._read_toc()
        return self._reader(self.storage, self._schema, whoosh_toc.segments, whoosh_toc.generation, reuse)

    def _read_toc(self) -> TOC:
        segments = [_segment(entry) for entry in self.toc.segments] if self.toc else []
        return TOC(self._schema, segments, self.latest_generation())


class TocWriter(SegmentWriter):  # type: ignore[misc]  # whoosh's classes are untyped
    """A Whoosh writer that commits by writing a `Toc` of the archive's `revision`. One at a time."""

    def __init__(self, index: TocIndex, archive_id: str) -> None:
        super().__init__(index, _lk=False, limitmb=BUFFER_MB)
        self.directory = index.directory
        self.archive_id = archive_id
        self.revision = 0
        self._entries = {entry.id: entry for entry in index.toc.segments} if index.toc else {}

    def _flush_segment(self) -> None:
        super()._flush_segment()
        self.newsegment._fieldlengths = self._kept_lengths()

    def _kept_lengths(self) -> dict[str, int]:
        # Whoosh keeps each length in a byte. The sum of what is kept, unlike the sum of what was added,
        # does not depend on how often segments were merged: an updated index scores as a rebuilt one.
        reader = self.per_document_reader()
        try:
            scored = [name for name, field in self.schema.items() if field.scorable]
            numbers = range(self.docnum)
            lengths = {name: reader.doc_field_length_reader(name) for name in scored}
            sums = {name: sum(length(n) or 0 for n in numbers) for name, length in lengths.items()}
        finally:
            reader.close()
        return {name: total for name, total in sums.items() if total}

    def _commit_toc(self, segments: Iterable[W3Segment]) -> None:
        entries = tuple(self._entry(segment) for segment in segments)
        write_toc(
            self.directory, Toc(self.archive_id, fingerprint(), self.generation, self.revision, entries)
        )
        _remove_leftovers(self.directory, self.generation, entries)

    def _entry(self, segment: W3Segment) -> SegmentEntry:
        known = self._entries.get(segment.segid)
        files = known.files if known else self._marks(segment)
        return SegmentEntry(
            segment.segid,
            segment.doc_count_all(),
            tuple(sorted(int(number) for number in segment.deleted_docs())),
            segment.compound,
            segment._fieldlengths,
            files,
        )

    def _marks(self, segment: W3Segment) -> dict[str, FileMark]:
        return {name: mark_file(self.directory / name) for name in segment.list_files(self.storage)}


class WriteLock:
    """The right to write the index in `directory`; a context manager. The system frees it with the process.

    Raises `IndexLocked` where another process holds it for longer than `wait` seconds.
    """

    def __init__(self, directory: Path, wait: float) -> None:
        self._directory, self._wait = directory, wait
        self._lock = FileStorage(str(directory)).lock(LOCK_NAME)

    def __enter__(self) -> WriteLock:
        if not try_for(self._lock.acquire, timeout=self._wait, delay=LOCK_POLL):
            raise IndexLocked(self._directory, self._wait)
        return self

    def __exit__(self, *exception: object) -> None:
        self._lock.release()


def _segment(entry: SegmentEntry) -> W3Segment:
    segment = W3Segment(default_codec(), INDEX_NAME, entry.documents, entry.id, set(entry.deleted) or None)
    segment.compound = entry.compound
    segment._fieldlengths = dict(entry.lengths)
    return segment


def _remove_leftovers(directory: Path, generation: int, entries: Iterable[SegmentEntry]) -> None:
    """Remove what the new state does not list: older states, and what killed writers left behind.

    Readers that have an old file open keep it: the system frees it when they close.
    """
    keep = {name for entry in entries for name in entry.files} | {LOCK_NAME, f"toc-{generation}.json"}
    for path in directory.iterdir():
        if path.name in keep:
            continue
        if path.is_dir() and not path.is_symlink():
            _remove_tree(path)
        else:
            path.unlink(missing_ok=True)


def _remove_tree(directory: Path) -> None:
    for path in directory.iterdir():
        path.unlink(missing_ok=True)
    directory.rmdir()
