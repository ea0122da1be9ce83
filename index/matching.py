"""What a query wants of a text, and where in the text that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple

from . import grammar as g
from .analysis import MAX_TERM, Stemmer, Term, fold, words
from .function_words import FUNCTION_WORDS
from .suggest import distance
from .vocabulary import edits_allowed

Where = Literal["answer", "question", "comment", "blurb", "title"]

MAX_MATCHES = 2_000
"""Matches looked at in one body: enough for every sentence of `snippet.MAX_READ` characters."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for, in folded terms: `stems` with their weights, and exact, unstemmed things.

    A phrase, pattern, fuzzy word or exact word weighs as much as the weightiest stem. `places` says of what
    a field limits where it may be, by the key that its matches have; all else may be anywhere.
    """

    stems: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    patterns: tuple[str, ...] = ()
    fuzzies: tuple[str, ...] = ()
    places: Mapping[str, frozenset[Where]] = field(default_factory=dict)


class Match(NamedTuple):
    """A stretch of text that is wanted; `key` says for what, so that it counts once."""

    start: int
    end: int
    key: str
    weight: float


def wanted(node: g.Node, *, stemmer: Stemmer | None = None) -> Wanted:
    """Return what a query asks for, every stem with weight 1; what it excludes or filters by is left out.

    So are function words, unless it asks for nothing else: no passage is better for the "of" in it.
    """
    stemmer = stemmer or Stemmer()
    stems: dict[str, float] = {}
    exact: dict[str, None] = {}
    phrases: dict[tuple[str, ...], None] = {}
    patterns: dict[str, None] = {}
    fuzzies: dict[str, None] = {}
    places: dict[str, frozenset[Where]] = {}
    asked = list(_asked(node, _ANYWHERE))
    for leaf, where in _telling(asked):
        match leaf:
            case g.Word(text):
                keys = [stemmer.stem(term.text) for term in words(text, parts=True)]
                stems.update(dict.fromkeys(keys, 1.0))
            case g.Phrase(text, slop):
                terms = tuple(term.text for term in words(text))
                keys = [_exact_key(term) for term in terms] if slop else [" ".join(terms)]
                if slop:
                    exact.update(dict.fromkeys(terms))
                elif terms:
                    phrases[terms] = None
            case g.Wildcard(pattern):
                keys = [fold(pattern)]
                patterns[keys[0]] = None
            case g.Fuzzy(text):
                keys = [_fuzzy_key(fold(text))]
                fuzzies[fold(text)] = None
        for key in keys:
            places[key] = places.get(key, frozenset()) | where
    limited = {key: where for key, where in places.items() if where != _ANYWHERE}
    return Wanted(stems, frozenset(exact), tuple(phrases), tuple(patterns), tuple(fuzzies), limited)


_ANYWHERE: frozenset[Where] = frozenset({"answer", "question", "comment", "blurb", "title"})
_PLACES_OF: Mapping[str, frozenset[Where]] = {
    "title": frozenset({"title"}),
    "question": frozenset({"question"}),
    "answer": frozenset({"answer"}),
    "comment": frozenset({"comment"}),
    "blurb": frozenset({"blurb"}),
    "code": frozenset({"question", "answer", "comment"}),
    "user": frozenset(),
    "url": frozenset(),
}
"""Where the text of a field is shown. A field that is not here is looked for everywhere."""

_Leaf = g.Word | g.Phrase | g.Wildcard | g.Fuzzy


def _asked(node: g.Node, where: frozenset[Where]) -> Iterator[tuple[_Leaf, frozenset[Where]]]:
    """Yield what a query asks for, each with the places where that may be."""
    match node:
        case g.Wildcard(pattern) if set(pattern) <= {"*", "?"}:
            return
        case g.Word() | g.Phrase() | g.Wildcard() | g.Fuzzy() if where:
            yield node, where
        case g.InField(name, query):
            yield from _asked(query, where & _PLACES_OF.get(name, _ANYWHERE))
        case g.Required(query):
            yield from _asked(query, where)
        case g.And(queries) | g.Or(queries) | g.Beside(queries):
            for query in queries:
                yield from _asked(query, where)


_Asked = tuple[_Leaf, frozenset[Where]]


def _telling(asked: list[_Asked]) -> list[_Asked]:
    """Return what is asked for without the function words, or all of it where it is nothing else."""
    telling = [(leaf, where) for leaf, where in asked if not _is_function_word(leaf)]
    return telling or asked


def _is_function_word(leaf: _Leaf) -> bool:
    if not isinstance(leaf, g.Word):
        return False
    parts = [_CONTRACTED.sub("", leaf.text), leaf.text]  # "don't" is one, and so is "you're"
    return any(all(term.text in FUNCTION_WORDS for term in words(part)) for part in parts)


_CONTRACTED = re.compile(r"(?:n?['\u2019]t|['\u2019](?:d|ll|m|re|s|ve))(?![^\W_])", re.IGNORECASE)


def _exact_key(term: str) -> str:
    return f'"{term}"'


def _fuzzy_key(term: str) -> str:
    return f"{term}~"


class Matcher:
    """Finds what is wanted in texts; each distinct piece of text and each term is compared once."""

    def __init__(self, wanted: Wanted, stemmer: Stemmer) -> None:
        self._wanted = wanted
        self._stemmer = stemmer
        self._exact = max(wanted.stems.values(), default=1.0)
        self._patterns = [(pattern, _expression(pattern)) for pattern in wanted.patterns]
        self._known: dict[str, tuple[str, float] | None] = {}
        self._pieces: dict[str, tuple[Term, ...]] = {}
        self._hot: dict[str, bool] = {}
        self._firsts = self._first_letters()
        self.most = sum(wanted.stems.values()) + self._exact * sum(
            map(len, (wanted.words, wanted.phrases, wanted.patterns, wanted.fuzzies))
        )
        """The greatest weight that different matches can have together."""

    def _first_letters(self) -> frozenset[str] | None:
        """Return what a plain word begins with that can match, or None where that may be anything.

        A stem begins as its word does: English endings change from the second letter on (`dying`, `die`).
        """
        if self._wanted.patterns or self._wanted.fuzzies:
            return None
        starts = [*self._wanted.stems, *self._wanted.words, *(phrase[0] for phrase in self._wanted.phrases)]
        return frozenset(start[:1] for start in starts)

    def finds_any(self, text: str) -> bool:
        """Say whether a text may hold a match: where it says no, there is none."""
        return any(map(self._is_hot, set(text.split())))

    def matches(self, text: str, where: Where) -> list[Match]:
        """Return at most `MAX_MATCHES` matches in a text on one line, in order.

        No term goes across white space, so each distinct piece between is looked at once.
        """
        pieces = text.split(" ")
        hot = {piece for piece in set(pieces) if self._is_hot(piece)}
        if not hot:
            return []
        starts = list(accumulate((len(piece) + 1 for piece in pieces), initial=0))
        found: list[Match] = []
        for n, piece in enumerate(pieces):
            if piece in hot:
                found += self._words_in(piece, starts[n])
                found += self._phrases_from(pieces, starts, n)
                if len(found) >= MAX_MATCHES:
                    break
        limits = self._wanted.places
        return sorted(m for m in found if m.key not in limits or where in limits[m.key])[:MAX_MATCHES]

    def _is_hot(self, piece: str) -> bool:
        """Say whether anything that is wanted may begin in a piece."""
        if piece not in self._hot:
            self._hot[piece] = self._may_begin_in(piece)
        return self._hot[piece]

    def _may_begin_in(self, piece: str) -> bool:
        bare = piece.lstrip(_OPENING).rstrip(_CLOSING)
        if bare.isascii() and bare.isalpha() and len(bare) <= MAX_TERM:  # one plain word: most are
            term = bare.lower()
            if self._firsts is not None and term[0] not in self._firsts:
                return False
            return self._meant(term) is not None or self._begins_phrase(term)
        return any(self._meant(term.text) or self._begins_phrase(term.text) for term in self._terms(piece))

    def _begins_phrase(self, term: str) -> bool:
        return any(phrase[0] == term for phrase in self._wanted.phrases)

    def _terms(self, piece: str) -> tuple[Term, ...]:
        terms = self._pieces.get(piece)
        if terms is None:
            terms = self._pieces[piece] = tuple(words(piece, parts=True))
        return terms

    def _meant(self, term: str) -> tuple[str, float] | None:
        if term not in self._known:
            self._known[term] = self._compare(term)
        return self._known[term]

    def _compare(self, term: str) -> tuple[str, float] | None:
        """Return which wanted thing a term is, and its weight."""
        stem = self._stemmer.stem(term)
        if stem in self._wanted.stems:
            return stem, self._wanted.stems[stem]
        if term in self._wanted.words:
            return _exact_key(term), self._exact
        for pattern, expression in self._patterns:
            if expression.fullmatch(term):
                return pattern, self._exact
        for fuzzy in self._wanted.fuzzies:
            edits = edits_allowed(fuzzy)
            if abs(len(term) - len(fuzzy)) <= edits and distance(term, fuzzy) <= edits:
                return _fuzzy_key(fuzzy), self._exact
        return None

    def _words_in(self, piece: str, at: int) -> Iterator[Match]:
        for term, start, end, _ in self._terms(piece):
            meant = self._meant(term)
            if meant:
                yield Match(at + start, at + end + _possessive(piece, end), *meant)

    def _phrases_from(self, pieces: list[str], starts: list[int], n: int) -> Iterator[Match]:
        """Yield the phrases that begin in a piece."""
        for phrase in self._wanted.phrases:
            own = self._terms(pieces[n])
            if any(term.text == phrase[0] for term in own):
                at = self._places_of_terms(pieces, starts, n, len(phrase))
                for position in range(own[-1].position + 1):
                    places = [at.get((position + i, term)) for i, term in enumerate(phrase)]
                    first, last = places[0], places[-1]
                    if None not in places and first and last:
                        yield Match(first[0], last[1], " ".join(phrase), self._exact)

    def _places_of_terms(
        self, pieces: list[str], starts: list[int], n: int, count: int
    ) -> dict[tuple[int, str], tuple[int, int]]:
        """Return where the terms of a piece and of the `count` positions behind it are."""
        at: dict[tuple[int, str], tuple[int, int]] = {}
        base = 0
        own = self._terms(pieces[n])[-1].position + 1
        while n < len(pieces) and base < own + count:
            terms = self._terms(pieces[n])
            for term, start, end, position in terms:
                at.setdefault((base + position, term), (starts[n] + start, starts[n] + end))
            base += terms[-1].position + 1 if terms else 0
            n += 1
        return at


_OPENING = "([{\"'*"  # not the dot of ".net"
_CLOSING = ".,;:!?)]}\"'*"


def _possessive(piece: str, end: int) -> int:
    """Return how long the possessive ending is behind a term, which is no part of it but of its word."""
    ending = _POSSESSIVE.match(piece, end)
    return len(ending[0]) if ending else 0


_POSSESSIVE = re.compile(r"['\u2019\u02bc\uff07][sS]?(?![^\W_])")


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a wildcard; runs of `*` are one, so that it cannot blow up."""
    signs = {"*": ".*", "?": "."}
    pieces = re.split(r"(\*+|\?)", pattern)
    return re.compile("".join(signs.get(piece[:1], re.escape(piece)) for piece in pieces), re.DOTALL)
