"""AST -> Whoosh query, against one snapshot of the index.

A plain word is looked up, stemmed, in every ranked field, and scores as BM25F over them. Phrases, wildcards
and fuzzies are looked up among the unstemmed terms, with positions; the words of a phrase rank as plain ones.
Everything else filters and scores nothing.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log
from typing import Literal, NamedTuple

from whoosh import query as w

from . import grammar as g
from .analysis import Stemmer, fold, words
from .fields import BY_PREFIX, RANKED, Field, Kind
from .function_words import FUNCTION_WORDS
from .queries import AcrossFields, AnyTerm, Boosts, ColumnRange, Filter, PhraseAcross, Weighed
from .ranking import PAIRED, SEARCH, Ranking
from .schema import has_stems, words_field
from .snapshot import Snapshot
from .vocabulary import edits_allowed

Match = Literal["any", "most", "all"]

MOST = 0.8
"""For `--match most` a hit must hold the share n**-MOST of the weight of the n known words asked for: all of
one word, four sevenths of two, a sixth of ten. On the LiveQA questions lower exponents lose good hits, and
higher ones rank no better."""

LEAST_WEIGHT = 0.05
"""What a word weighs that every question holds: next to nothing, yet it is known."""

NOTHING = w.NullQuery
"""The query that matches nothing."""


def _places(fields: Sequence[Field]) -> tuple[tuple[str, bool, float], ...]:
    """Return the schema's name for each field, whether it has stems, and its boost."""
    return tuple(
        (row.name, True, row.boost) if has_stems(row) else (words_field(row.name), False, row.boost or 1.0)
        for row in fields
    )


_RANKED_PLACES = _places(RANKED)


class Pair(NamedTuple):
    """Two stems asked side by side, and their mean rarity."""

    first: str
    second: str
    rarity: float


@dataclass(frozen=True, slots=True)
class Compiler:
    """Makes Whoosh queries for `snapshot`; `match`: how many plain words must match; `now` dates spans."""

    snapshot: Snapshot
    match: Match
    now: datetime
    ranking: Ranking = SEARCH
    stemmer: Stemmer = field(default_factory=Stemmer)

    def whole(self, node: g.Node) -> w.Query:
        """Return the query of a whole query text: a word alone ranks as words side by side do."""
        return self.beside((node,), RANKED) if isinstance(node, g.Word) else self.query(node)

    def query(self, node: g.Node, fields: Sequence[Field] = RANKED) -> w.Query:
        """Return the Whoosh query of a node, its text looked up in `fields`.

        Raises `grammar.QueryError` where an id begins several, or a phrase or a field holds no word.
        """
        match node:
            case g.Everything():
                return Filter(w.Every())
            case g.Word(text):
                return _all([self.term(term, fields) for term in self.terms(text, fields)])
            case g.Phrase(text, slop):
                return self.phrase(text, slop, fields)
            case g.Wildcard(pattern):
                return self.expansion(fold(pattern), fields)
            case g.Fuzzy(text):
                return self.fuzzy(text, fields)
            case g.InField(name, g.Word(text)) if not any(words(text)):
                raise nothing_in(f"{BY_PREFIX[name].prefix}:{text}")
            case g.InField(name, inner):
                return self.query(inner, (BY_PREFIX[name],))
            case g.Required(inner):
                return self.query(inner, fields)
            case g.Not(inner):
                return Filter(w.Not(Filter(self.query(inner, fields))))
            case g.And(parts):
                return _all([self.query(part, fields) for part in parts])
            case g.Or(parts):
                return _any([self.query(part, fields) for part in parts])
            case g.Beside(parts):
                return self.beside(parts, fields)
            case _:
                return Filter(self.property(node))

    def property(self, node: g.Tagged | g.Named | g.NumberRange | g.DateRange | g.Flag) -> w.Query:
        """Return the query of a node that filters by what a question is, not by its text."""
        match node:
            case g.Tagged(name):
                return self.exact("tag", name)
            case g.Named(name, value):
                return self.one_id(value) if BY_PREFIX[name].kind is Kind.ID else self.exact(name, value)
            case g.NumberRange(name, low, high):
                return ColumnRange(name, low, high)
            case g.DateRange(name, low, high):
                return ColumnRange(name, *_seconds(low, high, self.now))
            case g.Flag(name, value):
                return w.Term(name, value)

    def beside(self, parts: Iterable[g.Node], fields: Sequence[Field]) -> w.Query:
        """Return the query of parts side by side: ranked words by weight, all the rest required."""
        ranked: list[w.Query] = []
        required: list[w.Query] = []
        asked: list[str] = []
        for part in parts:
            match part:
                case g.Word(text):
                    asked += self.terms(text, fields)
                case g.Wildcard() | g.Fuzzy():
                    ranked.append(self.query(part, fields))
                case _:
                    required.append(self.query(part, fields))
        weights = [self.pattern_weight(query) for query in ranked]
        for term, times in self.distinct(asked, fields):
            ranked.append(self.term(term, fields, times))
            weights.append(self.weight(term, fields))
        if ranked:
            required.insert(0, self.weighed(ranked, weights))
        return _all(required)

    def pairs(self, node: g.Node) -> list[Pair]:
        """Return the pairs of words that are asked side by side, function words aside."""
        parts = node.queries if isinstance(node, g.Beside) else (node,)
        sides = [list(self.terms(part.text, RANKED)) if isinstance(part, g.Word) else [""] for part in parts]
        return self.paired([term for terms in sides for term in terms])

    def paired(self, terms: Sequence[str]) -> list[Pair]:
        """Return the pairs of words side by side that the archive knows and that are no function words."""
        stems = [self.known_stem(term) for term in terms]
        found = []
        for first, second in dict.fromkeys(pairwise(stems)):
            if first and second:
                idf = self.snapshot.statistics.idf
                found.append(Pair(first, second, (idf(PAIRED[0], first) + idf(PAIRED[0], second)) / 2))
        return found

    def known_stem(self, term: str) -> str:
        """Return the stem of a word that tells something; an empty text for others."""
        stem = self.stemmer.stem(term)
        return (
            stem if term not in FUNCTION_WORDS and self.snapshot.statistics.holding(PAIRED[0], stem) else ""
        )

    def weighed(self, parts: list[w.Query], weights: list[float]) -> w.Query:
        """Return the query of ranked parts, of which as much weight must match as `match` says.

        Parts that match nothing in the archive have no weight, except that `all` asks for them too.
        """
        if self.match == "all":
            return Weighed(parts, [1.0] * len(parts), float(len(parts)))
        if not any(weights):
            return NOTHING
        known = sum(1 for weight in weights if weight)
        share = known**-MOST if self.match == "most" else 0.0
        return Weighed(parts, weights, share * sum(weights))

    def terms(self, text: str, fields: Sequence[Field]) -> Iterator[str]:
        """Yield the unstemmed terms of a word; the parts of a compound that the archive does not know."""
        for term, *_ in words(text):
            parts = [part for part, *_ in words(term, parts=True) if part != term]
            if parts and not self.weight(term, fields):
                yield from parts
            else:
                yield term

    def distinct(self, terms: Iterable[str], fields: Sequence[Field]) -> list[tuple[str, int]]:
        """Return (term, times asked for), with terms that are looked up alike taken as one."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for term in terms:
            key = tuple(text for _, text, _ in self.lookups(term, fields))
            alike.setdefault(key, []).append(term)
        return [(same[0], len(same)) for same in alike.values()]

    def term(self, term: str, fields: Sequence[Field], times: float = 1) -> w.Query:
        """Return the query of one term, its score taken `times`; less of a function word."""
        alike: dict[str, list[tuple[str, float]]] = {}
        for name, text, boost in self.lookups(term, fields):
            alike.setdefault(text, []).append((name, boost))
        times *= self.importance(term)
        found = [AcrossFields(text, tuple(boosts), times, self.ranking) for text, boosts in alike.items()]
        return found[0] if len(found) == 1 else _any(found)

    def lookups(self, term: str, fields: Sequence[Field]) -> Iterator[tuple[str, str, float]]:
        """Yield (schema field, term as kept there, boost) for every field a term is looked up in."""
        stem = self.stemmer.stem(term)
        for name, stemmed, boost in _RANKED_PLACES if fields is RANKED else _places(fields):
            yield name, stem if stemmed else term, boost

    def importance(self, term: str) -> float:
        """Return what a term weighs beside another of the same rarity."""
        return self.ranking.function_words if term in FUNCTION_WORDS else 1.0

    def weight(self, term: str, fields: Sequence[Field]) -> float:
        """Return how much a term tells: log N/n, of N questions and the n that hold it.

        A function word tells less than others. Never less than `LEAST_WEIGHT`, but 0 where no question holds
        it.
        """
        return self.rarity(self.holding(term, fields)) * self.importance(term)

    def rarity(self, frequency: int) -> float:
        """Return the weight of what `frequency` questions hold."""
        return max(log(self.snapshot.count() / frequency), LEAST_WEIGHT) if frequency else 0.0

    def holding(self, term: str, fields: Sequence[Field]) -> int:
        """Return how many questions hold a term in the ranked fields; in others, where it is commonest."""
        statistics, lookups = self.snapshot.statistics, list(self.lookups(term, fields))
        if fields is RANKED:
            return statistics.holding(*lookups[0][:2])
        return max(statistics.frequency(name, text) for name, text, _ in lookups)

    def pattern_weight(self, query: w.Query) -> float:
        """Return the weight of what a wildcard or a fuzzy was expanded to."""
        found = [part for part in query.leaves() if isinstance(part, AnyTerm)]
        held = (self.snapshot.held([name for name, _ in part.boosts], part.words) for part in found)
        return self.rarity(max((count for counts in held for count in counts.values()), default=0))

    def phrase(self, text: str, slop: int, fields: Sequence[Field]) -> w.Query:
        """Return the query of words in order among the unstemmed terms."""
        terms = [term.text for term in words(text)]
        if not terms:
            raise nothing_in(f'"{text}"')
        unstemmed = _unstemmed(fields)
        there = (
            AcrossFields(terms[0], unstemmed) if len(terms) == 1 else PhraseAcross(terms, slop + 1, unstemmed)
        )
        ranked = [self.term(term, fields, times) for term, times in self.distinct(terms, fields)]
        return w.And([Filter(there), _any(ranked)])

    def fuzzy(self, text: str, fields: Sequence[Field]) -> w.Query:
        """Return the query of the unstemmed terms near a word."""
        found = []
        for word in (term.text for term in words(text)):
            names = [words_field(row.name) for row in fields]
            found.append(self.any_term(self.snapshot.words_near(names, word, edits_allowed(word)), fields))
        return _any(found) if found else Filter(w.Every())

    def expansion(self, pattern: str, fields: Sequence[Field]) -> w.Query:
        """Return the query of all unstemmed terms like a pattern."""
        names = [words_field(row.name) for row in fields]
        return self.any_term(self.snapshot.words_like(names, pattern), fields)

    def any_term(self, terms: Sequence[str], fields: Sequence[Field]) -> AnyTerm:
        """Return the query of any of the terms, scored as one term as common as they are together."""
        places = _unstemmed(fields)
        held = self.snapshot.held([name for name, _ in places], tuple(terms))
        rarity = self.snapshot.statistics.idf_of(max(held.values(), default=0))
        return AnyTerm(terms, tuple((name, boost * rarity if held[name] else 0.0) for name, boost in places))

    def exact(self, name: str, value: str) -> w.Query:
        """Return the query of a tag or a site, exact or with wildcards."""
        if "*" in value or "?" in value:
            return AnyTerm(self.snapshot.words_like([name], value), ((name, 0.0),))
        return w.Term(name, value)

    def one_id(self, value: str) -> w.Query:
        """Return the query of one question by its id or a unique beginning of it."""
        if self.snapshot.number_of(value) is not None:
            return w.Term("id", value)
        alive = self.snapshot.ids_beginning(value)
        if len(alive) > 1:
            few = ", ".join(alive[:3])
            raise g.QueryError(value, 0, f"{value!r} begins several ids ({few})", "give more of it")
        return w.Term("id", alive[0]) if alive else NOTHING


def nothing_in(text: str) -> g.QueryError:
    """Return the error of a phrase or a field in which there is no word."""
    return g.QueryError(text, 0, "nothing to search for", "it holds no letter, digit or name")


def _all(parts: Sequence[w.Query]) -> w.Query:
    """Return the query of all of some parts; those that are of that kind themselves are taken apart."""
    flat = [one for part in parts for one in (part.subqueries if isinstance(part, w.And) else [part])]
    return w.And(flat) if flat else Filter(w.Every())


def _any(parts: Sequence[w.Query]) -> w.Query:
    return Weighed(parts, [1.0] * len(parts), 0.0)


def _unstemmed(fields: Sequence[Field]) -> Boosts:
    return tuple((words_field(row.name), row.boost or 1.0) for row in fields)


def _seconds(
    low: g.Day | g.Ago | None, high: g.Day | g.Ago | None, now: datetime
) -> tuple[int | None, int | None]:
    return (
        None if low is None else int(_start(low, now).timestamp()),
        None if high is None else int(_end(high, now).timestamp()),
    )


def _start(when: g.Day | g.Ago, now: datetime) -> datetime:
    if isinstance(when, g.Ago):
        return _ago(when, now)
    return datetime(when.year, when.month or 1, when.day or 1, tzinfo=UTC)


def _end(when: g.Day | g.Ago, now: datetime) -> datetime:
    if isinstance(when, g.Ago):
        return _ago(when, now)
    month = when.month or 12
    day = when.day or calendar.monthrange(when.year, month)[1]
    return datetime(when.year, month, day, 23, 59, 59, tzinfo=UTC)


def _ago(when: g.Ago, now: datetime) -> datetime:
    """Return `now` less the span; a month ago is the same day of the month before, or its last day."""
    try:
        if when.unit in "dw":
            return now - timedelta(days=when.amount * (7 if when.unit == "w" else 1))
        months = now.year * 12 + now.month - 1 - when.amount * (12 if when.unit == "y" else 1)
        year, month = divmod(months, 12)
        day = min(now.day, calendar.monthrange(year, month + 1)[1])
        return now.replace(year=year, month=month + 1, day=day)
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        return datetime.min.replace(tzinfo=UTC)  # further back than the calendar goes
