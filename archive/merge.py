"""Make one record of two that tell of the same question. Pure.

One side is the *newer*: `new`, unless both say when they were last edited and `new` was edited earlier.
The newer side's values win, the older side fills its gaps, and nothing that is known is lost. A record
merged with itself is itself, and merging the same record in again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from .records import Answer, Body, Comment, Question, Tag, normalise

Value = TypeVar("Value")
Child = TypeVar("Child", Answer, Comment)

_TEXT_ID = "text:"
"""How an id begins that was made of the text because the page gave none (records.text_id)."""


def merge(old: Question, new: Question) -> Question:
    """Return everything `old` and `new` know about one question; the id is `old`'s."""
    new_wins = _is_newer(new.updated, old.updated, otherwise=True)
    newer, older = (new, old) if new_wins else (old, new)
    answers = _merge_answers(old, new, new_wins)
    comments = _merge_comments(old.comments, new.comments, new_wins)
    return Question(
        id=old.id,
        title=_merge_title(newer, older),
        body=_merge_body(newer.body, older.body) if newer.body and older.body else newer.body or older.body,
        tags=_merge_tags(newer.tags, older.tags),
        answers=answers,
        comments=comments,
        author=_known(newer.author, older.author),
        created=_known(newer.created, older.created),
        updated=_known(newer.updated, older.updated),
        score=_known(newer.score, older.score),
        views=_known(newer.views, older.views),
        url=_known(newer.url, older.url),
        site=_known(newer.site, older.site),
        closed=_known(newer.closed, older.closed),
        links=tuple(dict.fromkeys((*old.links, *new.links))),
        answer_count=stated_count(len(answers), old.answer_count, new.answer_count),
        comment_count=stated_count(len(comments), old.comment_count, new.comment_count),
        source=_known(newer.source, older.source),
        reader=_known(newer.reader, older.reader),
    )


def merge_tag(old: Tag, new: Tag) -> Tag:
    """Return the tag with `new`'s title and blurb where it has them, and the synonyms of both.

    A blurb that is but the beginning of the known one, cut by a list of tags or a tooltip, is no news.
    """
    return Tag(
        name=old.name,
        title=_known(new.title, old.title),
        blurb=_merge_blurb(new.blurb, old.blurb),
        synonyms=tuple(dict.fromkeys((*new.synonyms, *old.synonyms))),
    )


def _merge_blurb(newer: str | None, older: str | None) -> str | None:
    is_cut = newer is not None and newer.endswith(("…", "..."))
    if newer and older and is_cut and older.startswith(newer.rstrip("….").rstrip()):
        return older
    return _known(newer, older)


def stated_count(held: int, *stated: int | None) -> int | None:
    """Return the largest count that pages stated, or None where it is no more than what is `held`."""
    largest = max((count for count in stated if count is not None), default=0)
    return largest if largest > held else None


def _merge_title(newer: Question, older: Question) -> str:
    """Return the newer title, but the older one where only that page has the question's own text.

    A page of answers alone, such as a reply by mail, knows the title by hearsay.
    """
    knows_better = older.body is not None and newer.body is None
    return (older.title or newer.title) if knows_better else (newer.title or older.title)


def _merge_answers(old: Question, new: Question, new_wins: bool) -> tuple[Answer, ...]:
    """Unite the answers; where the newer page marks an accepted one, the marks of the older are off."""
    pairs = _pairs(old.answers, new.answers)
    united = tuple(_merge_answer(first, second, new_wins) for first, second in pairs)
    accepted = {answer.id for answer in (new if new_wins else old).answers if answer.accepted}
    if not accepted:
        return united
    still = [(second if new_wins else first).id in accepted for first, second in pairs]
    return tuple(
        replace(answer, accepted=False) if answer.accepted and not marked else answer
        for answer, marked in zip(united, still, strict=True)
    )


def _merge_answer(old: Answer, new: Answer, page_wins: bool) -> Answer:
    """Merge one answer: its own times of editing tell more than the page's, but not who was accepted."""
    new_wins = _is_newer(new.updated, old.updated, otherwise=page_wins)
    newer, older = (new, old) if new_wins else (old, new)
    comments = _merge_comments(old.comments, new.comments, new_wins)
    return Answer(
        id=_native_id(old.id, new.id),
        body=_merge_body(newer.body, older.body),
        author=_known(newer.author, older.author),
        created=_known(newer.created, older.created),
        updated=_known(newer.updated, older.updated),
        score=_known(newer.score, older.score),
        accepted=_known(new.accepted, old.accepted) if page_wins else _known(old.accepted, new.accepted),
        comments=comments,
        comment_count=stated_count(len(comments), old.comment_count, new.comment_count),
    )


def _merge_comments(
    old: tuple[Comment, ...], new: tuple[Comment, ...], new_wins: bool
) -> tuple[Comment, ...]:
    return tuple(_merge_comment(first, second, new_wins) for first, second in _pairs(old, new))


def _merge_comment(old: Comment, new: Comment, new_wins: bool) -> Comment:
    newer, older = (new, old) if new_wins else (old, new)
    return Comment(
        id=_native_id(old.id, new.id),
        body=_merge_body(newer.body, older.body),
        author=_known(newer.author, older.author),
        created=_known(newer.created, older.created),
        score=_known(newer.score, older.score),
    )


def _merge_tags(newer: Iterable[Tag], older: Iterable[Tag]) -> tuple[Tag, ...]:
    """Unite by name, the newer page's order first."""
    known = {tag.name: tag for tag in older}
    united = {tag.name: merge_tag(known.pop(tag.name, tag), tag) for tag in newer}
    return (*united.values(), *known.values())


def _merge_body(newer: Body, older: Body) -> Body:
    """Return the newer body; the older one's HTML is kept for it only where both say the same."""
    if newer.html is None and older.html is not None and normalise(newer.text) == normalise(older.text):
        return replace(newer, html=older.html)
    return newer


def _pairs(old: tuple[Child, ...], new: tuple[Child, ...]) -> list[tuple[Child, Child]]:
    """Return each child of `old` with its like in `new`, then what only `new` has; the unlike with itself.

    So what is known keeps its place and what is new follows. Alike are two of the same id, and two of the
    same text where only one has a native id: a remark on a page that shows ids and on one that does not.
    """
    by_id = {child.id: child for child in new}
    known = {child.id for child in old}
    by_text: dict[tuple[bool, str], list[Child]] = {}
    for child in new:
        if child.id not in known:
            by_text.setdefault((_is_native(child.id), normalise(child.body.text)), []).append(child)
    pairs = []
    for child in old:
        alike = by_id.pop(child.id, None)
        if alike is None and (same := by_text.get((not _is_native(child.id), normalise(child.body.text)))):
            alike = by_id.pop(same.pop(0).id)
        pairs.append((child, alike or child))
    return pairs + [(child, child) for child in by_id.values()]


def _is_native(id: str) -> bool:
    return not id.startswith(_TEXT_ID)


def _native_id(old: str, new: str) -> str:
    return old if _is_native(old) else new


def _is_newer(when: datetime | None, than: datetime | None, *, otherwise: bool) -> bool:
    """Say whether `when` is the later time; `otherwise` is the answer where the two do not tell."""
    return otherwise if when is None or than is None or when == than else when > than


def _known(newer: Value | None, older: Value | None) -> Value | None:
    return newer if newer is not None else older
