"""Reading postings: for each term of a group of fields, the documents that hold it, how often, and where.

The fields of a group share one dictionary. A posting is a document number and a code; the code stands for a
row of the group's table, which says how often the term stands in each field. So that a term is looked up
once however many fields a query ranks by, and one field alone is the rows that have it.

A group that was analysed here keeps stems, and beside each place of a stem the form that stood there, so
that unstemmed words, phrases of them and wildcards are read from the same postings: a `word` of the group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from .coding import HALVES, Coded
from .file import Array, Bytes, Ints, Longs, SectionFile
from .terms import Terms

DENSE = 3
"""A term that one in 2**DENSE documents holds is kept by document: it is added up whole, and looked up, not
searched for."""

HEAVY = 64
"""Terms with more postings than this have their document frequencies written down; others are counted."""


class Postings:
    """The group `name` of a file, over `documents` documents."""

    def __init__(self, file: SectionFile, name: str, meta: Mapping[str, Any], documents: int) -> None:
        self.file, self.name, self.documents = file, name, documents
        self.fields: tuple[str, ...] = tuple(meta["fields"])
        self.word_fields: tuple[str, ...] = tuple(meta["words"])
        self.has_positions: bool = meta["positions"]
        self.has_values: bool = meta["values"]
        self.terms = Terms(file, f"{name}.terms")
        self._docs, self._codes = Coded(file, f"{name}.docs"), Coded(file, f"{name}.codes", HALVES)

    @cached_property
    def words(self) -> Terms:
        """The dictionary of unstemmed words."""
        return Terms(self.file, f"{self.name}.words")

    @cached_property
    def letters(self) -> Array:
        """Which letters each of `words` has."""
        return self.file.array(f"{self.name}.words.letters")

    @cached_property
    def weights(self) -> Array:
        """Rows of the code table: the term's weight in each field."""
        return self.file.array(f"{self.name}.weights").reshape(-1, len(self.fields))

    @cached_property
    def counts(self) -> Array:
        """Rows of the code table: how many places are kept in each field."""
        return self.file.array(f"{self.name}.counts").reshape(-1, len(self.fields)).astype(np.int64)

    @cached_property
    def usage(self) -> Longs:
        """How many postings had each row of the code table when it was written."""
        found: Longs = self.file.array(f"{self.name}.usage").astype(np.int64)
        return found

    @cached_property
    def totals(self) -> Longs:
        """Places kept for each row of the code table, all fields together."""
        totals: Longs = self.counts.sum(axis=1)
        return totals

    def starts(self, first: int, last: int) -> Longs:
        """Return where the postings of terms `first` to `last` begin, and where the last ones end."""
        starts: Longs = self.file.array(f"{self.name}.starts", first, last + 1).astype(np.int64)
        return starts

    def place_starts(self, first: int, last: int) -> Longs:
        """As `starts`, for places."""
        starts: Longs = self.file.array(f"{self.name}.places.starts", first, last + 1).astype(np.int64)
        return starts

    def form_starts(self, first: int, last: int) -> Longs:
        """As `starts`, for forms; terms of which there is one form only have none."""
        starts: Longs = self.file.array(f"{self.name}.forms.starts", first, last + 1).astype(np.int64)
        return starts

    def read_docs(self, first: int, last: int) -> Ints:
        """Return the document numbers of terms `first` to `last`, one behind the other."""
        starts = self.starts(first, last)
        gaps = self._docs.read(int(starts[0]), int(starts[-1])).astype(np.int64) + 1
        found = np.cumsum(gaps) - 1
        begins = starts[:-1] - starts[0]
        counts = np.diff(starts)
        begins = begins[counts > 0]
        found -= np.repeat(found[begins] - gaps[begins] + 1, counts[counts > 0])
        docs: Ints = found.astype(np.int32)
        if len(docs) and not 0 <= int(docs.min()) <= int(docs.max()) < self.documents:
            raise self.file.damaged()
        return docs

    def read_codes(self, first: int, last: int) -> Ints:
        """Return the codes of terms `first` to `last`."""
        starts = self.starts(first, last)
        codes = self._codes.read(int(starts[0]), int(starts[-1]))
        if len(codes) and int(codes.max()) >= len(self.weights):
            raise self.file.damaged()
        return codes

    def read_steps(self, start: int, stop: int) -> Ints:
        """Return places as steps from the one before in the same field of the same document."""
        return Coded(self.file, f"{self.name}.places").read(start, stop)

    def read_forms(self, start: int, stop: int) -> Ints:
        """Return which form of its stem stands at each place."""
        return Coded(self.file, f"{self.name}.forms", HALVES).read(start, stop)

    def frequencies(self, number: int) -> Longs:
        """Return in how many documents each field holds a term."""
        first, last = self.starts(number, number + 1).tolist()
        fields = len(self.fields)
        if last - first <= HEAVY:
            held = np.count_nonzero(self.weights[self.read_codes(number, number + 1)], axis=0)
        elif fields == 1:
            held = np.array([last - first])
        else:
            place = int(np.searchsorted(self.file.array(f"{self.name}.heavy"), number))
            held = self.file.array(f"{self.name}.heavy.counts", place * fields, (place + 1) * fields)
        found: Longs = held.astype(np.int64)
        return found

    def scale(self, number: int) -> float:
        """Return what an impact of 1 stands for."""
        return float(self.file.array(f"{self.name}.scales", number, number + 1)[0])

    def impacts(self, number: int) -> Bytes:
        """Return an upper bound of each posting's score, in units of `scale`."""
        first, last = self.starts(number, number + 1).tolist()
        found: Bytes = self.file.array(f"{self.name}.impacts", first, last)
        return found

    def word_stems(self, first: int, last: int) -> tuple[Longs, Longs]:
        """Return for words `first` to `last` the number of their stem, and which form of it they are."""
        stems = self.file.array(f"{self.name}.words.stems", first, last).astype(np.int64)
        forms = self.file.array(f"{self.name}.words.forms", first, last).astype(np.int64)
        return stems, forms

    def values(self, number: int) -> list[bytes]:
        """Return what a Whoosh format keeps for each posting of a term."""
        first, last = self.starts(number, number + 1).tolist()
        starts = self.file.array(f"{self.name}.values.starts", first, last + 1).tolist()
        text = self.file.array(f"{self.name}.values", starts[0], starts[-1]).tobytes()
        return [text[a - starts[0] : b - starts[0]] for a, b in pairwise(starts)]


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a term: document, field of the group and position of each, in that order."""

    docs: Ints
    fields: Ints
    positions: Ints


class Term:
    """The postings of a term, or of a word that is one `form` of a `stem`: read when asked for, and kept."""

    def __init__(
        self, group: Postings, number: int, form: int | None = None, stem: Term | None = None
    ) -> None:
        self.group, self.number, self.form = group, number, form
        self.stem = stem or (self if form is None else Term(group, number))

    @cached_property
    def count(self) -> int:
        """How many postings the term has, or the stem of the word."""
        start, stop = self.group.starts(self.number, self.number + 1).tolist()
        return int(stop - start)

    @cached_property
    def is_dense(self) -> bool:
        """Whether so many documents hold the term that it is kept by document."""
        return self.form is None and self.count > self.group.documents >> DENSE

    def size(self) -> int:
        """Return about how many bytes are kept of it when all has been asked for."""
        if self.form is not None:
            return 30 * self.count + 1000
        return (3 * self.group.documents if self.is_dense else 9 * self.count) + 1000

    def has_forms(self) -> bool:
        """Tell whether several words have this stem."""
        start, stop = self.group.form_starts(self.number, self.number + 1).tolist()
        return bool(stop > start)

    @property
    def docs(self) -> Array:
        """The documents that hold the term, in order."""
        if self.form is not None:
            return self._of_word[0]
        return np.flatnonzero(self.code_by_document > 0) if self.is_dense else self._docs

    @property
    def weights(self) -> Array:
        """The weight in each field, for each of `docs`."""
        return self.group.weights[self.codes] if self.form is None else self._of_word[1]

    @property
    def codes(self) -> Array:
        """The rows of the group's table."""
        if not self.is_dense:
            return self._codes
        codes = self.code_by_document
        held: Array = codes[codes > 0].astype(np.int64) - 1
        return held

    @property
    def impacts(self) -> Bytes:
        """As `Postings.impacts`."""
        return self.group.impacts(self.number)

    def held_by(self, docs: Array) -> Array:
        """Return for some sorted documents whether they hold the term."""
        if self.is_dense:
            held: Array = self.code_by_document[docs] > 0
            return held
        found = np.zeros(len(docs), bool)
        if len(self.docs):
            at = np.minimum(np.searchsorted(self.docs, docs), len(self.docs) - 1)
            found = self.docs[at] == docs
        return found

    def cells(self, docs: Array) -> tuple[Longs, Array]:
        """Return which of some sorted documents hold the term, and its weight in each field there."""
        if self.is_dense:
            codes = self.code_by_document[docs]
            there = np.flatnonzero(codes)
            return there, self.group.weights[codes[there].astype(np.int64) - 1]
        held = self.docs
        if not len(held):
            return np.zeros(0, np.int64), np.zeros((0, len(self.group.fields)), np.float32)
        at = np.minimum(np.searchsorted(held, docs), len(held) - 1)
        there = np.flatnonzero(held[at] == docs)
        return there, self._weights_at(at[there])

    def rows(self, docs: Array) -> Array:
        """Return the weight in each field for some sorted documents: 0 in those that do not hold the term."""
        found = np.zeros((len(docs), len(self.group.fields)), np.float32)
        there, rows = self.cells(docs)
        found[there] = rows
        return found

    def _weights_at(self, places: Array) -> Array:
        if self.form is not None:
            return self.weights[places]
        return self.group.weights[self.codes[places]]

    @cached_property
    def _docs(self) -> Ints:
        return self.group.read_docs(self.number, self.number + 1)

    @cached_property
    def _codes(self) -> Ints:
        return self.group.read_codes(self.number, self.number + 1)

    @cached_property
    def by_document(self) -> Bytes:
        """The impact in every document of the segment, 0 where it does not hold the term."""
        found = np.zeros(self.group.documents, np.uint8)
        found[self.docs] = self.impacts
        return found

    @cached_property
    def code_by_document(self) -> Array:
        """The code in every document of the segment plus 1, 0 where it does not hold the term."""
        small = len(self.group.weights) < 0xFFFF
        found = np.zeros(self.group.documents, np.uint16 if small else np.uint32)
        codes = self.group.read_codes(self.number, self.number + 1)
        found[self.group.read_docs(self.number, self.number + 1)] = codes + 1
        return found

    @cached_property
    def _of_word(self) -> tuple[Ints, Array]:
        """The documents of a word and its weights: its places, counted."""
        places = self.places()
        fields = len(self.group.fields)
        docs, index = np.unique(places.docs, return_inverse=True)
        counted = np.bincount(index * fields + places.fields, minlength=len(docs) * fields)
        return docs.astype(np.int32), counted.reshape(-1, fields).astype(np.float32)

    def places(self, among: Array | None = None) -> Places:
        """Return the places of the term, only those in the sorted documents `among` where that is given."""
        group, stem = self.group, self.stem
        held, all_codes = stem.docs, stem.codes
        chosen = slice(None) if among is None else members(held, among, group.documents)
        all_totals = group.totals[all_codes]
        begins = (np.cumsum(all_totals) - all_totals)[chosen]
        docs, codes, totals = held[chosen], all_codes[chosen], all_totals[chosen]
        start, stop = group.place_starts(self.number, self.number + 1).tolist()
        at = spread(begins, totals)
        positions = restarted_sums(_some(group.read_steps, start, stop, at), group.counts[codes].ravel())
        fields = np.tile(np.arange(len(group.fields), dtype=np.int32), len(codes))
        of_field, of_doc = np.repeat(fields, group.counts[codes].ravel()), np.repeat(docs, totals)
        if self.form is not None:
            form_start, form_stop = group.form_starts(self.number, self.number + 1).tolist()
            kept = _some(group.read_forms, form_start, form_stop, at) == self.form
            of_doc, of_field, positions = of_doc[kept], of_field[kept], positions[kept]
        return Places(of_doc, of_field, positions.astype(np.int32))


def _some(read: Callable[[int, int], Ints], start: int, stop: int, at: Longs) -> Longs:
    """Return those numbers `at` some sorted places of the stretch from `start` to `stop`."""
    if not len(at):
        return np.zeros(0, np.int64)
    first, last = int(at[0]), int(at[-1]) + 1
    found: Longs = read(start + first, min(start + last, stop))[at - first].astype(np.int64)
    return found


def spread(starts: Array, counts: Array) -> Longs:
    """Return the numbers from each start on, as many as its count, one stretch behind the other.

    >>> spread(np.array([10, 20]), np.array([2, 3])).tolist()
    [10, 11, 20, 21, 22]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    found: Longs = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - counts), counts)
    return found


def restarted_sums(steps: Longs, counts: Array) -> Longs:
    """Return running sums of steps that begin anew for each of the stretches of `counts` steps."""
    sums = np.cumsum(steps)
    counts = counts[counts > 0]
    begins = np.cumsum(counts) - counts
    found: Longs = sums - np.repeat(sums[begins] - steps[begins], counts)
    return found


def members(docs: Array, among: Array, documents: int) -> Array:
    """Return where those of the sorted `docs` are that are among the sorted ones given, of so many in all."""
    if len(among) * 16 < len(docs):  # few are looked for in many
        at = np.searchsorted(docs, among)
        at = at[at < len(docs)]
        found: Array = at[docs[at] == among[: len(at)]]
        return found
    flags = np.zeros(documents, bool)
    flags[among] = True
    return np.flatnonzero(flags[docs])
