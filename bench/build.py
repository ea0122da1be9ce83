"""What it costs to build the index of an archive anew: processor time and memory, all processes together.

    python -m askive.bench.build ARCHIVE [--times 3]

Memory is told twice: what the processes hold, a page that several share counted by its part in each (PSS);
and the sum of what each seems to hold (RSS), which counts shared pages and mapped files again and again.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

from .measure import held, peaks_of, seeming


def rebuilt(archive: Path) -> tuple[float, ...]:
    """Rebuild the index of an archive; return the seconds, those of processors, and bytes: PSS, RSS."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "askive", "--archive", str(archive), "reindex", "--full"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peaks = peaks_of(process, held, seeming)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, busy, *(peak or 0 for peak in peaks)


def main() -> None:
    """Rebuild an index some times, and print what it took."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    stats = [sys.executable, "-m", "askive", "--archive", str(options.archive), "stats", "--format", "json"]
    counted = json.loads(subprocess.run(stats, capture_output=True, check=True).stdout)
    questions, posts = counted["questions"], counted["questions"] + counted["answers"]
    runs = zip(*(rebuilt(options.archive) for _ in range(options.times)), strict=True)
    seconds, busy, held_most, seeming_most = map(median, runs)
    print(f"{questions:,} questions, {posts:,} posts; medians of {options.times}")
    print(f"{seconds:.1f} s, {posts / seconds:,.0f} posts a second")
    each = f"{1e6 * busy / posts:.0f} us a post, {1e6 * busy / questions:.0f} us a question"
    print(f"{busy:.1f} s of processors: {each}")
    print(f"memory at most: {held_most / 2**20:,.0f} MiB (PSS), {seeming_most / 2**20:,.0f} MiB (sum of RSS)")


if __name__ == "__main__":
    main()
