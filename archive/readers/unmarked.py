"""Reader of pages that neither an engine nor schema.org marks: FAQ pages, and threads by their structure."""

from __future__ import annotations

import html as entities
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4 import Tag as Element
from bs4.element import NavigableString, PageElement

from ..body import ALLOWED_TAGS, body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Body, Question, text_id
from .addresses import site_of
from .asking import is_question
from .dates import clock_for
from .faq import Kind, kinds_in, lists_questions, pairs_in
from .faq_answers import Pair
from .finding import Outline, text_in
from .html import base_address, looks_like_html, page_address, parse, release
from .post_signs import TIMES
from .post_texts import title_of
from .posts import NOT_WRITTEN
from .repeated import REMARKS, layout_of
from .schema_org import id_of_text
from .things import inner_html
from .threads import Thread

NAME = "unmarked"

PARTS_ONLY = frozenset({"dd", "dt", "li", "summary", "tbody", "td", "th", "tr"})
"""Elements that are parts of another, which an answer leaves behind."""

FEW_TIMES = 100
"""Times of a page that are looked at for which of their numbers is the day."""


def sniff(page: Page) -> float:
    """Return how sure it is: hardly, for any page that is HTML; all other readers go before it."""
    return 0.05 if looks_like_html(page) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield what an FAQ page or a thread of any engine holds; raise `PageRejected` for all other pages."""
    soup = parse(page, limits)
    release(page, limits)
    outline = Outline(soup, limits)
    kinds = kinds_in(outline)
    pairs = pairs_in(outline, kinds)
    if pairs:
        outline.silence(NOT_WRITTEN)
        yield from _questions(pairs, soup, limits)
        return
    yield _thread(page, soup, outline, kinds, limits)


def _questions(pairs: list[Pair], soup: BeautifulSoup, limits: Limits) -> Iterator[Question]:
    if len(pairs) > limits.questions:
        raise PageRejected(f"{len(pairs):,} questions; a page is read up to {limits.questions:,}")
    address = page_address(soup)
    base, site = base_address(soup, address), site_of(address)
    spent = 0
    seen: set[str] = set()
    for pair in pairs:
        body = _body(pair.answer, base, limits)
        spent += len(body.text)
        if spent > limits.page_text:
            raise PageRejected(f"its texts have more than {limits.page_text:,} characters together")
        own_id = id_of_text(pair.question, None, site)
        if body.text and own_id not in seen:
            seen.add(own_id)
            answer = Answer(id=text_id(body.text), body=body)
            yield Question(
                id=own_id, title=pair.question, answers=(answer,), url=address, site=site, reader="faq"
            )


def _body(parts: tuple[PageElement, ...], base: str | None, limits: Limits) -> Body:
    """Return the text of the nodes of an answer."""
    return body_from_html("".join(map(_html_of, parts)), base_url=base, limits=limits)


def _html_of(part: PageElement) -> str:
    """Return a node as HTML; what stands in an element that has no meaning alone, in a block."""
    if not isinstance(part, Element):
        return entities.escape(part, quote=False) if type(part) is NavigableString else ""
    if part.can_be_empty_element or part.name == "a":
        return part.decode()
    block = part.name if part.name in ALLOWED_TAGS and part.name not in PARTS_ONLY else "div"
    return f"<{block}>{inner_html(part)}</{block}>"


def _thread(page: Page, soup: BeautifulSoup, outline: Outline, kinds: list[Kind], limits: Limits) -> Question:
    texts = (text_in(element, 60) for element in outline.find(TIMES)[:FEW_TIMES])
    layout = layout_of(outline, clock_for(texts, page.received, None))
    if layout is None:
        raise PageRejected(f"not a Q&A page: {_what_else(outline, kinds)}")
    head = outline.first("title")
    if head is not None:
        head.string = title_of(outline)  # without the name of the site
    question = Thread(page, soup, outline, layout, limits).read()
    if layout.name == REMARKS and not is_question(question.title):
        raise PageRejected("not a Q&A page: comments on a page whose title asks nothing")
    return question


def _what_else(outline: Outline, kinds: list[Kind]) -> str:
    """Return what a page is that holds no thread, where that is known."""
    if lists_questions(outline, kinds):
        return "a list of questions; save the questions' own pages"
    return "no questions with answers, and no posts with authors and times"
