"""What the columns of a table mean: guessed by their names, or said by `--map`.

    --map title=Subject,answer=Reply,answer="Second reply"

A column of answers may be numbered (`answer_1`, `answer_2_score`). Names are compared without capitals and
signs, so that `Question Title` and `questionTitle` are `question_title`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROLES: Mapping[str, str] = {
    "id": "id|qid|uid|uuid|key|number|no|question_?id|post_?id|thread_?id|topic_?id|parent_?id",
    "title": "(question_|post_|thread_|topic_)?(title|subject|headline|heading)|question_name|faq_title",
    "question": "(question|post|thread|topic)_(text|body|content|detail|details|description)|questions?"
    "|body|query|q|prompt|problem|details|frage|pregunta|domanda|pergunta|вопрос|问题|質問",
    "answer": "(answer|reply|response|solution)_(text|body|content|html|markdown)|answers?|reply|replies"
    "|responses?|solution|ans|a|completion|antwort|respuesta|r[eé]ponse|risposta|resposta|ответ|答案|回答",
    "accepted_answer": "(accepted|best|chosen|top|correct)_(answer|reply|response)(_text|_body)?",
    "tags": "(question_|post_)?(tags?|tag_?list|categor(y|ies)|topics?|keywords?|labels?)",
    "author": "(question_|post_|q_)?(author|user|user_?name|owner|asker|asked_by|display_name"
    "|poster)(_name)?",
    "date": "(question_|post_|q_)?(date|created|created_at|creation_?date|time_?stamp|time|posted|posted_at"
    "|published|published_at|asked|asked_at|asked_date|date_created|created_utc|datetime)",
    "score": "(question_|post_|q_)?(score|votes?|up_?votes?|vote_?count|likes|points)",
    "views": "(question_|post_)?(views?|view_?count|n_views|num_views|hits)",
    "url": "(question_|post_|thread_|page_)?(url|link|permalink|href|uri|web_url)",
    "answer_id": "(answer|reply|response)_?id|aid",
    "answer_author": "(answer|reply|response|a)_(author|user|user_?name|owner|name)|answerer"
    "|answered_by|responder",
    "answer_date": "(answer|reply|response|a)_(date|created|created_at|creation_?date|time_?stamp|time)"
    "|answer_posted_at|answered_at|answered",
    "answer_score": "(answer|reply|response|a)_(score|votes?|up_?votes?|vote_?count|likes|points)",
    "answer_url": "(answer|reply|response)_(url|link|permalink)",
    "accepted": "(is_)?(accepted|best|chosen|correct)(_flag)?|answer_(is_)?accepted",
}
"""Every role a column can have, with the names that stand for it."""

ASKS = ("title", "question")
ANSWERS = ("answer", "accepted_answer")
MEASURES = ("id", "tags", "date", "score", "views", "url", "author")

MAP_LINE = "askive-table: "
"""How a page begins whose columns were said: the mapping, then the table as it came."""

_PATTERNS: Mapping[str, re.Pattern[str]] = {role: re.compile(names) for role, names in ROLES.items()}
_NUMBERED = re.compile(
    r"(answer|reply|response)s?_?(\d{1,3})(?:_(text|body|score|votes|author|user|date|accepted))?"
)
_PART: Mapping[str, str] = {
    "text": "answer",
    "body": "answer",
    "score": "answer_score",
    "votes": "answer_score",
    "author": "answer_author",
    "user": "answer_author",
    "date": "answer_date",
    "accepted": "accepted",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(slots=True)
class Columns:
    """The columns of each role; `numbered` has those of the first answer, the second, …"""

    roles: dict[str, list[Any]] = field(default_factory=dict)
    numbered: dict[int, dict[str, Any]] = field(default_factory=dict)

    def asks(self) -> bool:
        """Tell whether a column asks."""
        return any(role in self.roles for role in ASKS)

    def hold_questions(self) -> bool:
        """Tell whether this is a table of questions: one column asks, and others answer or say of it."""
        answers = bool(self.numbered) or any(role in self.roles for role in ANSWERS)
        return self.asks() and (answers or sum(role in self.roles for role in MEASURES) >= 3)

    def hold_answers(self) -> bool:
        """Tell whether this is a table of answers to questions that are elsewhere."""
        return "id" in self.roles and "answer" in self.roles and not self.asks()


def columns_of(names: Iterable[str], said: str = "") -> Columns:
    """Return what columns of these names mean; what `said` maps is as it says, and the rest is guessed.

    Raises ValueError for a mapping to a column that there is not.
    """
    columns = Columns()
    known = list(names)
    free = dict.fromkeys(known)
    for role, name in parse_map(said):
        column = _meant(name, known)
        columns.roles.setdefault(role, []).append(column)
        free.pop(column, None)
    settled = set(columns.roles)
    for name in free:
        _guess(name, columns, settled)
    if columns.hold_answers():  # "votes" of such a table are those of its answers
        for role in ("author", "date", "score"):
            if role in columns.roles and role not in settled:
                columns.roles.setdefault(f"answer_{role}", columns.roles.pop(role))
    return columns


def parse_map(text: str) -> Sequence[tuple[str, str]]:
    """Return roles and columns of a mapping, as `title=Subject,answer=Reply`; ValueError where wrong."""
    pairs = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        role, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column:
            raise ValueError(f"{part!r} is no ROLE=COLUMN")
        if role not in ROLES:
            raise ValueError(f"no role {role!r}: there are {', '.join(ROLES)}")
        pairs.append((role, column))
    return pairs


def folded(name: str) -> str:
    """Return a column's name as names are compared.

    >>> folded("questionTitle"), folded(" Question-Title ")
    ('question_title', 'question_title')
    """
    words = re.sub(r"\W+", "_", _CAMEL.sub("_", name.strip())).strip("_")
    return words.casefold()


def _meant(name: str, known: Sequence[str]) -> str:
    """The column of a name or a number."""
    if name in known:
        return name
    alike = [column for column in known if folded(column) == folded(name)]
    if alike:
        return alike[0]
    if name.isdecimal() and 1 <= int(name[:6]) <= len(known):
        return known[int(name) - 1]
    raise ValueError(f"no column {name!r}: there are {', '.join(known[:20])}")


def _guess(name: str, columns: Columns, settled: set[str]) -> None:
    """Give a column its role, if its name tells one that no mapping has settled."""
    short = folded(name)
    if match := _NUMBERED.fullmatch(short):
        if not settled & set(ANSWERS):
            columns.numbered.setdefault(int(match[2]), {})[_PART.get(match[3] or "text", "answer")] = name
        return
    for role, pattern in _PATTERNS.items():
        if role not in settled and pattern.fullmatch(short):
            columns.roles.setdefault(role, []).append(name)
            return
