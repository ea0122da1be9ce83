"""Folders that are one source: what is in them is told together, not file by file.

A kind of folder is a module or an object with a `NAME`, an `is_one(names)` and a `members(folder, budget)`,
one name in `FOLDERS`. What it yields goes the way of a container's members: a long one is cut into parts, a
container is opened, and all of it is held to the same limits.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from .budget import Budget
from .member import Members


class Folder(Protocol):
    """What a kind of folder provides."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """What it is called in lists."""
        ...

    def is_one(self, names: Collection[str]) -> bool:
        """Tell by the names of the files in a folder whether it is of this kind; never raises."""
        ...

    def members(self, folder: Path, budget: Budget) -> Members:
        """Yield what the folder holds; raises `PageRejected` or OSError where it cannot go on."""
        ...


FOLDERS: tuple[Folder, ...] = ()
"""None yet: every folder is its files."""


def kind_of(names: Collection[str]) -> Folder | None:
    """Return the kind of a folder with such files; None where it is its files."""
    return next((kind for kind in FOLDERS if kind.is_one(names)), None)
