"""What was measured, as tables to read and as JSON to keep."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import fill
from typing import Any

from .contract import MEANING, Kind
from .engines import ENGINES

OURS = "askive"
PACKAGES = ("askive", "whoosh3", "tantivy", "bm25s", "sqlite-utils", "numpy")
NONE = "-"
WIDTH = 100

Measured = dict[str, dict[str, Any]]
"""Engine to the numbers measured of it, by name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: a number of each engine."""

    label: str
    numbers: Mapping[str, float]
    show: Callable[[float], str]
    ratios: Mapping[str, float] = field(default_factory=dict)
    """Ours : peer, where it is not just the one number by the other."""


def table(title: str, lines: Iterable[Line]) -> Iterator[str]:
    """Yield a table: ours first, then each peer's number and the ratio ours : peer."""
    lines = [line for line in lines if line.numbers]
    present = {name for line in lines for name in line.numbers}
    if not present:
        return
    peers = [name for name in dict.fromkeys((*ENGINES, *sorted(present))) if name in present - {OURS}]
    rows = [[title, OURS, *(head for name in peers for head in (name, "ours:it"))]]
    rows += [[line.label, *_cells(line, peers)] for line in lines]
    yield from aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows of a table under each other, and an empty line; nothing if there are none."""
    if not rows:
        return
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join((row[0].ljust(widths[0]), *cells)).rstrip()
    yield ""


def _cells(line: Line, peers: Sequence[str]) -> Iterator[str]:
    ours = line.numbers.get(OURS)
    yield NONE if ours is None else line.show(ours)
    for peer in peers:
        its = line.numbers.get(peer)
        yield NONE if its is None else line.show(its)
        known = line.ratios.get(peer, ours / its if ours and its else None)
        yield NONE if known is None else factor(known)


def factor(value: float) -> str:
    """Return a factor with two telling digits.

    >>> factor(0.333), factor(2.5), factor(12.3)
    ('0.33', '2.5', '12')
    """
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def milliseconds(seconds: float) -> str:
    """Return a time as milliseconds.

    >>> milliseconds(0.0123), milliseconds(1.5)
    ('12.3 ms', '1500 ms')
    """
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 1 else f"{value:.3f} ms"


def in_seconds(seconds: float) -> str:
    """Return a time as seconds."""
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds:.2f} s"


def megabytes(size: float) -> str:
    """Return a size as megabytes (of a million bytes)."""
    return f"{size / 1e6:.0f} MB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def corpus_lines(measured: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of one corpus, as `speed.py` has measured it."""
    size = measured["text_bytes"]
    yield f"{measured['name']}: {measured['questions']:,} questions, {megabytes(size)} of text"
    yield measured["description"]
    yield from (f"{name} is not measured: {why}" for name, why in measured["without"].items())
    yield ""
    build = measured["build"]
    shares = {name: taken / size for name, taken in _column(build, "index_bytes").items()}
    yield from table(
        "build, size, memory",
        [
            Line("full build", _column(build, "seconds"), in_seconds),
            Line("memory it takes", _column(build, "peak_bytes"), megabytes),
            Line("index : text", shares, factor),
            Line("100 new: index", _column(measured["grow"], "add"), milliseconds),
            Line("100 new: records", _column(measured["grow"], "keep"), milliseconds),
            Line("searching process", _column(measured["serve"], "resident_bytes"), megabytes),
            Line("  less mapped files", _column(measured["serve"], "anonymous_bytes"), megabytes),
            Line("command, cold", _column(measured["cold"], "p50"), milliseconds),
        ],
    )
    for name, number in (("mean", "mean"), ("95 %", "p95")):
        yield from table(f"search, {name}", _search_lines(measured["search"], number))
    yield from _fewer(measured["search"])


def _search_lines(searches: Mapping[str, Measured], number: str) -> Iterator[Line]:
    for kind, engines in searches.items():
        ratios = _column(engines, "ratio") if number == "mean" else {}
        yield Line(kind, _column(engines, number), milliseconds, ratios)


def _fewer(searches: Mapping[str, Measured]) -> Iterator[str]:
    """Yield which engines were too slow to be asked all queries."""
    for kind, engines in searches.items():
        asked = max(numbers["queries"] for numbers in engines.values())
        slow = {name: numbers["queries"] for name, numbers in engines.items() if numbers["queries"] < asked}
        if slow:
            few = ", ".join(f"{name} {count}" for name, count in slow.items())
            yield f"{kind}: fewer than {asked} queries for {few}"


def _column(measured: Measured, number: str) -> dict[str, float]:
    """Return one number of every engine that has it."""
    found = {name: numbers.get(number) for name, numbers in measured.items()}
    return {name: value for name, value in found.items() if value is not None}


def legend() -> Iterator[str]:
    """Yield what stands behind the tables' words."""
    yield "ours:it is the ratio of ours to the peer's: below 1 ours is faster, or smaller."
    yield ""
    yield from (f"{name:13} {source.note}" for name, source in ENGINES.items())
    yield ""
    yield from (f"{kind:13} {meaning}" for kind, meaning in MEANING.items())
    yield ""
    yield fill(" ".join(NOTES.split()), WIDTH)


NOTES = """
All index the same texts (title, question, answers, tags as words), stem, and leave no words out; all but
bm25s keep positions. Of words side by side any may match; Askive's own default, which is measured, drops
questions that hold too little of their weight. A search is from the query's text to ids and titles of the
best ten. Askive builds from its records on the disk, the peers from rows that lie ready in memory; memory
is what a build takes beyond that, all its processes together. Index : text leaves out the copy of the texts
that fts5 keeps. New questions are in when a newly opened index finds one; all but stock Whoosh have them
synced to the disk by then; Askive writes its records besides. bm25s can only be built anew. A cold command
is a whole process, its files in the system's cache: `askive search` with passages and tags, `sqlite-utils
search`, and for the others the smallest Python program that does it. An engine too slow for its time is
asked fewer queries; a ratio is over the queries that both answered.
"""


def machine() -> dict[str, Any]:
    """Return what it was measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": platform.platform(),
    }


def versions() -> dict[str, str | None]:
    """Return the versions of what was measured."""
    found: dict[str, str | None] = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for package in PACKAGES:
        found[package] = None
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _processor() -> str:
    with suppress(OSError):  # another system than Linux
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def write(path: Path, corpora: Sequence[Mapping[str, Any]]) -> None:
    """Write everything as JSON."""
    kinds = {str(kind): MEANING[kind] for kind in Kind}
    report = {
        "format_version": 1,
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "engines": {name: source.note for name, source in ENGINES.items()},
        "kinds": kinds,
        "notes": " ".join(NOTES.split()),
        "corpora": corpora,
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
