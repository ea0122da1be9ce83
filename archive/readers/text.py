"""Reader of scraped text: a question with its tags, answers and remarks, in cells; any number of such pages.

    Question text. tag-slug Tag TitleBlurb of the tag. other-slug Other TitleAnother blurb. |
    An answer. |
    A remark.

A cell ends with white space, `|` and a line end, or with the page. The first is the question; its tags stand
at its end, each as its slug, its title in capitals, and its blurb glued on the title. The cell behind it is
an answer, for an answer is what such a page is kept for. A short last cell of one sentence is a remark about
the whole, that is a comment on the question; so is one before it that is like it. Every other is an answer.
Where one of several pages ends, text_pages.py tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from ..body import body_from_text, first_sentence, sentence_end
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Comment, Question, Tag, distinct, printable, tag_name, text_id
from .decoding import decode
from .gathering import Gathering
from .text_pages import Section, cells_of, is_question_and_answers, pages_of, tags_of

NAME = "text"

HEAD_BYTES = 65_536
"""How much of a page `sniff` looks at: the first cell of the longest Stack Overflow question has 30,000."""

REMARK_LENGTH = 250
"""Characters of the longest remark. Of 26 pages of Stack Exchange, 81 % of 362 comments are no longer, and
67 % of 219 answers are: no other length tells the two apart better."""

_LINE_END = re.compile(r"\r\n?")
_OTHER_FORM = re.compile(r'\s*(?:[<{|]|\[\s*["{\[])')  # markup, JSON, a table; no "[Solved] How…"

P = TypeVar("P", Answer, Comment)


def sniff(page: Page) -> float:
    """Return how sure it is that the page has this form: tag sections, or a question and a cell behind it."""
    text = _text(page.data[:HEAD_BYTES])
    if _OTHER_FORM.match(text):
        return 0.0
    cells = cells_of(text)
    if tags_of(cells):
        return 0.8
    return 0.5 if is_question_and_answers(cells) else 0.0


def is_tagged(head: bytes) -> bool:
    """Tell by the beginning of a text whether it is of pages with tags, so that it can be cut before each."""
    text = _text(head)
    return not _OTHER_FORM.match(text) and bool(tags_of(cells_of(text)))


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the question of each page in the file, and a `Problem` for one that holds none.

    Raises `PageRejected` where the file is one page that has another form, or is too large.
    """
    if len(page.data) > limits.texts_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; a text is read up to {limits.texts_bytes:,} bytes")
    pages = pages_of(_text(page.data))
    if len(pages) == 1:
        yield _read_one(pages[0], limits)
        return
    gathering, problems = Gathering(), []
    for number, text in enumerate(pages, start=1):
        try:
            gathering.add(_read_one(text, limits))
        except PageRejected as rejection:
            problems.append(Problem(f"page {number:,}", rejection.reason))
    yield from gathering.questions()
    yield from problems


def _read_one(text: str, limits: Limits) -> Question:
    """Return the question of one page; raise `PageRejected` where it holds none."""
    if len(text) > limits.text_bytes:
        raise PageRejected(
            f"{len(text):,} characters; scraped text is read up to {limits.text_bytes:,} characters"
        )
    cells = cells_of(text)
    sections = tags_of(cells)[: limits.tags]
    if not sections and not is_question_and_answers(cells):
        raise PageRejected("not a Q&A page: plain text without tag sections or cells of question and answer")
    return _question(cells, sections, limits)


def _text(data: bytes) -> str:
    return _LINE_END.sub("\n", decode(data))


def _question(cells: Sequence[str], sections: Sequence[Section], limits: Limits) -> Question:
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


def _tags(cell: str, sections: Sequence[Section], limits: Limits) -> tuple[Tag, ...]:
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
