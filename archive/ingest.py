"""Sources -> readers -> store: what was acknowledged is safe, what was read before is not read again.

A page goes to raw/ first and is synced there; then what it holds goes to the store in transactions of a
bounded size, the last of which notes the page as read. Killed at any moment, the ingest of a page is
repeated from its start the next time, and merging makes nothing of what is in already.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import BinaryIO, NamedTuple

from .. import __version__
from .limits import LIMITS, Limits
from .page import Found, Page, Problem, Rejected
from .raw import RawPages
from .readers.table import with_columns
from .reading import read_in_order
from .reading_process import Part
from .records import Body, Question, Tag
from .sources import FileEnd, FileState, Source, sources, total_bytes
from .store import Store, StoredPage
from .writer import Outcome, StoredFile, Telling, Writer

BATCH_STEPS = 1000
"""Questions of one transaction: a sync of the disk is shared by so many that it no longer counts."""

BATCH_CHARACTERS = 8_000_000
"""Text of one transaction, which is in memory at once: 1,000 questions of the usual 2,000 characters fit."""

KEPT_PROBLEMS = 1000
"""Rejections, and problems, that a report names; the others are counted. Nobody reads more, and a page, or
a crawl, can have millions."""


CLOCK_TICK = 2_000_000_000
"""Nanoseconds in which a file may be changed twice without its times telling: FAT counts in two seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is; `bytes_total` is None where standard input is read."""

    pages: int
    questions: int
    bytes_done: int
    bytes_total: int | None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    `added`, `updated`, `unchanged` count questions; `pages_read` and `pages_unchanged` pages, rejected ones
    aside. `rejected` are the pages and paths that gave no question, `problems` the parts of pages that gave
    none: the first `KEPT_PROBLEMS` of `rejected_count` and of `problem_count`.
    """

    added: int
    updated: int
    unchanged: int
    pages_read: int
    pages_unchanged: int
    rejected: tuple[Rejected, ...]
    problems: tuple[Rejected, ...]
    problem_count: int
    rejected_count: int


def ingest(
    paths: Sequence[Source],
    store: Store,
    raw: RawPages,
    *,
    now: Callable[[], datetime],
    limits: Limits = LIMITS,
    progress: Callable[[Progress], None] = lambda _: None,
    stdin: BinaryIO | None = None,
    again: bool = False,
    columns: str = "",
) -> IngestReport:
    """Read every page of the paths into the store; return what came of it.

    A file that is as it was when all of it was read is not opened, unless `again`. `columns` says what the
    columns of the paths' tables mean (readers/table_columns.py).


    Raises `NoSuchSource` before anything is read. `ArchiveLocked`, `ArchiveUnwritable`, an interrupt:
    whatever stops it, the batches that were committed are in.
    """
    work = _Ingest(store, raw, progress)
    is_done = _never if again else work.is_done
    found = sources(paths, limits, now=now, stdin=stdin, on_bytes=work.count_bytes, is_done=is_done)
    work.bytes_total = total_bytes(paths)
    kept = map(work.kept, _with_columns(found, columns))
    with closing(read_in_order(kept, work.to_read, limits)) as readings:
        for batch in _batches(work.steps(readings)):
            work.commit(batch)
    return work.report()


def read_paths(
    paths: Sequence[Source],
    limits: Limits = LIMITS,
    *,
    now: Callable[[], datetime],
    stdin: BinaryIO | None = None,
    columns: str = "",
) -> Iterator[Question | Tag | Rejected]:
    """Yield what an ingest of the paths would find, and what it would reject, in order; store nothing.

    Raises `NoSuchSource` before anything is read.
    """
    found = _with_columns(sources(paths, limits, now=now, stdin=stdin), columns)
    readings = read_in_order(found, lambda one: one if isinstance(one, Page) else None, limits)
    return chain.from_iterable(_told(one, parts) for one, parts in readings)


def _never(state: FileState) -> bool:
    return False


def _with_columns(
    found: Iterator[Page | Rejected | FileEnd], columns: str
) -> Iterator[Page | Rejected | FileEnd]:
    """What is found, with what is said of the columns of pages, where anything is: it is kept with them."""
    if not columns:
        return found
    return (with_columns(one, columns) if isinstance(one, Page) else one for one in found)


def _told(given: Page | Rejected | FileEnd, parts: Iterable[Part]) -> Iterator[Question | Tag | Rejected]:
    """What a page holds, and its problems as rejections."""
    if isinstance(given, Rejected):
        yield given
    elif isinstance(given, Page):
        reading = _Reading(given, parts)
        for one in reading:
            yield Rejected(given.source, f"{one.where}: {one.reason}") if isinstance(one, Problem) else one
        if reading.is_rejected:
            yield Rejected(given.source, reading.reason or "")


class _Reading:
    """A page that is gone through, and what is to be said of it afterwards."""

    def __init__(self, page: Page, parts: Iterable[Part]) -> None:
        self.page = page
        self._parts = parts
        self.reader: str | None = None
        self.ids: list[str] = []
        self.is_rejected = False
        self.reason: str | None = None
        """Why the page, or its first part that gave nothing, could not be read."""

    def __iter__(self) -> Iterator[Found]:
        for part in self._parts:
            self.reader = self.reader or part.reader
            for one in part.found:
                self._note(one)
                yield one
            if part.rejection is not None:
                self.is_rejected = not self.ids
                self.reason = part.rejection

    def _note(self, one: Found) -> None:
        if isinstance(one, Question):
            self.ids.append(one.id)
        elif isinstance(one, Problem):
            self.reason = self.reason or f"{one.where}: {one.reason}"


@dataclass(frozen=True, slots=True)
class _Put:
    """A question to store, and the page that tells of it."""

    question: Question
    by: Telling

    def into(self, writer: Writer) -> Outcome:
        return writer.put_tidied(self.question, self.by)

    def weight(self) -> int:
        return sum(len(body.text) + len(body.html or "") for body in _bodies(self.question))


@dataclass(frozen=True, slots=True)
class _PutTag:
    """A tag to store."""

    tag: Tag

    def into(self, writer: Writer) -> None:
        writer.put_tag(self.tag)

    def weight(self) -> int:
        return len(self.tag.blurb or "")


@dataclass(frozen=True, slots=True)
class _NotePage:
    """What became of a page that has been gone through."""

    sha256: str
    reading: _Reading

    def into(self, writer: Writer) -> None:
        page = self.reading.page
        writer.page(
            self.sha256,
            source=page.source,
            received=page.received,
            size=len(page.data),
            status="rejected" if self.reading.is_rejected else "read",
            reader=self.reading.reader,
            reason=self.reading.reason,
            questions=self.reading.ids,
        )

    def weight(self) -> int:
        return len(self.reading.page.data)


@dataclass(frozen=True, slots=True)
class _NoteFile:
    """That all of a file has been gone through, and what came of it."""

    file: StoredFile

    def into(self, writer: Writer) -> None:
        writer.file(self.file)

    def weight(self) -> int:
        return 0


_Step = _Put | _PutTag | _NotePage | _NoteFile


def _bodies(question: Question) -> Iterator[Body]:
    if question.body is not None:
        yield question.body
    yield from (comment.body for comment in question.comments)
    for answer in question.answers:
        yield answer.body
        yield from (comment.body for comment in answer.comments)


def _batches(steps: Iterable[_Step]) -> Iterator[list[_Step]]:
    """The steps in transactions: bounded in number and in text."""
    batch: list[_Step] = []
    weight = 0
    for step in steps:
        batch.append(step)
        weight += step.weight()
        if len(batch) >= BATCH_STEPS or weight >= BATCH_CHARACTERS:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _stamp(state: FileState) -> str:
    return f"{state.size} {state.modified} {state.changed} {state.inode}"


class _Kept(NamedTuple):
    """A page that is safe in raw/."""

    page: Page
    sha256: str


def _as_known(page: Page, known: StoredPage | None) -> Page:
    """Return a page as it came first: where from and when is told once."""
    return replace(page, source=known.source, received=known.received) if known else page


class _Ingest:
    """One run of an ingest, and its counts."""

    def __init__(self, store: Store, raw: RawPages, progress: Callable[[Progress], None]) -> None:
        self.store, self.raw, self.progress = store, raw, progress
        self.bytes_done = 0
        self.bytes_total: int | None = None
        self.outcomes: Counter[Outcome] = Counter()
        self.given = self.pages_read = self.pages_unchanged = self.problem_count = self.rejected_count = 0
        self.rejected: list[Rejected] = []
        self.problems: list[Rejected] = []
        self.uncommitted: set[str] = set()
        """Pages gone through whose note is on its way into the store."""
        self.before = self._counts()

    def count_bytes(self, count: int) -> None:
        """Note bytes as read."""
        self.bytes_done += count

    def commit(self, batch: Sequence[_Step]) -> None:
        """Bring a batch into the store, in one transaction, and say so."""
        with self.store.write() as writer:
            writer.expect(step.question.id for step in batch if isinstance(step, _Put))
            outcomes = [step.into(writer) for step in batch]
        self.uncommitted.clear()
        self.outcomes.update(outcome for outcome in outcomes if outcome is not None)
        self._tell()

    def report(self) -> IngestReport:
        """Return what was counted."""
        return IngestReport(
            added=self.outcomes["added"],
            updated=self.outcomes["updated"],
            unchanged=self.outcomes["unchanged"],
            pages_read=self.pages_read,
            pages_unchanged=self.pages_unchanged,
            rejected=tuple(self.rejected),
            problems=tuple(self.problems),
            problem_count=self.problem_count,
            rejected_count=self.rejected_count,
        )

    def is_done(self, state: FileState) -> bool:
        """Tell whether a file is as it was when all of it was read."""
        known = self.store.file(state.path)
        return known is not None and known.stamp == _stamp(state) and known.is_settled(__version__)

    def kept(self, found: Page | Rejected | FileEnd) -> _Kept | Rejected | FileEnd:
        """Put a page into raw/, before anything comes of it."""
        return _Kept(found, self.raw.add(found)) if isinstance(found, Page) else found

    def to_read(self, given: _Kept | Rejected | FileEnd) -> Page | None:
        """Return the page if it has to be read, as it was received first if it was before."""
        if not isinstance(given, _Kept) or self._is_settled(given.sha256):
            return None
        return _as_known(given.page, self.store.page(given.sha256))

    def steps(self, readings: Iterable[tuple[_Kept | Rejected | FileEnd, Iterable[Part]]]) -> Iterator[_Step]:
        """Yield what is to be stored of the pages."""
        for given, parts in readings:
            if isinstance(given, FileEnd):
                yield from self._file_steps(given)
                continue
            self.given += 1
            if isinstance(given, Rejected):
                self._reject(given)
                continue
            if self._is_settled(given.sha256):  # by now, if it comes twice
                self.pages_unchanged += 1
            else:
                yield from self._page_steps(given, parts)
            self._tell()

    def _is_settled(self, sha256: str) -> bool:
        """Tell whether a page has been read, with nothing left to wish for."""
        if sha256 in self.uncommitted:
            return True
        known = self.store.page(sha256)
        return known is not None and known.status == "read" and known.reason is None

    def _file_steps(self, end: FileEnd) -> Iterator[_Step]:
        """Note a file that has been read, for the next time; of one that was known, count what it held.

        One page that was rejected is tried again each time. So is a file that was changed just now: the
        clock of the file system may not have ticked before it is changed once more.
        """
        if not end.is_new:
            self._count_known(end)
        else:
            before, self.before = self.before, self._counts()
            given, pages, wrong = (now - then for now, then in zip(self.before, before, strict=True))
            age = time.time_ns() - max(end.state.modified, end.state.changed)
            if age > CLOCK_TICK and not (wrong and given <= 1):
                yield _NoteFile(StoredFile(end.state.path, _stamp(end.state), pages, wrong, __version__))

    def _count_known(self, end: FileEnd) -> None:
        known = self.store.file(end.state.path)
        if known is not None:
            self.pages_unchanged += known.pages
            if known.rejected:
                reason = (
                    f"unchanged; {known.rejected:,} of its parts could not be read: --again tries them again"
                )
                self._reject(Rejected(end.source, reason))
        self.before = self._counts()
        self._tell()

    def _counts(self) -> tuple[int, int, int]:
        """What was given so far, what of that were pages that could be read, and what was wrong with any."""
        wrong = self.rejected_count + self.problem_count
        return self.given, self.pages_read + self.pages_unchanged, wrong

    def _page_steps(self, kept: _Kept, parts: Iterable[Part]) -> Iterator[_Step]:
        """What a page holds, then the note of what became of it."""
        page, sha256 = kept
        reading = _Reading(_as_known(page, self.store.page(sha256)), parts)
        for one in reading:
            if isinstance(one, Problem):
                self._note_problem(Rejected(page.source, f"{one.where}: {one.reason}"))
            elif isinstance(one, Tag):
                yield _PutTag(one)
            else:
                yield _Put(one, Telling(reading.page.received, sha256))
        yield _NotePage(sha256, reading)
        if reading.reason is None:
            self.uncommitted.add(sha256)
        if reading.is_rejected:
            self._reject(Rejected(page.source, reading.reason or ""))
        else:
            self.pages_read += 1

    def _reject(self, rejected: Rejected) -> None:
        self.rejected_count += 1
        if len(self.rejected) < KEPT_PROBLEMS:
            self.rejected.append(rejected)

    def _note_problem(self, problem: Rejected) -> None:
        self.problem_count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)

    def _tell(self) -> None:
        pages = self.pages_read + self.pages_unchanged + self.rejected_count
        self.progress(Progress(pages, self.outcomes.total(), self.bytes_done, self.bytes_total))
