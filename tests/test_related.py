"""Related questions: never the question itself, telling terms, rare tags, links both ways, reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from askive.archive.records import Question
from askive.index.analysis import Stemmer
from askive.index.compile import Compiler
from askive.index.ranking import RELATED
from askive.index.related import REASON_TERMS, Likeness, RelatedHits, related, telling_terms
from askive.index.snapshot import Snapshot
from askive.tests.index_archive import NOW, History, build, question

SEED = question(
    "q:iop",
    "What is the difference between outpatient and intensive outpatient treatment?",
    "We are looking at treatment centers for addiction.",
    tags=["iop", "treatment"],
    answers=["Intensive outpatient requires more hours of therapy."],
)
ARCHIVE = (
    SEED,
    question("q:near", "How long does intensive outpatient therapy take?", tags=["treatment"]),
    question("q:far", "Is outpatient surgery covered?", tags=["insurance"]),
    question("q:rare", "What do the letters mean?", tags=["iop"]),
    question("q:common", "What is the treatment for a cold?", tags=["treatment"]),
    question("q:linked", "Where do people live afterwards?"),
    question("q:other", "How do I sort a list?", tags=["python"]),
    *(question(f"q:filler{n}", f"What is the filler {n}?", tags=["treatment"]) for n in range(9)),
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with build(tmp_path_factory.mktemp("index"), History(ARCHIVE)) as opened:
        yield opened


def ask(snapshot: Snapshot, given: Question, **options: Any) -> RelatedHits:
    by_id = {one.id: one for one in ARCHIVE}
    return related(snapshot, given, now=NOW, load=by_id.get, **options)


def ids(found: RelatedHits) -> list[str]:
    return [hit.id for hit in found.hits]


def reasons(found: RelatedHits, question_id: str) -> dict[str, tuple[str, ...]]:
    hit = next(hit for hit in found.hits if hit.id == question_id)
    return {reason.kind: reason.values for reason in hit.reasons}


def test_the_nearest_comes_first_and_never_the_question_itself(snapshot: Snapshot) -> None:
    found = ask(snapshot, SEED, limit=100)
    assert ids(found)[0] == "q:near"
    assert "q:iop" not in ids(found)
    assert "q:other" not in ids(found)
    assert found.total == len(found.hits)


def test_reasons_are_words_as_people_write_them(snapshot: Snapshot) -> None:
    found = ask(snapshot, SEED, limit=100)
    assert set(reasons(found, "q:near")["terms"]) == {"intensive", "outpatient", "treatment"}
    assert reasons(found, "q:near")["tags"] == ("treatment",)
    assert reasons(found, "q:rare") == {"tags": ("iop",)}


def test_words_of_every_other_question_tell_nothing(snapshot: Snapshot) -> None:
    told = telling_terms(Compiler(snapshot, "any", NOW, RELATED), SEED)
    assert not {"what", "is", "the", "and", "we"} & told.keys()
    assert next(iter(told)) == "outpati"


def test_a_rare_shared_tag_counts_more_than_a_common_one(snapshot: Snapshot) -> None:
    alike = replace(SEED, id="", title="zebra", body=None, answers=())
    found = ask(snapshot, alike, limit=100)
    scores = {hit.id: hit.score for hit in found.hits}
    assert scores["q:rare"] > scores["q:common"] > 0


def test_links_in_either_direction_lift(snapshot: Snapshot) -> None:
    links = [
        ("q:linked", "linked"),
        ("q:other", "duplicate"),
        ("q:nowhere", "linked"),
        ("q:linked", "related"),
    ]
    found = ask(snapshot, SEED, linked=links, limit=100)
    assert ids(found)[0] == "q:other"
    assert reasons(found, "q:linked")["link"] == ("linked",)
    assert reasons(found, "q:other")["link"] == ("duplicate",)


def test_a_text_that_is_not_in_the_archive(snapshot: Snapshot) -> None:
    found = ask(snapshot, Question("", "is intensive outpatient therapy covered by insurance"))
    assert ids(found)[0] == "q:near"
    assert set(ids(found)[1:3]) == {"q:iop", "q:far"}


@pytest.mark.parametrize("text", ["", "???", "zzzz qqqq", "the what is"])
def test_a_text_that_says_nothing_has_no_relations(snapshot: Snapshot, text: str) -> None:
    assert ask(snapshot, Question("", text)) == RelatedHits(0, ())


def test_scores_of_reasons_add_up(snapshot: Snapshot) -> None:
    found = ask(snapshot, SEED, linked=[("q:near", "linked")], limit=100)
    for hit in found.hits:
        assert math.isclose(sum(reason.score for reason in hit.reasons), hit.score)
        assert all(len(r.values) <= REASON_TERMS for r in hit.reasons if r.kind == "terms")


def test_pages_fit_together(snapshot: Snapshot) -> None:
    whole = ids(ask(snapshot, SEED, limit=100))
    pages = [ask(snapshot, SEED, limit=3, offset=n) for n in range(0, 21, 3)]
    assert [question_id for page in pages for question_id in ids(page)] == whole


def test_likeness_is_of_words_and_their_rarity(snapshot: Snapshot) -> None:
    of = Likeness(snapshot, SEED, Stemmer()).of
    assert of(replace(SEED, id="", answers=())) == pytest.approx(1.0)
    near, far, other = (of(one) for one in (ARCHIVE[1], ARCHIVE[2], ARCHIVE[6]))
    assert 1 > near > far > other == 0
    assert Likeness(snapshot, Question("", "the what is"), Stemmer()).of(SEED) == 0


def test_a_text_borrows_from_the_question_most_like_it(snapshot: Snapshot) -> None:
    """Only the answer of q:iop speaks of therapy; a text like its question finds what else does."""
    given = Question("", "the difference between outpatient and intensive outpatient")
    alone = ask(snapshot, given, ranking=replace(RELATED, feedback=0.0), limit=100)
    scores = {hit.id: hit.score for hit in alone.hits}
    more = {hit.id: hit.score for hit in ask(snapshot, given, limit=100).hits}
    assert more["q:near"] / more["q:far"] > scores["q:near"] / scores["q:far"]
