"""Reader of questions and answers in plain text and Markdown: pairs marked `Q:` and `A:`, and FAQ files.

    Q: How do I undo a commit?        ### How do I undo a commit?       Question: …      1. How do I …?
    A: With `git revert`.             With `git revert`.                Answer: …           With …

Marks may be bold, numbered, or words of other languages, and stand in a line of their own. Of a Markdown file
the headings that ask are questions, and the summaries of `<details>`; what stands beneath is the answer, up
to the next heading of the same rank or a higher one. Cells split by tabs or ` | ` are table.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..body import body_from_text, first_sentence
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Question, distinct, printable, text_id
from .decoding import decode

NAME = "plain_pairs"

HEAD_BYTES = 65_536
"""How much of a page `sniff` looks at: introductions of FAQ files are shorter."""

FEWEST_HEADINGS = 2
"""Headings that ask, at least, of a page that is a FAQ: one is that of any article."""

ASKING_SHARE = 0.5
"""The share of the headings of their rank that ask; README files have one "Why?" among ten others."""

_QUESTION = r"Q(?:uestion)?|Frage|Pregunta|Domanda|Pergunta|Вопрос|问题?|質問"
_ANSWER = r"A(?:ns(?:wer)?)?|R[eé]ponse|Antwort|Respuesta|Risposta|Resposta|Ответ|答案?|回答"
# Possessive, for of blanks in a row each could be anyone's.
_SIGNS = r"[ \t]*+(?:[-*>#]{1,6}[ \t]++)?[*_]{0,3}"
_NUMBER = r"[ \t]*+#?[ \t]*+\d{0,5}"
_ENDS = r"[ \t]*+[*_]{0,3}[ \t]*+[:.)：][ \t]*+[*_]{0,3}[ \t]*+"
_ASKED = re.compile(rf"{_SIGNS}(?:{_QUESTION}){_NUMBER}{_ENDS}(.*)", re.IGNORECASE)
_ANSWERED = re.compile(rf"{_SIGNS}(?:{_ANSWER}){_NUMBER}{_ENDS}(.*)", re.IGNORECASE)
_BARE = re.compile(rf"{_SIGNS}(question|answer){_NUMBER}[*_]{{0,3}}[ \t]*+#*[ \t]*+", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*+(?:[-*_=~][ \t]*+){3,}|\f")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]++(.*)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*+")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_SUMMARY = re.compile(r"<summary[^<>]{0,100}>(.*?)</summary>", re.IGNORECASE)
_DETAILS = re.compile(r"</?details[^<>]{0,100}>", re.IGNORECASE)
_NUMBERING = re.compile(r"(?:Q?\d{1,3}(?:\.\d{1,3}){0,3}[.):]|[QФ]:|[-*])[ \t]+")
_TAG = re.compile(r"<[^<>]{1,200}>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKS = re.compile(r"[*_`]{1,3}")
_LINE_END = re.compile(r"\r\n?")
_AROUND_SUMMARY = re.compile(r"(?=<summary\b)|(?<=</summary>)", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype|\?xml|html|head|body|table|mediawiki)\b", re.I | re.S
)
_OPTION = re.compile(r"[ \t]*[*_]{0,2}B[.)][ \t*_].*", re.IGNORECASE)


@dataclass(slots=True)
class _Pair:
    """A question and its answers, in lines."""

    asked: list[str] = field(default_factory=list)
    answers: list[list[str]] = field(default_factory=list)


def sniff(page: Page) -> float:
    """Return how sure the marks or the headings of the text are that it is questions and answers."""
    if b"\0" in page.data[:1000] or _DOCUMENT.match(decode(page.data[:4096])):
        return 0.0
    lines = _lines(page.data[:HEAD_BYTES])
    if any(line.strip() for line in lines) and next(filter(str.strip, lines)).lstrip()[:1] in ("{", "["):
        return 0.0
    if _are_pairs(_marked(lines)):
        return 0.7
    return 0.55 if _are_headings(lines) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the questions; raise `PageRejected` where the text has neither marks nor headings that ask."""
    if len(page.data) > limits.text_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; plain text is read up to {limits.text_bytes:,} bytes")
    lines = _lines(page.data)
    pairs = _marked(lines)
    if not _are_pairs(pairs):
        pairs = _headed(lines) if _are_headings(lines) else []
    pairs = [pair for pair in pairs if any(map(str.strip, pair.asked))]
    if not any(pair.answers for pair in pairs):
        raise PageRejected("not a Q&A page: plain text without marked or headed questions and answers")
    return _found(pairs[: limits.questions], limits)


def _lines(data: bytes) -> Sequence[str]:
    text = _LINE_END.sub("\n", decode(data))
    return (_AROUND_SUMMARY.sub("\n", text) if "<summary" in text else text).split("\n")


def _found(pairs: Sequence[_Pair], limits: Limits) -> Iterator[Found]:
    without = 0
    for pair in pairs:
        if any(any(map(str.strip, answer)) for answer in pair.answers):
            yield _question(pair, limits)
        else:
            without += 1
    if without:
        yield Problem(f"{without:,} questions", "no answers to them")


def _question(pair: _Pair, limits: Limits) -> Question:
    body = body_from_text("\n".join(pair.asked).strip())
    title = printable(first_sentence(_plain(body.text), limits.title_length)) or printable(body.text)[:500]
    bodies = [body_from_text(_without_details("\n".join(lines)).strip("\n")) for lines in pair.answers]
    held = [answer for answer in bodies if answer.text.strip()]
    ids = distinct(text_id(answer.text) for answer in held)
    return Question(
        id=text_id(body.text),
        title=title,
        body=body if printable(_plain(body.text)) != title else None,
        answers=tuple(Answer(id, answer) for id, answer in zip(ids, held, strict=True)),
    )


def _without_details(text: str) -> str:
    return _DETAILS.sub("", text)


def _plain(text: str) -> str:
    """A question without the marks of Markdown, its number and its links."""
    return _NUMBERING.sub("", _MARKS.sub("", _LINK.sub(r"\1", _TAG.sub("", text))).strip(), count=1).strip()


def _marked(lines: Sequence[str]) -> list[_Pair]:
    """Pairs of lines that begin with a mark; a line of dashes or a new page ends an answer."""
    pairs: list[_Pair] = []
    into: list[str] | None = None
    if any(map(_OPTION.fullmatch, lines)):  # the letters of a test: A. and B. are to be chosen from
        return pairs
    for line in lines:
        bare = _BARE.fullmatch(line)
        asked = _ASKED.fullmatch(line) or (bare if bare and bare[1].lower() == "question" else None)
        answered = _ANSWERED.fullmatch(line) or (bare if bare and not asked else None)
        if asked:
            pairs.append(_Pair([asked[1] if asked is not bare else ""]))
            into = pairs[-1].asked
        elif answered and pairs:
            pairs[-1].answers.append([answered[1] if answered is not bare else ""])
            into = pairs[-1].answers[-1]
        elif _RULE.fullmatch(line) and pairs and pairs[-1].answers:
            into = None
        elif into is not None:
            into.append(line)
    return pairs


def _are_pairs(pairs: Sequence[_Pair]) -> bool:
    """Tell whether marks are those of questions and answers: each asks, and most are answered."""
    answered = [pair for pair in pairs if pair.answers]
    return bool(answered) and len(answered) * 2 > len(pairs) and any(map(str.strip, answered[0].asked))


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: where it begins, where what is beneath it begins, its rank, and its text."""

    begin: int
    end: int
    rank: int
    text: str

    @property
    def asks(self) -> bool:
        return _plain(self.text).rstrip(" :*_").endswith(("?", "？", "؟"))


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    """The headings of a Markdown text, the summaries of `<details>` among them; code has none."""
    fence = ""
    for number, line in enumerate(lines):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif fence:
            continue
        elif heading := _HEADING.fullmatch(line):
            yield _Heading(number, number + 1, len(heading[1]), heading[2].rstrip(" \t#"))
        elif (
            number
            and lines[number - 1].strip()
            and (under := _UNDERLINE.fullmatch(line))
            and len(under[1]) > 1
        ):
            yield _Heading(number - 1, number + 1, 1 if under[1][0] == "=" else 2, lines[number - 1].strip())
        elif summary := _SUMMARY.search(line[:2000]):
            yield _Heading(number, number + 1, 7, summary[1])
        elif line.startswith(("**", "__")) and line.rstrip().endswith(("**", "__")) and len(line) > 5:
            yield _Heading(number, number + 1, 8, line.strip())


def _are_headings(lines: Sequence[str]) -> bool:
    """Tell whether the headings of some rank are questions for the greater part."""
    found = list(_headings(lines))
    for rank in {heading.rank for heading in found}:
        same = [heading for heading in found if heading.rank == rank]
        asking = sum(heading.asks for heading in same)
        if asking >= FEWEST_HEADINGS and asking >= ASKING_SHARE * len(same):
            return True
    return False


def _headed(lines: Sequence[str]) -> list[_Pair]:
    """Pairs of headings that ask and what is beneath, up to the next heading that asks or ranks as high."""
    pairs: list[_Pair] = []
    end = len(lines)
    ends: dict[
        int, int
    ] = {}  # where the headings behind begin, by rank: read from the end, each is seen once
    for heading in reversed(list(_headings(lines))):
        if heading.asks:
            after = min((begin for rank, begin in ends.items() if rank <= heading.rank), default=len(lines))
            beneath = [*lines[heading.end : min(after, end)]]
            pairs.append(_Pair([_plain(heading.text)], [beneath] if any(map(str.strip, beneath)) else []))
            end = heading.begin
        ends[heading.rank] = heading.begin
    return pairs[::-1]
