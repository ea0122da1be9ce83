"""Did you mean: against a brute-force oracle, and over a real index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from askive.index.grammar import parse
from askive.index.suggest import IndexVocabulary, Suggestion, asked, corrected, distance, suggest
from askive.tests.index_archive import History, build, question
from hypothesis import given
from hypothesis import strategies as st


@dataclass(frozen=True)
class Held:
    """A vocabulary that looks at every word it holds: the oracle."""

    words: dict[str, int]

    def frequency(self, word: str) -> int:
        return self.words.get(word, 0)

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        yield from ((held, n) for held, n in self.words.items() if reachable(word, held, edits))


def reachable(a: str, b: str, edits: int) -> bool:
    """Say whether so many edits lead from a to b, by trying them all; a swapped pair is done with."""
    if a == b or edits == 0:
        return a == b
    if a[:1] == b[:1] and reachable(a[1:], b[1:], edits):
        return True
    swaps = len(a) > 1 and a[1] + a[0] == b[:2]
    tried = [(a[1:], b), (a, b[1:]), (a[1:], b[1:]), (a[2:], b[2:])][: 4 if swaps else 3]
    return any(reachable(x, y, edits - 1) for x, y in tried)


def index_vocabulary(*texts: str, segments: int = 1) -> IndexVocabulary:
    history = History()
    with TemporaryDirectory() as directory:
        for n in range(segments):
            history.put(*(question(f"{n}:{i}", "?", text) for i, text in enumerate(texts[n::segments])))
            snapshot = build(Path(directory), history)
        assert len(snapshot.segments) == segments
    return IndexVocabulary(snapshot, ["title_words", "question_words"], ["question"])


TEXTS = (
    "addiction treatment for addiction and insomnia",
    "the treatment of addicts in therapy with node.js in 2012",
    "an addiction therapist treats insomnia; théâtre",
)

SUGGESTIONS = [
    ("addictoin", "addiction"),  # a swap is one edit
    ("insomina", "insomnia"),
    ("tretment", "treatment"),
    ("therpasit", "therapist"),  # two edits, eight letters and more
    ("nodejs", "node.js"),
    ("theatro", "theatre"),
    ("addiction", None),  # known
    ("treating", None),  # known by its stem
    ("ab", None),
    ("an", None),
    ("2013", None),
    ("f-17", None),
    ("xyzzyxyzzy", None),
    ("terpy", None),  # two edits off, and short
    ("x" * 100, None),
]


@pytest.mark.parametrize("segments", [1, 3])
@pytest.mark.parametrize(("word", "instead"), SUGGESTIONS)
def test_suggestions_from_an_index(word: str, instead: str | None, segments: int) -> None:
    expected = (Suggestion(word, instead),) if instead else ()
    assert suggest([word], index_vocabulary(*TEXTS, segments=segments)) == expected


RANKED = [
    ({"cart": 1, "coat": 9, "card": 5}, "caat", "coat"),  # all one edit off: the most frequent
    ({"house": 1, "mouse": 1}, "hpuse", "house"),  # nearer
    ({"bats": 2, "cats": 2}, "cets", "cats"),
    ({"mold": 3, "gold": 3}, "golx", "gold"),
    ({"told": 3, "rolx": 3, "rold": 3}, "rolz", "rold"),  # then the same letter, then the alphabet
]


@pytest.mark.parametrize(("held", "word", "instead"), RANKED)
def test_the_nearest_then_the_most_frequent_then_the_same_first_letter(
    held: dict[str, int], word: str, instead: str
) -> None:
    assert suggest([word], Held(held)) == (Suggestion(word, instead),)


def test_each_unknown_word_once_and_not_too_many() -> None:
    vocabulary = Held({"addiction": 1})
    assert suggest(["addictoin", "addictoin"], vocabulary) == (Suggestion("addictoin", "addiction"),)
    unknown = [f"addictio{letter}" for letter in "abcdefghijklm"]
    assert len(suggest(unknown, vocabulary)) == 8


WORDS = st.text("abc", min_size=1, max_size=7)


@given(WORDS, WORDS, st.integers(0, 3))
def test_distance_is_what_trying_all_edits_finds(a: str, b: str, edits: int) -> None:
    assert (distance(a, b) <= edits) == reachable(a, b, edits)


@given(st.lists(WORDS, min_size=1, max_size=12), WORDS, st.integers(1, 2))
def test_the_index_finds_what_looking_at_every_word_finds(held: list[str], word: str, edits: int) -> None:
    vocabulary = index_vocabulary(*held)
    oracle = Held({w: held.count(w) for w in held})
    assert sorted(vocabulary.within(word, edits)) == sorted(oracle.within(word, edits))


ASKED = [
    ("", ()),
    ("Addictoin -nope therapy", ("addictoin", "therapy")),
    ('+"Foo bar" title:(baz OR -qux) [tag] enc* fuzz~', ("foo", "bar", "baz")),
    ("user:jhon NOT (a b) score:5 foo foo", ("foo",)),
    ("node.js c++", ("node.js", "c++")),
]


@pytest.mark.parametrize(("query", "expected"), ASKED)
def test_words_that_a_query_asks_for(query: str, expected: tuple[str, ...]) -> None:
    assert asked(parse(query)) == expected


CORRECTED = [
    ("addictoin therapy", "addiction therapy"),
    ('title:"Addictoin?" OR ADDICTOIN -[x]', 'title:"addiction?" OR addiction -[x]'),
    ("nothing here", "nothing here"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), CORRECTED)
def test_a_query_corrected(text: str, expected: str) -> None:
    assert corrected(text, [Suggestion("addictoin", "addiction")]) == expected
