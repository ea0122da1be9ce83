"""Unknown and doubtful words -> the archive's own words that they are most likely misspellings of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, Protocol

from . import grammar as g
from .analysis import Stemmer, words
from .queries import PhraseAcross

if TYPE_CHECKING:
    from .snapshot import Snapshot

MIN_LETTERS = 4
"""Shortest word that is looked at: three letters are one edit from half of all short words."""

MIN_KNOWN = 5
"""Shortest word that is looked at although the archive has it: `thai` is no slip for `that`."""

MAX_LETTERS = 32
"""Longest word that is looked at; the search for near words costs more with each letter."""

MAX_WORDS = 8
"""Most words of one query that are looked at: unknown ones by the dozen are a paste, not a slip."""

MIN_TWICE = 6
"""Letters of the shortest unknown word that may be two edits off. Less than `LONG` of vocabulary.py, as
nothing is searched for yet: with 8 half as many words of 5 to 7 letters with two slips are put right
(bench/spelling.py)."""

LETTER = 1 / 20
"""How likely it is that one certain letter was typed too much, beside that one was left out or two swapped:
there are some twenty that it could be. Between 1/5 and 1/20 it hardly matters (bench/spelling.py)."""

FIRST = 1 / 2
"""How likely the first letter is wrong, beside another: in 8 of 100 slips (Pollock and Zamora, 1984), and a
word of seven letters would have 14."""

RARE = 3
"""How often a word may be found that is looked at although the archive has it. Slips of authors are rare."""

RATIO = 50
"""How many times as likely must be what is suggested for a word that the archive has. With 20 as with 50
bench/spelling.py finds 96 in 100 slips in a forum's titles, and something for 7 and 6 in 1000 titles as they
are; with 5 for 15. Names lie near to common words (`lowe`: `lower`), so the greater."""

JOINED = 10
"""How many times as often must stand in one word what is suggested for two that the archive has. With 3
bench/spelling.py finds 1 in 100 words split more, and something for twice as many of a forum's titles."""

MIN_PART = 2
"""Letters of the shortest word that another may have been run into. One letter that stands alone is often
right (`vitamin c`, `user s`): then it takes `RATIO`."""

MAX_PARTINGS = 4
"""Ways to part a word that are looked for in the archive."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A `word` of a query, or two side by side, and what to try `instead`: a word, or two.

    `known` tells that the archive has what was asked for, if hardly ever.
    """

    word: str
    instead: str
    known: bool = False


class Vocabulary(Protocol):
    """The unstemmed, folded words of an archive."""

    def frequency(self, word: str) -> int:
        """Return how often a search for the word finds something, 0 where the word is unknown."""
        ...

    def written(self, word: str) -> int:
        """Return how often the word stands there as it is spelt: other forms of it do not count."""
        ...

    def beside(self, first: str, second: str) -> int:
        """Return how many questions hold one word right before another, both as they are spelt."""
        ...

    def are_alike(self, one: str, other: str) -> bool:
        """Tell whether a search takes two words for the same."""
        ...

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """Yield each held word at most so many `distance` edits off, once, with how often it is written."""
        ...


Run = tuple[str, ...]
"""Words that stand side by side in a query."""


def suggest(runs: Iterable[Run], vocabulary: Vocabulary) -> tuple[Suggestion, ...]:
    """Return what was most likely meant by the words of a query that the archive does not know, or hardly.

    An unknown word is taken for the likeliest of the words one edit off, and of the ways to part it; two
    edits are looked at only where one finds nothing. A rare word, or two words that the archive writes in
    one, are suggested for only where that is very much more frequent. Nothing is suggested for words of one
    to three letters, for numbers, or where nothing is near.
    """
    found: dict[str, Suggestion | None] = {}
    for piece in _pieces(runs, vocabulary):
        if isinstance(piece, Suggestion):
            found.setdefault(piece.word, piece)
        elif piece not in found and _is_checked(piece) and _is_doubtful(piece, vocabulary):
            if len(found) == MAX_WORDS:
                break
            found[piece] = _meant(piece, vocabulary)
    return tuple(suggestion for suggestion in found.values() if suggestion)


def asked(node: g.Node) -> tuple[Run, ...]:
    """Return the unstemmed terms of the words and phrases that a query asks for, in runs, in order.

    What a query excludes is not asked for; nor are names of people, which are spelled as they like.
    """
    return tuple(_asked(node))


def tags_asked(node: g.Node) -> tuple[str, ...]:
    """Return the names of the tags that a query asks for, in order, each once; patterns are no names."""
    return tuple(name for name in dict.fromkeys(_tags_asked(node)) if not {"*", "?"} & set(name))


def corrected(text: str, suggestions: Iterable[Suggestion]) -> str:
    """Return a query's text with each suggestion in the place of its word, or words.

    >>> corrected("title:Addictoin OR iop", [Suggestion("addictoin", "addiction")])
    'title:addiction OR iop'
    """
    instead = {tuple(s.word.split()): s.instead for s in suggestions}
    terms = list(words(text))
    pieces, end, at = [], 0, 0
    while at < len(terms):
        sizes = range(min(2, len(terms) - at), 0, -1)
        size = next((n for n in sizes if tuple(t.text for t in terms[at : at + n]) in instead), 0)
        if size:
            pieces += [text[end : terms[at].start], instead[tuple(t.text for t in terms[at : at + size])]]
            end = terms[at + size - 1].end
        at += size or 1
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
        """Return in how many documents a word with its stem, or else the word, stands; each field counts."""
        return self._count(self._stemmer.stem(word), self._stemmed) or self.written(word)

    def written(self, word: str) -> int:
        """Return in how many documents the word stands; each field counts."""
        return self._count(word, self._fields)

    def beside(self, first: str, second: str) -> int:
        """Return how many questions hold the two words as a phrase in one field."""
        phrase = PhraseAcross((first, second), 1, tuple((field, 1.0) for field in self._fields))
        return sum(int(one.alive(phrase).sum()) for one in self._snapshot.evaluators)

    def are_alike(self, one: str, other: str) -> bool:
        """Tell whether two words have one stem."""
        return self._stemmer.stem(one) == self._stemmer.stem(other)

    def within(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """Yield the words near this one, with their frequencies."""
        for candidate in self._snapshot.words_near(self._fields, word, edits):
            frequency = self.written(candidate)
            if frequency:
                yield candidate, frequency

    def _count(self, term: str, fields: Sequence[str]) -> int:
        return sum(self._snapshot.statistics.frequency(field, term) for field in fields)


def _pieces(runs: Iterable[Run], vocabulary: Vocabulary) -> Iterator[str | Suggestion]:
    """Yield the words of some runs, and in the place of two that were one word the suggestion of it."""
    for run in filter(None, runs):
        following = iter(zip(run, (*run[1:], ""), strict=True))
        for word, after in following:
            whole = _in_one(word, after, vocabulary) if after else None
            yield whole or word
            if whole:
                next(following)


def _in_one(first: str, second: str, vocabulary: Vocabulary) -> Suggestion | None:
    """Return the word that two are of which one is unknown, or that is so much more frequent in one."""
    whole = first + second
    written = vocabulary.written(whole) if whole.isalpha() and _is_checked(whole) else 0
    if not written:
        return None
    known = bool(vocabulary.frequency(first) and vocabulary.frequency(second))
    ratio = JOINED if min(len(first), len(second)) >= MIN_PART else RATIO
    if known and written < ratio * (vocabulary.beside(first, second) + 1):
        return None
    return Suggestion(f"{first} {second}", whole, known)


def _is_checked(word: str) -> bool:
    letters = sum(map(str.isalpha, word))
    return MIN_LETTERS <= letters <= len(word) <= MAX_LETTERS and not any(map(str.isdigit, word))


def _is_doubtful(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.frequency(word) <= (RARE if len(word) >= MIN_KNOWN else 0)


def _meant(word: str, vocabulary: Vocabulary) -> Suggestion | None:
    frequency = vocabulary.frequency(word)
    ranked = sorted(_once_off(word, vocabulary))
    if not ranked and not frequency and len(word) >= MIN_TWICE:
        ranked = sorted(_near(word, 2, vocabulary))
    for unlikely, instead in ranked[:1]:
        if -unlikely >= RATIO * frequency:
            return Suggestion(word, instead, frequency > 0)
    return None


_Ranked = tuple[float, str]
"""Minus how likely something was meant, so that the likeliest comes first and then the alphabet; and what."""


def _once_off(word: str, vocabulary: Vocabulary) -> Iterator[_Ranked]:
    """Yield what one slip makes the word of: another word, or two with a space between."""
    yield from _near(word, 1, vocabulary)
    ways = [(word[:at], word[at:]) for at in range(MIN_PART, len(word) - MIN_PART + 1)]
    rarer = [(min(map(vocabulary.frequency, way)), *way) for way in ways if "".join(way).isalpha()]
    for frequency, first, second in sorted(rarer, reverse=True)[:MAX_PARTINGS]:
        together = vocabulary.beside(first, second) if frequency else 0
        if together:
            yield -together, f"{first} {second}"


def _near(word: str, edits: int, vocabulary: Vocabulary) -> Iterator[_Ranked]:
    """Yield held words near a word, but for numbers and those that a search takes for the same."""
    for held, frequency in vocabulary.within(word, edits):
        if not held.isdigit() and not vocabulary.are_alike(word, held):
            yield -frequency * _likelihood(word, held), held


def _likelihood(word: str, held: str) -> float:
    """Return how likely a slip makes `word` of a held one, beside a letter left out or two swapped.

    After the noisy channel of Kernighan, Church and Gale (1990), with the same odds for all letters.
    """
    too_much = (Counter(word) - Counter(held)).total()
    return LETTER**too_much * (FIRST if word[0] != held[0] else 1)


def _asked(node: g.Node) -> Iterator[Run]:
    match node:
        case g.Word(text) | g.Phrase(text):
            yield tuple(term.text for term in words(text))
        case g.InField(field, query) if field != "user":
            yield from _asked(query)
        case g.Required(query):
            yield from _asked(query)
        case g.And(queries) | g.Or(queries):
            for query in queries:
                yield from _asked(query)
        case g.Beside(queries):
            for are_words, some in groupby(queries, lambda query: isinstance(query, g.Word)):
                runs = [run for query in some for run in _asked(query)]
                yield from [tuple(chain.from_iterable(runs))] if are_words else runs


def _tags_asked(node: g.Node) -> Iterator[str]:
    match node:
        case g.Tagged(name):
            yield name
        case g.Required(query):
            yield from _tags_asked(query)
        case g.And(queries) | g.Or(queries) | g.Beside(queries):
            for query in queries:
                yield from _tags_asked(query)
