"""Records -> JSON items: names and types are Stack Exchange API v2.3's, our extras stand under `askive`.

docs/json.md is the documentation of every key, and tests/test_json_doc.py holds the two together. The way
back is restore.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from .records import (
    Answer,
    Comment,
    Question,
    Tag,
    accepted_answer,
    last_activity,
)

FORMAT_VERSION = 1
"""Version of the envelope and the items; a reader refuses any other."""

Item = Mapping[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# What `json.dumps` leaves as it is, though a reader of lines or a terminal does not: C1 controls, line and
# paragraph separators, direction overrides, the BOM; and lone surrogates, which are not UTF-8 at all.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def envelope(query: str | None, total: int, has_more: bool, items: Sequence[Item]) -> dict[str, Any]:
    """Return the object that `--format json` prints: version, query, total, has_more, items."""
    return {
        "format_version": FORMAT_VERSION,
        "query": query,
        "total": total,
        "has_more": has_more,
        "items": list(items),
    }


def one_line(value: object) -> str:
    """Return the value as JSON that is one line for whatever reads it, with nothing a terminal acts on."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def question_to_json(question: Question) -> dict[str, Any]:
    """Return the question as a JSON item, keys in the documented order, all of them always there."""
    accepted = accepted_answer(question)
    return {
        "question_id": question.id,
        "title": question.title,
        "body": question.body.html if question.body else None,
        "body_text": question.body.text if question.body else None,
        "tags": [tag.name for tag in question.tags],
        "score": question.score,
        "view_count": question.views,
        "answer_count": _count(question.answers, question.answer_count),
        "comment_count": _count(question.comments, question.comment_count),
        "is_answered": is_answered(question),
        "accepted_answer_id": accepted.id if accepted else None,
        "creation_date": _epoch(question.created),
        "last_edit_date": _epoch(question.updated),
        "last_activity_date": _epoch(last_activity(question)),
        "closed_reason": question.closed,
        "owner": _owner(question.author),
        "link": question.url,
        "answers": [_answer_to_json(answer) for answer in question.answers],
        "comments": [_comment_to_json(comment) for comment in question.comments],
        "askive": {
            "site": question.site,
            "source": question.source,
            "reader": question.reader,
            "links": [{"target": link.target, "kind": link.kind} for link in question.links],
            "tags": [_tag_to_json(tag) for tag in question.tags],
        },
    }


def is_answered(question: Question) -> bool:
    """Return whether it has an answer, be it one that the page only counts: what `is:answered` finds."""
    return _count(question.answers, question.answer_count) > 0


def _answer_to_json(answer: Answer) -> dict[str, Any]:
    return {
        "answer_id": answer.id,
        "body": answer.body.html,
        "body_text": answer.body.text,
        "owner": _owner(answer.author),
        "creation_date": _epoch(answer.created),
        "last_edit_date": _epoch(answer.updated),
        "score": answer.score,
        "is_accepted": answer.accepted,
        "comment_count": _count(answer.comments, answer.comment_count),
        "comments": [_comment_to_json(comment) for comment in answer.comments],
    }


def _comment_to_json(comment: Comment) -> dict[str, Any]:
    return {
        "comment_id": comment.id,
        "body": comment.body.html,
        "body_text": comment.body.text,
        "owner": _owner(comment.author),
        "creation_date": _epoch(comment.created),
        "score": comment.score,
    }


def _tag_to_json(tag: Tag) -> dict[str, Any]:
    return {"name": tag.name, "title": tag.title, "blurb": tag.blurb, "synonyms": list(tag.synonyms)}


def _owner(author: str | None) -> dict[str, str] | None:
    return None if author is None else {"display_name": author}


def _epoch(time: datetime | None) -> int | None:
    return None if time is None else (time - EPOCH) // SECOND


def _count(held: Sequence[object], stated: int | None) -> int:
    return max(len(held), stated or 0)
