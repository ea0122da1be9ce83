"""Stack Exchange data dumps: rows of a stream, whole questions of scattered rows, records of both."""

# ruff: noqa: E501 - a row of a dump is a line

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from askive.archive import dump, zstd
from askive.archive.containers.budget import Budget
from askive.archive.containers.content import Content
from askive.archive.containers.member import Member
from askive.archive.containers.nest import Nest
from askive.archive.errors import PageRejected
from askive.archive.ingest import ingest
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Page, Problem, Rejected
from askive.archive.raw import RawPages
from askive.archive.readers import dump as reader
from askive.archive.readers import read_page
from askive.archive.readers.dump_rows import BrokenRow, Row, Torn, attributes, rows, written
from askive.archive.records import Link, Question, Tag, printable
from askive.archive.sources import FileEnd, sources, total_bytes
from askive.archive.store import Store
from hypothesis import given
from hypothesis import strategies as st

from .containers import sevenzip_of, tar_of, zip_of

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


def nested(files: list[tuple[str, bytes]], limits: Limits = LIMITS) -> list[Page | Rejected]:
    """Return what the members of a container give."""
    data = tar_of(files)
    return list(Nest(Budget(limits, len(data)), lambda: NOW).pages(Member("x", Content([data]))))


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
    path = folder(tmp_path, Posts=None)
    reason = "the comments of a data dump: they are read with its posts, ingest all together"
    assert found(path / "Comments.xml") == [Rejected(str(path), reason)]
    page = Page(COMMENTS.encode(), "-", NOW)
    with pytest.raises(PageRejected, match="comments of a data dump: they are read with its Posts"):
        read_page(page)


def test_other_files_of_the_folder_are_read_as_ever(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "note.txt").write_text("a note", encoding="utf-8")
    assert [one.source for one in found(path)][-1] == str(path / "note.txt")
    tables = ("Posts", "Comments", "Users", "Tags", "PostLinks", "Votes")
    sizes = [(path / f"{name}.xml").stat().st_size for name in tables]
    assert total_bytes([path]) == sum(sizes) + len("a note")


def test_posts_alone_are_a_dump(tmp_path: Path) -> None:
    path = folder(tmp_path)
    alone = [page for page in found(path / "Posts.xml") if isinstance(page, Page)]
    assert [page.source for page in alone] == [f"{path}#questions-4", f"{path}#questions-1007"]
    assert [len(question.answers) for question in records(path / "Posts.xml").values()] == [2, 0]


def test_posts_of_a_stream_are_a_page(tmp_path: Path) -> None:
    (page, *more) = sources(["-"], LIMITS, now=lambda: NOW, stdin=io.BytesIO(POSTS.encode()))
    assert isinstance(page, Page)
    assert not more
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


def test_pages_end_where_they_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = "".join(f'<row Id="{n}" PostTypeId="1" Title="Q{n}" Body="x" />' for n in range(40, 60))
    path = folder(tmp_path, Posts=f"<posts>{more}</posts>", Comments=None, Tags=None, PostLinks=None)
    whole = records(path)
    monkeypatch.setattr(dump, "PAGE_BYTES", 100)
    assert len(found(path)) > 5
    assert list(records(path)) == list(whole)


# Packings

SITE = "tea.stackexchange.com"
FILES = [(name, text.encode()) for name, text in TABLES.items()]


def each_as(pack: Callable[[bytes], bytes], ending: str, prefix: str = "") -> list[tuple[str, bytes]]:
    """Return the tables packed each by itself."""
    return [(f"{prefix}{name}{ending}", pack(data)) for name, data in FILES]


def each_in(pack: Callable[[list[tuple[str, bytes]]], bytes], ending: str) -> list[tuple[str, bytes]]:
    """Return the tables each in a container of its own, as those of Stack Overflow come."""
    return [(f"{SITE}-{Path(name).stem}.{ending}", pack([(name, data)])) for name, data in FILES]


def within(files: list[tuple[str, bytes]], folder: str) -> list[tuple[str, bytes]]:
    return [(f"{folder}/{name}", data) for name, data in files]


PACKINGS: dict[str, Callable[[], list[tuple[str, bytes]]]] = {
    "xml": lambda: within(FILES, SITE),
    "xml with a prefix": lambda: [(f"{SITE}-{name}", data) for name, data in FILES],
    "gz": lambda: within(each_as(gzip.compress, ".gz"), SITE),
    "bz2": lambda: within(each_as(bz2.compress, ".bz2"), SITE),
    "xz": lambda: within(each_as(lzma.compress, ".xz"), SITE),
    "zst": lambda: each_as(zstd.compress, ".zst", f"{SITE}-"),
    "mixed": lambda: within([*each_as(gzip.compress, ".gz")[:2], *FILES[2:]], SITE),
    "zip": lambda: [(f"{SITE}.zip", zip_of(FILES))],
    "zip backwards": lambda: [(f"{SITE}.zip", zip_of(FILES[::-1]))],
    "zip with a folder": lambda: [("dump.zip", zip_of(within(FILES, SITE)))],
    "7z": lambda: [(f"{SITE}.7z", sevenzip_of(FILES))],
    "7z backwards": lambda: [(f"{SITE}.7z", sevenzip_of(FILES[::-1]))],
    "7z a table": lambda: each_in(sevenzip_of, "7z"),
    "zip a table": lambda: each_in(zip_of, "zip"),
    "tar": lambda: [("dumps.tar.gz", gzip.compress(tar_of(within(FILES, SITE))))],
    "tar of 7z a table": lambda: [("dumps.tar", tar_of(within(each_in(sevenzip_of, "7z"), "se")))],
    "7z in zip in tar": lambda: [
        ("all.tar", tar_of([("a.zip", zip_of([(f"{SITE}.7z", sevenzip_of(FILES))]))]))
    ],
    "zip of gz": lambda: [(f"{SITE}.zip", zip_of(each_as(gzip.compress, ".gz")))],
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_dump_gives_the_same_pages_in_any_packing(tmp_path: Path, packing: str) -> None:
    plain = found(folder(tmp_path))
    for name, data in PACKINGS[packing]():
        path = tmp_path / "packed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    got = found(tmp_path / "packed")
    assert len(plain) == 3
    assert [one.data for one in got if isinstance(one, Page)] == [
        one.data for one in plain if isinstance(one, Page)
    ]
    assert not [one for one in got if isinstance(one, Rejected)]
    told: list[int] = []
    list(sources([tmp_path / "packed"], LIMITS, now=lambda: NOW, on_bytes=told.append))
    assert sum(told) == total_bytes([tmp_path / "packed"])


def test_what_lies_beside_the_tables_is_read_as_ever() -> None:
    beside = [
        ("note.txt", b"a note"),
        ("Posts.xml", b"<posts><post>of a blog</post></posts>"[:0] + b"<rss/>"),
    ]
    got = nested([*within(FILES, SITE), *beside, ("Badges.html", b"<p>")])
    assert sorted(one.source for one in got) == [
        "x!/Badges.html",
        "x!/Posts.xml",
        "x!/note.txt",
        f"x!/{SITE}#questions-1007",
        f"x!/{SITE}#questions-4",
        f"x!/{SITE}#tags-1",
    ]


def test_dumps_in_one_container_are_kept_apart() -> None:
    other = POSTS.replace("Tea", "Coffee")
    files = [*within(FILES, SITE), ("coffee.stackexchange.com/Posts.xml", other.encode())]
    mixed = [*files[::2], *files[1::2]]
    for each in (files, mixed):
        got = nested(each)
        told = [one for page in got if isinstance(page, Page) for one in read_page(page)[1]]
        questions = {one.id: one for one in told if isinstance(one, Question)}
        assert sorted(questions) == [
            "coffee.stackexchange.com:1007",
            "coffee.stackexchange.com:4",
            f"{SITE}:1007",
            f"{SITE}:4",
        ]
        assert questions[f"{SITE}:4"].comments
        assert not questions["coffee.stackexchange.com:4"].comments
    few = replace(LIMITS, nest_dumps=1)
    reason = "more than 1 data dumps at once: ingest it by itself"
    assert Rejected("x!/coffee.stackexchange.com/Posts.xml", reason) in nested(files, few)


def test_a_dump_may_outlast_one_that_began_before_it() -> None:
    inner = zip_of([*within([("Posts.xml", POSTS.replace("Tea", "Coffee").encode())], "inner.net"), FILES[0]])
    files = [(f"{SITE}-Posts.zip", inner), ("other.net.zip", zip_of(FILES)), *each_in(zip_of, "zip")[1:]]
    pages = [page for page in nested(files) if isinstance(page, Page)]
    names = [*["inner.net"] * 2, *["other.net"] * 3, *[SITE] * 3]
    assert [reader.site_of_source(page.source) for page in pages] == names
    others = [page.data.replace(b"other.net", SITE.encode()) for page in pages[2:5]]
    assert [page.data for page in pages[5:]] == others


def test_a_dump_nested_twice_gives_its_pages_twice() -> None:
    inner = zip_of(FILES)
    got = nested([(f"{SITE}.zip", inner), (f"again/{SITE}.zip", inner)])
    pages = [one.data for one in got if isinstance(one, Page)]
    assert len(got) == 6
    assert pages[:3] == pages[3:]


def test_of_two_tables_of_a_kind_the_first_is_read() -> None:
    second = ("Posts.xml", POSTS.replace("kettle", "KETTLE").encode())
    *pages, rejected = nested([*within(FILES, SITE), *within([second], SITE)])[::-1]
    assert rejected == Rejected(
        f"x!/{SITE}/Posts.xml", "a second table of posts in one dump: the first is read"
    )
    assert len(pages) == 3
    assert all(b"KETTLE" not in page.data for page in pages if isinstance(page, Page))


@pytest.mark.parametrize("make", [zip_of, tar_of, sevenzip_of])
def test_what_is_whole_of_a_torn_dump_is_read(make: Callable[[list[tuple[str, bytes]]], bytes]) -> None:
    chance = random.Random(1)
    more = "".join(
        f'<row Id="{n}" PostTypeId="1" Title="{chance.randbytes(500).hex()}" />\n' for n in range(3000)
    )
    data = make([("Comments.xml", COMMENTS.encode()), ("Posts.xml", f"<posts>{more}</posts>".encode())])
    *pages, rejected = opened(data[: len(data) * 2 // 3])
    assert isinstance(rejected, Rejected)
    assert rejected.source == "x"
    assert "cut short" in rejected.reason or "end" in rejected.reason
    numbers = [one.id for page in pages if isinstance(page, Page) for one in questions_of(page)]
    if make is sevenzip_of:
        assert numbers == [], "the list of what is in it stands at the end"
    else:
        assert 900 < len(numbers) < 2100


def test_a_zip_that_lies_about_sizes_is_named_and_gives_what_is_whole() -> None:
    data = bytearray(zip_of(within(FILES, SITE)))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    got = opened(bytes(data))
    without = "the comments, postlinks, tags, users of a data dump: they are read with its posts"
    assert [one for one in got if isinstance(one, Rejected)] == [
        Rejected(f"x!/{SITE}/Posts.xml", f"damaged: Bad CRC-32 for file '{SITE}/Posts.xml'"),
        Rejected(f"x!/{SITE}", f"{without}, ingest all together"),
    ]
    bomb = zip_of([("Posts.xml", b'<posts><row Id="1" Body="' + bytes(50_000_000)), *FILES[1:]])
    rejected = [one for one in opened(bomb) if isinstance(one, Rejected)]
    assert rejected[0] == Rejected("x!/Posts.xml", "it unpacks to more than 200 times its size")


def opened(data: bytes) -> list[Page | Rejected]:
    return list(Nest(Budget(LIMITS, len(data)), lambda: NOW).pages(Member("x", Content([data]))))


def questions_of(page: Page) -> list[Question]:
    return [one for one in read_page(page)[1] if isinstance(one, Question)]


def test_no_temporary_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    data = tar_of(FILES)
    pages = Nest(Budget(LIMITS, len(data)), lambda: NOW).pages(Member("x", Content([data])))
    next(pages)
    assert len(list((tmp_path / "tmp").rglob("*.sqlite3"))) == 1
    assert isinstance(pages, Generator)
    pages.close()
    assert not list((tmp_path / "tmp").iterdir())
    assert len(opened(data)) == 3
    assert not list((tmp_path / "tmp").iterdir())


def test_a_temporary_file_that_cannot_be_kept_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    *_, rejected = found(folder(tmp_path))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "the dump cannot be sorted in TMPDIR: No such file or directory"
    monkeypatch.undo()
    full = dump._SETTINGS + "PRAGMA max_page_count = 9;"
    monkeypatch.setattr(dump, "_SETTINGS", full)
    got = found(tmp_path / "tea.stackexchange.com")
    assert {type(one) for one in got} == {Page}, "it fits"
    more = "".join(f'<row Id="{n}" PostTypeId="1" Title="Q{n}" />' for n in range(3000))
    (tmp_path / "tea.stackexchange.com" / "Posts.xml").write_text(f"<posts>{more}</posts>", encoding="utf-8")
    reasons = {one.reason for one in found(tmp_path / "tea.stackexchange.com") if isinstance(one, Rejected)}
    assert reasons == {"the dump cannot be sorted in TMPDIR: database or disk is full"}


def test_place_of_many_names_takes_no_time() -> None:
    assert dump.place_of("/".join(["x-Posts.7z!"] * 50_000)) is None
    assert dump.place_of("posts.xml" * 50_000 + "!") is None
    assert dump.place_of("a/b.xml") is None


# Torn


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
    assert rejected.reason == "1 of its posts are torn or too large"
    told = [one for page in pages if isinstance(page, Page) for one in read_page(page)[1]]
    (problem,) = [one for one in told if isinstance(one, Problem)]
    assert (problem.where, problem.reason.split(":")[0]) == ("row 4", "no XML")


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


@pytest.mark.parametrize("neat", [True, False])
def test_old_dumps_refer_to_signs_that_xml_has_not(neat: bool) -> None:
    assert attributes(Row("posts", b'<row Id="1" Body="a&#x1F;b&#0;c&#xD800;&#x41;\x01" />', neat)) == {
        "Id": "1",
        "Body": "abcA",
    }


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
    assert [attributes(row) for row in got if isinstance(row, Row)] == expected
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
    assert list(rows(blocks(), limits=limits)) == [
        Torn("posts", 1),
        Row("posts", b'<row Id="2" />', neat=True),
    ]


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
        for one in nested([("Posts.xml", bytes(data)), ("Comments.xml", bytes(data))]):
            assert isinstance(one, Page) or one.reason == printable(one.reason)
    assert kept > rounds


def test_rows_that_are_written_neatly_are_read_as_others_are() -> None:
    """A second space makes a row one for expat: the oracle of those that go by regular expressions."""
    chance = random.Random(3)
    whole = "".join(TABLES.values()).replace("\ufeff", "").encode()
    signs = [b"<", b'"', b"&", b"\xff", b"'", b">", b"\n", b"\x01", b"\xef\xbf\xbe", b'<row a="', b' Id="1"']
    compared = 0
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(0, 20)):
            place = chance.randrange(len(data))
            data[place : place + chance.choice([0, 1, 30])] = chance.choice(signs)
        size = chance.choice([60, 500, 1 << 20])
        neat, other = (
            list(rows(each[n : n + size] for n in range(0, len(each), size)))
            for each in (bytes(data), bytes(data).replace(b"<row ", b"<row  "))
        )
        assert [told(row) for row in neat] == [told(row) for row in other]
        compared += sum(isinstance(row, Row) and row.neat for row in neat)
        assert not any(isinstance(row, Row) and row.neat for row in other)
        for row in neat:
            if isinstance(row, Row) and isinstance(values := told(row), dict):
                plain = {name: value for name, value in written(row).items() if value.isalnum()}
                assert all(values[name.decode()] == value.decode() for name, value in plain.items())
    assert compared > 1000


def told(row: Row | Torn) -> object:
    """Return what a row says, or that it says nothing."""
    if isinstance(row, Torn):
        return row
    try:
        return dict(attributes(row))
    except BrokenRow:
        return row.table


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


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
@pytest.mark.parametrize("make", [zip_of, tar_of, sevenzip_of])
def test_a_real_dump_in_containers(make: Callable[[list[tuple[str, bytes]]], bytes]) -> None:
    data = SHARED.read_bytes()
    plain = [page.data for page in opened(tar_of([("Posts.xml", data)])) if isinstance(page, Page)]
    assert len(plain) > 1
    alone = make([("coffee/Posts.xml", data)])
    packed = make([("coffee-Posts.xml.gz", gzip.compress(data))])
    for each in (alone, packed, make([("coffee-Posts.zip", zip_of([("Posts.xml", data)]))])):
        assert [page.data for page in opened(each) if isinstance(page, Page)] == plain
    *_, rejected = opened(make([("Posts.xml", data), ("again/Comments.xml", COMMENTS.encode())]))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("the comments of a data dump: ")
