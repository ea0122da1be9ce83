"""Records to text streams: NDJSON, JSON, CSV, Markdown, schema.org JSON-LD; and the way back."""

from __future__ import annotations

from .items import FORMAT_VERSION, envelope, is_answered, one_line, question_from_json, question_to_json

__all__ = [
    "FORMAT_VERSION",
    "envelope",
    "is_answered",
    "one_line",
    "question_from_json",
    "question_to_json",
]
