"""The program for tests: run in this process as `main` runs it, on a small archive made of records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from askive import cli
from askive.archive.records import Answer, Body, Comment, Link, Question, Tag
from askive.archive.store import Store
from click.testing import CliRunner, Result


class _Whole(click.Command):
    """`main` in the shape that CliRunner calls."""

    def main(self, args: Any = None, *_: Any, **__: Any) -> Any:
        cli.main(list(args))


def run(
    *args: str | Path,
    archive: Path | None = None,
    stdin: str | bytes = "",
    env: Mapping[str, str] | None = None,
) -> Result:
    """Return stdout, stderr and exit code; a defect of the program is raised, not reported."""
    options = () if archive is None else ("--archive", str(archive))
    wanted = {"ASKIVE_DEBUG": "1", "NO_COLOR": "", "COLUMNS": "80", "ASKIVE_ARCHIVE": None, **(env or {})}
    return CliRunner().invoke(
        _Whole("askive"), [*options, *map(str, args)], input=stdin, env=wanted, catch_exceptions=False
    )


def build(archive: Path, *questions: Question) -> Path:
    """Return `archive` with the questions in it, `QUESTIONS` where none are given."""
    with Store.open(archive, create=True) as store, store.write() as writer:
        for question in questions or QUESTIONS:
            writer.put(question)
    return archive


def on(year: int, month: int, day: int) -> datetime:
    """Return the noon of a day, UTC."""
    return datetime(year, month, day, 12, tzinfo=UTC)


IOP = Question(
    id="text:1a2b3c4d5e6f",
    title='What is the difference between outpatient treatment and "intensive" outpatient treatment, '
    "for drug addiction?",
    body=Body(
        "We are looking at options for local outpatient treatment centers and therapy/counseling for "
        "addiction treatment. Rehab isn't needed this time, and meetings weren't really enough last time.\n\n"
        "- Are they the same, or mixed together, or sold under one name by whoever happens to offer them?\n"
        "- Or am I misreading?"
    ),
    tags=(
        Tag(
            "drug-addiction",
            "Drug Addiction",
            "Drug addiction is commonly treated through therapies in an "
            "outpatient setting, which costs less than a stay in a clinic.",
        ),
        Tag("addiction-treatment", "Addiction Treatment", "What helps people to stop.", ("rehab",)),
        Tag("iop", "IOP", "Intensive outpatient program."),
    ),
    answers=(
        Answer("a1", Body("Ask the board of your state."), "Bob", on(2014, 3, 13), score=1),
        Answer(
            "a2",
            Body(
                "Intensive Outpatient (IOP) requires more time in therapy per week or month. The local "
                "boards set the guidelines for this, so it can vary from state to state.\n\n"
                'Outpatient basically just means "not inpatient": you do not live there.'
            ),
            "Alice",
            on(2014, 3, 14),
            score=4,
            accepted=True,
            comments=(Comment("c1", Body("This came in via email."), "Carol", on(2014, 3, 15), 2),),
            comment_count=3,
        ),
    ),
    author="Jane",
    created=on(2014, 3, 12),
    score=3,
    views=1200,
    url="https://example.org/questions/1/iop",
    site="example.org",
    links=(Link("example.org:2", "related"), Link("https://elsewhere.example/q/9", "linked")),
)
SOBER = Question(
    id="example.org:2",
    title="Do sober living homes require outpatient treatment?",
    body=Body("Our son moves into a sober living home."),
    tags=(Tag("sober-living"), Tag("iop")),
    answers=(
        Answer("a3", Body("Many ask for outpatient treatment in the first month."), "Dave", on(2016, 1, 3)),
    ),
    created=on(2016, 1, 2),
    score=0,
    site="example.org",
    closed="duplicate",
    links=(Link("text:1a2b3c4d5e6f", "duplicate"),),
)
VECTOR = Question(
    id="example.com:7",
    title="How do I erase elements of a C++ vector while iterating?",
    body=Body(
        "This crashes:\n\nfor (auto it = v.begin(); it != v.end(); ++it) if (bad(*it)) v.erase(it);"
        "  // why does it?",
        "<p>This crashes:</p><pre>for (auto it = v.begin(); it != v.end(); ++it) if (bad(*it)) v.erase(it);"
        "  // why does it?</pre>",
    ),
    tags=(Tag("c++", "C++", "A language."), Tag("vector")),
    created=on(2012, 7, 1),
    score=41,
    site="example.com",
)
TEA = Question(
    id="example.jp:1",
    title="急須の茶渋はどうやって落とせばいいですか。重曹と酸素系漂白剤のどちらがよいのか、それとも別のやり方があるのか教えてください",
    body=Body("毎日使っている急須に茶渋がついて、スポンジでこすっても落ちません。"),
    tags=(Tag("台所"),),
    answers=(Answer("a4", Body("重曹をぬるま湯に溶かして一晩つけておきます。"), score=2),),
    created=on(2020, 2, 29),
    site="example.jp",
)
HOSTILE = Question(
    id="evil:\x1b[31m1",
    title="hostile \x1b]0;owned\x07title \u202egnp.exe \x9b2J",
    body=Body("hostile \x9b31mbody\x1b[2J\rover\x08\x00"),
    tags=(Tag("e\x1b[5mvil", None, "hostile \x1b[1mblurb"), Tag("$(reboot)")),
    answers=(
        Answer(
            "\x1b[7m1",
            Body("hostile \x1bPanswer\x1b\\"),
            "M\x1b[1mallory",
            comments=(Comment("c", Body("hostile \x9bcomment"), "\x1b]2;x\x07E"),),
        ),
    ),
    author="\x1b[8mM",
    closed="\x1b[41moff-topic",
    url="https://evil.example/\x1b[31m",
    site="evil.example\x1b[0m",
    links=(Link("evil:\x1b[32m2", "linked"),),
    source="pages/\x1b[35mevil.html",
)
QUESTIONS = (IOP, SOBER, VECTOR, TEA, HOSTILE)
