"""Our ranking keeps above its floors: a quick part of `make bench-relevance`.

Real collections are read where they are at hand. Generated ones are made here, and stock Whoosh beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from askive.bench import floors
from askive.bench.contract import Found, Query
from askive.bench.engines import ENGINES, missing
from askive.bench.engines.ours import Plain
from askive.bench.floors import Pin, Standing, verdicts
from askive.bench.judged import Asks, Collection
from askive.bench.ranked import build, corpus_of, engine_of, opened, ranked
from askive.bench.relevance import COLLECTIONS, FLOORS, GENERATED, collection_of, quick

REAL = ("se-small", "semeval-cqa-b")
"""liveqa is left to the benchmark: its 16,407 records take a while to build."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("relevance")


@cache
def collection(name: str, work: Path) -> Collection:
    if name in REAL and not (COLLECTIONS / name).is_dir():
        pytest.skip(f"the judged collection {name} is not at hand: {COLLECTIONS}")
    return collection_of(name, COLLECTIONS, work)


@cache
def figures(engine: str, name: str, work: Path) -> Mapping[str, Pin]:
    return quick(collection(name, work), work, engine)


def standings(measured: Mapping[str, Pin]) -> dict[str, Standing]:
    found = verdicts(measured, floors.read(FLOORS))
    return {verdict.text: verdict.standing for verdict in found if verdict.measured}


@pytest.mark.parametrize("name", [*REAL, *GENERATED])
def test_ours_keeps_above_its_floors(name: str, work: Path) -> None:
    found = standings(figures("askive", name, work))
    assert found
    assert [text for text, standing in found.items() if standing is not Standing.KEPT] == []


@pytest.mark.parametrize("engine", [name for name in ENGINES if ENGINES[name].searched])
@pytest.mark.parametrize("asks", Asks)
def test_a_text_without_words_finds_nothing(engine: str, asks: Asks, work: Path) -> None:
    """As for the commands, which pass over an empty line; one of liveqa's texts is empty."""
    if why := missing(engine):
        pytest.skip(why)
    of = collection(f"generated-{asks}", work)
    corpus = corpus_of(of, work)
    build([engine], of, corpus)
    with opened(engine_of(engine, asks, corpus)) as made:
        assert ranked(made, of.queries[0])
        assert [ranked(made, of.queries[0]._replace(text=text)) for text in ("", " ?! ")] == [[], []]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("generated-search", "short"),
        ("generated-search", "question"),
        ("generated-related", "short"),
        ("generated-related", "question"),
    ],
)
def test_ours_is_not_below_stock_whoosh(name: str, form: str, work: Path) -> None:
    ours, its = (
        {label: pin.figure for label, pin in figures(engine, name, work).items() if f"/{form}" in label}
        for engine in ("askive", "whoosh")
    )
    assert ours
    assert ours.keys() == its.keys()
    assert all(ours[label] >= its[label] for label in ours)


def test_a_worse_ranking_falls_below(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hits are the same, and only the first two change places."""
    wanted = Plain.search

    def swapped(self: Plain, query: Query) -> Found:
        hits = list(wanted(self, query).hits)
        return Found([*hits[1::-1], *hits[2:]])

    monkeypatch.setattr(Plain, "search", swapped)
    found = standings(quick(collection("generated-search", work), work))
    assert set(found.values()) == {Standing.BELOW}
