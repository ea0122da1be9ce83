"""Reader of a Stack Overflow for Teams export: `posts.json`, and with it the other tables where they are.

The export is a folder of lists of objects, one file a table, with the names of the data dump in camel case;
`archive/dump.py` makes one page of such a folder, an object with each table under its name. Read as well is
what API version 3 answers, which has the same names (https://stackoverflowteams.help, "Export your data",
and the API's own description): questions with `answers` and `comments` inside.
No real export was at hand: names are taken in the spellings that its documentation and its importers use.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..body import body_from_html, body_from_text
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Comment, Link, LinkKind, Question, Tag, printable, tag_name
from .addresses import linked_questions, question_id, site_of
from .dump import key_of
from .json_page import head_of, json_of

NAME = "teams"

Item = Mapping[str, Any]

QUESTION, ANSWER = ("question", "1"), ("answer", "2")
"""The kinds of posts that are read, as a word or as the dump has them."""

LINKS: Mapping[str, LinkKind] = {
    "linked": "linked",
    "1": "linked",
    "duplicate": "duplicate",
    "3": "duplicate",
}

_POSTS = re.compile(r'(?:\{\s*"posts"\s*:\s*)?\[\s*\{(?=[^\0]*?"post_?[tT]ype(?:Id)?"\s*:)')
_BODIES = re.compile(r'"(?:bodyMarkdown|parentId|acceptedAnswerId|ownerUserId|postState)"\s*:')
_QUESTIONS = re.compile(r'\s*(?:\{[^\[{]*"items"\s*:\s*)?\[\s*\{(?=[^\0]*?"(?:isAnswered|bodyMarkdown)"\s*:)')
_TAGS = re.compile(r"[<>|]+")


def sniff(page: Page) -> float:
    """Return how sure the names of the first object are that these are posts of a team."""
    head = head_of(page)
    if _POSTS.match(head) and _BODIES.search(head):
        return 0.92
    return 0.8 if _QUESTIONS.match(head) and '"creationDate"' in head else 0.0


def is_teams_posts(head: bytes) -> bool:
    """Tell whether a `posts.json` that begins like this is that of a team."""
    return sniff(Page(head, "", datetime.now(UTC))) > 0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the tags and questions, and a `Problem` for what is neither; raise `PageRejected` without any."""
    tables = _tables(json_of(page, limits))
    if not tables.questions:
        raise PageRejected("an export of a team without questions")
    return _found(tables, limits)


@dataclass(slots=True)
class _Tables:
    """The rows of an export by what they belong to."""

    questions: list[Item] = field(default_factory=list)
    answers: defaultdict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    comments: defaultdict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    links: defaultdict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict)
    tags: list[Item] = field(default_factory=list)
    wikis: dict[str, Item] = field(default_factory=dict)
    strange: int = 0
    key: str = ""
    """What ids begin with where the export names no site."""


def _tables(value: Any) -> _Tables:
    tables = _Tables()
    named: Mapping[str, Any] = value if isinstance(value, Mapping) else {"posts": value}
    for name, rows in named.items():
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, Mapping):
                tables.strange += 1
            elif name.lower() in ("posts", "items"):
                _sort_post(row, tables)
            elif name.lower() == "comments":
                tables.comments[_id(row, "postId")].append(row)
            elif name.lower() == "postlinks":
                tables.links[_id(row, "postId")].append(row)
            elif name.lower() == "users":
                tables.names[_id(row, "id")] = _text(row, "displayName", "name", "realName")
            elif name.lower() == "tags":
                tables.tags.append(row)
    return tables


def _sort_post(row: Item, tables: _Tables) -> None:
    kind = str(row.get("postType") or row.get("postTypeId") or "question").lower()
    if row.get("deletionDate") or row.get("isDeleted") or str(row.get("postState")).lower() == "deleted":
        return
    if kind in QUESTION:
        tables.questions.append(row)
    elif kind in ANSWER:
        tables.answers[_id(row, "parentId", "questionId")].append(row)
    else:
        tables.wikis[_id(row, "id")] = row


def _found(tables: _Tables, limits: Limits) -> Iterator[Found]:
    for row in tables.tags:
        name = tag_name(_text(row, "tagName", "name"))
        if name:
            blurb = _blurb(row, tables)[: limits.blurb_length].rstrip()
            yield Tag(name, blurb=blurb or None, synonyms=tuple(_names(row.get("synonyms"))))
    first = tables.questions[0]
    tables.key = key_of({"Id": _id(first, "id"), "CreationDate": str(first.get("creationDate", ""))})
    for row in tables.questions:
        yield _question(row, tables, limits)
    orphans = sum(map(len, tables.answers.values()))
    if orphans or tables.strange:
        yield Problem(f"{orphans + tables.strange:,} rows", "answers without a question, or no objects")


def _blurb(row: Item, tables: _Tables) -> str:
    for key in ("excerptPostId", "wikiPostId"):
        if wiki := tables.wikis.get(_id(row, key)):
            return printable(_body(wiki, None).text)
    return printable(_text(row, "excerpt", "description"))


def _question(row: Item, tables: _Tables, limits: Limits) -> Question | Problem:
    number = _id(row, "id", "questionId")
    title = printable(_text(row, "title"))[: limits.title_length].rstrip()
    url = _text(row, "webUrl", "link", "url") or None
    site = site_of(url)
    inside = row.get("answers")
    answers = [*tables.answers.pop(number, ()), *_objects(inside)]
    if not title or not number:
        return Problem(f"post {printable(number)[:20] or 'without id'}", "no title" if number else "no id")
    key = site or tables.key
    body = _body(row, url)
    accepted = _id(row, "acceptedAnswerId")
    told = tuple(_answer(answer, accepted, key, url, tables) for answer in answers)
    own_id = question_id(url) or f"{key}:{number}"
    links = [*_links(number, key, tables), *linked_questions([body, *(a.body for a in told)], own_id)]
    names = row.get("tags")
    return Question(
        id=own_id,
        title=title,
        body=body,
        tags=tuple(Tag(name) for name in dict.fromkeys(_names(names)))[: limits.tags],
        answers=told,
        comments=_comments(row, number, key, tables),
        author=_author(row, tables),
        created=_time(row, "creationDate"),
        updated=_time(row, "lastEditDate"),
        score=_number(row, "score"),
        views=_number(row, "viewCount"),
        url=url,
        site=site,
        closed="closed" if row.get("closedDate") or row.get("isClosed") else None,
        links=tuple(dict.fromkeys(links)),
        answer_count=_number(row, "answerCount"),
        comment_count=_number(row, "commentCount"),
    )


def _answer(row: Item, accepted: str, key: str, url: str | None, tables: _Tables) -> Answer:
    number = _id(row, "id", "answerId")
    return Answer(
        id=f"{key}:{number}",
        body=_body(row, url),
        author=_author(row, tables),
        created=_time(row, "creationDate"),
        updated=_time(row, "lastEditDate"),
        score=_number(row, "score"),
        accepted=row.get("isAccepted") is True or (bool(accepted) and accepted == number),
        comments=_comments(row, number, key, tables),
        comment_count=_number(row, "commentCount"),
    )


def _comments(row: Item, number: str, key: str, tables: _Tables) -> tuple[Comment, ...]:
    rows = [*tables.comments.pop(number, ()), *_objects(row.get("comments"))]
    return tuple(
        Comment(
            id=f"{key}:{_id(comment, 'id', 'commentId')}",
            body=_body(comment, None),
            author=_author(comment, tables),
            created=_time(comment, "creationDate"),
            score=_number(comment, "score"),
        )
        for comment in rows
        if not comment.get("deletionDate")
    )


def _links(number: str, key: str, tables: _Tables) -> Iterator[Link]:
    for row in tables.links.pop(number, ()):
        kind = LINKS.get(str(row.get("linkType") or row.get("linkTypeId") or "").lower())
        target = _id(row, "relatedPostId")
        if kind and target and target != number:
            yield Link(f"{key}:{target}", kind)


def _body(row: Item, url: str | None) -> Body:
    """The body of a post or a comment: its HTML, or the Markdown that it was written in."""
    html = _text(row, "body", "bodyHtml")
    return body_from_html(html, base_url=url) if html else body_from_text(_text(row, "bodyMarkdown", "text"))


def _author(row: Item, tables: _Tables) -> str | None:
    owner = row.get("owner")
    name = _text(owner, "name", "displayName") if isinstance(owner, Mapping) else ""
    name = name or tables.names.get(_id(row, "ownerUserId", "userId"), "")
    return printable(name or _text(row, "ownerDisplayName", "userDisplayName")) or None


def _names(value: object) -> Iterator[str]:
    """Names of tags: a list of names or of objects, `<a><b>`, `|a|b|`."""
    parts: Sequence[object] = (
        value if isinstance(value, list) else _TAGS.split(value) if isinstance(value, str) else ()
    )
    for part in parts:
        name = tag_name(_text(part, "name", "tagName") if isinstance(part, Mapping) else str(part))
        if name:
            yield name


def _objects(value: object) -> list[Item]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _text(row: Item, *keys: str) -> str:
    return next((row[key] for key in keys if isinstance(row.get(key), str) and row[key]), "")


def _id(row: Item, *keys: str) -> str:
    """The first of the values that is a number or a text; "" where none is."""
    values = (row.get(key) for key in keys)
    return next(
        (printable(str(v))[:100] for v in values if isinstance(v, (int, str)) and v is not True and v), ""
    )


def _number(row: Item, key: str) -> int | None:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time(row: Item, key: str) -> datetime | None:
    """A time in ISO 8601, or in seconds since 1970."""
    value = row.get(key)
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC).replace(microsecond=0)
        told = datetime.fromisoformat(value) if isinstance(value, str) else None
        return told and told.replace(tzinfo=told.tzinfo or UTC, microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # no time, or one outside of the calendar
        return None
