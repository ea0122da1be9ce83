"""A zip without its directory: members by the header that stands before each (APPNOTE.TXT, section 4.3.7)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import PageRejected
from .budget import RATIO_FROM, Budget
from .content import BLOCK_BYTES, Content
from .member import Member, Members
from .packed import deflate, emptied

_HEADER = struct.Struct("<4s5H3I2H")
_SIGN = b"PK\x03\x04"
_ENCRYPTED, _SIZE_BEHIND, _UTF_8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_IN_EXTRA_FIELD = 0xFFFFFFFF

DESCRIPTOR_BYTES = 24
"""The sizes behind a member whose header did not know them: 12 to 24 bytes."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before a member; no size where that stands behind it."""

    name: str
    flags: int
    method: int
    crc: int
    size: int | None

    def can_be_read(self) -> bool:
        """Whether it is known how to unpack the member and where it ends."""
        if self.flags & _ENCRYPTED or self.size == _IN_EXTRA_FIELD:
            return False
        return self.method == _DEFLATED or (self.method == _STORED and self.size is not None)


def members(content: Content, budget: Budget, problem: str) -> Members:
    """Yield what is whole, then raise `PageRejected` with the problem that the directory has."""
    while (header := _next_header(content)) and header.can_be_read():
        budget.member()
        blocks = Content(_blocks(content, header, budget))
        if not header.name.endswith("/"):
            yield Member(header.name, blocks)
        blocks.skip()
    raise PageRejected(f"the zip file is damaged or cut short: {problem}")


def _next_header(content: Content) -> _Header | None:
    place = content.head(DESCRIPTOR_BYTES + len(_SIGN)).find(_SIGN)
    if place < 0:
        return None
    content.read(place)
    fixed = content.read(_HEADER.size)
    if len(fixed) < _HEADER.size:
        return None
    _, _, flags, method, _, _, crc, size, _, name_size, extra_size = _HEADER.unpack(fixed)
    name = content.read(name_size)
    content.read(extra_size)
    text = name.decode("utf-8" if flags & _UTF_8 else "cp437", "surrogateescape")
    return _Header("/" + text.lstrip("/"), flags, method, crc, None if flags & _SIZE_BEHIND else size)


def _blocks(content: Content, header: _Header, budget: Budget) -> Iterator[bytes]:
    """Yield a member's content; raises `PageRejected`, and fails the zip's, where it is not whole."""
    crc = 0
    for block in content.take(header.size or 0) if header.method == _STORED else _inflated(content, budget):
        crc = zlib.crc32(block, crc)
        yield block
    if header.size is not None and crc != header.crc:
        raise content.fail("the zip file is damaged: a wrong checksum")


def _inflated(content: Content, budget: Budget) -> Iterator[bytes]:
    """Yield what is unpacked up to where the compressed stream says it ends; the rest is given back."""
    stream = deflate()
    packed = total = 0
    while not stream.eof:
        block = content.read(BLOCK_BYTES)
        if not block:
            raise content.fail("the zip file is cut short")
        packed += len(block)
        try:
            for data in emptied(stream, block, "the zip file"):
                total += len(data)
                budget.unpack(len(data))
                if total > max(RATIO_FROM, budget.limits.nest_ratio * packed):
                    raise content.fail(f"it unpacks to more than {budget.limits.nest_ratio} times its size")
                yield data
        except PageRejected:
            content.failed = True
            raise
    content.give_back(stream.unused_data)
