"""Did you mean: against a brute-force oracle, and over a real index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from askive.bench.spelling import once
from askive.index.grammar import parse
from askive.index.suggest import IndexVocabulary, Suggestion, asked, corrected, distance, suggest
from askive.tests.index_archive import History, build, question
from hypothesis import event, given, settings
from hypothesis import strategies as st


@dataclass(frozen=True)
class Held:
    """A vocabulary that looks at every word it holds: the oracle."""

    words: dict[str, int]

    def frequency(self, word: str) -> int:
        return self.words.get(word, 0)

    written = frequency

    def beside(self, first: str, second: str) -> int:
        return self.words.get(f"{first} {second}", 0)

    def are_alike(self, one: str, other: str) -> bool:
        return one == other

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        yield from (
            (held, n) for held, n in self.words.items() if reachable(word, held, edits) and held.isalpha()
        )


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
    assert suggest([(word,)], index_vocabulary(*TEXTS, segments=segments)) == expected


RANKED = [
    ({"cart": 1, "coat": 9, "card": 5}, "caat", "coat"),  # all by one letter: the most frequent
    ({"house": 1, "mouse": 1}, "hpuse", "house"),  # nearer
    ({"bats": 2, "cats": 2}, "cets", "cats"),
    ({"mold": 3, "gold": 3}, "golx", "gold"),
    ({"told": 3, "rolx": 3, "rold": 3}, "rolz", "rold"),  # then the same letter, then the alphabet
    ({"merge": 2, "meme": 30}, "mege", "merge"),  # a letter left out can be one only, another typed is any
    ({"gates": 2, "gated": 30}, "gatse", "gates"),  # a swap too
    ({"women": 1, "some": 50}, "wome", "some"),  # but that goes only so far
    ({"blood": 9, "pressure": 9, "blood pressure": 5}, "bloodpressure", "blood pressure"),
    ({"blood": 9, "pressure": 9}, "bloodpressure", None),  # nowhere side by side
    ({"can": 9, "cer": 9, "can cer": 1, "cancer": 9}, "cancr", "cancer"),
    ({"question": 150, "qestion": 3}, "qestion", "question"),  # known, if hardly
    ({"question": 149, "qestion": 3}, "qestion", None),
    ({"that": 5000, "thai": 1}, "thai", None),  # short
    ({"questions": 5000, "qestion": 1}, "qestion", None),  # two edits
    ({"prior": 5000, "prion": 4}, "prion", None),  # not rare
    ({"prior": 999, "prion": 1}, "prion", None),  # one letter for another is less likely: 50 times 20
    ({"prior": 1000, "prion": 1}, "prion", "prior"),
]


@pytest.mark.parametrize(("held", "word", "instead"), RANKED)
def test_the_likeliest(held: dict[str, int], word: str, instead: str | None) -> None:
    expected = (Suggestion(word, instead, word in held),) if instead else ()
    assert suggest([(word,)], Held(held)) == expected


PAIRED = [
    ({"pressure": 9, "sure": 9}, "high pres sure", "high pressure"),  # one of them unknown
    ({"data": 9, "base": 9, "database": 10}, "data base", "database"),  # nowhere side by side
    ({"data": 9, "base": 9, "database": 9}, "data base", "data base"),
    ({"data": 9, "base": 9, "data base": 3, "database": 39}, "a data base", "a data base"),
    ({"data": 9, "base": 9, "data base": 3, "database": 40}, "a data base", "a database"),
    ({"user": 9, "s": 9, "users": 49}, "user s", "user s"),  # a letter that stands alone
    ({"user": 9, "s": 9, "users": 50}, "user s", "users"),
    ({"any": 9, "anyone": 99, "one": 9, "oneany": 99}, "any one any one", "anyone anyone"),
    ({"ab": 1}, "a b", "a b"),  # short
    ({"follow": 9, "up": 9, "followup": 99}, "follow-up", "followup"),
]


@pytest.mark.parametrize(("held", "query", "expected"), PAIRED)
def test_two_words_that_are_one(held: dict[str, int], query: str, expected: str) -> None:
    assert corrected(query, suggest(asked(parse(query)), Held(held))) == expected


def test_words_that_do_not_stand_side_by_side_are_not_one() -> None:
    held = Held({"data": 9, "base": 9, "database": 99})
    for query in ("data [sql] base", "data OR base", 'data "base"', "data +base", "data -base", "base data"):
        assert suggest(asked(parse(query)), held) == ()
    assert corrected('"data base"', suggest(asked(parse('"data base"')), held)) == '"database"'


def test_each_unknown_word_once_and_not_too_many() -> None:
    vocabulary = Held({"addiction": 1})
    assert suggest([("addictoin", "addictoin")], vocabulary) == (Suggestion("addictoin", "addiction"),)
    unknown = tuple(f"addictio{letter}" for letter in "abcdefghijklm")
    assert len(suggest([unknown], vocabulary)) == 8
    assert suggest([(), ("addictoin",)], vocabulary)


WORDS = st.text("abc", min_size=1, max_size=7)


@given(WORDS, WORDS, st.integers(0, 3))
def test_distance_is_what_trying_all_edits_finds(a: str, b: str, edits: int) -> None:
    assert (distance(a, b) <= edits) == reachable(a, b, edits)


@given(st.lists(WORDS, min_size=1, max_size=12), WORDS, st.integers(1, 2))
def test_the_index_finds_what_looking_at_every_word_finds(held: list[str], word: str, edits: int) -> None:
    vocabulary = index_vocabulary(*held)
    oracle = Held({w: held.count(w) for w in held})
    assert sorted(vocabulary.within(word, edits)) == sorted(oracle.within(word, edits))


TEXT = st.lists(st.text("abcd", min_size=1, max_size=7), min_size=1, max_size=4)


def misspelt(text: list[str], luck: Random) -> str:
    """Return a text with slips in it: letters wrong, spaces put in and left out."""
    words = [once(word, luck) if len(word) > 1 and luck.random() < 0.5 else word for word in text]
    cut = [f"{word[:2]} {word[2:]}" if luck.random() < 0.3 else word for word in words]
    return "".join(word + luck.choice([" ", " ", " ", ""]) for word in cut)


@settings(max_examples=100)
@given(st.lists(TEXT, min_size=1, max_size=8), st.integers(1, 120), st.randoms(use_true_random=False))
def test_what_is_suggested_is_held_and_finds_more(held: list[list[str]], more: int, luck: Random) -> None:
    texts = [" ".join(text) for text in (*held, *([held[0]] * more))]
    vocabulary = index_vocabulary(*texts)
    query = misspelt(luck.choice(held), luck)
    found = suggest(asked(parse(query or "*")), vocabulary)
    event(f"{len(found)} suggestions")

    def holding(run: str) -> int:
        return sum(f" {run} " in f" {text} " for text in texts)

    for suggestion in found:
        assert f" {suggestion.word} " in f" {' '.join(query.split())} "
        assert holding(suggestion.instead) > holding(suggestion.word)
        assert suggestion.known <= (vocabulary.frequency(suggestion.word.split()[0]) > 0)


ASKED: list[tuple[str, tuple[tuple[str, ...], ...]]] = [
    ("", ()),
    ("Addictoin -nope therapy", (("addictoin",), ("therapy",))),
    ("follow-up blood pres sure", (("follow", "up", "blood", "pres", "sure"),)),
    ('+"Foo bar" title:(baz OR -qux) [tag] enc* fuzz~', (("foo", "bar"), ("baz",))),
    ("title:(foo bar) baz qux", (("foo", "bar"), ("baz", "qux"))),
    ("user:jhon NOT (a b) score:5 foo foo", (("foo", "foo"),)),
    ("node.js c++", (("node.js", "c++"),)),
]


@pytest.mark.parametrize(("query", "expected"), ASKED)
def test_words_that_a_query_asks_for(query: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert asked(parse(query)) == expected


CORRECTED = [
    ("addictoin therapy", "addiction therapy"),
    ('title:"Addictoin?" OR ADDICTOIN -[x]', 'title:"addiction?" OR addiction -[x]'),
    ("a pres-sure? PRES sure", "a pressure? pressure"),
    ("pres", "pres"),
    ("nothing here", "nothing here"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), CORRECTED)
def test_a_query_corrected(text: str, expected: str) -> None:
    suggestions = [Suggestion("addictoin", "addiction"), Suggestion("pres sure", "pressure")]
    assert corrected(text, suggestions) == expected
