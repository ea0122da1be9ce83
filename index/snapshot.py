"""One committed state of the index, open for reading; later commits do not touch it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from .errors import IndexUnusable
from .evaluate import Evaluator
from .schema import FORMULA, fingerprint
from .segment.file import Array, Floats
from .segment.segment import Segment
from .segment.terms import Terms
from .statistics import Lookup, Statistics
from .toc import Toc, read_toc
from .vocabulary import like, near

if TYPE_CHECKING:
    from whoosh import query as w

    from .whoosh_index import Answers

OPEN_TRIES = 20
"""How often opening is tried anew when a writer replaces the state just being opened."""


class Snapshot:
    """A state of the index in `directory`: `revision` of the archive, an evaluator for each segment."""

    def __init__(self, directory: Path, toc: Toc) -> None:
        self.directory, self.revision = directory, toc.revision
        self._toc = toc
        self.segments = open_segments(directory, toc)
        lookups = [Lookup(segment) for segment in self.segments]
        self.statistics = Statistics(lookups)
        self.evaluators = [Evaluator(one, self.statistics, FORMULA, self._by_whoosh) for one in lookups]

    @classmethod
    def open(cls, directory: Path, archive_id: str, *, thorough: bool = False) -> Snapshot:
        """Open the newest state; raises `IndexUnusable` unless it is whole, of this archive and current.

        `thorough` reads every file to compare its checksums.
        """
        for _ in range(OPEN_TRIES):
            try:
                snapshot = cls(directory, usable_toc(directory, archive_id))
            except FileNotFoundError:
                continue  # replaced by a newer state between two steps, or really gone
            if thorough:
                for segment in snapshot.segments:
                    segment.verify()
            return snapshot
        raise IndexUnusable(directory, "torn")

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        for segment in self.segments:
            segment.close()

    def count(self) -> int:
        """Return how many questions the index holds."""
        return self.statistics.count

    def ids(self) -> set[str]:
        """Return the ids of all questions that the index holds."""
        found = set()
        for segment in self.segments:
            gone = set(segment.deleted.tolist())
            ids = segment.documents.keys("id").whole()
            found |= {id.decode() for number, id in enumerate(ids) if number not in gone}
        return found

    def number_of(self, question_id: str) -> int | None:
        """Return the document number of a question id, counted over all segments, if it is indexed."""
        for base, segment in zip(self.bases, self.segments, strict=True):
            number = segment.documents.keys("id").document(question_id.encode())
            if number is not None and (segment.alive is None or segment.alive[number]):
                return base + number
        return None

    def id_of(self, number: int) -> str:
        """Return the id of a document, counted over all segments."""
        at = bisect_right(self.bases, number) - 1
        return self.segments[at].documents.keys("id").of(number - self.bases[at]).decode()

    @property
    def bases(self) -> list[int]:
        """The number of each segment's first document."""
        return list(accumulate((segment.count for segment in self.segments), initial=0))[:-1]

    def ids_beginning(self, prefix: str) -> list[str]:
        """Return the ids that begin with `prefix`, sorted."""
        found = []
        for segment in self.segments:
            keys = segment.documents.keys("id")
            ranks = keys.names.prefixed(prefix.encode())
            alive = segment.alive
            found += [keys.names[rank] for rank in ranks if alive is None or alive[keys.at(rank)]]
        return sorted(id.decode() for id in found)

    def words_like(self, fields: Sequence[str], pattern: str) -> list[str]:
        """Return the terms of some fields that are like a pattern, sorted."""
        found = (like(terms, pattern) for _, _, terms in self._dictionaries(fields))
        return sorted({term.decode() for some in found for term in some})

    def words_near(self, fields: Sequence[str], word: str, edits: int) -> list[str]:
        """Return the terms of some fields that are at most so many edits from a word, sorted."""
        found = (near(terms, letters, word, edits) for _, letters, terms in self._dictionaries(fields))
        return sorted({term.decode() for some in found for term in some})

    def _dictionaries(self, fields: Iterable[str]) -> list[tuple[str, Array | None, Terms]]:
        found: dict[int, tuple[str, Array | None, Terms]] = {}
        for segment in self.segments:
            for field in fields:
                group = segment.group_of.get(field)
                if group:
                    found[2 * id(group)] = field, None, group.terms
                elif group := segment.word_group_of.get(field):
                    found[2 * id(group) + 1] = field, group.letters, group.words
        return list(found.values())

    def held(self, fields: Sequence[str], words: tuple[str, ...]) -> dict[str, int]:
        """Return how many questions hold one of some words, by field."""
        each = [one.held(fields, words) for one in self.evaluators]
        return {field: sum(counts[field] for counts in each) for field in fields}

    def scored(self, query: w.Query, number: int) -> tuple[str, float, bool]:
        """Return a document's id, its score, and whether it matches."""
        at = bisect_right(self.bases, number) - 1
        document, one = number - self.bases[at], self.evaluators[at]
        score = float(one.scores(query, np.array([document]))[0])
        return (
            one.segment.documents.keys("id").of(document).decode(),
            score,
            bool(one.matches(query)[document]),
        )

    def _by_whoosh(self, query: w.Query, segment: Segment) -> tuple[Array, Floats]:
        """Answer a query that only Whoosh knows, with its matchers over the same segment."""
        return self._answers.answer(query, segment)

    @cached_property
    def _answers(self) -> Answers:
        # Whoosh's searcher: no query of the command line needs it, and it takes long to load.
        from .whoosh_index import Answers  # noqa: PLC0415

        return Answers(self.directory, self.segments)


def open_segments(directory: Path, toc: Toc) -> list[Segment]:
    """Open the segments of a state; raises `IndexUnusable` where their files are not those of the state."""
    segments = [Segment(directory / entry.id, entry.deleted) for entry in toc.segments]
    for segment, entry in zip(segments, toc.segments, strict=True):
        if segment.marks != entry.marks or segment.count != entry.documents:
            raise IndexUnusable(directory, "torn")
    return segments


def usable_toc(directory: Path, archive_id: str) -> Toc:
    """Return the newest table of contents; raises `IndexUnusable` with the reason it cannot be trusted."""
    toc = read_toc(directory)
    if toc.archive != archive_id:
        raise IndexUnusable(directory, "that of another archive")
    if toc.schema != fingerprint():
        raise IndexUnusable(directory, "outdated")
    return toc
