"""JSON items -> records: the way back from items.py, and in from all who use the same names.

A key that is missing is as one that is null; one of a wrong type is a ValueError that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from .body import body_from_html
from .items import EPOCH, Item, one_line
from .records import (
    LINK_KINDS,
    Answer,
    Body,
    Comment,
    Link,
    Question,
    Tag,
    distinct,
    storable,
    tag_name,
    text_id,
)

WHOLE_LIMIT = 2**63
"""A record's whole numbers stand below it and not below its negative: SQLite keeps 64 bits, signed."""

MAX_SHOWN = 40
"""Characters of a wrong value that an error shows: enough to find it, short enough for one line."""

TELLING = ("question_id", "body", "body_text", "answers")
"""An object with a title is a question if it has one of these: many other things have titles."""

T = TypeVar("T")
P = TypeVar("P", Answer, Comment)


def question_from_json(item: Item) -> Question:
    """Return the question that a JSON item holds; missing keys are None or empty.

    A title must be there, and a key of `TELLING`. HTML stays as it is: a reader of foreign items sanitises
    it. Raises ValueError with the key and the reason, in one line.
    """
    title = _text(item, "title")
    if not title:  # missing, null, or nothing that can be kept
        raise ValueError("no title")
    if not any(key in item for key in TELLING):
        raise ValueError(f"not a question: it has none of {', '.join(TELLING)}")
    extras = _object(item, "askive")
    url = _name(item, "link")
    site = _name(extras, "site") if "site" in extras else _host(url)
    body = _body(item, url)
    answers = _answers(item, url)
    comments = _comments(item, url)
    return Question(
        id=_question_id(item, site) or text_id(f"{title}\n{body.text if body else ''}"),
        title=title,
        body=body,
        tags=_tags(item, extras),
        answers=answers,
        comments=comments,
        author=_author(item),
        created=_time(item, "creation_date"),
        updated=_time(item, "last_edit_date"),
        score=_whole(item, "score"),
        views=_whole(item, "view_count"),
        url=url,
        site=site,
        closed=_name(item, "closed_reason"),
        links=tuple(_each(extras, "links", _link_from_json)),
        answer_count=_stated(item, "answer_count", answers),
        comment_count=_stated(item, "comment_count", comments),
        source=_name(extras, "source"),
        reader=_name(extras, "reader"),
    )


def _question_id(item: Item, site: str | None) -> str | None:
    """The id: text as it stands; a number belongs to its site, and says nothing without one."""
    native = item.get("question_id")
    if isinstance(native, int) and not isinstance(native, bool):
        return f"{site}:{native}" if site else None
    return _name(item, "question_id")


def _answers(item: Item, url: str | None) -> tuple[Answer, ...]:
    accepted = _id(item, "accepted_answer_id")

    def read(part: Item) -> Answer:
        body = _body(part, url) or Body("")
        own_id = _id(part, "answer_id") or text_id(body.text)
        comments = _comments(part, url)
        flag = _flag(part, "is_accepted")
        return Answer(
            id=own_id,
            body=body,
            author=_author(part),
            created=_time(part, "creation_date"),
            updated=_time(part, "last_edit_date"),
            score=_whole(part, "score"),
            accepted=True if flag is None and own_id == accepted else flag,
            comments=comments,
            comment_count=_stated(part, "comment_count", comments),
        )

    return _kept_apart(_each(item, "answers", read))


def _comments(item: Item, url: str | None) -> tuple[Comment, ...]:
    def read(part: Item) -> Comment:
        body = _body(part, url) or Body("")
        return Comment(
            id=_id(part, "comment_id") or text_id(body.text),
            body=body,
            author=_author(part),
            created=_time(part, "creation_date"),
            score=_whole(part, "score"),
        )

    return _kept_apart(_each(item, "comments", read))


def _kept_apart(parts: Iterable[P]) -> tuple[P, ...]:
    """The parts with ids that are unique among them."""
    held = tuple(parts)
    return tuple(
        part if part.id == own_id else replace(part, id=own_id)
        for part, own_id in zip(held, distinct(part.id for part in held), strict=True)
    )


def _tags(item: Item, extras: Item) -> tuple[Tag, ...]:
    """The tags named by the item, each with what `askive.tags` says of it; one only described is one too."""
    described = {tag.name: tag for tag in _each(extras, "tags", _tag_from_json)}
    names = dict.fromkeys([tag_name(name) for name in _strings(item, "tags")] + list(described))
    return tuple(described.get(name) or Tag(name) for name in names if name)


def _tag_from_json(part: Item) -> Tag:
    return Tag(
        name=tag_name(_text(part, "name") or ""),
        title=_name(part, "title"),
        blurb=_name(part, "blurb"),
        synonyms=tuple(_strings(part, "synonyms")),
    )


def _link_from_json(part: Item) -> Link:
    target, kind = _name(part, "target"), part.get("kind")
    if target is None:
        raise ValueError("no target")
    for known in LINK_KINDS:
        if kind == known:
            return Link(target, known)
    raise ValueError(f"kind is {shown(kind)}, not one of {', '.join(LINK_KINDS)}")


def _body(item: Item, url: str | None) -> Body | None:
    """The text and the HTML as they stand; the text is made of the HTML where there is only that."""
    html, text = _text(item, "body"), _text(item, "body_text")
    if text is None:
        return None if html is None else body_from_html(html, base_url=url)
    return Body(text, html)


def _author(item: Item) -> str | None:
    return _name(_object(item, "owner"), "display_name")


def _host(url: str | None) -> str | None:
    """The host of an address without "www.", as the readers of pages call a site."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:  # a broken IPv6 address
        return None
    return host.removeprefix("www.") if host else None


def _stated(item: Item, key: str, held: Sequence[object]) -> int | None:
    """How many parts the item says there are, where that is more than it holds."""
    stated = _whole(item, key)
    return stated if stated is not None and stated > len(held) else None


# Values of one key: None where it is missing or null, ValueError where it is of another type


def _text(item: Item, key: str) -> str | None:
    value = item.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} is {shown(value)}, not text")
    return storable(value)


def _name(item: Item, key: str) -> str | None:
    """A text of which an empty one says nothing."""
    return _text(item, key) or None


def _id(item: Item, key: str) -> str | None:
    value = item.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(_whole(item, key))
    return _name(item, key)


def _whole(item: Item, key: str) -> int | None:
    value = item.get(key)
    if value is None:
        return None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole:
        raise ValueError(f"{key} is {shown(value)}, not a whole number")
    if not -WHOLE_LIMIT <= value < WHOLE_LIMIT:
        raise ValueError(f"{key} is out of range")
    return int(value)


def _flag(item: Item, key: str) -> bool | None:
    value = item.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(f"{key} is {shown(value)}, not true, false or null")


def _time(item: Item, key: str) -> datetime | None:
    """Seconds since 1970, or ISO 8601; a time without a zone is UTC."""
    value = item.get(key)
    if isinstance(value, str):
        return _iso_time(value, key) if value else None
    seconds = _whole(item, key)
    if seconds is None:
        return None
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{key} is no time in seconds: {shown(value)}") from error


def _iso_time(text: str, key: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.strip())
        zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{key} is no date: {shown(text)}") from error


def _object(item: Item, key: str) -> Item:
    value = item.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{key} is {shown(value)}, not an object")
    return value


def _list(item: Item, key: str) -> Sequence[Any]:
    value = item.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"{key} is {shown(value)}, not a list")
    return value


def _strings(item: Item, key: str) -> list[str]:
    values = _list(item, key)
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{key} holds {shown(value)}, not text")
    return [storable(value) for value in values]


def _each(item: Item, key: str, read: Callable[[Item], T]) -> list[T]:
    """Read every object of a list; what is wrong with one is told with its place in the list."""
    found = []
    for n, part in enumerate(_list(item, key)):
        if not isinstance(part, Mapping):
            raise ValueError(f"{key}[{n}] is {shown(part)}, not an object")
        try:
            found.append(read(part))
        except ValueError as error:
            raise ValueError(f"{key}[{n}]: {error}") from error
    return found


def shown(value: object) -> str:
    """Return a value as an error shows it: JSON, one line, not long."""
    if isinstance(value, (list, Mapping)):
        return "a list" if isinstance(value, list) else "an object"
    text = one_line(value) if not isinstance(value, float) else repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
