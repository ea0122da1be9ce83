"""A collection's queries put to engines: every engine the same words over the same records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import archives
from .archives import Corpus
from .contract import Engine, Kind, Query
from .engines import load
from .engines.ours import Plain, Related
from .judged import DEPTH, Asks, Collection, Judged, Measures, measures, ranking
from .report import OURS
from .rows import rows_of

_WORD = re.compile(r"[^\W_]+")
"""What all engines take for one word, whatever stood around it; lower case keeps OR from being a sign."""

AS_ASKED: Mapping[Asks, type[Plain]] = {Asks.SEARCH: Plain, Asks.RELATED: Related}


def corpus_of(collection: Collection, work: Path) -> Corpus:
    """Return the archive of a collection's records."""
    description = f"the records of the collection {collection.name}"
    return archives.exported(work, collection.name, collection.corpus, description)


def engine_of(name: str, asks: Asks, corpus: Corpus, **settings: Any) -> Engine:
    """Return an engine; ours is asked as the command is that the collection is for, with the settings."""
    directory = corpus.directory(name)
    if name == OURS:
        return AS_ASKED[asks](corpus.archive, directory, **settings)
    return load(name, corpus.archive, directory)


def build(names: Sequence[str], collection: Collection, corpus: Corpus) -> None:
    """Build the engines' indexes of a collection's records."""
    rows = list(rows_of(corpus.archive))
    for name in names:
        engine = engine_of(name, collection.asks, corpus)
        engine.build([] if engine.from_store else rows)


@contextmanager
def opened(engine: Engine) -> Iterator[Engine]:
    """Open what was built, and close it."""
    engine.open()
    try:
        yield engine
    finally:
        engine.close()


def query_of(judged: Judged) -> Query:
    """Return what engines are asked: any of the words may match, and the text is there as it was written."""
    words = tuple(_WORD.findall(judged.text.lower()))
    return Query(Kind.QUESTION, words, limit=DEPTH, whole=judged.text)


def scored(engine: Engine, queries: Sequence[Judged]) -> list[Measures]:
    """Return how good an open engine's ranking is, for each query."""
    return [measures(ranked(engine, query), query.grades) for query in queries]


def ranked(engine: Engine, query: Judged) -> list[str]:
    """Return the ids that an open engine finds, best first; a text without words finds nothing in any.

    So do the commands have it, which pass over an empty line; others take it for an error, or for everything.
    """
    asked = query_of(query)
    hits = engine.search(asked).hits if asked.words else ()
    return ranking(query, (hit.id for hit in hits))
