"""Two records of one question become one, and nothing known is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from askive.archive.merge import merge, merge_tag, stated_count
from askive.archive.records import Answer, Body, Comment, Link, Question, Tag, normalise, text_id
from askive.tests.strategies import questions
from hypothesis import given, settings
from hypothesis import strategies as st

Q = Question(id="example.org:1", title="Why?")
EARLY, LATE = (datetime(year, 1, 1, tzinfo=UTC) for year in (2012, 2020))
COUNTS = {"answer_count", "comment_count"}
"""The only facts that may become None: a stated count that is no more than what is held."""

laws = settings(max_examples=60, deadline=None)

same_question = questions(ids=st.just(Q.id))


def answer(id: str, text: str, **known: Any) -> Answer:
    return Answer(id, Body(text), **known)


def by_text(text: str, **known: Any) -> Answer:
    return answer(text_id(text), text, **known)


NEWER_WINS = [
    # what,          old,                      new,                       merged
    ("new value", {"score": 1}, {"score": 2}, {"score": 2}),
    ("zero is known", {"score": 1}, {"score": 0}, {"score": 0}),
    ("none is not", {"score": 1, "author": "Ann"}, {"author": None}, {"score": 1, "author": "Ann"}),
    ("gap filled", {"score": 1}, {"views": 9}, {"score": 1, "views": 9}),
    (
        "edited earlier",
        {"updated": LATE, "score": 1},
        {"updated": EARLY, "score": 2, "views": 9},
        {"updated": LATE, "score": 1, "views": 9},
    ),
    (
        "edited later",
        {"updated": EARLY, "score": 1},
        {"updated": LATE, "score": 2},
        {"updated": LATE, "score": 2},
    ),
    ("only old edited", {"updated": LATE, "score": 1}, {"score": 2}, {"updated": LATE, "score": 2}),
    ("title", {"title": "Old"}, {"title": "New"}, {"title": "New"}),
    (
        "title by hearsay",
        {"title": "Old", "body": Body("old")},
        {"title": "New"},
        {"title": "Old", "body": Body("old")},
    ),
    ("no title", {"title": "Old"}, {"title": ""}, {"title": "Old"}),
    ("body", {"body": Body("old", "<p>old")}, {"body": Body("new")}, {"body": Body("new")}),
    ("html kept", {"body": Body("A  b", "<p>")}, {"body": Body("a b")}, {"body": Body("a b", "<p>")}),
    ("no body", {"body": Body("old")}, {"body": None}, {"body": Body("old")}),
    (
        "links",
        {"links": (Link("a", "linked"), Link("b", "related"))},
        {"links": (Link("b", "duplicate"), Link("a", "linked"))},
        {"links": (Link("a", "linked"), Link("b", "related"), Link("b", "duplicate"))},
    ),
    (
        "tags",
        {"tags": (Tag("a", "A", "old", ("x",)), Tag("b"))},
        {"tags": (Tag("c"), Tag("a", None, "new", ("y", "x")))},
        {"tags": (Tag("c"), Tag("a", "A", "new", ("y", "x")), Tag("b"))},
    ),
    ("count", {"answer_count": 3}, {"answer_count": 5}, {"answer_count": 5}),
    (
        "count of what is held",
        {"answer_count": 1},
        {"answers": (answer("1", "x"),)},
        {"answers": (answer("1", "x"),)},
    ),
]


@pytest.mark.parametrize(("what", "old", "new", "merged"), NEWER_WINS, ids=[row[0] for row in NEWER_WINS])
def test_newer_values_win(
    what: str, old: dict[str, Any], new: dict[str, Any], merged: dict[str, Any]
) -> None:
    assert merge(replace(Q, **old), replace(Q, **new)) == replace(Q, **merged)


UNITED = [
    # what, old answers, new answers, merged
    ("by id", [answer("1", "old", score=1)], [answer("1", "new")], [answer("1", "new", score=1)]),
    (
        "native id arrives",
        [by_text("Same text", score=1)],
        [answer("1", "same  TEXT")],
        [answer("1", "same  TEXT", score=1)],
    ),
    ("native id stays", [answer("1", "same")], [by_text("same", score=3)], [answer("1", "same", score=3)]),
    (
        "two natives",
        [answer("1", "thanks")],
        [answer("2", "thanks")],
        [answer("1", "thanks"), answer("2", "thanks")],
    ),
    ("two that only have text", [by_text("a")], [by_text("b")], [by_text("a"), by_text("b")]),
    (
        "known keep their place",
        [answer("1", "a"), answer("2", "b")],
        [answer("3", "c"), answer("2", "b"), answer("1", "a")],
        [answer("1", "a"), answer("2", "b"), answer("3", "c")],
    ),
    (
        "one native id for one text",
        [by_text("a")],
        [answer("1", "a"), answer("2", "a")],
        [answer("1", "a"), answer("2", "a")],
    ),
    (
        "an id beats a text",
        [answer("1", "a"), by_text("b")],
        [answer("1", "b"), by_text("b")],
        [answer("1", "b"), by_text("b")],
    ),
    (
        "an answer's own times win over the page's",
        [answer("1", "edited", updated=LATE, score=1)],
        [answer("1", "before", updated=EARLY, score=2)],
        [answer("1", "edited", updated=LATE, score=1)],
    ),
    (
        "comments",
        [answer("1", "a", comments=(Comment(text_id("me too"), Body("me too"), "Ann"),))],
        [answer("1", "a", comments=(Comment("c1", Body("Me too")), Comment("c2", Body("no"))))],
        [answer("1", "a", comments=(Comment("c1", Body("Me too"), "Ann"), Comment("c2", Body("no"))))],
    ),
    (
        "accepted elsewhere",
        [answer("1", "a", accepted=True), answer("2", "b")],
        [answer("1", "a"), answer("2", "b", accepted=True)],
        [answer("1", "a", accepted=False), answer("2", "b", accepted=True)],
    ),
    (
        "accepted, and the newer page cannot say",
        [answer("1", "a", accepted=True)],
        [answer("1", "a"), answer("2", "b")],
        [answer("1", "a", accepted=True), answer("2", "b")],
    ),
    (
        "no longer accepted",
        [answer("1", "a", accepted=True)],
        [answer("1", "a", accepted=False)],
        [answer("1", "a", accepted=False)],
    ),
    (
        "two accepted on one page",
        [answer("1", "a", accepted=True), answer("2", "b", accepted=True)],
        [],
        [answer("1", "a", accepted=True), answer("2", "b", accepted=True)],
    ),
]


@pytest.mark.parametrize(("what", "old", "new", "merged"), UNITED, ids=[row[0] for row in UNITED])
def test_answers_are_united(what: str, old: list[Answer], new: list[Answer], merged: list[Answer]) -> None:
    whole = merge(replace(Q, answers=tuple(old)), replace(Q, answers=tuple(new)))
    assert list(whole.answers) == merged


def test_the_older_page_cannot_take_the_mark_back() -> None:
    old = replace(Q, updated=LATE, answers=(answer("1", "a", accepted=True),))
    new = replace(Q, updated=EARLY, answers=(answer("1", "a"), answer("2", "b", accepted=True)))
    assert [a.accepted for a in merge(old, new).answers] == [True, False]


@pytest.mark.parametrize(
    ("held", "stated", "kept"), [(0, (None, None), None), (2, (2, 1), None), (2, (1, 3), 3), (0, (-1,), None)]
)
def test_a_stated_count_is_kept_only_where_it_says_more(
    held: int, stated: tuple[int], kept: int | None
) -> None:
    assert stated_count(held, *stated) == kept


@laws
@given(same_question)
def test_a_record_merged_with_itself_is_itself(question: Question) -> None:
    assert merge(question, question) == question


@laws
@given(same_question, same_question)
def test_merging_again_changes_nothing(old: Question, new: Question) -> None:
    merged = merge(old, new)
    assert merge(merged, new) == merged
    assert merge(merged, old) == merge(merge(merged, old), old)


@laws
@given(same_question, same_question)
def test_nothing_known_is_lost(old: Question, new: Question) -> None:
    merged = merge(old, new)
    for side in (old, new):
        assert known(side) <= known(merged)
        assert {tag.name for tag in side.tags} <= {tag.name for tag in merged.tags}
        assert set(side.links) <= set(merged.links)
        assert_held(side.answers, merged.answers)
        assert_held(side.comments, merged.comments)


@laws
@given(same_question, same_question)
def test_siblings_stay_apart(old: Question, new: Question) -> None:
    merged = merge(old, new)
    families: list[Sequence[Answer | Comment]] = [merged.answers, merged.comments]
    for siblings in [*families, *(a.comments for a in merged.answers)]:
        names = [child.id for child in siblings]
        assert len(names) == len(set(names))
    assert sum(a.accepted is True for a in merged.answers) <= 1


@laws
@given(same_question, same_question)
def test_tags_agree_with_merging_tags_one_by_one(old: Question, new: Question) -> None:
    old = replace(old, updated=None)
    before = {tag.name: tag for tag in old.tags}
    after = {tag.name: tag for tag in merge(old, new).tags}
    for tag in new.tags:
        assert after[tag.name] == merge_tag(before.get(tag.name, tag), tag)


def known(record: Question | Answer | Comment) -> set[str]:
    """Return the names of the fields that are not None, but for the stated counts."""
    return {field.name for field in fields(record) if getattr(record, field.name) is not None} - COUNTS


def assert_held(children: Sequence[Answer | Comment], among: Sequence[Answer | Comment]) -> None:
    """Each child is there: under its id or, where that was made of its text, under its text."""
    for child in children:
        alike = [other for other in among if other.id == child.id]
        if not alike and child.id.startswith("text:"):
            alike = [other for other in among if normalise(other.body.text) == normalise(child.body.text)]
        assert any(known(child) <= known(other) for other in alike)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("Leaves in hot water, and pots.", "Leaves in hot wa…", "Leaves in hot water, and pots."),
        ("Leaves in hot water, and pots.", "Leaves in hot water, ...", "Leaves in hot water, and pots."),
        ("Leaves in hot wa…", "Leaves in hot water, and pots.", "Leaves in hot water, and pots."),
        ("Leaves in hot wa…", "Leaves in hot water, and p…", "Leaves in hot water, and p…"),
        ("Leaves in hot water.", "A drink of lea…", "A drink of lea…"),
        ("Leaves in hot water.", "Leaves in hot", "Leaves in hot"),
        ("Leaves", None, "Leaves"),
        (None, "Leav…", "Leav…"),
    ],
)
def test_a_blurb_that_was_cut_does_not_replace_the_whole_one(
    old: str | None, new: str | None, kept: str
) -> None:
    assert merge_tag(Tag("tea", blurb=old), Tag("tea", blurb=new)).blurb == kept
