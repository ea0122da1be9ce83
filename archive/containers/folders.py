"""Files of a folder that are one source: what is in them is told together, not file by file.

A kind is a module or an object with a `NAME`, a `groups(paths)` and a `members(name, files, limits)`; it has
one row in `FOLDERS`. What it yields goes the way of a container's members: a long one is cut into parts, a
container is opened, and all of it is held to the same limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from ..limits import Limits
from . import dump_folder, table_pair, team_folder
from .member import Members


class Folder(Protocol):
    """What a kind provides."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """What it is called in lists."""
        ...

    def groups(self, paths: Sequence[Path]) -> Iterable[Sequence[Path]]:
        """Return which files of a folder belong together, in the order to read them in; never raises."""
        ...

    def members(self, name: str, files: Members, limits: Limits) -> Members:
        """Yield what the files of a group hold, under full names; `name` is that of their folder.

        A file is opened when it is asked for, and closed when the next one is. Raises `PageRejected` or
        OSError where it cannot go on.
        """
        ...


class Together(NamedTuple):
    """Files of a folder that belong together, and what reads them."""

    folder: Path
    files: Sequence[Path]
    kind: Folder


FOLDERS: tuple[Folder, ...] = (dump_folder, team_folder, table_pair)


def together(folder: Path, paths: Sequence[Path]) -> Iterator[Together]:
    """Yield the files of a folder that belong together, each in one group."""
    left = paths
    for kind in FOLDERS:
        for files in kind.groups(left):
            yield Together(folder, files, kind)
            left = [path for path in left if path not in files]
