"""The tables of a Stack Exchange data dump that lie in one folder, as XML files or packed, each by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from ..dump import place_of
from ..limits import Limits
from ..readers.dump_rows import TABLES
from .member import Member, Members

NAME = "data dump"


def groups(paths: Sequence[Path]) -> Iterable[Sequence[Path]]:
    """Return the tables of each dump that has its posts there, those that no record is made of as well."""
    dumps: defaultdict[str, dict[Path, str]] = defaultdict(dict)
    for path in paths:
        if (place := place_of(path.name)) and path.is_file():
            dumps[place.dump][path] = place.table
    return [list(files) for files in dumps.values() if len(files) > 1 and "posts" in files.values()]


def members(name: str, files: Members, limits: Limits) -> Members:
    """Yield the tables that records are made of; the others are not read."""
    with closing(files):
        for file in files:
            place = place_of(file.name) if isinstance(file, Member) else None
            if place is None or place.table in TABLES:
                yield file
