"""Records to the rows of the schema, and back. Pure.

A row is a tuple in the order of its columns, which are named here once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from .records import Answer, Body, Comment, Link, Question, Tag

Row = tuple[Any, ...]

QUESTION = (
    "id",
    "title",
    "body_text",
    "body_html",
    "author",
    "created",
    "updated",
    "score",
    "views",
    "url",
    "site",
    "closed",
    "answer_count",
    "comment_count",
    "source",
    "reader",
)
ANSWER = (
    "question_id",
    "id",
    "position",
    "body_text",
    "body_html",
    "author",
    "created",
    "updated",
    "score",
    "accepted",
    "comment_count",
)
COMMENT = (
    "question_id",
    "answer_id",
    "id",
    "position",
    "body_text",
    "body_html",
    "author",
    "created",
    "score",
)
QUESTION_TAG = ("question_id", "tag", "position")
LINK = ("question_id", "target", "kind", "position")


def question_row(question: Question) -> Row:
    """Return the row of `questions`, without its revision."""
    body = question.body
    return (
        question.id,
        question.title,
        body.text if body is not None else None,
        body.html if body is not None else None,
        question.author,
        time_text(question.created),
        time_text(question.updated),
        question.score,
        question.views,
        question.url,
        question.site,
        question.closed,
        question.answer_count,
        question.comment_count,
        question.source,
        question.reader,
    )


def answer_rows(question: Question) -> Iterator[Row]:
    """Yield the rows of `answers`."""
    for position, answer in enumerate(question.answers):
        yield (
            question.id,
            answer.id,
            position,
            answer.body.text,
            answer.body.html,
            answer.author,
            time_text(answer.created),
            time_text(answer.updated),
            answer.score,
            answer.accepted,
            answer.comment_count,
        )


def comment_rows(question: Question) -> Iterator[Row]:
    """Yield the rows of `comments`: the question's own, then its answers'."""
    parents = [(None, question.comments), *((answer.id, answer.comments) for answer in question.answers)]
    for answer_id, comments in parents:
        for position, comment in enumerate(comments):
            yield (
                question.id,
                answer_id,
                comment.id,
                position,
                comment.body.text,
                comment.body.html,
                comment.author,
                time_text(comment.created),
                comment.score,
            )


def tag_rows(question: Question) -> Iterator[Row]:
    """Yield the rows of `question_tags`."""
    for position, tag in enumerate(question.tags):
        yield question.id, tag.name, position


def link_rows(question: Question) -> Iterator[Row]:
    """Yield the rows of `links`."""
    for position, link in enumerate(question.links):
        yield question.id, link.target, link.kind, position


def question_of(
    row: Row,
    tags: tuple[Tag, ...],
    answers: tuple[Answer, ...],
    comments: tuple[Comment, ...],
    links: tuple[Link, ...],
) -> Question:
    """Return the question of a `questions` row and of what belongs to it."""
    id, title, text, html, author, created, updated, score, views, url, site, closed, *rest = row
    answer_count, comment_count, source, reader = rest
    return Question(
        id=id,
        title=title,
        body=Body(text, html) if text is not None else None,
        tags=tags,
        answers=answers,
        comments=comments,
        author=author,
        created=time_of(created),
        updated=time_of(updated),
        score=score,
        views=views,
        url=url,
        site=site,
        closed=closed,
        links=links,
        answer_count=answer_count,
        comment_count=comment_count,
        source=source,
        reader=reader,
    )


def answer_of(row: Row, comments: tuple[Comment, ...]) -> Answer:
    """Return the answer of an `answers` row."""
    _, id, _, text, html, author, created, updated, score, accepted, comment_count = row
    return Answer(
        id=id,
        body=Body(text, html),
        author=author,
        created=time_of(created),
        updated=time_of(updated),
        score=score,
        accepted=bool(accepted) if accepted is not None else None,
        comments=comments,
        comment_count=comment_count,
    )


def comment_of(row: Row) -> Comment:
    """Return the comment of a `comments` row."""
    _, _, id, _, text, html, author, created, score = row
    return Comment(id=id, body=Body(text, html), author=author, created=time_of(created), score=score)


def time_text(when: datetime | None) -> str | None:
    """Return a time as `2012-06-27T13:51:36Z`."""
    if when is None:
        return None
    return (when if when.tzinfo is UTC else when.astimezone(UTC)).isoformat()[:-6] + "Z"


def time_of(text: str | None) -> datetime | None:
    """Return the time, None for None; `sqlite3.DataError` where a damaged or edited file holds none."""
    return known_time(text) if text is not None else None


def known_time(text: str) -> datetime:
    """Return the time; `sqlite3.DataError` where there is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise sqlite3.DataError(f"{text[:40]!r} is no time") from error
