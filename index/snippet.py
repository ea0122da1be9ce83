"""The passage of a question that answers a query: the sentence or two that hold most of what it asks.

`sentences.py` says where sentences are and `matching.py` what matches; here they are weighed against each
other, and cut where one is longer than there is room.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, get_args

from ..archive.records import Answer, Body, Question, code_lines
from .analysis import Stemmer, words
from .function_words import FUNCTION_WORDS
from .matching import Match, Matcher, Wanted, Where, wanted
from .sentences import Flow, Sentence, between_clusters, clauses, flow

__all__ = ["PLACES", "Snippet", "Wanted", "Where", "snippet", "wanted"]

PLACES: tuple[Where, ...] = get_args(Where)

MIN_WIDTH = 16
"""Narrowest passage in characters: a word and two ellipses."""

MAX_READ = 40_000
"""Characters read of one body; the longest answer of MedQuAD has 30,000."""

MAX_READ_IN_ALL = 120_000
"""Characters read of all bodies of a question, the better answers first."""

OPENING = 16
"""Widths of text that are read where only the beginning is shown, behind code and echoes of the title."""

SENTENCES = 2
"""Sentences that a passage has; more only where these are short."""

WELL_FILLED = 0.5
"""Short sentences are followed by more until they fill this share of the width."""

SCANTY = 1 / 3
"""A passage that fills less than this share of the width goes on into a sentence that has to be cut."""

BEST_ANSWER, OTHER_ANSWER, QUESTION, COMMENT = 1.0, 0.8, 0.45, 0.4
"""What the same words count in each place: an answer is shown rather than the question's body, unless that
holds twice as much of what is asked, for one stray word in an answer is no answer."""

TOGETHER = 0.25
"""What it adds that words stand in one sentence, as a share of their weight: not more than one word of four,
for two neighbouring sentences that hold all are better than one that lacks one."""

SIDE_BY_SIDE = 0.1
"""What it adds that a word stands next to another one that is wanted: "glaucoma treatments include" is more
to the point than "treatment of patients who have glaucoma"."""

ECHO = 0.5
"""What words count in a sentence that asks the title's question over again, or in a heading."""

ASKING = 0.8
"""What words count in a question that an answer asks."""

ECHOED = 0.75
"""Share of its telling words that an echo has from the title: answers of MedQuAD ask "What are the signs and
symptoms of X?" under the title "What are the symptoms of X ?"."""

LONGEST_ECHO = 300
"""Longest sentence in characters that is compared with the title; titles of Stack Exchange end at 150."""

CLAUSE_WITHIN = 0.3
"""A sentence that is too long is cut at a clause where that costs at most this share of the room."""


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

    Best is what holds the greatest weight of different things wanted, counted by place: the accepted or else
    best-scored answer before the others, these before the question's body, and that before comments. Where
    nothing in them matches it is the beginning of the best answer, or of what else there is.
    """
    stemmer = stemmer or Stemmer()
    title = _Title(question.title, stemmer)
    matcher = Matcher(wanted, stemmer)
    best: _Passage | None = None
    opening: _Passage | None = None
    for source in _read(_sources(question)):
        if best and best.value >= source.worth * (1 + TOGETHER) * (1 + SIDE_BY_SIDE) * matcher.most:
            break  # nothing that comes can be better
        found = matcher.finds_any(source.text)
        if not found and opening and not opening.is_title:
            continue
        text = _Text(source if found else source.beginning(width), matcher, title, max(width, MIN_WIDTH))
        passage = text.best()
        if passage and passage.value > (best.value if best else 0.0):
            best = passage
        if opening is None or opening.is_title:
            opening = text.opening() or opening
    shown = best or opening
    return shown.snippet() if shown else Snippet("", (), "title")


# Where passages are looked for.


class _Source(NamedTuple):
    """A text, its place, what words count in it, and the answer and the body that it belongs to."""

    where: Where
    text: str
    worth: float
    answer: Answer | None = None
    body: Body | None = None

    def beginning(self, width: int) -> _Source:
        """Return the source with as much of its text as an opening is made of."""
        return self._replace(text=_beginning(self.text, OPENING * width))


def _sources(question: Question) -> Iterator[_Source]:
    """Yield every text of a question that is not blank, those that count more first.

    Blurbs and the title count nothing: they are shown only where there is nothing else.
    """
    answers = sorted(question.answers, key=_goodness, reverse=True)
    for answer in answers:
        worth = BEST_ANSWER if _goodness(answer) == _goodness(answers[0]) else OTHER_ANSWER
        yield _Source("answer", answer.body.text, worth, answer, answer.body)
    if question.body is not None:
        yield _Source("question", question.body.text, QUESTION, body=question.body)
    for comments in (*(answer.comments for answer in answers), question.comments):
        for comment in comments:
            yield _Source("comment", comment.body.text, COMMENT, body=comment.body)
    for tag in question.tags:
        yield _Source("blurb", tag.blurb or "", 0.0)
    yield _Source("title", question.title, 0.0)


def _goodness(answer: Answer) -> tuple[bool, int]:
    return bool(answer.accepted), 0 if answer.score is None else answer.score


def _read(sources: Iterator[_Source]) -> Iterator[_Source]:
    """Yield the sources that are not blank, as much of each as is read."""
    left = MAX_READ_IN_ALL
    for source in sources:
        text = _beginning(source.text, min(MAX_READ, left) if source.worth else MAX_READ)
        if source.worth:
            left -= len(text)
        if text.strip():
            yield source._replace(text=text)


def _beginning(text: str, length: int) -> str:
    """Return the text, or as many whole words of it as `length` characters hold."""
    return text if len(text) <= length else text[:length].rpartition(" ")[0] or text[:length]


class _Title:
    """What a question's title says, to know its echoes."""

    def __init__(self, title: str, stemmer: Stemmer) -> None:
        self._stemmer = stemmer
        self._terms = [term.text for term in words(title)]
        self._stems = {stemmer.stem(term) for term in self._terms}

    def is_all_of(self, text: str) -> bool:
        """Say whether a text is the title or its beginning, and nothing else."""
        own = iter(self._terms)
        return all(term.text == next(own, None) for term in words(text))  # ends at the first that is not

    def is_echoed_by(self, text: str) -> bool:
        """Say whether a question has hardly a telling word that is not of the title."""
        terms = [term.text for term in words(text)]
        stems = [self._stemmer.stem(term) for term in terms if term not in FUNCTION_WORDS]
        return sum(stem in self._stems for stem in stems) >= ECHOED * len(stems)


# Passages.


class _Span(NamedTuple):
    """A stretch of a flow; `begun` and `broken_off`: whether it starts and ends inside a sentence.

    `first` and `last` are the sentences that it begins and ends in.
    """

    start: int
    end: int
    first: int
    last: int
    begun: bool = False
    broken_off: bool = False


@dataclass(frozen=True, slots=True)
class _Passage:
    """A span of a source's flow, the matches in it, and how well it answers."""

    source: _Source
    flow: Flow
    span: _Span
    matches: tuple[Match, ...] = ()
    value: float = 0.0
    is_title: bool = False

    def snippet(self) -> Snippet:
        """Return the passage with its ellipses and marks."""
        span = self.span
        before, after = "…" * span.begun, "…" * span.broken_off
        shift = len(before) - span.start
        marks = _merged((match.start + shift, match.end + shift) for match in self.matches)
        answer_id = self.source.answer.id if self.source.answer and self.source.where == "answer" else None
        text = before + self.flow.text[span.start : span.end] + after
        return Snippet(text, tuple(marks), self.source.where, answer_id)


class _Text:
    """A source as sentences, with what matches in each."""

    def __init__(self, source: _Source, matcher: Matcher, title: _Title, width: int) -> None:
        self._source = source
        self._title = title
        self._width = width
        self._flow = flow(source.text, code_lines(source.body) if source.body else frozenset())
        self._sentences = self._flow.sentences
        self._starts = [sentence.start for sentence in self._sentences]
        hidden = source.worth == 0.0 and source.where != "title"
        self._matches = [] if hidden else matcher.matches(self._flow.text, source.where)
        self._match_starts = [match.start for match in self._matches]
        self._factors: dict[int, float] = {}

    def best(self) -> _Passage | None:
        """Return the best passage, if anything matches that counts."""
        held = self._held()
        best: _Span | None = None
        best_rank: tuple[float, ...] = (0.0,)
        for span in self._spans(held):
            rank = self._rank(span, held)
            if rank[0] > 0 and rank > best_rank:
                best, best_rank = span, rank
        if best is None:
            return None
        return _Passage(self._source, self._flow, best, tuple(self._inside(best)), best_rank[0])

    def opening(self) -> _Passage | None:
        """Return the beginning, behind sentences that only repeat the title where more follow."""
        shown = [n for n, sentence in enumerate(self._sentences) if sentence.kind != "omitted"]
        if not shown:
            return None
        first = next((n for n in shown if self._factor(n) > ECHO), shown[0])
        span = self._from(first)
        is_title = span.first == span.last and self._factor(first) == 0.0
        matches = self._inside(span) if self._source.where == "title" else []
        return _Passage(self._source, self._flow, span, tuple(matches), is_title=is_title)

    def _held(self) -> dict[int, dict[str, float]]:
        """Return what each sentence holds of what is wanted, and what that counts there."""
        held: dict[int, dict[str, float]] = {}
        previous: Match | None = None
        for match in self._matches:
            n = self._sentence_at(match.start)
            if self._sentences[n].kind != "omitted":
                keys = held.setdefault(n, {})
                factor = self._factor(n)
                for key, weight in _counted(match, previous if factor == 1.0 else None):
                    keys[key] = max(keys.get(key, 0.0), weight * factor)
                previous = match
        return held

    def _sentence_at(self, place: int) -> int:
        return max(bisect_right(self._starts, place) - 1, 0)

    def _factor(self, n: int) -> float:
        """Return what words count in a sentence, by what kind of sentence it is."""
        if n not in self._factors:
            self._factors[n] = self._find_factor(self._sentences[n])
        return self._factors[n]

    def _find_factor(self, sentence: Sentence) -> float:
        text = self._flow.text[sentence.start : sentence.end]
        if self._source.where in {"title", "blurb"}:
            return 1.0
        if len(text) <= LONGEST_ECHO and self._title.is_all_of(text):
            return 0.0
        if sentence.kind == "heading":
            return ECHO
        if self._source.where == "answer" and text.endswith("?"):
            return ECHO if len(text) <= LONGEST_ECHO and self._title.is_echoed_by(text) else ASKING
        return 1.0

    def _rank(self, span: _Span, held: Mapping[int, Mapping[str, float]]) -> tuple[float, ...]:
        """Return what spans are compared by: the value, and for equal ones what reads best."""
        first = self._sentences[span.first]
        if span.begun or span.broken_off:
            covered = self._cover(self._inside(span), self._factor(span.first))
            whole = span.last > span.first  # the sentence that the span begins with
            together = sum(held.get(span.first, {}).values()) if whole else covered
        else:
            keys: dict[str, float] = {}
            together = 0.0
            for n in range(span.first, span.last + 1):
                for key, weight in held.get(n, {}).items():
                    keys[key] = max(keys.get(key, 0.0), weight)
                together = max(together, sum(held.get(n, {}).values()))
            covered = sum(keys.values())
        return (
            round(self._source.worth * (covered + TOGETHER * together), 9),
            -(span.begun + span.broken_off),
            span.first == span.last or self._factor(span.first) == 1.0,
            -(span.first > 0 and not span.begun and self._looks_back(first)),
            bool(held.get(span.first)),
            -span.start,
        )

    def _cover(self, matches: Iterable[Match], factor: float) -> float:
        keys: dict[str, float] = {}
        previous: Match | None = None
        for match in matches:
            keys.update(_counted(match, previous))
            previous = match
        return factor * sum(keys.values())

    def _looks_back(self, sentence: Sentence) -> bool:
        """Say whether the sentence before one is needed: it says what "it" is, or what the code is for."""
        if sentence.kind == "code":
            return True
        word = self._flow.text[sentence.start : sentence.start + 12].split(" ")[0]
        return word.rstrip(",") in _LOOKING_BACK

    def _inside(self, span: _Span) -> list[Match]:
        """Return the matches that lie within a span, none of those that a cut parts."""
        low, high = bisect_left(self._match_starts, span.start), bisect_left(self._match_starts, span.end)
        return [match for match in self._matches[low:high] if match.end <= span.end]

    # Where passages begin and end.

    def _spans(self, held: Mapping[int, Mapping[str, float]]) -> Iterator[_Span]:
        """Yield the spans from each sentence that holds anything, and from the one before it."""
        done = -1
        for n in held:
            sentence = self._sentences[n]
            if sentence.end - sentence.start > self._width:
                yield from self._within(n)
                continue
            if n - 1 > done and n > 0 and self._sentences[n - 1].kind != "omitted":
                before = self._from(n - 1)
                if before.last < n and n - 1 in held and sentence.kind == "prose":
                    before = self._going_on(before.start, n - 1, n)
                if before.last >= n:
                    yield before
            yield self._from(n)
            done = n

    def _from(self, first: int) -> _Span:
        """Return the span of whole sentences from one on; one that is too long is cut."""
        start = self._starts[first]
        if self._sentences[first].end - start > self._width:
            return _Span(start, self._cut(start, start, start + self._width - 1), first, first, False, True)
        last, end = first, self._sentences[first].end
        for n in range(first + 1, len(self._sentences)):
            sentence = self._sentences[n]
            leads = _LEADING.search(self._flow.text, max(start, end - 12), end) is not None
            if sentence.kind == "heading" or (sentence.kind == "omitted" and not leads):
                break
            filled = (end - start) / self._width
            if not leads and n - first >= SENTENCES and filled >= WELL_FILLED:
                break
            if sentence.end - start > self._width:
                if (filled < SCANTY or leads) and sentence.kind == "prose":
                    return self._going_on(start, first, n)
                break
            last, end = n, sentence.end
            if sentence.kind == "omitted":
                break
        return _Span(start, end, first, last)

    def _going_on(self, start: int, first: int, n: int) -> _Span:
        """Return the span that goes on into a sentence that has to be cut, if a word of that fits."""
        begin, before = self._starts[n], self._sentences[n - 1].end
        end = self._cut(start, begin, start + self._width - 1)
        if self._flow.text[end : end + 1] != " " or end <= begin:
            return _Span(start, before, first, n - 1)
        return _Span(start, end, first, n, False, True)

    def _within(self, n: int) -> Iterator[_Span]:
        """Yield spans of a sentence that is too long, one for each match far from the one before."""
        sentence = self._sentences[n]
        low = bisect_left(self._match_starts, sentence.start)
        far = sentence.start - 1
        for match in self._matches[low : bisect_left(self._match_starts, sentence.end)]:
            if match.start < far:
                continue
            start = self._begin(sentence, match)
            begun = start > sentence.start
            room = self._width - begun
            if sentence.end - start <= room:
                yield _Span(start, sentence.end, n, n, begun)
            else:
                yield _Span(start, self._cut(start, match.end, start + room - 1), n, n, begun, True)
            far = match.start + self._width // 8

    def _begin(self, sentence: Sentence, match: Match) -> int:
        """Return where a passage begins for a match in a long sentence: there, at a clause or at a word."""
        if match.end - sentence.start <= self._width - 1:
            return sentence.start
        near = match.start - self._width // 3
        # Not later than what lets the sentence's end be shown.
        near = max(sentence.start, min(near, max(sentence.end - self._width + 1, sentence.start)))
        for _, begin in clauses(self._flow.text, near, match.start + 1):
            if begin <= match.start:
                return begin
        space = self._flow.text.find(" ", near, match.start)
        return space + 1 if space >= 0 else between_clusters(self._flow.text, max(near, match.start - 1))

    def _cut(self, start: int, reach: int, end: int) -> int:
        """Return where to cut from `start` on, at most at `end`: at a clause, else at a word.

        Not before `reach`, and not within a match, as long as it fits.
        """
        text = self._flow.text
        low = max(reach, end - int((end - start) * CLAUSE_WITHIN))
        ends = [stop for stop, _ in clauses(text, low, min(end + 2, len(text))) if low <= stop <= end]
        space = ends[-1] if ends else text.rfind(" ", max(start + 1, reach), end + 1)
        if space < 0:
            return max(between_clusters(text, end), start + 1)
        parted = [m.start for m in self._matches[: bisect_left(self._match_starts, space)] if m.end > space]
        if parted and parted[0] > max(start + 1, reach):
            return len(text[: parted[0]].rstrip())
        return space


_LEADING = re.compile(r"(?:[:,;]|\b(?:such as|for example|includ(?:e|es|ing)|are|if|is|of|or|and|the|to))\Z")
"""What ends a sentence that needs the next one: often a list that has its own lines."""

_LOOKING_BACK = frozenset(
    """Also But He Her His However Instead It Its She That Their Then Therefore These They This Those
    Thus Yet""".split()  # noqa: SIM905 - read as words
)


def _counted(match: Match, previous: Match | None) -> Iterator[tuple[str, float]]:
    """Yield what a match counts for, and with what weight, the match before it being `previous`."""
    yield match.key, match.weight
    if previous and previous.key != match.key and 0 <= match.start - previous.end <= 1:
        yield f"{previous.key} beside", previous.weight * SIDE_BY_SIDE
        yield f"{match.key} beside", match.weight * SIDE_BY_SIDE


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
