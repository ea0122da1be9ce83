"""Unknown words -> the archive's own words that they are most likely misspellings of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import grammar as g
from .analysis import Stemmer, words

if TYPE_CHECKING:
    from .snapshot import Snapshot

MIN_LETTERS = 4
"""Shortest word that is looked at: three letters are one edit from half of all short words."""

MAX_LETTERS = 32
"""Longest word that is looked at; the search for near words costs more with each letter."""

MAX_WORDS = 8
"""Most words of one query that are looked at: unknown ones by the dozen are a paste, not a slip."""

LONG = 8
"""Words of this many letters and more may be two edits off, shorter ones one: the rule of `word~`."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A `word` that the archive does not know, and the one to try `instead`."""

    word: str
    instead: str


class Vocabulary(Protocol):
    """The unstemmed, folded words of an archive."""

    def frequency(self, word: str) -> int:
        """Return how often a search for the word finds something, 0 where the word is unknown."""
        ...

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """Yield each held word at most so many `distance` edits off, once, with its frequency."""
        ...


def suggest(unknown: Iterable[str], vocabulary: Vocabulary) -> tuple[Suggestion, ...]:
    """Return the most likely meant word for each folded word that the vocabulary lacks.

    The nearest wins, then the most frequent, then one with the same first letter. Nothing is suggested for
    words of one or two letters, for numbers, or where nothing is near.
    """
    misspelt = [w for w in dict.fromkeys(unknown) if _is_checked(w) and not vocabulary.frequency(w)]
    found = ((word, _nearest(word, vocabulary)) for word in misspelt[:MAX_WORDS])
    return tuple(Suggestion(word, instead) for word, instead in found if instead is not None)


def asked(node: g.Node) -> tuple[str, ...]:
    """Return the unstemmed terms of the words and phrases that a query asks for, in order, each once.

    What a query excludes is not asked for; nor are names of people, which are spelled as they like.
    """
    return tuple(dict.fromkeys(_asked(node)))


def tags_asked(node: g.Node) -> tuple[str, ...]:
    """Return the names of the tags that a query asks for, in order, each once; patterns are no names."""
    return tuple(name for name in dict.fromkeys(_tags_asked(node)) if not {"*", "?"} & set(name))


def corrected(text: str, suggestions: Iterable[Suggestion]) -> str:
    """Return a query's text with each suggestion in the place of its word.

    >>> corrected("title:Addictoin OR iop", [Suggestion("addictoin", "addiction")])
    'title:addiction OR iop'
    """
    instead = {s.word: s.instead for s in suggestions}
    pieces, end = [], 0
    for term in words(text):
        if term.text in instead:
            pieces += [text[end : term.start], instead[term.text]]
            end = term.end
    return "".join(pieces) + text[end:]


def distance(a: str, b: str) -> int:
    """Return how many letters must be put in, left out, changed or swapped to get from a to b.

    The optimal string alignment distance: no letter is edited twice.
    """
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]


def edits_allowed(word: str) -> int:
    """Return how many edits a word may be off to be taken for another."""
    return 2 if len(word) >= LONG else 1


class IndexVocabulary:
    """The vocabulary of a state of the index: the unstemmed words of `fields`.

    A word is known too where another of its stem stands in one of the `stemmed` fields.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        fields: Sequence[str],
        stemmed: Sequence[str] = (),
        stemmer: Stemmer | None = None,
    ) -> None:
        self._snapshot, self._fields, self._stemmed = snapshot, fields, stemmed
        self._stemmer = stemmer or Stemmer()

    def frequency(self, word: str) -> int:
        """Return in how many documents the word, or one with its stem, stands; each field counts."""
        return self._count(word, self._fields) or self._count(self._stemmer.stem(word), self._stemmed)

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """Yield the words near this one, with their frequencies."""
        for candidate in self._snapshot.words_near(self._fields, word, edits):
            frequency = self._count(candidate, self._fields)
            if frequency:
                yield candidate, frequency

    def _count(self, term: str, fields: Sequence[str]) -> int:
        return sum(self._snapshot.statistics.frequency(field, term) for field in fields)


def _is_checked(word: str) -> bool:
    letters = sum(map(str.isalpha, word))
    return MIN_LETTERS <= letters <= len(word) <= MAX_LETTERS and not any(map(str.isdigit, word))


def _nearest(word: str, vocabulary: Vocabulary) -> str | None:
    """Return the likeliest word; two edits are looked at only where one finds nothing."""
    for edits in range(1, edits_allowed(word) + 1):
        ranked = [
            (distance(word, held), -frequency, held[0] != word[0], held)
            for held, frequency in vocabulary.within(word, edits)
            if held != word and not held.isdigit()
        ]
        if ranked:
            return min(ranked)[-1]
    return None


def _asked(node: g.Node) -> Iterator[str]:
    match node:
        case g.Word(text) | g.Phrase(text):
            yield from (term.text for term in words(text))
        case g.InField(field, query) if field != "user":
            yield from _asked(query)
        case g.Required(query):
            yield from _asked(query)
        case g.And(queries) | g.Or(queries) | g.Beside(queries):
            for query in queries:
                yield from _asked(query)


def _tags_asked(node: g.Node) -> Iterator[str]:
    match node:
        case g.Tagged(name):
            yield name
        case g.Required(query):
            yield from _tags_asked(query)
        case g.And(queries) | g.Or(queries) | g.Beside(queries):
            for query in queries:
                yield from _tags_asked(query)
