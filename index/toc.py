"""The index's table of contents: which segments make it up, at which revision of which archive.

Whoosh keeps its own as a pickle; ours is JSON, so that an index from somewhere else cannot run code by
being listed, and it carries what makes an index trustworthy: the archive it belongs to, the revision it
holds, and the size and CRC-32 of every file. A commit is one rename of one such file, `toc-N.json`; N, the
generation, rises by one with each. Format 1:

    {"format": 1, "archive": id, "schema": fingerprint, "generation": N, "revision": R,
     "segments": [{"id", "documents", "deleted": [document numbers], "compound", "lengths": {field: terms},
                   "files": {name: {"size", "crc32", "mtime_ns"}}}],
     "crc32": of the canonical JSON of all the rest}
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

FORMAT = 1
_NAME = re.compile(r"toc-(\d{1,12})\.json")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileMark:
    """How a file looked when it was committed: its size in bytes, its CRC-32, its modification time in ns."""

    size: int
    crc32: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment: its Whoosh id, document count, deleted document numbers, field lengths in terms, files."""

    id: str
    documents: int
    deleted: tuple[int, ...]
    compound: bool
    lengths: Mapping[str, int]
    files: Mapping[str, FileMark]


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
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
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


def mark_file(path: Path) -> FileMark:
    """Make a file durable and return how it looks."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    status = path.stat()
    return FileMark(status.st_size, file_crc(path), status.st_mtime_ns)


def file_crc(path: Path) -> int:
    """Return the CRC-32 of a file's content."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def verify_files(directory: Path, toc: Toc, *, thorough: bool = False) -> None:
    """Raise `IndexUnusable` unless every file is as it was committed.

    A file whose size and modification time are unchanged is trusted without being read, unless `thorough`.
    """
    for segment in toc.segments:
        for name, mark in segment.files.items():
            path = directory / name
            status = path.stat()
            if status.st_size != mark.size:
                raise IndexUnusable(directory, "torn")
            touched = status.st_mtime_ns != mark.mtime_ns
            if (touched or thorough) and file_crc(path) != mark.crc32:
                raise IndexUnusable(directory, "torn")


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
    files = {_plain_name(name): FileMark(**mark) for name, mark in data["files"].items()}
    deleted = tuple(int(number) for number in data["deleted"])
    return SegmentEntry(
        _plain_name(data["id"]), int(data["documents"]), deleted, data["compound"], data["lengths"], files
    )


def _plain_name(name: str) -> str:
    # A table of contents from elsewhere must not be able to name files outside its own folder.
    if not re.fullmatch(r"[\w.+-]+", name) or name.startswith("."):
        raise ValueError(name)
    return name


def _crc(data: Mapping[str, Any]) -> int:
    return zlib.crc32(_canonical(data))


def _canonical(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
