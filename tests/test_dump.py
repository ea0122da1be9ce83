"""Stack Exchange data dumps: rows of a stream, whole questions of scattered rows, records of both."""

# ruff: noqa: E501 - a row of a dump is a line

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from askive.archive import dump
from askive.archive.errors import PageRejected
from askive.archive.ingest import ingest
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Page, Problem, Rejected
from askive.archive.raw import RawPages
from askive.archive.readers import dump as reader
from askive.archive.readers import read_page
from askive.archive.readers.dump_rows import Row, Torn, attributes, rows
from askive.archive.records import Link, Question, Tag, printable
from askive.archive.sources import FileEnd, sources, total_bytes
from askive.archive.store import Store
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared" / "pages" / "stackexchange_dump" / "coffee-Posts.xml"

# Written for this test, in the manner of a dump: the answer 3 stands before its question, 6 was deleted.
POSTS = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="3" PostTypeId="2" ParentId="4" CreationDate="2011-05-06T07:08:09.123" Score="-1" Body="&lt;p&gt;Boil it.&lt;/p&gt;&#xA;" OwnerUserId="2" CommentCount="1" />
  <row Id="4" PostTypeId="1" AcceptedAnswerId="5" CreationDate="2011-05-05T00:00:00.000" Score="7" ViewCount="90" Body="&lt;p&gt;Why does &lt;code&gt;a &amp;lt; b&lt;/code&gt;?&lt;/p&gt;" OwnerUserId="1" LastEditDate="2011-06-05T00:00:00.000" Title="How to descale a &quot;kettle&quot;?" Tags="&lt;kettle&gt;&lt;c++&gt;" AnswerCount="2" CommentCount="1" ClosedDate="2012-01-01T00:00:00.000" />
  <row Id="5" PostTypeId="2" ParentId="4" CreationDate="2011-05-07T00:00:00.000" Score="3" Body="&lt;p&gt;Vinegar, see &lt;a href=&quot;/q/1007&quot;&gt;this&lt;/a&gt;.&lt;/p&gt;" OwnerDisplayName="gone" />
  <row Id="6" PostTypeId="1" CreationDate="2011-05-08T00:00:00.000" Score="0" Body="x" Title="Spam" Tags="" DeletionDate="2011-05-09T00:00:00.000" />
  <row Id="8" PostTypeId="4" Body="About kettles." CreationDate="2011-05-08T00:00:00.000" />
  <row Id="9" PostTypeId="5" Body="&lt;p&gt;All about &lt;b&gt;kettles&lt;/b&gt;.&lt;/p&gt;" />
  <row Id="10" PostTypeId="7" Body="a nomination" />
  <row Id="11" PostTypeId="5" Body="&lt;p&gt;A &lt;i&gt;language&lt;/i&gt;.&lt;/p&gt;" />
  <row Id="1007" PostTypeId="1" CreationDate="2012-05-05T00:00:00.000" Score="0" Body="Tea" Title="Tea?" Tags="|kettle|tea|" />
</posts>
"""
COMMENTS = """<?xml version="1.0" encoding="utf-8"?>
<comments>
  <row Id="21" PostId="4" Score="2" Text="Which &lt;kettle&gt;?" CreationDate="2011-05-05T01:00:00.000" UserId="2" />
  <row Id="22" PostId="3" Score="0" Text="It burnt." CreationDate="2011-05-08T00:00:00.000" UserDisplayName="nobody" />
  <row Id="23" PostId="6" Score="0" Text="Spam indeed." CreationDate="2011-05-08T00:00:00.000" UserId="1" />
</comments>
"""
TABLES = {
    "Posts.xml": POSTS,
    "Comments.xml": COMMENTS,
    "Users.xml": '<users>\n<row Id="1" DisplayName="Ann &amp; Co" AboutMe="&lt;p&gt;" />'
    '\n<row Id="2" DisplayName="Bo" />\n</users>',
    "Tags.xml": '<tags>\n<row Id="1" TagName="kettle" Count="2" ExcerptPostId="8" WikiPostId="9" />'
    '\n<row Id="2" TagName="C++" Count="1" WikiPostId="11" />\n<row Id="3" TagName="tea" Count="1" />\n</tags>',
    "PostLinks.xml": '<postlinks>\n<row Id="31" PostId="4" RelatedPostId="1007" LinkTypeId="3" />'
    '\n<row Id="32" PostId="1007" RelatedPostId="4" LinkTypeId="1" />'
    '\n<row Id="33" PostId="6" RelatedPostId="4" LinkTypeId="1" />\n</postlinks>',
    "Votes.xml": '<votes><row Id="1" PostId="4" VoteTypeId="2" /></votes>',
}


def folder(top: Path, name: str = "tea.stackexchange.com", /, **changed: str | None) -> Path:
    """Write a dump; a table that is None is left out."""
    directory = top / name
    directory.mkdir()
    for file, text in {**TABLES, **{f"{key}.xml": value for key, value in changed.items()}}.items():
        if text is not None:
            (directory / file).write_text(text, encoding="utf-8")
    return directory


def found(path: Path, limits: Limits = LIMITS) -> list[Page | Rejected]:
    each = sources([path], limits, now=lambda: NOW)
    return [one for one in each if not isinstance(one, FileEnd)]


def records(path: Path) -> dict[str, Question]:
    """Return the questions of a dump by id; everything else must be tags."""
    told = [one for page in found(path) if isinstance(page, Page) for one in read_page(page)[1]]
    assert [one for one in told if not isinstance(one, (Question, Tag))] == []
    return {one.id: one for one in told if isinstance(one, Question)}


def test_folder_becomes_whole_questions(tmp_path: Path) -> None:
    path = folder(tmp_path)
    questions = records(path)
    assert list(questions) == ["tea.stackexchange.com:4", "tea.stackexchange.com:1007"]
    first, second = questions.values()
    assert first.title == 'How to descale a "kettle"?'
    assert first.body and first.body.text == "Why does a < b?"
    assert (first.score, first.views, first.author, first.closed) == (7, 90, "Ann & Co", "duplicate")
    assert first.url == "https://tea.stackexchange.com/questions/4"
    assert first.created == datetime(2011, 5, 5, tzinfo=UTC)
    assert first.updated == datetime(2011, 6, 5, tzinfo=UTC)
    assert [tag.name for tag in first.tags] == ["kettle", "c++"]
    assert [tag.name for tag in second.tags] == ["kettle", "tea"]
    told = [(a.id, a.body.text, a.score, a.accepted, a.author) for a in first.answers]
    assert told == [
        ("tea.stackexchange.com:3", "Boil it.", -1, False, "Bo"),
        ("tea.stackexchange.com:5", "Vinegar, see this.", 3, True, "gone"),
    ]
    assert first.answers[0].created == datetime(2011, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert [(c.body.text, c.author, c.score) for c in first.comments] == [("Which <kettle>?", "Bo", 2)]
    assert [(c.body.text, c.author) for c in first.answers[0].comments] == [("It burnt.", "nobody")]
    target = "tea.stackexchange.com:1007"
    assert first.links == (Link(target, "duplicate"), Link(target, "linked"))
    assert second.links == (Link("tea.stackexchange.com:4", "linked"),)


def test_tags_have_excerpts_or_else_wikis(tmp_path: Path) -> None:
    pages = found(folder(tmp_path))
    tags = [one for page in pages if isinstance(page, Page) for one in read_page(page)[1] if type(one) is Tag]
    assert {tag.name: tag.blurb for tag in tags} == {
        "kettle": "About kettles.",
        "c++": "A language.",
        "tea": None,
    }


def test_pages_are_ranges_of_numbers_and_hold_rows_as_they_are(tmp_path: Path) -> None:
    path = folder(tmp_path)
    pages = [page for page in found(path) if isinstance(page, Page)]
    names = [page.source.removeprefix(str(path)) for page in pages]
    assert names == ["#tags-1", "#questions-4", "#questions-1007"]
    row = next(line.strip() for line in POSTS.splitlines() if 'Id="4"' in line)
    assert row.encode() in pages[1].data
    assert b"AboutMe" not in pages[1].data, "of users a page has the names"
    assert pages == [page for page in found(path) if isinstance(page, Page)], "always the same bytes"


@pytest.mark.parametrize("missing", ["Comments", "Users", "Tags", "PostLinks"])
def test_any_table_but_the_posts_may_be_missing(tmp_path: Path, missing: str) -> None:
    first = records(folder(tmp_path, **{missing: None}))["tea.stackexchange.com:4"]
    assert len(first.answers) == 2
    assert bool(first.comments) is (missing != "Comments")
    assert (first.author is None) is (missing == "Users")
    assert first.closed == ("closed" if missing == "PostLinks" else "duplicate")


def test_a_table_without_posts_is_rejected_with_the_way_out(tmp_path: Path) -> None:
    (page,) = found(folder(tmp_path, Posts=None) / "Comments.xml")
    assert isinstance(page, Page)
    with pytest.raises(PageRejected, match="comments of a data dump: they are read with its Posts"):
        read_page(page)


def test_other_files_of_the_folder_are_read_as_ever(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "note.txt").write_text("a note", encoding="utf-8")
    assert [one.source for one in found(path)][-1] == str(path / "note.txt")
    tables = ("Posts", "Comments", "Users", "Tags", "PostLinks", "Votes")
    sizes = [(path / f"{name}.xml").stat().st_size for name in tables]
    assert total_bytes([path]) == sum(sizes) + len("a note")


def test_posts_alone_are_a_page(tmp_path: Path) -> None:
    path = folder(tmp_path, "dump") / "Posts.xml"
    (page,) = found(path)
    assert isinstance(page, Page)
    assert page.data == POSTS.encode()
    name, told = read_page(page)
    questions = [one for one in told if isinstance(one, Question)]
    assert name == "stackexchange_dump"
    assert [len(question.answers) for question in questions] == [2, 0]


def test_without_a_site_ids_are_of_the_dump(tmp_path: Path) -> None:
    whole = records(folder(tmp_path, "dump"))
    (key,) = {id.split(":")[0] for id in whole}
    assert key.startswith("dump-")
    assert {question.site for question in whole.values()} == {None}
    alone = records(tmp_path / "dump" / "Posts.xml")
    assert list(alone) == list(whole), "the same ids, read alone"
    other = folder(tmp_path, "other", Posts=POSTS.replace("2011-05-06", "2010-05-06"))
    assert not records(other).keys() & whole.keys(), "two dumps are kept apart"


@pytest.mark.parametrize(
    ("source", "site"),
    [
        ("dumps/coffee.stackexchange.com/Posts.xml", "coffee.stackexchange.com"),
        ("coffee.stackexchange.com.7z/Posts.xml", "coffee.stackexchange.com"),
        ("/x/stackoverflow.com-Posts.xml", "stackoverflow.com"),
        ("MathOverflow.net", "mathoverflow.net"),
        ("dump/Posts.xml", None),
        ("a.b/Posts.xml", None),
        ("", None),
    ],
)
def test_site_of_source(source: str, site: str | None) -> None:
    assert reader.site_of_source(source) == site


def test_large_posts_alone_come_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askive.archive.sources.PART_BYTES", 1000)
    pages = found(folder(tmp_path, "dump") / "Posts.xml")
    assert [page.source.partition("#")[2] for page in pages] == ["questions-4", "questions-1007"]


def test_pages_end_where_they_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = "".join(f'<row Id="{n}" PostTypeId="1" Title="Q{n}" Body="x" />' for n in range(40, 60))
    path = folder(tmp_path, Posts=f"<posts>{more}</posts>", Comments=None, Tags=None, PostLinks=None)
    whole = records(path)
    monkeypatch.setattr(dump, "PAGE_BYTES", 100)
    assert len(found(path)) > 5
    assert list(records(path)) == list(whole)


def test_torn_rows_cost_themselves_alone(tmp_path: Path) -> None:
    torn = POSTS.replace(' OwnerDisplayName="gone" />', "").replace("7:08:09", "&nix;")
    page = Page(torn.encode(), "Posts.xml", NOW)
    told = list(read_page(page)[1])
    problems = [one for one in told if isinstance(one, Problem)]
    assert [(one.where, one.reason.split(":")[0]) for one in problems] == [
        ("row 1", "no XML"),
        ("row 3", "torn"),
    ]
    assert len([one for one in told if isinstance(one, Question)]) == 2
    *pages, rejected = found(folder(tmp_path, Posts=torn))
    assert len(pages) == 3
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "2 of its posts are torn or too large"


def test_answers_without_a_question_are_one_problem(tmp_path: Path) -> None:
    posts = "".join(f'<row Id="{n}" PostTypeId="2" ParentId="1" Body="x" />' for n in range(2, 9))
    path = folder(tmp_path, Posts=f"<posts>{posts}</posts>", Comments=None, Tags=None, PostLinks=None)
    (page,) = found(path)
    assert isinstance(page, Page)
    (problem,) = read_page(page)[1]
    assert problem == Problem("answers 2, 3, 4 and 4 more", "their questions are not in the dump")


def test_a_question_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    answers = "".join(f'<row Id="{n}" PostTypeId="2" ParentId="1" Body="{"x" * 99}" />' for n in range(3, 99))
    first = '<row Id="1" PostTypeId="1" Title="Q" /><row Id="2" PostTypeId="1" Title="R" />'
    path = folder(tmp_path, Posts=f"<posts>{first}{answers}</posts>", Comments=None, Tags=None)
    *_, rejected = found(path, replace(LIMITS, dump_bytes=4_000))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "1 of its questions are torn or too large"


def test_entities_are_never_looked_at() -> None:
    laughs = "<!DOCTYPE posts [<!ENTITY a 'ha'><!ENTITY b SYSTEM 'file:///etc/passwd'>]>"
    posts = f'<?xml version="1.0"?>{laughs}<posts><row Id="1" PostTypeId="1" Title="&a;&b;" /></posts>'
    with pytest.raises(PageRejected):
        list(reader.read(Page(posts.encode(), "Posts.xml", NOW)))


def test_old_dumps_refer_to_signs_that_xml_has_not() -> None:
    assert attributes(b'<row Id="1" Body="a&#x1F;b&#0;c&#xD800;&#x41;\x01" />') == {"Id": "1", "Body": "abcA"}


def test_ingest_keeps_links_both_ways_and_skips_what_is_known(tmp_path: Path) -> None:
    path = folder(tmp_path)
    with Store.open(tmp_path / "archive", create=True) as store:
        raw = RawPages(tmp_path / "raw")
        report = ingest([path], store, raw, now=lambda: NOW)
        assert (report.added, report.pages_read, report.rejected, report.problems) == (2, 3, (), ())
        assert list(store.links_to("tea.stackexchange.com:4")) == [("tea.stackexchange.com:1007", "linked")]
        assert ("tea.stackexchange.com:4", "duplicate") in store.links_to("tea.stackexchange.com:1007")
        assert store.tag("kettle").blurb == "About kettles."
        again = ingest([path], store, raw, now=lambda: NOW)
        assert (again.pages_read, again.pages_unchanged) == (0, 3)
        before = list(store.questions())
        assert store.check() == []
    with Store.open(tmp_path / "rebuilt", create=True) as store:
        ingest([tmp_path / "raw"], store, RawPages(tmp_path / "raw2"), now=lambda: NOW)
        assert list(store.questions()) == before, "raw pages tell it all"


VALUES = st.dictionaries(
    st.sampled_from(["Id", "Body", "Title", "Text"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
)


@given(
    st.lists(VALUES), st.integers(1, 40), st.sampled_from(['"', "'"]), st.sampled_from(["utf-8", "utf-16"])
)
def test_rows_are_as_elementtree_reads_them(
    table: list[dict[str, str]], block: int, quote: str, encoding: str
) -> None:
    inner = "\n".join(
        f"<row {' '.join(f'{k}={_quoted(v, quote)}' for k, v in row.items())}/>" for row in table
    )
    document = f"<comments>{inner}</comments>"
    data = document.encode(encoding)
    blocks = (data[n : n + block] for n in range(0, len(data), block))
    got = list(rows(blocks)) if block > 1 else list(rows([data]))
    try:
        expected = [row.attrib for row in ET.fromstring(document)]
    except ET.ParseError:
        return  # signs that XML has not
    assert [attributes(row.data) for row in got if isinstance(row, Row)] == expected
    assert {row.table for row in got} <= {"comments"}


def _quoted(value: str, quote: str) -> str:
    other = {"'": "&apos;", '"': "&quot;"}[quote]
    inside = quoteattr(value)[1:-1].replace("&quot;", '"').replace(quote, other)
    return f"{quote}{inside}{quote}"


def test_rows_hold_no_more_than_a_row_and_a_block() -> None:
    def blocks() -> Iterator[bytes]:
        yield b'<posts><row Id="1" Body="'
        for _ in range(100):
            yield b"x" * 1000
        yield b'" /><row Id="2" /></posts>'

    limits = replace(LIMITS, dump_row_bytes=5_000)
    assert list(rows(blocks(), limits=limits)) == [Torn("posts", 1), Row("posts", b'<row Id="2" />')]


@pytest.mark.parametrize("rounds", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_dumps_yield_records_or_one_reason(rounds: int) -> None:
    chance = random.Random(rounds)
    whole = "".join(TABLES.values()).replace("\ufeff", "").encode()
    kept = 0
    for _ in range(rounds):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            place = chance.randrange(len(data))
            data[place : place + chance.choice([0, 1, 30])] = chance.choice(
                [b"", b"<", b'"', b"&", b"\xff", b"9"]
            )
        try:
            told = list(reader.read(Page(bytes(data), "Posts.xml", NOW)))
        except PageRejected as rejection:
            assert rejection.reason == printable(rejection.reason)
            continue
        assert all(one.reason == printable(one.reason) for one in told if isinstance(one, Problem))
        kept += sum(isinstance(one, Question) for one in told)
        blocks = lambda data=bytes(data): iter([data])  # noqa: E731
        try:
            list(dump.pages({"posts": blocks, "comments": blocks}, "", LIMITS))
        except PageRejected as rejection:
            assert rejection.reason == printable(rejection.reason)
    assert kept > rounds


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
def test_a_real_dump(tmp_path: Path) -> None:
    questions = records(SHARED)
    assert len(questions) == 225
    assert sum(len(question.answers) for question in questions.values()) == 327
    assert sum(any(a.accepted for a in question.answers) for question in questions.values()) == 105
    directory = tmp_path / "coffee"
    directory.mkdir()
    (directory / "Posts.xml").symlink_to(SHARED)
    joined = records(directory)
    assert {id: replace(q, source=None) for id, q in joined.items()} == {
        id: replace(q, source=None) for id, q in questions.items()
    }
