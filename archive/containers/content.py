"""Bytes that come in blocks, once: to look at, to read on, or to lay down where one can seek in them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import PageRejected
from ..limits import Limits

BLOCK_BYTES = 1 << 20
"""What is read at a time: large enough that the calls cost nothing, small beside any page limit."""

HEAD_BYTES = 4096
"""How much is looked at to tell what content is: tar's signs stand at 257, a mail's headers in 4,096."""

IN_MEMORY_BYTES = 8 << 20
"""A container that is laid down and is smaller stays in memory."""


class Content:
    """Bytes that come in blocks, once."""

    def __init__(self, blocks: Iterable[bytes], file: BinaryIO | None = None) -> None:
        """`file` is the regular file that the blocks come from, where they come from one as they are."""
        self._blocks = iter(blocks)
        self._ahead, self._place = b"", 0  # what has been looked at, and how much of it is taken
        self._file = file
        self._error: PageRejected | OSError | None = None
        self.failed = False
        """Whether the bytes ended before their end: what is in them is not at fault."""

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first bytes without taking them; fewer where there are no more."""
        have = len(self._ahead) - self._place
        if have < size:
            held = [self._ahead[self._place :]]
            while have < size and (block := self._look()):
                held.append(block)
                have += len(block)
            self._ahead, self._place = b"".join(held), 0
        return self._ahead[self._place : self._place + size]

    def blocks(self) -> Iterator[bytes]:
        """Yield what is left."""
        while block := self._next():
            yield block

    def read(self, size: int) -> bytes:
        """Take that many bytes; fewer at the end alone."""
        taken = self.head(size)
        if size and not taken:
            return self._next()  # nothing, or what ended the content
        self._place += len(taken)
        return taken

    def read_line(self, size: int) -> bytes:
        """Take a line with its end, up to so many bytes of it."""
        end = self.head(min(size, HEAD_BYTES)).find(b"\n") + 1 or self.head(size).find(b"\n") + 1
        return self.read(end or size)

    def read_all(self, size: int, kind: str) -> bytes:
        """Take all; raises `PageRejected` where that is more than `size` bytes."""
        data = self.read(size)
        if self._next():
            raise PageRejected(f"larger than {kind} may be: {size:,} bytes")
        return data

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes; raises `PageRejected` where the content ends before."""
        while size:
            self.head(1)
            block = self.read(min(size, len(self._ahead) - self._place or 1))
            if not block:
                raise self.fail("it is cut short")
            size -= len(block)
            yield block

    def give_back(self, data: bytes) -> None:
        """Put bytes back before what is left."""
        before = self._place - len(data)
        if before >= 0 and self._ahead[before : self._place] == data:  # as a rule, and then nothing is copied
            self._place = before
        else:
            self._ahead, self._place = data + self._ahead[self._place :], 0

    def restart(self, file: BinaryIO) -> None:
        """Begin anew, with what lies in the file that `seekable` gave."""
        file.seek(0)
        self._blocks = iter(lambda: file.read(BLOCK_BYTES), b"")
        self._ahead, self._place = b"", 0

    def skip(self) -> None:
        """Take what is left and forget it."""
        for _ in self.blocks():
            pass

    def fail(self, reason: str) -> PageRejected:
        """Return the error that ends the content: it is not to be read on."""
        self.failed = True
        return self._error if isinstance(self._error, PageRejected) else PageRejected(reason)

    @contextmanager
    def seekable(self, limits: Limits) -> Iterator[BinaryIO]:
        """The content as a file to seek in: its own file, or a temporary one."""
        if self._file is not None:
            self._file.seek(0)
            yield self._file
            return
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spool:
            file = cast(BinaryIO, spool)  # it is one, but says so from Python 3.11 on only
            self._lay_down(file, limits)
            yield file

    @contextmanager
    def named(self, limits: Limits) -> Iterator[Path]:
        """The content as a file with a path: its own file, or a temporary one."""
        if self._file is not None:
            yield Path(self._file.name)
            return
        with tempfile.NamedTemporaryFile(prefix="askive-") as spool:
            self._lay_down(cast(BinaryIO, spool), limits)
            yield Path(spool.name)

    def _lay_down(self, spool: BinaryIO, limits: Limits) -> None:
        size = 0
        for block in self.blocks():
            size += len(block)
            if size > limits.spooled_bytes:
                raise PageRejected(
                    f"larger than {limits.spooled_bytes:,} bytes and packed: unpack it, then ingest it"
                )
            spool.write(block)
        spool.flush()
        spool.seek(0)

    def _next(self) -> bytes:
        """Return the next block, or nothing at the end; raises what ended the content before its end."""
        block = self._ahead[self._place :] or self._look()
        self._ahead, self._place = b"", 0
        if not block and self._error is not None:
            self.failed = True
            raise self._error
        return block

    def _look(self) -> bytes:
        """Return the next block that holds anything; nothing at the end, or at an error, which can wait."""
        if self._error is None:
            try:
                return next(filter(None, self._blocks), b"")
            except (PageRejected, OSError) as error:
                self._error = error
        return b""


def bounded(blocks: Iterable[bytes], size: int, kind: str) -> Iterator[bytes]:
    """Yield the blocks; raises `PageRejected` where they have more than `size` bytes."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > size:
            raise PageRejected(f"more than {size:,} bytes of {kind}")
        yield block
