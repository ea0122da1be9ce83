"""Tables of questions and answers: columns guessed and said, quotes right and wrong, answers anywhere."""

# ruff: noqa: E501 - a table is a line

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Found, Page, Problem
from askive.archive.readers import read_page, table
from askive.archive.readers.table_columns import Columns, columns_of, folded, parse_map
from askive.archive.readers.table_rows import table_of_text
from askive.archive.records import Question, printable
from askive.archive.sources import sources
from askive.cli import askive
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared" / "pages" / "tables"


def found(text: str, said: str = "") -> list[Found]:
    """Return what the surest reader finds, which must be the one of tables."""
    page = Page(text.encode(), "faq.csv", NOW)
    name, told = read_page(table.with_columns(page, said) if said else page)
    assert name == "table"
    return list(told)


def told(text: str, said: str = "") -> list[tuple[str, list[str]]]:
    """Return titles and answers of a table that has nothing else in it."""
    read = found(text, said)
    assert all(isinstance(one, Question) for one in read), read
    return [(q.title, [a.body.text for a in q.answers]) for q in read if isinstance(q, Question)]


@pytest.mark.parametrize(
    "text",
    [
        "question,answer\nHow?,So.\nWhy?,Because.\n",
        "Question;Answer\r\nHow?;So.\r\nWhy?;Because.\r\n",
        "\ufeffquestion\tanswer\nHow?\tSo.\nWhy?\tBecause.",
        'Question|Response\n"How?"|So.\nWhy?|"Because."\n',
        '[{"question": "How?", "answer": "So."}, {"question": "Why?", "answer": "Because."}]',
        '{"data": [{"q": "How?", "a": "So."}, {"q": "Why?", "a": "Because."}]}',
        '{"question": ["How?", "Why?"], "answer": ["So.", "Because."]}',
        '{"How?": "So.", "Why?": "Because."}',
        '{"question": "How?", "answer": "So."}\n{"question": "Why?", "answer": "Because."}\n',
        "How?\tSo.\nWhy?\tBecause.\n\nNo?\tNo.\n".replace("\n\nNo?\tNo.", ""),
        "How? | So.\nWhy? | Because.\n",
    ],
)
def test_any_usual_form(text: str) -> None:
    if "uestion" not in text and "q" not in text and not text.startswith("{"):
        text += text.replace("How", "Who").replace(
            "Why", "Which"
        )  # without a header some more rows are asked for
    assert told(text)[:2] == [("How?", ["So."]), ("Why?", ["Because."])]


@pytest.mark.parametrize(
    "text",
    [
        "| Question | Answer |\n|---|---|\n| How? | So, `a\\|b`. |\n| Why? | Because. |\n",
        "# FAQ\n\nQuestion | Answer\n:--|--:\nHow? | So, `a\\|b`.\nWhy? | Because.\n",
        "Kettles:\n\n| Q | A |\n|---|---|\n| How? | So, `a\\|b`. |\n\nCups:\n\n| Q | A |\n|---|---|\n| Why? | Because. |\n",
        " question | answer \n----------+---------\n How?     | So, `a\\|b`.\n Why?     | Because.\n(2 rows)\n",
        "+----------+--------------+\r\n| question | answer       |\r\n+----------+--------------+\r\n| How?     | So, `a\\|b`. |\r\n"
        "| Why?     | Because.     |\r\n+----------+--------------+\r\n",
        "+----------+--------------+\n| question | answer       |\n+==========+==============+\n| How?     | So,          |\n"
        "|          | `a\\|b`.      |\n+----------+--------------+\n| Why?     | Because.     |\n+----------+--------------+\n",
        "question | answer\n---------+-------------\nHow?     | So,\n         | `a\\|b`.\nWhy?     | Because.\n",
        "│ Question │ Answer │\n├──────────┼────────┤\n│ How? │ So, `a\\|b`. │\n│ Why? │ Because. │\n",
        "| Betreff | Lösung |\n|---|---|\n| How? | So, `a\\|b`. |\n| Why? | Because. |\n| Who? | We. |\n",
    ],
)
def test_tables_with_bars(text: str) -> None:
    assert told(text)[:2] == [("How?", ["So, `a|b`."]), ("Why?", ["Because."])]


def test_columns_of_a_table_with_bars_can_be_said() -> None:
    text = "| Betreff | Lösung |\n|---|---|\n| How to | So. |\n"
    assert (
        told(text, "title=Betreff,answer=Lösung") == told(text, "title=1,answer=2") == [("How to", ["So."])]
    )


ROWS = [
    ("7", "2020-01-02", "How do I descale it?", "My kettle is full of white stuff.", "With vinegar: fill it, wait for an hour.", "kettle, tea", "3", "https://a.example/1"),
    ("8", "2020-01-03", "Is it safe?", "My mother drinks of it.", "It is, once it is rinsed with clear water.", "kettle", "-1", "https://a.example/2"),
    ("9", "2020-01-04", "Who says so?", "I want to know.", "We, who have done it for twenty years and more.", "tea, people", "12", "https://a.example/3"),
]  # fmt: skip


@pytest.mark.parametrize("delimiter", ["\t", " | ", "|", ";"])
@pytest.mark.parametrize("order", [range(8), (0, 2, 3, 4, 5, 1, 6, 7), (0, 5, 4, 3, 2, 6, 7, 1)])
def test_columns_without_a_header_are_known_by_what_is_in_them(delimiter: str, order: Sequence[int]) -> None:
    text = "\n".join(delimiter.join(row[n] for n in order) for row in ROWS)
    first, second, _ = found(text)
    assert isinstance(first, Question)
    assert isinstance(second, Question)
    assert first.title == "How do I descale it?"
    assert first.body and first.body.text == "My kettle is full of white stuff."
    assert [answer.body.text for answer in first.answers] == ["With vinegar: fill it, wait for an hour."]
    assert [tag.name for tag in first.tags] == ["kettle", "tea"]
    assert (first.created, first.score) == (datetime(2020, 1, 2, tzinfo=UTC), 3)
    assert first.url == "https://a.example/1"
    assert (second.score, [tag.name for tag in second.tags]) == (-1, ["kettle"])


def test_columns_without_a_header_can_be_said_by_number() -> None:
    text = "How to descale a kettle.|Use vinegar.\nHow to clean a cup.|Use soap.\n"
    assert told(text, "answer=2,title=1") == [
        ("How to descale a kettle.", ["Use vinegar."]),
        ("How to clean a cup.", ["Use soap."]),
    ]
    both = (
        "How do I?\tI asked.\tSo it is done here.\nWhy?\tI know.\tSo it goes.\nWho?\tI did.\tWe all did it.\n"
    )
    assert told(both, "title=1,answer=2")[0] == ("How do I?", ["I asked."])


def test_quoted_cells_without_a_header() -> None:
    text = '"How do I, then?","So:\nby hand."\n"Why?","Because, well."\n"Who?","We"\n'
    assert told(text)[:2] == [("How do I, then?", ["So:\nby hand."]), ("Why?", ["Because, well."])]


def test_all_columns() -> None:
    text = (
        "question_id,question_url,Title,Body,created_at,user name,votes,view count,tags,answer,answer_score,"
        "answer_author,answer_id\n"
        '7,https://tea.example.com/questions/7/x,How to?,"<p>I <b>ask</b>.</p>",2018-03-01 07:22:06Z,Zoë,3,'
        '"1,200","kettle, hard water",<p>So.</p>,-1,Bo,9\n'
    )
    (question,) = found(text)
    assert isinstance(question, Question)
    assert question.id == "tea.example.com:7"
    assert (question.title, question.score, question.views) == ("How to?", 3, 1200)
    assert question.body and question.body.text == "I ask."
    assert question.created == datetime(2018, 3, 1, 7, 22, 6, tzinfo=UTC)
    assert (question.author, question.site) == ("Zoë", "tea.example.com")
    assert [tag.name for tag in question.tags] == ["kettle", "hard-water"]
    (answer,) = question.answers
    assert (answer.body.text, answer.score, answer.author, answer.id) == (
        "So.",
        -1,
        "Bo",
        "tea.example.com:9",
    )


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("title,answer_1,answer_2,answer_3\nHow?,So.,Or so.,\n", ["So.", "Or so."]),
        ("id,title,answer\n1,How?,So.\n1,How?,Or so.\n1,How?,So.\n", ["So.", "Or so."]),
        ("question,answer\nHow?,So.\nHow?,Or so.\n", ["So.", "Or so."]),
        ('question,answers\nHow?,"[""So."", ""Or so.""]"\n', ["So.", "Or so."]),
        ("question,answers\nHow?,\"['So.', 'Or so.']\"\n", ["So.", "Or so."]),
        ('[{"question": "How?", "answers": ["So.", "Or so."]}]', ["So.", "Or so."]),
        ('[{"question": "How?", "answers": [{"text": "So."}, {"body": "Or so."}]}]', ["So.", "Or so."]),
        ('[{"title": "How?", "answers": {"text": ["So.", "Or so."], "score": [2, 1]}}]', ["So.", "Or so."]),
        ("question,answer\nHow?,[solved] So.\n", ["[solved] So."]),
    ],
)
def test_several_answers(text: str, answers: list[str]) -> None:
    assert told(text) == [("How?", answers)]


def test_answers_say_what_objects_or_columns_say_of_them() -> None:
    value = [{"title": "How?", "answers": [{"text": "So.", "score": 4, "is_accepted": True, "author": "Bo"}]}]
    (question,) = found(json.dumps(value))
    assert isinstance(question, Question)
    assert [(a.score, a.accepted, a.author) for a in question.answers] == [(4, True, "Bo")]
    (question,) = found("title,accepted_answer,answer\nHow?,So.,Or so.\n")
    assert isinstance(question, Question)
    assert [(a.body.text, a.accepted) for a in question.answers] == [("So.", True), ("Or so.", None)]


@pytest.mark.parametrize(
    ("text", "title", "answer"),
    [
        # line ends without quotes: rows begin with a number
        (
            "id\ttitle\tanswer\tvotes\n1\tHow?\tSo.\n\nAnd so.\t3\n2\tWhy?\tx\t0\n3\tWho?\tx\t1\n",
            "How?",
            "So.\n\nAnd so.",
        ),
        # and where they do not, a line with too few cells is part of the row before
        ("question\tanswer\nHow?\tSo.\nAnd so.\nWhy?\tx\n", "How?", "So.\nAnd so."),
        # a quote that nobody closes, and one in the middle of a cell
        (
            'id\tquestion\tanswer\n1\tHow?\t"So", they say\n2\tWhy?\t"Because\n3\tWho?\tx\n',
            "How?",
            '"So", they say',
        ),
        ('question,answer\nHow?,5" pipe\nWhy?,x\n', "How?", '5" pipe'),
        ('question,answer\n"How?","So, ""or"" so\nand so"\nWhy?,x\n', "How?", 'So, "or" so\nand so'),
    ],
)
def test_line_ends_and_quotes(text: str, title: str, answer: str) -> None:
    assert told(text)[0] == (title, [answer])


def test_rows_that_are_too_long_are_told_of() -> None:
    *_, problem = found("question,answer\nHow?,So, or so\nWhy?,x\n")
    assert isinstance(problem, Problem)
    assert problem.where == "1 rows"


def test_rows_without_a_question_are_told_of() -> None:
    _, problem = found("question,answer\nHow?,So\n,x\n,y\n")
    assert problem == Problem("2 rows", "no question in them")


@pytest.mark.parametrize(
    "text",
    [
        "name,age\nAnn,7\nBo,8\n",
        "date,amount,balance\n2020-01-01,3,4\n",
        "title,author\nEmma,Austen\n",
        '[{"name": "Ann", "body": "x"}]',
        '{"version": 1, "questions": 7}',
        "answer,score\nSo,3\n",
        "# Kettles\n\nHow is it?\n\n"
        + "It is an article.\n" * 9
        + "\n| Q | A |\n|---|---|\n| How? | So. |\n",
        "| title | author | date | link |\n|---|---|---|---|\n| Emma | Austen | 1815-12-23 | x |\n",
        "| a | b |\n|---|---|\n",
        "|---|---|\n",
        "2024-01-02 10:11:12 | INFO | started\n2024-01-02 10:11:13 | WARN | again?\n2024-01-02 10:11:14 | INFO | no\n",
        "x = a | b\ny = c | d\nz = e | f\n",
        "case a?\tb\ncase c\td\ncase e\tf\n",
        "Who?\tWhat?\n\t\n\t\n",
        "How?\t1\nWhy?\t2\nWho?\t3\n",
        "Is it, or what?\nIt is so.\nYes, it is. Or no?\nI said, yes.\n",
        "a,b\n1,2\n",
        "",
    ],
)
def test_other_tables_are_no_pages_of_questions(text: str) -> None:
    with pytest.raises(PageRejected):
        read_page(Page(text.encode(), "x.csv", NOW))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("title=Betreff,answer=Lösung", ("How?", ["So."])),
        ("title=betreff,answer=2", ("How?", ["So."])),
        ("title=1,answer=Lösung,answer=Noch eine", ("How?", ["So.", "Or so."])),
        ("question=Lösung", ("So.", [])),
    ],
)
def test_columns_can_be_said(said: str, expected: tuple[str, list[str]]) -> None:
    assert told("Betreff;Lösung;Noch eine\nHow?;So.;Or so.\n", said) == [expected]


def test_a_mapping_to_no_column_says_which_there_are() -> None:
    with pytest.raises(PageRejected, match="no column 'Frage': there are a, b"):
        found("a,b\n1,2\n", "title=Frage")


@pytest.mark.parametrize(
    ("said", "reason"), [("title", "'title' is no ROLE=COLUMN"), ("titel=x", "no role 'titel': there are id")]
)
def test_a_wrong_mapping_is_a_wrong_command(said: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_map(said)
    for verb in ("read", "ingest"):
        result = CliRunner().invoke(askive, ["--archive", str(tmp_path / "a"), verb, "--map", said, "x.csv"])
        assert result.exit_code == 2
        assert reason in result.output


def test_map_on_the_command_line_is_kept_with_the_page(tmp_path: Path) -> None:
    path = tmp_path / "fragen.csv"
    path.write_text("Betreff;Lösung\nHow to descale?;Vinegar.\n", encoding="utf-8")
    options = ["--map", "title=Betreff,answer=Lösung"]
    runner = CliRunner()
    result = runner.invoke(askive, ["read", *options, str(path), "--format", "ndjson"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["answers"][0]["body_text"] == "Vinegar."
    archive = ["--archive", str(tmp_path / "archive")]
    assert "rejected" in runner.invoke(askive, [*archive, "ingest", str(path)]).output
    assert "1 added" in runner.invoke(askive, [*archive, "ingest", *options, str(path)]).output
    rebuilt = ["--archive", str(tmp_path / "rebuilt")]
    runner.invoke(askive, [*rebuilt, "ingest", str(tmp_path / "archive" / "raw")])
    result = runner.invoke(askive, [*rebuilt, "search", "descale", "--format", "ndjson"])
    assert json.loads(result.output)["answers"][0]["body_text"] == "Vinegar."


def test_names_tell_roles() -> None:
    assert [folded(name) for name in ("questionTitle", " Question-Title ", "a.b")] == [
        "question_title"
    ] * 2 + ["a_b"]
    columns = columns_of(["QuestionId", "questionBody", "answerBody", "upvotes", "answer_2_score", "foo"])
    roles = {
        "id": ["QuestionId"],
        "question": ["questionBody"],
        "answer": ["answerBody"],
        "score": ["upvotes"],
    }
    assert columns == Columns(roles, {2: {"answer_score": "answer_2_score"}})


def test_a_table_of_answers_beside_one_of_questions(tmp_path: Path) -> None:
    (tmp_path / "x-questions.csv").write_text(
        "id,title,url\n1,How?,https://t.example/q/1\n2,Why?,\n", encoding="utf-8"
    )
    (tmp_path / "x-answers.csv").write_text(
        "question_id,answer,votes,author\n1,So.,4,Bo\n1,Or so.,,\n3,Lost,,\n", encoding="utf-8"
    )
    page, *_ = sources([tmp_path], LIMITS, now=lambda: NOW)
    assert isinstance(page, Page)
    first, second, problem = read_page(page)[1]
    assert isinstance(first, Question)
    assert [(a.body.text, a.score, a.author) for a in first.answers] == [
        ("So.", 4, "Bo"),
        ("Or so.", None, None),
    ]
    assert isinstance(second, Question)
    assert second.answers == ()
    assert problem == Problem("1 answers", "their questions are not in the table")
    alone = Page((tmp_path / "x-answers.csv").read_bytes(), "x-answers.csv", NOW)
    with pytest.raises(PageRejected, match="answers without their questions"):
        read_page(alone)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2018-03-01 07:22:06Z", datetime(2018, 3, 1, 7, 22, 6, tzinfo=UTC)),
        ("1519889000", datetime(2018, 3, 1, 7, 23, 20, tzinfo=UTC)),
        ("Mar 1, 2018", datetime(2018, 3, 1, tzinfo=UTC)),
        ("Thu, 01 Mar 2018 07:22:06 +0100", datetime(2018, 3, 1, 6, 22, 6, tzinfo=UTC)),
        ("soon", None),
        ("99999999999999999999", None),
    ],
)
def test_dates(text: str, when: datetime | None) -> None:
    (question,) = found(f"title\tanswer\tdate\nHow?\tSo.\t{text}\n")
    assert isinstance(question, Question)
    assert question.created == when


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=9
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_the_csv_module_writes_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("question", "answer"), *rows])
    assert [tuple(row.values()) for row in table_of_text(file.getvalue(), delimiter).rows] == rows


COSTLY = {
    "bars": "|" * 300_000,
    "rules": "|-|\n" * 100_000,
    "a rule": "-" * 300_000 + "|",
    "drawn": "| question | answer |\n|--|--|\n" + "| How? | So. |\n" * 20_000,
    "drawn lines": "| question | answer |\n|--|--|\n| a | b |\n" + "| | c |\n" * 20_000,
    "tabs": "a?\tb\n" * 50_000,
    "wide": ("a?" + "\tb" * 19 + "\n") * 5_000,
    "one row of lines": "id,title,answer\n1,How?,So\n2,How?,So\n" + "x\n" * 300_000,
    "quotes": "question,answer\n" + '"a,"' * 200_000,
    "one question": "title,answer\n" + "".join(f"How?,{n}\n" for n in range(30_000)),
    "brackets": f'question,answers\nHow?,"{"[" * 100_000}{"]" * 100_000}"\n',
    "many cells": "question,answer\n" + "," * 300_000,
    "JSON": '[{"question": "How?", "answers": [' + '"x",' * 100_000 + '"y"]}]',
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_costly_tables_end(text: str) -> None:
    try:
        assert found(text)
    except PageRejected as rejection:
        assert rejection.reason


@given(
    st.sampled_from(["one row of lines", "quotes", "drawn", "tabs", "own"]), st.randoms(use_true_random=False)
)
def test_mutated_tables_yield_records_or_one_reason(kind: str, chance: random.Random) -> None:
    text = (
        COSTLY[kind][:300]
        if kind in COSTLY
        else 'id,question,tags,answer\n1,How?,"a, b","So ""so""\nso"\n' * 3
    )
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(data))
        data[place : place + chance.choice([0, 1, 9])] = chance.choice(
            [b"", b'"', b"\n", b",", b"\t", b"[", b"\xff"]
        )
    try:
        read = list(table.read(Page(bytes(data), "x.csv", NOW)))
    except PageRejected as rejection:
        assert rejection.reason == printable(rejection.reason)
        return
    for one in read:
        if isinstance(one, Problem):
            assert one.reason == printable(one.reason)
        if isinstance(one, Question):
            assert one.title == printable(one.title)


def test_a_table_that_is_too_large_is_rejected() -> None:
    page = Page(b"question,answer\nHow?,So.\n", "x.csv", NOW)
    with pytest.raises(PageRejected, match="25 bytes; a table is read up to 9 bytes"):
        list(table.read(page, Limits(dump_bytes=9)))


def _real(path: Path) -> list[Any]:
    return [
        one
        for page in sources([path], LIMITS, now=lambda: NOW)
        if isinstance(page, Page)
        for one in read_page(page)[1]
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
def test_real_tables() -> None:
    questions = {one.id: one for one in _real(SHARED) if isinstance(one, Question)}
    sites = [question.site for question in questions.values()]
    assert sites.count("health.stackexchange.com") == 4762
    assert sites.count("ehealthforum.com") == 171
    question = questions["health.stackexchange.com:15457"]
    assert [tag.name for tag in question.tags] == ["vaccination", "pneumonia"]
    assert [answer.score for answer in question.answers] == [3, 1]
    assert question.created == datetime(2018, 2, 28, 0, 54, 40, tzinfo=UTC)
