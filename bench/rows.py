"""A question as a row: the same texts for every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..archive.records import Question, tag_name
from ..archive.store import Store
from .contract import Row


def row_of(question: Question) -> Row:
    """Return a question's row."""
    names = [name for tag in question.tags for name in (tag.name, *tag.synonyms)]
    return Row(
        id=question.id,
        title=question.title,
        question=question.body.text if question.body else "",
        answers="\n\n".join(answer.body.text for answer in question.answers),
        tags="\n\n".join(names),
        tag_names=tuple(dict.fromkeys(tag_name(name) for name in names)),
        score=question.score,
        created=int(question.created.timestamp()) if question.created else None,
    )


def rows_of(archive: Path) -> Iterator[Row]:
    """Yield the rows of an archive's questions."""
    with Store.open(archive) as store:
        for change in store.changes(0).changes:
            if change.question:
                yield row_of(change.question)


def text_size(row: Row) -> int:
    """Return the bytes of the texts that are searched."""
    return sum(len(text.encode()) for text in (row.title, row.question, row.answers, row.tags))
