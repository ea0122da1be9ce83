"""Collections of questions with people's judgments of what answers them, and how well a ranking does by them.

A collection is a folder: meta.json (its kind and the path of its corpus), queries.jsonl (id, form, text) and
qrels.tsv (query, question, grade).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from math import log2
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, TypeVar

Value = TypeVar("Value")

Grades = Mapping[str, int]
"""The grade of each question that was judged for a query: 1 beside the point, 4 just right."""

WORST, RIGHT = 1, 3
"""The grade of what nobody judged, and the least that counts as right."""

TOP = 10
"""The page that is read."""

DEPTH = 100
"""Hits that engines are asked for."""


class Asks(StrEnum):
    """What a collection's queries ask for."""

    SEARCH = "search"
    RELATED = "related"


class Judged(NamedTuple):
    """A query that was judged; `form` says in which words a question is put, where there are several."""

    id: str
    form: str
    text: str
    grades: Grades


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with their judgments, and the export of the records they are asked of."""

    name: str
    asks: Asks
    queries: tuple[Judged, ...]
    corpus: Path
    hashes: Mapping[str, str]
    """SHA-256 of the files `corpus`, `queries` and `qrels`."""

    @property
    def forms(self) -> tuple[str, ...]:
        """Return the forms of its queries."""
        return tuple(dict.fromkeys(query.form for query in self.queries))

    def of_form(self, form: str) -> tuple[Judged, ...]:
        """Return the queries of one form."""
        return tuple(query for query in self.queries if query.form == form)


def collection(folder: Path) -> Collection:
    """Read a collection; raises ValueError for a query without anything right, for no ranking can be good."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    files = {
        "corpus": folder / meta["corpus"],
        "queries": folder / "queries.jsonl",
        "qrels": folder / "qrels.tsv",
    }
    grades = _grades(files["qrels"].read_text(encoding="utf-8"))
    queries = tuple(
        Judged(item["id"], item["form"], item["text"], grades.get(item["id"], {}))
        for item in map(json.loads, files["queries"].read_text(encoding="utf-8").splitlines())
    )
    for query in queries:
        if not right(query.grades):
            raise ValueError(f"{files['qrels']}: nothing is right for the query {query.id}")
    hashes = {name: sha256(file) for name, file in files.items()}
    return Collection(folder.name, Asks(meta["kind"]), queries, files["corpus"], hashes)


def _grades(text: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        query, question, grade = line.split("\t")
        found.setdefault(query, {})[question] = int(grade)
    return found


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def spread(values: Sequence[Value], count: int) -> list[Value]:
    """Return `count` of the values, taken at equal distances, or all if there are no more.

    >>> spread("abcdefghij", 4)
    ['a', 'c', 'f', 'h']
    """
    count = min(count, len(values))
    return [values[n * len(values) // count] for n in range(count)]


# -- how good a ranking is


class Measures(NamedTuple):
    """What is said of a ranking, each from 0 to 1, as in trec_eval but for the gain."""

    ndcg: float
    """nDCG of the first ten; what a grade gains is what it is above the worst."""
    map: float
    """Average precision within the first ten."""
    mrr: float
    """One by the rank of the first that is right, if it is among the first ten."""
    first: float
    """Whether the first is right."""
    recall: float
    """The share of all that is right among the first hundred."""
    judged: float
    """nDCG of the first ten that were judged: what it would be if all that nobody judged were left out."""


NAMES = ("nDCG@10", "MAP@10", "MRR@10", "P@1", "R@100", "judged")
"""What the measures are called where people read them, in their order."""


def right(grades: Grades) -> frozenset[str]:
    """Return the questions that are right."""
    return frozenset(id for id, grade in grades.items() if grade >= RIGHT)


def ranking(query: Judged, ids: Iterable[str]) -> list[str]:
    """Return what counts of a list of hits: not the query itself, which may be in the archive, none twice."""
    return [id for id in dict.fromkeys(ids) if id != query.id]


def measures(ranked: Sequence[str], grades: Grades) -> Measures:
    """Return how good a ranking is."""
    wanted = right(grades)
    hits = [id in wanted for id in ranked]
    best = gained(sorted(grades, key=lambda id: -_gain(id, grades)), grades)
    return Measures(
        ndcg=gained(ranked, grades) / best,
        map=sum(_precisions(hits[:TOP])) / min(len(wanted), TOP),
        mrr=next((1 / rank for rank, hit in enumerate(hits[:TOP], 1) if hit), 0.0),
        first=float(bool(hits) and hits[0]),
        recall=sum(hits[:DEPTH]) / len(wanted),
        judged=gained([id for id in ranked if id in grades], grades) / best,
    )


def gained(ranked: Sequence[str], grades: Grades) -> float:
    """Return the discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002, base 2)."""
    return sum(_gain(id, grades) / log2(rank + 1) for rank, id in enumerate(ranked[:TOP], 1))


def _gain(id: str, grades: Grades) -> int:
    return max(0, grades.get(id, WORST) - WORST)


def _precisions(hits: Sequence[bool]) -> list[float]:
    """Return the share of hits so far, at each hit."""
    return [sum(hits[:rank]) / rank for rank, hit in enumerate(hits, 1) if hit]


def mean(found: Sequence[Measures]) -> Measures:
    """Return the mean of each measure."""
    return Measures(*map(fmean, zip(*found, strict=True)))
