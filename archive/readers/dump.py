"""Reader of Stack Exchange data dumps: a `Posts.xml` by itself, or a part of a dump with all its tables.

Parts are what `archive/dump.py` makes of a dump of any size: whole questions, each with its answers, the
comments and links of both, and the names of those who wrote them, as rows of the dump's own tables.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..body import body_from_html, body_from_text
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Comment, Link, LinkKind, Question, Tag, printable, tag_name
from .addresses import linked_questions
from .decoding import decode
from .dump_rows import BrokenRow, Row, Torn, attributes, rows

NAME = "stackexchange_dump"

HEAD_BYTES = 4096
"""How much of a page `sniff` looks at: the first row begins within 100 bytes, beside comments."""

QUESTION, ANSWER, EXCERPT, WIKI = "1", "2", "4", "5"
"""The kinds of posts that records are made of, by `PostTypeId`."""

LINKS: Mapping[str, LinkKind] = {"1": "linked", "3": "duplicate"}
"""The kinds of links, by `LinkTypeId`."""

MAX_BROKEN = 100
"""Rows that are told as problems of one part, each by itself; behind them a page is not worth a list."""

Values = Mapping[str, str]
"""The attributes of a row."""

_FIRST = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}\?>)?\s*(?:<!--.{0,1000}?-->\s*)?"
    r"<(dump|posts|comments|users|tags|postlinks|badges|posthistory|votes)\b([^<>]{0,500})>",
    re.IGNORECASE | re.DOTALL,
)
_SITE = re.compile(r'\bsite="([^"<>]{1,200})"')
_KEY = re.compile(r'\bkey="([^"<>]{1,200})"')
_PATH_PARTS = re.compile(r"[/\\!#:]+")
_ENDINGS = re.compile(r"(?:\.(?:7z|bz2|gz|tar|tgz|xml|xz|zip|zst)|[-_.]?Posts)+\Z", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.){1,4}(?:com|net|org)", re.IGNORECASE)
_TAGS = re.compile(r"[<>|]+")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


@dataclass(slots=True)
class _Tables:
    """The rows of a page, by what they belong to; rows of each in their order."""

    questions: list[Values] = field(default_factory=list)
    answers: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    comments: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    links: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict)
    tags: list[Values] = field(default_factory=list)
    wikis: dict[str, Values] = field(default_factory=dict)
    first: Values | None = None
    broken: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Origin:
    """The site of a dump where it is known, and what its ids begin with."""

    site: str | None
    key: str

    @property
    def base(self) -> str | None:
        return f"https://{self.site}/" if self.site else None

    def id(self, number: str) -> str:
        return f"{self.key}:{number}"


def sniff(page: Page) -> float:
    """Return how sure the first element is that this is a table of a dump."""
    match = _FIRST.match(decode(page.data[:HEAD_BYTES]))
    return 0.95 if match and b"row" in page.data[:HEAD_BYTES].replace(b"\0", b"") else 0.0


def table_of(head: bytes) -> str | None:
    """Return the table, in small letters, that a file which begins like this is; None where it is none."""
    match = _FIRST.match(decode(head[:HEAD_BYTES]))
    return match[1].lower() if match else None


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the tags and the questions of the page, and a `Problem` for what is broken or has no question.

    Raises `PageRejected` where it has no posts, or is larger than what is read in memory.
    """
    if len(page.data) > limits.dump_bytes:
        raise PageRejected(
            f"{len(page.data):,} bytes; in memory a dump is read up to {limits.dump_bytes:,} bytes: "
            "ingest its folder"
        )
    head = _FIRST.match(decode(page.data[:HEAD_BYTES]))
    tables = _tables(rows([page.data], head[1].lower() if head else "posts", limits))
    if not (tables.first or tables.tags):
        raise PageRejected(_without_posts(head[1].lower() if head else ""))
    origin = _origin(page, head[2] if head else "", tables)
    yield from tables.broken[:MAX_BROKEN]
    yield from _tags(tables, limits)
    for values in tables.questions:
        yield from _question(values, tables, origin, limits)
    yield from _left_over(tables)


def is_deleted(values: Values) -> bool:
    """Tell whether a post was deleted, of which the site's own users see no more."""
    return bool(values.get("DeletionDate"))


def site_of_source(source: str) -> str | None:
    """Return the site that a path names: dumps come in folders and archives that are named after it.

    >>> site_of_source("dumps/coffee.stackexchange.com/Posts.xml")
    'coffee.stackexchange.com'
    """
    for part in reversed(_PATH_PARTS.split(source)[-4:]):
        name = _ENDINGS.sub("", part)
        if _HOST.fullmatch(name):
            return name.lower().removeprefix("www.")
    return None


def key_of(first: Values) -> str:
    """Return what ids begin with in a dump that names no site: made of its first post, which stays."""
    told = f"{first.get('Id', '')} {first.get('CreationDate', '')}"
    return f"dump-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _without_posts(table: str) -> str:
    if table in ("", "dump", "posts"):
        return "a data dump without posts"
    return f"the {table} of a data dump: they are read with its Posts.xml, when its folder is ingested"


def _tables(found: Iterable[Row | Torn]) -> _Tables:
    """Sort the rows of a page."""
    tables = _Tables()
    for number, row in enumerate(found, start=1):
        try:
            if isinstance(row, Torn):
                raise BrokenRow("torn")
            _sort(row.table, attributes(row), tables)
        except BrokenRow as broken:
            if len(tables.broken) < MAX_BROKEN:
                tables.broken.append(Problem(f"row {number}", printable(str(broken))))
    return tables


def _sort(table: str, values: Values, tables: _Tables) -> None:
    if table == "posts":
        tables.first = tables.first or values
        _sort_post(values, tables)
    elif table == "comments":
        tables.comments[values.get("PostId", "")].append(values)
    elif table == "postlinks":
        tables.links[values.get("PostId", "")].append(values)
    elif table == "users":
        tables.names[values.get("Id", "")] = values.get("DisplayName", "")
    elif table == "tags":
        tables.tags.append(values)


def _sort_post(values: Values, tables: _Tables) -> None:
    kind = values.get("PostTypeId")
    if is_deleted(values):
        return
    if kind == QUESTION:
        tables.questions.append(values)
    elif kind == ANSWER:
        tables.answers[values.get("ParentId", "")].append(values)
    elif kind in (EXCERPT, WIKI):
        tables.wikis[values.get("Id", "")] = values


def _origin(page: Page, declared: str, tables: _Tables) -> _Origin:
    site, key = _SITE.search(declared), _KEY.search(declared)
    name = printable(html.unescape(site[1])) if site else site_of_source(page.source)
    own = printable(html.unescape(key[1])) if key else key_of(tables.first or {})
    return _Origin(name or None, name or own)


def _tags(tables: _Tables, limits: Limits) -> Iterator[Tag]:
    """The tags of a dump with their excerpts, or the beginnings of their wikis where they have none."""
    for values in tables.tags:
        name = tag_name(values.get("TagName", ""))
        if name:
            yield Tag(name, blurb=_blurb(values, tables, limits))


def _blurb(values: Values, tables: _Tables, limits: Limits) -> str | None:
    for column in ("ExcerptPostId", "WikiPostId"):
        post = tables.wikis.get(values.get(column, ""))
        text = printable(body_from_html(post.get("Body", "")).text) if post else ""
        if text:
            return text[: limits.blurb_length].rstrip()
    return None


def _question(values: Values, tables: _Tables, origin: _Origin, limits: Limits) -> Iterator[Found]:
    number = values.get("Id", "")
    title = printable(values.get("Title", ""))[: limits.title_length].rstrip()
    answers = tuple(_answers(values, tables, origin))
    comments = tuple(_comments(number, tables, origin))
    if not title or not _WHOLE.fullmatch(number):
        yield Problem(f"question {printable(number)[:20] or 'without Id'}", "no title" if number else "no Id")
        return
    body = _body(values, origin)
    links = _links(number, tables, origin)
    told = [body, *(answer.body for answer in answers)]
    links |= dict.fromkeys(linked_questions(told, origin.id(number)))
    yield Question(
        id=origin.id(number),
        title=title,
        body=body,
        tags=_tags_of(values, limits),
        answers=answers,
        comments=comments,
        author=_author(values, "Owner", tables, limits),
        created=_time(values, "CreationDate"),
        updated=_time(values, "LastEditDate"),
        score=_number(values, "Score"),
        views=_number(values, "ViewCount"),
        url=f"{origin.base}questions/{number}" if origin.base else None,
        site=origin.site,
        closed=_closed(values, links),
        links=tuple(links),
        answer_count=_number(values, "AnswerCount"),
        comment_count=_number(values, "CommentCount"),
    )


def _answers(question: Values, tables: _Tables, origin: _Origin) -> Iterator[Answer]:
    """The answers of a question, the accepted one marked where the dump says which it is."""
    accepted = question.get("AcceptedAnswerId")
    for values in tables.answers.pop(question.get("Id", ""), ()):
        number = values.get("Id", "")
        yield Answer(
            id=origin.id(number),
            body=_body(values, origin),
            author=_author(values, "Owner", tables, LIMITS),
            created=_time(values, "CreationDate"),
            updated=_time(values, "LastEditDate"),
            score=_number(values, "Score"),
            accepted=number == accepted,
            comments=tuple(_comments(number, tables, origin)),
            comment_count=_number(values, "CommentCount"),
        )


def _comments(post: str, tables: _Tables, origin: _Origin) -> Iterator[Comment]:
    for values in tables.comments.pop(post, ()):
        if not is_deleted(values):
            yield Comment(
                id=origin.id(values.get("Id", "")),
                body=body_from_text(values.get("Text", "")),
                author=_author(values, "", tables, LIMITS),
                created=_time(values, "CreationDate"),
                score=_number(values, "Score"),
            )


def _links(number: str, tables: _Tables, origin: _Origin) -> dict[Link, None]:
    """The links of a question, each once; archives look at them from both sides."""
    links: dict[Link, None] = {}
    for values in tables.links.pop(number, ()):
        kind, target = LINKS.get(values.get("LinkTypeId", "")), values.get("RelatedPostId", "")
        if kind and _WHOLE.fullmatch(target) and target != number:
            links[Link(origin.id(target), kind)] = None
    return links


def _closed(values: Values, links: Iterable[Link]) -> str | None:
    """Why a question is closed: a dump has no reasons in its posts, but of duplicates it has the links."""
    if not values.get("ClosedDate"):
        return None
    return "duplicate" if any(link.kind == "duplicate" for link in links) else "closed"


def _left_over(tables: _Tables) -> Iterator[Problem]:
    """One problem for all answers that have no question here."""
    numbers = [values.get("Id", "") for answers in tables.answers.values() for values in answers]
    if numbers:
        some = ", ".join(printable(number)[:20] for number in numbers[:3])
        more = f" and {len(numbers) - 3:,} more" if len(numbers) > 3 else ""
        yield Problem(f"answers {some}{more}", "their questions are not in the dump")


def _body(values: Values, origin: _Origin) -> Body:
    return body_from_html(values.get("Body", ""), base_url=origin.base)


def _tags_of(values: Values, limits: Limits) -> tuple[Tag, ...]:
    """The tags of a question: `<a><b>` in the dumps up to 2023, `|a|b|` since."""
    names = (tag_name(name) for name in _TAGS.split(values.get("Tags", "")))
    return tuple(Tag(name) for name in dict.fromkeys(filter(None, names)))[: limits.tags]


def _author(values: Values, role: str, tables: _Tables, limits: Limits) -> str | None:
    """The name of who wrote: that of a user, or the one that was kept when the user was deleted."""
    name = tables.names.get(values.get(f"{role}UserId", "")) or values.get(
        f"{role}DisplayName" if role else "UserDisplayName", ""
    )
    return printable(name)[: limits.name_length].rstrip() or None


def _number(values: Values, column: str) -> int | None:
    text = values.get(column, "")
    return int(text) if _WHOLE.fullmatch(text) else None


def _time(values: Values, column: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(values.get(column, ""))
    except ValueError:
        return None
    if told.tzinfo is None:
        return told.replace(tzinfo=UTC, microsecond=0)
    try:
        return told.replace(microsecond=0).astimezone(UTC)
    except OverflowError:  # a zone that leads out of the calendar
        return None
