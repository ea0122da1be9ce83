"""Questions and tags out of the database, many at a time: a few statements for all, never some for each."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from . import rows
from .records import Answer, Comment, Link, Question, Tag

_AMONG = "IN (SELECT value FROM json_each(?))"

_QUESTIONS = f"SELECT {', '.join(rows.QUESTION)} FROM questions WHERE id {_AMONG}"
_ANSWERS = f"SELECT {', '.join(rows.ANSWER)} FROM answers WHERE question_id {_AMONG} ORDER BY position"
_COMMENTS = f"SELECT {', '.join(rows.COMMENT)} FROM comments WHERE question_id {_AMONG} ORDER BY position"
_QUESTION_TAGS = f"SELECT question_id, tag FROM question_tags WHERE question_id {_AMONG} ORDER BY position"
_LINKS = f"SELECT question_id, target, kind FROM links WHERE question_id {_AMONG} ORDER BY position"
_TAGS = f"SELECT name, title, blurb FROM tags WHERE name {_AMONG}"
_SYNONYMS = f"SELECT tag, synonym FROM tag_synonyms WHERE tag {_AMONG} ORDER BY position"


def load_questions(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Question]:
    """Return those of the questions that there are, by id, in no particular order."""
    wanted = json.dumps(list(ids))
    found = db.execute(_QUESTIONS, [wanted]).fetchall()
    if not found:
        return {}
    comments: dict[tuple[str, str | None], list[Comment]] = defaultdict(list)
    for row in db.execute(_COMMENTS, [wanted]):
        comments[row[0], row[1]].append(rows.comment_of(row))
    answers: dict[str, list[Answer]] = defaultdict(list)
    for row in db.execute(_ANSWERS, [wanted]):
        answers[row[0]].append(rows.answer_of(row, tuple(comments[row[0], row[1]])))
    names: dict[str, list[str]] = defaultdict(list)
    for question_id, name in db.execute(_QUESTION_TAGS, [wanted]):
        names[question_id].append(name)
    links: dict[str, list[Link]] = defaultdict(list)
    for question_id, target, kind in db.execute(_LINKS, [wanted]):
        links[question_id].append(Link(target, kind))
    tags = load_tags(db, {name for some in names.values() for name in some})
    return {
        row[0]: rows.question_of(
            row,
            tags=tuple(tags[name] for name in names[row[0]]),
            answers=tuple(answers[row[0]]),
            comments=tuple(comments[row[0], None]),
            links=tuple(links[row[0]]),
        )
        for row in found
    }


def load_tags(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, Tag]:
    """Return those of the tags that there are, by name."""
    wanted = json.dumps(list(names))
    synonyms: dict[str, list[str]] = defaultdict(list)
    for name, synonym in db.execute(_SYNONYMS, [wanted]):
        synonyms[name].append(synonym)
    found = db.execute(_TAGS, [wanted])
    return {name: Tag(name, title, blurb, tuple(synonyms[name])) for name, title, blurb in found}
