"""Reader of questions and answers in plain text and Markdown: pairs marked `Q:` and `A:`, and FAQ files.

    Q: How do I undo a commit?        ### How do I undo a commit?       Question: …      1. How do I …?
    A: With `git revert`.             With `git revert`.                Answer: …           With …

Marks may be bold, numbered, or words of other languages, and stand in a line of their own (pair_marks.py). Of
a Markdown file the headings that ask are questions, and the summaries of `<details>`; what stands beneath is
the answer, up to the next heading of the same rank or a higher one. Of a text without either, lines that ask
are, where they are numbered or first in their blocks. Cells split by tabs or ` | ` are table.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..body import body_from_text, first_sentence, sentence_end
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Question, Tag, distinct, printable, tag_name, text_id
from .decoding import decode
from .pair_marks import QUESTION_MARKS, SEPARATOR, Mark, marks_of
from .table_rows import header_of

NAME = "plain_pairs"

HEAD_BYTES = 65_536
"""How much of a page `sniff` looks at: introductions of FAQ files are shorter."""

FEWEST_HEADINGS = 2
"""Headings that ask, at least, of a page that is a FAQ: one is that of any article."""

FEWEST_LINES = 3
"""Lines that ask, at least, where nothing but their place tells that they are headings."""

BLOCK_SHARE = 1 / 3
"""The share of the blocks that begin with such a line: an answer has one or two more paragraphs."""

FEWEST_UNSURE = 3
"""Pairs at least that are marked by letters or names, and none of which asks with a question mark."""

ASKING_SHARE = 0.5
"""The share of the headings of their rank that ask; README files have one "Why?" among ten others."""

_NUMBERED = re.compile(r"(\d{1,3})[.)][ \t]++(.{0,300}[?？؟])[ \t]*")
_LONE = re.compile(r"[¿]?[^\W_a-z].{0,200}[?？؟][ \t]*")
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
_OTHER_FORM = re.compile(
    r"""\s*(?:\{|\[\s*["{\[\]\d]|(?:<!--.{0,2000}?-->\s*)?<(?:!doctype|\?xml|html|head|body|table|mediawiki)\b)""",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"[ \t]*[*_]{0,2}B[.)][ \t*_].*", re.IGNORECASE)


@dataclass(slots=True)
class _Part:
    """A question or an answer: its lines, and what its mark says of it."""

    lines: list[str] = field(default_factory=list)
    mark: Mark = field(default_factory=lambda: Mark("question", ""))

    @property
    def is_blank(self) -> bool:
        return not any(map(str.strip, self.lines))


@dataclass(slots=True)
class _Pair:
    """A question and its answers, with what is said of it in lines of their own."""

    asked: _Part = field(default_factory=_Part)
    answers: list[_Part] = field(default_factory=list)
    title: str = ""
    tags: str = ""


def sniff(page: Page) -> float:
    """Return how sure the marks or the headings of the text are that it is questions and answers."""
    if b"\0" in page.data[:1000] or _OTHER_FORM.match(decode(page.data[:4096])):
        return 0.0
    lines = _lines(page.data[:HEAD_BYTES])
    if _are_pairs(_marked(lines)):
        return 0.7
    return 0.55 if _asking_headings(lines) else 0.45 if _asking_lines(lines) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the questions; raise `PageRejected` where the text has neither marks nor headings that ask."""
    if len(page.data) > limits.texts_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; a text is read up to {limits.texts_bytes:,} bytes")
    lines = _lines(page.data)
    pairs = _marked(lines)
    if not _are_pairs(pairs):
        pairs = _headed(_asking_headings(lines) or _asking_lines(lines), lines)
    pairs = [pair for pair in pairs if pair.title or not pair.asked.is_blank]
    if not any(pair.answers for pair in pairs):
        raise PageRejected("not a Q&A page: plain text without marked or headed questions and answers")
    return _found(pairs, limits)


def is_marked(head: bytes) -> bool:
    """Tell by the beginning of a text whether its questions are marked, so that it can be cut before each."""
    lines = _lines(head)
    if _OTHER_FORM.match(decode(head)) or header_of(lines[0]):
        return False
    return _are_pairs(_marked(lines))


def _lines(data: bytes) -> Sequence[str]:
    text = _LINE_END.sub("\n", decode(data))
    return (_AROUND_SUMMARY.sub("\n", text) if "<summary" in text else text).split("\n")


def _found(pairs: Sequence[_Pair], limits: Limits) -> Iterator[Found]:
    without = 0
    for pair in pairs:
        if all(answer.is_blank for answer in pair.answers):
            without += 1
        else:
            yield _question(pair, limits)
    if without:
        yield Problem(f"{without:,} questions", "no answers to them")


def _question(pair: _Pair, limits: Limits) -> Question:
    body = body_from_text("\n".join(pair.asked.lines).strip())
    asked = pair.title or _plain(body.text)
    title = printable(first_sentence(asked, limits.title_length)) or printable(body.text)[:500]
    bodies = [body_from_text(_without_details("\n".join(part.lines)).strip("\n")) for part in pair.answers]
    held = [(part.mark, text) for part, text in zip(pair.answers, bodies, strict=True) if text.text.strip()]
    ids = distinct(text_id(text.text) for _, text in held)
    names = dict.fromkeys(map(tag_name, SEPARATOR.split(pair.tags.replace("#", ""))))
    return Question(
        id=text_id(f"{pair.title}\n{body.text}" if pair.title else body.text),
        title=title,
        body=body if body.text and printable(_plain(body.text)) != title else None,
        tags=tuple(Tag(name) for name in names if name)[: limits.tags],
        answers=tuple(_answer(id, mark, text, limits) for id, (mark, text) in zip(ids, held, strict=True)),
        author=_author(pair.asked.mark, limits),
        score=pair.asked.mark.score,
    )


def _answer(id: str, mark: Mark, body: Body, limits: Limits) -> Answer:
    return Answer(id, body, author=_author(mark, limits), score=mark.score, accepted=mark.accepted)


def _author(mark: Mark, limits: Limits) -> str | None:
    return printable(mark.author or "")[: limits.name_length] or None


def _without_details(text: str) -> str:
    return _DETAILS.sub("", text)


def _plain(text: str) -> str:
    """A question without the marks of Markdown, its number and its links."""
    return _NUMBERING.sub("", _MARKS.sub("", _LINK.sub(r"\1", _TAG.sub("", text))).strip(), count=1).strip()


def _marked(lines: Sequence[str]) -> list[_Pair]:
    """Pairs of lines that begin with a mark; a line of dashes or a new page ends an answer."""
    pairs: list[_Pair] = []
    if any(map(_OPTION.fullmatch, lines)):  # the letters of a test: A. and B. are to be chosen from
        return pairs
    marks = marks_of(lines)
    into: list[str] | None = None
    for number, line in enumerate(lines):
        mark = marks.get(number)
        if mark and (mark.kind in ("question", "title") or pairs):
            into = _begin(pairs, mark, into)
        elif _RULE.fullmatch(line) and pairs and pairs[-1].answers and into != [""]:
            into = None
        elif into is not None and not (into == [""] and _UNDERLINE.fullmatch(line)):
            into.append(line)
    return pairs


def _begin(pairs: list[_Pair], mark: Mark, into: list[str] | None) -> list[str] | None:
    """Let a mark begin a question or an answer, or say something of one; return where what follows goes."""
    if mark.kind == "answer":
        pairs[-1].answers.append(_Part([mark.text], mark))
        return pairs[-1].answers[-1].lines
    if mark.kind == "tags":
        pairs[-1].tags = mark.text
        return into
    if mark.kind == "title" or not pairs or pairs[-1].answers or not pairs[-1].asked.is_blank:
        pairs.append(_Pair())
    if mark.kind == "title":
        pairs[-1].title = mark.text
        return None
    pairs[-1].asked = _Part([mark.text], mark)
    return pairs[-1].asked.lines


def _are_pairs(pairs: Sequence[_Pair]) -> bool:
    """Tell whether marks are those of questions and answers: there is a first question, most are answered.

    Letters and words are names of other things as well, in code: there, one asks, or each is answered.
    """
    answered = [pair for pair in pairs if pair.answers]
    if not answered or len(answered) * 2 <= len(pairs) or answered[0].asked.is_blank:
        return False
    are_sure = any(pair.asked.mark.is_sure for pair in answered) or any(map(_asks, answered))
    return are_sure or FEWEST_UNSURE <= len(answered) == len(pairs)


def _asks(pair: _Pair) -> bool:
    return any(sign in line for line in pair.asked.lines for sign in QUESTION_MARKS)


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: where it begins, where what is beneath it begins, its rank, and its text."""

    begin: int
    end: int
    rank: int
    text: str

    @property
    def asks(self) -> bool:
        return _plain(self.text).rstrip(" :*_").endswith(QUESTION_MARKS)


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


def _asking_headings(lines: Sequence[str]) -> list[_Heading]:
    """Return the headings, if those of some rank are questions for the greater part."""
    found = list(_headings(lines))
    for rank in {heading.rank for heading in found}:
        same = [heading for heading in found if heading.rank == rank]
        asking = sum(heading.asks for heading in same)
        if asking >= FEWEST_HEADINGS and asking >= ASKING_SHARE * len(same):
            return found
    return []


def _asking_lines(lines: Sequence[str]) -> list[_Heading]:
    """Return lines that ask where they stand as headings do: numbered on from 1, or first in their blocks.

    Most have text beneath, for a list of questions is no FAQ; and that offers no answers to choose from.
    """
    if any(map(_OPTION.fullmatch, lines)):
        return []
    for found in (_numbered(lines), _first_in_blocks(lines)):
        answered = sum(bool(pair.answers) for pair in _headed(found, lines))
        if len(found) >= FEWEST_LINES and answered * 2 > len(found):
            return found
    return []


def _numbered(lines: Sequence[str]) -> list[_Heading]:
    found: list[_Heading] = []
    for number, line in enumerate(lines):
        match = _NUMBERED.fullmatch(line)
        if match and int(match[1]) == len(found) + 1:
            found.append(_Heading(number, number + 1, 9, match[2]))
    return found


def _first_in_blocks(lines: Sequence[str]) -> list[_Heading]:
    begins = [n for n, line in enumerate(lines) if line.strip() and not (n and lines[n - 1].strip())]
    found = [
        _Heading(n, n + 1, 10, lines[n])
        for n in begins
        if _LONE.fullmatch(lines[n]) and sentence_end(lines[n]) == len(lines[n].rstrip())
    ]
    return found if len(found) >= BLOCK_SHARE * len(begins) else []


def _headed(headings: Sequence[_Heading], lines: Sequence[str]) -> list[_Pair]:
    """Pairs of headings that ask and what is beneath, up to the next heading that asks or ranks as high."""
    pairs: list[_Pair] = []
    end = len(lines)
    ends: dict[int, int] = {}  # where those behind begin, by rank: read from the end, each is seen once
    for heading in reversed(headings):
        if heading.asks:
            after = min((begin for rank, begin in ends.items() if rank <= heading.rank), default=len(lines))
            beneath = [*lines[heading.end : min(after, end)]]
            answers = [_Part(beneath)] if any(map(str.strip, beneath)) else []
            pairs.append(_Pair(_Part([_plain(heading.text)]), answers))
            end = heading.begin
        ends[heading.rank] = heading.begin
    return pairs[::-1]
