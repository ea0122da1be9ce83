"""Reader of threads: pages of forums and of Q&A sites, by the tables in `engines/`, one for each layout.

The first post is the question and the others are answers, unless the engine tells them apart. A forum's
thread that asks nothing (`asking.py`) is no Q&A page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from bs4 import BeautifulSoup
from bs4 import Tag as Element

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..merge import merge_tag
from ..page import Found, Page
from ..records import Answer, Body, Link, Question, Tag, distinct
from .addresses import linked_questions, original, question_id, site_of
from .asking import asks
from .engines import LAYOUTS, TAG_LAYOUTS
from .finding import Outline, attribute, text_in, told_by
from .html import base_address, looks_like_html, page_address, parse, release, time_of_page
from .layout import Layout, signed
from .paging import is_later_page
from .posts import Posts, has_posts
from .schema_org import bodies_of, id_of_text, questions_in
from .tag_pages import tags_told
from .things import address
from .unite import beginning, beyond

NAME = "threads"

_NUMBER_AT_END = re.compile(r"\d{1,18}\Z")
# What sites put behind the title of a question that is closed.
_TITLE_NOTE = re.compile(
    r"[\[(](?:closed|duplicate|on hold|locked|geschlossen|duplikat|закрыт|дубликат|cerrada|duplicada|fechada"
    r"|クローズ|重複|fermée?)[\])]\s*\Z",
    re.IGNORECASE,
)
# Why a question is closed, by what the notice says of it, in the words of the records.
_CLOSINGS = (
    (
        "duplicate",
        re.compile(
            r"duplicate|already has (?:an )?answers?|been asked before"
            r"|doppelt|duplikat|дубликат|duplicada|重複",
            re.IGNORECASE,
        ),
    ),
    ("off-topic", re.compile(r"off[- ]topic|not about|does not (?:appear|seem) to be about", re.IGNORECASE)),
    ("not constructive", re.compile(r"not constructive", re.IGNORECASE)),
    ("opinion-based", re.compile(r"opinion|subjective", re.IGNORECASE)),
    ("needs more focus", re.compile(r"more focus|too broad", re.IGNORECASE)),
    (
        "needs details",
        re.compile(r"details or clarity|unclear|debugging|not a real question|ambiguous", re.IGNORECASE),
    ),
    ("too localized", re.compile(r"too locali[sz]ed", re.IGNORECASE)),
    (
        "closed",
        re.compile(
            r"\bclosed|on hold|not open for|no longer (?:open|accept)"
            r"|geschlossen|закрыт|cerrada|fechada|クローズ|fermée?",
            re.IGNORECASE,
        ),
    ),
    ("locked", re.compile(r"\block(?:ed)?\b|gesperrt", re.IGNORECASE)),
)
NOTICE_LENGTH = 1000
"""Characters of a notice that are looked at for why a question is closed: its first sentences say so."""

FEW_NOTICES = 5
"""Notices that are looked at: a question has one or two."""

SIDE_LINKS = 100
"""Questions of the margin that become links: pages show up to 25."""


def sniff(page: Page) -> float:
    """Return how sure it is that the page is a thread: looks for the engines' signs in its bytes."""
    if not looks_like_html(page):
        return 0.0
    return 0.8 if page.once(signed, LAYOUTS) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the question of the thread; raise `PageRejected` where there is none."""
    soup = parse(page, limits)
    outline = Outline(soup, limits)
    for layout in page.once(signed, LAYOUTS):
        if has_posts(outline, layout):
            release(page, limits)
            yield Thread(page, soup, outline, layout, limits).read()
            return
    raise PageRejected("not a Q&A page: it bears the name of an engine, and has no post of it")


class Thread:
    """Makes a question of one page in one layout."""

    def __init__(
        self, page: Page, soup: BeautifulSoup, outline: Outline, layout: Layout, limits: Limits
    ) -> None:
        self._soup, self._outline, self._layout, self._limits = soup, outline, layout, limits
        self._url = page_address(soup) or (original(page.address) if page.address else self._own_address())
        self._base = base_address(soup, self._url)
        told = questions_in(soup, limits) if layout.told_too else []
        self._told = told[0] if len(told) == 1 else None
        of_units = [one for one in page.once(signed, TAG_LAYOUTS) if one.unit]
        self._tags_told = tags_told(outline, of_units, limits)  # before pop-ups are silenced, being hidden
        received = time_of_page(soup, page)
        self._posts = Posts(soup, outline, layout, received=received, base=self._base, limits=limits)

    def read(self) -> Question:
        layout, posts = self._layout, self._posts
        title = self._title()
        asking, replies = self._parted(title)
        closed = self._closing(title, replies)  # before bodies are read: the notice may stand in one
        body = self._body_of(asking) if asking is not None else None
        answers = self._answers(replies)
        self._require_question(title, body, answers, is_later=asking is None)
        question = Question(
            id=self._native_id() or id_of_text(title, body, site_of(self._url)),
            title=title,
            body=body,
            tags=self._tags(),
            answers=answers,
            comments=posts.comments(asking) if asking is not None else (),
            views=posts.count(layout.views),
            url=self._url,
            site=site_of(self._url),
            closed=closed,
            answer_count=beyond(len(answers), self._stated_answers()),
            reader=layout.name,
        )
        if asking is not None:
            question = self._with_facts_of(question, asking)
        return replace(question, links=tuple(self._links(question)))

    def _own_address(self) -> str | None:
        """Return the address of the thread as its markup has it, or links to itself."""
        for told in told_by(self._layout.url, self._outline.find):
            url = address(told, self._layout.home or None) if isinstance(told, str) else None
            if question_id(url):
                return url
        return None

    def _body_of(self, asking: Element) -> Body | None:
        """Return the text of the question; None where it is but a title."""
        layout, posts = self._layout, self._posts
        body = posts.body(asking, layout.question_body or layout.body)
        return body if body and (body.text or body.html) else None

    def _with_facts_of(self, question: Question, asking: Element) -> Question:
        """Return the question with what its own post says of it."""
        layout, posts = self._layout, self._posts
        comments = question.comments
        return replace(
            question,
            author=posts.line(layout.question_author) or posts.line(layout.author, asking),
            created=posts.time(layout.question_time) or posts.time(layout.time, asking),
            updated=posts.updated(asking),
            score=posts.count(layout.question_score)
            if layout.question_score
            else posts.score(asking, layout.score),
            comment_count=posts.comment_count(asking, len(comments)),
        )

    def _tags(self) -> tuple[Tag, ...]:
        """Return the question's tags, with what the page says of them elsewhere."""
        tags = self._posts.tags() if self._layout.tags else ()
        return tuple(merge_tag(self._tags_told.get(tag.name, tag), tag) for tag in tags)

    def _native_id(self) -> str | None:
        """Return the id that the page gives its question: in its address, or in its markup."""
        site = site_of(self._url)
        number = _NUMBER_AT_END.search(self._posts.line(self._layout.question_number) or "")
        return question_id(self._url) or (f"{site}:{number[0]}" if site and number else None)

    def _title(self) -> str:
        title = self._posts.line(self._layout.title, length=self._limits.title_length)
        if not title:
            raise PageRejected("not a Q&A page: the thread has no title")
        return title

    def _parted(self, title: str) -> tuple[Element | None, list[Element]]:
        """Return the post that asks and those that reply; on a later page all reply."""
        posts = self._posts.posts
        if self._posts.question is not None or (self._layout.question and self._layout.asks):
            return self._posts.question, posts
        if not posts or self._is_later_page(title):
            return None, posts
        return posts[0], posts[1:]

    def _is_later_page(self, title: str) -> bool:
        number = self._posts.count(self._layout.number, self._posts.posts[0])
        if number is not None:
            return number > 1
        return is_later_page(self._url, self._outline, title, self._base)

    def _answers(self, replies: list[Element]) -> tuple[Answer, ...]:
        found = [self._posts.answer(unit, self._posts_body(unit)) for unit in replies]
        answers = _told_once(answer for answer in found if answer.body.text or answer.body.html)
        if not self._layout.asks and not any(answer.accepted for answer in answers):
            answers = [replace(answer, accepted=None) for answer in answers]  # most threads accept none
        if self._told:
            accepted = {beginning(a.body.text) for a in self._told.answers if a.accepted}
            if any(beginning(a.body.text) in accepted for a in answers):
                answers = [replace(a, accepted=beginning(a.body.text) in accepted) for a in answers]
        ids = distinct(answer.id for answer in answers)
        return tuple(replace(answer, id=unique) for answer, unique in zip(answers, ids, strict=True))

    def _posts_body(self, unit: Element) -> Body:
        return self._posts.body(unit, self._layout.body) or Body("")

    def _require_question(
        self, title: str, body: Body | None, answers: tuple[Answer, ...], *, is_later: bool
    ) -> None:
        """Raise `PageRejected` where the thread holds nothing, or asks nothing."""
        if body is None and not answers and not self._layout.asks:
            raise PageRejected("not a Q&A page: a thread without a text")
        if self._layout.asks or any(answer.accepted for answer in answers) or self._is_told_as_question():
            return
        if not asks(title, body.text if body else ""):
            kind = "a later page of a thread whose title" if is_later else "a thread that"
            raise PageRejected(f"not a Q&A page: {kind} asks nothing")

    def _is_told_as_question(self) -> bool:
        return self._told is not None and any(a.accepted is not None for a in self._told.answers)

    def _stated_answers(self) -> int | None:
        stated = self._posts.count(self._layout.answers)
        posts = self._posts.count(self._layout.posts)
        return posts - 1 if stated is None and posts else stated

    def _closing(self, title: str, replies: list[Element]) -> str | None:
        """Return why the question is closed, where a notice or the end of its title says that it is."""
        found = self._outline.find(self._layout.closed)
        of_question = self._outline.outside(found, replies)
        notices = [text_in(element, NOTICE_LENGTH) for element in islice(of_question, FEW_NOTICES)]
        notices += _TITLE_NOTE.findall(title)
        reasons = (reason for notice in notices for reason, words in _CLOSINGS if words.search(notice))
        return next(reasons, None)

    def _links(self, question: Question) -> Iterator[Link]:
        """Yield links to the questions that it doubles, that its texts lead to, and of the margin."""
        layout = self._layout
        seen: set[str] = {question.id}
        duplicates = f"{layout.closed} " if question.closed == "duplicate" else ""
        found = (
            [*(Link(t, "duplicate") for t in self._targets(_anchors_in(duplicates)))] if duplicates else []
        )
        found += linked_questions(bodies_of(question), question.id)
        found += [Link(target, "linked") for target in self._targets(layout.linked)]
        found += [Link(target, "related") for target in self._targets(layout.related)]
        for link in found:
            if link.target not in seen:
                seen.add(link.target)
                yield link

    def _targets(self, selector: str) -> Iterator[str]:
        """Yield the ids of the questions that links lead to."""
        for element in self._outline.find(selector)[:SIDE_LINKS] if selector else ():
            url = address(attribute(element, "href") or "", self._base)
            target = question_id(url)
            if target:
                yield target


def _told_once(answers: Iterable[Answer]) -> list[Answer]:
    """Return the answers in the order of the thread: an accepted one may stand before it, too."""
    kept: dict[tuple[str, str], Answer] = {}
    for answer in answers:
        earlier = kept.pop((answer.id, answer.body.text), None)
        was_accepted = earlier is not None and earlier.accepted
        kept[answer.id, answer.body.text] = replace(answer, accepted=True) if was_accepted else answer
    return list(kept.values())


def _anchors_in(selectors: str) -> str:
    """Return the selector of the links in what the selectors find."""
    return ", ".join(f"{one.strip()} a[href]" for one in selectors.split(",") if one.strip())
