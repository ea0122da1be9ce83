"""Export: items and back, the formats, what a page may not do to them."""

from __future__ import annotations

import json

from askive.archive.export import one_line, question_from_json, question_to_json
from askive.archive.records import Question
from hypothesis import given

from .strategies import questions, wild_questions


@given(questions())
def test_an_item_reads_back_as_the_same_question(question: Question) -> None:
    assert question_from_json(question_to_json(question)) == question


@given(questions())
def test_a_record_is_one_line_of_json(question: Question) -> None:
    line = one_line(question_to_json(question))
    assert len(line.splitlines()) == 1
    assert question_from_json(json.loads(line)) == question


@given(wild_questions())
def test_whatever_a_reader_made_can_be_written_and_read_back_or_refused(question: Question) -> None:
    line = one_line(question_to_json(question)).encode("utf-8")
    try:
        question_from_json(json.loads(line))
    except ValueError as error:
        assert len(str(error).splitlines()) == 1
