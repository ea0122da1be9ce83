"""Records to text streams: NDJSON, JSON, CSV, Markdown, schema.org JSON-LD.

Every writer streams: it holds one question at a time, and its bytes depend on the questions alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

from .items import envelope, one_line, question_to_json
from .markdown import write_markdown
from .qapage import write_qapage
from .records import Answer, Question, accepted_answer, last_activity, plain

__all__ = ["CSV_COLUMNS", "write_csv", "write_json", "write_markdown", "write_ndjson", "write_qapage"]

CSV_COLUMNS = (
    "question_id",
    "title",
    "body_text",
    "tags",
    "score",
    "view_count",
    "answer_count",
    "is_answered",
    "accepted_answer_id",
    "top_answer",
    "creation_date",
    "last_edit_date",
    "last_activity_date",
    "closed_reason",
    "owner",
    "link",
    "site",
)

# What makes a spreadsheet run a cell, per OWASP's page "CSV Injection": these signs, also as full-width
# forms, and also where white space or quotes that a spreadsheet strips stand before them.
_FORMULA = re.compile("[\\s\"'\u00a0\u3000]*[=+\\-@\t\r\n＝＋－＠]")


def write_ndjson(questions: Iterable[Question], out: TextIO) -> None:
    """Write each question as one line of JSON; `askive ingest` restores the same records from it."""
    for question in questions:
        out.write(one_line(question_to_json(question)) + "\n")


def write_json(
    questions: Iterable[Question],
    out: TextIO,
    *,
    total: int,
    query: str | None = None,
    has_more: bool = False,
) -> None:
    """Write the questions in one JSON envelope, an item a line; `total` is said before they are seen."""
    out.write(one_line(envelope(query, total, has_more, [])).removesuffix("]}"))
    separator = "\n"
    for question in questions:
        out.write(separator + one_line(question_to_json(question)))
        separator = ",\n"
    out.write("\n]}\n")


def write_csv(questions: Iterable[Question], out: TextIO) -> None:
    """Write a header and a row a question, as RFC 4180 has it; no cell is a formula to a spreadsheet.

    Open the stream with `newline=""`: the rows end with CR LF, also where the system has another custom.
    """
    rows = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    rows.writerow(CSV_COLUMNS)
    rows.writerows(csv_row(question) for question in questions)


def csv_row(question: Question) -> list[str | int]:
    """Return the cells of a question, one a column of `CSV_COLUMNS`; what is not known is empty."""
    item = question_to_json(question)
    cells = {
        **item,
        "tags": " ".join(item["tags"]),
        "is_answered": "true" if item["is_answered"] else "false",
        "top_answer": answer.body.text if (answer := top_answer(question)) else None,
        "creation_date": _iso(question.created),
        "last_edit_date": _iso(question.updated),
        "last_activity_date": _iso(last_activity(question)),
        "owner": question.author,
        "site": question.site,
    }
    return [_cell(cells[column]) for column in CSV_COLUMNS]


def top_answer(question: Question) -> Answer | None:
    """Return the accepted answer, else the first of those that score highest."""
    return accepted_answer(question) or max(
        question.answers, key=lambda answer: -1 if answer.score is None else answer.score, default=None
    )


def _cell(value: str | int | None) -> str | int:
    if isinstance(value, int):
        return value
    text = plain(value or "")
    return f"'{text}" if _FORMULA.match(text) else text


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")
