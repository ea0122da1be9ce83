"""Where sentences end, what is a heading and what is code, and where long ones can be cut."""

from __future__ import annotations

import pytest
from askive.archive.body import body_from_html
from askive.archive.records import code_lines
from askive.index.sentences import MAX_CODE_LINES, clauses, flow
from hypothesis import given
from hypothesis import strategies as st

# Each text with "|" where one sentence ends and the next begins.
SENTENCES = [
    "It works. | It is fast! | Is it? | Yes.",
    "See Dr. Li vs. Mr. Wu. | They met.",
    "Take drugs, e.g. Aspirin, i.e. pills. | Then rest.",
    "He lives in the U.S. | The law is strict.",
    "The U.S. Army came at 5 p.m. Monday. | It left.",
    "A. Smith and M. Nielsen and I. Chuang wrote it.",
    "Vaccines protect from hepatitis B. | It is a virus.",
    "Pi is 3.14. | Use v1.2.3. | See Fig. 3 and No. 5. | I said no. | Leave.",
    "Go to https://example.org/a.b?c=1. | Read it.",
    "Well... maybe … or not. | But wait... | There is more.",
    'He said "Stop!" and left. | (It was late.) | "Why?" he asked.',
    "1. Take it. | 2. Rest.",
    "i was there. | they left",
    "Smith et al. (2012) found it. | Others (Cao et al. ,2012) did not.",
    "no punctuation at all in this one it just goes on",
    # other scripts
    "東京です。|大阪です！|「はい。」|そう",
    "यह है। | वह है॥ | अंत",
    "هل هذا صحيح؟ | نعم۔ | آخر",
    # glued by scraping
    "It blinds. | How Glaucoma Develops | There are several types.",
    "It blinds. | Open-angle Glaucoma | The most common type.",
    "Vaccine Shortages & Delays | The latest news.",
    "Vitamin A helps. | Hepatitis A is bad. | Dr. Who is a show.",
    "Diseases are: • anthrax | cancer | flu",
    "Glaucoma - | The Human Phenotype Ontology has it - not.",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_where_sentences_end(marked: str) -> None:
    expected = [one.strip().removesuffix(" -").removeprefix("Diseases are: • ") for one in marked.split("|")]
    text = marked.replace(" | ", " ").replace("|", "")
    if "•" in text:
        text = text.replace("anthrax cancer flu", "anthrax • cancer • flu")
        expected = ["Diseases are:", *expected]
    found = flow(text)
    assert [found.text[start:end].removesuffix(" -") for start, end, _ in found.sentences] == expected


LINES = """Intro wraps here because it is a line of a mail
that goes on. Next sentence:

- one item
- two items
  go on
Usage notes

This text stands under a heading.

    indented = code()

It ends there."""


def test_lines_say_where_blocks_are() -> None:
    found = flow(LINES)
    assert [(found.text[start:end], kind) for start, end, kind in found.sentences] == [
        ("Intro wraps here because it is a line of a mail that goes on.", "prose"),
        ("Next sentence:", "prose"),
        ("one item", "prose"),
        ("two items go on", "prose"),
        ("Usage notes", "heading"),
        ("This text stands under a heading.", "prose"),
        ("indented = code()", "code"),
        ("It ends there.", "prose"),
    ]


@pytest.mark.parametrize("count", [1, MAX_CODE_LINES, MAX_CODE_LINES + 1, 40])
def test_code_is_one_piece_or_is_left_out(count: int) -> None:
    code = "\n".join(f"step({n})." for n in range(count))
    expected = ("code", " ".join(code.split())) if count <= MAX_CODE_LINES else ("omitted", "…")
    html = body_from_html(f"<p>Run this:</p><pre><code>{code}</code></pre><p>Done.</p>")
    fenced = f"Run this:\n```\n{code}\n```\nDone."
    for text, lines in ((html.text, code_lines(html)), (fenced, frozenset[str]())):
        found = flow(text, lines)
        kinds = [(kind, found.text[start:end]) for start, end, kind in found.sentences]
        assert kinds == [("prose", "Run this:"), expected, ("prose", "Done.")]


def test_a_text_that_is_set_in_as_a_whole_is_no_code() -> None:
    assert [kind for *_, kind in flow("    It is.\n    It was.").sentences] == ["prose", "prose"]


TEXTS = st.text(
    st.one_of(st.sampled_from(list("aB .?!\n-•,:)\t`|東。1")), st.characters(exclude_categories=["Cs"])),
    max_size=200,
)


@given(TEXTS)
def test_sentences_are_in_order_apart_and_hold_every_word(text: str) -> None:
    found = flow(text)
    assert "\n" not in found.text and "  " not in found.text
    place = 0
    for start, end, _ in found.sentences:
        assert place <= start < end <= len(found.text)
        assert not any(character.isalnum() for character in found.text[place:start])
        place = end
    assert not any(character.isalnum() for character in found.text[place:])


@given(TEXTS)
def test_a_text_without_code_loses_nothing(text: str) -> None:
    plain = text.replace("`", "").replace("\t", "").replace("    ", " ")
    lines = "\n".join(line.lstrip() for line in plain.split("\n"))
    kept = [character for character in flow(lines).text if not character.isspace() and character != ">"]
    assert kept == [character for character in lines if not character.isspace() and character != ">"]


def test_where_clauses_begin_and_end() -> None:
    text = "one, two (three) four - five; six、七"
    assert [(text[:stop][-3:], text[begin : begin + 3]) for stop, begin in clauses(text, 0, len(text))] == [
        ("one", "two"),
        ("ee)", "fou"),
        ("our", "fiv"),
        ("ive", "six"),
        ("six", "七"),
    ]
