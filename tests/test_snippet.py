"""The passage that is shown: which one, how it is cut, what is marked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from askive.archive.records import Answer, Body, Comment, Question, Tag
from askive.index.analysis import Stemmer, words
from askive.index.function_words import FUNCTION_WORDS
from askive.index.grammar import parse
from askive.index.matching import Matcher
from askive.index.sentences import flow
from askive.index.snippet import (
    ASKING,
    ECHO,
    MAX_READ,
    MIN_WIDTH,
    SIDE_BY_SIDE,
    TOGETHER,
    Snippet,
    Wanted,
    snippet,
    wanted,
)
from askive.index.suggest import distance
from askive.index.vocabulary import edits_allowed
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
    # what looks back is shown with what it looks back at
    (
        "week addict",
        "Patients live at home. They are treated three times a <week> for <addictions>, in groups.",
        "answer",
        "good",
    ),
    ("doctor", "Ask a <doctor> about programs. They know.", "answer", "weak"),
    ("insurance", "Does <insurance> pay for them?", "question", None),
    # one stray word in an answer is no answer
    (
        "insurance pay read intensive home",
        "I <read> about <intensive> outpatient programs. Does <insurance> <pay> for them?",
        "question",
        None,
    ),
    (
        "insurance groups",
        "Patients live at home. They are treated three times a week for addictions, in <groups>.",
        "answer",
        "good",
    ),
    ("node.js", "See the <node.js> docs, or the .net ones.", "comment", None),
    ("node", "See the <node>.js docs, or the .net ones.", "comment", None),
    (".NET", "See the node.js docs, or the <.net> ones.", "comment", None),
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
    ("answer:program question:outpatient", GOOD.replace("program", "<program>"), "answer", "good"),
    ("what is an iop", GOOD.replace("IOP", "<IOP>"), "answer", "good"),
    # nothing to mark: the beginning of the best answer
    *((q, GOOD, "answer", "good") for q in ("[iop]", "", "*", "answer:*", "score:3", "-iop", "unheard")),
    # what matches elsewhere only
    *(
        (q, GOOD, "answer", "good")
        for q in ("title:iop", "user:iop", "detente", "blurb:detente", "comment:iop")
    ),
    # function words alone
    ("what is of", GOOD.replace(" is ", " <is> "), "answer", "good"),
]


@pytest.mark.parametrize(("query", "passage", "where", "answer_id"), PASSAGES)
def test_the_passage_shown(query: str, passage: str, where: str, answer_id: str | None) -> None:
    found = shown(query)
    assert (marked(found), found.where, found.answer_id) == (passage, where, answer_id)


def test_idf_decides_what_covers_more() -> None:
    question = replace(QUESTION, answers=tuple(Answer(t, Body(t)) for t in ("the of and", "the IOP")))
    rare = Wanted({"the": 0.1, "of": 0.1, "and": 0.1, "iop": 5.0})
    assert snippet(question, rare).answer_id == "the IOP"
    assert shown("the of and iop", question=question).answer_id == "the IOP"
    common = Wanted({"patient": 0.1, "care": 0.1, "help": 0.1, "iop": 5.0})
    question = replace(QUESTION, answers=tuple(Answer(t, Body(t)) for t in ("patients help care", "an IOP")))
    assert snippet(question, common).answer_id == "an IOP"
    assert shown("patient care help iop", question=question).answer_id == "patients help care"


def test_the_accepted_answer_then_the_higher_score_breaks_ties() -> None:
    def answers(*rows: tuple[str, int | None, bool | None]) -> Question:
        made = (Answer(i, Body("An IOP."), score=score, accepted=accepted) for i, score, accepted in rows)
        return replace(QUESTION, answers=tuple(made))

    assert shown("iop", question=answers(("a", 9, None), ("b", 1, True))).answer_id == "b"
    assert shown("iop", question=answers(("a", None, None), ("b", 1, None), ("c", 0, None))).answer_id == "b"


LONG = "Well, " + "one two three, " * 20 + "the needle is here, " + "four five six, " * 20 + "end."

CUTS = [
    (LONG, "needle", 60, "…the <needle> is here, four five six, four five six…"),
    (LONG, "well", 40, "<Well>, one two three, one two three…"),
    (LONG, "nothing", 40, "Well, one two three, one two three…"),
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
    ("a OR (title:b AND -c) NOT d [e] user:f", Wanted({"b": 1.0}, places={"b": frozenset({"title"})})),
    ("the a", Wanted({"the": 1.0, "a": 1.0})),
    ("I'm what you're not, don't be sick", Wanted({"sick": 1.0})),
    (
        "title:x x answer:y comment:y",
        Wanted({"x": 1.0, "y": 1.0}, places={"y": frozenset({"answer", "comment"})}),
    ),
]


@pytest.mark.parametrize(("query", "expected"), WANTED)
def test_what_a_query_wants(query: str, expected: Wanted) -> None:
    assert wanted(parse(query)) == expected


def answered(text: str, *, title: str = "none", html: str | None = None) -> Question:
    return Question("q", title, answers=(Answer("a", Body(text, html)),))


ANSWERS = [
    # title, answer, query, width, the passage
    (  # the question over again, then what answers it
        "Is Marfan syndrome inherited ?",
        "How is Marfan syndrome inherited? Marfan syndrome is inherited from a parent.",
        "marfan syndrome inherited",
        80,
        "<Marfan> <syndrome> is <inherited> from a parent.",
    ),
    (  # an opening skips it too
        "Symptoms of lupus",
        "What are the symptoms of lupus? Fever and fatigue.",
        "[lupus]",
        240,
        "Fever and fatigue.",
    ),
    (  # a heading glued to its text
        "Eyes",
        "It blinds. Open-angle Glaucoma The most common type of glaucoma is slow.",
        "glaucoma",
        60,
        "The most common type of <glaucoma> is slow.",
    ),
    (  # a phrase is in the passage whole, or not at all
        "Kidneys",
        "All people with kidneys that fail or high blood pressure need to be seen by a nurse every week.",
        'kidneys "high blood pressure"',
        54,
        "All people with <kidneys> that fail or…",
    ),
    ("Crohn", "Crohn's is a disease. It hurts.", "crohn", 80, "<Crohn's> is a disease. It hurts."),
    (
        "Words",
        "A catalogue of cats and dogs' tails.",
        "cat dog",
        80,
        "A catalogue of <cats> and <dogs'> tails.",
    ),
    (
        "Side",
        "Patients who got care had glaucoma. Glaucoma care is dear.",
        "glaucoma care",
        40,
        "<Glaucoma> <care> is dear.",
    ),
    # what leads to a list is shown with it
    (
        "List",
        "Take one of these:\n\n- aspirin\n- rest and tea",
        "take these",
        80,
        "<Take> one of these: - aspirin - rest and tea",
    ),
    ("Dot", "Use .net or C#, not c.", ".net c#", 80, "Use <.net> or <C#>, not c."),
    # the sentence that holds most wins over two that hold less, and two neighbours over one that holds less
    ("Most", "Ticks bite. Dogs run. Ticks carry lyme here.", "ticks lyme", 30, "<Ticks> carry <lyme> here."),
    (
        "Two",
        "Ticks bite. Some have lyme. Dogs run far away.",
        "ticks lyme",
        40,
        "<Ticks> bite. Some have <lyme>.",
    ),
]


@pytest.mark.parametrize(("title", "text", "query", "width", "passage"), ANSWERS)
def test_the_sentences_that_answer(title: str, text: str, query: str, width: int, passage: str) -> None:
    assert marked(shown(query, width, answered(text, title=title))) == passage


def test_the_best_answer_is_preferred_and_then_what_comes_first() -> None:
    rows = (("low", 1, None), ("best", 5, None), ("other", 3, None))
    answers = tuple(Answer(i, Body("It treats glaucoma."), score=score, accepted=a) for i, score, a in rows)
    question = Question("q", "none", Body("Glaucoma treatment, please"), answers=answers)
    assert shown("glaucoma", question=question).answer_id == "best"
    assert shown("glaucoma treatment doctor", question=replace(question, answers=answers)).answer_id == "best"
    knowing = replace(answers[1], body=Body("A doctor knows."))
    more = (knowing, Answer("more", Body("Glaucoma surgery by a doctor"), score=0))
    assert shown("glaucoma surgery doctor", question=replace(question, answers=more)).answer_id == "more"


@pytest.mark.parametrize("count", [1, 9])
def test_code_is_shown_whole_or_not_at_all(count: int) -> None:
    code = "\n".join("sudo reboot --force" for _ in range(count))
    html = f"<p>Run:</p><pre>{code}</pre><p>Then wait.</p>"
    question = answered(f"Run:\n\n{code}\n\nThen wait.", html=html)
    whole = "Run: sudo <reboot> --force Then wait." if count == 1 else "Run: …"
    assert marked(shown("reboot", 240, question)) == whole


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


WORDS = """Glaucoma glaucomas treated. Treatment; (care) cares, Dr. Lee e.g. U.S. v1.2 3.14 don't Crohn's
node.js c++ The - • 1. http://a.b/c?d=e well... blood pressure high 東京です。 être Foo_bar What? `x`
U.S.A. 1,000 i/o .net"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n\n", "\n    "])
QUERIES = st.lists(
    st.sampled_from(
        ["glaucoma", "treatments", '"blood pressure"', "car*", "glaucma~", "node", "us", "東京", "1000"]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


def every_mark(text: str, query: str) -> set[tuple[str, bool]]:
    """Oracle: what the analyser finds in a text, term by term, and whether it is wanted."""
    asked, stemmer = wanted(parse(query)), Stemmer()
    patterns = [re.compile(pattern.replace("*", ".*")) for pattern in asked.patterns]
    phrase_words = {word for phrase in asked.phrases for word in phrase}
    return {
        (term.text, True)
        for term in words(text, parts=True)
        if stemmer.stem(term.text) in asked.stems
        or term.text in phrase_words
        or any(pattern.fullmatch(term.text) for pattern in patterns)
        or any(distance(term.text, fuzzy) <= edits_allowed(fuzzy) for fuzzy in asked.fuzzies)
    }


@given(st.lists(PIECES, min_size=1, max_size=60), QUERIES, st.integers(40, 240))
def test_marks_are_words_that_are_wanted_and_no_word_is_cut(
    pieces: list[str], query: str, width: int
) -> None:
    text = " ".join(pieces)
    found = shown(query, width, answered(text))
    if found.where != "answer":
        return
    assert len(found.text) <= width
    passage = found.text.removeprefix("…").removesuffix("…")
    bare = {"".join(text.split()), "".join(text.replace("`", "").split())}
    assert any("".join(passage.split()) in one for one in bare) or "…" in passage
    assert all(piece in text for piece in passage.replace("…", " ").split())
    for start, end in found.marks:
        mark = found.text[start:end]
        assert mark == mark.strip() and every_mark(found.text[start : end + 1], query)
        around = found.text[start - 1 : start] + found.text[end : end + 1]
        assert not any(character.isalnum() and character.isascii() for character in around)
    first, last = found.text[1:].split()[:1], found.text[:-1].split()[-1:]
    cut = [*(first if found.text[0] == "…" else []), *(last if found.text[-1] == "…" else [])]
    for piece in cut:
        assert any(piece in (word, word.rstrip(",;:")) for word in text.split()) or not piece.isascii()


@given(st.lists(PIECES, min_size=1, max_size=60), QUERIES)
def test_matches_are_those_of_a_plain_scan(pieces: list[str], query: str) -> None:
    """Oracle: every term of the whole text compared, and phrases by their positions."""
    text = " ".join(" ".join(pieces).split())
    asked, stemmer = wanted(parse(query)), Stemmer()
    terms = list(words(text, parts=True))
    expected = {
        (term.start, term.text)
        for term in terms
        if stemmer.stem(term.text) in asked.stems
        or any(re.fullmatch(pattern.replace("*", ".*"), term.text) for pattern in asked.patterns)
        or any(distance(term.text, fuzzy) <= edits_allowed(fuzzy) for fuzzy in asked.fuzzies)
    }
    at = {(term.position, term.text): term for term in terms}
    expected |= {
        (at[position, phrase[0]].start, " ".join(phrase))
        for phrase in asked.phrases
        for position, first in at
        if first == phrase[0] and all((position + i, word) in at for i, word in enumerate(phrase))
    }
    found = Matcher(asked, stemmer).matches(text, "answer")
    assert {match.start for match in found} == {start for start, _ in expected}
    assert found == sorted(found) and bool(found) <= Matcher(asked, stemmer).finds_any(text)


@given(st.lists(PIECES, min_size=1, max_size=80), QUERIES)
def test_no_other_passage_of_two_sentences_holds_more(pieces: list[str], query: str) -> None:
    """Oracle: the weight of what each pair of neighbouring sentences holds, counted one by one."""
    text = " ".join(piece for piece in pieces if "\n" not in piece)
    found = shown(query, 240, answered(text, title=""))
    asked, stemmer = wanted(parse(query)), Stemmer()

    def held(passage: str) -> float:
        matches = Matcher(asked, stemmer).matches(" ".join(passage.split()), "answer")
        return sum({match.key: match.weight for match in matches}.values())

    line = flow(text)
    pairs = [line.text[a.start : b.end] for a, b in pairwise(line.sentences) if b.end - a.start <= 240]
    singles = [line.text[a.start : a.end] for a in line.sentences if a.end - a.start <= 240]
    asking = 1 / ASKING if "?" in text else 1.0
    bonus = asking * (1 + TOGETHER) * (1 + SIDE_BY_SIDE) / ECHO
    assert held(found.text) * bonus >= max(map(held, [*pairs, *singles]), default=0.0)


def test_stems_begin_as_their_words_do() -> None:
    """What `Matcher` passes over words by."""
    stemmer = Stemmer()
    odd = ["skis", "skies", "dying", "lying", "idly", "ugly", "early", "singly", "news", "howe", "yes"]
    for word in (*odd, *FUNCTION_WORDS):
        assert stemmer.stem(word)[0] == word[0]


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
