"""Files and directories that survive a loss of power."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o700
"""The mode of the directories that are made: an archive is its owner's."""


def make_directory(path: Path) -> None:
    """Make a directory and its parents, readable by their owner alone, and sync what was made."""
    if path.is_dir():
        return
    make_directory(path.parent)
    with suppress(FileExistsError):  # another writer was quicker
        path.mkdir(mode=PRIVATE)
    sync_directory(path.parent)


def sync(handle: int) -> None:
    """Bring an open file to the disk, on macOS also out of the disk's own memory (fsync(2) there)."""
    if sys.platform == "darwin":
        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_directory(path: Path) -> None:
    """Bring the names in a directory to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        sync(handle)
    finally:
        os.close(handle)


def size_of_files(directory: Path) -> int:
    """Return how many bytes the files in a directory and below take; 0 where it is not there."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
