"""Paths to pages: files, folders, standard input, gzip, and the raw pages of an archive.

A page that cannot be had is a `Rejected` in its place, and the walk goes on.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from .disk import size_of_files
from .errors import ArchiveDamaged, NoSuchSource, PageRejected
from .limits import Limits
from .page import Page
from .raw import RawPages
from .readers.ndjson import HEAD_BYTES, is_record_a_line

Source = Path | Literal["-"]

STDIN_NAME = "-"
"""How pages of standard input are called."""

BLOCK_BYTES = 1 << 20
"""What is read at a time: large enough that the calls cost nothing, small beside any page limit."""

PART_BYTES = 8 << 20
"""A file of one record a line that is larger comes as several pages of at most this: memory stays bounded."""

MAX_RATIO = 200
"""Most that gzip may unpack to for each byte: text reaches 20, logs 100; deflate itself ends at 1,032."""

RATIO_FROM = 1 << 20
"""Bytes unpacked from which the ratio counts; a small page may well be all the same letter."""

READS = 2
"""How often a file is read that changes meanwhile, before that is said."""

_RAW_FILE = re.compile(r"[0-9a-f]{64}\.zst")
_RAW_BUCKET = re.compile(r"[0-9a-f]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for "gzip, largest window"
_TICK = timedelta(microseconds=1)


class Rejected(NamedTuple):
    """Something that gave no record: where it came from, and why, in one line."""

    source: str
    reason: str


class _Part(NamedTuple):
    """A part of a file's content, or all of it."""

    data: bytes
    is_whole: bool


def _nobody(count: int) -> None:
    """Take a count of bytes read, and forget it."""


def sources(
    paths: Sequence[Source],
    limits: Limits,
    *,
    now: Callable[[], datetime],
    stdin: BinaryIO | None = None,
    on_bytes: Callable[[int], None] = _nobody,
) -> Iterator[Page | Rejected]:
    """Yield the pages of the paths, in order, folders sorted; `on_bytes` is told of bytes as they are read.

    `stdin` is what "-" reads: the process's own where None. A folder of raw pages, an archive's `raw`, comes
    in the order received with its own names and times. No two other pages get the same time. Raises
    `NoSuchSource` before anything is read.
    """
    require(paths)
    opener = _Opener(limits, _rising(now), on_bytes)
    return chain.from_iterable(
        opener.standard_input(stdin) if path == STDIN_NAME else opener.below(Path(path)) for path in paths
    )


def require(paths: Iterable[Source]) -> None:
    """Raise `NoSuchSource` for a path at which there is nothing."""
    for path in paths:
        if path != STDIN_NAME and not os.path.lexists(path):
            raise NoSuchSource(Path(path))


def total_bytes(paths: Iterable[Source]) -> int | None:
    """Return how many bytes reading the paths will read; None where standard input is among them."""
    total = 0
    for path in paths:
        if path == STDIN_NAME:
            return None
        for found in walk(Path(path)):
            if isinstance(found, RawPages):
                total += size_of_files(found.directory)
            elif isinstance(found, Path):
                total += _size(found)
    return total


def walk(top: Path) -> Iterator[Path | RawPages | Rejected]:
    """Yield the regular files at and below a path, sorted; a folder of raw pages as one.

    Hidden names are passed over below `top`, a folder met before as well; one that it is itself in is a
    loop and rejected, like what is neither file nor folder, or cannot be looked at.
    """
    seen: set[tuple[int, int]] = set()
    ahead: list[tuple[Path, tuple[tuple[int, int], ...]]] = [(top, ())]
    while ahead:
        path, above = ahead.pop()
        try:
            status = path.stat()
            below = sorted(path.iterdir()) if stat.S_ISDIR(status.st_mode) else []
            keeps_raw = any(map(_is_bucket, below))
        except OSError as error:
            yield Rejected(name_of(path), _cannot(error))
            continue
        own = (status.st_dev, status.st_ino)
        if stat.S_ISREG(status.st_mode):
            yield path
        elif not stat.S_ISDIR(status.st_mode):
            yield Rejected(name_of(path), _special(status.st_mode))
        elif own in above:
            yield Rejected(name_of(path), "a loop: this folder lies in itself")
        elif own not in seen:
            seen.add(own)
            if keeps_raw:
                yield RawPages(path)
            else:
                ahead += [(p, (*above, own)) for p in reversed(below) if not p.name.startswith(".")]


def name_of(path: Path) -> str:
    """Return a path as text that can be printed and stored: bytes that are no UTF-8 as `\\xNN`."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


class _Opener:
    """Opens what is found, one page at a time."""

    def __init__(self, limits: Limits, tick: Callable[[], datetime], on_bytes: Callable[[int], None]) -> None:
        self.limits, self.tick, self.on_bytes = limits, tick, on_bytes

    def standard_input(self, stdin: BinaryIO | None) -> Iterator[Page | Rejected]:
        parts = self._parts(stdin or sys.stdin.buffer)
        return self._rejecting(STDIN_NAME, self._pages(STDIN_NAME, parts))

    def below(self, top: Path) -> Iterator[Page | Rejected]:
        for found in walk(top):
            if isinstance(found, Rejected):
                yield found
            elif isinstance(found, RawPages):
                for sha256 in found.in_order():
                    yield self._raw(found, sha256)
            elif _is_raw_file(found):
                yield self._raw(RawPages(found.parent.parent), found.stem)
            else:
                yield from self._rejecting(name_of(found), self._file(found))

    def _raw(self, raw: RawPages, sha256: str) -> Page | Rejected:
        path = raw.path(sha256)
        try:
            page = raw.read(sha256)
        except ArchiveDamaged as damaged:
            return Rejected(name_of(path), damaged.problem)
        self.on_bytes(_size(path))
        return page

    def _rejecting(self, source: str, pages: Iterator[Page]) -> Iterator[Page | Rejected]:
        """The pages, and what stopped them as the last."""
        try:
            yield from pages
        except PageRejected as rejected:
            yield Rejected(source, rejected.reason)
        except zlib.error as error:
            yield Rejected(source, f"the gzip file is damaged: {error}")
        except OSError as error:
            yield Rejected(source, _cannot(error))

    def _file(self, path: Path) -> Iterator[Page]:
        """The pages of a file, read again where it changed; one that is in parts is past that."""
        source = name_of(path)
        for _ in range(READS):
            with open(path, "rb", opener=_open_regular) as file:
                before = _stamp(file)
                parts = self._parts(file)
                first = next(parts)
                if not first.is_whole:
                    yield from self._pages(source, chain([first], parts))
                    if _stamp(file) != before:
                        raise PageRejected("it changed while it was read and may be torn: ingest it again")
                    return
                if _stamp(file) == before:
                    yield from self._pages(source, [first])
                    return
        raise PageRejected("it changes while it is read: ingest it again")

    def _pages(self, source: str, parts: Iterable[_Part]) -> Iterator[Page]:
        """Pages of the parts; from the second on the name says with which line of the file it begins."""
        line = 1
        for part in parts:
            yield Page(part.data, source if line == 1 else f"{source}#L{line}", self.tick())
            line += part.data.count(b"\n")

    def _parts(self, file: BinaryIO) -> Iterator[_Part]:
        """The content, unpacked, in one part; in several where it is long and one record a line."""
        held = bytearray()
        in_lines: bool | None = None
        is_whole = True
        for block in self._blocks(file):
            held += block
            if in_lines is None and len(held) > PART_BYTES:
                in_lines = is_record_a_line(bytes(held[:HEAD_BYTES]))
            while in_lines and len(held) > PART_BYTES:
                end = held.rfind(b"\n", 0, PART_BYTES) + 1
                if not end:
                    raise PageRejected(f"a line is longer than {PART_BYTES:,} bytes")
                yield _Part(bytes(held[:end]), is_whole=False)
                del held[:end]
                is_whole = False
            if len(held) > self.limits.page_bytes:
                raise PageRejected(f"larger than a page may be: {self.limits.page_bytes:,} bytes")
        yield _Part(bytes(held), is_whole)

    def _blocks(self, file: BinaryIO) -> Iterator[bytes]:
        """The content in blocks, unpacked where it is gzip."""
        blocks = iter(lambda: file.read(BLOCK_BYTES), b"")
        first = next(blocks, b"")
        content = self._counted(chain([first], blocks))
        return _unpacked(content) if first.startswith(_GZIP) else content

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.on_bytes(len(block))
            yield block


def _unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """What the blocks of gzip hold, member by member; raises `PageRejected` for a bomb or a torn end."""
    member = zlib.decompressobj(_GZIP_WINDOW)
    packed = unpacked = 0
    for block in blocks:
        packed += len(block)
        while block := block.lstrip(b"\0") if member.eof else block:  # padding, on tapes
            if member.eof:
                member = zlib.decompressobj(_GZIP_WINDOW)
            content = member.decompress(block, BLOCK_BYTES)
            block = member.unconsumed_tail or member.unused_data
            unpacked += len(content)
            if unpacked > max(RATIO_FROM, MAX_RATIO * packed):
                raise PageRejected(f"the gzip file unpacks to more than {MAX_RATIO} times its size")
            yield content
    yield member.flush()
    if not member.eof:
        raise PageRejected("the gzip file is cut short")


def _open_regular(path: str, flags: int) -> int:
    """Open a file that was regular when it was looked at; without waiting, should it be a pipe by now."""
    handle = os.open(path, flags | os.O_NONBLOCK)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise PageRejected(_special(mode))
    return handle


def _stamp(file: BinaryIO) -> tuple[int, int]:
    """What changes with a file's content: its size and the time of its last change."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # vanished since it was listed
        return 0


def _is_bucket(path: Path) -> bool:
    """Whether this is one of the folders in which `RawPages` keeps raw pages."""
    return bool(_RAW_BUCKET.fullmatch(path.name)) and path.is_dir() and any(map(_is_raw_file, path.iterdir()))


def _is_raw_file(path: Path) -> bool:
    return _RAW_FILE.fullmatch(path.name) is not None and path.name.startswith(path.parent.name)


def _special(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    kind = kinds.get(stat.S_IFMT(mode), "a device")
    return f"{kind}, not a file: pipe it into `askive ingest -`"


def _cannot(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"


def _rising(now: Callable[[], datetime]) -> Callable[[], datetime]:
    """The clock, made to tell a later time at each call, so that times order pages."""
    last: datetime | None = None

    def tick() -> datetime:
        nonlocal last
        time = now()
        last = time if last is None or time > last else last + _TICK
        return last

    return tick
