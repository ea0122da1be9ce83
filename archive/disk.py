"""Directories that survive a loss of power."""

from __future__ import annotations

import os
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


def sync_directory(path: Path) -> None:
    """Bring the names in a directory to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
