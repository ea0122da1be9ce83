"""A question told piece by piece, an answer in each row or item, becomes one record; in linear time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..merge import merge
from ..records import Answer, Question, distinct

TELLINGS = 100
"""Pieces of one question that are merged, answers aside, which are all taken: what an API gives at a time.
To merge costs as much as is known already, so that without a bound it would multiply the work."""


class Gathering:
    """The questions of a page by id, in the order in which they are first told of."""

    def __init__(self) -> None:
        self._told: dict[str, Question] = {}
        self._tellings: dict[str, int] = {}
        self._answers: dict[str, dict[tuple[str, str], Answer]] = {}

    def add(self, question: Question) -> None:
        """Take in what a piece tells of its question."""
        id, own = question.id, replace(question, answers=())
        answers = self._answers.setdefault(id, {})
        for answer in question.answers:
            answers.setdefault((answer.id, answer.body.text), answer)
        self._tellings[id] = self._tellings.get(id, 0) + 1
        if id not in self._told:
            self._told[id] = own
        elif self._tellings[id] <= TELLINGS:
            self._told[id] = merge(self._told[id], own)

    def questions(self) -> Iterator[Question]:
        """Yield the questions, each with all its answers, which have ids that tell them apart."""
        for id, question in self._told.items():
            answers = tuple(self._answers[id].values())
            ids = distinct(answer.id for answer in answers)
            yield replace(
                question, answers=tuple(replace(a, id=own) for a, own in zip(answers, ids, strict=True))
            )
