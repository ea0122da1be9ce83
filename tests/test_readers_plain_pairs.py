"""Questions and answers in plain text and Markdown: marked pairs, FAQ files, and what is neither."""

# ruff: noqa: E501 - a page is a line

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import Limits
from askive.archive.page import Page, Problem
from askive.archive.readers import plain_pairs, read_page
from askive.archive.records import Question, printable
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared" / "pages"


def told(text: str) -> list[tuple[str, list[str]]]:
    """Return titles and answers of a page that the reader takes."""
    name, found = read_page(Page(text.encode(), "faq.md", NOW))
    assert name == "plain_pairs"
    return [(one.title, [a.body.text for a in one.answers]) for one in found if isinstance(one, Question)]


TWO = [("How do I descale a kettle?", ["With vinegar."]), ("Is it safe?", ["Yes.\n\nRinse it."])]


@pytest.mark.parametrize(
    "text",
    [
        "Q: How do I descale a kettle?\nA: With vinegar.\n\nQ: Is it safe?\nA: Yes.\n\nRinse it.\n",
        "**Q:** How do I descale a kettle?\n**A:** With vinegar.\n\n**Q: Is it safe?**\n\n**A:** Yes.\n\nRinse it.\n",
        "Q1. How do I descale a kettle?\r\nA1. With vinegar.\r\nQ2. Is it safe?\r\nA2. Yes.\r\n\r\nRinse it.\r\n",
        "Question: How do I descale a kettle?\nAnswer: With vinegar.\n-----\nsold by the shop\n\n"
        "Question: Is it safe?\nAnswer: Yes.\n\nRinse it.",
        "Question\nHow do I descale a kettle?\n\nAnswer\nWith vinegar.\n\nQuestion\nIs it safe?\nAnswer\nYes.\n\nRinse it.",
        "## Question 1\nHow do I descale a kettle?\n## Answer 1\nWith vinegar.\n***\n"
        "## Question 2\nIs it safe?\n## Answer 2\nYes.\n\nRinse it.\n",
        "# FAQ\n\nAsk us.\n\n## How do I descale a kettle?\n\nWith vinegar.\n\n## Is it safe?\n\nYes.\n\nRinse it.\n",
        "Tea\n===\n\nHow do I descale a kettle?\n---\n\nWith vinegar.\n\nIs it safe?\n---\nYes.\n\nRinse it.\n",
        "# FAQ\n### 1. How do I descale a *kettle*?\nWith vinegar.\n### 2. [Is it safe?](#safe)\nYes.\n\nRinse it.\n## Contact\nus",
        "<details><summary><b>How do I descale a kettle?</b></summary>With vinegar.</details>\n"
        "<details>\n<summary>Is it safe?</summary>\n\nYes.\n\nRinse it.\n\n</details>\n",
        "**How do I descale a kettle?**\n\nWith vinegar.\n\n**Is it safe?**\n\nYes.\n\nRinse it.\n",
        "Frage: How do I descale a kettle?\nAntwort: With vinegar.\nFrage: Is it safe?\nAntwort: Yes.\n\nRinse it.\n",
        "问: How do I descale a kettle?\n答：With vinegar.\n问题：Is it safe?\n答案: Yes.\n\nRinse it.\n",
        "[Q] How do I descale a kettle?\n[A] With vinegar.\n\n[Q] Is it safe?\n[A] Yes.\n\nRinse it.\n",
        "Q - How do I descale a kettle?\nA - With vinegar.\nQ - Is it safe?\nA - Yes.\n\nRinse it.\n",
        "1. Q: How do I descale a kettle?\n   A: With vinegar.\n2. Q: Is it safe?\n   A: Yes.\n\nRinse it.\n",
        "- question: How do I descale a kettle?\n  answer: With vinegar.\n- question: Is it safe?\n  answer: Yes.\n\nRinse it.\n",
        "    Q: How do I descale a kettle?\n    A: With vinegar.\n    Q: Is it safe?\n    A: Yes.\n\nRinse it.\n",
        "> Q: How do I descale a kettle?\n> A: With vinegar.\n> Q: Is it safe?\n> A: Yes.\n\nRinse it.\n",
        "QUESTION 1\n==========\nHow do I descale a kettle?\n\nANSWER\n------\n\nWith vinegar.\n\n"
        "QUESTION 2\n==========\nIs it safe?\n\nANSWER\n------\n\nYes.\n\nRinse it.\n",
        "QUESTION NO. 1:\nHow do I descale a kettle?\nANSWER:\nWith vinegar.\nQUESTION #2:\nIs it safe?\nANSWER:\nYes.\n\nRinse it.\n",
        "Ques: How do I descale a kettle?\nAns: With vinegar.\nQues. Is it safe?\nAns. Yes.\n\nRinse it.\n",
        "F: How do I descale a kettle?\nA: With vinegar.\nF: Is it safe?\nA: Yes.\n\nRinse it.\n",
        "P: How do I descale a kettle?\nR: With vinegar.\nP: Is it safe?\nR: Yes.\n\nRinse it.\n",
        "Q : How do I descale a kettle?\nR : With vinegar.\nQ : Is it safe?\nR : Yes.\n\nRinse it.\n",
        "В: How do I descale a kettle?\nО: With vinegar.\nВ: Is it safe?\nО: Yes.\n\nRinse it.\n",
        "Q：How do I descale a kettle?\nA：With vinegar.\n質問：Is it safe?\n回答：Yes.\n\nRinse it.\n",
        *(
            f"{asked}: How do I descale a kettle?\n{answered} : With vinegar.\n{asked.upper()}\nIs it safe?\n"
            f"{answered.upper()}\nYes.\n\nRinse it.\n"
            for asked, answered in [
                ("Question", "Réponse"),
                ("Pregunta", "Respuesta"),
                ("Pergunta", "Resposta"),
                ("Frage", "Antwort"),
                ("Domanda", "Risposta"),
                ("Вопрос", "Ответ"),
                ("Vraag", "Antwoord"),
                ("Pytanie", "Odpowiedź"),
                ("Fråga", "Svar"),
                ("Soru", "Cevap"),
                ("سؤال", "جواب"),
                ("질문", "답변"),
            ]
        ),
    ],
)
def test_two_questions(text: str) -> None:
    assert told(text) == TWO


def test_several_answers_to_one_question() -> None:
    assert told("Q: How?\nA: So.\nA: Or so.\n") == [("How?", ["So.", "Or so."])]


@pytest.mark.parametrize(
    ("mark", "author", "score", "accepted"),
    [
        ("Answer by Bo (score 5, accepted):", "Bo", 5, True),
        ("**Answer 2 by Bo Li (score: -2)**", "Bo Li", -2, None),
        ("### Accepted answer", None, None, True),
        ("Answer 1 (12 votes, best answer):", None, 12, True),
        ("Answer (3 points)", None, 3, None),
        ("Best Answer:", None, None, True),
        ("Antwort von Bo:", "Bo", None, None),
        ("A2:", None, None, None),
    ],
)
def test_marks_tell_of_an_answer(
    mark: str, author: str | None, score: int | None, accepted: bool | None
) -> None:
    text = f"Question by Zoë (7 votes): How?\n{mark}\nSo. Answer by hand. And\nanswer by Monday.\n"
    (question,) = read_page(Page(text.encode(), "a.txt", NOW))[1]
    assert isinstance(question, Question)
    assert (question.author, question.score) == ("Zoë", 7)
    (answer,) = question.answers
    assert answer.body.text == "So. Answer by hand. And\nanswer by Monday."
    assert (answer.author, answer.score, answer.accepted) == (author, score, accepted)


def test_titles_and_tags_in_lines_of_their_own() -> None:
    text = (
        "Title: On kettles\nTags: kettle, hard water\nQuestion: How do I descale it?\nAnswer: With:\n\n"
        "Title: is no title here\nTags: are, as these many words are not, none\n\nGood.\n\n"
        "Title: On cups\nQuestion:\nWhich?\nAnswer: This.\n\nTags: #cup\n"
    )
    first, second = read_page(Page(text.encode(), "a.txt", NOW))[1]
    assert isinstance(first, Question)
    assert isinstance(second, Question)
    assert first.title == "On kettles"
    assert first.body and first.body.text == "How do I descale it?"
    assert [tag.name for tag in first.tags] == ["kettle", "hard-water"]
    assert [answer.body.text for answer in first.answers] == [
        "With:\n\nTitle: is no title here\nTags: are, as these many words are not, none\n\nGood."
    ]
    assert (second.title, [tag.name for tag in second.tags]) == ("On cups", ["cup"])
    assert second.answers[0].body.text == "This."


def test_what_is_fenced_set_in_or_quoted_marks_nothing() -> None:
    answer = "Write:\n\n    Q: no\n    A: no\n\n```\nQ: no\nA: no\n```\n\n> Q: no\n> A: no\n\nDone."
    assert told(f"Q: How?\nA: {answer}\nQ: Why?\nA: So.\n") == [("How?", [answer]), ("Why?", ["So."])]


@pytest.mark.parametrize(
    "text",
    [
        "How do I descale a kettle?\nWith vinegar.\n\nIs it safe?\nYes.\n\nRinse it.\n\nWho says?\nWe.\n",
        "How do I descale a kettle?\n\nWith vinegar.\n\nIs it safe?\n\nYes.\n\nRinse it.\n\nWho says?\n\nWe.\n",
        "Kettles\n\n1. How do I descale a kettle?\nWith vinegar.\n2. Is it safe?\n\nYes.\n\nRinse it.\n3) Who says?\nWe.",
    ],
)
def test_lines_that_ask(text: str) -> None:
    assert told(text) == [*TWO, ("Who says?", ["We."])]


def test_a_long_question_keeps_its_text() -> None:
    text = "Q: How do I descale it? I tried soap.\n\n    soap --all\n\nA: With vinegar."
    (question,) = read_page(Page(text.encode(), "a.txt", NOW))[1]
    assert isinstance(question, Question)
    assert question.title == "How do I descale it?"
    assert question.body and question.body.text == "How do I descale it? I tried soap.\n\n    soap --all"


def test_code_has_no_headings() -> None:
    text = "## Why?\n```sh\n# is this one?\n```\n## How?\nSo.\n"
    assert told(text) == [("Why?", ["```sh\n# is this one?\n```"]), ("How?", ["So."])]


def test_questions_without_answers_are_told_of() -> None:
    *_, problem = read_page(Page(b"# Why?\n# How?\nSo.\n# Who?\nWe.\n", "a.md", NOW))[1]
    assert problem == Problem("1 questions", "no answers to them")


@pytest.mark.parametrize(
    "text",
    [
        "# Kettle\n\n## Install\n\nx\n\n## Why?\n\ny\n\n## Use\n\nz\n\n## License\n\nMIT\n",
        "Is this prose? It is.\nA: is a letter, and so is\nB: another.\n",
        "Q1. Which is it?\nA. this\nB. that\nC. both\n",
        "Q: How?\nQ: Why?\nQ: Who?\nA: We.\n",
        "<!doctype html><p>\nQ: How?\nA: So.\n",
        "Dear all,\n\nwhat is this?\n\nBest\nA.\n",
        "# What is it?\n\nAn article with one question.\n",
        "Q: \nA: So.\n",
        "Q : the first matrix\nA : the second one\n",
        "def f(\n    question: str,\n    answer: str,\n) -> None: ...\n",
        "# Format\n\n## Question\n\n| key | type |\n\n## Answer\n\n| key | type |\n",
        "Q.append(x)\nA.append(y)\nQ.sort()\nA.sort()\n",
        "P. Smith wrote it.\nR. Jones read it.\nP. Smith is his name.\n",
        "F: Here I am.\nA: There you are.\nF: Yes.\nA: So am I.\n",
        "1. What is it?\n2. Who is it?\n3. Why is it?\n\nWrite a page on each.\n",
        "1. What is it?\na) this\nb) that\n2. Who is it?\na) he\nb) she\n3. Why?\na) so\nb) no\n",
        "“Who is it?”\n\n“I.”\n\n“What is it?”\n\n“Nothing.”\n\n“Why?”\n\nShe went.\n",
        "I came home. What was that?\nA cat.\n\nIt sat there. Why did it?\nIt did.\n\nThen it went. Where to?\nOut.\n",
        "2024-01-02 INFO start\n2024-01-02 WARN retry? A: 3 Q: 4\n",
        "def f(q):\n    # why?\n    return q\n\n\ndef g(a):\n    return a or f(a)\n",
        "",
    ],
)
def test_other_texts_are_no_pages_of_questions(text: str) -> None:
    with pytest.raises(PageRejected):
        read_page(Page(text.encode(), "a.md", NOW))


@pytest.mark.parametrize(
    "text",
    [
        "Q: " + "a " * 100_000 + "\nA: x",
        "Q: x\nA: y\n" * 20_000,
        "# " * 200_000,
        "# x?\n" * 100_000,
        "<summary>" * 50_000,
        "*_" * 200_000 + "?",
        "Q" + " " * 400_000 + ":",
        "[" * 300_000 + "?",
        "# " + "[a](" * 50_000 + "?\nx\n# b?\ny",
        "Answer by " + "B " * 200_000,
        "Q: x?\nA: y\nTags: a\n" * 20_000,
        "Title: x\n" * 100_000,
        "Who?\n\n" * 50_000,
        "1. Who?\n" * 50_000,
        "```\nQ: x\n" * 50_000,
        "> " * 200_000 + "Q: x",
    ],
)
def test_costly_texts_end(text: str) -> None:
    page = Page(text.encode(), "a.md", NOW)
    assert 0 <= plain_pairs.sniff(page) <= 1
    try:
        assert list(plain_pairs.read(page))
    except PageRejected as rejection:
        assert rejection.reason


PIECES = [
    "Title: x\n",
    "Tags: a, b\n",
    "Answer by Bo (score 5):",
    "> ",
    "    ",
    "Q: ",
    "A: ",
    "How?",
    "So.",
    "\n",
    "\n\n",
    "## ",
    "**",
    "<details>",
    "<summary>",
    "</summary>",
    "---",
    "```",
    "1. ",
    "\x1b",
    "？",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.randoms(use_true_random=False))
def test_any_text_yields_records_or_one_reason(pieces: list[str], chance: random.Random) -> None:
    text = "".join(pieces)
    cut = chance.randrange(len(text) + 1)
    try:
        found = list(plain_pairs.read(Page((text + text[cut:]).encode(), "a.md", NOW)))
    except PageRejected as rejection:
        assert rejection.reason == printable(rejection.reason)
        return
    for one in found:
        if isinstance(one, Question):
            assert one.title
            assert one.title == printable(one.title)
            assert one.answers


def test_a_page_that_is_too_large_is_rejected() -> None:
    with pytest.raises(PageRejected, match="12 bytes; a text is read up to 9 bytes"):
        list(plain_pairs.read(Page(b"Q: x?\nA: y.\n", "a.md", NOW), Limits(texts_bytes=9)))


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
def test_no_real_page_of_another_form_is_taken() -> None:
    pages = [path for path in SHARED.glob("*/*") if path.suffix in (".html", ".json", ".xml")]
    assert len(pages) > 50
    for path in pages:
        assert plain_pairs.sniff(Page(path.read_bytes(), str(path), NOW)) == 0, path
