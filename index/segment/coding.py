"""Lists of small numbers in a byte or half a byte each, of which any stretch can be read alone.

A number below 255 is one byte. For a greater one the byte is 255 and the number itself comes next among the
`mid` ones, in two bytes; where those are 65,535, next among the `high` ones, in four. Lists of yet smaller
numbers have half a byte each, the first of two in the lower half: below 15, else one byte of `mid`, else four
of `high`. How many `mid` numbers come before every 4,096th number is kept, and how many `high` ones before
every 4,096th `mid` one, so that reading can begin anywhere. Patched coding after Zukowski et al.,
"Super-Scalar RAM-CPU Cache Compression" (2006), at fixed widths: numpy decodes it without a loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .file import Array, Ints, SectionFile

if TYPE_CHECKING:
    from .writer import SectionWriter

RANK = 12
"""Ranks are kept for every 2**RANK numbers: a thousandth of the size; 4 KiB are looked through at most."""


@dataclass(frozen=True, slots=True)
class Width:
    """How wide numbers are: half a byte or one, and what stands for a `longer` one and for a `longest`."""

    halves: bool
    longer: int
    longest: int
    mid: str


BYTES = Width(False, 0xFF, 0xFFFF, "<u2")
HALVES = Width(True, 0xF, 0xFF, "|u1")


class Coded:
    """A coded list in the section `name` of a file."""

    def __init__(self, file: SectionFile, name: str, width: Width = BYTES) -> None:
        self._file, self._name, self._width = file, name, width
        self._mid, self._high = f"{name}.mid", f"{name}.high"

    def read(self, start: int, stop: int) -> Ints:
        """Return the numbers from `start` to `stop`."""
        low = self._low(start, stop)
        found: Ints = low.astype(np.int32)
        longer = np.flatnonzero(low == self._width.longer)
        if len(longer):
            first = self._rank(self._name, start)
            found[longer] = self._mids(first, first + len(longer))
        return found

    def _low(self, start: int, stop: int) -> Array:
        if not self._width.halves:
            return self._file.array(self._name, start, stop)
        pairs = self._file.array(self._name, start >> 1, (stop + 1) >> 1)
        found = np.empty(2 * len(pairs), np.uint8)
        np.bitwise_and(pairs, 0xF, out=found[::2])
        np.right_shift(pairs, 4, out=found[1::2])
        return found[start & 1 : (start & 1) + stop - start]

    def _mids(self, start: int, stop: int) -> Ints:
        mids = self._file.array(self._mid, start, stop)
        found: Ints = mids.astype(np.int32)
        longer = np.flatnonzero(mids == self._width.longest)
        if len(longer):
            first = self._rank(self._mid, start)
            found[longer] = self._file.array(self._high, first, first + len(longer))
        return found

    def _rank(self, name: str, at: int) -> int:
        """Return how many numbers before `at` are written longer."""
        block = at >> RANK
        before = int(self._file.array(f"{name}.ranks", block, block + 1)[0]) if block else 0
        if name == self._mid:
            rest = self._file.array(name, block << RANK, at) == self._width.longest
        else:
            rest = self._low(block << RANK, at) == self._width.longer
        return before + int(np.count_nonzero(rest))


class CodedWriter:
    """Writes a coded list into the section `name`; `finish` when all is appended."""

    def __init__(self, out: SectionWriter, name: str, width: Width = BYTES) -> None:
        self._out, self._name, self._width = out, name, width
        self._ranks, self._mid_ranks = _Ranks(), _Ranks()
        self._waiting = np.zeros(0, np.uint8)

    def append(self, values: Array) -> None:
        """Add numbers from 0 to 2**31 - 1."""
        low = np.minimum(values, self._width.longer).astype(np.uint8)
        longer = np.flatnonzero(low == self._width.longer)
        self._ranks.add(longer, len(low))
        self._write(low)
        values = values[longer]
        mid = np.minimum(values, self._width.longest).astype(np.uint16)
        self._out.append(f"{self._name}.mid", mid, self._width.mid)
        longest = np.flatnonzero(mid == self._width.longest)
        self._mid_ranks.add(longest, len(mid))
        self._out.append(f"{self._name}.high", values[longest], "<u4")

    def _write(self, low: Array) -> None:
        if not self._width.halves:
            self._out.append(self._name, low)
            return
        low = np.concatenate([self._waiting, low])
        pairs = low[: len(low) & ~1]
        self._waiting = low[len(pairs) :]  # an odd one waits for the next
        self._out.append(self._name, pairs[::2] | pairs[1::2] << 4, "|u1")

    def finish(self) -> None:
        """Write what waits, and the ranks."""
        self.append(np.zeros(0, np.int32))  # the sections are there, if empty
        self._out.append(self._name, self._waiting)
        self._out.append(f"{self._name}.ranks", self._ranks.finish(), "<u4")
        self._out.append(f"{self._name}.mid.ranks", self._mid_ranks.finish(), "<u4")


class _Ranks:
    """Counts, for every 2**RANK items, how many of those before it are escapes."""

    def __init__(self) -> None:
        self._length = 0
        self._found: list[Array] = []

    def add(self, escapes: Array, length: int) -> None:
        self._found.append(np.bincount((escapes + self._length) >> RANK))
        self._length += length

    def finish(self) -> Array:
        counts = np.zeros((self._length >> RANK) + 1, np.int64)
        for found in self._found:
            counts[: len(found)] += found
        return np.concatenate([[0], np.cumsum(counts)])[:-1]
