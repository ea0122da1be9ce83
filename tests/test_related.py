"""Related questions: never the question itself, telling terms, rare tags, links both ways, reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from askive.archive.records import Question
from askive.index.compile import Compiler
from askive.index.related import REASON_TERMS, RelatedHits, related, telling_terms
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


def ids(found: RelatedHits) -> list[str]:
    return [hit.id for hit in found.hits]


def reasons(found: RelatedHits, question_id: str) -> dict[str, tuple[str, ...]]:
    hit = next(hit for hit in found.hits if hit.id == question_id)
    return {reason.kind: reason.values for reason in hit.reasons}


def test_the_nearest_comes_first_and_never_the_question_itself(snapshot: Snapshot) -> None:
    found = related(snapshot, SEED, now=NOW, limit=100)
    assert ids(found)[0] == "q:near"
    assert "q:iop" not in ids(found)
    assert "q:other" not in ids(found)
    assert found.total == len(found.hits)


def test_reasons_are_words_as_people_write_them(snapshot: Snapshot) -> None:
    found = related(snapshot, SEED, now=NOW, limit=100)
    assert set(reasons(found, "q:near")["terms"]) == {"intensive", "outpatient", "therapy"}
    assert reasons(found, "q:near")["tags"] == ("treatment",)
    assert reasons(found, "q:rare") == {"tags": ("iop",)}


def test_words_of_every_other_question_tell_nothing(snapshot: Snapshot) -> None:
    told = [term for term, _ in telling_terms(Compiler(snapshot, "any", NOW), SEED)]
    assert not {"what", "is", "the", "and", "we"} & set(told)
    assert told[0] == "outpatient"


def test_a_rare_shared_tag_counts_more_than_a_common_one(snapshot: Snapshot) -> None:
    alike = replace(SEED, id="", title="zebra", body=None, answers=())
    found = related(snapshot, alike, now=NOW, limit=100)
    scores = {hit.id: hit.score for hit in found.hits}
    assert scores["q:rare"] > scores["q:common"] > 0


def test_links_in_either_direction_lift(snapshot: Snapshot) -> None:
    links = [
        ("q:linked", "linked"),
        ("q:other", "duplicate"),
        ("q:nowhere", "linked"),
        ("q:linked", "related"),
    ]
    found = related(snapshot, SEED, now=NOW, linked=links, limit=100)  # type: ignore[arg-type]
    assert ids(found)[0] == "q:other"
    assert reasons(found, "q:linked")["link"] == ("linked",)
    assert reasons(found, "q:other")["link"] == ("duplicate",)


def test_a_text_that_is_not_in_the_archive(snapshot: Snapshot) -> None:
    found = related(snapshot, Question("", "is intensive outpatient therapy covered by insurance"), now=NOW)
    assert set(ids(found)[:2]) == {"q:near", "q:far"}


@pytest.mark.parametrize("text", ["", "???", "zzzz qqqq", "the what is"])
def test_a_text_that_says_nothing_has_no_relations(snapshot: Snapshot, text: str) -> None:
    assert related(snapshot, Question("", text), now=NOW) == RelatedHits(0, ())


def test_scores_of_reasons_add_up(snapshot: Snapshot) -> None:
    found = related(snapshot, SEED, now=NOW, linked=[("q:near", "linked")], limit=100)
    for hit in found.hits:
        assert math.isclose(sum(reason.score for reason in hit.reasons), hit.score)
        assert all(len(r.values) <= REASON_TERMS for r in hit.reasons if r.kind == "terms")


def test_pages_fit_together(snapshot: Snapshot) -> None:
    whole = ids(related(snapshot, SEED, now=NOW, limit=100))
    pages = [related(snapshot, SEED, now=NOW, limit=3, offset=n) for n in range(0, 21, 3)]
    assert [question_id for page in pages for question_id in ids(page)] == whole
