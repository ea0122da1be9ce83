"""The index's table of contents: which segments make it up, at which revision of which archive.

Whoosh keeps its own as a pickle; ours is JSON, so that an index from somewhere else cannot run code by
being listed, and it carries what makes an index trustworthy: the archive it belongs to, the revision it
holds, and which segment files those are. A commit is one rename of one such file, `toc-N.json`; N, the
generation, rises by one with each. Format 2:

    {"format": 2, "archive": id, "schema": fingerprint, "generation": N, "revision": R,
     "segments": [{"id", "documents", "deleted": [document numbers], "marks": [of .documents, of .postings]}],
     "crc32": of the canonical JSON of all the rest}

A mark is the checksum of a file's header, which holds that of its directory (docs/index-format.md).
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .errors import IndexUnusable

FORMAT = 2
_NAME = re.compile(r"toc-([0-9]+)\.json")


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment: its id, document count, deleted document numbers in order, and the marks of its files."""

    id: str
    documents: int
    deleted: tuple[int, ...]
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Toc:
    """One committed state of the index."""

    archive: str
    schema: str
    generation: int
    revision: int
    segments: tuple[SegmentEntry, ...]


def latest_generation(directory: Path) -> int:
    """Return the number of the newest table of contents in `directory`; -1 where there is none."""
    try:
        names = [path.name for path in directory.iterdir()]
    except FileNotFoundError:
        return -1
    found = (_NAME.fullmatch(name) for name in names)
    return max((int(match[1]) for match in found if match), default=-1)


def toc_path(directory: Path, generation: int) -> Path:
    """Return where the table of contents of a generation is kept."""
    return directory / f"toc-{generation}.json"


def read_toc(directory: Path) -> Toc:
    """Return the newest table of contents.

    Raises `IndexUnusable` where it is missing, torn or of another format.
    """
    generation = latest_generation(directory)
    if generation < 0:
        raise IndexUnusable(directory, "missing")
    try:
        data = json.loads(toc_path(directory, generation).read_bytes())
        if not isinstance(data, dict) or "format" not in data:
            raise IndexUnusable(directory, "foreign")
        if data["format"] != FORMAT:
            raise IndexUnusable(directory, f"of format {data['format']}, which this version cannot read")
        if data.pop("crc32") != _crc(data):
            raise IndexUnusable(directory, "torn")
        toc = _from_json(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, IsADirectoryError) as error:
        raise IndexUnusable(directory, "torn") from error
    if toc.generation != generation:
        raise IndexUnusable(directory, "foreign")
    return toc


def write_toc(directory: Path, toc: Toc) -> None:
    """Commit: write the table of contents so that it is there whole or not at all, also after power loss."""
    data = {"format": FORMAT, **asdict(toc)}
    data["crc32"] = _crc(data)
    path = toc_path(directory, toc.generation)
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as out:
        out.write(_canonical(data))
        out.flush()
        os.fsync(out.fileno())
    temporary.rename(path)
    sync_directory(directory)


def sync_directory(directory: Path) -> None:
    """Make renames and removals in a directory durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _from_json(data: Mapping[str, Any]) -> Toc:
    segments = tuple(_segment_from_json(segment) for segment in data["segments"])
    return Toc(data["archive"], data["schema"], int(data["generation"]), int(data["revision"]), segments)


def _segment_from_json(data: Mapping[str, Any]) -> SegmentEntry:
    deleted = tuple(sorted({int(number) for number in data["deleted"]}))
    marks = tuple(int(mark) for mark in data["marks"])
    return SegmentEntry(_plain_name(data["id"]), int(data["documents"]), deleted, marks)


def _plain_name(name: str) -> str:
    # A table of contents from elsewhere must not be able to name files outside its own folder.
    if not re.fullmatch(r"[\w.+-]+", name) or name.startswith("."):
        raise ValueError(name)
    return name


def _crc(data: Mapping[str, Any]) -> int:
    return zlib.crc32(_canonical(data))


def _canonical(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
