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
    ],
)
def test_two_questions(text: str) -> None:
    assert told(text) == TWO


def test_several_answers_to_one_question() -> None:
    assert told("Q: How?\nA: So.\nA: Or so.\n") == [("How?", ["So.", "Or so."])]


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
    with pytest.raises(PageRejected, match="12 bytes; plain text is read up to 9 bytes"):
        list(plain_pairs.read(Page(b"Q: x?\nA: y.\n", "a.md", NOW), Limits(text_bytes=9)))


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
def test_no_real_page_of_another_form_is_taken() -> None:
    pages = [path for path in SHARED.glob("*/*") if path.suffix in (".html", ".json", ".xml")]
    assert len(pages) > 50
    for path in pages:
        assert plain_pairs.sniff(Page(path.read_bytes(), str(path), NOW)) == 0, path
