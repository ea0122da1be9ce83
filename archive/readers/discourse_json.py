"""Reader of Discourse topics as its API gives them: `/t/ID.json`, or the same in a page of its application.

The form is described at https://docs.discourse.org. A page holds it in `data-preloaded`, an attribute or a
script, as a string in JSON; where it shows posts as well, `engines/discourse.py` reads those. Likes are the
count of action 2. Small actions ("closed this topic", type 3), whispers (4) and posts that their authors
deleted are no answers. A document by itself does not say which site it is from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from ..body import body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Body, Question, Tag, distinct, printable
from .addresses import question_id, site_of
from .asking import asks
from .discourse_tags import tags_of_topic
from .html import check_size, looks_like_html, page_address
from .html import parse as parse_html
from .ndjson import as_object, parse
from .paths import found
from .schema_org import id_of_text
from .scripts import values_in
from .signs import holds_any
from .things import moment
from .unite import beyond

NAME = "discourse_json"

HEAD_BYTES = 4096
"""How far into a page it must be seen to be a topic: the posts come first or behind a few numbers."""

LIKE = 2
WRITTEN = frozenset({1, 2})  # by people: plain posts, and those with a moderator's colour

PRELOADED = (b"data-preloaded", b"PreloadStore.store")
_STORED = r"PreloadStore\.store\(\"topic_\d{1,18}\",\s*"  # until 2018
_SHOWN = re.compile(
    rb"crawler-post|UserComments:|class=[\"']?cooked\b"
)  # the page shows its posts, more of them perhaps
_TOPIC = re.compile(rb'"post_stream"\s*:\s*\{')
_Item = Mapping[str, Any]


def sniff(page: Page) -> float:
    """Return how sure it is that the page is a topic: looks for the stream of its posts."""
    if looks_like_html(page):
        return 0.85 if holds_any(page, PRELOADED) and not _SHOWN.search(page.data) else 0.0
    is_object = page.data[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return 0.9 if is_object and _TOPIC.search(page.data) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the question of the topic; raise `PageRejected` where it is none, or asks nothing."""
    if looks_like_html(page):
        yield _preloaded(page, limits)
        return
    check_size(page, limits)
    try:
        topic = as_object(parse(page.data))
    except ValueError as error:
        raise PageRejected(f"no topic of Discourse: {printable(str(error))}") from error
    yield _question_of(topic, limits)


def _preloaded(page: Page, limits: Limits) -> Question:
    """Return the question of the topic in a page of the application."""
    soup = parse_html(page, limits)
    values = chain(
        values_in(soup, "#data-preloaded@data-preloaded, script#data-preloaded", limits=limits),
        values_in(soup, "script", _STORED, limits),
    )
    for topic in (topic for value in values for topic in found(value, "*.~, **", limits=limits)):
        if isinstance(topic, dict) and "post_stream" in topic:
            question = _question_of(topic, limits)
            url = page_address(soup) or page.address
            id = question_id(url) or id_of_text(question.title, question.body, site_of(url))
            return replace(question, id=id, url=url, site=site_of(url))
    raise PageRejected("not a Q&A page: a page of Discourse's application without a topic")


def _question_of(topic: _Item, limits: Limits) -> Question:
    try:
        posts = [as_object(post) for post in as_object(topic.get("post_stream")).get("posts") or ()]
    except (ValueError, TypeError) as error:
        raise PageRejected(f"no topic of Discourse: {printable(str(error))}") from error
    title = _line(topic.get("title"), limits.title_length)
    written = [post for post in posts if _is_written(post)]
    if not title or not written:
        raise PageRejected("not a Q&A page: a topic without a title or a post")
    return _question(topic, title, written, limits)


def _is_written(post: _Item) -> bool:
    return post.get("post_type", 1) in WRITTEN and not post.get("user_deleted") and bool(post.get("cooked"))


def _question(topic: _Item, title: str, posts: list[_Item], limits: Limits) -> Question:
    first = posts[0] if posts[0].get("post_number") == 1 else None
    body = _body(first, limits) if first else None
    answers = _answers(topic, posts[1:] if first else posts, limits)
    if not any(answer.accepted for answer in answers) and not asks(title, body.text if body else ""):
        raise PageRejected("not a Q&A page: a thread that asks nothing")
    return Question(
        id=id_of_text(title, body, None),
        title=title,
        body=body,
        tags=_tags(topic, limits),
        answers=answers,
        author=_author(first, limits) if first else None,
        created=_time((first or topic).get("created_at")),
        score=_likes(first) if first else None,
        views=_number(topic.get("views")),
        closed="closed" if topic.get("closed") is True else None,
        answer_count=beyond(len(answers), _stated_answers(topic)),
    )


def _stated_answers(topic: _Item) -> int | None:
    """Return how many answers there are said to be: all posts but the first and those that are none."""
    stated = _number(topic.get("posts_count"))
    none = [post for post in topic["post_stream"]["posts"] if not _is_written(post)]
    return stated - 1 - len(none) if stated else None


def _answers(topic: _Item, posts: list[_Item], limits: Limits) -> tuple[Answer, ...]:
    accepted = topic.get("accepted_answer")
    number = accepted.get("post_number") if isinstance(accepted, Mapping) else None
    is_decided = number is not None or any(post.get("accepted_answer") is True for post in posts)
    ids = distinct(str(post.get("id", n)) for n, post in enumerate(posts))
    return tuple(
        Answer(
            id=printable(unique),
            body=_body(post, limits),
            author=_author(post, limits),
            created=_time(post.get("created_at")),
            score=_likes(post),
            accepted=_is_accepted(post, number) if is_decided else None,
        )
        for unique, post in zip(ids, posts, strict=True)
    )


def _is_accepted(post: _Item, number: object) -> bool:
    return post.get("accepted_answer") is True or (number is not None and post.get("post_number") == number)


def _body(post: _Item, limits: Limits) -> Body:
    return body_from_html(str(post.get("cooked")), limits=limits)


def _author(post: _Item, limits: Limits) -> str | None:
    return _line(post.get("username"), limits.name_length) or None


def _likes(post: _Item) -> int | None:
    for action in post.get("actions_summary") or ():
        if isinstance(action, Mapping) and action.get("id") == LIKE:
            return _number(action.get("count"))
    return 0 if isinstance(post.get("actions_summary"), list) else None


def _tags(topic: _Item, limits: Limits) -> tuple[Tag, ...]:
    """Return the tags of the topic, each once."""
    return tuple({tag.name: tag for tag in tags_of_topic(topic, limits)}.values())


def _line(value: object, length: int) -> str:
    return printable(value)[:length].rstrip() if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time(value: object) -> datetime | None:
    return moment(value) if isinstance(value, str) else None
