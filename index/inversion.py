"""Questions -> a run: their texts as term numbers, sorted into postings, in a file that is yet to be merged.

Nothing here makes an object for each token. A text is split at white space, and each distinct piece is
analysed once: the rest of its life it is a number. Pieces become terms, and terms postings, as arrays.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from .analysis import MAX_TERM, Stemmer, scan
from .schema import KEYWORD_FIELDS, NUMBER_FIELDS, SET_FIELDS, STEM_FIELDS, WORD_FIELDS, Entry, words_field
from .segment.documents import MISSING, Documents, Sets, write_documents
from .segment.file import Array, Ints, Longs
from .segment.posting_writer import CodeTable, PostingWriter, Stretch, by_usage, write_words
from .segment.postings import spread
from .segment.segment import documents_path, postings_path
from .segment.writer import SectionWriter

RANKED_GROUP = "ranked"

RUN_TEXT = 4 << 20
"""Characters of text in one run: some 45 MB of arrays while it is sorted. With twice as much a build takes
as long and 35 MB more in each worker; with half as much it takes 5 % longer."""

MAX_PIECES = 1 << 17
"""Distinct pieces that are remembered, about 40 MB; after a run that has gone over it they are forgotten."""

AT_ONCE = 1 << 13
"""Characters of text that are split at once: their pieces stay in the processor's cache."""

END = "\0"
"""What stands behind each text while it is split: no term has it, and a text that does loses nothing."""

SEPARATOR = f" {END} "

STOPS = ".,;:?!"
"""What may follow a plain word without being part of it; the analyser need not be asked."""

BEHIND = b"\xff"
"""What stands behind each name while many are kept as one text: UTF-8 has no such byte."""

SIMPLE = 15
"""A term that stands up to so often in one field alone, as most do, is numbered without looking it up."""


class Names:
    """Distinct names, each a number in the order they were met, and their sorted order.

    Their bytes are kept too, one name behind the other with `BEHIND` between them, so that many are picked
    out without looking at an object for each.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._new: list[str] = []
        self._sorted: list[str] = []
        self._order = np.zeros(0, np.int64)
        self._bytes, self._starts = bytearray(), array("q", [0])

    def __len__(self) -> int:
        return len(self._numbers)

    def get(self, name: str) -> int | None:
        """Return the number of a name that was met."""
        return self._numbers.get(name)

    def add(self, name: str) -> int:
        """Return the number of a name that was not met yet."""
        number = self._numbers[name] = len(self._numbers)
        self._new.append(name)
        self._bytes += name.encode() + BEHIND
        self._starts.append(len(self._bytes))
        return number

    def sorted_among(self, used: Array) -> tuple[list[bytes], Ints]:
        """Return those names that are `used`, sorted, and for each of all names its place there, or -1."""
        self._sort()
        flags = np.zeros(len(self), bool)
        flags[used] = True
        order = self._order[flags[self._order]]
        places = np.full(len(self), -1, np.int32)
        places[order] = np.arange(len(order))
        return self._pick(order), places

    def _sort(self) -> None:
        """Put the new names in order; that of characters is that of their bytes in UTF-8."""
        self._new.sort()
        at = [bisect_left(self._sorted, name) for name in self._new]
        self._order = np.insert(self._order, at, [self._numbers[name] for name in self._new])
        bounds = [0, *at, len(self._sorted)]
        merged = self._sorted[: bounds[1]]
        for name, (start, stop) in zip(self._new, pairwise(bounds[1:]), strict=True):
            merged.append(name)
            merged += self._sorted[start:stop]
        self._sorted, self._new = merged, []

    def _pick(self, numbers: Longs) -> list[bytes]:
        """Return some names."""
        starts, text = np.frombuffer(self._starts, np.int64), np.frombuffer(self._bytes, np.uint8)
        begins = starts[numbers]
        return text[spread(begins, starts[numbers + 1] - begins)].tobytes().split(BEHIND)[:-1]


class Vocabulary:
    """The words and stems met so far."""

    def __init__(self) -> None:
        self.words, self.stems = Names(), Names()
        self.stem_of = array("i")
        self._stemmer = Stemmer()

    def word(self, text: str) -> int:
        """Return the number of a word."""
        number = self.words.get(text)
        if number is None:
            number = self.words.add(text)
            stem = same(self._stemmer.once(text), text)
            stem_number = self.stems.get(stem)
            self.stem_of.append(self.stems.add(stem) if stem_number is None else stem_number)
        return number


def same(text: str, other: str) -> str:
    """Return a text: as the object `other` where it is equal, which then need not be kept twice."""
    return other if text == other else text


class Pieces(dict[str, int]):
    """What each piece of text without white space is, analysed when it is first asked for.

    No term reaches over white space, so the terms of a text are those of its pieces. Most pieces are one word
    and nothing else: they are its number. The others are numbered too, as -1, -2 and so on: of them `counts`
    has how many terms they have, `advances` how many positions they take, and `words` and `offsets` their
    terms and the positions of these, one piece behind the other.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.counts, self.advances = array("i"), array("i")
        self.words, self.offsets = array("i"), array("i")

    def __missing__(self, piece: str) -> int:
        bare = piece.rstrip(STOPS)
        if 1 < len(bare) <= MAX_TERM and bare.isascii() and bare.isalpha():
            number = self[piece] = self.vocabulary.word(same(bare.lower(), piece))
            return number
        advance = count = 0
        for term, _, _, position in scan(piece, True):
            self.words.append(self.vocabulary.word(term))
            self.offsets.append(position)
            advance, count = position + 1, count + 1
        self.counts.append(count)
        self.advances.append(advance)
        number = self[piece] = -len(self.counts)
        return number


class _Texts:
    """The texts of some fields, one of each for every document, as numbers of pieces.

    They are split some at a time, with a piece of its own behind each: splitting is cheap, a call is not.
    """

    def __init__(self, known: Pieces) -> None:
        self._known = known
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

    def numbers(self) -> Array:
        """Return the numbers of the pieces of all texts, that of `END` behind each text."""
        self._split()
        return np.frombuffer(self._numbers, np.int32)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The words of some texts, in order: word, text and position of each; `lengths` of the texts in words."""

    words: Ints
    texts: Ints
    positions: Ints
    lengths: Array


class Inverter:
    """Takes questions in and writes them as runs."""

    def __init__(self) -> None:
        self._pieces = Pieces(Vocabulary())
        self._forget()

    def _forget(self) -> None:
        if len(self._pieces) > MAX_PIECES:
            self._pieces = Pieces(Vocabulary())
        self.size = 0
        self._ids: list[bytes] = []
        self._ranked = _Texts(self._pieces)
        self._plain = {name: _Texts(self._pieces) for name in WORD_FIELDS}
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
        with SectionWriter(postings_path(stem), durable=False) as out:
            groups = {RANKED_GROUP: self._write_ranked(out, lengths)}
            for name, texts in self._plain.items():
                groups[name] = self._write_plain(out, name, texts, lengths)
            for name, keywords in self._keywords.items():
                groups[name] = _write_keywords(out, name, keywords)
            out.finish({"groups": groups})
        with SectionWriter(documents_path(stem), durable=False) as out:
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
        fields, vocabulary = len(STEM_FIELDS), self._pieces.vocabulary
        tokens = _tokens(self._ranked, self._pieces)
        for i, name in enumerate(STEM_FIELDS):
            lengths[name] = tokens.lengths[i::fields]
        words, rank_of_word = vocabulary.words.sorted_among(tokens.words)
        used = np.flatnonzero(rank_of_word >= 0)
        stem_of = _of(vocabulary.stem_of, np.int32)
        stems, rank_of_stem = vocabulary.stems.sorted_among(stem_of[used])
        stem_of_word = np.zeros(len(words), np.int64)
        stem_of_word[rank_of_word[used]] = rank_of_stem[stem_of[used]]
        forms, form_count = _forms(stem_of_word, len(stems))
        of_token, tokens = _in_order(rank_of_stem[stem_of][tokens.words], tokens)
        stretch, table = _stretch(stems, of_token, tokens, fields)
        stretch = replace(
            stretch,
            forms=forms[rank_of_word[tokens.words[(form_count > 1)[of_token]]]],
            form_counts=np.where(form_count > 1, np.bincount(of_token, minlength=len(stems)), 0),
        )
        write_words(out, RANKED_GROUP, words, stem_of_word, forms)
        word_fields = [words_field(name) for name in STEM_FIELDS]
        writer = PostingWriter(out, RANKED_GROUP, STEM_FIELDS, table, word_fields=word_fields, positions=True)
        writer.append(stretch)
        return writer.finish()

    def _write_plain(
        self, out: SectionWriter, name: str, texts: _Texts, lengths: dict[str, Array]
    ) -> dict[str, object]:
        tokens = _tokens(texts, self._pieces)
        lengths[name] = tokens.lengths
        words, ranks = self._pieces.vocabulary.words.sorted_among(tokens.words)
        of_token, tokens = _in_order(ranks[tokens.words], tokens)
        stretch, table = _stretch(words, of_token, tokens, 1)
        writer = PostingWriter(out, name, [name], table, positions=True)
        writer.append(stretch)
        return writer.finish()


def _tokens(texts: _Texts, pieces: Pieces) -> _Tokens:
    """Return the words of texts."""
    numbers = texts.numbers()
    others = np.flatnonzero(numbers < 0)  # those that are not one word
    kinds = -1 - numbers[others]
    counts, advances = np.ones(len(numbers), np.int32), np.ones(len(numbers), np.int32)
    counts[others] = _of(pieces.counts, np.int32)[kinds]
    advances[others] = _of(pieces.advances, np.int32)[kinds]
    ends = others[kinds == -1 - pieces[END]]
    sums, after = np.cumsum(counts, dtype=np.int32), np.cumsum(advances, dtype=np.int32)
    lengths = np.diff(sums[ends], prepend=np.int32(0))
    words, positions = np.repeat(numbers, counts), np.repeat(after - advances, counts)
    at = spread((sums - counts)[others], counts[others])
    of_piece = spread(_starts(_of(pieces.counts, np.int32))[kinds], counts[others])
    words[at] = _of(pieces.words, np.int32)[of_piece]
    positions[at] += _of(pieces.offsets, np.int32)[of_piece]
    positions -= np.repeat(np.concatenate([[0], after[ends[:-1]]]).astype(np.int32)[: len(ends)], lengths)
    return _Tokens(words, np.repeat(np.arange(len(ends), dtype=np.int32), lengths), positions, lengths)


def _of(values: array[int], dtype: type) -> Array:
    return np.array(values, dtype)


def _starts(counts: Array) -> Longs:
    found: Longs = np.cumsum(counts, dtype=np.int64) - counts
    return found


def _forms(stems: Array, count: int) -> tuple[Longs, Longs]:
    """Return which form of its stem each word is, and how many forms each stem has."""
    counts = np.bincount(stems, minlength=count)
    order = np.argsort(stems, kind="stable")
    forms = np.zeros(len(stems), np.int64)
    forms[order] = np.arange(len(stems)) - np.repeat(_starts(counts), counts)
    return forms, counts


def _stable_order(keys: Array) -> Longs:
    """Return what sorts keys below 2**32, equal ones as they are: one or two radix sorts of numpy's."""
    low = np.argsort(keys.astype(np.uint16), kind="stable")  # by their lower half
    if not len(keys) or int(keys.max()) <= 0xFFFF:
        return low
    return low[np.argsort((keys >> 16).astype(np.uint16)[low], kind="stable")]


def _in_order(of_token: Ints, tokens: _Tokens) -> tuple[Ints, _Tokens]:
    """Return the term of each token and the tokens, in the order of terms."""
    order = _stable_order(of_token)
    words, texts, positions = tokens.words[order], tokens.texts[order], tokens.positions[order]
    return of_token[order], _Tokens(words, texts, positions, tokens.lengths)


def _stretch(
    terms: Sequence[bytes], of_token: Ints, tokens: _Tokens, fields: int
) -> tuple[Stretch, CodeTable]:
    """Return the postings of tokens that are in the order of their terms, whose numbers are `of_token`.

    A cell is a text in which a term stands; a document has one text for every field.
    """
    owners, texts, positions = of_token, tokens.texts, tokens.positions
    cells = np.flatnonzero(_changes(owners) | _changes(texts))
    steps = np.diff(positions, prepend=np.int32(0))
    steps[cells] = positions[cells]
    owners, (docs, in_field) = owners[cells], np.divmod(texts[cells], np.int32(fields))
    new_posting = _changes(owners) | _changes(docs)
    first = np.flatnonzero(new_posting)
    times = np.diff(cells, append=len(of_token))
    table, codes = _coded(np.cumsum(new_posting) - 1, in_field, times, len(first), fields)
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
        self._names = Names()
        self._values, self._counts = array("i"), array("i")

    def add(self, names: Sequence[str]) -> None:
        for name in names:
            number = self._names.get(name)
            self._values.append(self._names.add(name) if number is None else number)
        self._counts.append(len(names))

    def sets(self) -> Sets:
        """Return them as a column."""
        names, places = self._names.sorted_among(_of(self._values, np.int64))
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
