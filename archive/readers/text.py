"""Reader of scraped text: one question with its tags, answers and remarks, in cells.

    Question text. tag-slug Tag TitleBlurb of the tag. other-slug Other TitleAnother blurb. |
    An answer. |
    A remark.

A cell ends with white space, `|` and a line end, or with the page. The first is the question; its tags stand
at its end, each as its slug, its title in capitals, and its blurb glued on the title. The cell behind it is
an answer, for an answer is what such a page is kept for. A short last cell of one sentence is a remark about
the whole, that is a comment on the question; so is one before it that is like it. Every other is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..body import body_from_text, first_sentence, sentence_end
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Comment, Question, Tag, distinct, printable, tag_name, text_id
from .decoding import decode

NAME = "text"

HEAD_BYTES = 65_536
"""How much of a page `sniff` looks at: the first cell of the longest Stack Overflow question has 30,000."""

REMARK_LENGTH = 250
"""Characters of the longest remark. Of 26 pages of Stack Exchange, 81 % of 362 comments are no longer, and
67 % of 219 answers are: no other length tells the two apart better."""

_CELL_END = re.compile(r"(?:^|[ \t])\|[ \t]*(?:\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n?")
_OTHER_FORM = re.compile(r'\s*(?:[<{|]|\[\s*["{\[])')  # markup, JSON, a table; no "[Solved] How…"
_SLUG = re.compile(r"(?<!\S)(?=\S*[a-z])[^\sA-Z|]{1,100}(?= [^\sa-z])")
# What a blurb begins with: no small letter, unless of a name such as iOS or jQuery, and no closing sign.
_BLURB = re.compile(r"""[^\W_a-z]|["“‘«(\[¿¡]|[.#@]\w|[a-z]{1,3}[A-Z]""")
_SEPARATORS = re.compile(r"[-. ]")

P = TypeVar("P", Answer, Comment)


@dataclass(frozen=True, slots=True)
class _Section:
    """Where a tag's section begins in the first cell, where its title ends, and the two names on it."""

    begin: int
    end: int
    slug: str
    title: str


def sniff(page: Page) -> float:
    """Return how sure it is that the page has this form: tag sections, or a question and a cell behind it."""
    text = _text(page.data[:HEAD_BYTES])
    if _OTHER_FORM.match(text):
        return 0.0
    cells = _cells(text)
    if cells and _sections(cells[0]):
        return 0.8
    return 0.5 if _is_question_and_answers(cells) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the one question of the page; raise `PageRejected` where it has another form."""
    if len(page.data) > limits.text_bytes:
        raise PageRejected(
            f"{len(page.data):,} bytes; scraped text is read up to {limits.text_bytes:,} bytes"
        )
    cells = _cells(_text(page.data))
    sections = _sections(cells[0])[: limits.tags] if cells else []
    if not sections and not _is_question_and_answers(cells):
        raise PageRejected("not a Q&A page: plain text without tag sections or cells of question and answer")
    yield _question(cells, sections, limits)


def _text(data: bytes) -> str:
    return _LINE_END.sub("\n", decode(data))


def _cells(text: str) -> list[str]:
    """Return the cells that hold anything."""
    return [cell for cell in (part.strip() for part in _CELL_END.split(text)) if cell]


def _is_question_and_answers(cells: Sequence[str]) -> bool:
    """Tell whether cells without tags are a question that asks, and answers; rows of a table are neither."""
    return len(cells) > 1 and "?" in cells[0] and not any(" | " in c or c.startswith("|") for c in cells)


def _sections(cell: str) -> list[_Section]:
    """Return the tag sections at the end of a first cell.

    A slug and its title differ in capitals and separators only, so they are equally long; behind the title
    the blurb is glued on, or the cell ends, or the next section begins.
    """
    found: list[_Section] = []
    for match in _SLUG.finditer(cell):
        begin = match.end() + 1
        title = cell[begin : begin + len(match[0])]
        if _is_title(title, match[0]):
            found.append(_Section(match.start(), begin + len(title), match[0], title))
    begins = {section.begin for section in found} | {len(cell)}
    return [s for s in found if _BLURB.match(cell, s.end) or _skipped(cell, s.end) in begins]


def _is_title(text: str, slug: str) -> bool:
    """Tell whether a text is a slug's title; "Plan " in "the plan. Plan B" is none, nor is "that" again."""
    begins_small = text.islower() or text[:1].islower()
    return _folded(text) == _folded(slug) and not begins_small and not text[-1:].isspace()


def _skipped(cell: str, place: int) -> int:
    """Return the place behind the white space at `place`."""
    while place < len(cell) and cell[place].isspace():
        place += 1
    return place


def _folded(name: str) -> str:
    return _SEPARATORS.sub(" ", name).casefold()


def _question(cells: Sequence[str], sections: Sequence[_Section], limits: Limits) -> Question:
    """Return the question; its body is its whole text, the sentence that makes the title included."""
    asked = cells[0][: sections[0].begin] if sections else cells[0]
    body = body_from_text(asked.strip())
    title = printable(first_sentence(body.text, limits.title_length))
    if not title:
        raise PageRejected("not a Q&A page: tags and no question before them")
    last = _first_remark(cells)
    return Question(
        id=text_id(body.text),
        title=title,
        body=body,
        tags=_tags(cells[0], sections, limits),
        answers=_distinct([Answer(text_id(b.text), b) for b in map(body_from_text, cells[1:last])]),
        comments=_distinct([Comment(text_id(b.text), b) for b in map(body_from_text, cells[last:])]),
    )


def _tags(cell: str, sections: Sequence[_Section], limits: Limits) -> tuple[Tag, ...]:
    """Return the tags, each once, with their blurbs: what stands between a title and the next section."""
    ends = [*(section.begin for section in sections[1:]), len(cell)]
    tags: dict[str, Tag] = {}
    for section, end in zip(sections, ends, strict=False):
        blurb = printable(cell[section.end : end])[: limits.blurb_length].rstrip()
        name = tag_name(section.slug)
        if name:
            tags.setdefault(name, Tag(name, title=printable(section.title), blurb=blurb or None))
    return tuple(tags.values())


def _first_remark(cells: Sequence[str]) -> int:
    """Return the place of the first of the remarks at the end; the cell behind the question is none."""
    place = len(cells)
    while place > 2 and _is_remark(cells[place - 1]):
        place -= 1
    return place


def _is_remark(cell: str) -> bool:
    return len(cell) <= REMARK_LENGTH and sentence_end(cell) == len(cell)


def _distinct(parts: list[P]) -> tuple[P, ...]:
    """Return the answers or comments with ids that keep equal ones apart."""
    return tuple(
        replace(part, id=unique) for part, unique in zip(parts, distinct(p.id for p in parts), strict=True)
    )
