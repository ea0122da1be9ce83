"""How many of the questions marked `duplicate?` are right: `python bench/duplicates.py`.

Of the first five related questions of every query that was judged: how many have each likeness, how many of
them were judged, and how many of these are related, linked or duplicates.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from askive.archive.records import Question
from askive.archive.store import Store
from askive.bench import judged, ranked, relevance
from askive.bench.engines.ours import NOW
from askive.bench.judged import Asks, Collection, right
from askive.bench.report import OURS
from askive.index.analysis import Stemmer
from askive.index.related import SAME, Likeness, related
from askive.index.snapshot import Snapshot

FIRST = 5
"""Related questions of each query that are looked at."""

LEAST = (0.4, SAME, 0.6, 0.7, 0.8)


def likenesses(collection: Collection, work: Path) -> Iterator[tuple[float, bool, bool]]:
    """Yield of each related question its likeness, whether it was judged, and whether it is right."""
    corpus = ranked.corpus_of(collection, work)
    ranked.build([OURS], collection, corpus)
    with (
        Store.open(corpus.archive) as store,
        Snapshot.open(corpus.directory(OURS), store.archive_id) as snapshot,
    ):
        for query in collection.queries:
            question = Question("", query.text)
            likeness = Likeness(snapshot, question, Stemmer())
            hits = related(snapshot, question, now=NOW, load=store.get, limit=FIRST + 1).hits
            for hit in [hit for hit in hits if hit.id != query.id][:FIRST]:
                record = store.get(hit.id)
                assert record is not None, "the index is that of the store"
                yield likeness.of(record), hit.id in query.grades, hit.id in right(query.grades)


def table(name: str, found: list[tuple[float, bool, bool]]) -> Iterator[str]:
    """Yield the lines of one collection."""
    yield f"{name}: {len(found)} related questions"
    yield "  likeness   questions  judged  right"
    for least in LEAST:
        alike = [row for row in found if row[0] >= least]
        mark = " <- duplicate?" if least == SAME else ""
        counts = len(alike), sum(row[1] for row in alike), sum(row[2] for row in alike)
        yield f"  {least:.1f} and up {counts[0]:>9} {counts[1]:>7} {counts[2]:>6}{mark}"


def main() -> None:
    """Measure all collections of related questions that are at hand."""
    folders = [path.parent for path in sorted(relevance.COLLECTIONS.glob("*/meta.json"))]
    if not folders:
        sys.exit(f"no collections in {relevance.COLLECTIONS}")
    with tempfile.TemporaryDirectory() as work:
        for folder in folders:
            collection = judged.collection(folder)
            if collection.asks is Asks.RELATED:
                print(*table(collection.name, list(likenesses(collection, Path(work)))), sep="\n")


if __name__ == "__main__":
    main()
