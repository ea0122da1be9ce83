"""Questions as schema.org JSON-LD: a QAPage each, as Google's page "Q&A (QAPage) structured data" wants it.

https://developers.google.com/search/docs/appearance/structured-data/qapage
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any, TextIO

from .items import one_line
from .records import Answer, Body, Comment, Question

_HEAD = '{"@context": "https://schema.org", "@graph": ['
# Within a script element these could end it or open a comment; in JSON they occur in strings only.
_MARKUP = re.compile("[<>&]")


def write_qapage(questions: Iterable[Question], out: TextIO) -> None:
    """Write one JSON-LD object with a QAPage a line in its `@graph`; it may stand in a script element."""
    out.write(_HEAD)
    separator = "\n"
    for question in questions:
        line = one_line(qapage(question))
        out.write(separator + _MARKUP.sub(lambda match: f"\\u{ord(match[0]):04x}", line))
        separator = ",\n"
    out.write("\n]}\n")


def qapage(question: Question) -> dict[str, Any]:
    """Return the question as a QAPage; what is not known is left out."""
    accepted = [_answer(answer) for answer in question.answers if answer.accepted]
    suggested = [_answer(answer) for answer in question.answers if not answer.accepted]
    main = {
        "@type": "Question",
        "identifier": question.id,
        "url": question.url,
        "name": _html(question.title),
        "text": _text(question.body) if question.body else None,
        "keywords": [tag.title or tag.name for tag in question.tags],
        "author": _person(question.author),
        "datePublished": _iso(question.created),
        "dateModified": _iso(question.updated),
        "upvoteCount": question.score,
        "answerCount": max(len(question.answers), question.answer_count or 0),
        "commentCount": max(len(question.comments), question.comment_count or 0),
        "acceptedAnswer": accepted[0] if len(accepted) == 1 else accepted,
        "suggestedAnswer": suggested,
        "comment": [_comment(comment) for comment in question.comments],
    }
    return {"@type": "QAPage", "mainEntity": _known(main)}


def _answer(answer: Answer) -> dict[str, Any]:
    return _known(
        {
            "@type": "Answer",
            "text": _text(answer.body),
            "author": _person(answer.author),
            "datePublished": _iso(answer.created),
            "dateModified": _iso(answer.updated),
            "upvoteCount": answer.score,
            "commentCount": max(len(answer.comments), answer.comment_count or 0),
            "comment": [_comment(comment) for comment in answer.comments],
        }
    )


def _comment(comment: Comment) -> dict[str, Any]:
    return _known(
        {
            "@type": "Comment",
            "text": _text(comment.body),
            "author": _person(comment.author),
            "datePublished": _iso(comment.created),
            "upvoteCount": comment.score,
        }
    )


def _text(body: Body) -> str:
    return body.html or _html(body.text)


def _html(text: str) -> str:
    """The text as whoever reads these properties takes them: as HTML wherever there is a sign of it."""
    return escape(text, quote=False)


def _person(author: str | None) -> dict[str, str] | None:
    return None if author is None else {"@type": "Person", "name": author}


def _known(node: dict[str, Any]) -> dict[str, Any]:
    """The node without what is not known; a count of 0 is known."""
    return {name: value for name, value in node.items() if value is not None and value != []}


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
