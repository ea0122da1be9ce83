"""The quick way to the best hits gives what looking at every document gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from askive.archive.records import Question
from askive.index import evaluate
from askive.index.compile import Compiler, Match
from askive.index.grammar import parse
from askive.index.snapshot import Snapshot
from askive.tests.index_archive import NOW, History, best, build, question
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = tuple(
    "the of a in to sort sorted sorting vector node graph tree heap queue stack list set map rare".split()  # noqa: SIM905
)


@cache
def archive() -> Snapshot:
    """Some hundreds of questions with common and rare words, in two segments, some replaced and deleted."""
    random = np.random.default_rng(5)
    often = 1 / np.arange(1, len(WORDS) + 1)

    def text(length: int) -> str:
        return " ".join(random.choice(WORDS, length, p=often / often.sum()))

    def some(first: int, last: int) -> list[Question]:
        return [
            question(f"{n:03}", text(4), text(12), tags=[f"t{n % 3}"], answers=[text(20)], score=n)
            for n in range(first, last)
        ]

    history = History()
    directory = Path(mkdtemp())
    for first, last in ((0, 400), (390, 430)):
        history.put(*some(first, last))
        build(directory, history).close()
    history.delete("007", "395", "429")
    return build(directory, history)


def exhaustive(snapshot: Snapshot, text: str, match: Match) -> list[tuple[str, float]]:
    """Score every document that matches, and sort."""
    query = Compiler(snapshot, match, NOW).whole(parse(text))
    found = []
    for one in snapshot.evaluators:
        docs = np.flatnonzero(one.alive(query))
        ids = one.segment.documents.keys("id")
        scores = one.scores(query, docs).tolist()
        found += [(ids.of(n).decode(), s) for n, s in zip(docs.tolist(), scores, strict=True)]
    return sorted(found, key=lambda row: (-row[1], row[0]))


QUERIES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
    st.lists(st.sampled_from([*WORDS, "[t1]", "-[t2]", "score:100..300", "-heap", "sor*"]), min_size=2).map(
        " ".join
    ),
)


@pytest.mark.parametrize("small", [False, True])
@settings(max_examples=150)
@given(QUERIES, st.sampled_from(("any", "most", "all")), st.sampled_from((1, 3, 10, 50, 1000)))
def test_the_best_are_the_best_of_all(small: bool, text: str, match: Match, count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if small:  # every way that large archives take
            patch.setattr(evaluate, "FEW", 0)
            patch.setattr(evaluate, "BLOCK", 4)
            patch.setattr(evaluate, "CHUNK", 16)
        snapshot = archive()
        query = Compiler(snapshot, match, NOW).whole(parse(text))
        total, found = best(snapshot, query, count)
    expected = exhaustive(snapshot, text, match)
    assert total == len(expected)
    assert [row[0] for row in found] == [id for id, _ in expected[:count]]
    assert [row[1] for row in found] == pytest.approx([score for _, score in expected[:count]], rel=1e-12)


@pytest.mark.parametrize("text", ["stack a queue", "-heap stack a queue", "score:0..400 stack a queue tree"])
@pytest.mark.parametrize("match", ["any", "most"])
def test_a_sum_is_added_up_in_one_order(text: str, match: Match) -> None:
    snapshot = archive()
    query = Compiler(snapshot, match, NOW).whole(parse(text))
    bag, _ = evaluate._split(query)
    assert bag is not None
    for one in snapshot.evaluators:
        docs = np.flatnonzero(one.alive(query))
        assert one.scores(query, docs).tobytes() == one.scores(bag, docs).tobytes()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_impacts_bound_scores(asked: Sequence[str]) -> None:
    snapshot = archive()
    bag, _ = evaluate._split(Compiler(snapshot, "any", NOW).whole(parse(" ".join(asked))))
    assert bag is not None
    for one in snapshot.evaluators:
        parts = one._parts(bag)
        assert parts is not None
        docs, bounds = one._bounded(parts, 0.0, None)
        assert (bounds >= one.scores(bag, docs) * (1 - 1e-6)).all()


@given(st.lists(st.floats(0, 5, width=32), min_size=1), st.integers(1, 20), st.sampled_from((2, 1024)))
def test_the_greatest_are_found(values: list[float], count: int, block: int) -> None:
    array, count = np.array(values, np.float32), min(count, len(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "BLOCK", block)
        found = evaluate._greatest(array, count)
    assert len(found) >= count
    assert sorted(array[found].tolist())[-count:] == sorted(values)[-count:]
