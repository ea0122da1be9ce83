"""Time and memory: queries in turns, processes of their own, resident sizes out of /proc."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any, TypeVar

from .contract import Engine, Found, Query

Value = TypeVar("Value")

BLOCK = 25
"""Queries that one engine answers before it is another's turn: whatever else the machine does hits all."""

FEWEST = 5
"""Queries that are measured however slow they are."""

POLL = 0.05
"""Seconds between two looks at the memory of a process and its children."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long queries took, in seconds."""

    times: Sequence[float]

    def numbers(self) -> dict[str, float]:
        """Return mean, median and 95th percentile."""
        return {"mean": fmean(self.times), "p50": median(self.times), "p95": percentile(self.times, 95)}


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile, between the two nearest values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def warmed(engine: Engine, queries: Sequence[Query], budget: float) -> list[Found]:
    """Return the answers to the queries, or to as many of the first as `budget` seconds are enough for."""
    found: list[Found] = []
    end = time.perf_counter() + budget
    for query in queries:
        if len(found) >= FEWEST and time.perf_counter() > end:
            break
        found.append(engine.search(query))
    return found


def in_turns(
    engines: Mapping[str, Engine], queries: Sequence[Query], counts: Mapping[str, int]
) -> dict[str, Latency]:
    """Return the latencies of each engine over its first so many queries, measured by turns."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    gc.collect()
    gc.freeze()  # what was loaded before is not looked through again while the clock runs
    for turn, start in enumerate(range(0, len(queries), BLOCK)):
        for name in _rotated(list(engines), turn):
            block = queries[start : min(start + BLOCK, counts[name])]
            times[name] += [_seconds(engines[name], query) for query in block]
    gc.unfreeze()
    return {name: Latency(some) for name, some in times.items()}


def _seconds(engine: Engine, query: Query) -> float:
    begin = time.perf_counter()
    engine.search(query)
    return time.perf_counter() - begin


def commands_in_turns(commands: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, Latency]:
    """Return the seconds that whole processes take: each round runs every command once, by turns."""
    times: dict[str, list[float]] = {name: [] for name in commands[0]}
    for turn, round_ in enumerate(commands):
        for name in _rotated(list(round_), turn):
            begin = time.perf_counter()
            subprocess.run(round_[name], check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - begin)
    return {name: Latency(some) for name, some in times.items()}


def _rotated(values: list[Value], turn: int) -> list[Value]:
    at = turn % len(values)
    return values[at:] + values[:at]


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


# -- in a process of its own


def apart(*arguments: str | Path) -> dict[str, Any]:
    """Run bench/task.py with these arguments, and return what it prints as JSON, with its `peak_bytes`.

    The peak is that of the process and its children together, beyond what the process held when it said
    that it was ready: as seen every `POLL` seconds, or of the process alone as the system noted it, if that
    is more. None where the system has no /proc.
    """
    command = [sys.executable, "-m", "askive.bench.task", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        before = held(process.pid)
        peak = peak_of(process)
        said = process.stdout.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    report = json.loads(said)
    seen = peak - before if before is not None and peak is not None else None
    peaks = [size for size in (seen, report.pop("own_peak_bytes")) if size is not None]
    return {"peak_bytes": max(peaks, default=None), **report}


class Watch:
    """Says to `apart` that what is measured begins now, and knows afterwards what it took."""

    def __init__(self) -> None:
        with suppress(OSError):  # Linux forgets the peak until now (proc(5), clear_refs)
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before = _own("VmRSS")
        print("ready", flush=True)

    def report(self, **measured: object) -> None:
        """Print what was measured, with the peak of this process's memory since."""
        peak = _own("VmHWM")
        own = peak - self._before if peak is not None and self._before is not None else None
        print(json.dumps({"own_peak_bytes": own, **measured}))


def peak_of(process: subprocess.Popen[Any]) -> int | None:
    """Return the most memory that a process and its children held together, until it ends."""
    return peaks_of(process, held)[0]


def peaks_of(process: subprocess.Popen[Any], *sizes: Callable[[int], int | None]) -> tuple[int | None, ...]:
    """Return for each measure of a process the most that it and its children had together, until it ends."""
    peaks: list[int | None] = [None] * len(sizes)
    while process.poll() is None:
        family = list(_family(process.pid))
        for place, size in enumerate(sizes):
            if found := [bytes for pid in family if (bytes := size(pid)) is not None]:
                peaks[place] = max(peaks[place] or 0, sum(found))
        time.sleep(POLL)
    return tuple(peaks)


def held(pid: int) -> int | None:
    """Return the bytes that a process holds; a page that several share counts for each by its part."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def seeming(pid: int) -> int | None:
    """Return the bytes that a process has in memory, those that others have too and mapped files included."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS")


def resident() -> dict[str, int | None]:
    """Return what this process holds: all of it, and without the files that are mapped into it."""
    return {"resident_bytes": _own("VmRSS"), "anonymous_bytes": _own("RssAnon")}


def _own(name: str) -> int | None:
    return _kilobytes(Path("/proc/self/status"), name)


def _kilobytes(path: Path, name: str) -> int | None:
    with suppress(OSError):  # no such system, or no such process any more
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return None


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in _children(pid):
        yield from _family(child)


def _children(pid: int) -> Iterable[int]:
    with suppress(OSError):  # as above
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            yield from map(int, file.read_text(encoding="utf-8").split())
