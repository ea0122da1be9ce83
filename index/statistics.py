"""What scores are made of: how many questions there are, how many hold a term, how long fields are.

Over the questions that are there: deleted ones, which stay in their segment until it is rewritten, are left
out. So an index that was updated a thousand times ranks as one built anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .segment.file import Longs
from .segment.impacts import idf_of
from .segment.postings import Postings, Term
from .segment.segment import Segment

KEPT = 192 << 20
"""Bytes of postings of a segment, as reckoned, that are kept for the next query. With half of it questions
to 300,000 others take half as long again, and the process is no smaller: what is forgotten is read again."""

FIGURES_KEPT = 1 << 16
"""Document frequencies that are remembered: some megabytes."""


class Lookup:
    """Finds terms in one segment, and keeps the last ones."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.frequency = lru_cache(maxsize=FIGURES_KEPT)(self._frequency)
        self._place = lru_cache(maxsize=FIGURES_KEPT)(self._find)
        self.holding = lru_cache(maxsize=FIGURES_KEPT)(self._holding)
        self._terms: OrderedDict[tuple[str, int, int | None], Term] = OrderedDict()
        self._size = 0

    def term(self, field: str, text: str) -> Term | None:
        """Return the term of the group a field belongs to, or the word of one; None where it has none."""
        group = self.segment.group_of.get(field) or self.segment.word_group_of.get(field)
        found = self._place(group, field in group.word_fields, text) if group else None
        if group is None or found is None:
            return None
        return self._kept(group, *found)

    def _find(self, group: Postings, is_word: bool, text: str) -> tuple[int, int | None] | None:
        """Return the number of a term, and which form of it a word is where it has several."""
        number = (group.words if is_word else group.terms).number(text.encode())
        if number is None or not is_word:
            return None if number is None else (number, None)
        stems, forms = group.word_stems(number, number + 1)
        stem = int(stems[0])
        return stem, int(forms[0]) if self._kept(group, stem, None).has_forms() else None

    def _kept(self, group: Postings, number: int, form: int | None) -> Term:
        """Return a term; those not asked for lately are forgotten when all together have grown too large."""
        key = group.name, number, form
        if key not in self._terms:
            stem = None if form is None else self._kept(group, number, None)
            self._terms[key] = Term(group, number, form, stem)
            self._size += self._terms[key].size()
            while self._size > KEPT and len(self._terms) > 1:
                self._size -= self._terms.popitem(last=False)[1].size()
        self._terms.move_to_end(key)
        return self._terms[key]

    def _holding(self, field: str, text: str) -> int:
        term = self.term(field, text)
        if term is None:
            return 0
        gone = np.count_nonzero(term.held_by(self.segment.deleted)) if len(self.segment.deleted) else 0
        return (term.count if term.form is None else len(term.docs)) - int(gone)

    def _frequency(self, field: str, text: str) -> int:
        term = self.term(field, text)
        if term is None:
            return 0
        if term.form is not None:
            held: Longs = np.count_nonzero(term.weights, axis=0)
        else:
            held = term.group.frequencies(term.number)
        gone = np.count_nonzero(term.rows(self.segment.deleted), axis=0) if len(self.segment.deleted) else 0
        return int((held - gone)[place_of(self.segment, field)])


def place_of(segment: Segment, field: str) -> int:
    """Return which field of its group a field is."""
    group = segment.group_of.get(field)
    if group:
        return group.fields.index(field)
    return segment.word_group_of[field].word_fields.index(field)


class Statistics:
    """The figures of some segments together."""

    def __init__(self, lookups: Sequence[Lookup]) -> None:
        self._lookups = lookups
        self.count = sum(one.segment.count - len(one.segment.deleted) for one in lookups)
        self.mean = lru_cache(maxsize=None)(self._mean)
        self.frequency = lru_cache(maxsize=FIGURES_KEPT)(self._frequency)

    def _frequency(self, field: str, text: str) -> int:
        """Return how many questions hold a term in a field."""
        return sum(one.frequency(field, text) for one in self._lookups)

    def holding(self, field: str, text: str) -> int:
        """Return how many questions hold a term in a field, or in another of its group."""
        return sum(one.holding(field, text) for one in self._lookups)

    def idf(self, field: str, text: str) -> float:
        """Return the inverse document frequency of a term, over all fields of the group of `field`."""
        return self.idf_of(self.holding(field, text))

    def idf_of(self, holding: int) -> float:
        """Return the inverse document frequency of what `holding` questions hold."""
        return idf_of(self.count, holding)

    def _mean(self, field: str) -> float:
        """Return the mean length of a field in terms; 1 where it is empty everywhere."""
        total = 0
        for one in self._lookups:
            documents = one.segment.documents
            if field in documents.totals:
                total += documents.totals[field][0]
                if len(one.segment.deleted):
                    total -= int(documents.lengths(field)[one.segment.deleted].sum())
        return total / max(self.count, 1) or 1.0
