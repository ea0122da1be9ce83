"""Writing a file of named arrays: sections grow side by side, and are put together at the end."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from .file import BLOCK, DTYPES, FORMAT, HEADER, MAGIC, Array

SPOOL = 1 << 20
"""Bytes of a section that are held in memory before they go to a temporary file: there are dozens."""

COPY = 1 << 20
ALIGNMENT = 8


class SectionWriter:
    """Makes the file at `path`; a context manager that leaves nothing behind where it is not finished.

    One that need not outlive a power cut, for it is merged and removed, is not `durable`.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path, self._durable = path, durable
        self._spools: dict[str, tuple[IO[bytes], np.dtype[Any]]] = {}

    def append(self, name: str, array: Array, dtype: str | None = None) -> None:
        """Add items to a section, in little-endian order and as `dtype` where that is given."""
        values = np.ascontiguousarray(array, dtype).astype(
            np.dtype(dtype or array.dtype).newbyteorder("<"), copy=False
        )
        if name not in self._spools:
            if values.dtype.str not in DTYPES:
                raise TypeError(f"{name}: no section holds {values.dtype}")
            self._spools[name] = self._spool(), values.dtype
        spool, kept = self._spools[name]
        if values.dtype != kept:
            raise TypeError(f"{name}: {values.dtype} behind {kept}")
        spool.write(values.data.cast("B") if values.size else b"")

    def _spool(self) -> IO[bytes]:
        return tempfile.SpooledTemporaryFile(SPOOL, dir=str(self.path.parent))

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Write the file."""
        temporary = self.path.with_suffix(self.path.suffix + ".new")
        with temporary.open("wb") as out:
            out.write(bytes(HEADER.size))
            checksums = _Checksums()
            sections: dict[str, tuple[int, int, str]] = {}
            offset = HEADER.size
            for name, (spool, dtype) in self._spools.items():
                size = spool.tell()
                sections[name] = offset, size // dtype.itemsize, dtype.str
                spool.seek(0)
                for data in _padded(spool, size):
                    out.write(data)
                    checksums.add(data)
                    offset += len(data)
            found = checksums.finish()
            directory = {
                "sections": sections,
                "checksums": (offset, len(found), zlib.crc32(found.tobytes())),
                "meta": meta,
            }
            text = json.dumps(directory, separators=(",", ":")).encode()
            out.write(found.tobytes())
            out.write(text)
            begin = offset + found.nbytes
            header = HEADER.pack(MAGIC, FORMAT, 0, begin + len(text), begin, len(text), zlib.crc32(text), 0)[
                :-4
            ]
            out.seek(0)
            out.write(header + zlib.crc32(header).to_bytes(4, "little"))
            out.flush()
            if self._durable:
                os.fsync(out.fileno())
        temporary.rename(self.path)

    def __enter__(self) -> SectionWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for spool, _ in self._spools.values():
            spool.close()
        self.path.with_suffix(self.path.suffix + ".new").unlink(missing_ok=True)


def _padded(spool: IO[bytes], size: int) -> Iterator[bytes]:
    while data := spool.read(COPY):
        yield data
    if size % ALIGNMENT:
        yield bytes(ALIGNMENT - size % ALIGNMENT)


class _Checksums:
    """The CRC-32 of each `BLOCK` bytes of what is added."""

    def __init__(self) -> None:
        self._found: list[int] = []
        self._crc, self._filled = 0, 0

    def add(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            piece = view[: BLOCK - self._filled]
            self._crc = zlib.crc32(piece, self._crc)
            self._filled += len(piece)
            view = view[len(piece) :]
            if self._filled == BLOCK:
                self._found.append(self._crc)
                self._crc, self._filled = 0, 0

    def finish(self) -> Array:
        if self._filled:
            self._found.append(self._crc)
        return np.array(self._found, "<u4")
