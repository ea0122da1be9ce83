"""Changes -> runs: on one core where they are few, on all where they are many."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex

from ..archive.records import Change, ChangeSet
from .inversion import RUN_TEXT, Inverter
from .schema import entry

SHARES = 4
"""Shares for each worker: with each that is done, the progress is told."""

MANY = 8192
"""Changes that are worth workers: starting them takes as long as a thousand."""

Load = Callable[[Sequence[str]], Iterable[Change]]


@dataclass(slots=True)
class Written:
    """The `runs`, in the order of the changes; the `ids` that changed; how many of these are there."""

    runs: list[Path] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    indexed: int = 0

    @property
    def changed(self) -> int:
        """How many questions changed, or went."""
        return len(self.ids)

    def add(self, other: Written) -> None:
        """Take in what was written after this."""
        self.runs += other.runs
        self.ids += other.ids
        self.indexed += other.indexed


def write_runs(
    directory: Path,
    changes: ChangeSet,
    progress: Callable[[int, int], None] | None,
    *,
    workers: int | None = None,
) -> Written:
    """Write what has changed as runs in a new `directory`; by so many `workers`, by default one a core."""
    directory.mkdir()
    workers = workers if workers is not None else os.cpu_count() or 1
    written = Written()
    if workers > 1 and changes.load and changes.total >= MANY:
        share = changes.total // (workers * SHARES) + 1
        for part in _shared_out(directory, list(_shares(changes.ids, share)), changes.load, workers):
            written.add(part)
            if progress:
                progress(written.changed, changes.total)
        return written
    for part in _written(
        directory, changes.changes, Inverter(), lambda done: progress and progress(done, changes.total)
    ):
        written.add(part)
    return written


def _written(
    directory: Path, changes: Iterable[Change], inverter: Inverter, progress: Callable[[int], object]
) -> Iterator[Written]:
    """Write changes as one run after the other."""
    part = Written()
    for done, change in enumerate(changes, 1):
        part.ids.append(change.id)
        if change.question is not None:
            inverter.add(entry(change.question))
            part.indexed += 1
        if inverter.size >= RUN_TEXT:
            yield _finished(directory, inverter, part)
            part = Written()
        progress(done)
    yield _finished(directory, inverter, part)


def _finished(directory: Path, inverter: Inverter, part: Written) -> Written:
    if len(inverter):
        stem = directory / token_hex(8)
        inverter.write(stem)
        part.runs.append(stem)
    return part


def _shared_out(
    directory: Path, shares: Sequence[Sequence[str]], load: Load, workers: int
) -> Iterator[Written]:
    """Yield what the workers have written, in the order of the ids; what a killed one leaves is done here."""
    done: dict[int, Written] = {}
    yielded = 0
    _give_back_memory()
    # What is kept in workers has no cycles, and looking for some takes a tenth of their time.
    # Linux forks quickly and safely here: this process has no threads. Elsewhere workers start anew.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(workers, context, initializer=gc.disable) as pool:
        futures: dict[Future[Written], int] = {}
        try:
            for number, share in enumerate(shares):
                futures[pool.submit(_work_on, directory, share, load)] = number
            for future in as_completed(futures):
                done[futures[future]] = replace(future.result(), ids=list(shares[futures[future]]))
                while yielded in done:
                    yield done[yielded]
                    yielded += 1
        except BrokenProcessPool:
            pass  # a worker was killed; the pool is of no use any more
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for number in range(yielded, len(shares)):
        yield done.get(number) or _work(directory, shares[number], load, Inverter())


def _give_back_memory() -> None:
    """Give back to the system what is free in this process: an ingest before may have held 100 MB.

    Forked workers would hold it, too, and the C library keeps it. glibc has `malloc_trim` for that.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _shares(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    waiting = iter(ids)
    while share := list(islice(waiting, size)):
        yield share


def _work_on(directory: Path, ids: Sequence[str], load: Load) -> Written:
    """Write one share of the changes; words that this worker has met in others are not analysed again.

    Who shared them out knows the ids, and is not sent them.
    """
    return replace(_work(directory, ids, load, _inverter()), ids=[])


@cache
def _inverter() -> Inverter:
    return Inverter()


def _work(directory: Path, ids: Sequence[str], load: Load, inverter: Inverter) -> Written:
    written = Written()
    for part in _written(directory, load(ids), inverter, lambda done: None):
        written.add(part)
    return written
