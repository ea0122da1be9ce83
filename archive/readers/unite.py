"""One question told twice on one page, as JSON-LD and as microdata say, becomes one record again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from ..records import Answer, Body, Comment, Question

BEGINNING = 48
"""Letters by which two texts of one page are known as the same. Shorter, and replies that begin with the same
quotation fall together; longer, and the excerpts that forums put into their JSON-LD are not recognised."""

TELLINGS = 4
"""How often one question is told on a page, at most: as JSON-LD, microdata and RDFa, and one to spare.
What is told more often is told to multiply the work."""

P = TypeVar("P", Answer, Comment)
T = TypeVar("T")


def unite(questions: Iterable[Question]) -> list[Question]:
    """Return the questions in their order, those with the same id or the same title united."""
    united: list[Question] = []
    tellings: list[int] = []
    by_id: dict[str, int] = {}
    by_title: dict[str, int] = {}
    for question in questions:
        place = by_id.get(question.id)
        if place is None:
            place = by_title.get(letters(question.title))
            if place is not None and not _may_be_same(united[place], question):
                place = None
        if place is None or tellings[place] == TELLINGS:
            place = len(united)
            united.append(question)
            tellings.append(1)
        else:
            united[place] = _united(united[place], question)
            tellings[place] += 1
        by_id.setdefault(question.id, place)
        by_title.setdefault(letters(question.title), place)
    return united


def letters(text: str) -> str:
    """Return the letters and digits of a text, folded; the text itself where it has none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum()) or text


def beginning(text: str) -> str:
    """Return the first letters of a text, by which it is known again."""
    return letters(text[: BEGINNING * 8])[:BEGINNING]


def _may_be_same(first: Question, second: Question) -> bool:
    """Two ids that their site gave are two questions, even under one title."""
    return first.id.startswith("text:") or second.id.startswith("text:")


def _united(first: Question, second: Question) -> Question:
    """Return what both say; where they differ, what `first` says, but the fuller body."""
    answers = _parts(first.answers, second.answers)
    if any(answer.accepted for answer in answers):  # what one telling leaves open, the other has decided
        answers = tuple(replace(a, accepted=False) if a.accepted is None else a for a in answers)
    comments = _parts(first.comments, second.comments)
    known = {tag.name for tag in first.tags}
    return replace(
        first,
        id=second.id if first.id.startswith("text:") else first.id,
        body=_fuller(first.body, second.body),
        tags=first.tags + tuple(tag for tag in second.tags if tag.name not in known),
        answers=answers,
        comments=comments,
        author=_either(first.author, second.author),
        created=_either(first.created, second.created),
        updated=_either(first.updated, second.updated),
        score=_either(first.score, second.score),
        views=_either(first.views, second.views),
        url=_either(first.url, second.url),
        site=_either(first.site, second.site),
        answer_count=beyond(len(answers), first.answer_count, second.answer_count),
        comment_count=beyond(len(comments), first.comment_count, second.comment_count),
    )


def _parts(first: Sequence[P], second: Sequence[P]) -> tuple[P, ...]:
    """Return the answers or comments of both; one of `second` is united with at most one of `first`."""
    united = list(first)
    by_id = {part.id: place for place, part in enumerate(first)}
    by_text: dict[str, list[int]] = {}
    for place, part in reversed(list(enumerate(first))):
        by_text.setdefault(beginning(part.body.text), []).append(place)
    taken: set[int] = set()
    for part in second:
        known = by_id.get(part.id)
        if known is None or known in taken:
            known = _last_free(by_text.get(beginning(part.body.text), []), taken)
        if known is None:
            united.append(part)
        else:
            taken.add(known)
            united[known] = _united_part(united[known], part)
    return tuple(united)


def _last_free(places: list[int], taken: set[int]) -> int | None:
    """Return the last place that is not taken; those behind it are dropped."""
    while places and places[-1] in taken:
        places.pop()
    return places[-1] if places else None


def _united_part(first: P, second: P) -> P:
    if isinstance(first, Answer) and isinstance(second, Answer):
        comments = _parts(first.comments, second.comments)
        return replace(
            _united_remark(first, second),
            updated=_either(first.updated, second.updated),
            accepted=_either(first.accepted, second.accepted),
            comments=comments,
            comment_count=beyond(len(comments), first.comment_count, second.comment_count),
        )
    return _united_remark(first, second)


def _united_remark(first: P, second: P) -> P:
    """Return an answer or a comment with what answers and comments have in common united."""
    return replace(
        first,
        id=second.id if first.id.startswith("text:") else first.id,
        body=_fuller(first.body, second.body) or first.body,
        author=_either(first.author, second.author),
        created=_either(first.created, second.created),
        score=_either(first.score, second.score),
    )


def _fuller(first: Body | None, second: Body | None) -> Body | None:
    """Return the longer body; of two that say the same, the one with markup, and else the first."""
    if first is None or second is None:
        return first or second
    if letters(first.text) == letters(second.text):
        return first if first.html is not None or second.html is None else second
    return second if len(second.text) > len(first.text) else first


def _either(first: T | None, second: T | None) -> T | None:
    return second if first is None else first


def beyond(held: int, *stated: int | None) -> int | None:
    """Return how many there are said to be where that is more than is held."""
    most = max((number for number in stated if number is not None), default=0)
    return most if most > held else None
