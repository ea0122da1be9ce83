"""Building: many runs, several workers and a killed one give the index that one run gives."""

from __future__ import annotations

import gc
import os
import signal
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from askive.archive.records import Change, ChangeSet, Question
from askive.index import inversion, runs
from askive.index.analysis import words
from askive.index.grammar import parse
from askive.index.inversion import Names, Pieces, Vocabulary, _Texts, _tokens
from askive.index.runs import write_runs
from askive.index.schema import FORMULA
from askive.index.search import search
from askive.index.segment.merge import merge
from askive.index.segment.segment import Segment
from askive.index.snapshot import Snapshot
from askive.tests import strategies
from askive.tests.index_archive import ARCHIVE_ID, NOW, History, build, question
from hypothesis import given
from hypothesis import strategies as st

TEXTS = (
    "sorting vectors in C++",
    "the vector of vectors",
    "node.js and its modules",
    "Sorted? never sorted!",
)

QUESTIONS = tuple(
    question(
        f"{n:03}", TEXTS[n % 4], TEXTS[n % 3] * (1 + n % 5), tags=[f"tag-{n % 7}"], answers=[TEXTS[-n % 4]]
    )
    for n in range(60)
)

ASKED = ("vector", "sorted vectors", '"vector of"', "vect*", "node.js modules never", "[tag-3] the")

Answer = list[tuple[str, float]]


def answers(snapshot: Snapshot) -> list[Answer]:
    found = (search(snapshot, parse(text), now=NOW, match="any", limit=100) for text in ASKED)
    return [[(hit.id, hit.score) for hit in hits.hits] for hits in found]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What an index gives that was written as one run."""
    return answers(build(tmp_path_factory.mktemp("one"), History(QUESTIONS)))


@dataclass(frozen=True)
class Loader:
    """Loads questions in a worker; the first that is asked for the question `deadly` is killed."""

    parent: int
    scar: Path
    deadly: str = ""

    def __call__(self, ids: Sequence[str]) -> Iterable[Change]:
        by_id = {one.id: one for one in QUESTIONS}
        for id in ids:
            if id == self.deadly and not self.scar.exists():
                assert os.getpid() != self.parent, "the work of a killed worker is done anew, not this one's"
                self.scar.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield Change(id, by_id[id])


def changes(load: Loader) -> ChangeSet:
    ids = [one.id for one in QUESTIONS]
    return ChangeSet(ARCHIVE_ID, 1, len(ids), (), ids, load)  # workers load what they are given


@pytest.mark.parametrize("deadly", ["", "000", "031", "059"])
def test_workers_write_what_one_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadly: str
) -> None:
    monkeypatch.setattr(runs, "MANY", 1)
    load = Loader(os.getpid(), tmp_path / "scar", deadly)
    done: list[tuple[int, int]] = []
    written = write_runs(tmp_path / "runs", changes(load), lambda *at: done.append(at), workers=2)
    assert (tmp_path / "scar").exists() == bool(deadly)
    assert written.ids == [one.id for one in QUESTIONS]
    assert written.indexed == len(QUESTIONS)
    assert done[-1] == (len(QUESTIONS), len(QUESTIONS))
    assert ranked(written.runs, tmp_path / "merged") == [one.id for one in QUESTIONS]


def ranked(stems: Sequence[Path], merged: Path) -> list[str]:
    """Merge runs, and return the ids in the order of their documents."""
    merge([Segment(stem) for stem in stems], merged, FORMULA)
    return [id.decode() for id in Segment(merged).documents.keys("id").whole()]


@pytest.mark.parametrize("size", [1, 50, 1000])
def test_many_runs_are_as_one(
    tmp_path: Path, expected: list[Answer], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(runs, "RUN_TEXT", size)
    snapshot = build(tmp_path, History(QUESTIONS))
    assert len(snapshot.segments) == 1
    assert answers(snapshot) == expected


@pytest.mark.parametrize("size", [1, 7, 100])
def test_stretches_are_merged_as_one(
    tmp_path: Path, expected: list[Answer], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(runs, "RUN_TEXT", 300)
    monkeypatch.setattr("askive.index.segment.merge.STRETCH", size)
    assert answers(build(tmp_path, History(QUESTIONS))) == expected


def test_forgotten_pieces_are_analysed_again(
    tmp_path: Path, expected: list[Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RUN_TEXT", 300)
    monkeypatch.setattr("askive.index.inversion.MAX_PIECES", 3)
    assert answers(build(tmp_path, History(QUESTIONS))) == expected


def test_what_is_forgotten_is_gone_without_a_collector() -> None:
    """Workers have none."""
    gc.disable()
    try:
        pieces = Pieces(Vocabulary())
        assert pieces["a-b"] < 0
        seen = weakref.ref(pieces), weakref.ref(pieces.vocabulary)
        del pieces
        assert [reference() for reference in seen] == [None, None]
    finally:
        gc.enable()


@given(st.one_of(strategies.texts(), st.text(), st.text(alphabet="aé東☕́-.'+#_/ 1,\u3000\u200d\x1f\n")))
def test_the_terms_of_a_text_are_those_of_its_pieces(text: str) -> None:
    """What the memo of pieces rests on: no term reaches over white space."""
    found, base = [], 0
    for piece in text.split():
        terms, advance = analysed(piece, Pieces(Vocabulary()))
        found += [(term, base + offset) for term, offset in terms]
        base += advance
    assert found == [(term.text, term.position) for term in words(text, parts=True)]


def analysed(piece: str, pieces: Pieces) -> tuple[list[tuple[str, int]], int]:
    """Return the terms of a piece with their offsets, and how many positions it takes."""
    number = pieces[piece]
    names, ranks = pieces.vocabulary.words.sorted_among(np.arange(len(pieces.vocabulary.words)))
    if number >= 0:
        return [(names[0].decode(), 0)], 1
    terms = [(names[ranks[word]].decode(), at) for word, at in zip(pieces.words, pieces.offsets, strict=True)]
    assert (number, list(pieces.counts)) == (-1, [len(terms)])
    return terms, pieces.advances[0]


@given(st.lists(st.lists(st.text(max_size=4), unique=True)))
def test_names_are_sorted_however_they_come(parts: list[list[str]]) -> None:
    names = Names()
    for part in parts:
        for name in part:
            if names.get(name) is None:
                names.add(name)
        known = list(dict.fromkeys(name for some in parts for name in some))[: len(names)]
        used = np.array([i for i, name in enumerate(known) if name in part], np.int64)
        found, places = names.sorted_among(used)
        assert [name.decode() for name in found] == sorted(part)
        assert places.tolist() == [sorted(part).index(n) if n in part else -1 for n in known]


@given(st.lists(st.text(alphabet="ab.,'\0 \n-/東"), max_size=12), st.sampled_from((1, 5, 1 << 13)))
def test_texts_split_together_are_the_texts_split_alone(texts: list[str], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inversion, "AT_ONCE", at_once)
        pieces = Pieces(Vocabulary())
        together = _Texts(pieces)
        for text in texts:
            together.add(text)
        tokens = _tokens(together, pieces)
    assert tokens.lengths.tolist() == [len(list(words(text, parts=True))) for text in texts]
    for number, text in enumerate(texts):
        alone = _Texts(pieces)
        alone.add(text)
        expected, of_text = _tokens(alone, pieces), tokens.texts == number
        assert tokens.words[of_text].tolist() == expected.words.tolist()
        assert tokens.positions[of_text].tolist() == [term.position for term in words(text, parts=True)]


def test_a_question_of_everything_is_there(tmp_path: Path) -> None:
    """An empty index, and one whose questions hold no word."""
    assert build(tmp_path / "none", History()).count() == 0
    blank: list[Question] = [question("a", "?"), question("b", "…", "!")]
    snapshot = build(tmp_path / "blank", History(blank))
    assert snapshot.ids() == {"a", "b"}
    assert search(snapshot, parse("*"), now=NOW).total == 2
