"""How well Askive ranks, beside its peers: `make bench-relevance`, or `python bench/relevance.py --help`.

Prints tables by people's judgments, holds ours against relevance_floors.json, and writes relevance.json.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

from askive.bench import ablation, floors, judged, measure, relevance_report
from askive.bench.archives import Corpus
from askive.bench.contract import Engine
from askive.bench.engines import ENGINES, missing
from askive.bench.floors import Pin, Standing
from askive.bench.judged import NAMES, Asks, Collection, Measures
from askive.bench.randomisation import p_value
from askive.bench.ranked import build, corpus_of, engine_of, opened, query_of, scored
from askive.bench.report import OURS
from askive.bench.topics import Topics

ROOT = Path(__file__).resolve().parents[1]
COLLECTIONS = ROOT.parent / "shared" / "relevance"
RESULTS = ROOT / "bench" / "results"
FLOORS = ROOT / "bench" / "relevance_floors.json"

PEERS = tuple(name for name, source in ENGINES.items() if source.searched and name != OURS)

GENERATED: Mapping[str, Asks] = {"generated-search": Asks.SEARCH, "generated-related": Asks.RELATED}
"""Collections that are made where they are wanted."""

FEW = 120
"""Queries of a form that the quick check in tests/ asks: of all but the largest collection, all."""

BUDGET = 10.0
"""Seconds that an engine may take to have its queries timed; one that is slower is timed on fewer."""


def collection_names(folder: Path) -> list[str]:
    """Return the collections that are at hand, real ones first."""
    return [*sorted(meta.parent.name for meta in folder.glob("*/meta.json")), *GENERATED]


def collection_of(name: str, folder: Path, work: Path) -> Collection:
    """Return a collection; a generated one is made under `work`."""
    if name not in GENERATED:
        return judged.collection(folder / name)
    made = work / "collections" / name
    if not made.exists():
        Topics().write(made, GENERATED[name])
    return judged.collection(made)


def measured(collection: Collection, corpus: Corpus, names: Sequence[str]) -> dict[str, Any]:
    """Return everything measured on one collection."""
    say(f"{collection.name}: building {', '.join(names)}")
    build(names, collection, corpus)
    with ExitStack() as stack:
        engines = {
            name: stack.enter_context(opened(engine_of(name, collection.asks, corpus))) for name in names
        }
        lesser = {
            signal: stack.enter_context(opened(engine_of(OURS, collection.asks, corpus, **settings)))
            for signal, settings in ablation.without(collection.asks).items()
        }
        forms = {form: of_form(form, collection, engines, lesser) for form in collection.forms}
    return {
        "name": collection.name,
        "asks": collection.asks,
        "questions": corpus.questions,
        "sha256": collection.hashes,
        "forms": forms,
    }


def of_form(
    form: str, collection: Collection, engines: Mapping[str, Engine], lesser: Mapping[str, Engine]
) -> dict[str, Any]:
    """Return what each engine, and ours without each signal, makes of the queries of one form."""
    queries = collection.of_form(form)
    asked = [query for query in map(query_of, queries) if query.words]
    scores, counts = {}, {}
    for name, engine in engines.items():
        say(f"{collection.name}/{form}: {len(queries)} queries, {name}")
        begin = perf_counter()
        scores[name] = scored(engine, queries)
        counts[name] = max(1, min(len(asked), int(len(asked) * BUDGET / (perf_counter() - begin))))
    latencies = measure.in_turns(engines, asked, counts)
    less = {signal: scored(engine, queries) for signal, engine in lesser.items()}
    ours = scores[OURS]
    return {
        "queries": len(queries),
        "engines": {
            name: {**compared(ours, its), "seconds": latencies[name].numbers(), "timed": counts[name]}
            for name, its in scores.items()
        },
        "without": {signal: compared(ours, its) for signal, its in less.items()},
        "pins": {name: pin._asdict() for name, pin in pins(collection, form, ours).items()},
    }


def compared(ours: Sequence[Measures], others: Sequence[Measures]) -> dict[str, float]:
    """Return the means of others' measures, and how likely ours differ in nDCG@10 by chance alone."""
    means = dict(zip(NAMES, judged.mean(others), strict=True))
    if others is ours:
        return means
    return means | {"p": p_value([one.ndcg for one in ours], [one.ndcg for one in others])}


def pins(collection: Collection, form: str, ours: Sequence[Measures]) -> dict[str, Pin]:
    """Return the figures that floors are for: of all queries of a form, if all were asked, and of the few."""
    name, total = f"{collection.name}/{form}", len(collection.of_form(form))
    figures = {name: ours} if len(ours) == total else {}
    if total > FEW:
        figures[f"{name}, {FEW} of {total}"] = ours if len(ours) == FEW else judged.spread(ours, FEW)
    return {name: Pin(judged.mean(some).ndcg, collection.hashes) for name, some in figures.items()}


def quick(collection: Collection, work: Path, name: str = OURS) -> dict[str, Pin]:
    """Return the figures of one engine for the few queries of every form, by the names that floors have."""
    corpus = corpus_of(collection, work)
    build([name], collection, corpus)
    with opened(engine_of(name, collection.asks, corpus)) as engine:
        found: dict[str, Pin] = {}
        for form in collection.forms:
            found |= pins(collection, form, scored(engine, judged.spread(collection.of_form(form), FEW)))
    return found


# -- floors


def held(found: Mapping[str, Pin], options: argparse.Namespace) -> bool:
    """Say how the figures stand to their floors, pin them if that is wished; return whether none is below."""
    known = floors.read(FLOORS) if FLOORS.exists() else {}
    verdicts = list(floors.verdicts(found, known))
    print("\n".join(verdict.text for verdict in verdicts))
    if options.pin or options.lower:
        floors.write(FLOORS, floors.raised(known, found, lower=options.lower))
        say(f"pinned: {FLOORS}")
    return options.lower or all(verdict.standing is not Standing.BELOW for verdict in verdicts)


# -- the command line


def say(message: str) -> None:
    """Say what is being done."""
    print(message, file=sys.stderr, flush=True)


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python bench/relevance.py",
        description="Rank by Askive, stock Whoosh, SQLite FTS5, Tantivy, BM25S the same records for the same "
        "queries, score them by judgments, and hold Askive to its floors: exits with 1 where it falls below.",
        epilog="Engines that are not installed are left out, and said so: pip install -e '.[bench]'.",
    )
    add = parser.add_argument
    add("collection", nargs="*", help="which collections (default: all that are at hand)")
    add("--from", dest="folder", type=Path, default=COLLECTIONS, metavar="DIR", help="(%(default)s)")
    add("--peers", default=",".join(PEERS), metavar="A,B", help='which, "" for none (default: %(default)s)')
    add("--pin", action="store_true", help="raise the floors to what is measured; none falls")
    add("--lower", action="store_true", help="set the floors to what is measured, also where that is less")
    add("--work", type=Path, metavar="DIR", help="keep archives and indexes here, and use them again")
    add("--out", type=Path, default=RESULTS, metavar="DIR", help="for relevance.json (%(default)s)")
    return parser


def engines_of(options: argparse.Namespace) -> list[str]:
    """Return ours and the peers of a command line that are here; says which are not."""
    present = [OURS]
    for name in filter(None, options.peers.split(",")):
        if name not in PEERS:
            raise SystemExit(f"no peer {name!r}: there are {', '.join(PEERS)}")
        if why := missing(name):
            say(f"{name} is left out: {why}")
        else:
            present.append(name)
    return present


def collections(options: argparse.Namespace, work: Path) -> Iterator[Collection]:
    """Read the collections that are asked for, one after the other."""
    known = collection_names(options.folder)
    if len(known) == len(GENERATED):
        say(f"no judged collections are at hand ({options.folder}): generated ones only")
    for name in options.collection or known:
        if name not in known:
            raise SystemExit(f"no collection {name!r}: there are {', '.join(known)}")
        try:
            collection = collection_of(name, options.folder, work)
        except FileNotFoundError as absent:
            say(f"{name} is left out: {absent.filename} is not here")
        else:
            yield collection


def run(options: argparse.Namespace, work: Path) -> bool:
    """Measure, print and write; return whether ours kept above its floors."""
    names = engines_of(options)
    done = [
        measured(collection, corpus_of(collection, work), names) for collection in collections(options, work)
    ]
    print("\n".join(relevance_report.lines(done)))
    options.out.mkdir(parents=True, exist_ok=True)
    relevance_report.write(options.out / "relevance.json", done)
    found = {
        name: Pin(**pin)
        for collection in done
        for form in collection["forms"].values()
        for name, pin in form["pins"].items()
    }
    return held(found, options)


def main() -> None:
    """Read the command line and run."""
    options = arguments().parse_args()
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
        kept = run(options, options.work)
    else:
        with tempfile.TemporaryDirectory(prefix="askive-relevance-") as work:
            kept = run(options, Path(work))
    sys.exit(not kept)


if __name__ == "__main__":
    main()
