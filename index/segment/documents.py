"""What is kept for each document of a segment: lengths of fields, columns, stored fields.

A column is of one of four kinds: whole numbers, in as few bytes as they need; sets of names, as numbers in a
dictionary; keys, a name of its own for each document, in sorted order; or what one of Whoosh's column types
wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .file import Array, Longs, SectionFile
from .postings import spread
from .terms import Terms, write_starts, write_terms

if TYPE_CHECKING:
    from .writer import SectionWriter

MISSING = -(2**63)
"""What a column of numbers holds for a document that lacks the value; below every real one."""


@dataclass(frozen=True, slots=True)
class Sets:
    """For each document some of the `names`: `counts` many, their numbers in `values`."""

    names: Sequence[bytes]
    counts: Array
    values: Array


@dataclass(slots=True)
class Documents:
    """What is to be kept, in memory: every array has one item for each document."""

    count: int
    lengths: Mapping[str, Array] = field(default_factory=dict)
    numbers: Mapping[str, Array] = field(default_factory=dict)
    sets: Mapping[str, Sets] = field(default_factory=dict)
    keys: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    whoosh: Mapping[str, bytes] = field(default_factory=dict)
    stored: Sequence[bytes] | None = None


def write_documents(out: SectionWriter, documents: Documents) -> None:
    """Write and finish the file of a segment's documents."""
    meta: dict[str, Any] = {"documents": documents.count, "columns": {}, "lengths": {}}
    for name, lengths in documents.lengths.items():
        out.append(f"length.{name}", lengths, _smallest(int(lengths.max(initial=0))))
        meta["lengths"][name] = int(lengths.sum()), *_bounds(lengths)
    for name, numbers in documents.numbers.items():
        meta["columns"][name] = {"kind": "numbers", "base": _write_numbers(out, f"column.{name}", numbers)}
    for name, sets in documents.sets.items():
        _write_sets(out, f"column.{name}", sets)
        meta["columns"][name] = {"kind": "sets"}
    for name, keys in documents.keys.items():
        _write_keys(out, f"column.{name}", keys)
        meta["columns"][name] = {"kind": "keys"}
    for name, data in documents.whoosh.items():
        out.append(f"column.{name}", np.frombuffer(data, np.uint8))
        meta["columns"][name] = {"kind": "whoosh"}
    if documents.stored is not None:
        out.append("stored", np.frombuffer(b"".join(documents.stored), np.uint8))
        write_starts(out, "stored.starts", np.fromiter(map(len, documents.stored), np.int64, documents.count))
    out.finish(meta)


def _bounds(lengths: Array) -> tuple[int, int]:
    held = lengths[lengths > 0]
    return (int(held.min()), int(held.max())) if len(held) else (0, 0)


def _smallest(greatest: int) -> str:
    for dtype in ("|u1", "<u2", "<u4"):
        if greatest <= np.iinfo(dtype).max:
            return dtype
    return "<u8"


def _write_numbers(out: SectionWriter, name: str, numbers: Array) -> int:
    """Write numbers as what they are above the smallest, plus 1; 0 is for those that are missing."""
    there = numbers != MISSING
    base = int(numbers[there].min()) if there.any() else 0
    above = np.zeros(len(numbers), np.uint64)
    above[there] = (numbers[there].astype(np.uint64) - np.uint64(base % (1 << 64))) + np.uint64(1)
    greatest = int(above.max(initial=0))
    out.append(name, above, _smallest(greatest))
    return base


def _write_sets(out: SectionWriter, name: str, sets: Sets) -> None:
    write_terms(out, f"{name}.names", sets.names)
    out.append(name, sets.values, _smallest(len(sets.names)))
    write_starts(out, f"{name}.starts", sets.counts)


def _write_keys(out: SectionWriter, name: str, keys: Sequence[bytes]) -> None:
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    ranks = np.zeros(len(keys), np.int64)
    ranks[order] = np.arange(len(keys))
    write_terms(out, f"{name}.names", [keys[i] for i in order.tolist()])
    out.append(f"{name}.order", order, "<u4")
    out.append(f"{name}.ranks", ranks, "<u4")


class DocumentFile:
    """The file of a segment's documents, open."""

    def __init__(self, file: SectionFile) -> None:
        self.file = file
        try:
            self.count: int = file.meta["documents"]
            self.columns: Mapping[str, Mapping[str, Any]] = file.meta["columns"]
            self.totals: Mapping[str, Sequence[int]] = file.meta["lengths"]
        except (KeyError, TypeError) as error:
            raise file.damaged() from error
        self._keys: dict[str, Keys] = {}
        self._sets: dict[str, SetColumn] = {}

    def lengths(self, name: str) -> Longs:
        """Return the length of a field in every document, in terms."""
        found: Longs = self.file.array(f"length.{name}").astype(np.int64)
        return self._sized(found)

    def numbers(self, name: str) -> Longs:
        """Return the values of a column of numbers, `MISSING` where there is none."""
        above = self.file.array(f"column.{name}").astype(np.uint64)
        base = np.uint64(self.columns[name]["base"] % (1 << 64))
        found = (above - np.uint64(1) + base).astype(np.int64)
        found[above == 0] = MISSING
        return self._sized(found)

    def places(self, name: str) -> Array:
        """Return a column of numbers as they are kept: in their order, 0 where the value is missing."""
        return self._sized(self.file.array(f"column.{name}"))

    def between(self, name: str, low: int | None, high: int | None) -> Array:
        """Return which documents have a value from `low` to `high`, both included, None for no bound."""
        kept, base = self.places(name), self.columns[name]["base"]
        first = 1 if low is None else max(low - base + 1, 1)
        last = np.iinfo(kept.dtype).max if high is None else min(high - base + 1, np.iinfo(kept.dtype).max)
        if first > last:
            return np.zeros(self.count, bool)
        found: Array = (kept >= kept.dtype.type(first)) & (kept <= kept.dtype.type(last))
        return found

    def sets(self, name: str) -> SetColumn:
        """Return a column of sets."""
        if name not in self._sets:
            self._sets[name] = SetColumn(self.file, f"column.{name}")
        return self._sets[name]

    def keys(self, name: str) -> Keys:
        """Return a column of keys."""
        if name not in self._keys:
            self._keys[name] = Keys(self.file, f"column.{name}")
        return self._keys[name]

    def stored(self, document: int) -> bytes:
        """Return the stored fields of a document, as they were written."""
        start, stop = self.file.array("stored.starts", document, document + 2).tolist()
        return self.file.array("stored", start, stop).tobytes()

    def _sized(self, found: Array) -> Array:
        if len(found) != self.count:
            raise self.file.damaged()
        return found


class SetColumn:
    """For each document some names."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._file, self._name = file, name
        self.names = Terms(file, f"{name}.names")

    @cached_property
    def every_name(self) -> list[bytes]:
        """All names, by their numbers."""
        return self.names.read()

    def of(self, document: int) -> list[bytes]:
        """Return the names of a document, in the order given."""
        start, stop = self._file.array(f"{self._name}.starts", document, document + 2).tolist()
        return [self.names[number] for number in self._file.array(self._name, start, stop).tolist()]

    def whole(self) -> tuple[Longs, Array]:
        """Return how many names each document has, and the numbers of them all."""
        starts = self._file.array(f"{self._name}.starts").astype(np.int64)
        return np.diff(starts), self._file.array(self._name)

    def count(self, documents: Array) -> Longs:
        """Return for each name how many of some documents have it."""
        starts = self._file.array(f"{self._name}.starts").astype(np.int64)
        at = spread(starts[documents], starts[documents + 1] - starts[documents])
        counted: Longs = np.bincount(self._file.array(self._name)[at], minlength=len(self.names))
        return counted


class Keys:
    """A name of its own for each document; `ranks` tells the order of documents by their names."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._file, self._name = file, name
        self.names = Terms(file, f"{name}.names")

    def of(self, document: int) -> bytes:
        """Return the key of a document."""
        return self.names[int(self._file.array(f"{self._name}.ranks", document, document + 1)[0])]

    def whole(self) -> list[bytes]:
        """Return the key of every document."""
        names = self.names.read()
        return [names[rank] for rank in self.ranks.tolist()]

    @cached_property
    def ranks(self) -> Array:
        """The place of each document in the order of the keys."""
        return self._file.array(f"{self._name}.ranks")

    def document(self, key: bytes) -> int | None:
        """Return the document of a key; None where there is none."""
        rank = self.names.number(key)
        return None if rank is None else self.at(rank)

    def at(self, rank: int) -> int:
        """Return the document at a place in the order of the keys."""
        return int(self._file.array(f"{self._name}.order", rank, rank + 1)[0])
