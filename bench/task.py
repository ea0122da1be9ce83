"""What is measured in a process of its own: `python -m askive.bench.task WORK ENGINE ARCHIVE DIRECTORY`.

Says "ready" when the clock and the memory are to be watched, and ends with one line of JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from . import engines
from .contract import Engine, Kind, Query, Row, listed
from .measure import Watch, resident, timed
from .queries import queries
from .rows import row_of, rows_of

ROUNDS = 3
NEW = 100
"""Questions that are added in each round."""

QUERIES = 20
"""Queries of each kind that a process has answered when its memory is read."""


def build(engine: Engine, archive: Path) -> None:
    """Build the index; the rows are in memory before, where an engine takes them from there."""
    rows = [] if engine.from_store else list(rows_of(archive))
    watch = Watch()
    seconds = timed(lambda: engine.build(rows))
    watch.report(seconds=seconds, index_bytes=engine.size())


def grow(engine: Engine, archive: Path) -> None:
    """Add questions some times over; they are in when a new one is found."""
    # The generator, and NumPy with it, is no part of what the other tasks hold in memory.
    from .corpus import SEED, Generator  # noqa: PLC0415

    new = [replace(made, id=f"new:{made.id}") for made in Generator(SEED + 1).questions(ROUNDS * NEW)]
    watch = Watch()
    keep, add = [], []
    for start in range(0, len(new), NEW):
        some = new[start : start + NEW]
        rows = list(map(row_of, some))
        keep.append(timed(partial(engine.keep, some)))
        add.append(timed(partial(_add, engine, rows)))
    watch.report(keep=median(keep) if engine.from_store else None, add=median(add))


def serve(engine: Engine, archive: Path) -> None:
    """Open the index and answer queries of every kind that the engine knows."""
    asked = [query for kind in Kind if kind in engine.kinds for query in queries(archive, kind, QUERIES)]
    watch = Watch()
    engine.open()
    for query in asked:
        engine.search(query)
    watch.report(**resident())


def _add(engine: Engine, rows: Sequence[Row]) -> None:
    """Add questions, open the index and find the last of them."""
    engine.add(rows)
    engine.open()
    last = rows[-1]
    end_of_title = listed(last.title.lower().rstrip("?"))[-3:]
    if last.id not in {hit.id for hit in engine.search(Query(Kind.PHRASE, end_of_title)).hits}:
        raise RuntimeError(f"{last.id} was added and is not found")
    engine.close()


TASKS: Mapping[str, Callable[[Engine, Path], None]] = {"build": build, "grow": grow, "serve": serve}


def main(work: str, name: str, archive: str, directory: str) -> None:
    """Do one task."""
    engine = engines.load(name, Path(archive), Path(directory))
    TASKS[work](engine, Path(archive))


if __name__ == "__main__":
    main(*sys.argv[1:])
