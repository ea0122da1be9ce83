"""Reader of pages that neither an engine nor schema.org marks: FAQ pages, and threads by their structure."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4 import Tag as Element

from ..body import ALLOWED_TAGS, body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Body, Question, text_id
from .addresses import site_of
from .asking import is_question
from .dates import clock_for
from .faq import Pair, pairs_in
from .finding import Outline, text_in
from .html import base_address, looks_like_html, page_address, parse, release
from .posts import NO_TEXT
from .repeated import REMARKS, TIMES, layout_of
from .schema_org import id_of_text
from .things import inner_html
from .threads import Thread

NAME = "unmarked"

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
    pairs = pairs_in(outline)
    if pairs:
        outline.silence(NO_TEXT)
        yield from _questions(pairs, soup, limits)
        return
    yield _thread(page, soup, outline, limits)


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


def _body(parts: tuple[Element, ...], base: str | None, limits: Limits) -> Body:
    """Return the text of the elements of an answer, each in an element of its own."""
    html = "\n".join(f"<{_block(part)}>{inner_html(part)}</{_block(part)}>" for part in parts)
    return body_from_html(html, base_url=base, limits=limits)


def _block(part: Element) -> str:
    return part.name if part.name in ALLOWED_TAGS and part.name != "dd" else "div"


def _thread(page: Page, soup: BeautifulSoup, outline: Outline, limits: Limits) -> Question:
    texts = (text_in(element, 60) for element in outline.find(TIMES)[:FEW_TIMES])
    layout = layout_of(outline, clock_for(texts, page.received, None))
    if layout is None:
        raise PageRejected("not a Q&A page: no questions with answers, and no posts with authors and times")
    question = Thread(page, soup, outline, layout, limits).read()
    if layout.name == REMARKS and not is_question(question.title):
        raise PageRejected("not a Q&A page: comments on a page whose title asks nothing")
    return question
