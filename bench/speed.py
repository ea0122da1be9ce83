"""How fast Askive searches and builds, beside its peers: `make bench`, or `python bench/speed.py --help`.

Prints tables with the ratios ours : peer, and writes speed.json, speed.png and speed.svg.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from statistics import fmean
from typing import Any

from askive.bench import archives, cold, measure, report
from askive.bench.archives import Corpus
from askive.bench.contract import Engine, Found, Kind
from askive.bench.engines import ENGINES, load, missing
from askive.bench.measure import Latency
from askive.bench.queries import queries

ROOT = Path(__file__).resolve().parents[1]
MEDQUAD = ROOT.parent / "shared" / "corpora" / "medquad.ndjson.gz"
RESULTS = ROOT / "bench" / "results"

SIZES = (10_000, 100_000)
FULL_SIZES = (10_000, 100_000, 300_000, 1_000_000)

WHOOSH_CAP = 16_500
"""Stock Whoosh takes over a millisecond to build a question, and up to half a second to search 100,000;
MedQuAD is the largest archive that one waits for."""

OURS = "askive"

BUSY = 0.7
"""The load average above which something else is taking time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: `count` queries of a kind, as far as `budget` seconds for each engine go."""

    engines: Sequence[str]
    count: int
    budget: float
    whoosh_cap: int
    cold: int

    def without(self, corpus: Corpus) -> dict[str, str]:
        """Return the engines that are not measured on an archive, and why."""
        if "whoosh" not in self.engines or corpus.questions <= self.whoosh_cap:
            return {}
        return {"whoosh": f"too slow beyond {self.whoosh_cap:,} questions (--whoosh-cap)"}


def measured(corpus: Corpus, plan: Plan) -> dict[str, Any]:
    """Return everything measured on one archive."""
    without = plan.without(corpus)
    names = [name for name in plan.engines if name not in without]
    build = {name: _built(corpus, name) for name in names}
    searching = [name for name in names if ENGINES[name].searched]
    return {
        "name": corpus.name,
        "description": corpus.description,
        "questions": corpus.questions,
        "text_bytes": corpus.text_bytes,
        "without": without,
        "build": build,
        "search": _searched(corpus, searching, plan),
        "serve": {name: _serving(corpus, name) for name in searching},
        "grow": {name: _grown(corpus, name) for name in searching if _grows(corpus, name)},
        "cold": _cold(corpus, searching, plan.cold),
    }


def _built(corpus: Corpus, name: str) -> dict[str, Any]:
    say(f"{corpus.name}: building {name}")
    return measure.apart("build", name, corpus.archive, corpus.directory(name))


def _serving(corpus: Corpus, name: str) -> dict[str, Any]:
    say(f"{corpus.name}: memory of searching with {name}")
    return measure.apart("serve", name, corpus.archive, corpus.directory(name))


def _grows(corpus: Corpus, name: str) -> bool:
    return load(name, corpus.archive, corpus.directory(name)).grows


def _grown(corpus: Corpus, name: str) -> dict[str, Any]:
    """Measure new questions, on a copy."""
    say(f"{corpus.name}: new questions for {name}")
    with tempfile.TemporaryDirectory(dir=corpus.home) as copy:
        directory = Path(copy) / corpus.directory(name).relative_to(corpus.home)
        if name == OURS:
            shutil.copytree(corpus.archive, Path(copy) / "archive")
        else:
            shutil.copytree(corpus.directory(name), directory)
        return measure.apart("grow", name, Path(copy) / "archive", directory)


def _cold(corpus: Corpus, names: Sequence[str], count: int) -> dict[str, Any]:
    if not count:
        return {}
    say(f"{corpus.name}: whole commands")
    cold.prepare(corpus)
    found = measure.commands_in_turns(cold.rounds(corpus, names, count))
    return {name: latency.numbers() for name, latency in found.items()}


def _searched(corpus: Corpus, names: Sequence[str], plan: Plan) -> dict[str, Any]:
    with ExitStack() as stack:
        engines = {name: load(name, corpus.archive, corpus.directory(name)) for name in names}
        for engine in engines.values():
            engine.open()
            stack.callback(engine.close)
        return {str(kind): of_kind(kind, corpus, engines, plan) for kind in kinds_of(corpus)}


def kinds_of(corpus: Corpus) -> Iterator[Kind]:
    """Yield the kinds of query that an archive can answer."""
    return (kind for kind in Kind if corpus.dated or kind is not Kind.NEWEST)


def of_kind(kind: Kind, corpus: Corpus, engines: Mapping[str, Engine], plan: Plan) -> dict[str, Any]:
    """Return what each engine that knows a kind of query takes for it; raises where one finds nothing."""
    say(f"{corpus.name}: searching, {kind}")
    asked = queries(corpus.archive, kind, plan.count)
    able = {name: engine for name, engine in engines.items() if kind in engine.kinds}
    found = {name: measure.warmed(engine, asked, plan.budget) for name, engine in able.items()}
    for name, answers in found.items():
        if not any(answer.hits for answer in answers):
            raise RuntimeError(f"{name} finds nothing for any of {len(answers)} queries: {kind}")
    latencies = measure.in_turns(able, asked, {name: len(answers) for name, answers in found.items()})
    return {name: _numbers(name, latencies, found) for name in able}


def _numbers(
    name: str, latencies: Mapping[str, Latency], found: Mapping[str, Sequence[Found]]
) -> dict[str, Any]:
    answers = found[name]
    numbers: dict[str, Any] = {
        "queries": len(answers),
        "answered": fmean(bool(answer.hits) for answer in answers),
        **latencies[name].numbers(),
    }
    if OURS in found and name != OURS:
        both = min(len(answers), len(found[OURS]))
        ours, its = (fmean(latencies[each].times[:both]) for each in (OURS, name))
        numbers |= {"ratio": ours / its, "overlap": overlap(found[OURS][:both], answers[:both])}
    return numbers


def overlap(ours: Iterable[Found], others: Iterable[Found]) -> float:
    """Return the mean share of our hits that another engine has among its own."""
    shares = [
        len({hit.id for hit in mine.hits} & {hit.id for hit in its.hits}) / len(mine.hits)
        for mine, its in zip(ours, others, strict=True)
        if mine.hits
    ]
    return fmean(shares) if shares else 0.0


# -- the command line


def say(message: str) -> None:
    """Say what is being done."""
    print(message, file=sys.stderr, flush=True)


def size(text: str) -> int:
    """Return the number of questions that a size means.

    >>> size("10k"), size("1M"), size("2500")
    (10000, 1000000, 2500)
    """
    digits = "".join(takewhile(str.isdecimal, text))
    factor = {"": 1, "k": 1_000, "m": 1_000_000}[text[len(digits) :].lower()]
    return int(digits) * factor


def sizes(text: str) -> tuple[int, ...]:
    """Return the sizes of a list with commas between; "" is none."""
    return tuple(size(part.strip()) for part in text.split(",") if part.strip())


BUDGET = """what an engine may take for the queries of one kind before they are measured; one that is slower
is measured on fewer (default: %(default)s)"""
CAP = "the largest archive that stock Whoosh is measured on (default: %(default)s)"


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python bench/speed.py",
        description="Measure Askive beside stock Whoosh, SQLite FTS5, Tantivy, BM25S on the same archives.",
        epilog="The default takes some ten minutes on two cores, --full an hour or so. Engines that are not "
        "installed are left out, and said so: pip install -e '.[bench]' has them all.",
    )
    add = parser.add_argument
    add("--sizes", type=sizes, metavar="N,N", help="generated archives, as 10k,1M (default: 10k,100k)")
    add("--full", action="store_true", help="generated archives of 10k, 100k, 300k and 1M questions")
    add("--medquad", type=Path, default=MEDQUAD, metavar="FILE", help="MedQuAD's export (%(default)s)")
    add("--no-medquad", action="store_true", help="generated archives only")
    add("--engines", default=",".join(ENGINES), metavar="A,B", help="which engines (default: %(default)s)")
    add("--queries", type=int, default=200, metavar="N", help="queries of each kind (default: %(default)s)")
    add("--budget", type=float, default=4.0, metavar="SECONDS", help=BUDGET)
    add("--whoosh-cap", type=size, default=WHOOSH_CAP, metavar="N", help=CAP)
    add("--cold", type=int, default=9, metavar="N", help="runs of each whole command (default: %(default)s)")
    add("--work", type=Path, metavar="DIR", help="keep archives and indexes here, and use them again")
    add("--out", type=Path, default=RESULTS, metavar="DIR", help="for speed.json, .png, .svg (%(default)s)")
    return parser


def plan_of(options: argparse.Namespace) -> Plan:
    """Return the plan of a command line; says which engines are not here."""
    present = []
    for name in options.engines.split(","):
        if name not in ENGINES:
            raise SystemExit(f"no engine {name!r}: there are {', '.join(ENGINES)}")
        if why := missing(name):
            say(f"{name} is left out: {why}")
        else:
            present.append(name)
    return Plan(present, options.queries, options.budget, options.whoosh_cap, options.cold)


def corpora(options: argparse.Namespace, work: Path) -> Iterator[Corpus]:
    """Make the archives that are asked for, one after the other."""
    if options.no_medquad:
        pass
    elif options.medquad.exists():
        say("medquad: reading")
        yield archives.medquad(work, options.medquad)
    else:
        say(f"MedQuAD is not at hand ({options.medquad}): generated archives only")
    for wanted in FULL_SIZES if options.full else SIZES if options.sizes is None else options.sizes:
        say(f"generating {wanted:,} questions")
        yield archives.generated(work, wanted)


def run(options: argparse.Namespace, work: Path) -> None:
    """Measure, print and write; what is done so far is written after every archive."""
    plan = plan_of(options)
    if (busy := os.getloadavg()[0]) > BUSY:
        say(f"the machine is busy (load {busy:.1f}): take the ratios for more than the times")
    options.out.mkdir(parents=True, exist_ok=True)
    done: list[dict[str, Any]] = []
    for corpus in corpora(options, work):
        done.append(measured(corpus, plan))
        print("\n".join(report.corpus_lines(done[-1])), flush=True)
        report.write(options.out / "speed.json", done)
    print("\n".join(report.legend()))
    if find_spec("matplotlib"):
        from askive.bench import picture  # noqa: PLC0415 - Matplotlib, which may be missing

        picture.draw(done, [options.out / "speed.png", options.out / "speed.svg"])
    else:
        say("no picture: Matplotlib is not installed")


def main() -> None:
    """Read the command line and run."""
    options = arguments().parse_args()
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
        run(options, options.work)
    else:
        with tempfile.TemporaryDirectory(prefix="askive-bench-") as work:
            run(options, Path(work))


if __name__ == "__main__":
    main()
