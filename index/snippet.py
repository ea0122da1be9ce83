"""The passage of a question that answers a query, its matches marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from ..archive.records import Answer, Body, Question
from . import grammar as g
from .analysis import Stemmer, fold, words
from .suggest import distance, edits_allowed

Where = Literal["answer", "question", "comment", "blurb", "title"]
PLACES: tuple[Where, ...] = get_args(Where)

MIN_WIDTH = 16
"""Narrowest passage in characters: a word and two ellipses."""

MAX_READ = 100_000
"""Characters read of one body, some 20 ms; the longest answer of MedQuAD has 30,000."""

MAX_MATCHES = 2_000
"""Matches looked at in one body: enough for every sentence of `MAX_READ` characters."""

GOOD_ENOUGH = 0.5
"""An answer is shown rather than the question's body, and so on, where its passage weighs at least this
share of the weightiest passage anywhere: one stray word in an answer is no answer."""

WELL_FILLED = 0.5
"""Sentences are kept whole where they fill this share of the width; shorter ones go on into the next."""

_CLUSTER = 64
"""Characters that a cut moves back at most, not to part a letter from its marks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for, in folded terms: `stems` with their weights, and exact, unstemmed things.

    A phrase, pattern, fuzzy word or exact word weighs as much as the weightiest stem.
    """

    stems: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    patterns: tuple[str, ...] = ()
    fuzzies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage: its one-line `text`, where in it the matches lie, and where it comes from.

    `marks` are (start, end) in characters, in order and apart. `answer_id` is set where `where` is "answer".
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    where: Where
    answer_id: str | None = None


def snippet(
    question: Question, wanted: Wanted, width: int = 240, *, stemmer: Stemmer | None = None
) -> Snippet:
    """Return the best passage of a question, at most `width` characters long (and `MIN_WIDTH` at least).

    Best is the passage with the greatest weight of different things wanted, of the first place in `PLACES`
    that has a good enough one; then the one with more matches; an accepted answer breaks ties, then the
    answer's score. Where nothing matches it is the beginning of the best answer, or of what else there is.
    """
    width = max(width, MIN_WIDTH)
    matcher = _Matcher(wanted, stemmer or Stemmer())
    found = [_best_in(source, matcher, width) for source in _sources(question)]
    # What a hit shows already, as its title, is no passage; a question's body often begins with it.
    found = [passage for passage in found if not passage.repeats(question.title)] or found
    most = max((passage.weight for passage in found), default=0.0)
    for place in PLACES:
        there = [p for p in found if p.source.where == place and p.weight >= GOOD_ENOUGH * most]
        if there:
            return max(there, key=_Passage.rank).snippet()
    return Snippet("", (), "title")


def wanted(node: g.Node, *, stemmer: Stemmer | None = None) -> Wanted:
    """Return what a query asks for, every stem with weight 1; what it excludes or filters by is left out."""
    stemmer = stemmer or Stemmer()
    leaves = list(_asked(node))
    typed = [
        term.text for leaf in leaves if isinstance(leaf, g.Word) for term in words(leaf.text, parts=True)
    ]
    phrases = [leaf for leaf in leaves if isinstance(leaf, g.Phrase)]
    terms = {phrase: tuple(term.text for term in words(phrase.text)) for phrase in phrases}
    return Wanted(
        stems=dict.fromkeys(map(stemmer.stem, typed), 1.0),
        words=frozenset(term for phrase in phrases if phrase.slop for term in terms[phrase]),
        phrases=tuple(terms[phrase] for phrase in phrases if not phrase.slop and terms[phrase]),
        patterns=tuple(fold(leaf.pattern) for leaf in leaves if isinstance(leaf, g.Wildcard)),
        fuzzies=tuple(fold(leaf.text) for leaf in leaves if isinstance(leaf, g.Fuzzy)),
    )


_UNSHOWN = frozenset({"user", "url"})
"""Fields whose text no passage shows."""


def _asked(node: g.Node) -> Iterator[g.Word | g.Phrase | g.Wildcard | g.Fuzzy]:
    match node:
        case g.Wildcard(pattern) if set(pattern) <= {"*", "?"}:
            return
        case g.Word() | g.Phrase() | g.Wildcard() | g.Fuzzy():
            yield node
        case g.InField(name, query) if name not in _UNSHOWN:
            yield from _asked(query)
        case g.Required(query):
            yield from _asked(query)
        case g.And(queries) | g.Or(queries) | g.Beside(queries):
            for query in queries:
                yield from _asked(query)


# Where passages are looked for.


class _Source(NamedTuple):
    """A text, its place, and how good the answer is that it belongs to."""

    where: Where
    text: str
    answer: Answer | None = None


def _sources(question: Question) -> Iterator[_Source]:
    """Yield every text of a question that is not blank, the better answers first."""
    answers = sorted(question.answers, key=_goodness, reverse=True)
    bodies: list[tuple[Where, Body | None, Answer | None]] = [("answer", a.body, a) for a in answers]
    bodies += [("question", question.body, None)]
    bodies += [("comment", c.body, None) for a in answers for c in a.comments]
    bodies += [("comment", c.body, None) for c in question.comments]
    for where, body, answer in bodies:
        if body is not None and body.text.strip():
            yield _Source(where, body.text, answer)
    for tag in question.tags:
        if tag.blurb and tag.blurb.strip():
            yield _Source("blurb", tag.blurb)
    yield _Source("title", question.title)


def _goodness(answer: Answer) -> tuple[bool, int]:
    return bool(answer.accepted), 0 if answer.score is None else answer.score


# What matches.


class _Match(NamedTuple):
    """A stretch of text that is wanted; `key` says for what, so that it counts once."""

    start: int
    end: int
    key: str
    weight: float


class _Matcher:
    """Finds what is wanted; each distinct term is compared once."""

    def __init__(self, wanted: Wanted, stemmer: Stemmer) -> None:
        self._wanted = wanted
        self._stemmer = stemmer
        self._exact = max(wanted.stems.values(), default=1.0)
        self._patterns = [(pattern, _expression(pattern)) for pattern in wanted.patterns]
        self._known: dict[str, tuple[str, float] | None] = {}

    def matches(self, text: str) -> list[_Match]:
        """Return at most `MAX_MATCHES` matches, in order."""
        found: list[_Match] = []
        at: dict[int, dict[str, tuple[int, int]]] = {}
        for term, start, end, position in words(text, parts=True):
            if term not in self._known:
                self._known[term] = self._compare(term)
            meant = self._known[term]
            if meant:
                found.append(_Match(start, end, *meant))
            if self._wanted.phrases:
                at.setdefault(position, {}).setdefault(term, (start, end))
        found += self._phrases(at)
        return sorted(found)[:MAX_MATCHES]

    def _compare(self, term: str) -> tuple[str, float] | None:
        """Return which wanted thing a term is, and its weight."""
        stem = self._stemmer.stem(term)
        if stem in self._wanted.stems:
            return stem, self._wanted.stems[stem]
        if term in self._wanted.words:
            return f'"{term}"', self._exact
        for pattern, expression in self._patterns:
            if expression.fullmatch(term):
                return pattern, self._exact
        for fuzzy in self._wanted.fuzzies:
            edits = edits_allowed(fuzzy)
            if abs(len(term) - len(fuzzy)) <= edits and distance(term, fuzzy) <= edits:
                return f"{fuzzy}~", self._exact
        return None

    def _phrases(self, at: Mapping[int, Mapping[str, tuple[int, int]]]) -> Iterator[_Match]:
        for phrase in self._wanted.phrases:
            for position, terms in at.items():
                if phrase[0] in terms and all(
                    term in at.get(position + i, {}) for i, term in enumerate(phrase)
                ):
                    start, _ = terms[phrase[0]]
                    _, end = at[position + len(phrase) - 1][phrase[-1]]
                    yield _Match(start, end, " ".join(phrase), self._exact)


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a wildcard; runs of `*` are one, so that it cannot blow up."""
    signs = {"*": ".*", "?": "."}
    pieces = re.split(r"(\*+|\?)", pattern)
    return re.compile("".join(signs.get(piece[:1], re.escape(piece)) for piece in pieces), re.DOTALL)


# Passages.


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of a flow; `begun` and `broken_off`: whether it starts and ends inside a sentence."""

    start: int
    end: int
    begun: bool = False
    broken_off: bool = False


@dataclass(frozen=True, slots=True)
class _Passage:
    """A span of a flow made of `source`, with the matches that begin in it."""

    source: _Source
    flow: str
    span: _Span
    matches: tuple[_Match, ...]

    @property
    def weight(self) -> float:
        """The weight of the different things that match."""
        return sum({match.key: match.weight for match in self.matches}.values())

    def repeats(self, title: str) -> bool:
        """Say whether the passage is the title over again, or a part of it."""
        text = self.flow[self.span.start : self.span.end]
        return " ".join(title.split()).startswith(text.rstrip(" ?.!"))

    def rank(self) -> tuple[float, int, int, bool, int]:
        """Return what passages are compared by, the greatest being best.

        Of two that hold as much, one that begins with its sentence, or ends with one, reads better.
        """
        goodness = _goodness(self.source.answer) if self.source.answer else (False, 0)
        cuts = self.span.begun + self.span.broken_off
        return round(self.weight, 9), -cuts, len(self.matches), *goodness

    def snippet(self) -> Snippet:
        """Return the passage with its ellipses and marks."""
        start, end = self.span.start, self.span.end
        before, after = "…" * self.span.begun, "…" * self.span.broken_off
        shift = len(before) - start
        marks = _merged((match.start + shift, min(match.end, end) + shift) for match in self.matches)
        answer_id = self.source.answer.id if self.source.answer else None
        return Snippet(before + self.flow[start:end] + after, tuple(marks), self.source.where, answer_id)


def _best_in(source: _Source, matcher: _Matcher, width: int) -> _Passage:
    """Return the best passage of one source: its beginning where nothing in it matches."""
    flow = _Flow(source.text)
    matches = matcher.matches(flow.text)
    starts = [match.start for match in matches]
    passages = []
    for span in flow.spans([(match.start, match.end) for match in matches] or [(0, 0)], width):
        inside = matches[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        passages.append(_Passage(source, flow.text, span, tuple(inside)))
    return max(passages, key=_Passage.rank)


_BLANK_LINE = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"""[.!?…]["')\]”’]*\s(?![a-z]) | [。！？]""", re.VERBOSE)


class _Flow:
    """A text on one line, single spaces between its words; knows where its sentences are."""

    def __init__(self, text: str) -> None:
        blocks = [" ".join(block.split()) for block in _BLANK_LINE.split(text[:MAX_READ])]
        self.text = " ".join(filter(None, blocks))
        self._starts: list[int] = []
        base = 0
        for block in filter(None, blocks):
            ends = (match.end() for match in _SENTENCE_END.finditer(block))
            self._starts += [base, *(base + end for end in ends if end < len(block))]
            base += len(block) + 1
        self._starts = self._starts or [0]
        self._ends = [len(self.text[:start].rstrip()) for start in self._starts[1:]] + [len(self.text)]

    def spans(self, matches: list[tuple[int, int]], width: int) -> Iterator[_Span]:
        """Yield, for each match, the span that begins with its sentence, or near it in a long sentence."""
        previous = -1
        for start, end in matches:
            begin = self._starts[bisect_right(self._starts, start) - 1]
            begun = end - begin > width - 2
            if begun:
                near = min(start - width // 3, len(self.text) - width + 1)
                begin = self._after_space(max(begin, near), start)
            if begin > previous:
                previous = begin
                yield self._from(begin, begun, end, width - begun)

    def _from(self, begin: int, begun: bool, reach: int, room: int) -> _Span:
        """Return the span of the whole sentences that fit, or cut at a word where they would fill too little.

        It goes on to `reach`, the end of its match, as long as there is room.
        """
        sentence = bisect_right(self._ends, begin + room) - 1
        whole = self._ends[sentence] if sentence >= 0 else begin
        if whole == len(self.text) or (whole - begin >= room * WELL_FILLED and whole >= reach):
            return _Span(begin, whole, begun)
        return _Span(begin, self._before_space(begin, reach, begin + room - 1), begun, broken_off=True)

    def _after_space(self, start: int, limit: int) -> int:
        """Return the first beginning of a word from `start` on, at most `limit`."""
        space = self.text.find(" ", start, limit)
        return space + 1 if space >= 0 else self._between_clusters(start)

    def _before_space(self, begin: int, reach: int, end: int) -> int:
        """Return the last end of a word up to `end`, behind `begin` and not before `reach`."""
        space = self.text.rfind(" ", max(begin + 1, reach), end + 1)
        return space if space >= 0 else max(self._between_clusters(end), begin + 1)

    def _between_clusters(self, at: int) -> int:
        """Return `at` or the nearest place before it that parts no letter from its marks."""
        for place in range(at, max(at - _CLUSTER, 0), -1):
            if not _extends(self.text[place : place + 1]) and self.text[place - 1] != _JOINER:
                return place
        return at


_JOINER = "\u200d"


def _extends(character: str) -> bool:
    """Say whether a character belongs to the one before it: a mark, a joiner, a skin tone."""
    return bool(character) and (
        unicodedata.category(character)[0] == "M"
        or character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans in order, those that touch or overlap as one."""
    begin = end = -1
    for start, stop in spans:
        if start > end:
            if end > begin:
                yield begin, end
            begin, end = start, stop
        end = max(end, stop)
    if end > begin:
        yield begin, end
