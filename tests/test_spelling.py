"""How well misspelt queries are put right: the benchmark's slips over a generated archive, with floors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from askive.archive.store import Store
from askive.bench import archives, spelling
from askive.bench.spelling import MAKERS, SLIPS, Speller, Words, cases, scored
from askive.index.suggest import distance

SIZE = 400
COUNT = 60
SEED = 5

FLOORS = {
    "one slip": 0.85,
    "  a letter left out": 0.85,
    "  a letter put in": 0.85,
    "  a letter changed": 0.85,
    "  two letters swapped": 0.85,
    "two slips, 8 letters and more": 0.7,
    "two slips, 5 to 7 letters": 0.3,
    "a word split": 0.85,
    "two words joined": 0.85,
}
"""The least share that must come back; more does, and much more of real titles (docs/query-language.md)."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Speller, list[Words]]]:
    """What asks a generated archive, and the words of its titles."""
    archive = archives.generated(tmp_path_factory.mktemp("spelling"), SIZE).archive
    with Store.open(archive) as store, spelling.opened(store, archive) as library:
        yield spelling.speller_of(library), spelling.titles_of(store)


@pytest.mark.parametrize("kind", FLOORS)
def test_most_slips_are_put_right(kind: str, asked: tuple[Speller, list[Words]]) -> None:
    speller, titles = asked
    score = scored(speller, (case.in_title() for case in cases(titles, kind, COUNT, SEED)))
    assert score.asked == COUNT
    assert score.right >= FLOORS[kind] * COUNT


def test_what_is_spelt_right_is_left_alone(asked: tuple[Speller, list[Words]]) -> None:
    speller, titles = asked
    queries = [*titles, *spelling.some_words(titles, SIZE, SEED)]
    score = scored(speller, ((query, query) for query in queries))
    assert score.silent >= 0.99 * score.asked


def test_every_kind_has_a_floor() -> None:
    assert set(FLOORS) == set(MAKERS)


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_one_edit(kind: str) -> None:
    luck = random.Random(SEED)
    made = [SLIPS[kind]("insomnia", luck) for _ in range(200)]
    assert {distance(word, "insomnia") for word in made} <= {0, 1}
    assert len(set(made)) > 5


def test_the_same_cases_again() -> None:
    titles = [("what", "causes", "insomnia"), ("treatment", "of", "addiction")]
    for kind in MAKERS:
        made = list(cases(titles, kind, 20, SEED))
        assert made == list(cases(titles, kind, 20, SEED))
        assert all(case.alone()[0] != case.alone()[1] for case in made)


def test_tables_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = archives.generated(tmp_path, 60).archive
    spelling.run(archive, spelling.arguments().parse_args([str(archive), "--count", "5", "--right", "5"]))
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith(tuple(MAKERS))]
    assert "titles of questions not held" in out
