"""Archives for the tests of index/: questions in, a change set or an open snapshot out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from askive.archive.records import Answer, Body, Change, ChangeSet, Comment, Question, Tag
from askive.index.build import update
from askive.index.search import Ranked, candidates, named
from askive.index.snapshot import Snapshot
from whoosh.query import Query

ARCHIVE_ID = "0123456789abcdef"
NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


class History:
    """A store in miniature: each `put` and `delete` is one revision."""

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        self.revision = 0
        self.now: dict[str, tuple[int, Question | None]] = {}
        self.put(*questions)

    def put(self, *questions: Question) -> None:
        self.revision += 1
        self.now |= {question.id: (self.revision, question) for question in questions}

    def delete(self, *ids: str) -> None:
        self.revision += 1
        self.now |= dict.fromkeys(ids, (self.revision, None))

    def changes(self, since: int) -> ChangeSet:
        newer = sorted(item for item in self.now.items() if item[1][0] > since)
        changes = [Change(question_id, question) for question_id, (_, question) in newer]
        return ChangeSet(ARCHIVE_ID, self.revision, len(changes), changes)


def build(directory: Path, history: History, full: bool = False) -> Snapshot:
    """Bring an index up to date with a history and open it."""
    update(directory, ARCHIVE_ID, history.changes, full=full)
    return Snapshot.open(directory, ARCHIVE_ID)


def day(text: str) -> datetime:
    """Return the start of a day in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def question(
    question_id: str,
    title: str,
    body: str = "",
    *,
    tags: Iterable[str | Tag] = (),
    answers: Iterable[str | Answer] = (),
    comments: Iterable[str] = (),
    **others: Any,
) -> Question:
    """Return a question from little."""
    return Question(
        question_id,
        title,
        Body(body) if body else None,
        tags=tuple(tag if isinstance(tag, Tag) else Tag(tag) for tag in tags),
        answers=tuple(
            a if isinstance(a, Answer) else Answer(f"a{n}", Body(a)) for n, a in enumerate(answers)
        ),
        comments=tuple(Comment(f"c{n}", Body(text)) for n, text in enumerate(comments)),
        **others,
    )


def best(snapshot: Snapshot, query: Query, count: int) -> tuple[int, list[Ranked]]:
    """Return how many questions match, and the first `count`, by what they hold alone."""
    found = candidates(snapshot, query, count)
    return found.total, named(snapshot, found, count)
