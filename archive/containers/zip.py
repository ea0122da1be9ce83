"""Zip: members by its directory; of one that is cut short, by what stands before each."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import PageRejected, reason_of
from ..page import Rejected
from . import torn_zip
from .budget import RATIO_FROM, Budget
from .content import BLOCK_BYTES, Content
from .member import Member, Members

NAME = "zip"

_SIGNS = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")  # a member; an empty zip; one of several disks
_ENCRYPTED = 0x1
_UNIX = 3
_FILE_KINDS = (0, 0o100000)
_LINK = 0o120000
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError,
    OverflowError, LookupError,
)  # fmt: skip
"""What a wrong directory or a damaged member makes of the library, beside its own error."""


def sniff(head: bytes) -> bool:
    """Tell by the first bytes."""
    return head.startswith(_SIGNS)


def members(content: Content, budget: Budget) -> Members:
    """Yield the files; links, encrypted ones and those that are packed in a strange way are rejected by name.

    A name may come twice. Where the directory at the end is missing, members come by their own headers.
    """
    with content.seekable(budget.limits) as file:
        try:
            archive = zipfile.ZipFile(_Guarded(file, budget.limits.zip_directory_bytes))
        except (*_DAMAGED, NotImplementedError) as error:
            content.restart(file)
            yield from torn_zip.members(content, budget, str(error))
            return
        with archive:
            for info in archive.infolist():
                budget.member()
                if not info.filename.endswith("/"):  # the library's is_dir() fails on an empty name
                    yield _member(archive, info, budget)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Member | Rejected:
    name = "/" + _name(info).lstrip("/")
    kind = info.external_attr >> 16 & 0o170000 if info.create_system == _UNIX else 0
    if kind not in _FILE_KINDS:
        return Rejected(name, "a symbolic link" if kind == _LINK else "a device or a pipe")
    if info.flag_bits & _ENCRYPTED:
        return Rejected(name, "encrypted: unpack it with its password, then ingest it")
    return Member(name, Content(_blocks(archive, info, budget)))


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name; many programs write UTF-8 and do not say so."""
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    total = 0
    try:
        with archive.open(info) as file:
            while block := file.read(BLOCK_BYTES):
                total += len(block)
                if total > max(RATIO_FROM, budget.limits.nest_ratio * info.compress_size):
                    raise PageRejected(f"it unpacks to more than {budget.limits.nest_ratio} times its size")
                budget.unpack(len(block))
                yield block
    except NotImplementedError as error:
        raise PageRejected(f"packed in a way that is not known here: {reason_of(error)}") from error
    except RuntimeError as error:  # the library's word for a missing password
        raise PageRejected("encrypted: unpack it with its password, then ingest it") from error
    except _DAMAGED as error:
        raise PageRejected(f"damaged: {reason_of(error)}") from error


class _Guarded(io.RawIOBase):
    """A file of which nobody reads more than so much at once: the directory is read whole."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            place = self._file.tell()
            size = self._file.seek(0, io.SEEK_END) - place
            self._file.seek(place)
        if size > self._size:
            raise PageRejected(f"a directory of more than {self._size:,} bytes")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True
