"""Queries over one segment, as arrays: which documents match, what they score, and which are the best.

`matches` and `shares` follow the shape of a query and are the meaning of it; `best` is the quick way to the
first few of ranked words. It adds up impacts, the one-byte upper bounds that a segment keeps, and works out
exactly only what can still be among the best: MaxScore (Turtle and Flood, 1995) a whole term at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from whoosh import query as w

from .queries import AcrossFields, AnyTerm, Boosts, ColumnRange, Filter, PhraseAcross, Weighed
from .segment.file import Array, Floats, Longs
from .segment.impacts import K1, idf_of, saturation_point
from .segment.merge import Segment
from .segment.postings import DENSE, Postings, Term, members
from .statistics import Lookup, Statistics, place_of

ROOM = 1 - 1e-9
"""Sums of the same weights in another order may differ in the last bits: they are compared with room."""

FEW = 512
"""Documents that are scored at once rather than bounded first: it takes as long."""

CHUNK = 1 << 16
"""Documents scored at a time."""

BLOCK = 1 << 10
"""Scores of which the greatest is looked at first, in finding the best of many."""

CLUSTER = 64
"""Terms of a pattern that are no further apart than this are read as one stretch."""

POSITION_BITS = 32

Share = tuple[str, str, Floats]
"""A field, a term, and what it gave to each of some documents."""

Elsewhere = Callable[[w.Query, Segment], tuple[Array, Floats]]
"""Answers a query this module does not know: the documents that match, and their scores."""


class Best(NamedTuple):
    """Of a segment: how many documents match, those that may be among the best, sorted, and their scores."""

    total: int
    docs: Array
    scores: Floats


class Evaluator:
    """Answers queries over the segment of `lookup`, with the statistics of the whole index."""

    def __init__(
        self, lookup: Lookup, statistics: Statistics, boosts: Mapping[str, float], elsewhere: Elsewhere
    ) -> None:
        self.segment, self._lookup, self._statistics = lookup.segment, lookup, statistics
        self._boosts, self._elsewhere = boosts, elsewhere
        self.matches = lru_cache(maxsize=16)(self._matches)
        self._phrase_flags = lru_cache(maxsize=4)(self._find_phrase)
        self._word_flags = lru_cache(maxsize=4)(self._find_words)
        self._slack = lru_cache(maxsize=4096)(self._find_slack)
        self._sums = np.zeros(self.segment.count, np.float32)

    # Which documents match.

    def alive(self, query: w.Query) -> Array:
        """Return which documents match and are there."""
        found = self.matches(query)
        return found if self.segment.alive is None else found & self.segment.alive

    def _matches(self, query: w.Query) -> Array:
        """Return which documents match, deleted or not."""
        count = self.segment.count
        match query:
            case Weighed():
                return self._weighs_enough(query)
            case w.And():
                return self._all(query.subqueries)
            case Filter():
                return self.matches(query.child)
            case w.Not():
                return ~self.matches(query.query)
            case w.Every():
                return np.ones(count, bool)
            case AcrossFields():
                found = np.zeros(count, bool)
                for term, fields in self._terms(query.text, query.boosts):
                    found[_docs_in(term, fields)] = True
                return found
            case AnyTerm():
                return self._any_flags(self._word_flags, (query.words,), query.boosts)
            case PhraseAcross():
                return self._any_flags(self._phrase_flags, (query.words, query.reach), query.boosts)
            case ColumnRange():
                return self.segment.documents.between(query.column, query.low, query.high)
            case w.Term() if query.fieldname == "id":
                found = np.zeros(count, bool)
                document = self.segment.documents.keys("id").document(query.text.encode())
                found[[] if document is None else [document]] = True
                return found
            case w.Term():
                return self.matches(AcrossFields(query.text, ((query.fieldname, query.boost),)))
            case _ if query == w.NullQuery:
                return np.zeros(count, bool)
            case _:
                found = np.zeros(count, bool)
                found[self._elsewhere(query, self.segment)[0]] = True
                return found

    def _all(self, parts: Sequence[w.Query]) -> Array:
        found = np.ones(self.segment.count, bool)
        for part in parts:
            found &= self.matches(part)
        return found

    def _weighs_enough(self, query: Weighed) -> Array:
        if query.minimum <= 0:
            found = np.zeros(self.segment.count, bool)
            for part in query.subqueries:
                found |= self.matches(part)
            return found
        weighed = np.zeros(self.segment.count)
        for part, weight in zip(query.subqueries, query.weights, strict=True):
            weighed[self.matches(part)] += weight
        return weighed >= query.minimum * ROOM

    def _any_flags(self, find: Callable[..., Array], asked: tuple[Any, ...], boosts: Boosts) -> Array:
        found = np.zeros(self.segment.count, bool)
        for names, places in self._by_group([name for name, _ in boosts]):
            found |= find(names[0], *asked)[places].any(axis=0)
        return found

    # What is looked up.

    def _by_group(self, names: Sequence[str]) -> Iterator[tuple[list[str], list[int]]]:
        """Yield fields that share a dictionary, with their places in their group."""
        groups: dict[int, list[str]] = {}
        for name in names:
            group = self.segment.group_of.get(name) or self.segment.word_group_of.get(name)
            if group:
                groups.setdefault(2 * id(group) + (name in group.word_fields), []).append(name)
        for found in groups.values():
            yield found, [place_of(self.segment, name) for name in found]

    def _terms(self, text: str, boosts: Boosts) -> Iterator[tuple[Term, list[int]]]:
        """Yield the term in every group of fields, with the places of those fields."""
        for names, places in self._by_group([name for name, _ in boosts]):
            term = self._lookup.term(names[0], text)
            if term:
                yield term, places

    def _group(self, field: str) -> Postings:
        return self.segment.group_of.get(field) or self.segment.word_group_of[field]

    def _find_words(self, field: str, texts: tuple[str, ...]) -> Array:
        """Return for each field of a group and each document whether it holds one of some words."""
        group = self._group(field)
        flags = np.zeros((len(group.fields), self.segment.count), bool)
        is_word = field in group.word_fields
        terms = group.words if is_word else group.terms
        wanted = terms.numbers(sorted(text.encode() for text in texts))
        if not len(wanted):
            return flags
        stems, forms = wanted, np.zeros(len(wanted), np.int64)
        if is_word:
            of_stem, of_form = group.word_stems(int(wanted[0]), int(wanted[-1]) + 1)
            stems, forms = of_stem[wanted - wanted[0]], of_form[wanted - wanted[0]]
        for docs, fields in _clustered(group, stems, forms, is_word):
            flags[fields, docs] = True
        return flags

    def held(self, fields: Sequence[str], texts: tuple[str, ...]) -> dict[str, int]:
        """Return how many documents that are there hold one of some words, by field."""
        found = dict.fromkeys(fields, 0)
        for names, places in self._by_group(fields):
            flags = self._word_flags(names[0], texts)
            if self.segment.alive is not None:
                flags = flags & self.segment.alive
            held = (np.count_nonzero(flags[place]) for place in places)
            found |= dict(zip(names, map(int, held), strict=True))
        return found

    def _find_phrase(self, field: str, texts: tuple[str, ...], reach: int) -> Array:
        """Return for each field of a group and each document whether the words stand there in order."""
        group = self._group(field)
        flags = np.zeros((len(group.fields), self.segment.count), bool)
        terms = [self._lookup.term(field, text) for text in texts]
        among: Array | None = None
        for stem in sorted((term.stem for term in terms if term), key=Term.postings):
            among = stem.docs if among is None else among[members(among, stem.docs, self.segment.count)]
        if among is None or not len(among) or not all(terms):
            return flags
        ends: Array | None = None
        for places in (term.places(among) for term in terms if term):
            cells = places.docs.astype(np.int64) * len(group.fields) + places.fields
            keys = np.sort(cells << POSITION_BITS | places.positions)
            ends = keys if ends is None else _within_reach(ends, keys, reach)
        if ends is not None:
            docs, fields = np.divmod(ends >> POSITION_BITS, len(group.fields))
            flags[fields, docs] = True
        return flags

    # What they score.

    def scores(self, query: w.Query, docs: Array) -> Floats:
        """Return the scores of some sorted documents that match: what their shares add up to."""
        found = np.zeros(len(docs))
        bag, _ = _split(query)
        for start in range(0, len(docs), CHUNK):
            some = docs[start : start + CHUNK]
            summed = self._bag_scores(bag, some) if bag else None
            if summed is None:
                summed = sum((given for _, _, given in self.shares(query, some)), np.zeros(len(some)))
            found[start : start + CHUNK] = summed
        return found

    def _bag_scores(self, bag: Weighed, docs: Array) -> Floats | None:
        """Return the scores of a sum of terms across the fields of one group; None of other sums."""
        parts = [part for part in bag.subqueries if isinstance(part, AcrossFields)]
        names = tuple(name for name, _ in parts[0].boosts) if parts else ()
        group = self.segment.group_of.get(names[0]) if names else None
        if group is None or len(parts) < len(bag.subqueries) or set(names) - set(group.fields):
            return None
        if any(tuple(name for name, _ in part.boosts) != names for part in parts):
            return None
        places = [group.fields.index(name) for name in names]
        points = np.array([self._points(name, docs) for name in names])
        summed = np.zeros(len(docs))
        for part in parts:
            term = self._lookup.term(names[0], part.text)
            if term is not None:
                idf = self._statistics.idf
                worth = [boost * idf(name, part.text) * (K1 + 1) for name, boost in part.boosts]
                weights = term.rows(docs).T[places].astype(np.float64)
                # Field by field and term by term, so that equal documents score equally to the last bit.
                summed += np.add.reduce(np.array(worth)[:, None] * weights / (weights + points), axis=0)
        return summed

    def shares(self, query: w.Query, docs: Array) -> Iterator[Share]:
        """Yield what each term in each field gives to some sorted documents, whether or not they match."""
        points = lru_cache(maxsize=None)(lambda field: self._points(field, docs))
        yield from self._shares(query, docs, points)

    def _shares(self, query: w.Query, docs: Array, points: Callable[[str], Floats]) -> Iterator[Share]:
        match query:
            case Weighed() | w.And():
                for part in query.subqueries:
                    whole = isinstance(part, Weighed | w.And) and not _is_union(part)
                    there = self.matches(part)[docs] if whole else None
                    for field, term, given in self._shares(part, docs, points):
                        yield field, term, given if there is None else given * there
            case AcrossFields():
                yield from self._term_shares(query.text, query.boosts, docs, points)
            case w.Term():
                yield from self._term_shares(query.text, ((query.fieldname, query.boost),), docs, points)
            case AnyTerm():
                for names, places in self._by_group([name for name, _ in query.boosts]):
                    flags = self._word_flags(names[0], query.words)
                    boosts = dict(query.boosts)
                    for name, place in zip(names, places, strict=True):
                        yield name, _some(query.words), flags[place, docs] * boosts[name]
            case PhraseAcross():
                yield from self._phrase_shares(query, docs, points)
            case Filter() | w.Not() | w.Every() | ColumnRange():
                return
            case _ if query == w.NullQuery:
                return
            case _:
                found, scores = self._elsewhere(query, self.segment)
                yield "", str(query), _looked_up(found, scores, docs)

    def _term_shares(
        self, text: str, boosts: Boosts, docs: Array, points: Callable[[str], Floats]
    ) -> Iterator[Share]:
        of_field = dict(boosts)
        for names, places in self._by_group(list(of_field)):
            term = self._lookup.term(names[0], text)
            if not term:
                continue
            rows = term.rows(docs)
            for name, place in zip(names, places, strict=True):
                if of_field[name]:
                    worth = of_field[name] * self._statistics.idf(name, text) * (K1 + 1)
                    weights = rows[:, place].astype(np.float64)
                    yield name, text, worth * weights / (weights + points(name))

    def _phrase_shares(
        self, query: PhraseAcross, docs: Array, points: Callable[[str], Floats]
    ) -> Iterator[Share]:
        label = f'"{" ".join(query.words)}"'
        for names, places in self._by_group([name for name, _ in query.boosts]):
            flags = self._phrase_flags(names[0], query.words, query.reach)
            place_by_name = dict(zip(names, places, strict=True))
            boosts = tuple((name, boost) for name, boost in query.boosts if name in place_by_name)
            for word in query.words:
                for name, _, given in self._term_shares(word, boosts, docs, points):
                    yield name, label, given * flags[place_by_name[name], docs]

    def _points(self, field: str, docs: Array) -> Floats:
        """Return K of BM25 for a field in some documents; words have the lengths of their stems."""
        group = self.segment.word_group_of.get(field)
        name = group.fields[place_of(self.segment, field)] if group else field
        documents = self.segment.documents
        if name not in documents.totals:
            return np.ones(len(docs))
        lengths = documents.file.array(f"length.{name}")[docs]
        return saturation_point(lengths, self._statistics.mean(name))

    # The best of them.

    def best(self, query: w.Query, count: int) -> Best:
        """Return how many documents match, and at least the `count` best of them."""
        bag, filters = _split(query)
        parts = self._parts(bag) if bag else None
        if bag is None or parts is None:
            docs = np.flatnonzero(self.alive(query))
            return Best(len(docs), docs, self.scores(query, docs))
        allowed = self.segment.alive
        for one in filters:
            allowed = self.matches(one) if allowed is None else allowed & self.matches(one)
        docs, bounds = self._bounded(parts, bag.minimum * ROOM, allowed)
        total = len(docs)
        if total <= max(FEW, count):
            return Best(total, docs, self.scores(bag, docs))
        first = _greatest(bounds, count)
        some = self.scores(bag, docs[first])
        threshold = np.partition(some, len(some) - count)[len(some) - count]
        every = np.flatnonzero(bounds >= threshold * (1 - 1e-6))
        if len(every) > len(first):
            return Best(total, docs[every], self.scores(bag, docs[every]))
        return Best(total, docs[first], some)

    def _parts(self, bag: Weighed) -> list[_Part] | None:
        """Return the parts of a sum of terms; None where impacts do not bound them."""
        found = []
        for part, weight in zip(bag.subqueries, bag.weights, strict=True):
            one: _Part | None = None
            match part:
                case AcrossFields():
                    terms = list(self._terms(part.text, part.boosts))
                    if len(terms) > 1 or any(term.form is not None for term, _ in terms):
                        return None
                    for term, fields in terms:
                        one = self._bounded_part(term, fields, part, weight)
                case AnyTerm(words=[_], boosts=[(field, score)]):
                    term_of = self._lookup.term(field, part.words[0])
                    if term_of is not None and term_of.form is not None:
                        return None
                    if term_of is not None:
                        one = _Part(term_of, None, score, weight, constant=True)
                case _:
                    return None
            if one is not None:
                found.append(one)
        return found

    def _bounded_part(self, term: Term, fields: list[int], part: AcrossFields, weight: float) -> _Part:
        factor = max((boost / self._boosts.get(name, 1.0) for name, boost in part.boosts), default=0.0)
        unit = term.group.scale(term.number) * self._slack(part.text, term.group.fields[0]) * factor
        kept = None if len(fields) == len(term.group.fields) else fields
        return _Part(term, kept, unit, weight)

    def _find_slack(self, text: str, field: str) -> float:
        """Return by how much scores may have grown since their impacts were written."""
        term = self._lookup.term(field, text)
        if term is None:
            return 1.0
        group, documents, slack, growth = term.group, self.segment.documents, 0.0, 1.0
        for name, held in zip(group.fields, group.frequencies(term.number).tolist(), strict=True):
            if held:
                slack = max(slack, self._statistics.idf(name, text) / idf_of(documents.count, held))
                if name in documents.totals:
                    then = documents.totals[name][0] / max(documents.count, 1) or 1.0
                    growth = max(growth, self._statistics.mean(name) / then)
        return slack * growth * (1 + 1e-5)

    def _bounded(self, parts: list[_Part], minimum: float, allowed: Array | None) -> tuple[Array, Array]:
        """Return the documents that match a sum of terms, sorted, and upper bounds of their scores.

        Without one of the `needed` terms a document cannot weigh enough: the others are looked up only in
        the documents of these.
        """
        parts = sorted(parts, key=lambda part: part.weight)
        light = 0
        reached = 0.0
        while light < len(parts) and reached + parts[light].weight < minimum:
            reached += parts[light].weight
            light += 1
        needed = parts[light:]
        if not needed:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        docs = self._united(needed)
        if allowed is not None:
            docs = docs[allowed[docs]]
        if minimum > min(part.weight for part in needed):
            docs = docs[self._heavy_enough(docs, parts, minimum)]
        return docs, self._sums_at(docs, [(part.values(), part) for part in parts])

    def _heavy_enough(self, docs: Array, parts: Sequence[_Part], minimum: float) -> Array:
        """Return which documents hold terms that weigh enough together."""
        weighed = self._sums_at(docs, [(None, part) for part in parts])
        # The weights were added up in single precision: those near the minimum are added up again.
        enough: Array = weighed >= minimum * (1 - 1e-5)
        close = np.flatnonzero(enough & (weighed <= minimum * (1 + 1e-5)))
        if len(close):
            enough[close] = self._exact_weights(docs[close], parts) >= minimum
        return enough

    def _united(self, needed: Sequence[_Part]) -> Array:
        if len(needed) == 1:
            return needed[0].docs().astype(np.int64)
        flags = np.zeros(self.segment.count, bool)
        for part in needed:
            flags[part.docs()] = True
        return np.flatnonzero(flags)

    def _sums_at(self, docs: Array, parts: Sequence[tuple[Array | None, _Part]]) -> Array:
        """Return for each document the sum over the terms it holds: of value * unit, or of their weights."""
        sums, whole = self._sums, len(docs) == self.segment.count
        sparse = [(values, part) for values, part in parts if not part.is_dense(len(docs))]
        for values, part in sparse:
            sums[part.docs()] += part.weight if values is None else values * np.float32(part.unit)
        found: Array = sums[docs]
        for _, part in sparse:
            sums[part.docs()] = 0
        for values, part in parts:
            if part.is_dense(len(docs)):
                held = part.term.by_document if whole else part.term.by_document[docs]
                found += (
                    (held > 0) * np.float32(part.weight) if values is None else held * np.float32(part.unit)
                )
        return found

    def _exact_weights(self, docs: Array, parts: Sequence[_Part]) -> Floats:
        found = np.zeros(len(docs))
        for part in parts:
            found += part.weight * np.isin(docs, part.docs(), assume_unique=True)
        return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A term of a sum; in some `fields` only, or in all where that is None.

    It weighs `weight` and scores its impact times `unit` at most, or just `unit` where that is `constant`.
    """

    term: Term
    fields: list[int] | None
    unit: float
    weight: float
    constant: bool = False

    def docs(self) -> Array:
        return _docs_in(self.term, self.fields)

    def values(self) -> Array:
        if self.constant:
            return np.ones(len(self.docs()), np.float32)
        impacts = self.term.impacts
        return impacts if self.fields is None else impacts[_rows_in(self.term, self.fields)]

    def is_dense(self, asked: int) -> bool:
        """Tell whether to look documents up in the term, rather than the term's documents among them."""
        if self.fields is not None or self.constant:
            return False
        return len(self.term.docs) > self.term.group.documents >> DENSE


def _docs_in(term: Term, fields: list[int] | None) -> Array:
    """Return the documents that hold a term in some fields of its group."""
    if fields is None or len(fields) == len(term.group.fields):
        return term.docs
    return term.docs[_rows_in(term, fields)]


def _rows_in(term: Term, fields: list[int]) -> Array:
    if term.form is not None:
        return np.asarray(term.weights[:, fields].any(axis=1))
    held = np.asarray(term.group.weights[:, fields] > 0).max(axis=1, initial=False)
    return np.asarray(held[term.codes])


def _split(query: w.Query) -> tuple[Weighed | None, list[w.Query]]:
    """Return the one part of a query that scores, if it is a sum of terms, and those that only filter."""
    parts = list(query.subqueries) if isinstance(query, w.And) else [query]
    scoring = [part for part in parts if not isinstance(part, Filter | ColumnRange)]
    if len(scoring) == 1:
        one = scoring[0]
        if isinstance(one, AcrossFields):
            one = Weighed([one], [1.0], 0.0)
        if isinstance(one, Weighed):
            return one, [part for part in parts if part is not scoring[0]]
    return None, []


def _is_union(query: w.Query) -> bool:
    """Tell whether documents match a query as soon as one of its parts gives them something."""
    return isinstance(query, Weighed) and query.minimum <= 0


def _greatest(values: Array, count: int) -> Array:
    """Return where the greatest values are, in order: at least `count`, and all that equal the last."""
    whole = len(values) // BLOCK * BLOCK
    if whole < 8 * BLOCK * 2 or count > whole // BLOCK // 2:
        threshold = np.partition(values, len(values) - count)[len(values) - count]
    else:
        # Each block's greatest is a value of its own: the count-th of them is not above the count-th of all.
        tops = values[:whole].reshape(-1, BLOCK).max(axis=1)
        threshold = np.partition(tops, len(tops) - count)[len(tops) - count]
    return np.flatnonzero(values >= threshold)


def _within_reach(ends: Array, keys: Array, reach: int) -> Array:
    """Return those sorted keys that lie 1 to `reach` above one of the sorted `ends`."""
    if not len(ends):
        return keys[:0]
    before = np.searchsorted(ends, keys) - 1
    return keys[(before >= 0) & (keys - ends[np.maximum(before, 0)] <= reach)]


def _looked_up(found: Array, scores: Floats, docs: Array) -> Floats:
    result = np.zeros(len(docs))
    if len(found):
        at = np.minimum(np.searchsorted(found, docs), len(found) - 1)
        there = found[at] == docs
        result[there] = scores[at[there]]
    return result


def _some(words: Sequence[str]) -> str:
    return "|".join(words[:3]) + "|…" * (len(words) > 3)


def _clustered(group: Postings, stems: Longs, forms: Longs, is_word: bool) -> Iterator[tuple[Array, Array]]:
    """Yield the documents, and fields of theirs, that hold some forms of some stems."""
    order = np.lexsort((forms, stems))
    stems, forms = stems[order], forms[order]
    breaks = np.flatnonzero(np.diff(stems) > CLUSTER) + 1
    for start, stop in zip([0, *breaks.tolist()], [*breaks.tolist(), len(stems)], strict=True):
        first, last = int(stems[start]), int(stems[stop - 1]) + 1
        yield from _cluster(
            group, first, last, stems[start:stop] - first, forms[start:stop] if is_word else None
        )


def _cluster(
    group: Postings, first: int, last: int, stems: Longs, forms: Longs | None
) -> Iterator[tuple[Array, Array]]:
    """Yield as `_clustered` for stems that lie near one another, numbered from `first`."""
    docs, codes = group.read_docs(first, last), group.read_codes(first, last)
    owners = np.repeat(np.arange(last - first), np.diff(group.starts(first, last)))
    wanted = np.zeros(last - first, bool)
    wanted[stems] = True
    if forms is None:
        kept = wanted[owners]
        posting, fields = np.nonzero(group.weights[codes[kept]])
        yield docs[kept][posting], fields
        return
    bounds, form_bounds = group.place_starts(first, last), group.form_starts(first, last)
    counts, several = np.diff(bounds), np.diff(form_bounds) > 0
    alone = wanted & ~several
    kept = alone[owners]
    posting, fields = np.nonzero(group.weights[codes[kept]])
    yield docs[kept][posting], fields
    of_place = np.repeat(np.arange(last - first), counts)
    found = np.zeros(len(of_place), np.int64)
    found[several[of_place]] = group.read_forms(int(form_bounds[0]), int(form_bounds[-1]))
    width = int(max(found.max(initial=0), forms.max(initial=0))) + 1
    allowed = np.zeros((last - first, width), bool)
    allowed[stems, forms] = True
    allowed[~several] = False
    places = np.flatnonzero(allowed[of_place, found])
    cells = group.counts[codes].ravel()
    of_cell = np.repeat(np.arange(len(cells)), cells)[places]
    yield docs[of_cell // len(group.fields)], of_cell % len(group.fields)
