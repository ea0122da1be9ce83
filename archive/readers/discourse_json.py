"""Reader of Discourse topics as its API gives them: `/t/ID.json`, described at https://docs.discourse.org.

Likes are the count of action 2. Small actions ("closed this topic", type 3), whispers (4) and posts that
their authors deleted are no answers. The document does not say which site it is from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..body import body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Body, Question, Tag, distinct, printable
from .asking import asks
from .discourse_tags import tags_of_topic
from .html import check_size
from .ndjson import as_object, parse
from .schema_org import id_of_text
from .things import moment
from .unite import beyond

NAME = "discourse_json"

HEAD_BYTES = 4096
"""How far into a page it must be seen to be a topic: the posts come first or behind a few numbers."""

LIKE = 2
WRITTEN = frozenset({1, 2})  # by people: plain posts, and those with a moderator's colour

_TOPIC = re.compile(rb'"post_stream"\s*:\s*\{')
_Item = Mapping[str, Any]


def sniff(page: Page) -> float:
    """Return how sure it is that the page is a topic: looks for the stream of its posts."""
    is_object = page.data[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return 0.9 if is_object and _TOPIC.search(page.data) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the question of the topic; raise `PageRejected` where it is none, or asks nothing."""
    check_size(page, limits)
    try:
        topic = as_object(parse(page.data))
        posts = [as_object(post) for post in as_object(topic.get("post_stream")).get("posts") or ()]
    except (ValueError, TypeError) as error:
        raise PageRejected(f"no topic of Discourse: {printable(str(error))}") from error
    title = _line(topic.get("title"), limits.title_length)
    written = [post for post in posts if _is_written(post)]
    if not title or not written:
        raise PageRejected("not a Q&A page: a topic without a title or a post")
    yield _question(topic, title, written, limits)


def _is_written(post: _Item) -> bool:
    return post.get("post_type", 1) in WRITTEN and not post.get("user_deleted") and bool(post.get("cooked"))


def _question(topic: _Item, title: str, posts: list[_Item], limits: Limits) -> Question:
    first = posts[0] if posts[0].get("post_number") == 1 else None
    body = _body(first, limits) if first else None
    answers = _answers(topic, posts[1:] if first else posts, limits)
    if not any(answer.accepted for answer in answers) and not asks(title, body.text if body else ""):
        raise PageRejected("not a Q&A page: a thread that asks nothing")
    posts_count = _number(topic.get("posts_count"))
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
        answer_count=beyond(len(answers), posts_count - 1 if posts_count else None),
    )


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
