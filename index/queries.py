"""The kinds of query that Whoosh lacks: filters without scores, sums by weight, any of many terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whoosh.matching import ListMatcher, Matcher, NullMatcher
from whoosh.query import CompoundQuery, Query
from whoosh.query.wrappers import WrappingQuery


class Filter(WrappingQuery):  # type: ignore[misc]  # whoosh's classes are untyped
    """Matches what its child matches and scores nothing."""

    def _rewrap(self, child: Query) -> Filter:
        return Filter(child)

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return a matcher over the child's documents in order, each with score 0."""
        found = sorted(set(self.child.matcher(searcher, searcher.boolean_context()).all_ids()))
        return _scored([(number, 0.0) for number in found])


class Weighed(CompoundQuery):  # type: ignore[misc]  # whoosh's classes are untyped
    """Matches documents whose matching parts weigh at least `minimum` together; scores as their sum.

    `weights` has one number for each of the `subqueries`. A document's parts are added up before they are
    compared, in the order of the query, so that equal documents score equally to the last bit.
    """

    JOINT = " + "

    def __init__(self, subqueries: Sequence[Query], weights: Sequence[float], minimum: float) -> None:
        super().__init__(list(subqueries))
        self.weights, self.minimum = tuple(weights), minimum

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Weighed)
            and self.subqueries == other.subqueries
            and (self.weights, self.minimum) == (other.weights, other.minimum)
        )

    def __hash__(self) -> int:
        return hash((Weighed, tuple(self.subqueries), self.weights, self.minimum))

    def apply(self, fn: Callable[[Query], Query]) -> Weighed:
        """Return the same query over `fn` of each part."""
        return Weighed([fn(part) for part in self.subqueries], self.weights, self.minimum)

    def normalize(self) -> Weighed:
        """Return itself: parts and weights belong together and are not to be merged."""
        return self

    def estimate_size(self, ixreader: Any) -> int:
        """Return the most documents it can match."""
        return int(min(ixreader.doc_count(), sum(part.estimate_size(ixreader) for part in self.subqueries)))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return a matcher over the documents that weigh enough, in order."""
        scores: dict[int, float] = {}
        weighed: dict[int, float] = {}
        for part, weight in zip(self.subqueries, self.weights, strict=True):
            matcher = part.matcher(searcher, context)
            while matcher.is_active():
                number = matcher.id()
                scores[number] = scores.get(number, 0.0) + matcher.score()
                weighed[number] = weighed.get(number, 0.0) + weight
                matcher.next()
        # Sums of the same weights in another order may differ in the last bits: compare with room for it.
        enough = self.minimum * (1 - 1e-9)
        return _scored(sorted(item for item in scores.items() if weighed[item[0]] >= enough))


def _scored(items: list[tuple[int, float]]) -> Matcher:
    if not items:
        return NullMatcher()
    return ListMatcher([number for number, _ in items], weights=[score for _, score in items])


class AnyTerm(Query):  # type: ignore[misc]  # whoosh's classes are untyped
    """Matches documents that hold one of `terms` in a field, each scoring the same `score`."""

    def __init__(self, fieldname: str, terms: Sequence[bytes], score: float = 0.0) -> None:
        self.fieldname, self.terms_, self.score = fieldname, tuple(terms), score

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyTerm) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, tuple[bytes, ...], float]:
        return (self.fieldname, self.terms_, self.score)

    def normalize(self) -> AnyTerm:
        """Return itself."""
        return self

    def estimate_size(self, ixreader: Any) -> int:
        """Return the most documents it can match."""
        frequencies = (ixreader.doc_frequency(self.fieldname, term) for term in self.terms_)
        return int(min(ixreader.doc_count(), sum(frequencies)))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return a matcher over the documents in order."""
        reader, found = searcher.reader(), set[int]()
        for term in self.terms_:
            if (self.fieldname, term) in reader:
                found.update(reader.postings(self.fieldname, term).all_ids())
        return _scored([(number, self.score) for number in sorted(found)])
