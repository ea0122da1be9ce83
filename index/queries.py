"""The kinds of query that Whoosh lacks: filters, sums by weight, and what is looked up across fields at once.

`evaluate.py` answers them from arrays. Inside other queries of Whoosh, which are for its own searchers, they
answer through its matchers: those of terms and phrases, of which they are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from whoosh.matching import FilterMatcher, ListMatcher, Matcher, NullMatcher, UnionMatcher
from whoosh.matching.wrappers import WrappingMatcher
from whoosh.query import CompoundQuery, Phrase, Query, Term
from whoosh.query.wrappers import WrappingQuery
from whoosh.reading import TermNotFound
from whoosh.util import make_binary_tree

from .ranking import SEARCH, Ranking
from .segment.documents import MISSING

ROOM = 1 - 1e-9
"""Sums of the same weights in another order may differ in the last bits: they are compared with room."""

Boosts = tuple[tuple[str, float], ...]
"""Fields of the schema, and what a score in each is multiplied by."""


class _Kind(Query):  # type: ignore[misc]  # whoosh's classes are untyped
    """What Whoosh asks of every query."""

    def field(self) -> None:
        """Return None: no one field is asked alone."""

    def estimate_size(self, ixreader: Any) -> int:
        """Return how many documents match at most, as a guess."""
        return int(ixreader.doc_count())

    def estimate_min_size(self, ixreader: Any) -> int:
        """Return how many documents match at least."""
        return 0


class Filter(_Kind, WrappingQuery):  # type: ignore[misc]  # as above
    """Matches what its child matches and scores nothing."""

    def __str__(self) -> str:
        return f"Filter({self.child})"

    def _rewrap(self, child: Query) -> Filter:
        return Filter(child)

    def with_boost(self, boost: float) -> Filter:
        """Return itself: it has no score to boost."""
        return self

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        return _listed(dict.fromkeys(documents(self.child, searcher), 0.0))


class Weighed(_Kind, CompoundQuery):  # type: ignore[misc]  # as above
    """Matches documents whose matching parts weigh at least `minimum` together; scores as their sum.

    `weights` has one number for each of the `subqueries`.
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

    def with_boost(self, boost: float) -> Weighed:
        """Return the same query with every score multiplied."""
        return self.apply(lambda part: part.with_boost(getattr(part, "boost", 1.0) * boost))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        weighed: dict[int, float] = {}
        for part, weight in zip(self.subqueries, self.weights, strict=True):
            for number in documents(part, searcher):
                weighed[number] = weighed.get(number, 0.0) + weight
        enough = {number for number, weight in weighed.items() if weight >= self.minimum * ROOM}
        return FilterMatcher(_sum(self.subqueries, searcher, context), enough)


class _Leaf(_Kind):
    """A query without parts; equal to others of its kind with the same `key`."""

    boosts: Boosts = ()

    def key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, _Leaf) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash((type(self), self.key()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.key()}"

    def __str__(self) -> str:
        return repr(self)

    def normalize(self) -> _Leaf:
        """Return itself."""
        return self

    def with_boost(self, boost: float) -> _Leaf:
        """Return the same query with every score multiplied."""
        found = copy(self)
        found.boosts = tuple((name, of_field * boost) for name, of_field in self.boosts)
        return found

    def parts(self) -> Sequence[Query]:
        """Return queries of Whoosh's for each field; what this one matches and scores is all of them."""
        return ()

    def has_terms(self) -> bool:
        """Tell whether it looks for terms."""
        return bool(self.parts())

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        """Yield the terms it looks for, those of phrases if asked for, each with its field."""
        for part in self.parts():
            yield from part.terms(phrases=phrases)

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        return _sum(self.parts(), searcher, context)


class AcrossFields(_Leaf):
    """Matches documents that hold a term in one of some fields; scores as BM25F over them, so many `times`.

    `boosts` weigh the frequency in each field; the formula is that of segment/impacts.py.
    """

    def __init__(self, text: str, boosts: Boosts, times: float = 1.0, ranking: Ranking = SEARCH) -> None:
        self.text, self.boosts, self.times, self.ranking = text, boosts, times, ranking

    def key(self) -> tuple[Any, ...]:
        """Return what tells it from others."""
        return self.text, self.boosts, self.times, self.ranking

    def with_boost(self, boost: float) -> AcrossFields:
        """Return the same query with every score multiplied."""
        return AcrossFields(self.text, self.boosts, self.times * boost, self.ranking)

    def parts(self) -> Sequence[Query]:
        """Return the term in each field."""
        return [Term(name, self.text, boost * self.times) for name, boost in self.boosts]

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher; only a searcher of an archive knows our formula."""
        scores = getattr(searcher, "across_fields", None)
        return _listed(scores(self)) if scores else _sum(self.parts(), searcher, context)


class PhraseAcross(_Leaf):
    """Matches documents that hold words one behind the other in one of some fields; scores nothing.

    Each comes 1 to `reach` positions behind the one before.
    """

    def __init__(self, words: Sequence[str], reach: int, boosts: Boosts) -> None:
        self.words, self.reach, self.boosts = tuple(words), reach, boosts

    def key(self) -> tuple[Any, ...]:
        """Return what tells it from others."""
        return self.words, self.reach, self.boosts

    def parts(self) -> Sequence[Query]:
        """Return the phrase in each field."""
        return [Phrase(name, list(self.words), self.reach) for name, _ in self.boosts]

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        found = {number for part in self.parts() for number in documents(part, searcher)}
        return _listed(dict.fromkeys(found, 0.0))


class AnyTerm(_Leaf):
    """Matches documents that hold one of `words` in one of some fields; scores what `boosts` has for each."""

    def __init__(self, words: Sequence[str], boosts: Boosts) -> None:
        self.words, self.boosts = tuple(words), boosts

    def key(self) -> tuple[Any, ...]:
        """Return what tells it from others."""
        return self.words, self.boosts

    def parts(self) -> Sequence[Query]:
        """Return each word in each field."""
        return [Term(name, word) for name, _ in self.boosts for word in self.words]

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        found: dict[int, float] = {}
        for name, boost in self.boosts:
            terms = (Term(name, word) for word in self.words)
            for number in {number for term in terms for number in documents(term, searcher)}:
                found[number] = found.get(number, 0.0) + boost
        return _listed(found)


class ColumnRange(_Leaf):
    """Matches documents whose number in a column lies between two, both included; None for no bound."""

    def __init__(self, column: str, low: int | None, high: int | None) -> None:
        self.column, self.low, self.high = column, low, high

    def key(self) -> tuple[Any, ...]:
        """Return what tells it from others."""
        return self.column, self.low, self.high

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Return Whoosh's matcher."""
        reader = searcher.reader()
        if not reader.has_column(self.column):
            return NullMatcher()
        values = enumerate(reader.column_reader(self.column))
        found = (number for number, value in values if self._holds(value))
        return _listed({number: 0.0 for number in found if not reader.is_deleted(number)})

    def _holds(self, value: int) -> bool:
        low_enough = self.high is None or value <= self.high
        return value != MISSING and low_enough and (self.low is None or value >= self.low)


# Matchers.


class _Unhurried(WrappingMatcher):  # type: ignore[misc]  # as above
    """Never skips what cannot score enough: after a skip, Whoosh's filters may be at what they keep out."""

    def supports_block_quality(self) -> bool:
        """Tell whether it can skip."""
        return False


def _sum(parts: Iterable[Query], searcher: Any, context: Any) -> Matcher:
    """Return a matcher of what any of some queries match, their scores added up.

    Not that of Whoosh's `Or`, which may lose what scores 0.
    """
    matchers = [part.matcher(searcher, context) for part in parts]
    active = [matcher for matcher in matchers if matcher.is_active()]
    return _Unhurried(make_binary_tree(UnionMatcher, active)) if active else NullMatcher()


def documents(query: Query, searcher: Any) -> set[int]:
    """Return the documents that a query of any kind matches, by Whoosh's matchers.

    Not with `Query.docs`: in replacing matchers that are done, Whoosh's `DisjunctionMax` may lose others.
    Deleted ones are left out here, for its `Not` may match them.
    """
    is_deleted = searcher.reader().is_deleted
    return {number for number, _ in walked(query, searcher, None) if not is_deleted(number)}


def walked(query: Query, searcher: Any, context: Any) -> Iterator[tuple[int, Matcher]]:
    """Yield the documents of a query's matcher, with the matcher at each; `context` None is for no scores."""
    try:
        matcher = query.matcher(searcher, context or searcher.boolean_context())
    except TermNotFound:
        return
    while matcher.is_active():
        yield matcher.id(), matcher
        matcher.next()


def _listed(scores: Mapping[int, float]) -> Matcher:
    numbers = sorted(scores)
    return ListMatcher(numbers, [scores[number] for number in numbers]) if numbers else NullMatcher()
