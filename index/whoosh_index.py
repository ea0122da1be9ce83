"""An archive's index as Whoosh sees it: for queries that only Whoosh answers, and for other programs.

with whoosh_index(directory, archive_id).searcher() as searcher:
    results = searcher.search(whoosh.query.Prefix("title_words", "enc"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.query import Query
from whoosh.searching import Searcher

from .codec import ArrayCodec, ArraySegment
from .codec_reading import DocumentReader, TermsReader
from .errors import IndexUnusable
from .evaluate import Evaluator
from .queries import AcrossFields, documents, walked
from .schema import FORMULA, STEM_FIELDS, words_field
from .segment.file import Array, Floats
from .segment.segment import Segment
from .snapshot import open_segments, usable_toc
from .statistics import Lookup, Statistics
from .toc import latest_generation, toc_path
from .whoosh_schema import schema

INDEX_NAME = "askive"

SAME_LENGTH: Mapping[str, str] = {words_field(name): name for name in STEM_FIELDS}
"""For a field of words that of their stems, which is always as long."""

ANSWERS_KEPT = 16
"""Answers that are kept: a query is asked for what it matches, and again for the scores."""


def whoosh_index(directory: Path, archive_id: str) -> ArchiveIndex:
    """Return an index for Whoosh to read; raises `IndexUnusable` where it cannot be trusted."""
    usable_toc(directory, archive_id)
    return ArchiveIndex(directory, archive_id)


class ArchiveIndex(FileIndex):  # type: ignore[misc]  # whoosh's classes are untyped
    """An archive's index, to be read only; each reader is of the newest state."""

    def __init__(self, directory: Path, archive_id: str) -> None:
        # FileIndex.__init__ is not called: all it does beyond this is read a pickled table of contents.
        self.storage = FileStorage(str(directory))
        self.indexname = INDEX_NAME
        self._schema = schema()
        self._directory, self._archive_id = directory, archive_id

    def latest_generation(self) -> int:
        """Return the number of the newest state."""
        return latest_generation(self._directory)

    def last_modified(self) -> float:
        """Return when the newest state was written, in seconds since 1970."""
        return toc_path(self._directory, self.latest_generation()).stat().st_mtime

    def reader(self, reuse: Any = None) -> Any:
        """Return a reader of the newest state; closes the one to `reuse`, whose segments may have changed.

        Raises `IndexUnusable`.
        """
        if reuse is not None:
            reuse.close()
        try:
            return super().reader()
        except FileNotFoundError as error:
            raise IndexUnusable(self._directory, "torn") from error

    def searcher(self, **options: Any) -> LiveSearcher:
        """Return a searcher of the newest state, closed with its reader."""
        return LiveSearcher(self.reader(), fromindex=self, **options)

    def writer(self, procs: int = 1, **options: Any) -> NoReturn:
        """Raise `TypeError`: what is in the index is the archive's to say."""
        raise TypeError("an archive's index is written by askive.index.build.update alone")

    def _read_toc(self) -> TOC:
        toc = usable_toc(self._directory, self._archive_id)
        segments = [OpenSegment(segment) for segment in open_segments(self._directory, toc)]
        return TOC(self._schema, segments, toc.generation)

    def _current_schema(self) -> Any:
        return self._schema


class ArchiveCodec(ArrayCodec):
    """Reads what `build.py` wrote, from segments that are open."""

    def per_document_reader(self, storage: Any, segment: OpenSegment) -> DocumentReader:
        """Return what documents are read with."""
        return DocumentReader(segment.opened.documents, segment, SAME_LENGTH)

    def terms_reader(self, storage: Any, segment: OpenSegment) -> TermsReader:
        """Return what postings are read with."""
        return TermsReader(segment.opened, segment)


class OpenSegment(ArraySegment):
    """A segment of an archive's index as Whoosh knows it; `opened` is ours."""

    def __init__(self, opened: Segment) -> None:
        super().__init__(INDEX_NAME, opened.count, opened.deleted.tolist())
        self.segid, self.opened = opened.stem.name, opened

    def codec(self) -> ArchiveCodec:
        """Return the codec that reads it."""
        return ArchiveCodec()


class LiveSearcher(Searcher):  # type: ignore[misc]  # as above
    """Whoosh's searcher; scores are made of the questions that are there, as `evaluate.py` makes them.

    Whoosh itself counts deleted documents until their segment is rewritten.
    """

    def idf(self, fieldname: str, text: str | bytes) -> float:
        """Return the inverse document frequency of a term."""
        held = self.statistics.frequency(fieldname, text if isinstance(text, str) else text.decode())
        count = self.statistics.count
        return log(max(count, 1) / (held + 1)) + 1 if held else float(super().idf(fieldname, text))

    def avg_field_length(self, fieldname: str, default: float | None = None) -> float | None:
        """Return the mean length of a field; `default` where no scores are made of that."""
        if not self.schema[fieldname].scorable:
            return default
        return self.statistics.mean(SAME_LENGTH.get(fieldname, fieldname))

    def across_fields(self, query: AcrossFields) -> dict[int, float]:
        """Return the scores of the documents that hold a term in some fields."""
        found: dict[int, float] = {}
        for one, base in zip(self._evaluators, self._bases, strict=True):
            docs = np.flatnonzero(one.alive(query))
            found |= dict(zip((docs + base).tolist(), one.scores(query, docs).tolist(), strict=True))
        return found

    @cached_property
    def statistics(self) -> Statistics:
        """The figures of the whole index, of which this may search one segment."""
        parent = self.get_parent()
        return parent.statistics if parent is not self else Statistics(self._lookups)

    @cached_property
    def _evaluators(self) -> list[Evaluator]:
        return [Evaluator(one, self.statistics, FORMULA, _nowhere) for one in self._lookups]

    @cached_property
    def _lookups(self) -> list[Lookup]:
        segments = (leaf.segment() for leaf, _ in self.reader().leaf_readers())
        return [Lookup(one.opened) for one in segments if isinstance(one, OpenSegment)]

    @cached_property
    def _bases(self) -> list[int]:
        return [
            base for leaf, base in self.reader().leaf_readers() if isinstance(leaf.segment(), OpenSegment)
        ]


def _nowhere(query: Query, segment: Segment) -> NoReturn:
    raise NotImplementedError(f"{query} is Whoosh's to answer")


class Answers:
    """Answers queries over open segments as Whoosh's searchers do, with the statistics of them all."""

    def __init__(self, directory: Path, segments: Sequence[Segment]) -> None:
        opened = [OpenSegment(segment) for segment in segments]
        reader = FileIndex._reader(FileStorage(str(directory)), schema(), opened, 0)
        self._searcher = LiveSearcher(reader)
        leaves = (leaf for leaf, _ in self._searcher.leaf_searchers())
        self._leaves = dict(zip(map(id, segments), leaves, strict=False))
        self._kept: dict[tuple[int, int], tuple[Query, tuple[Array, Floats]]] = {}

    def answer(self, query: Query, segment: Segment) -> tuple[Array, Floats]:
        """Return the documents of a segment that match a query, in order, and their scores."""
        key = id(query), id(segment)
        if key not in self._kept:
            if len(self._kept) >= ANSWERS_KEPT:
                self._kept.clear()
            self._kept[key] = query, answered(query, self._leaves[id(segment)])
        return self._kept[key][1]


def answered(query: Query, searcher: Searcher) -> tuple[Array, Floats]:
    """Return the documents that match a query, in order, and their scores.

    Which match is asked apart: some of Whoosh's matchers forget those that score 0.
    """
    scores = {number: matcher.score() for number, matcher in walked(query, searcher, searcher.context())}
    docs = sorted(documents(query, searcher))
    return np.array(docs, np.int64), np.array([scores.get(number, 0.0) for number in docs], np.float64)
