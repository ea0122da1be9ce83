"""Tar, of any age: members in the order in which they lie there, one at a time."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from ..errors import PageRejected
from ..page import Rejected
from .budget import Budget
from .content import BLOCK_BYTES, Content
from .member import Member, Members

NAME = "tar"

RECORD_BYTES = 64 << 10
"""What the library reads at a time; it stands in the way of `header_bytes`, so not too much."""

_BLOCK = 512
_CHECKSUM = slice(148, 156)
# What a damaged archive makes of numbers, names and nesting in the library, beside its own errors.
_DAMAGED = (tarfile.TarError, ValueError, OverflowError, RecursionError, LookupError, EOFError, TypeError)


def sniff(head: bytes) -> bool:
    """Tell by the checksum of the first header, which the tars before POSIX have as well."""
    block = head[:_BLOCK]
    if len(block) < _BLOCK or not block[0]:
        return False
    try:
        stated = int(block[_CHECKSUM].strip(b" \0"), 8)
    except ValueError:
        return False
    return stated == sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" ")


def members(content: Content, budget: Budget) -> Members:
    """Yield the files; links, devices and the like are rejected by name."""
    stream = _Stream(content, budget.limits.header_bytes)
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, bufsize=RECORD_BYTES) as tar:
            while info := _next(tar, stream):
                tar.members = []  # type: ignore[attr-defined]  # the library would keep them all
                name = "/" + info.name.lstrip("/")
                if reason := _not_a_file(info):
                    yield Rejected(name, reason)
                elif not info.isdir():
                    blocks = Content(_blocks(tar, info, content))
                    yield Member(name, blocks)
                    blocks.skip()
                elif info.size:
                    raise content.fail("the tar file is damaged: a folder with content")
                budget.member()
    except _DAMAGED as error:
        raise content.fail(_torn(error)) from error


def _next(tar: tarfile.TarFile, stream: _Stream) -> tarfile.TarInfo | None:
    """Return the next member; what is read to find it is bounded."""
    stream.begin_header()
    info = tar.next()
    stream.end_header()
    return info


def _blocks(tar: tarfile.TarFile, info: tarfile.TarInfo, content: Content) -> Iterator[bytes]:
    file = tar.extractfile(info)
    try:
        while file and (block := file.read(BLOCK_BYTES)):
            yield block
    except _DAMAGED as error:
        raise content.fail(_torn(error)) from error


def _torn(error: Exception) -> str:
    return f"the tar file is damaged or cut short: {error}"


def _not_a_file(info: tarfile.TarInfo) -> str | None:
    """Return why a member has no content of its own."""
    if info.issym():
        return "a symbolic link"
    if info.islnk():
        return "a hard link: what it links to is read where it lies"
    if info.issparse():
        return "a sparse file"
    return None if info.isfile() or info.isdir() else "a device or a pipe"


class _Header(tarfile.TarInfo):
    """A header that is wrong is the end for the library; here it is damage."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf.strip(b"\0"):
                raise PageRejected(f"the tar file is damaged or cut short: {error}") from error
            raise


class _Stream(io.RawIOBase):
    """What the library reads from: content, and while a header is read a bounded part of it."""

    def __init__(self, content: Content, header_bytes: int) -> None:
        self._content, self._header_bytes = content, header_bytes
        self._left: int | None = header_bytes  # opening reads the first header

    def begin_header(self) -> None:
        self._left = self._header_bytes

    def end_header(self) -> None:
        self._left = None

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            self._left -= size
            if self._left < 0:
                raise self._content.fail(f"a header is larger than {self._header_bytes:,} bytes")
        return self._content.read(size)
