"""Run a query against a snapshot: hits in order, facets, and where each score comes from."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from . import grammar
from .compile import Compiler, Match, Pair
from .evaluate import Evaluator
from .ranking import CLOSER, PAIRED, SEARCH, Ranking
from .segment.documents import MISSING
from .segment.file import Array, Floats, Longs
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
    ranking: Ranking = SEARCH,
    limit: int = 10,
    offset: int = 0,
    facets: Iterable[str] = (),
    explain: bool = False,
) -> Hits:
    """Return the questions that match, best first; equally good ones in the order of their ids.

    With a `sort` other than relevance a question that lacks the value comes last.
    Raises `grammar.QueryError` where the query holds an ambiguous id.
    """
    compiler = Compiler(snapshot, match, now, ranking)
    query, extra = compiler.whole(node), Extra()
    if sort == "relevance":
        pairs = compiler.pairs(node) if ranking.pairs else []
        found = candidates(snapshot, query, max(offset + limit, CLOSER if pairs else 0))
        found, extra = closer(snapshot, found, pairs, ranking.pairs)
        total, ranked = found.total, named(snapshot, found, offset + limit)
    else:
        total, ranked = _sorted(snapshot, query, sort, offset + limit)
    ranked = ranked[offset:]
    given = shares(snapshot, query, [number for _, _, number in ranked], extra) if explain else {}
    hits = (Hit(question_id, score, _shown(given.get(number, ()))) for question_id, score, number in ranked)
    counted = {name: _facet(snapshot, name, query) for name in facets}
    return Hits(total, tuple(hits), counted)


PAIR = "pair"
"""Stands in the place of a field for what two words gave by standing side by side."""

Extra = dict[int, dict[str, float]]
"""What pairs of words gave besides, by document number and pair."""

Ranked = tuple[str, float, int]
"""The id, score and document number of a question, counted over all segments."""


class Candidates(NamedTuple):
    """How many questions match; the numbers of some of them, the best among these, and their scores."""

    total: int
    numbers: Longs
    scores: Floats


def candidates(snapshot: Snapshot, query: w.Query, count: int) -> Candidates:
    """Return the `count` best of every segment."""
    total, numbers, scores = 0, [np.zeros(0, np.int64)], [np.zeros(0)]
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        of_segment = one.best(query, max(count, 1))
        total += of_segment.total
        order = _first(count, -of_segment.scores, of_segment.docs, one)
        numbers.append(of_segment.docs[order] + base)
        scores.append(of_segment.scores[order])
    return Candidates(total, np.concatenate(numbers), np.concatenate(scores))


def named(snapshot: Snapshot, found: Candidates, count: int) -> list[Ranked]:
    """Return the first `count` with their ids: best first, equal ones in the order of ids."""
    kept = _cut(snapshot, found, count)
    numbers, scores = found.numbers[kept].tolist(), found.scores[kept].tolist()
    rows = [(snapshot.id_of(number), score, number) for number, score in zip(numbers, scores, strict=True)]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def closer(
    snapshot: Snapshot, found: Candidates, pairs: Sequence[Pair], weight: float
) -> tuple[Candidates, Extra]:
    """Return the candidates with what pairs of words give to the `CLOSER` best of them, and what that is."""
    extra: Extra = {}
    if not pairs or not len(found.numbers):
        return found, extra
    near = np.sort(found.numbers[_cut(snapshot, found, CLOSER)])
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        docs = near[(near >= base) & (near < base + one.segment.count)] - base
        if len(docs):
            of_pairs = one.beside([pair[:2] for pair in pairs], PAIRED, docs)
            for pair, places in zip(pairs, of_pairs, strict=True):
                for number in docs[places].tolist():
                    extra.setdefault(base + number, {})[f"{pair.first} {pair.second}"] = weight * pair.rarity
    more = [sum(extra.get(number, {}).values()) for number in found.numbers.tolist()]
    return found._replace(scores=found.scores + more), extra


def _cut(snapshot: Snapshot, found: Candidates, count: int) -> Longs:
    """Return where the `count` best are, in no order; of equal ones those whose ids come first."""
    size = len(found.scores)
    if size <= count:
        return np.arange(size)
    least = np.partition(found.scores, size - count)[size - count]
    above = np.flatnonzero(found.scores > least)
    equal = np.flatnonzero(found.scores == least).tolist()
    if len(above) + len(equal) > count:
        equal.sort(key=lambda at: snapshot.id_of(int(found.numbers[at])))
    return np.concatenate([above, np.array(equal[: count - len(above)], np.int64)])


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
    """Return how many match, and the first `count` by a column; those that lack the value come last."""
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


def shares(
    snapshot: Snapshot, query: w.Query, numbers: Iterable[int], extra: Extra
) -> dict[int, tuple[Share, ...]]:
    """Return what each term of each field gave to documents' scores, most first; they add up to them."""
    found: dict[int, tuple[Share, ...]] = {}
    wanted = np.array(sorted(numbers), np.int64)
    for base, one in zip(snapshot.bases, snapshot.evaluators, strict=True):
        docs = wanted[(wanted >= base) & (wanted < base + one.segment.count)] - base
        parts: list[dict[tuple[str, str], float]] = [{} for _ in docs]
        for share in one.shares(query, docs):
            if share.score:
                of_document, name = parts[share.document], share.field.removesuffix("_words")
                of_document[name, share.term] = of_document.get((name, share.term), 0.0) + share.score
        for number, of_document in zip((docs + base).tolist(), parts, strict=True):
            of_document |= {(PAIR, term): score for term, score in extra.get(number, {}).items()}
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
