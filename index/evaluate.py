"""Queries over one segment, as arrays: which documents match, what they score, and which are the best.

`matches` and `shares` follow the shape of a query and are the meaning of it; `best` is the quick way to the
first few of ranked words. It adds up impacts, the one-byte upper bounds that a segment keeps, and works out
exactly only what can still be among the best: MaxScore (Turtle and Flood, 1995) a whole term at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from whoosh import query as w

from .bm25f import Bm25f
from .queries import ROOM, AcrossFields, AnyTerm, Boosts, ColumnRange, Filter, PhraseAcross, Weighed
from .segment.file import Array, Floats, Longs
from .segment.impacts import Formula, idf_of
from .segment.postings import Postings, Term
from .segment.segment import Segment
from .statistics import Lookup, Statistics

FEW = 512
"""Documents that are scored at once rather than bounded first: it takes as long."""

CHUNK = 1 << 16
"""Documents scored at a time."""

BLOCK = 1 << 10
"""Scores of which the greatest is looked at first, in finding the best of many."""

CLUSTER = 64
"""Terms of a pattern that are no further apart than this are read as one stretch."""

POSITION_BITS = 32

HEADLINE = "headline"
"""Stands in the place of a field for what a term gave by standing in a headline, whatever its frequency."""

Elsewhere = Callable[[w.Query, Segment], tuple[Array, Floats]]
"""Answers a query this module does not know: the documents that match, and their scores."""


class Share(NamedTuple):
    """What a term in a field gave to one of some documents: the one at the place `document`."""

    document: int
    field: str
    term: str
    score: float


class Best(NamedTuple):
    """Of a segment: how many documents match, those that may be among the best, sorted, and their scores."""

    total: int
    docs: Array
    scores: Floats


class Evaluator:
    """Answers queries over the segment of `lookup`, with the statistics of the whole index."""

    def __init__(
        self, lookup: Lookup, statistics: Statistics, formula: Formula, elsewhere: Elsewhere
    ) -> None:
        self.segment, self._lookup, self._statistics = lookup.segment, lookup, statistics
        self._formula, self._elsewhere = formula, elsewhere
        self._bm25f = Bm25f(lookup, statistics, formula.headlines)
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
                return self.matches(AcrossFields(query.text, ((query.fieldname, 1.0),)))
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

    def _by_group(self, names: Sequence[str]) -> list[tuple[list[str], list[int]]]:
        """Return fields that share a dictionary, with their places in their group."""
        return self._bm25f.groups(tuple((name, 1.0) for name in names))

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
        for stem in sorted((term.stem for term in terms if term), key=lambda stem: stem.count):
            among = stem.docs if among is None else among[stem.held_by(among)]
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
        bag, _ = _split(query)
        starts = range(0, len(docs), CHUNK)
        found = [self._summed(bag or query, docs[start : start + CHUNK]) for start in starts]
        return np.concatenate([np.zeros(0), *found])

    def _summed(self, query: w.Query, docs: Array) -> Floats:
        found = np.zeros(len(docs))
        match query:
            case Weighed() | w.And():
                found += self._bm25f.total(_terms_in(query), docs)
                for part in query.subqueries:
                    if not isinstance(part, AcrossFields):
                        given = self._summed(part, docs)
                        found += given * self.matches(part)[docs] if _is_whole(part) else given
            case AcrossFields():
                found += self._bm25f.total([query], docs)
            case AnyTerm():
                for _, boost, flags in self._constants(query, docs):
                    found += boost * flags
            case Filter() | w.Not() | w.Every() | ColumnRange() | PhraseAcross():
                pass
            case _ if query == w.NullQuery:
                pass
            case _:
                found += _looked_up(*self._elsewhere(query, self.segment), docs)
        return found

    def _constants(self, query: AnyTerm, docs: Array) -> Iterator[tuple[str, float, Array]]:
        """Yield for each field what any of some words gives there, and which documents hold one."""
        boosts = dict(query.boosts)
        for names, places in self._by_group(list(boosts)):
            flags = self._word_flags(names[0], query.words)
            for name, place in zip(names, places, strict=True):
                yield name, boosts[name], flags[place, docs]

    def shares(self, query: w.Query, docs: Array) -> Iterator[Share]:
        """Yield what each term in each field gave to some sorted documents, whether or not they match."""
        match query:
            case Weighed() | w.And():
                yield from self._shared_out(_terms_in(query), docs)
                for part in query.subqueries:
                    if not isinstance(part, AcrossFields):
                        there = self.matches(part)[docs] if _is_whole(part) else np.ones(len(docs), bool)
                        yield from (share for share in self.shares(part, docs) if there[share.document])
            case AcrossFields():
                yield from self._shared_out([query], docs)
            case AnyTerm():
                for name, boost, flags in self._constants(query, docs):
                    for place in np.flatnonzero(flags).tolist():
                        yield Share(place, name, _some(query.words), boost)
            case Filter() | w.Not() | w.Every() | ColumnRange() | PhraseAcross():
                return
            case _ if query == w.NullQuery:
                return
            case _:
                scores = _looked_up(*self._elsewhere(query, self.segment), docs)
                yield from (Share(n, "", str(query), score) for n, score in enumerate(scores.tolist()))

    def _shared_out(self, terms: Sequence[AcrossFields], docs: Array) -> Iterator[Share]:
        """Yield what terms gave: by each field for its part of the frequency, and for headlines."""
        for gains in self._bm25f.gains(terms, docs):
            # A term may stand in other fields alone than those it was asked for.
            of_fields = gains.weighted * (gains.gained / np.maximum(gains.frequencies, 1e-300))[:, None]
            columns = (gains.terms, gains.docs, of_fields, gains.headline)
            for number, place, given, headline in zip(*(one.tolist() for one in columns), strict=True):
                text = terms[number].text
                for field, score in zip(gains.fields, given, strict=True):
                    yield Share(place, field, text, score)
                yield Share(place, HEADLINE, text, headline)

    def beside(self, pairs: Sequence[tuple[str, str]], fields: Sequence[str], docs: Array) -> list[Array]:
        """Return for each pair of stems which of some sorted documents have them side by side in a field."""
        keys = {stem: self._place_keys(stem, fields, docs) for pair in pairs for stem in pair}
        width = len(self._group(fields[0]).fields)
        found = []
        for first, second in pairs:
            both = np.intersect1d(keys[first] + 1, keys[second], assume_unique=True)
            found.append(np.searchsorted(docs, np.unique((both >> POSITION_BITS) // width)))
        return found

    def _place_keys(self, stem: str, fields: Sequence[str], docs: Array) -> Longs:
        """Return a number for each place of a stem in some fields of some documents."""
        term = self._lookup.term(fields[0], stem)
        among = docs[term.held_by(docs)] if term else docs[:0]
        if term is None or not len(among):
            return np.zeros(0, np.int64)
        places = term.places(among)
        wanted = np.isin(places.fields, [term.group.fields.index(name) for name in fields])
        cells = places.docs[wanted].astype(np.int64) * len(term.group.fields) + places.fields[wanted]
        return np.unique(cells << POSITION_BITS | places.positions[wanted])

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
        unit = term.group.scale(term.number) * self._slack(part.text, term.group.fields[0])
        unit *= part.times * self._growth(part)
        kept = None if len(fields) == len(term.group.fields) else fields
        return _Part(term, kept, unit, weight)

    def _growth(self, part: AcrossFields) -> float:
        """Return by how much scores may be above those of the formula that impacts were reckoned by."""
        then, now = self._formula, part.ranking
        boosts = max((boost / then.boosts.get(name, 1.0) for name, boost in part.boosts), default=1.0)
        # Of two saturations the ratio runs from one end to the other between nothing and very often.
        often = (now.saturation + 1) / (then.saturation + 1)
        seldom = often * then.saturation / now.saturation
        return max(max(boosts, 1.0) * max(often, seldom), now.headline / then.headline)

    def _find_slack(self, text: str, field: str) -> float:
        """Return by how much scores may have grown since their impacts were written."""
        term = self._lookup.term(field, text)
        if term is None:
            return 1.0
        documents, growth = self.segment.documents, 1.0
        for name in term.group.fields:
            if name in documents.totals:
                then = documents.totals[name][0] / max(documents.count, 1) or 1.0
                growth = max(growth, self._statistics.mean(name) / then)
        rarity = self._statistics.idf(field, text) / idf_of(documents.count, term.count)
        return rarity * growth * (1 + 1e-5)

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
            if part.is_dense:
                flags |= part.term.code_by_document > 0
            else:
                flags[part.docs()] = True
        return np.flatnonzero(flags)

    def _sums_at(self, docs: Array, parts: Sequence[tuple[Array | None, _Part]]) -> Array:
        """Return for each document the sum over the terms it holds: of value * unit, or of their weights."""
        sums, whole = self._sums, len(docs) == self.segment.count
        sparse = [(values, part) for values, part in parts if not part.is_dense]
        for values, part in sparse:
            sums[part.docs()] += part.weight if values is None else values * np.float32(part.unit)
        found: Array = sums[docs]
        for _, part in sparse:
            sums[part.docs()] = 0
        for values, part in parts:
            if part.is_dense:
                held = part.term.by_document if whole else part.term.by_document[docs]
                found += (
                    (held > 0) * np.float32(part.weight) if values is None else held * np.float32(part.unit)
                )
        return found

    def _exact_weights(self, docs: Array, parts: Sequence[_Part]) -> Floats:
        found = np.zeros(len(docs))
        for part in parts:
            found += part.weight * part.held_by(docs)
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

    def held_by(self, docs: Array) -> Array:
        if self.fields is None:
            return self.term.held_by(docs)
        return np.isin(docs, self.docs(), assume_unique=True)

    def values(self) -> Array:
        if self.constant:
            return np.ones(len(self.docs()), np.float32)
        impacts = self.term.impacts
        return impacts if self.fields is None else impacts[_rows_in(self.term, self.fields)]

    @property
    def is_dense(self) -> bool:
        """Tell whether to look documents up in the term, rather than the term's documents among them."""
        return self.fields is None and not self.constant and self.term.is_dense


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


def _terms_in(query: w.Query) -> list[AcrossFields]:
    return [part for part in query.subqueries if isinstance(part, AcrossFields)]


def _is_whole(query: w.Query) -> bool:
    """Tell whether a part gives something only where the whole of it matches, not what it has in it alone."""
    return isinstance(query, w.And) or (isinstance(query, Weighed) and query.minimum > 0)


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
