"""Merging: the documents of several segments, less the deleted ones, become one segment.

Sorted dictionaries make this a walk: a stretch of terms lies in one piece in every segment, so a stretch is
read from each, put in the order of terms, and written; memory is bounded by the stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .documents import MISSING, DocumentFile, Documents, Sets, write_documents
from .file import Array, Ints, Longs
from .impacts import Formula, Impacts, worth
from .posting_writer import CodeTable, PostingWriter, Stretch, by_usage, write_words
from .postings import Postings, spread
from .segment import Segment, documents_path, postings_path
from .terms import TermList, Terms
from .writer import SectionWriter

STRETCH = 1 << 18
"""Postings that are merged at once: with their places some 30 MB of arrays."""

TERMS = 1 << 17
"""Terms of all dictionaries together that are merged at once, about 10 MB."""


def merge(segments: Sequence[Segment], stem: Path, formula: Formula) -> int:
    """Write the segment `stem`: the live documents of `segments`, in order; return how many.

    All have the same groups of fields. By `formula` the impacts are reckoned.
    """
    numbers = list(_renumbered(segments))
    documents = _documents(segments)
    with SectionWriter(documents_path(stem)) as out:
        write_documents(out, documents)
    measures = {
        group.name: impacts_of(documents, group.fields, formula)
        for group in segments[0].groups
        if any(field in documents.lengths for field in group.fields)
    }
    count = documents.count
    del documents  # what it has of each is not in memory while postings are
    with SectionWriter(postings_path(stem)) as out:
        meta = {}
        for same in zip(*(segment.groups for segment in segments), strict=True):
            meta[same[0].name] = _Merge(out, same, numbers, measures.get(same[0].name)).run()
        out.finish({"groups": meta})
    return count


def impacts_of(documents: Documents, fields: Sequence[str], formula: Formula) -> Impacts:
    """Return the measure of what postings in some fields of a segment score."""
    worths = [_worths(documents, field, formula.boosts.get(field, 1.0)) for field in fields]
    return Impacts(documents.count, worths, [field in formula.headlines for field in fields], formula)


def _worths(documents: Documents, field: str, boost: float) -> Array:
    lengths = documents.lengths.get(field)
    if lengths is None:
        return np.full(documents.count, boost)
    return worth(lengths, float(lengths.sum()) / max(documents.count, 1), boost).astype(np.float32)


def _renumbered(segments: Sequence[Segment]) -> Iterator[Ints]:
    """Yield for each segment the new number of each document, -1 for one that is deleted."""
    base = 0
    for segment in segments:
        alive = np.ones(segment.count, bool) if segment.alive is None else segment.alive
        numbers = np.cumsum(alive, dtype=np.int32) + np.int32(base - 1)
        base += int(np.count_nonzero(alive))
        numbers[~alive] = -1
        yield numbers


# Documents.


def _documents(segments: Sequence[Segment]) -> Documents:
    kept = [np.delete(np.arange(segment.count), segment.deleted) for segment in segments]
    files = [segment.documents for segment in segments]
    each = list(zip(files, kept, strict=True))
    columns = {name: column["kind"] for file in files for name, column in file.columns.items()}
    fields = {name for file in files for name in file.totals}
    return Documents(
        sum(map(len, kept)),
        lengths={name: np.concatenate([_lengths(f, name)[k] for f, k in each]) for name in sorted(fields)},
        numbers={
            name: np.concatenate([_numbers(f, name)[k] for f, k in each]) for name in _of(columns, "numbers")
        },
        sets={name: _merged_sets(each, name) for name in _of(columns, "sets")},
        keys={name: _merged_keys(each, name) for name in _of(columns, "keys")},
    )


def _of(columns: Mapping[str, str], kind: str) -> list[str]:
    return sorted(name for name, of in columns.items() if of == kind)


def _lengths(file: DocumentFile, name: str) -> Longs:
    return file.lengths(name) if name in file.totals else np.zeros(file.count, np.int64)


def _numbers(file: DocumentFile, name: str) -> Longs:
    return file.numbers(name) if name in file.columns else np.full(file.count, MISSING)


def _merged_sets(each: Sequence[tuple[DocumentFile, Array]], name: str) -> Sets:
    known: dict[bytes, int] = {}
    counts, values = [], []
    for file, kept in each:
        column = file.sets(name)
        of_each, numbers = column.whole()
        renamed = np.array([known.setdefault(n, len(known)) for n in column.names.read()], np.int64)
        counts.append(of_each[kept])
        at = spread((np.cumsum(of_each) - of_each)[kept], of_each[kept])
        values.append(renamed[numbers[at]] if len(at) else np.zeros(0, np.int64))
    used = np.unique(np.concatenate(values))
    held = list(known)
    names = sorted(held[i] for i in used.tolist())
    place = np.zeros(len(held), np.int64)
    place[[known[n] for n in names]] = np.arange(len(names))
    return Sets(names, np.concatenate(counts), place[np.concatenate(values)])


def _merged_keys(each: Sequence[tuple[DocumentFile, Array]], name: str) -> list[bytes]:
    found: list[bytes] = []
    for file, kept in each:
        keys = file.keys(name).whole()
        found += keys if len(kept) == len(keys) else [keys[i] for i in kept.tolist()]
    return found


# Postings.


@dataclass(frozen=True, slots=True)
class _Source:
    """One segment's share: `group`, new document `numbers`, and where its terms, codes and words go.

    `terms` and `words` map its numbers to new ones, `codes` its rows; `forms` has for every word, by
    `form_starts` of its stem and which form it is there, the form it becomes.
    """

    group: Postings
    numbers: Ints
    terms: Ints
    codes: Ints
    forms: Ints
    form_starts: Ints


class _Merge:
    def __init__(
        self,
        out: SectionWriter,
        groups: Sequence[Postings],
        numbers: Sequence[Ints],
        impacts: Impacts | None,
    ) -> None:
        self._out, self._first, self._impacts = out, groups[0], impacts
        self._terms, places = _united([group.terms for group in groups])
        self._table, codes = _united_tables(groups)
        self._totals = self._table.counts.sum(axis=1).astype(np.int32)
        self._words, forms, self._form_count = self._united_words(groups, places)
        self._all_there = all(len(some) == 0 or int(some.min()) >= 0 for some in numbers)
        self._used = np.full(len(self._words.names), self._all_there)
        rows = zip(groups, numbers, places, codes, forms, strict=True)
        self._sources = [_Source(g, n, t, c, f[0], f[1]) for g, n, t, c, f in rows]

    def run(self) -> dict[str, Any]:
        """Write the group, and return what its reader has to know."""
        first = self._first
        writer = PostingWriter(
            self._out,
            first.name,
            first.fields,
            self._table,
            word_fields=first.word_fields,
            positions=first.has_positions,
            impacts=self._impacts,
        )
        kept: list[Array] = []
        for start, stop in self._stretches():
            stretch = self._stretch(start, stop)
            kept.append(stretch.counts > 0)
            writer.append(stretch)
            for source in self._sources:
                source.group.file.release()
        if first.word_fields:
            self._write_words(np.concatenate([np.zeros(0, bool), *kept]))
        return writer.finish()

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Yield where stretches of about `STRETCH` postings begin and end."""
        sizes = np.zeros(len(self._terms), np.int64)
        for source in self._sources:
            if len(source.terms):
                sizes[source.terms] += np.diff(source.group.starts(0, len(source.terms)))
        ends = np.cumsum(sizes)
        start = 0
        while start < len(sizes):
            done = int(ends[start - 1]) if start else 0
            stop = max(int(np.searchsorted(ends, done + STRETCH, "right")), start + 1)
            yield start, stop
            start = stop

    def _stretch(self, start: int, stop: int) -> Stretch:
        pieces = [self._piece(source, start, stop) for source in self._sources]
        counts = sum((piece.counts for piece in pieces), np.zeros(stop - start, np.int64))
        place_counts = sum((piece.place_counts for piece in pieces), np.zeros(stop - start, np.int64))
        form_counts = np.where(self._form_count[start:stop] > 1, place_counts, 0)
        docs, codes = np.zeros(int(counts.sum()), np.int32), np.zeros(int(counts.sum()), np.int32)
        steps = np.zeros(int(place_counts.sum()) * self._first.has_positions, np.int32)
        forms = np.zeros(int(form_counts.sum()) * bool(self._first.word_fields), np.int32)
        at, place_at, form_at = (np.cumsum(c) - c for c in (counts, place_counts, form_counts))
        for piece in pieces:
            to = spread(at, piece.counts)
            docs[to], codes[to] = piece.docs, piece.codes
            at = at + piece.counts
            if self._first.has_positions:
                steps[spread(place_at, piece.place_counts)] = piece.steps
                place_at = place_at + piece.place_counts
            if self._first.word_fields:
                several = np.where(form_counts > 0, piece.place_counts, 0)
                forms[spread(form_at, several)] = piece.forms[np.repeat(form_counts > 0, piece.place_counts)]
                form_at = form_at + several
        return Stretch(self._terms[start:stop], counts, docs, codes, steps, forms, form_counts)

    def _piece(self, source: _Source, start: int, stop: int) -> _Piece:
        first, last = np.searchsorted(source.terms, [start, stop]).tolist()
        group, size = source.group, stop - start
        if first == last:
            return _Piece.empty(size)
        docs = source.numbers[group.read_docs(first, last)]
        codes = source.codes[group.read_codes(first, last)]
        owners = np.repeat(source.terms[first:last] - start, np.diff(group.starts(first, last)))
        totals = self._totals[codes]
        steps = forms = np.zeros(0, np.int32)
        if self._first.has_positions:
            bounds = group.place_starts(first, last)
            steps = group.read_steps(int(bounds[0]), int(bounds[-1]))
        if self._first.word_fields:
            forms = self._forms(source, first, last)
        if not self._all_there and len(docs) and docs.min() < 0:
            there = docs >= 0
            places = np.repeat(there, totals)
            docs, codes, owners, totals = docs[there], codes[there], owners[there], totals[there]
            steps, forms = steps[places[: len(steps)]], forms[places[: len(forms)]]
        if self._first.word_fields and not self._all_there:
            self._mark(forms, np.repeat(owners, totals) + start)
        counts = np.bincount(owners, minlength=size)
        place_counts = np.bincount(owners, totals, size).astype(np.int64)
        return _Piece(counts, place_counts, docs, codes, steps, forms)

    def _forms(self, source: _Source, first: int, last: int) -> Array:
        """Return the new form at each place of some terms of a source."""
        group = source.group
        bounds, form_bounds = group.place_starts(first, last), group.form_starts(first, last)
        counts, several = np.diff(bounds), np.diff(form_bounds) > 0
        found = np.zeros(int(bounds[-1] - bounds[0]), np.int32)
        found[np.repeat(several, counts)] = group.read_forms(int(form_bounds[0]), int(form_bounds[-1]))
        new: Array = source.forms[np.repeat(source.form_starts[first:last], counts) + found]
        return new

    def _mark(self, forms: Array, terms: Array) -> None:
        """Note which words are still there."""
        self._used[self._words.of(terms, forms)] = True

    def _write_words(self, kept: Array) -> None:
        """Write the words that are still there, their stems numbered as they are now."""
        numbers = np.cumsum(kept) - 1
        used = np.flatnonzero(self._used)
        names = self._words.names if self._all_there else self._words.names.chosen(self._used)
        write_words(
            self._out, self._first.name, names, numbers[self._words.stems[used]], self._words.forms[used]
        )

    def _united_words(
        self, groups: Sequence[Postings], places: Sequence[Ints]
    ) -> tuple[_Words, list[tuple[Ints, Ints]], Array]:
        """Return all words, for each group its old forms as new ones, and how many forms each term has."""
        if not self._first.word_fields:
            none = np.zeros(0, np.int32)
            words = _Words(TermList(), none, none, none, none)
            return words, [(none, none)] * len(groups), np.ones(len(self._terms))
        names, numbers = _united([group.words for group in groups])
        stems = np.zeros(len(names), np.int32)
        for group, place, number in zip(groups, places, numbers, strict=True):
            stems[number] = place[group.word_stems(0, len(number))[0]]
        order = np.argsort(stems, kind="stable").astype(np.int32)
        of_term = np.bincount(stems, minlength=len(self._terms))
        begins = np.cumsum(of_term) - of_term
        forms = np.zeros(len(names), np.int32)
        forms[order] = np.arange(len(names)) - np.repeat(begins, of_term)
        words = _Words(names, stems, forms, order, begins)
        return words, [_form_map(g, n, forms) for g, n in zip(groups, numbers, strict=True)], of_term


def _form_map(group: Postings, numbers: Ints, forms: Ints) -> tuple[Ints, Ints]:
    """Return the new forms of a group's words in the order of stem and old form, and where stems begin."""
    stems, old = group.word_stems(0, len(numbers))
    of_stem = np.zeros(len(group.terms), np.int32)
    np.maximum.at(of_stem, stems, old + 1)  # deletions leave gaps
    starts = np.cumsum(of_stem, dtype=np.int32) - of_stem
    found = np.zeros(int(of_stem.sum()), np.int32)
    found[starts[stems] + old] = forms[numbers]
    return found, starts


@dataclass(frozen=True, slots=True)
class _Words:
    """Sorted words, the stem and form of each; `order` sorts them by stem, of which each `begins` there."""

    names: TermList
    stems: Array
    forms: Array
    order: Array
    begins: Array

    def of(self, stems: Array, forms: Array) -> Array:
        """Return the numbers of the words that are certain forms of stems."""
        found: Array = self.order[self.begins[stems] + forms]
        return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one source gives to a stretch; `counts` and `place_counts` by term of the stretch."""

    counts: Array
    place_counts: Array
    docs: Array
    codes: Array
    steps: Array
    forms: Array

    @classmethod
    def empty(cls, size: int) -> _Piece:
        counts, none = np.zeros(size, np.int64), np.zeros(0, np.int32)
        return cls(counts, counts, none, none, none, none)


def _united(dictionaries: Sequence[Terms]) -> tuple[TermList, list[Ints]]:
    """Return the sorted union of dictionaries, and for each of them the new numbers of its terms."""
    united, numbers = TermList(), [np.zeros(len(terms), np.int32) for terms in dictionaries]
    begins = [0] * len(dictionaries)
    for ends in _stops(dictionaries):
        bounds = list(zip(begins, ends, strict=True))
        parts = [terms.read(start, stop) for terms, (start, stop) in zip(dictionaries, bounds, strict=True)]
        names = sorted(set().union(*parts))
        number = dict(zip(names, range(len(united), len(united) + len(names)), strict=True))
        for found, part, (start, stop) in zip(numbers, parts, bounds, strict=True):
            found[start:stop] = np.fromiter(map(number.__getitem__, part), np.int32, len(part))
        united.extend(names)
        begins = ends
    return united, numbers


def _stops(dictionaries: Sequence[Terms]) -> Iterator[list[int]]:
    """Yield how far to go in each dictionary, some `TERMS` a time, so that none gets ahead of the others."""
    longest = max(dictionaries, key=len)
    step = max(TERMS // len(dictionaries), 1)
    for at in range(step, len(longest), step):
        yield [terms.place(longest[at]) for terms in dictionaries]
    yield list(map(len, dictionaries))


def _united_tables(groups: Sequence[Postings]) -> tuple[CodeTable, list[Ints]]:
    """Return a table with every row that one of the groups has, and for each group its rows' new numbers."""
    rows: dict[bytes, int] = {}
    codes, usage = [], []
    for group in groups:
        both = np.concatenate([group.weights, group.counts.astype(np.float32)], axis=1)
        codes.append(np.array([rows.setdefault(row.tobytes(), len(rows)) for row in both], np.int64))
        usage.append(group.usage)
    fields = len(groups[0].fields)
    used = np.zeros(len(rows), np.int64)
    for numbers, times in zip(codes, usage, strict=True):
        used[numbers] += times
    both = np.frombuffer(b"".join(rows), np.float32).reshape(-1, 2 * fields)
    table, places = by_usage(both[:, :fields], both[:, fields:].astype(np.int64), used)
    return table, [places[numbers].astype(np.int32) for numbers in codes]
