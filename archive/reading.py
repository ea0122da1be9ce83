"""Pages -> what they hold: read side by side in worker processes, given in order, each within its time.

A page that kills its worker, or takes longer than it may, costs itself alone: it is rejected, and another
process takes the worker's place.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from queue import Empty, Queue
from signal import SIGPROF, Signals
from threading import Event, Thread
from typing import TypeVar

from .limits import LIMITS, Limits
from .page import Page
from .readers.installed import installed
from .reading_process import Part, serve

T = TypeVar("T")

PAGES_AHEAD = 4
"""Pages for each worker that are taken from the source before what the first of them holds is given."""

BYTES_AHEAD = 6 << 20
"""Bytes of such pages: with a larger one, no other waits."""

PARTS_AHEAD = 4
"""Parts of a page that wait to be given; a worker that has more waits itself."""

# Linux forks quickly, and safely while there are no threads. Elsewhere, and in the place of a worker that
# died while threads were serving the others, processes start anew.
_FIRST = get_context("fork") if sys.platform == "linux" else get_context("spawn")
_LATER = get_context("spawn")


def read_in_order(
    items: Iterable[T],
    page_of: Callable[[T], Page | None],
    limits: Limits = LIMITS,
    workers: int | None = None,
) -> Generator[tuple[T, Iterator[Part]], None, None]:
    """Yield each item with what its page holds, in parts; with none where it has no page to be read.

    Items are taken some way ahead, and their pages read by as many `workers` as there are processors. What
    of an item's parts is not taken before the next item is lost. Raises `ReaderUnusable`.
    """
    with _pool(limits, workers or os.cpu_count() or 1) as pool:
        for item, job in _ahead(items, page_of, pool):
            parts = job.parts() if job else iter(())
            yield item, parts
            for _ in parts:  # nobody wanted them, and their worker waits
                pass


def _ahead(
    items: Iterable[T], page_of: Callable[[T], Page | None], pool: _Pool
) -> Iterator[tuple[T, _Job | None]]:
    """Yield the items in order, each when some of those behind it have been handed in as well."""
    waiting: deque[tuple[T, _Job | None]] = deque()
    size = 0
    for item in items:
        page = page_of(item)
        waiting.append((item, pool.submit(page) if page else None))
        size += len(page.data) if page else 0
        while len(waiting) > PAGES_AHEAD * pool.most or size > BYTES_AHEAD:
            pool.start(pool.most)
            first, job = waiting.popleft()
            size -= job.size if job else 0
            yield first, job
    pool.start(sum(job is not None for _, job in waiting))
    yield from waiting


class _Job:
    """A page to be read, and what of it has come over."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.size = len(page.data)
        self._arrived: Queue[Part | BaseException] = Queue(PARTS_AHEAD)

    def put(self, part: Part | BaseException) -> None:
        """Hand over a part, or what went wrong; wait while as many wait as may."""
        self._arrived.put(part)

    def parts(self) -> Iterator[Part]:
        """Yield the parts as they come, to the last."""
        is_last = False
        while not is_last:
            part = self._arrived.get()
            if isinstance(part, BaseException):
                raise part
            is_last = part.is_last
            yield part

    def drop(self) -> None:
        """Make room for a part that nobody will take, so that who puts it goes on."""
        try:
            while True:
                self._arrived.get_nowait()
        except Empty:
            pass


class _Pool:
    """Worker processes, each served by a thread. There are none before there is something to read."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.most = most
        self._limits = limits
        self._jobs: Queue[_Job | None] = Queue()
        self._unfinished: deque[_Job] = deque()
        self._workers: list[_Worker] = []
        self._threads: list[Thread] = []
        self._ending = Event()

    def submit(self, page: Page) -> _Job:
        """Have a page read when its turn comes."""
        job = _Job(page)
        self._unfinished.append(job)
        self._jobs.put(job)
        return job

    def start(self, count: int) -> None:
        """Start so many workers, at most; those of a pool are started once."""
        if self._workers or not count:
            return
        installed()  # once for all workers, and what is wrong with one of them comes up here
        for _ in range(min(count, self.most)):
            self._workers.append(_Worker(self._limits, [worker.connection for worker in self._workers]))
        self._threads = [Thread(target=self._serve, args=[worker], daemon=True) for worker in self._workers]
        for thread in self._threads:
            thread.start()

    def _serve(self, worker: _Worker) -> None:
        """Bring pages to a worker, and what they hold, or what goes wrong, to where they are asked for."""
        while (job := self._jobs.get()) and not self._ending.is_set():
            try:
                for part in worker.read(job.page):
                    job.put(part)
                    if self._ending.is_set():
                        return
            except BaseException as error:  # noqa: BLE001 - handed over, not hidden
                job.put(error)
            self._unfinished.remove(job)

    def end(self) -> None:
        """Stop all workers; what they are reading is given up."""
        self._ending.set()
        for worker in self._workers:
            worker.end()
        for job in list(self._unfinished):
            job.drop()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        for worker in self._workers:
            worker.close()


@contextmanager
def _pool(limits: Limits, most: int) -> Iterator[_Pool]:
    pool = _Pool(limits, most)
    try:
        yield pool
    finally:
        pool.end()


class _Worker:
    """A process that reads one page after the other, and its successors."""

    def __init__(self, limits: Limits, others: Sequence[Connection]) -> None:
        self._limits = limits
        self._is_ended = False
        self._start(_FIRST, others)

    def read(self, page: Page) -> Iterator[Part]:
        """Yield what a page holds; the last part says so where the process died of it."""
        try:
            self.connection.send(page)
        except OSError:  # it died since the last page, which was no fault of this one
            self._replace()
            self.connection.send(page)
        is_last = False
        while not is_last:
            part = self._received()
            is_last = part.is_last
            yield part

    def end(self) -> None:
        """Kill the process, whatever it is doing: there is nothing it has to leave in order."""
        self._is_ended = True
        self._process.kill()

    def close(self) -> None:
        """Leave nothing of an ended worker behind; its thread is gone."""
        self.end()  # once more: it may just have been replaced
        self._process.join()
        self.connection.close()

    def _received(self) -> Part:
        try:
            part: Part = self.connection.recv()
        except (EOFError, OSError):
            return Part((), rejection=self._replace())
        return part

    def _start(self, context: ForkContext | SpawnContext, others: Sequence[Connection] = ()) -> None:
        """Start a process; one that is forked has to close what it inherits of all of them."""
        self.connection, far = context.Pipe()
        inherited = [*others, self.connection] if context.get_start_method() == "fork" else []
        self._process = context.Process(target=serve, args=(far, inherited, self._limits), daemon=True)
        self._process.start()
        far.close()

    def _replace(self) -> str:
        """Start another process in the place of one that died; return of what it died."""
        self.connection.close()
        self._process.join()
        code = self._process.exitcode
        if not self._is_ended:
            self._start(_LATER)
        if code == -SIGPROF:
            return f"reading it takes longer than {self._limits.page_seconds:g} s of a processor"
        if code and code < 0:
            return f"the process that read it was killed by {Signals(-code).name}"
        return f"the process that read it ended by itself, with exit code {code}"
