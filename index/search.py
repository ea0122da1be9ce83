"""Run a query against a snapshot: hits in order, facets, and where each score comes from."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from . import grammar
from .compile import Compiler, Match
from .evaluate import Evaluator
from .segment.documents import MISSING
from .segment.file import Array
from .snapshot import Snapshot

if TYPE_CHECKING:
    from whoosh import query as w

Sort = Literal["relevance", "newest", "oldest", "active", "score", "views", "answers"]
SORTS: tuple[Sort, ...] = get_args(Sort)
MATCHES: tuple[Match, ...] = get_args(Match)

FACETS = ("tag", "site", "year")
FACET_VALUES = 10
"""How many values of each facet are counted out; the commonest first."""

_SORT_COLUMNS: Mapping[Sort, tuple[str, int]] = {
    "newest": ("created", -1),
    "oldest": ("created", 1),
    "active": ("active", -1),
    "score": ("score", -1),
    "views": ("views", -1),
    "answers": ("answers", -1),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a score: what `term` in `field` gave."""

    field: str
    term: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A question that matched; the `shares`, if asked for, add up to `score`."""

    id: str
    score: float
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """The `hits` asked for out of `total`; `facets` maps a facet to its commonest (value, count) pairs."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def search(
    snapshot: Snapshot,
    node: grammar.Node,
    *,
    now: datetime,
    match: Match = "most",
    sort: Sort = "relevance",
    limit: int = 10,
    offset: int = 0,
    facets: Iterable[str] = (),
    explain: bool = False,
) -> Hits:
    """Return the questions that match, best first; equally good ones in the order of their ids.

    With a `sort` other than relevance a question that lacks the value comes last.
    Raises `grammar.QueryError` where the query holds an ambiguous id.
    """
    query = Compiler(snapshot, match, now).whole(node)
    if sort == "relevance":
        total, ranked = best(snapshot, query, offset + limit)
    else:
        total, ranked = _sorted(snapshot, query, sort, offset + limit)
    ranked = ranked[offset:]
    given = shares(snapshot, query, [number for _, _, number in ranked]) if explain else {}
    hits = (Hit(question_id, score, _shown(given.get(number, ()))) for question_id, score, number in ranked)
    counted = {name: _facet(snapshot, name, query) for name in facets}
    return Hits(total, tuple(hits), counted)


Ranked = tuple[str, float, int]
"""The id, score and document number of a question, counted over all segments."""


def best(snapshot: Snapshot, query: w.Query, count: int) -> tuple[int, list[Ranked]]:
    """Return how many questions match, and the first `count`: best first, equal ones in the order of ids."""
    total, found = 0, list[Ranked]()
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        of_segment = one.best(query, max(count, 1))
        total += of_segment.total
        order = _first(count, -of_segment.scores, of_segment.docs, one)
        ids = one.segment.documents.keys("id")
        found += [
            (ids.of(number).decode(), float(score), base + number)
            for number, score in zip(
                of_segment.docs[order].tolist(), of_segment.scores[order].tolist(), strict=True
            )
        ]
    return total, heapq.nsmallest(count, found, key=lambda row: (-row[1], row[0]))


def _first(count: int, keys: Array, docs: Array, one: Evaluator) -> Array:
    """Return where the `count` smallest keys are, in order; equal ones in the order of ids."""
    if count < len(keys):
        among = np.flatnonzero(keys <= np.partition(keys, count)[count])
    else:
        among = np.arange(len(keys))
    ranks = one.segment.documents.keys("id").ranks[docs[among]]
    first: Array = among[np.lexsort((ranks, keys[among]))][:count]
    return first


def _sorted(snapshot: Snapshot, query: w.Query, sort: Sort, count: int) -> tuple[int, list[Ranked]]:
    """Return as `best`, in the order of a column; those that lack the value come last."""
    name, sign = _SORT_COLUMNS[sort]
    total, found = 0, list[tuple[bool, int, str, float, int]]()
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        documents = one.segment.documents
        docs = np.flatnonzero(one.alive(query))
        total += len(docs)
        distinct, places = np.unique(documents.places(name)[docs], return_inverse=True)
        places = np.where((distinct == 0)[places], len(distinct), sign * places)
        order = np.sort(docs[_first(count, places, docs, one)])
        values = documents.numbers(name)[order].tolist()
        ids = documents.keys("id")
        for number, value, score in zip(
            order.tolist(), values, one.scores(query, order).tolist(), strict=True
        ):
            missing = value == MISSING
            found.append(
                (missing, 0 if missing else sign * value, ids.of(number).decode(), score, base + number)
            )
    return total, [(row[2], row[3], row[4]) for row in heapq.nsmallest(count, found)]


def shares(snapshot: Snapshot, query: w.Query, numbers: Iterable[int]) -> dict[int, tuple[Share, ...]]:
    """Return what each term of each field gave to documents' scores, most first; they add up to them."""
    found: dict[int, tuple[Share, ...]] = {}
    wanted = np.array(sorted(numbers), np.int64)
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        docs = wanted[(wanted >= base) & (wanted < base + one.segment.count)] - base
        parts: list[dict[tuple[str, str], float]] = [{} for _ in docs]
        for field, term, given in one.shares(query, docs):
            for of_document, score in zip(parts, given.tolist(), strict=True):
                if score:
                    name = field.removesuffix("_words")
                    of_document[name, term] = of_document.get((name, term), 0.0) + score
        found |= {base + int(number): _ordered(part) for number, part in zip(docs, parts, strict=True)}
    return found


def _shown(found: tuple[Share, ...]) -> tuple[Share, ...]:
    """Return the shares as people see them: the words of a tag's name belong to the tag."""
    return tuple(replace(share, field="tag") if share.field == "tagwords" else share for share in found)


def _ordered(found: Mapping[tuple[str, str], float]) -> tuple[Share, ...]:
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(field, term, score) for (field, term), score in ordered)


def _facet(snapshot: Snapshot, name: str, query: w.Query) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for one in snapshot.evaluators:
        docs = np.flatnonzero(one.alive(query))
        counted.update(_years(one, docs) if name == "year" else _names(one, docs, f"{name}_facet"))
    return tuple(heapq.nsmallest(FACET_VALUES, counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _names(one: Evaluator, docs: Array, column: str) -> dict[str, int]:
    names = one.segment.documents.sets(column)
    counts = names.count(docs)
    there = np.flatnonzero(counts)
    held = zip(there.tolist(), counts[there].tolist(), strict=True)
    return {names.every_name[number].decode(): count for number, count in held}


def _years(one: Evaluator, docs: Array) -> dict[str, int]:
    seconds = one.segment.documents.numbers("created")[docs]
    seconds = seconds[seconds != MISSING]
    years, counts = np.unique(
        seconds.astype("M8[s]").astype("M8[Y]").astype(np.int64) + 1970, return_counts=True
    )
    return {str(year): count for year, count in zip(years.tolist(), counts.tolist(), strict=True)}
