"""One thing, compressed: gzip, zstd, bzip2, xz, and the encodings of HTTP."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from .. import zstd
from ..errors import PageRejected, reason_of
from .budget import RATIO_FROM, Budget
from .content import BLOCK_BYTES, Content
from .member import Member, Members

XZ_MEMORY = 256 << 20
"""Memory that xz may ask for: `xz -9` needs 65 MiB to unpack, a hostile file may say 4 GiB."""

ZSTD_WINDOW_LOG = 27
"""The largest window of zstd, 128 MiB: what `zstd -d` unpacks unasked, `--ultra -22` included."""

_DAMAGED = (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, zstd.ZstdError)
"""What the decompressors raise; they do no input or output of their own."""


class Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Zlib:
    """zlib's decompressor, with the manners of the others."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def gzip() -> Decompressor:
    return _Zlib(31)  # zlib's number for "gzip, largest window"


def deflate() -> Decompressor:
    return _Zlib(-15)  # without any header


def deflate_with_header() -> Decompressor:
    return _Zlib(15)


def xz() -> Decompressor:
    return lzma.LZMADecompressor(memlimit=XZ_MEMORY)


def zstandard() -> Decompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


def unpacked(
    blocks: Iterable[bytes], new: Callable[[], Decompressor], kind: str, budget: Budget
) -> Iterator[bytes]:
    """Yield what the blocks hold, one compressed stream behind the other.

    Raises `PageRejected` for damage, a torn end, or more than the ratio of the limits in this layer alone;
    `LimitReached` where it is too much for all layers.
    """
    stream = new()
    packed = total = 0
    for block in blocks:
        packed += len(block)
        while block := block.lstrip(b"\0") if stream.eof else block:  # padding, on tapes
            if stream.eof:
                stream = new()
            for content in emptied(stream, block, kind):
                total += len(content)
                if total > max(RATIO_FROM, budget.limits.nest_ratio * packed):
                    raise PageRejected(
                        f"{kind} unpacks to more than {budget.limits.nest_ratio} times its size"
                    )
                budget.unpack(len(content))
                yield content
            block = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise PageRejected(f"{kind} is cut short")


def emptied(stream: Decompressor, block: bytes, kind: str) -> Iterator[bytes]:
    """Yield what a decompressor makes of a block, never much at a time; raises `PageRejected` for damage."""
    while True:
        try:
            content = stream.decompress(block, BLOCK_BYTES)
        except _DAMAGED as error:
            raise PageRejected(f"{kind} is damaged: {reason_of(error)}") from error
        yield content
        if stream.eof or (stream.needs_input and len(content) < BLOCK_BYTES):
            return
        block = b""


@dataclass(frozen=True, slots=True)
class Packed:
    """A compressed file, which is a container of one member without a name."""

    NAME: str
    signs: tuple[bytes, ...]
    """What such a file begins with, any of these."""
    new: Callable[[], Decompressor]

    def sniff(self, head: bytes) -> bool:
        """Tell by the first bytes."""
        return head.startswith(self.signs)

    def members(self, content: Content, budget: Budget) -> Members:
        """Yield the one member."""
        yield Member("", Content(unpacked(content.blocks(), self.new, f"the {self.NAME} file", budget)))


GZIP = Packed("gzip", (b"\x1f\x8b",), gzip)
BZIP2 = Packed("bzip2", tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)), bz2.BZ2Decompressor)
XZ = Packed("xz", (b"\xfd7zXZ\0",), xz)
# The second are frames that hold what is no content (RFC 8878, section 3.1.2): raw pages begin with one.
ZSTD = Packed(
    "zstd", (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16))), zstandard
)
