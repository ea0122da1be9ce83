"""Make of any record one that can be kept. Pure.

Readers hand over well-formed records; this is the one gate that makes sure of it, before they go into the
store. What cannot be stored is left out: NUL, lone surrogates, numbers beyond 64 bits, empty values.
Siblings are told apart, and a stated count stays only where it says more than is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from .merge import merge_tag, stated_count
from .records import Answer, Body, Comment, Link, Question, Tag, distinct, storable, text_id

Child = TypeVar("Child", Answer, Comment)

LARGEST_NUMBER = 2**63 - 1
"""SQLite's integers have 64 bits."""


def tidy(question: Question) -> Question:
    """Return the question as it can be kept; tidying again changes nothing."""
    answers = _siblings(map(_tidy_answer, question.answers))
    comments = _siblings(map(_tidy_comment, question.comments))
    return Question(
        id=storable(question.id) or text_id(question.title),
        title=storable(question.title),
        body=_tidy_body(question.body) if question.body is not None else None,
        tags=_tidy_tags(question.tags),
        answers=answers,
        comments=comments,
        author=_text(question.author),
        created=_time(question.created),
        updated=_time(question.updated),
        score=_number(question.score),
        views=_number(question.views),
        url=_text(question.url),
        site=_text(question.site),
        closed=_text(question.closed),
        links=_tidy_links(question.links),
        answer_count=stated_count(len(answers), _number(question.answer_count)),
        comment_count=stated_count(len(comments), _number(question.comment_count)),
        source=_text(question.source),
        reader=_text(question.reader),
    )


def tidy_tag(tag: Tag) -> Tag:
    """Return the tag as it can be kept; its name is empty where nothing of it can."""
    synonyms = dict.fromkeys(storable(synonym) for synonym in tag.synonyms)
    return Tag(storable(tag.name), _text(tag.title), _text(tag.blurb), tuple(filter(None, synonyms)))


def _tidy_answer(answer: Answer) -> Answer:
    comments = _siblings(map(_tidy_comment, answer.comments))
    return Answer(
        id=storable(answer.id) or text_id(answer.body.text),
        body=_tidy_body(answer.body),
        author=_text(answer.author),
        created=_time(answer.created),
        updated=_time(answer.updated),
        score=_number(answer.score),
        accepted=answer.accepted,
        comments=comments,
        comment_count=stated_count(len(comments), _number(answer.comment_count)),
    )


def _tidy_comment(comment: Comment) -> Comment:
    return Comment(
        id=storable(comment.id) or text_id(comment.body.text),
        body=_tidy_body(comment.body),
        author=_text(comment.author),
        created=_time(comment.created),
        score=_number(comment.score),
    )


def _tidy_body(body: Body) -> Body:
    return Body(storable(body.text), _text(body.html))


def _tidy_tags(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    united: dict[str, Tag] = {}
    for tag in map(tidy_tag, tags):
        if tag.name:
            united[tag.name] = merge_tag(united.get(tag.name, tag), tag)
    return tuple(united.values())


def _tidy_links(links: Iterable[Link]) -> tuple[Link, ...]:
    tidied = dict.fromkeys(Link(storable(link.target), link.kind) for link in links)
    return tuple(link for link in tidied if link.target)


def _siblings(children: Iterable[Child]) -> tuple[Child, ...]:
    """Return the children with ids that tell them apart."""
    family = list(children)
    ids = distinct(child.id for child in family)
    return tuple(
        child if child.id == id else replace(child, id=id) for child, id in zip(family, ids, strict=True)
    )


def _text(text: str | None) -> str | None:
    return storable(text) or None if text is not None else None


def _number(number: int | None) -> int | None:
    return number if number is not None and -LARGEST_NUMBER <= number <= LARGEST_NUMBER else None


def _time(when: datetime | None) -> datetime | None:
    """Return whole seconds in UTC; a time without a zone is taken to be in it already."""
    if when is None:
        return None
    try:
        return when.replace(tzinfo=when.tzinfo or UTC, microsecond=0).astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, in another zone
        return None
