"""What `make bench-relevance` reckons with: measures, p-values, floors, signals, and the tables."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from dataclasses import replace
from itertools import product
from math import log2
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import pytest
from askive.bench import ablation, floors, judged, relevance
from askive.bench.floors import SLACK, Pin, Standing
from askive.bench.judged import NAMES, Asks, Judged, Measures, measures, ranking
from askive.bench.randomisation import p_value
from askive.bench.ranked import query_of
from askive.bench.topics import Topics
from askive.index.ranking import SEARCH

ROOT = Path(__file__).parents[1]
SCORER = relevance.COLLECTIONS / "score_relevance.py"

# -- measures

GRADES = {"a": 4, "b": 3, "c": 2, "d": 1}


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ("abcd", (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
        ("", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        ("dx", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        # gains 0 3 0 2 of the ideal 3 2 1; precisions 1/2 at the second and 2/4 at the fourth
        (
            "xayb",
            (
                (3 / log2(3) + 2 / log2(5)) / (3 + 2 / log2(3) + 1 / 2),
                0.5,
                0.5,
                0.0,
                1.0,
                (3 + 2 / log2(3)) / (3 + 2 / log2(3) + 1 / 2),
            ),
        ),
    ],
)
def test_measures(ranked: str, expected: tuple[float, ...]) -> None:
    assert measures(list(ranked), GRADES) == pytest.approx(expected)


def test_measures_look_at_ten_and_recall_at_a_hundred() -> None:
    others = [f"x{n}" for n in range(200)]
    late = measures([*others[:10], "a", "b"], GRADES)
    assert late == pytest.approx((0, 0, 0, 0, 1, (3 + 2 / log2(3)) / (3 + 2 / log2(3) + 1 / 2)))
    assert measures([*others[:99], "a", "b"], GRADES).recall == 0.5


def test_ranking_leaves_out_the_query_itself_and_what_comes_twice() -> None:
    assert ranking(Judged("q", "", "", {}), ["a", "q", "b", "a"]) == ["a", "b"]


def scorer() -> ModuleType:
    if not SCORER.exists():
        pytest.skip(f"the scorer is not at hand: {SCORER}")
    spec = importlib.util.spec_from_file_location("score_relevance", SCORER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder is not ours
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = keep
    return module


def test_measures_are_those_of_the_scorer() -> None:
    theirs = scorer().measures
    luck = random.Random(1)
    for _ in range(500):
        ids = [str(n) for n in range(luck.randint(1, 150))]
        grades = {id: luck.randint(1, 4) for id in luck.sample(ids, luck.randint(1, len(ids)))}
        grades[luck.choice(ids)] = luck.randint(3, 4)
        ranked = luck.sample(ids, luck.randint(0, len(ids)))
        expected = theirs(ranked, grades)
        assert dict(zip(NAMES, measures(ranked, grades), strict=True)) == pytest.approx(expected)
        assert expected.keys() == set(NAMES)


def test_mean() -> None:
    assert judged.mean([Measures(*[0.0] * 6), Measures(*[0.5] * 6)]) == Measures(*[0.25] * 6)


def test_spread() -> None:
    assert judged.spread(range(625), 5) == [0, 125, 250, 375, 500]
    assert judged.spread("abc", 5) == ["a", "b", "c"]


# -- collections


def made(folder: Path) -> Path:
    Topics().write(folder, Asks.SEARCH)
    return folder


def test_generated_collection_is_the_same_again(tmp_path: Path) -> None:
    one, other = (judged.collection(made(tmp_path / name)) for name in ("one", "other"))
    assert (one.queries, one.hashes) == (other.queries, other.hashes)
    assert one.hashes.keys() == {"corpus", "queries", "qrels"}
    assert one.forms == ("short", "question")
    assert {len(query.grades) for query in one.queries} == {6}
    assert {len(judged.right(query.grades)) for query in one.queries} == {2}


def test_generated_texts_name_their_subjects_as_real_ones_do(tmp_path: Path) -> None:
    lines = (made(tmp_path / "it") / "corpus.ndjson").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    titles = [item["title"].lower() for item in items]
    texts = [f"{item['title']} {item['answers'][0]['body_text']}".lower() for item in items]

    def held(names: tuple[str, str], among: list[str]) -> int:
        return sum(any(name in text for name in names) for text in among)

    topics = Topics()
    in_titles = [held(names, titles) / held(names, texts) for names in topics.subjects]
    assert 0.4 < median(in_titles) < 0.55
    one_word = [held((name, name), texts) / len(texts) for names in topics.aspects for name in names]
    assert all(0.2 < share < 0.5 for share in one_word)


def test_hashes_are_of_the_files(tmp_path: Path) -> None:
    folder = made(tmp_path / "it")
    before = judged.collection(folder).hashes
    with (folder / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q0-short\tmade:9\t1\n")
    after = judged.collection(folder).hashes
    assert [name for name in before if before[name] != after[name]] == ["qrels"]


def test_query_without_anything_right_is_refused(tmp_path: Path) -> None:
    folder = made(tmp_path / "it")
    (folder / "qrels.tsv").write_text("q0-short\tmade:9\t2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="nothing is right for the query q0-short"):
        judged.collection(folder)


def test_query_holds_words_that_are_no_signs_and_the_text_as_written() -> None:
    query = query_of(Judged("", "", 'Java OR "C++"? snake_case: don\'t*', {}))
    assert query.words == ("java", "or", "c", "snake", "case", "don", "t")
    assert query.whole == 'Java OR "C++"? snake_case: don\'t*'
    assert query.limit == 100


# -- randomisation


def exact(one: list[float], other: list[float]) -> float:
    """Return the share of all ways to swap that give a difference as large: the test without chance."""
    differences = [a - b for a, b in zip(one, other, strict=True)]
    sums = [
        abs(sum(sign * d for sign, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(value >= abs(sum(differences)) - 1e-9 for value in sums) / len(sums)


@pytest.mark.parametrize("seed", range(6))
def test_p_value_is_near_the_exact_one(seed: int) -> None:
    luck = random.Random(seed)
    one = [luck.choice((0.0, 0.5, luck.random())) for _ in range(10)]
    other = [luck.choice((0.0, 0.5, luck.random())) for _ in range(10)]
    assert p_value(one, other) == pytest.approx(exact(one, other), abs=0.015)
    assert p_value(other, one) == pytest.approx(p_value(one, other), abs=0.015)


def test_p_value_of_extremes() -> None:
    assert p_value([0.1, 0.2, 0.3], [0.1, 0.2, 0.3]) == 1.0
    assert p_value([0.1 * n for n in range(30)], [0.1 * n + 0.3 for n in range(30)]) == 1 / 10_001
    assert p_value([1.0], [0.0]) == 1.0
    assert p_value([0.9, 0.8, 0.4], [0.1, 0.2, 0.3], seed=1) == p_value(
        [0.9, 0.8, 0.4], [0.1, 0.2, 0.3], seed=1
    )


# -- floors

HASHES = {"corpus": "1", "queries": "2", "qrels": "3"}


def standing(figure: float, floor: float, **others: str) -> Standing:
    (verdict,) = floors.verdicts({"it": Pin(figure, HASHES | others)}, {"it": Pin(floor, HASHES)})
    return verdict.standing


def test_standings() -> None:
    assert standing(0.6, 0.5) is Standing.KEPT
    assert standing(0.5 - SLACK + 1e-9, 0.5) is Standing.KEPT
    assert standing(0.5 - SLACK - 1e-9, 0.5) is Standing.BELOW
    assert standing(0.1, 0.5, qrels="4") is Standing.OTHER_FILES
    it = Pin(0.5, HASHES)
    assert [verdict.standing for verdict in floors.verdicts({"new": it}, {"old": it})] == [
        Standing.NEW,
        Standing.NOT_MEASURED,
    ]


def test_verdict_names_the_files_that_differ() -> None:
    (verdict,) = floors.verdicts({"it": Pin(0.1, HASHES | {"qrels": "4"})}, {"it": Pin(0.5, HASHES)})
    assert verdict.text == "it: not compared: other files, qrels (measured 0.1000, floor 0.5000)"


def test_floors_rise_when_pinned_and_fall_only_by_wish() -> None:
    known = {"up": Pin(0.5, HASHES), "down": Pin(0.5, HASHES), "elsewhere": Pin(0.5, HASHES)}
    harder = Pin(0.4, HASHES | {"corpus": "9"})
    found = {"up": Pin(0.61239, HASHES), "down": harder, "new": Pin(0.3, HASHES)}
    risen = floors.raised(known, found)
    assert risen == known | {"up": Pin(0.6123, HASHES), "new": Pin(0.3, HASHES)}
    assert floors.raised(known, found, lower=True) == risen | {"down": harder}


def test_floors_are_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "floors.json"
    floors.write(file, {"it": Pin(0.5, HASHES)})
    assert floors.read(file) == {"it": Pin(0.5, HASHES)}
    file.write_text(json.dumps({"format_version": 9, "floors": {}}), encoding="utf-8")
    with pytest.raises(ValueError, match="format version 9, known is 1"):
        floors.read(file)


def test_floors_that_are_kept_are_of_known_collections() -> None:
    pinned = floors.read(relevance.FLOORS)
    names = {name.partition("/")[0] for name in pinned}
    assert names == {"liveqa", "se-small", "semeval-cqa-b", *relevance.GENERATED}
    assert all(0 < pin.figure <= 1 and pin.hashes.keys() == HASHES.keys() for pin in pinned.values())


# -- ablation


def test_each_signal_is_switched_off_alone() -> None:
    off = ablation.without(Asks.SEARCH)
    assert off.keys() == {"headline", "pairs", "function_words"}
    assert off["headline"] == {"ranking": replace(SEARCH, headline=0.0)}
    assert off["function_words"] == {"ranking": replace(SEARCH, function_words=1.0)}
    assert ablation.without(Asks.RELATED).keys() == ablation.OFF.keys()


# -- the whole run


def options(tmp_path: Path, *words: str) -> Any:
    return relevance.arguments().parse_args([*words, "--out", str(tmp_path / "out")])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Floors of the test's own, and queries enough for a table."""
    monkeypatch.setattr(relevance, "FLOORS", tmp_path / "floors.json")
    whole = judged.Collection.of_form
    monkeypatch.setattr(judged.Collection, "of_form", lambda self, form: whole(self, form)[:8])


@pytest.mark.usefixtures("few")
def test_prints_writes_and_holds_floors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("generated-search", "--peers", "fts5")
    assert relevance.run(options(tmp_path, *words, "--pin"), tmp_path)
    said = capsys.readouterr().out
    head, short, *_ = said.splitlines()
    assert head.split() == ["nDCG@10", "queries", "askive", "fts5", "p"]
    assert short.split()[:2] == ["generated-search/short", "8"]
    assert "generated-search/short: no floor yet (measured 0." in said
    (written,) = json.loads((tmp_path / "out" / "relevance.json").read_text(encoding="utf-8"))["collections"]
    assert {"p", "seconds", *NAMES} <= written["forms"]["short"]["engines"]["fts5"].keys()
    pinned = floors.read(relevance.FLOORS)
    assert pinned.keys() == {"generated-search/short", "generated-search/question"}

    above = {name: pin._replace(figure=pin.figure + 0.1) for name, pin in pinned.items()}
    floors.write(relevance.FLOORS, above)
    assert not relevance.run(options(tmp_path, *words, "--pin"), tmp_path)
    assert "generated-search/short: BELOW ITS FLOOR" in capsys.readouterr().out
    assert floors.read(relevance.FLOORS) == above
    assert relevance.run(options(tmp_path, *words, "--lower"), tmp_path)
    assert floors.read(relevance.FLOORS) == pinned


@pytest.mark.usefixtures("few")
def test_each_signal_has_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stand-in for the settings: matching all words instead of most, which changes the hits."""
    monkeypatch.setattr(ablation, "without", lambda asks: {"most of the words": {"match": "all"}})
    relevance.run(options(tmp_path, "generated-search", "--peers", ""), tmp_path)
    said = capsys.readouterr().out.splitlines()
    (at,) = [n for n, line in enumerate(said) if line.startswith("search: without")]
    assert said[at].split()[2:] == ["generated-search/short", "p", "generated-search/question", "p"]
    name, short, _, question, _ = said[at + 1].rsplit(maxsplit=4)
    assert name == "most of the words"
    assert {float(short), float(question)} != {0.0}


def test_collections_that_are_not_at_hand_are_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = relevance.collections(options(tmp_path, "--from", str(tmp_path / "nowhere")), tmp_path)
    assert [collection.name for collection in found] == list(relevance.GENERATED)
    assert "no judged collections are at hand" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nothing"], ["--peers", "lucene"]])
def test_unknown_names_are_refused(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"no (collection 'nothing'|peer 'lucene'): there are "):
        relevance.run(options(tmp_path, *words), tmp_path)


def test_makefile_runs_it() -> None:
    assert "\nbench-relevance: " in (ROOT / "Makefile").read_text(encoding="utf-8")
