"""What other programs do with the pages of a folder, on all cores: the peers of bench/ingest.py.

    python -m askive.bench.parse bs4 DIRECTORY

Prints how many pages there were. Each is read from its file as the program's own documentation shows it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

Parse = Callable[[bytes], object]


def _bs4(module: Any) -> Parse:
    return lambda data: module.BeautifulSoup(data, "lxml")


def _extruct(module: Any) -> Parse:
    syntaxes = ["json-ld", "microdata", "rdfa"]  # those that schema.org questions come in
    return lambda data: module.extract(data.decode("utf-8", "replace"), syntaxes=syntaxes, errors="ignore")


def _trafilatura(module: Any) -> Parse:
    return lambda data: module.bare_extraction(data, include_comments=True)


PEERS: dict[str, Callable[[Any], Parse]] = {"bs4": _bs4, "extruct": _extruct, "trafilatura": _trafilatura}
"""Package to what it does with a page; bs4 parses it and no more."""


def _work(name: str, paths: list[Path]) -> int:
    warnings.simplefilter("ignore")  # XHTML taken for HTML
    parse = PEERS[name](import_module(name))
    for path in paths:
        parse(path.read_bytes())
    return len(paths)


def main() -> None:
    """Give every file of a folder to a program."""
    name, directory = sys.argv[1], Path(sys.argv[2])
    workers = os.cpu_count() or 1
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    shares = [paths[n :: workers * 8] for n in range(workers * 8)]
    with ProcessPoolExecutor(workers) as pool:
        print(sum(pool.map(_work, [name] * len(shares), shares)))


if __name__ == "__main__":
    main()
