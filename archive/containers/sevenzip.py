"""7z, by py7zr: members in the order in which they lie there, one at a time.

py7zr hands out what it unpacks when it likes: a thread lets it, and holds it up while nobody takes any.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import PageRejected
from ..page import Rejected
from .budget import Budget
from .content import Content
from .member import Member, Members

if TYPE_CHECKING:
    from py7zr import SevenZipFile

NAME = "7z"

AHEAD = 2
"""Blocks that are unpacked before they are asked for; py7zr's have up to 1 MiB."""

_ENCRYPTED = "encrypted: unpack it with its password, then ingest it"
_SIGN = b"7z\xbc\xaf\x27\x1c"
_DIRECTORY_SIZE = slice(
    20, 28
)  # in the first 32 bytes: version, checksum, and place and size of the directory


class _Block(NamedTuple):
    """Some of a member's content, the first of it empty; `None` for the end, with what was wrong if any."""

    name: str
    data: bytes | None
    is_first: bool = False
    error: Exception | None = None


class _Stopped(Exception):
    """Nobody wants any more."""


def sniff(head: bytes) -> bool:
    """Tell by the first bytes."""
    return head.startswith(_SIGN)


def members(content: Content, budget: Budget) -> Members:
    """Yield the files; raises `PageRejected` where py7zr is not installed, or the container is encrypted."""
    try:
        import py7zr  # noqa: PLC0415 - it need not be installed
    except ImportError as error:
        raise PageRejected("a 7z file: `pip install py7zr`, or unpack it, then ingest it again") from error
    directory, limit = content.head()[_DIRECTORY_SIZE], budget.limits.zip_directory_bytes
    if int.from_bytes(directory, "little") > limit:
        raise PageRejected(f"a directory of more than {limit:,} bytes")
    with content.seekable(budget.limits) as file:
        try:
            archive = py7zr.SevenZipFile(file)
        except py7zr.PasswordRequired as error:
            raise PageRejected(_ENCRYPTED) from error
        except Exception as error:
            raise _damaged(error) from error
        with archive:
            if archive.needs_password():
                raise PageRejected(_ENCRYPTED)
            yield from _rejected(archive)
            with _handed_out(archive) as blocks:
                yield from _members(blocks, budget)


def _rejected(archive: SevenZipFile) -> Iterator[Rejected]:
    for info in archive.files:
        if info.is_symlink or info.is_junction or info.is_socket:
            yield Rejected(f"/{info.filename.lstrip('/')}", "a symbolic link or a device")


def _members(blocks: Iterator[_Block], budget: Budget) -> Iterator[Member]:
    """Yield the members that the blocks belong to, each while its own come."""
    block = next(blocks, None)
    while block is not None:
        budget.member()
        rest = _Rest(blocks)
        content = Content(_counted(rest, budget))
        yield Member(f"/{block.name.lstrip('/')}", content)
        content.skip()
        block = rest.following


class _Rest:
    """The blocks of one member, up to the first of the next."""

    def __init__(self, blocks: Iterator[_Block]) -> None:
        self._blocks = blocks
        self.following: _Block | None = None

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            if block.is_first:
                self.following = block
                return
            yield block.data or b""


def _counted(blocks: _Rest, budget: Budget) -> Iterator[bytes]:
    for block in blocks:
        budget.unpack(len(block))
        yield block


@contextmanager
def _handed_out(archive: SevenZipFile) -> Iterator[Iterator[_Block]]:
    """The blocks that py7zr unpacks, as they come; the thread ends with the context."""
    handed: queue.Queue[_Block] = queue.Queue(AHEAD)
    stop = Event()
    thread = Thread(target=_unpack, args=(archive, handed, stop), daemon=True)
    thread.start()
    try:
        yield _taken(handed)
    finally:
        stop.set()
        while thread.is_alive():
            with suppress(queue.Empty):  # room for what it waits to put
                handed.get(timeout=0.05)
        thread.join()


def _taken(handed: queue.Queue[_Block]) -> Iterator[_Block]:
    while (block := handed.get()).data is not None:
        yield block
    if block.error is not None:
        raise _damaged(block.error)


def _unpack(archive: SevenZipFile, handed: queue.Queue[_Block], stop: Event) -> None:
    """Let py7zr unpack into the queue: what the thread does."""
    error: Exception | None = None
    try:
        archive.extractall(factory=_factory(handed, stop))
    except Exception as raised:  # noqa: BLE001 - it is raised where the blocks are taken
        error = raised
    handed.put(_Block("", None, error=error))


def _factory(handed: queue.Queue[_Block], stop: Event) -> Any:
    """Return what makes a file for each member that is unpacked."""
    from py7zr.io import Py7zIO, WriterFactory  # noqa: PLC0415 - it need not be installed

    class File(Py7zIO):  # type: ignore[misc]  # of a type that is known where py7zr is installed
        """A member being unpacked."""

        def __init__(self, name: str) -> None:
            self._name, self._size = name, 0
            handed.put(_Block(name, b"", is_first=True))

        def write(self, data: bytes | bytearray) -> int:
            if stop.is_set():
                raise _Stopped
            handed.put(_Block(self._name, bytes(data)))
            self._size += len(data)
            return len(data)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return self._size

    class Files(WriterFactory):  # type: ignore[misc]  # as above
        """Makes them."""

        def create(self, filename: str) -> Py7zIO:
            return File(filename)

    return Files()


def _damaged(error: Exception) -> PageRejected:
    return PageRejected(f"the 7z file is damaged or cut short: {type(error).__name__}: {error}")
