"""docs/json.md documents every key that is printed, and no other; its example is real."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from askive.archive.export import CSV_COLUMNS
from askive.archive.items import FORMAT_VERSION, envelope, question_to_json
from askive.archive.page import Page
from askive.archive.readers import read_page
from askive.archive.records import Answer, Body, Comment, Link, Question, Tag
from askive.index.related import Reason
from askive.index.search import Share
from askive.index.snippet import Snippet, Where
from askive.index.suggest import Suggestion
from askive.render import Page as Hits
from askive.render import Shown, item, page_envelope

ROOT = Path(__file__).parent.parent
DOC = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")

_HEADING = re.compile(r"^## (.+)$")
_TABLE_HEAD = re.compile(r"^\| (key[\w ]*) \| type \| meaning \|$")
_ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| .+ \|$")

WHEN = datetime(2012, 6, 27, 13, 51, 36, tzinfo=UTC)
COMMENT = Comment("3", Body("a comment"), "Zoe", WHEN, 1)
ANSWER = Answer("2", Body("an answer"), "Yan", WHEN, WHEN, 5, True, (COMMENT,))
QUESTION = Question(
    id="example.org:1",
    title="A question?",
    body=Body("a body", "<p>a body</p>"),
    tags=(Tag("iop", "IOP", "a blurb", ("intensive",)),),
    answers=(ANSWER,),
    comments=(COMMENT,),
    author="Xia",
    links=(Link("example.org:4", "linked"),),
)
HIT = Shown(
    QUESTION,
    relevance=1.5,
    snippet=Snippet("an answer", ((0, 2),), "answer", "2"),
    shares=(Share("title", "question", 1.5),),
    reasons=(Reason("terms", ("question",), 1.5),),
    likeness=0.25,
    batch=1,
)
HITS = Hits(2, 0, (HIT,), facets={"tag": (("iop", 1),)}, instead=(Suggestion("qustion", "question"),))


def documented() -> dict[tuple[str, str], list[str]]:
    """Return the keys that each table lists, by the table's heading and what it calls its keys."""
    tables: dict[tuple[str, str], list[str]] = {}
    heading, keys = "", None
    for line in DOC.splitlines():
        if match := _HEADING.match(line):
            heading = match[1]
        elif match := _TABLE_HEAD.match(line):
            keys = tables.setdefault((heading, match[1]), [])
        elif keys is not None and (match := _ROW.match(line)):
            keys.append(match[1])
    return tables


def printed() -> dict[tuple[str, str], list[str]]:
    """Return the keys that are printed, under the headings they have to be documented under."""
    plain = question_to_json(QUESTION)
    hit = item(HIT)["askive"]
    answer = plain["answers"][0]
    own = envelope(None, 0, False, [])
    return {
        ("Envelope", "key"): list(own),
        ("Envelope", "key of a search"): _others(page_envelope("x", HITS), own),
        ("Question", "key"): list(plain),
        ("Answer", "key"): list(answer),
        ("Comment", "key"): list(answer["comments"][0]),
        ("Owner", "key"): list(answer["owner"]),
        ("askive", "key"): list(plain["askive"]),
        ("askive", "key of a hit"): _others(hit, plain["askive"]),
        ("Link", "key"): list(hit["links"][0]),
        ("Tag", "key"): list(hit["tags"][0]),
        ("Snippet", "key"): list(hit["snippet"]),
        ("Reason", "key"): list(hit["reasons"][0]),
        ("Share", "key"): list(hit["shares"][0]),
    }


def _others(keys: dict[str, Any], known: dict[str, Any]) -> list[str]:
    return [key for key in keys if key not in known]


def test_every_key_is_documented_where_it_stands_in_its_order() -> None:
    assert documented() == printed()


def test_the_version_is_the_documented_one() -> None:
    assert f"`format_version` is {FORMAT_VERSION}." in DOC


def test_every_column_of_csv_is_documented_in_its_order() -> None:
    line = next(line for line in DOC.splitlines() if line.startswith("- **csv**"))
    assert re.findall(r"`(\w+)`", line) == list(CSV_COLUMNS)


def test_the_example_is_what_is_printed() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", DOC, re.DOTALL)[0])
    page = Page((ROOT / "raw" / "iop.txt").read_bytes(), "raw/iop.txt", WHEN)
    items = [question_to_json(found) for found in read_page(page)[1] if isinstance(found, Question)]
    assert example == envelope(None, len(items), False, items)


@pytest.mark.parametrize("where", get_args(Where))
def test_the_places_of_a_snippet_are_documented(where: str) -> None:
    row = next(line for line in DOC.splitlines() if line.startswith("| `where`"))
    assert f"`{where}`" in row
