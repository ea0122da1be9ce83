"""Run a query against a snapshot: hits in order, facets, and where each score comes from."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from whoosh import query as w
from whoosh.searching import SearchContext

from . import grammar
from .compile import Compiler, Match
from .queries import AnyTerm, Filter, Weighed
from .schema import MISSING, SEPARATOR
from .snapshot import Snapshot

Sort = Literal["relevance", "newest", "oldest", "active", "score", "views", "answers"]
SORTS: tuple[Sort, ...] = get_args(Sort)
MATCHES: tuple[Match, ...] = get_args(Match)

FACETS = ("tag", "site", "year")
FACET_VALUES = 10
"""How many values of each facet are counted out; the commonest first."""

_SORT_COLUMNS: Mapping[Sort, tuple[str, int]] = {
    "newest": ("created_sort", -1),
    "oldest": ("created_sort", 1),
    "active": ("active_sort", -1),
    "score": ("score_sort", -1),
    "views": ("views_sort", -1),
    "answers": ("answers_sort", -1),
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
    scores = evaluate(snapshot, query)
    ranked = top(snapshot, scores, sort, offset + limit)[offset:]
    given = shares(snapshot, query, (number for _, _, number in ranked)) if explain else {}
    hits = (Hit(question_id, score, _shown(given.get(number, ()))) for question_id, score, number in ranked)
    counted = {name: _facet(snapshot, name, scores) for name in facets}
    return Hits(len(scores), tuple(hits), counted)


def evaluate(snapshot: Snapshot, query: w.Query) -> dict[int, float]:
    """Return the score of every document that matches, by document number."""
    scores: dict[int, float] = {}
    searcher = snapshot.searcher
    context = _context(snapshot)
    for leaf, offset in searcher.leaf_searchers():
        matcher = query.matcher(leaf, context)
        while matcher.is_active():
            scores[offset + matcher.id()] = matcher.score()
            matcher.next()
    return scores


def top(
    snapshot: Snapshot, scores: Mapping[int, float], sort: Sort, count: int
) -> list[tuple[str, float, int]]:
    """Return (id, score, document number) of the first `count` documents in the order of `sort`."""
    ids = snapshot.column("id")
    if sort == "relevance":
        best = heapq.nsmallest(count, ((-score, ids[n], n) for n, score in scores.items()))
        return [(question_id, scores[n], n) for _, question_id, n in best]
    name, sign = _SORT_COLUMNS[sort]
    column = snapshot.column(name)
    values = ((column[n], n) for n in scores)
    keyed = ((value == MISSING, sign * value, ids[n], n) for value, n in values)
    return [(key[2], scores[key[3]], key[3]) for key in heapq.nsmallest(count, keyed)]


def shares(snapshot: Snapshot, query: w.Query, numbers: Iterable[int]) -> dict[int, tuple[Share, ...]]:
    """Return what each term of each field gave to documents' scores, most first; they add up to them."""
    found: dict[int, tuple[Share, ...]] = {}
    wanted = sorted(numbers)
    for leaf, offset in snapshot.searcher.leaf_searchers():
        here = [n - offset for n in wanted if offset <= n < offset + leaf.doc_count_all()]
        given = _given(snapshot, query, leaf, here)
        found |= {offset + number: _ordered(parts) for number, parts in given.items()}
    return found


_Parts = list[tuple[str, str, float]]


def _given(snapshot: Snapshot, query: w.Query, leaf: Any, numbers: Iterable[int]) -> dict[int, _Parts]:
    """Return the (field, term, score) of a query in those of some documents of a segment that it matches."""
    match query:
        case w.And():
            each = [_given(snapshot, part, leaf, numbers) for part in query.subqueries]
            return {
                n: [share for parts in each for share in parts[n]]
                for n in numbers
                if all(n in p for p in each)
            }
        case Weighed():
            each = [_given(snapshot, part, leaf, numbers) for part in query.subqueries]
            return {
                n: [share for parts in each for share in parts.get(n, ())]
                for n in numbers
                if any(n in parts for parts in each)
            }
        case Filter():
            return {n: [] for n, _ in _scores(snapshot, query, leaf, numbers)}
        case _:
            field, term = _label(query)
            return {n: [(field, term, score)] for n, score in _scores(snapshot, query, leaf, numbers)}


def _scores(
    snapshot: Snapshot, query: w.Query, leaf: Any, numbers: Iterable[int]
) -> Iterator[tuple[int, float]]:
    """Yield (number, score) of those of some documents, in order, that a query matches."""
    matcher = query.matcher(leaf, _context(snapshot))
    for number in numbers:
        if matcher.is_active() and matcher.id() < number:
            matcher.skip_to(number)
        if matcher.is_active() and matcher.id() == number:
            yield number, float(matcher.score())


def _shown(found: tuple[Share, ...]) -> tuple[Share, ...]:
    """Return the shares as people see them: the words of a tag's name belong to the tag."""
    return tuple(replace(share, field="tag") if share.field == "tagwords" else share for share in found)


def _ordered(parts: _Parts) -> tuple[Share, ...]:
    found: dict[tuple[str, str], float] = {}
    for field, term, score in parts:
        found[field, term] = found.get((field, term), 0.0) + score
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(field, term, score) for (field, term), score in ordered if score)


def _label(query: w.Query) -> tuple[str, str]:
    """Return the field, by its name in the field table, and the term of a leaf, as --explain shows them."""
    match query:
        case w.Term():
            return query.fieldname.removesuffix("_words"), query.text
        case w.Phrase():
            return query.fieldname.removesuffix("_words"), f'"{" ".join(query.words)}"'
        case AnyTerm():
            some = [term.decode() for term in query.terms_[:3]]
            more = "|…" if len(query.terms_) > len(some) else ""
            return query.fieldname.removesuffix("_words"), "|".join(some) + more
        case _:
            return "", str(query)


def _context(snapshot: Snapshot) -> Any:
    return SearchContext(weighting=snapshot.weighting)


def _facet(snapshot: Snapshot, name: str, numbers: Iterable[int]) -> tuple[tuple[str, int], ...]:
    values = {"tag": _tags, "site": _sites, "year": _years}[name](snapshot, numbers)
    counted = Counter(values).items()
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES])


def _tags(snapshot: Snapshot, numbers: Iterable[int]) -> Iterator[str]:
    column = snapshot.column("tag_facet")
    for number in numbers:
        yield from filter(None, column[number].decode().split(SEPARATOR))


def _sites(snapshot: Snapshot, numbers: Iterable[int]) -> Iterator[str]:
    column = snapshot.column("site_facet")
    return filter(None, (column[number].decode() for number in numbers))


def _years(snapshot: Snapshot, numbers: Iterable[int]) -> Iterator[str]:
    column = snapshot.column("created_sort")
    for value in (column[number] for number in numbers):
        if value != MISSING:
            yield str(datetime.fromtimestamp(value, UTC).year)
