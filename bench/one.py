"""One search as a whole process: `python -m askive.bench.one ENGINE ARCHIVE DIRECTORY WORD…`."""

from __future__ import annotations

import sys
from pathlib import Path

from .contract import Kind, Query
from .engines import load


def main(name: str, archive: str, directory: str, *words: str) -> None:
    """Print ids and titles of the best hits."""
    engine = load(name, Path(archive), Path(directory))
    engine.open()
    for hit in engine.search(Query(Kind.TWO, words)).hits:
        print(hit.id, hit.title)


if __name__ == "__main__":
    main(*sys.argv[1:])
