"""A sorted dictionary of terms: their bytes one behind the other, and where each begins."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from typing import TYPE_CHECKING, overload

import numpy as np

from .file import Array, Longs, SectionFile

if TYPE_CHECKING:
    from .writer import SectionWriter

SAMPLE = 64
"""Every so many terms one is kept apart too: the samples are searched in memory, then one stretch is read."""

CLOSE = 16
"""Terms are looked up together where they are among so many times as many; else one by one."""

AT_ONCE = 1 << 14
"""Terms of a list that are objects at once, where it is walked through."""


class Terms:
    """The dictionary in the section `name` of a file: `terms[i]` is term i, in the order of its bytes."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._file, self.name = file, name
        self._starts = f"{name}.starts"
        self._count = file.length(self._starts) - 1
        if self._count < 0:
            raise file.damaged()
        self._samples: list[bytes] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        return self.read(number, number + 1)[0]

    def number(self, term: bytes) -> int | None:
        """Return the number of a term; None where it is not there."""
        first, stretch = self._stretch(term)
        place = bisect_left(stretch, term)
        return first + place if place < len(stretch) and stretch[place] == term else None

    def numbers(self, terms: Sequence[bytes]) -> Longs:
        """Return the numbers of those of some sorted terms that are there, in order."""
        if not terms:
            return np.zeros(0, np.int64)
        first, last = self.place(terms[0]), self.place(terms[-1]) + 1
        if last - first > CLOSE * len(terms):
            found = [number for number in map(self.number, terms) if number is not None]
        else:
            wanted = set(terms)
            stretch = self.read(first, min(last, self._count))
            found = [number for number, term in enumerate(stretch, first) if term in wanted]
        return np.array(found, np.int64)

    def pick(self, numbers: Array) -> list[bytes]:
        """Return the terms of some numbers."""
        starts = self._file.array(self._starts)
        text = self._file.array(self.name).tobytes()
        return [
            text[a:b] for a, b in zip(starts[numbers].tolist(), starts[numbers + 1].tolist(), strict=True)
        ]

    def place(self, term: bytes) -> int:
        """Return the number of the first term that is not before `term`."""
        first, stretch = self._stretch(term)
        return first + bisect_left(stretch, term)

    def prefixed(self, prefix: bytes) -> range:
        """Return the numbers of the terms that begin with `prefix`."""
        after = prefix.rstrip(b"\xff")
        stop = self.place(after[:-1] + bytes([after[-1] + 1])) if after else self._count
        return range(self.place(prefix), stop)

    def _stretch(self, term: bytes) -> tuple[int, list[bytes]]:
        if self._samples is None:
            starts = f"{self.name}.samples.starts"
            self._samples = _read(
                self._file, f"{self.name}.samples", starts, 0, self._file.length(starts) - 1
            )
        first = max(bisect_right(self._samples, term) - 1, 0) * SAMPLE
        return first, self.read(first, min(first + SAMPLE, self._count))

    def read(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Return the terms from `start` to `stop`."""
        return _read(self._file, self.name, self._starts, start, self._count if stop is None else stop)

    def holding(self, part: bytes) -> Iterator[int]:
        """Yield the numbers of the terms in which `part` stands, in order."""
        starts = self._file.array(self._starts).astype(np.int64)
        text = self._file.array(self.name).tobytes()
        found = []
        at = text.find(part)
        while at >= 0:
            found.append(at)
            at = text.find(part, at + 1)
        places = np.array(found, np.int64)
        numbers = np.searchsorted(starts, places, "right") - 1
        inside = places + len(part) <= starts[np.minimum(numbers + 1, self._count)]
        yield from np.unique(numbers[inside]).tolist()

    def sizes(self) -> Longs:
        """Return the length of each term in bytes."""
        starts = self._file.array(self._starts).astype(np.int64)
        return starts[1:] - starts[:-1]


def _read(file: SectionFile, name: str, starts_name: str, start: int, stop: int) -> list[bytes]:
    if stop <= start:
        return []
    starts = file.array(starts_name, start, stop + 1).tolist()
    begin = starts[0]
    text = file.array(name, begin, starts[-1]).tobytes()
    return [text[a - begin : b - begin] for a, b in pairwise(starts)]


class TermList(Sequence[bytes]):
    """Terms in memory as one text: a fifth of what they take as an object each."""

    def __init__(self, terms: Sequence[bytes] = ()) -> None:
        self._text, self._starts = bytearray(), array("q", [0])
        self.extend(terms)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> list[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | list[bytes]:
        if isinstance(at, int):
            return self[at : at + 1][0]
        start, stop, step = at.indices(len(self))
        starts = self._starts[start : stop + 1]
        text = bytes(self._text[starts[0] : starts[-1]])
        sizes = [(a - starts[0], b - starts[0]) for a, b in pairwise(starts)]
        return [text[a:b] for a, b in sizes[::step]]

    def extend(self, terms: Sequence[bytes]) -> None:
        """Add terms at the end."""
        ends = len(self._text) + np.cumsum(np.fromiter(map(len, terms), np.int64, len(terms)))
        self._starts.frombytes(ends.tobytes())
        self._text += b"".join(terms)

    def chosen(self, kept: Array) -> TermList:
        """Return those terms of which `kept` is true."""
        found = TermList()
        for start in range(0, len(self), AT_ONCE):
            some = kept[start : start + AT_ONCE].tolist()
            found.extend(list(compress(self[start : start + AT_ONCE], some)))
        return found

    def write(self, out: SectionWriter, name: str) -> None:
        """Write them as a dictionary, all but the samples."""
        starts = np.array(self._starts)
        out.append(name, np.frombuffer(bytes(self._text), np.uint8))
        out.append(f"{name}.starts", starts, "<u4" if starts[-1] < 1 << 32 else "<u8")


def write_terms(out: SectionWriter, name: str, terms: Sequence[bytes]) -> None:
    """Write a dictionary of sorted, distinct terms."""
    some = terms if isinstance(terms, TermList) else TermList(terms)
    some.write(out, name)
    TermList([some[i] for i in range(0, len(some), SAMPLE)]).write(out, f"{name}.samples")


def write_starts(out: SectionWriter, name: str, counts: Array) -> None:
    """Write where lists begin that have so many items, and where the last one ends."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    out.append(name, starts, "<u4" if starts[-1] < 1 << 32 else "<u8")


def letters_of(words: Sequence[bytes]) -> Array:
    """Return for each word which letters it has, a bit each: the lowest five bits of its UTF-8 bytes.

    Bytes that go on a character have none, so that a character is one bit.
    """
    text = np.frombuffer(b"".join(words), np.uint8)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    if not len(text):
        return np.zeros(len(words), np.uint32)
    bits = np.left_shift(np.uint32(1), (text & 31).astype(np.uint32))
    bits[text & 0xC0 == 0x80] = 0
    found = np.zeros(len(words), np.uint32)
    there = np.flatnonzero(lengths)
    found[there] = np.bitwise_or.reduceat(bits, (np.cumsum(lengths) - lengths)[there])
    return found
