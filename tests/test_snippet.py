"""The passage that is shown: which one, how it is cut, what is marked."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from askive.archive.records import Answer, Body, Comment, Question, Tag
from askive.index.analysis import words
from askive.index.grammar import parse
from askive.index.snippet import MAX_READ, MIN_WIDTH, Snippet, Wanted, snippet, wanted
from hypothesis import given
from hypothesis import strategies as st

QUESTION = Question(
    "text:1",
    "What is an IOP?",
    Body("I read about intensive outpatient programs. Does insurance pay for them?"),
    tags=(Tag("iop", "IOP", "Treatment that leaves détente at home"),),
    answers=(
        Answer("weak", Body("Ask a doctor about programs. They know."), score=9),
        Answer(
            "good",
            Body(
                "An IOP is an intensive outpatient program.\nIt treats addiction, e.g. to drugs.\n\n"
                "Patients live at home. They are treated three times a week for addictions, in groups."
            ),
            accepted=True,
            comments=(Comment("c1", Body("See the node.js docs, or the .net ones.")),),
        ),
    ),
)


def shown(query: str, width: int = 90, question: Question = QUESTION) -> Snippet:
    return snippet(question, wanted(parse(query)), width)


def marked(found: Snippet) -> str:
    text = found.text
    for start, end in reversed(found.marks):
        text = f"{text[:start]}<{text[start:end]}>{text[end:]}"
    return text


GOOD = "An IOP is an intensive outpatient program. It treats addiction, e.g. to drugs."

PASSAGES = [
    # query, the passage with its marks, where, answer
    ("iop", GOOD.replace("IOP", "<IOP>"), "answer", "good"),
    ("week addict", "They are treated three times a <week> for <addictions>, in groups.", "answer", "good"),
    ("doctor", "Ask a <doctor> about programs. They know.", "answer", "weak"),
    ("insurance", "Does <insurance> pay for them?", "question", None),
    # one stray word in an answer is no answer
    ("does insurance pay home", "<Does> <insurance> <pay> for them?", "question", None),
    (
        "insurance groups",
        "They are treated three times a week for addictions, in <groups>.",
        "answer",
        "good",
    ),
    ("node.js", "See the <node.js> docs, or the .net ones.", "comment", None),
    ("node", "See the <node>.js docs, or the .net ones.", "comment", None),
    (".NET", "See the node.js docs, or the <.net> ones.", "comment", None),
    ("detente", "Treatment that leaves <détente> at home", "blurb", None),
    # exact things
    ('"outpatient program"', GOOD.replace("outpatient program", "<outpatient program>"), "answer", "good"),
    (
        '"program outpatient"~2',
        GOOD.replace("outpatient program", "<outpatient> <program>"),
        "answer",
        "good",
    ),
    ("IO*", GOOD.replace("IOP", "<IOP>"), "answer", "good"),
    ("p?y", "Does insurance <pay> for them?", "question", None),
    ("insurrance~", "Does <insurance> pay for them?", "question", None),
    # what is not asked for is not marked
    ("iop -program", GOOD.replace("IOP", "<IOP>"), "answer", "good"),
    ("title:iop user:drugs", GOOD.replace("IOP", "<IOP>"), "answer", "good"),
    # nothing to mark: the beginning of the best answer
    *((q, GOOD, "answer", "good") for q in ("[iop]", "", "*", "answer:*", "score:3", "-iop", "unheard")),
]


@pytest.mark.parametrize(("query", "passage", "where", "answer_id"), PASSAGES)
def test_the_passage_shown(query: str, passage: str, where: str, answer_id: str | None) -> None:
    found = shown(query)
    assert (marked(found), found.where, found.answer_id) == (passage, where, answer_id)


def test_idf_decides_what_covers_more() -> None:
    question = replace(QUESTION, answers=tuple(Answer(t, Body(t)) for t in ("the of and", "the IOP")))
    rare = Wanted({"the": 0.1, "of": 0.1, "and": 0.1, "iop": 5.0})
    assert snippet(question, rare).answer_id == "the IOP"
    assert shown("the of and iop", question=question).answer_id == "the of and"


def test_the_accepted_answer_then_the_higher_score_breaks_ties() -> None:
    def answers(*rows: tuple[str, int | None, bool | None]) -> Question:
        made = (Answer(i, Body("An IOP."), score=score, accepted=accepted) for i, score, accepted in rows)
        return replace(QUESTION, answers=tuple(made))

    assert shown("iop", question=answers(("a", 9, None), ("b", 1, True))).answer_id == "b"
    assert shown("iop", question=answers(("a", None, None), ("b", 1, None), ("c", 0, None))).answer_id == "b"


LONG = "Well, " + "one two three, " * 20 + "the needle is here, " + "four five six, " * 20 + "end."

CUTS = [
    (LONG, "needle", 60, "…one two three, the <needle> is here, four five six, four…"),
    (LONG, "well", 40, "<Well>, one two three, one two three, one…"),
    (LONG, "nothing", 40, "Well, one two three, one two three, one…"),
    (LONG, "end", 40, "…four five six, four five six, <end>."),
    ("Short. " + LONG, "short", 40, "<Short>. Well, one two three, one two…"),
    ("x" * 100, "nothing", 20, "x" * 19 + "…"),
    ("東" * 100, "東東", 20, "<" + "東" * 19 + ">…"),
    ("a\n\n b\tc  \n d", "b", 20, "<b> c d"),
    ("e\u0301" * 30, "nothing", 16, "e\u0301" * 7 + "…"),
    ("👍🏽" * 30, "nothing", 16, "👍🏽" * 7 + "…"),
]


@pytest.mark.parametrize(("text", "query", "width", "passage"), CUTS)
def test_how_a_text_is_cut(text: str, query: str, width: int, passage: str) -> None:
    found = shown(query, width, replace(QUESTION, answers=(Answer("a", Body(text)),)))
    assert marked(found) == passage


def test_a_question_with_a_title_only() -> None:
    assert shown("iop", question=Question("text:2", "IOP")) == Snippet("IOP", ((0, 3),), "title")
    assert shown("x", question=Question("text:2", "")) == Snippet("", (), "title")


def test_a_huge_body_is_read_up_to_a_bound() -> None:
    body = Body("iop " * (MAX_READ // 4) + "needle")
    question = replace(QUESTION, answers=(Answer("a", body),))
    assert shown("iop", question=question).where == "answer"
    assert shown("needle", question=question).marks == ()


WANTED = [
    ("Running node.js", Wanted({"run": 1.0, "node.js": 1.0, "node": 1.0, "js": 1.0})),
    ('"Foo bars" +"a b"~2', Wanted(words=frozenset("ab"), phrases=(("foo", "bars"),))),
    ("Enc* l?st word~ *", Wanted(patterns=("enc*", "l?st"), fuzzies=("word",))),
    ("a OR (title:b AND -c) NOT d [e] user:f", Wanted({"a": 1.0, "b": 1.0})),
]


@pytest.mark.parametrize(("query", "expected"), WANTED)
def test_what_a_query_wants(query: str, expected: Wanted) -> None:
    assert wanted(parse(query)) == expected


BODIES = st.text(
    st.one_of(st.sampled_from(list("ab .?!\n,e\u0301犬👍🏽\u200d")), st.characters()), max_size=120
)


@given(BODIES, st.integers(MIN_WIDTH, 50), st.sampled_from(["a", "b ab", '"a b"', "a*", "犬", "e"]))
def test_a_passage_fits_is_of_the_text_and_is_marked(text: str, width: int, query: str) -> None:
    question = Question("text:3", "none", Body(text))
    found = shown(query, width, question)
    assert len(found.text) <= width
    assert "\n" not in found.text and "  " not in found.text
    source = text if found.where == "question" else "none"
    passage = found.text.removeprefix("…").removesuffix("…")
    assert passage in " ".join(source.split()) or found.text in " ".join(source.split())
    ends = [0, *(place for mark in found.marks for place in mark), len(found.text)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in found.marks)
    if found.where == "question" and query == "a" and "a" in [term.text for term in words(text)]:
        assert found.marks


CLUSTERS = st.sampled_from(["e\u0301", "o\u0323\u0302", "👍🏽", "क्षि"])


@given(st.lists(CLUSTERS, min_size=20, max_size=60).map("".join))
def test_no_cut_parts_a_letter_from_its_marks(text: str) -> None:
    found = shown("nothing", 20, Question("text:4", "", Body(text)))
    rest = text[len(found.text.removesuffix("…")) :]
    assert not rest or unicodedata.category(rest[0])[0] != "M"
    assert not rest.startswith("🏽")


def test_a_hit_does_not_show_its_title_twice() -> None:
    body = Body("Why is my shower slow? It was not last year.")
    question = Question(
        "q", "Why is my shower slow?", body, answers=(Answer("a", Body("Descale the head.")),)
    )
    found = snippet(question, wanted(parse("why is my shower slow")))
    assert found.text != question.title
    alone = Question("q", "Why is my shower slow?", Body("Why is my shower slow?"), answers=question.answers)
    assert snippet(alone, wanted(parse("shower"))).text == "Descale the head."
    assert snippet(Question("q", "Shower"), wanted(parse("shower"))).text == "Shower"
