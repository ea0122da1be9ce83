"""Committing: one rename makes a new state of the index the current one; one writer at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.util.filelock import try_for

from .errors import IndexLocked
from .toc import Toc, write_toc

LOCK_NAME = "askive_lock"
LOCK_POLL = 0.05
"""Seconds between two tries for the write lock: short beside the wait, long beside a try."""

SUFFIXES = (".documents", ".postings")
"""The files of a segment."""


class WriteLock:
    """The right to write the index in `directory`; a context manager. The system frees it with the process.

    Raises `IndexLocked` where another process holds it for longer than `wait` seconds.
    """

    def __init__(self, directory: Path, wait: float) -> None:
        self._directory, self._wait = directory, wait
        self._lock = FileStorage(str(directory)).lock(LOCK_NAME)

    def __enter__(self) -> WriteLock:
        if not try_for(self._lock.acquire, timeout=self._wait, delay=LOCK_POLL):
            raise IndexLocked(self._directory, self._wait)
        return self

    def __exit__(self, *exception: object) -> None:
        self._lock.release()


def commit(directory: Path, toc: Toc) -> None:
    """Make `toc` the current state, and remove what belongs to no state any more."""
    write_toc(directory, toc)
    remove_leftovers(directory, toc.generation, (entry.id for entry in toc.segments))


def remove_leftovers(directory: Path, generation: int, segments: Iterable[str]) -> None:
    """Remove all but the state that has these segments: older ones, and what killed writers left behind.

    Readers that have an old file open keep it: the system frees it when they close.
    """
    keep = {f"{id}{suffix}" for id in segments for suffix in SUFFIXES}
    keep |= {LOCK_NAME, f"toc-{generation}.json"}
    for path in directory.iterdir():
        if path.name in keep:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
