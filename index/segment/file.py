"""A file of named arrays, memory-mapped: header, sections, checksums, directory.

docs/index-format.md has the format. Opening reads the header, the checksums and the directory; a block of a
section is compared with its checksum when it is first read. So a torn file is seen at once, and a flipped
bit before it can do harm.
"""

from __future__ import annotations

import json
import mmap
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import IndexUnusable

MAGIC = b"\x89ASKIVE\n"
FORMAT = 1

BLOCK = 1 << 14
"""Bytes that have a checksum of their own: small, for a lookup reads a few bytes here and there."""

HEADER = struct.Struct("<8sIIQQQII")
"""Magic, format, 0, length of the file, offset, length and CRC-32 of the directory, CRC-32 of all before."""

DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i8", "<f4", "<f8"})

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class SectionFile:
    """An open file of sections; `meta` is what its writer noted about them.

    Raises `IndexUnusable` wherever the file is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._data: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, IsADirectoryError) as error:  # an empty file cannot be mapped
            raise self.damaged() from error
        self.meta: Mapping[str, Any]
        self._sections: dict[str, tuple[int, int, str]] = {}
        try:
            self._read_directory()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error) as error:
            raise self.damaged() from error
        self._arrays: dict[str, tuple[int, Array]] = {}

    def _read_directory(self) -> None:
        magic, version, _, length, offset, size, crc, header_crc = HEADER.unpack_from(self._data)
        self.mark: int = header_crc
        if magic != MAGIC:
            raise IndexUnusable(self.path.parent, "foreign")
        if zlib.crc32(self._data[: HEADER.size - 4]) != header_crc:
            raise self.damaged()
        if version != FORMAT:
            reason = f"of segment format {version}, which this version cannot read"
            raise IndexUnusable(self.path.parent, reason)
        if length != len(self._data) or offset + size != length:
            raise IndexUnusable(self.path.parent, "torn")
        text = self._data[offset : offset + size]
        if zlib.crc32(text) != crc:
            raise self.damaged()
        directory = json.loads(text)
        self.meta = directory["meta"]
        self._end, count, crc = directory["checksums"]
        if self._end + 4 * count != offset or HEADER.size + BLOCK * count < self._end:
            raise self.damaged()
        checksums = self._data[self._end : offset]
        if zlib.crc32(checksums) != crc:
            raise self.damaged()
        self._checksums = np.frombuffer(checksums, "<u4")
        self._verified = bytearray(count)
        for name, (start, items, dtype) in directory["sections"].items():
            stop = start + items * np.dtype(dtype).itemsize
            if dtype not in DTYPES or not HEADER.size <= start <= stop <= self._end:
                raise self.damaged()
            self._sections[name] = index(start), index(items), dtype

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def length(self, name: str) -> int:
        """Return how many items a section has."""
        try:
            return self._sections[name][1]
        except KeyError as error:
            raise self.damaged() from error

    def array(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """Return items `start` to `stop` of a section, verified; a view, not to be written to."""
        offset, whole = self._arrays.get(name) or self._view(name)
        if stop is None:
            stop = len(whole)
        if not 0 <= start <= stop <= len(whole):
            raise self.damaged()
        size = whole.itemsize
        self._verify(offset + start * size, offset + stop * size)
        return whole[start:stop]

    def _view(self, name: str) -> tuple[int, Array]:
        try:
            offset, count, dtype = self._sections[name]
        except KeyError as error:
            raise self.damaged() from error
        found = offset, np.frombuffer(self._data, dtype, count, offset)
        self._arrays[name] = found
        return found

    def _verify(self, start: int, stop: int) -> None:
        first = (start - HEADER.size) // BLOCK
        last = (stop - HEADER.size + BLOCK - 1) // BLOCK
        unseen = self._verified.find(0, first, last)
        while unseen >= 0:
            begin = HEADER.size + unseen * BLOCK
            if zlib.crc32(self._data[begin : min(begin + BLOCK, self._end)]) != self._checksums[unseen]:
                raise self.damaged()
            self._verified[unseen] = 1
            unseen = self._verified.find(0, unseen + 1, last)

    def verify(self) -> None:
        """Read the whole file against its checksums."""
        self._verify(HEADER.size, self._end)

    def names(self) -> Iterator[str]:
        """Yield the names of the sections."""
        return iter(self._sections)

    def release(self) -> None:
        """Give back the memory of what was read so far; what is asked for again is read again."""
        if isinstance(self._data, mmap.mmap) and sys.platform == "linux":
            self._data.madvise(mmap.MADV_DONTNEED)

    def damaged(self) -> IndexUnusable:
        """Return the error that says so."""
        return IndexUnusable(self.path.parent, "damaged")

    def close(self) -> None:
        """Let go of the file; the system unmaps it when the last array made from it is gone."""
        self._arrays = {}
