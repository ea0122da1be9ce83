"""The raw pages, kept exactly as received: compressed, named by their SHA-256, never changed.

A page is the file `ab/<sha256>.zst`, where `ab` are the first two digits: a zstd *skippable frame* holding
JSON `{"format": 1, "source": …, "received": …}`, with an `"address"` where what the page came in told of it,
then one data frame with a checksum. Any zstd tool skips the first and restores the page: `zstd -dc FILE`.
Frames: RFC 8878, sections 3.1.1 and 3.1.2.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from . import zstd
from .disk import make_directory, sync, sync_directory
from .errors import ArchiveDamaged, ArchiveUnwritable
from .page import Page

FORMAT_VERSION = 1

COMPRESSION_LEVEL = 3
"""zstd's own default; what is gained above it is small beside the time."""

OLD_TEMPORARY = 3600.0
"""Seconds after which a temporary file has no living writer: one page is written in far less."""

_HEADER = struct.Struct("<II")  # the magic number and the length of a skippable frame
_SKIPPABLE = 0x184D2A50
_NAME = re.compile(r"[0-9a-f]{64}\.zst")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = ".new-"
_TORN = (OSError, ValueError, OverflowError, RecursionError, zstd.ZstdError)
"""What reading a file that was cut, damaged or tampered with can raise."""
_REMEDY = "ingest the page again, with --again, and it is replaced"


class RawPages:
    """The pages under `directory`, which is made with the first page."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._swept = False

    def path(self, sha256: str) -> Path:
        """Return where the page of that hash is kept; ValueError where it is no hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256")
        return self.directory / sha256[:2] / f"{sha256}.zst"

    def add(self, page: Page) -> str:
        """Keep a page and return its SHA-256; when this returns, the page survives a loss of power.

        A page that is there already stays as it is, with its first source, unless its file is torn.
        Raises `ArchiveUnwritable`.
        """
        sha256 = hashlib.sha256(page.data).hexdigest()
        path = self.path(sha256)
        if path.exists() and self._is_intact(sha256):
            return sha256
        try:
            make_directory(path.parent)
            self._write(path, _pack(page))
        except OSError as error:
            raise ArchiveUnwritable(self.directory, error.strerror or str(error)) from error
        return sha256

    def read(self, sha256: str) -> Page:
        """Return a page, verified against its hash; raises `ArchiveDamaged` where it is torn or missing."""
        path = self.path(sha256)
        try:
            with path.open("rb") as file:
                source, received, address = _read_header(file)
                data = _decompress(file.read())
        except _TORN as error:
            raise ArchiveDamaged(path, _reason(error), _REMEDY) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveDamaged(path, "the page is not the one it is named after", _REMEDY)
        return Page(data, source, received, address)

    def shas(self) -> Iterator[str]:
        """Yield the hash of every page, sorted."""
        for bucket in _listed(self.directory):
            for path in _listed(bucket):
                if _NAME.fullmatch(path.name) and path.name.startswith(bucket.name):
                    yield path.stem

    def in_order(self) -> list[str]:
        """Return the hash of every page in the order received; those whose header is torn come last."""
        return [sha256 for _, sha256 in sorted((self._received(sha256), sha256) for sha256 in self.shas())]

    def pages(self) -> Iterator[Page]:
        """Yield every page in the order received; raises `ArchiveDamaged` at one that is torn.

        To go on behind a torn page, call `read` on the hashes of `in_order`.
        """
        for sha256 in self.in_order():
            yield self.read(sha256)

    def check(self) -> Iterator[str]:
        """Read every page and yield a line for each that is torn."""
        for sha256 in self.shas():
            try:
                self.read(sha256)
            except ArchiveDamaged as damaged:
                yield str(damaged)

    def _is_intact(self, sha256: str) -> bool:
        try:
            self.read(sha256)
        except ArchiveDamaged:
            return False
        return True

    def _received(self, sha256: str) -> datetime:
        try:
            with self.path(sha256).open("rb") as file:
                return _read_header(file)[1]
        except _TORN:
            return datetime.max.replace(tzinfo=UTC)

    def _write(self, path: Path, content: bytes) -> None:
        """Make the file appear whole or not at all, and on the disk before this returns."""
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=self.directory)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                self._sweep(now=os.fstat(handle).st_mtime)
                file.write(content)
                file.flush()
                sync(handle)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)

    def _sweep(self, now: float) -> None:
        """Remove, once, what killed writers left behind; `now` is the file system's own clock."""
        if self._swept:
            return
        self._swept = True
        for path in self.directory.glob(f"{_TEMPORARY}*"):
            with suppress(FileNotFoundError):  # another writer sweeps too
                if now - path.stat().st_mtime > OLD_TEMPORARY:
                    path.unlink()


def _pack(page: Page) -> bytes:
    received = page.received.astimezone(UTC).isoformat()
    facts = {"format": FORMAT_VERSION, "source": page.source, "received": received}
    header = json.dumps(facts | ({"address": page.address} if page.address else {})).encode()
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: COMPRESSION_LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    return _HEADER.pack(_SKIPPABLE, len(header)) + header + zstd.compress(page.data, options=options)


def _read_header(file: BinaryIO) -> tuple[str, datetime, str | None]:
    """Read source, time of receipt and address, up to where the data frame begins; ValueError where torn."""
    start = file.read(_HEADER.size)
    if len(start) < _HEADER.size:
        raise ValueError("the file is cut short")
    magic, length = _HEADER.unpack(start)
    if magic != _SKIPPABLE:
        raise ValueError("the file is no raw page")
    facts = json.loads(file.read(length))
    if not isinstance(facts, dict) or facts.get("format") != FORMAT_VERSION:
        raise ValueError("the file is of a format this askive does not know")
    match facts:
        case {"source": str(source), "received": str(received)}:
            address = facts.get("address")
            received_at = datetime.fromisoformat(received).astimezone(UTC)
            return source, received_at, address if isinstance(address, str) else None
    raise ValueError("the header lacks the source or the time of receipt")


def _decompress(frame: bytes) -> bytes:
    """Return what the frame holds, which is never more than the size it states in its first bytes."""
    size = zstd.get_frame_info(frame).decompressed_size
    if size is None:
        raise ValueError("the frame does not state its size")
    decompressor = zstd.ZstdDecompressor()
    data = decompressor.decompress(frame, max_length=size + 1)
    if len(data) != size or not decompressor.eof or decompressor.unused_data:
        raise ValueError("the frame does not hold what it states")
    return data


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "the page is missing"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _listed(directory: Path) -> list[Path]:
    """Return what is in a directory, sorted by name; nothing where there is no such directory."""
    try:
        return sorted(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
