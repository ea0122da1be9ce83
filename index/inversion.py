"""Questions -> a run: their texts as term numbers, sorted into postings, in a file that is yet to be merged.

Nothing here makes an object for each token. A text is split at white space, and each distinct piece is
analysed once: the rest of its life it is a number. Pieces become terms, and terms postings, as arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .analysis import MAX_TERM, Stemmer, scan
from .schema import KEYWORD_FIELDS, NUMBER_FIELDS, SET_FIELDS, STEM_FIELDS, WORD_FIELDS, Entry, words_field
from .segment.documents import MISSING, Documents, Sets, write_documents
from .segment.file import Array, Longs
from .segment.posting_writer import CodeTable, PostingWriter, Stretch, by_usage, write_words
from .segment.postings import spread
from .segment.segment import documents_path, postings_path
from .segment.writer import SectionWriter

RANKED_GROUP = "ranked"

RUN_TEXT = 8 << 20
"""Characters of text in one run: about 80 MB of arrays while it is sorted. With twice as much a build takes
as long, and half as much memory again."""

MAX_PIECES = 1 << 19
"""Distinct pieces that are remembered, about 100 MB; after a run that has gone over it they are forgotten."""

AT_ONCE = 1 << 13
"""Characters of text that are split at once: their pieces stay in the processor's cache."""

END = "\0"
"""What stands behind each text while it is split: no term has it, and a text that does loses nothing."""

SEPARATOR = f" {END} "

STOPS = ".,;:?!"
"""What may follow a plain word without being part of it; the analyser need not be asked."""

SIMPLE = 15
"""A term that stands up to so often in one field alone, as most do, is numbered without looking it up."""


class Vocabulary:
    """The pieces, words and stems met so far, each a number in the order they were met."""

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.stems: list[bytes] = []
        self.stem_of = array("i")
        self.pieces = _Pieces(self)
        self._word_numbers: dict[str, int] = {}
        self._stem_numbers: dict[str, int] = {}
        self._stemmer = Stemmer()

    def word(self, text: str) -> int:
        """Return the number of a word."""
        number = self._word_numbers.get(text)
        if number is None:
            number = self._word_numbers[text] = len(self.words)
            self.words.append(text.encode())
            stem = self._stemmer.stem(text)
            if stem not in self._stem_numbers:
                self._stem_numbers[stem] = len(self.stems)
                self.stems.append(stem.encode())
            self.stem_of.append(self._stem_numbers[stem])
        return number


class _Pieces(dict[str, int]):
    """The number of each piece of text without white space, analysed when it is first asked for.

    No term reaches over white space, so the terms of a text are those of its pieces.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.counts, self.advances = array("i"), array("i")
        self.words, self.offsets = array("i"), array("i")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self.counts)
        bare = piece.rstrip(STOPS)
        if 1 < len(bare) <= MAX_TERM and bare.isascii() and bare.isalpha():
            self.words.append(self._vocabulary.word(bare.lower()))
            self.offsets.append(0)
            self.counts.append(1)
            self.advances.append(1)
            return number
        advance = count = 0
        for term, _, _, position in scan(piece, True):
            self.words.append(self._vocabulary.word(term))
            self.offsets.append(position)
            advance, count = position + 1, count + 1
        self.counts.append(count)
        self.advances.append(advance)
        return number


class _Texts:
    """The texts of some fields, one of each for every document, as numbers of pieces.

    They are split some at a time, with a piece of its own behind each: splitting is cheap, a call is not.
    """

    def __init__(self, known: _Pieces) -> None:
        self._known, self._end = known, known[END]
        self._waiting: list[str] = []
        self._size = 0
        self._numbers = array("i")

    def add(self, text: str) -> None:
        if END in text:
            text = text.replace(END, " ")
        self._waiting.append(text)
        self._size += len(text) + 1
        if self._size >= AT_ONCE:
            self._split()

    def _split(self) -> None:
        if self._waiting:
            text = SEPARATOR.join([*self._waiting, ""])
            self._numbers.extend(map(self._known.__getitem__, text.split()))
        self._waiting, self._size = [], 0

    def pieces(self) -> tuple[Array, Array]:
        """Return the numbers of the pieces of all texts, and where each text ends among them."""
        self._split()
        numbers = np.frombuffer(self._numbers, np.int32)
        last = numbers == self._end
        ends = np.flatnonzero(last)
        return numbers[~last], ends - np.arange(len(ends))


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The words of some texts, in order: word, document, field and position of each; `lengths` in words."""

    words: Longs
    docs: Array
    fields: Array
    positions: Array
    lengths: Array


class Inverter:
    """Takes questions in and writes them as runs."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._forget()

    def _forget(self) -> None:
        if len(self._vocabulary.pieces) > MAX_PIECES:
            self._vocabulary = Vocabulary()
        self.size = 0
        self._ids: list[bytes] = []
        self._ranked = _Texts(self._vocabulary.pieces)
        self._plain = {name: _Texts(self._vocabulary.pieces) for name in WORD_FIELDS}
        self._keywords = {name: _Keywords() for name in KEYWORD_FIELDS}
        self._sets = {name: _Keywords() for name in SET_FIELDS}
        self._numbers: dict[str, list[int]] = {name: [] for name in NUMBER_FIELDS}

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, entry: Entry) -> None:
        """Take in one question."""
        self._ids.append(entry.id.encode())
        for name in STEM_FIELDS:
            text = entry.texts.get(name, "")
            self._ranked.add(text)
            self.size += len(text)
        for name, texts in self._plain.items():
            texts.add(entry.texts.get(name, ""))
        for name, keywords in self._keywords.items():
            keywords.add(entry.keywords.get(name, ()))
        for name, keywords in self._sets.items():
            keywords.add(entry.sets.get(name, ()))
        for name, numbers in self._numbers.items():
            numbers.append(entry.numbers.get(name, MISSING))

    def write(self, stem: Path) -> None:
        """Write what was taken in as the run `stem`, and begin anew."""
        lengths: dict[str, Array] = {}
        with SectionWriter(postings_path(stem)) as out:
            groups = {RANKED_GROUP: self._write_ranked(out, lengths)}
            for name, texts in self._plain.items():
                groups[name] = self._write_plain(out, name, texts, lengths)
            for name, keywords in self._keywords.items():
                groups[name] = _write_keywords(out, name, keywords)
            out.finish({"groups": groups})
        with SectionWriter(documents_path(stem)) as out:
            write_documents(out, self._documents(lengths))
        self._forget()

    def _documents(self, lengths: dict[str, Array]) -> Documents:
        return Documents(
            len(self._ids),
            lengths=lengths,
            numbers={name: np.array(values, np.int64) for name, values in self._numbers.items()},
            sets={name: keywords.sets() for name, keywords in self._sets.items()},
            keys={"id": self._ids},
        )

    def _write_ranked(self, out: SectionWriter, lengths: dict[str, Array]) -> dict[str, object]:
        fields = len(STEM_FIELDS)
        tokens = _tokens(self._ranked, self._vocabulary.pieces, fields)
        lengths |= {name: tokens.lengths[:, i] for i, name in enumerate(STEM_FIELDS)}
        vocabulary = self._vocabulary
        words, rank_of_word = _sorted_terms(vocabulary.words, tokens.words)
        used = np.flatnonzero(rank_of_word >= 0)
        stem_of = _of(vocabulary.stem_of, np.int32)
        stems, rank_of_stem = _sorted_terms(vocabulary.stems, stem_of[used])
        stem_of_word = np.zeros(len(words), np.int64)
        stem_of_word[rank_of_word[used]] = rank_of_stem[stem_of[used]]
        forms, form_count = _forms(stem_of_word, len(stems))
        token_words = rank_of_word[tokens.words]
        token_stems = stem_of_word[token_words]
        order = _stable_order(token_stems)
        several = form_count[token_stems[order]] > 1
        stretch, table = _stretch(stems, token_stems, tokens, order, fields)
        form_counts = np.where(form_count > 1, np.bincount(token_stems, minlength=len(stems)), 0)
        stretch = Stretch(
            stems,
            stretch.counts,
            stretch.docs,
            stretch.codes,
            stretch.steps,
            forms[token_words[order]][several],
            form_counts,
        )
        write_words(out, RANKED_GROUP, words, stem_of_word, forms)
        word_fields = [words_field(name) for name in STEM_FIELDS]
        writer = PostingWriter(out, RANKED_GROUP, STEM_FIELDS, table, word_fields=word_fields, positions=True)
        writer.append(stretch)
        return writer.finish()

    def _write_plain(
        self, out: SectionWriter, name: str, texts: _Texts, lengths: dict[str, Array]
    ) -> dict[str, object]:
        tokens = _tokens(texts, self._vocabulary.pieces, 1)
        lengths[name] = tokens.lengths[:, 0]
        words, ranks = _sorted_terms(self._vocabulary.words, tokens.words)
        of_token = ranks[tokens.words]
        stretch, table = _stretch(words, of_token, tokens, _stable_order(of_token), 1)
        writer = PostingWriter(out, name, [name], table, positions=True)
        writer.append(stretch)
        return writer.finish()


def _tokens(texts: _Texts, pieces: _Pieces, fields: int) -> _Tokens:
    """Return the words of texts of which each document has one for every field."""
    numbers, ends = texts.pieces()
    counts, advances = _of(pieces.counts, np.int32)[numbers], _of(pieces.advances, np.int32)[numbers]
    begins = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    starts = _starts(_of(pieces.counts, np.int32))[numbers]
    at = spread(starts, counts)
    before = _starts(advances)
    of_text = np.repeat(np.arange(len(ends)), ends - begins)
    positions = before - np.concatenate([before, [0]])[begins][of_text] if len(of_text) else before
    sums = np.concatenate([[0], np.cumsum(counts)])
    text_of_token = np.repeat(of_text, counts)
    return _Tokens(
        _of(pieces.words, np.int32)[at].astype(np.int64),
        (text_of_token // fields).astype(np.int32),
        (text_of_token % fields).astype(np.int32),
        np.repeat(positions, counts) + _of(pieces.offsets, np.int32)[at],
        (sums[ends] - sums[begins]).reshape(-1, fields),
    )


def _of(values: array[int], dtype: type) -> Array:
    return np.array(values, dtype)


def _starts(counts: Array) -> Longs:
    found: Longs = np.cumsum(counts, dtype=np.int64) - counts
    return found


def _sorted_terms(names: Sequence[bytes], used: Array) -> tuple[list[bytes], Longs]:
    """Return those names that are used, sorted, and for each of all names its place there, or -1."""
    flags = np.zeros(len(names), bool)
    flags[used] = True
    numbers = np.flatnonzero(flags)
    found = [names[i] for i in numbers.tolist()]
    order = sorted(range(len(found)), key=found.__getitem__)
    places = np.full(len(names), -1, np.int64)
    places[numbers[order]] = np.arange(len(order))
    return [found[i] for i in order], places


def _forms(stems: Array, count: int) -> tuple[Longs, Longs]:
    """Return which form of its stem each word is, and how many forms each stem has."""
    counts = np.bincount(stems, minlength=count)
    order = np.argsort(stems, kind="stable")
    forms = np.zeros(len(stems), np.int64)
    forms[order] = np.arange(len(stems)) - np.repeat(_starts(counts), counts)
    return forms, counts


def _stable_order(keys: Array) -> Longs:
    """Return what sorts keys below 2**32, equal ones as they are: two passes of numpy's radix sort."""
    low = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    if not len(keys) or int(keys.max()) <= 0xFFFF:
        return low
    return low[np.argsort((keys[low] >> 16).astype(np.uint16), kind="stable")]


def _stretch(
    terms: Sequence[bytes], of_token: Array, tokens: _Tokens, order: Array, fields: int
) -> tuple[Stretch, CodeTable]:
    """Return the postings of tokens, their numbers of terms in `of_token`, put in `order`."""
    owners, docs = of_token[order], tokens.docs[order]
    in_field, positions = tokens.fields[order], tokens.positions[order]
    new_posting = _changes(owners) | _changes(docs)
    new_cell = new_posting | _changes(in_field)
    steps = positions.copy()
    steps[1:] -= positions[:-1]
    cells = np.flatnonzero(new_cell)
    steps[cells] = positions[cells]
    posting_of_cell = np.cumsum(new_posting[cells]) - 1
    first = np.flatnonzero(new_posting)
    table, codes = _coded(
        posting_of_cell, in_field[cells], np.diff(cells, append=len(owners)), len(first), fields
    )
    counts = np.bincount(owners[first], minlength=len(terms))
    none = np.zeros(0, np.int64)
    return Stretch(terms, counts, docs[first], codes, steps, none, np.zeros(len(terms), np.int64)), table


def _changes(values: Array) -> Array:
    """Return where another value begins."""
    found = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def _coded(
    posting: Array, in_field: Array, times: Array, postings: int, fields: int
) -> tuple[CodeTable, Array]:
    """Return the table of how often a term stands in which field, and the row of each posting.

    A cell is a field of a posting in which the term stands: of `posting`, `in_field`, so many `times`.
    """
    codes = np.zeros(postings, np.int64)
    codes[posting] = in_field * SIMPLE + times - 1
    simple = np.bincount(posting, minlength=postings) == 1
    simple[posting[times > SIMPLE]] = False
    rest = np.flatnonzero(~simple)
    place = np.zeros(postings, np.int64)
    place[rest] = np.arange(len(rest))
    rows = np.zeros((len(rest), fields), np.uint32)
    there = ~simple[posting]
    rows[place[posting[there]], in_field[there]] = times[there]
    distinct, index = _distinct(rows)
    codes[rest] = fields * SIMPLE + index
    first = np.zeros((fields * SIMPLE, fields), np.uint32)
    first[np.arange(len(first)), np.arange(len(first)) // SIMPLE] = np.arange(len(first)) % SIMPLE + 1
    rows = np.concatenate([first, distinct])
    table, places = by_usage(rows.astype(np.float32), rows, np.bincount(codes, minlength=len(rows)))
    return table, places[codes]


def _distinct(rows: Array) -> tuple[Array, Array]:
    """Return the distinct rows, and the number of each row among them."""
    bits = 63 // max(rows.shape[1], 1)
    if len(rows) and int(rows.max()) >> bits:
        found, index = np.unique(rows, axis=0, return_inverse=True)
        return found, index.ravel()
    shifts = np.arange(rows.shape[1]) * bits
    keys = (rows.astype(np.int64) << shifts).sum(axis=1)
    _, first, index = np.unique(keys, return_index=True, return_inverse=True)
    return rows[first], index


class _Keywords:
    """Names that documents have, as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._values, self._counts = array("i"), array("i")

    def add(self, names: Sequence[str]) -> None:
        for name in names:
            self._values.append(self._numbers.setdefault(name, len(self._numbers)))
        self._counts.append(len(names))

    def sets(self) -> Sets:
        """Return them as a column."""
        names, places = _sorted_terms(
            [name.encode() for name in self._numbers], np.arange(len(self._numbers))
        )
        return Sets(names, _of(self._counts, np.int64), places[_of(self._values, np.int64)])


def _write_keywords(out: SectionWriter, name: str, keywords: _Keywords) -> dict[str, object]:
    sets = keywords.sets()
    docs = np.repeat(np.arange(len(sets.counts), dtype=np.int64), sets.counts)
    pairs, times = np.unique(sets.values * max(len(sets.counts), 1) + docs, return_counts=True)
    owners, docs = np.divmod(pairs, max(len(sets.counts), 1))
    distinct, codes, usage = np.unique(times, return_inverse=True, return_counts=True)
    weights = distinct.reshape(-1, 1).astype(np.float32)
    table = CodeTable(weights, np.zeros_like(weights, np.uint32), usage)
    counts, none = np.bincount(owners, minlength=len(sets.names)), np.zeros(0, np.int64)
    writer = PostingWriter(out, name, [name], table)
    writer.append(Stretch(sets.names, counts, docs, codes, none, none, np.zeros(len(counts), np.int64)))
    return writer.finish()
