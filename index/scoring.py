"""How a question is scored: BM25 per field, over the questions that are there.

Robertson, Walker, Jones, Hancock-Beaulieu and Gatford, "Okapi at TREC-3" (1994); the idf is Whoosh's,
log(N / (n + 1)) + 1. Whoosh's own statistics count deleted documents until their segment is rewritten;
these leave them out, so that an updated index ranks exactly as one built anew.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import Any

from whoosh.reading import IndexReader
from whoosh.scoring import BaseScorer, WeightingModel, bm25

B = 0.75
K1 = 1.2
"""The saturation and length normalisation of the literature; Whoosh's and Lucene's defaults."""


class LiveBM25(WeightingModel):  # type: ignore[misc]  # whoosh's classes are untyped
    """BM25 for one state of the index, read through `reader`."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self._count = reader.doc_count()
        numbers = range(reader.doc_count_all()) if reader.has_deletions() else ()
        self._deleted = [number for number in numbers if reader.is_deleted(number)]
        self.frequency = lru_cache(maxsize=None)(self._frequency)
        self._mean_length = lru_cache(maxsize=None)(self._mean)

    def idf(self, searcher: Any, fieldname: str, text: bytes | str) -> float:
        """Return log(N / (n + 1)) + 1, with n of the N questions holding the term in the field."""
        return self.inverse_frequency(fieldname, text)

    def inverse_frequency(self, fieldname: str, text: bytes | str) -> float:
        """As `idf`, for callers that have no searcher."""
        return self.idf_of(self.frequency(fieldname, text))

    def idf_of(self, count: int) -> float:
        """Return the inverse document frequency of a term that `count` questions hold."""
        return log(max(1, self._count) / (min(count, self._count) + 1)) + 1

    def scorer(self, searcher: Any, fieldname: str, text: bytes | str, qf: int = 1) -> BaseScorer:
        """Return the scorer of one term."""
        if not searcher.schema[fieldname].scorable:
            return Constant()
        return LiveBM25Scorer(
            searcher, fieldname, self.inverse_frequency(fieldname, text), self._mean_length(fieldname)
        )

    def _frequency(self, fieldname: str, text: bytes | str) -> int:
        if not self._deleted:
            return int(self._reader.doc_frequency(fieldname, text))
        if (fieldname, text) not in self._reader:
            return 0
        return sum(1 for _ in self._reader.postings(fieldname, text).all_ids())

    def _mean(self, fieldname: str) -> float:
        gone = sum(self._reader.doc_field_length(n, fieldname) or 0 for n in self._deleted)
        return (self._reader.field_length(fieldname) - gone) / max(1, self._count) or 1.0


class LiveBM25Scorer(BaseScorer):  # type: ignore[misc]  # as above
    """BM25 of one term in one field, for the documents of one segment."""

    def __init__(self, searcher: Any, fieldname: str, idf: float, mean_length: float) -> None:
        self._idf, self._mean = idf, mean_length
        self._length = searcher.reader().doc_field_length
        self._field = fieldname

    def score(self, matcher: Any) -> float:
        """Return the score of the document the matcher stands on."""
        length = self._length(matcher.id(), self._field, 1)
        return float(bm25(self._idf, matcher.weight(), length, self._mean, B, K1))


class Constant(BaseScorer):  # type: ignore[misc]  # as above
    """For fields that rank nothing."""

    def score(self, matcher: Any) -> float:
        """Return 0."""
        return 0.0
