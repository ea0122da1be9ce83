"""BM25F over one segment: what terms give to documents, many of both at a time.

The formula is that of segment/impacts.py, with the statistics of the whole index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from .queries import AcrossFields, Boosts
from .ranking import Ranking
from .segment.file import Array, Floats, Longs
from .segment.impacts import saturated, worth
from .statistics import Lookup, Statistics, place_of


@dataclass(frozen=True, slots=True)
class Gains:
    """What some terms gave to some documents: an entry for each document that holds a term, term by term.

    An entry's term is `terms`, its document `docs`, both as places in what was asked for. `weighted` has its
    frequency in each of `fields`, `frequencies` these together; `gained` is what they gave, `headline` what
    standing in a headline gave besides.
    """

    fields: Sequence[str]
    terms: Longs
    docs: Longs
    weighted: Floats
    frequencies: Floats
    gained: Floats
    headline: Floats


class Bm25f:
    """Scores the documents of the segment of `lookup`; `headlines` are fields that say what one is about."""

    def __init__(self, lookup: Lookup, statistics: Statistics, headlines: Collection[str]) -> None:
        self._lookup, self._statistics, self._headlines = lookup, statistics, headlines
        self.groups = lru_cache(maxsize=64)(self._groups)

    def total(self, terms: Sequence[AcrossFields], docs: Array) -> Floats:
        """Return what terms gave to some sorted documents, added up in the order of the terms."""
        found = np.zeros(len(docs))
        for gains in self.gains(terms, docs):
            found += np.bincount(gains.docs, gains.gained + gains.headline, len(docs))
        return found

    def gains(self, terms: Sequence[AcrossFields], docs: Array) -> Iterator[Gains]:
        """Yield what terms gave to some sorted documents, for stretches of terms of one formula, by group."""
        for (boosts, ranking), alike in groupby(enumerate(terms), _formula):
            some = list(alike)
            for names, places in self.groups(boosts):
                held = list(self._held(some, names, places, docs))
                if held:
                    columns = (np.concatenate(column) for column in zip(*held, strict=True))
                    numbers, of_docs, rows, rarities = columns
                    weighted = rows * self._worths(names, dict(boosts), docs)[of_docs]
                    # Field by field, so that equal documents score equally to the last bit.
                    frequencies = np.add.reduce(weighted, axis=1)
                    gained = rarities * saturated(frequencies, ranking.saturation)
                    headlines = [self._stems_of(name) in self._headlines for name in names]
                    headline = rarities * ranking.headline * rows[:, headlines].any(axis=1)
                    yield Gains(names, numbers, of_docs, weighted, frequencies, gained, headline)

    def _held(
        self,
        terms: Sequence[tuple[int, AcrossFields]],
        names: Sequence[str],
        places: Sequence[int],
        docs: Array,
    ) -> Iterator[tuple[Longs, Longs, Array, Floats]]:
        """Yield for each term its number, the documents that hold it, its rows there, and its rarity."""
        for number, asked in terms:
            term = self._lookup.term(names[0], asked.text)
            if term is None:
                continue
            of_docs, rows = term.cells(docs)
            if len(of_docs):
                rarity = asked.times * self._statistics.idf(names[0], asked.text)
                yield (
                    np.full(len(of_docs), number),
                    of_docs,
                    rows[:, places].astype(np.float64),
                    np.full(len(of_docs), rarity),
                )

    def _worths(self, names: Sequence[str], boosts: dict[str, float], docs: Array) -> Floats:
        """Return for some documents what standing once in each field counts for."""
        return np.stack([self._worth(name, boosts[name], docs) for name in names], axis=1)

    def _worth(self, field: str, boost: float, docs: Array) -> Floats:
        documents, name = self._lookup.segment.documents, self._stems_of(field)
        if name not in documents.totals:
            return np.full(len(docs), boost)
        return worth(documents.file.array(f"length.{name}")[docs], self._statistics.mean(name), boost)

    def _stems_of(self, field: str) -> str:
        """Return the field of stems that a field of unstemmed words belongs to, or itself."""
        group = self._lookup.segment.word_group_of.get(field)
        return group.fields[place_of(self._lookup.segment, field)] if group else field

    def _groups(self, boosts: Boosts) -> list[tuple[list[str], list[int]]]:
        """Return fields that share a dictionary, with their places in their group; no boost, no field."""
        found: dict[int, list[str]] = {}
        segment = self._lookup.segment
        for name, boost in boosts:
            group = segment.group_of.get(name) or segment.word_group_of.get(name)
            if group and boost:
                found.setdefault(2 * id(group) + (name in group.word_fields), []).append(name)
        return [(names, [place_of(segment, name) for name in names]) for names in found.values()]


def _formula(row: tuple[int, AcrossFields]) -> tuple[Boosts, Ranking]:
    return row[1].boosts, row[1].ranking
