"""Paths to pages: files, folders, standard input, what lies in containers, and the raw pages of an archive.

A page that cannot be had is a `Rejected` in its place, and the walk goes on.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from .containers.budget import Budget
from .containers.content import BLOCK_BYTES, Content
from .containers.folders import Together, together
from .containers.member import Member, Members
from .containers.nest import Nest, printable_name
from .disk import size_of_files
from .errors import ArchiveDamaged, NoSuchSource, PageRejected
from .limits import Limits
from .page import Page, Rejected
from .raw import RawPages

Source = Path | Literal["-"]

STDIN_NAME = "-"
"""How pages of standard input are called."""

READS = 2
"""How often a file is read that changes meanwhile, before that is said."""

_RAW_FILE = re.compile(r"[0-9a-f]{64}\.zst")
_RAW_BUCKET = re.compile(r"[0-9a-f]{2}")
_TICK = timedelta(microseconds=1)


class FileState(NamedTuple):
    """A file as it is on the disk: while these stay, so does its content.

    The times are in nanoseconds: of the last change of the content, and of anything about the file, which
    nobody can set back.
    """

    path: str
    """Absolute, as it is printed."""
    size: int
    modified: int
    changed: int
    inode: int


class FileEnd(NamedTuple):
    """All of a file has been given: since last time nothing, where it is not new."""

    source: str
    state: FileState
    is_new: bool


Found = Page | Rejected | FileEnd


def _nobody(count: int) -> None:
    """Take a count of bytes read, and forget it."""


def sources(
    paths: Sequence[Source],
    limits: Limits,
    *,
    now: Callable[[], datetime],
    stdin: BinaryIO | None = None,
    on_bytes: Callable[[int], None] = _nobody,
    is_done: Callable[[FileState], bool] = lambda _: False,
) -> Iterator[Found]:
    """Yield the pages of the paths, in order, folders sorted; `on_bytes` is told of bytes as they are read.

    A file that `is_done` knows is not opened. Behind the pages of each file comes its end, if it was read to
    there and did not change meanwhile.

    `stdin` is what "-" reads: the process's own where None. A folder of raw pages, an archive's `raw`, comes
    in the order received with its own names and times. So do pages of a container that tells when they were
    received; of all others no two get the same time. Raises `NoSuchSource` before anything is read.
    """
    require(paths)
    opener = _Opener(limits, _rising(now), on_bytes, is_done)
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
            elif isinstance(found, Together):
                total += sum(map(_size, found.files))
            elif isinstance(found, Path):
                total += _size(found)
    return total


def walk(top: Path) -> Iterator[Path | RawPages | Together | Rejected]:
    """Yield the regular files at and below a path, sorted; those that are one source as that.

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
                continue
            below = [child for child in below if not child.name.startswith(".")]
            groups = list(together(path, below))
            yield from groups
            told = {file for group in groups for file in group.files}
            ahead += [(child, (*above, own)) for child in reversed(below) if child not in told]


def name_of(path: Path) -> str:
    """Return a path as text that can be printed and stored: bytes that are no UTF-8 as `\\xNN`."""
    return printable_name(os.fsencode(path).decode("utf-8", "surrogateescape"))


class _Opener:
    """Opens what is found, one page at a time."""

    def __init__(
        self,
        limits: Limits,
        tick: Callable[[], datetime],
        on_bytes: Callable[[int], None],
        is_done: Callable[[FileState], bool],
    ) -> None:
        self.limits, self.tick, self.on_bytes, self.is_done = limits, tick, on_bytes, is_done

    def standard_input(self, stdin: BinaryIO | None) -> Iterator[Found]:
        return self._rejecting(STDIN_NAME, self._pages(STDIN_NAME, stdin or sys.stdin.buffer, size=None))

    def below(self, top: Path) -> Iterator[Found]:
        for found in walk(top):
            if isinstance(found, Rejected):
                yield found
            elif isinstance(found, RawPages):
                for sha256 in found.in_order():
                    yield self._raw(found, sha256)
            elif isinstance(found, Together):
                yield from self._rejecting(name_of(found.folder), self._together(found))
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

    def _rejecting(self, source: str, found: Iterator[Found]) -> Iterator[Found]:
        """What is found, and what stopped it as the last."""
        try:
            yield from found
        except PageRejected as rejected:
            yield Rejected(source, rejected.reason)
        except OSError as error:
            yield Rejected(source, _cannot(error))

    def _file(self, path: Path) -> Iterator[Found]:
        """What a file holds, read again where it changed; one of more than one page is past that."""
        source = name_of(path)
        state = state_of(path)
        if self.is_done(state):
            self.on_bytes(state.size)
            yield FileEnd(source, state, is_new=False)
            return
        for _ in range(READS):
            with open(path, "rb", opener=_open_regular) as file:
                before = _state(path, os.fstat(file.fileno()))
                found = self._pages(source, file, before.size)
                first, second = next(found, None), next(found, None)
                if second is None and _state(path, os.fstat(file.fileno())) != before:
                    continue
                yield from (one for one in (first, second) if one is not None)
                yield from found
                if _state(path, os.fstat(file.fileno())) != before:
                    raise PageRejected("it changed while it was read and may be torn: ingest it again")
            yield FileEnd(source, before, is_new=True)
            return
        raise PageRejected("it changes while it is read: ingest it again")

    def _together(self, found: Together) -> Iterator[Found]:
        """What files hold that are one source: they are read all, or none of them where none has changed."""
        name = name_of(found.folder)
        before = {name_of(path): state_of(path) for path in found.files}
        is_new = not all(map(self.is_done, before.values()))
        if is_new:
            budget = Budget(self.limits, sum(state.size for state in before.values()))
            members = found.kind.members(name, self._opened(found.files, budget), self.limits)
            yield from Nest(budget, self.tick).pages_of(name, members)
            if [*before.values()] != [state_of(path) for path in found.files]:
                raise PageRejected("it changed while it was read and may be torn: ingest it again")
        else:
            self.on_bytes(sum(state.size for state in before.values()))
        yield from (FileEnd(source, state, is_new) for source, state in before.items())

    def _opened(self, paths: Iterable[Path], budget: Budget) -> Members:
        for path in paths:
            with open(path, "rb", opener=_open_regular) as file:
                told = _Told(self.on_bytes, budget)
                yield Member(name_of(path), Content(told.blocks(file), file))
                told.rest(os.fstat(file.fileno()).st_size)

    def _pages(self, source: str, file: BinaryIO, size: int | None) -> Iterator[Page | Rejected]:
        """The pages of a file; of standard input the size is not known, nor can one seek in it."""
        budget = Budget(self.limits, size or 0)
        told = _Told(self.on_bytes, budget)
        content = Content(told.blocks(file), None if size is None else file)
        yield from Nest(budget, self.tick).pages(Member(source, content))
        if size is not None:
            told.rest(size)


class _Told:
    """Tells of bytes as they are read, and in the end of those that were skipped."""

    def __init__(self, on_bytes: Callable[[int], None], budget: Budget) -> None:
        self._on_bytes, self._budget = on_bytes, budget
        self._count = 0

    def blocks(self, file: BinaryIO) -> Iterator[bytes]:
        while block := file.read(BLOCK_BYTES):
            self._count += len(block)
            self._budget.read(len(block))
            self._on_bytes(len(block))
            yield block

    def rest(self, size: int) -> None:
        if self._count < size:
            self._on_bytes(size - self._count)


def state_of(path: Path) -> FileState:
    """Return a file's state; raises OSError."""
    return _state(path, path.stat())


def _state(path: Path, status: os.stat_result) -> FileState:
    name = name_of(Path(os.path.abspath(path)))  # noqa: PTH100 - Path has no way to that leaves links alone
    return FileState(name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _open_regular(path: str, flags: int) -> int:
    """Open a file that was regular when it was looked at; without waiting, should it be a pipe by now."""
    handle = os.open(path, flags | os.O_NONBLOCK)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise PageRejected(_special(mode))
    return handle


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
