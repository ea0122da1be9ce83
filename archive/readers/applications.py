"""Reader of pages by the JSON that their application starts from, by the tables in `engines/`.

Such a page may hold no text besides, or less than its JSON. Replies to a reply are comments; what was deleted
is none, and replies to it are told in its stead.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from ..body import body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page
from ..records import Answer, Body, Comment, Question, Tag, distinct, printable, tag_name, text_id
from . import threads
from .addresses import linked_questions, question_id, site_of
from .application import Application
from .asking import asks
from .dates import FIRST_YEAR
from .engines import APPLICATIONS
from .html import base_address, looks_like_html, page_address, parse
from .json_page import head_of, json_of
from .paths import Path, found, resources_of
from .posts import RECORD_LENGTH
from .rich_text import html_of
from .schema_org import bodies_of, id_of_text
from .scripts import inner_value, values_in
from .signs import holds_all
from .things import address, body_of_string, count, moment
from .unite import beyond, unite

NAME = "applications"

DELETED = frozenset({"[deleted]", "[removed]"})
"""What stands for a text or an author that is no more."""

_Objects: TypeAlias = "list[dict[str, Any]]"
_RICH = ('{"sections"', '{"document"')
_NAME_PARTS = ("givenName", "familyName")
_SECONDS = 10**11
"""Above it a time is not told in seconds, above a thousand times it not in thousandths."""


def sniff(page: Page) -> float:
    """Return how sure it is that the page has such JSON: looks for the applications' signs in its bytes."""
    return 0.85 if next(_signed(page), None) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the question of the page; raise `PageRejected` where there is none."""
    soup = parse(page, limits) if looks_like_html(page) else None
    for application in _signed(page):
        if soup is None:
            values, own, base = [json_of(page, limits)], page.address, page.address
        else:
            values = [*values_in(soup, application.where, application.behind, limits)]
            own = page_address(soup) or page.address
            base = base_address(soup, own)
        question = _Told(values, application, own, base, limits).question()
        if question:
            yield _with_shown(question, page, limits) if application.shown_too else question
            return
    raise PageRejected("not a Q&A page: it bears the name of an application, and has no question of it")


def _with_shown(question: Question, page: Page, limits: Limits) -> Question:
    """Return the question with what the markup of its page shows besides."""
    try:
        shown = [one for one in threads.read(page, limits) if isinstance(one, Question)]
    except PageRejected:  # no markup, or none that is understood
        return question
    return unite([question, *shown])[0]


def _signed(page: Page) -> Iterator[Application]:
    """Yield the applications of which the page has all signs."""
    is_html = looks_like_html(page)
    if not is_html and not head_of(page).startswith(("{", "[")):
        return
    for application in APPLICATIONS:
        if bool(application.where) == is_html and holds_all(page, application.signs):
            yield application


class _Told:
    """Makes a question of what the values of one page tell."""

    def __init__(
        self, values: list[Any], application: Application, own: str | None, base: str | None, limits: Limits
    ) -> None:
        self._values, self._told, self._limits = values, application, limits
        self._url, self._base = own, base
        self._resources = resources_of(values, application.resources)
        self._spent = 0

    def question(self) -> Question | None:
        """Return the question; None where the values hold none."""
        told = self._told
        answers = self._all(told.answers)
        asking = self._asked(self._all(told.question), answers)
        if asking is None:
            return None
        accepted = self._first(asking, told.accepted)
        title, body = self._title(asking), self._body(asking, told.question_body)
        if not told.asks and accepted is None and not asks(title, body.text if body else ""):
            raise PageRejected("not a Q&A page: a thread that asks nothing")
        url = self._url or self._address(asking)
        records = self._answers(self._answers_to(asking, answers), accepted)
        question = Question(
            id=question_id(url) or id_of_text(title, body, site_of(url)),
            title=title,
            body=body,
            tags=tuple(self._tags(asking)),
            answers=records,
            author=self._author(asking),
            created=_time(self._first(asking, told.created)),
            updated=self._updated(asking),
            score=_score(self._first(asking, told.score)),
            views=_number(self._first(asking, told.views)),
            url=url,
            site=site_of(url),
            closed="closed" if self._first(asking, told.closed) in (True, "CLOSED") else None,
            answer_count=beyond(len(records), self._stated_answers(asking)),
            comment_count=beyond(0, _number(self._first(asking, told.comment_count))),
            reader=told.name,
        )
        return replace(question, links=tuple(linked_questions(bodies_of(question), question.id)))

    def _found(self, value: Any, path: Path) -> Iterator[Any]:
        return found(value, path, self._resources, self._limits)

    def _first(self, value: Any, path: Path) -> Any:
        return next(self._found(value, path), None)

    def _key(self, one: dict[str, Any], path: Path) -> str | int | None:
        """Return the id that a path leads to; None where it leads to none."""
        value = self._first(one, path)
        return value if isinstance(value, (str, int)) else None

    def _stated_answers(self, asking: dict[str, Any]) -> int | None:
        posts = _number(self._first(asking, self._told.posts))
        return posts - 1 if posts else _number(self._first(asking, self._told.answer_count))

    def _all(self, path: Path) -> _Objects:
        """Return the objects that a path finds in the values, each id once."""
        objects: dict[Any, dict[str, Any]] = {}
        for value in self._values:
            for one in self._found(value, path):
                if isinstance(one, dict) and isinstance(id := self._first(one, self._told.id), (str, int)):
                    objects.setdefault(id, one)
                    self._require_few(len(objects))
        return list(objects.values())

    def _require_few(self, number: int) -> None:
        if number > self._limits.posts:
            raise PageRejected(f"more than {self._limits.posts:,} posts; a page is read up to that")

    def _asked(self, questions: _Objects, answers: _Objects) -> dict[str, Any] | None:
        """Return the question that the page is about."""
        told = [one for one in questions if self._title(one)]
        named = question_id(self._url)
        for one in told:
            if named and question_id(self._address(one)) == named:
                return one
        numbers = [self._first(answer, self._told.of) for answer in answers] if self._told.of else []
        return max(told, key=lambda one: numbers.count(self._first(one, self._told.id)), default=None)

    def _answers_to(self, asking: dict[str, Any], answers: _Objects) -> _Objects:
        """Return the answers that are to this question, and are not its own post."""
        told = self._told
        own_id, own_post = self._first(asking, told.id), self._first(asking, told.asking)
        to_it = [one for one in answers if not told.of or self._first(one, told.of) in (own_id, None)]
        return [one for one in to_it if own_post is None or self._first(one, told.id) != own_post]

    def _title(self, asking: dict[str, Any]) -> str:
        title = self._first(asking, self._told.title)
        if isinstance(title, str) and title.startswith(_RICH):
            body = self._body(asking, self._told.title)
            title = body.text if body else ""
        if not isinstance(title, str):
            return ""
        title = html.unescape(title) if self._told.escaped else title
        return printable(title)[: self._limits.title_length]

    def _address(self, asking: dict[str, Any]) -> str | None:
        told = self._first(asking, self._told.url)
        return address(str(told), self._told.home) if isinstance(told, (str, int)) else None

    def _answers(self, answers: _Objects, accepted: Any) -> tuple[Answer, ...]:
        """Return the answers, with all replies to them as comments; `accepted` is the id of one of them."""
        records = [
            replace(
                self._answer(one, body, replies),
                accepted=None if accepted is None else self._first(one, self._told.id) == accepted,
            )
            for one, body, replies in self._threads(answers)
        ]
        ids = distinct(answer.id for answer in records)
        return tuple(replace(answer, id=unique) for answer, unique in zip(records, ids, strict=True))

    def _threads(self, answers: _Objects) -> Iterator[tuple[dict[str, Any], Body, _Objects]]:
        """Yield the answers that say something, each with its text and all replies to it, in their order."""
        told = self._told
        known = {self._key(one, told.id) for one in answers}
        below: dict[Any, _Objects] = {}
        for one in sorted(answers, key=self._age) if told.parent else answers:
            above = self._key(one, told.parent)
            below.setdefault(above if above in known else None, []).append(one)
        pending = below.pop(None, [])[::-1]
        while pending:
            one = pending.pop()
            replies = [*below.pop(self._key(one, told.id), []), *self._replies_in(one)]
            body = self._body(one, told.body)
            if body is None:  # deleted: what replies to it stands in its place
                pending += replies[::-1]
            else:
                yield one, body, self._with_replies(replies, below)

    def _with_replies(self, replies: _Objects, below: dict[Any, _Objects]) -> _Objects:
        """Return replies and all that replies to them, each behind what it replies to."""
        all_replies: _Objects = []
        pending = replies[::-1]
        while pending:
            one = pending.pop()
            all_replies.append(one)
            self._require_few(len(all_replies))
            pending += [*below.pop(self._key(one, self._told.id), []), *self._replies_in(one)][::-1]
        return all_replies

    def _replies_in(self, one: dict[str, Any]) -> _Objects:
        return [reply for reply in self._found(one, self._told.replies) if isinstance(reply, dict)]

    def _age(self, one: dict[str, Any]) -> float:
        time = _time(self._first(one, self._told.created))
        return time.timestamp() if time else 0.0

    def _answer(self, one: dict[str, Any], body: Body, replies: _Objects) -> Answer:
        told = self._told
        comments = tuple(self._comments(replies))
        missing = [number for reply in (one, *replies) for number in self._found(reply, told.more_replies)]
        stated = len(comments) + sum(_number(number) or 0 for number in missing)
        return Answer(
            id=self._id(one, body),
            body=body,
            author=self._author(one),
            created=_time(self._first(one, told.created)),
            updated=self._updated(one),
            score=_score(self._first(one, told.score)),
            comments=comments,
            comment_count=beyond(len(comments), stated, _number(self._first(one, told.comment_count))),
        )

    def _comments(self, replies: _Objects) -> Iterator[Comment]:
        told = self._told
        bodies = ((one, self._body(one, told.body)) for one in replies)
        said = [(one, body) for one, body in bodies if body is not None]
        ids = distinct(self._id(one, body) for one, body in said)
        for (one, body), unique in zip(said, ids, strict=True):
            created = _time(self._first(one, told.created))
            score = _score(self._first(one, told.score))
            yield Comment(id=unique, body=body, author=self._author(one), created=created, score=score)

    def _id(self, one: dict[str, Any], body: Body) -> str:
        native = self._first(one, self._told.number or self._told.id)
        named = printable(str(native))[: self._limits.name_length] if isinstance(native, (str, int)) else ""
        return named.rpartition("_")[2] or text_id(body.text)  # "t1_" says what kind of thing it is

    def _body(self, one: dict[str, Any], path: Path) -> Body | None:
        """Return a text of an object; None where it has none, or had one."""
        value = self._first(one, path)
        if isinstance(value, str) and value.startswith(_RICH):
            value = inner_value(value, self._limits)
        if isinstance(value, (dict, list)):
            text = html_of(value)
            self._spend(text)
            body = body_from_html(text, base_url=self._base, limits=self._limits)
        elif isinstance(value, str):
            self._spend(value)
            text = html.unescape(value) if value.startswith("&lt;") else value
            body = body_of_string(text, self._base, self._limits)
        else:
            return None
        return body if (body.text or body.html) and body.text not in DELETED else None

    def _spend(self, text: str) -> None:
        self._spent += len(text) + RECORD_LENGTH
        if self._spent > self._limits.page_text:
            raise PageRejected(f"its texts have more than {self._limits.page_text:,} characters together")

    def _author(self, one: dict[str, Any]) -> str | None:
        told = self._first(one, self._told.author)
        if isinstance(told, dict):
            told = " ".join(str(part) for name in _NAME_PARTS if (part := told.get(name)))
        name = self._line(told)
        return name if name not in DELETED else None

    def _line(self, value: Any) -> str | None:
        return (
            printable(value)[: self._limits.name_length].rstrip() or None if isinstance(value, str) else None
        )

    def _updated(self, one: dict[str, Any]) -> datetime | None:
        updated = _time(self._first(one, self._told.updated))
        return updated if updated != _time(self._first(one, self._told.created)) else None

    def _tags(self, asking: dict[str, Any]) -> Iterator[Tag]:
        told: dict[str, Tag] = {}
        for one in self._found(asking, self._told.tags):
            title = self._line(self._first(one, "name") if isinstance(one, dict) else one) or ""
            name = tag_name(title)
            if name and name not in told and len(told) < self._limits.tags:
                blurb = self._first(one, self._told.blurb)
                line = printable(blurb)[: self._limits.blurb_length] if isinstance(blurb, str) else ""
                told[name] = Tag(name, title if title != title.casefold() else None, line or None)
        yield from told.values()


def _number(value: Any) -> int | None:
    return count(str(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None


def _score(value: Any) -> int | None:
    """Return a score, or how many are in the list of those who like something."""
    return len(value) if isinstance(value, list) else _number(value)


def _time(value: Any) -> datetime | None:
    """Return a time told in ISO 8601, or in seconds, thousandths or millionths of them since 1970."""
    if isinstance(value, str):
        return moment(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < _SECONDS * 10**6:
        return None
    while value >= _SECONDS:
        value /= 1000
    time = datetime.fromtimestamp(int(value), UTC)
    return time if time.year >= FIRST_YEAR else None
