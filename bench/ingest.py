"""How fast Askive takes in HTML pages, beside programs that only parse them, and a data dump.

    python -m askive.bench.ingest [--copies N] [--rounds N] [--posts N]

Real pages are looked for in ../shared/pages; without them the samples of tests/threads are taken, which are
small. No two copies of a page are the same, so that each is read. All programs run as whole commands, by
turns, on all cores; only ours stores what it reads. The dump is generated, and goes into an index as well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import dump
from .parse import PEERS
from .report import aligned

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "pages"
OWN = ROOT / "tests" / "threads"
OURS = "askive"
BASE = "bs4"
"""What the others are compared with: parsing, and nothing else."""
REJECTED = 4
"""The exit code of an ingest that read all pages but some that are no Q&A pages."""


def copies_of(pages: Sequence[Path], count: int, directory: Path) -> int:
    """Write so many copies of the pages, no two of which are the same; return their bytes together."""
    size = 0
    for copy in range(count):
        for place, page in enumerate(pages):
            data = page.read_bytes() + b"\n<!-- %d -->" % copy
            (directory / f"{copy:04}-{place:04}.html").write_bytes(data)
            size += len(data)
    return size


def seconds_of(programs: Sequence[str], directory: Path, rounds: int) -> Mapping[str, float]:
    """Return the seconds that each program takes for all pages, the median of rounds by turns."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name in (*programs[turn % len(programs) :], *programs[: turn % len(programs)]):
            times[name].append(_seconds(name, directory))
    return {name: median(some) for name, some in times.items()}


def _seconds(name: str, directory: Path) -> float:
    with TemporaryDirectory(prefix="askive-bench-") as work:
        command = [sys.executable, "-m", "askive.bench.parse", name, str(directory)]
        if name == OURS:
            command = [
                sys.executable,
                "-m",
                "askive",
                "--archive",
                work,
                "ingest",
                "--no-index",
                str(directory),
            ]
        begin = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True)
        seconds = time.perf_counter() - begin
    if done.returncode not in (0, REJECTED):
        raise RuntimeError(f"{name}: exit code {done.returncode}: {done.stderr.decode()[-500:]}")
    return seconds


def of_pages(copies: int, rounds: int) -> None:
    """Print how fast the programs are on pages."""
    pages = sorted(REAL.rglob("*.html")) or sorted(OWN.glob("*.html"))
    programs = [OURS, *(name for name in PEERS if find_spec(name))]
    for name in PEERS.keys() - programs:
        print(f"{name} is not installed and left out: pip install -e '.[bench]'", file=sys.stderr)
    with TemporaryDirectory(prefix="askive-bench-") as directory:
        size = copies_of(pages, copies, Path(directory))
        taken = seconds_of(programs, Path(directory), rounds)
    count = len(pages) * copies
    where = "../shared/pages" if REAL.exists() else "tests/threads: ../shared/pages is not at hand"
    print(f"{count:,} pages of HTML, {size / 1e6:,.1f} MB, from {where}; {os.cpu_count()} processors\n")
    rows = [["program", "pages/s", "MB/s", f"speed : {BASE} alone"]]
    for name, seconds in taken.items():
        speed = f"{taken[BASE] / seconds:.2f}" if BASE in taken else "-"
        rows.append([name, f"{count / seconds:,.0f}", f"{size / 1e6 / seconds:,.1f}", speed])
    print("\n".join(aligned(rows)))


def of_a_dump(posts: int) -> None:
    """Print how fast a data dump goes into an archive that can be searched."""
    with TemporaryDirectory(prefix="askive-bench-") as directory:
        dump.Generator(posts).write(Path(directory))
        print("a generated Stack Exchange data dump, indexed:")
        dump.measure(Path(directory))


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(
        prog="python -m askive.bench.ingest", description="Measure how fast pages are taken in."
    )
    parser.add_argument("--copies", type=int, default=8, metavar="N", help="of each page (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of all programs (%(default)s)")
    parser.add_argument("--posts", type=int, default=100_000, metavar="N", help="of the dump (%(default)s)")
    options = parser.parse_args()
    of_pages(options.copies, options.rounds)
    if options.posts:
        of_a_dump(options.posts)


if __name__ == "__main__":
    main()
