"""The store keeps records whole, tells what changed, and names what is wrong with its file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.database import DATABASE, RAW
from askive.archive.errors import (
    AmbiguousId,
    ArchiveDamaged,
    ArchiveError,
    ArchiveLocked,
    ArchiveMissing,
    ArchiveUnwritable,
    NoSuchQuestion,
    NoSuchTag,
)
from askive.archive.merge import merge
from askive.archive.migrations import SCHEMA_VERSION
from askive.archive.page import Page
from askive.archive.raw import RawPages
from askive.archive.records import Answer, Body, Comment, Link, Question, Tag
from askive.archive.store import CHUNK, Rejection, Stats, Store, TagCount
from askive.archive.tidy import tidy
from askive.tests.strategies import archives, questions, tags, wild_questions
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHA = "ab" * 32

PLAIN = Question(id="example.org:1", title="Why?", url="https://example.org/1", site="example.org")
FULL = Question(
    id="example.org:2",
    title="What is IOP?",
    body=Body("Is it like OP?", "<p>Is it like OP?</p>"),
    tags=(Tag("iop", "Iop", "Intensive outpatient.", ("intensive-outpatient",)), Tag("c++")),
    answers=(
        Answer(
            "9", Body("More hours."), "Ann", NOON, NOON, 3, True, (Comment("1", Body("Yes."), "Bo", NOON, 0),)
        ),
        Answer("8", Body("No."), score=-1, accepted=False, comment_count=4),
    ),
    comments=(Comment("1", Body("Came by mail.")), Comment("0", Body("Same here."))),
    author="Cy",
    created=NOON,
    updated=NOON,
    score=5,
    views=100,
    url="https://example.org/2",
    site="example.org",
    closed="duplicate",
    links=(Link("example.org:1", "duplicate"), Link("https://example.org/1", "linked")),
    answer_count=7,
    source="pages/2.html",
    reader="text",
)

few = settings(max_examples=25, deadline=None)
"""Each example makes a store and syncs it to the disk."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive of ours #1 100%?"


@pytest.fixture
def store(archive: Path) -> Iterator[Store]:
    with Store.open(archive, create=True) as store:
        yield store


def put(store: Store, *records: Question) -> list[str]:
    with store.write() as writer:
        return [writer.put(record) for record in records]


def mirrored(mirror: dict[str, Question], store: Store, since: int) -> int:
    """Bring a mirror of the store up to date as the index does; return the revision it then has."""
    found = store.changes(since)
    changes = list(found.changes)
    assert found.total == len(changes)
    assert [change.id for change in changes] == sorted({change.id for change in changes})
    for change in changes:
        if change.question is None:
            mirror.pop(change.id, None)
        else:
            mirror[change.id] = change.question
    return found.revision


# Records in, the same records out


@few
@given(archives())
def test_records_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, records: list[Question]
) -> None:
    with Store.open(tmp_path_factory.mktemp("archive"), create=True) as store:
        assert set(put(store, *records)) <= {"added"}
        by_id = {record.id: record for record in records}
        assert {id: store.get(id) for id in by_id} == by_id
        assert list(store.questions()) == [by_id[id] for id in sorted(by_id)]
        assert list(store.ids()) == sorted(by_id)
        assert list(store.get_many(by_id)) == list(by_id)
        revision = store.revision
        assert set(put(store, *records)) <= {"unchanged"}
        assert store.revision == revision
        assert store.check() == []


@few
@given(wild_questions())
def test_what_cannot_be_stored_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, record: Question
) -> None:
    with Store.open(tmp_path_factory.mktemp("archive"), create=True) as store:
        assert put(store, record, record) == ["added", "unchanged"]
        assert list(store.questions()) == [tidy(record)]
        assert tidy(tidy(record)) == tidy(record)
        assert store.get(store.resolve(tidy(record).id)) == tidy(record)
        assert store.check() == []


@few
@given(questions())
def test_a_well_formed_record_is_tidy(question: Question) -> None:
    assert tidy(question) == question


@few
@given(questions(ids=st.just("q")), questions(ids=st.just("q")))
def test_putting_merges(tmp_path_factory: pytest.TempPathFactory, old: Question, new: Question) -> None:
    with Store.open(tmp_path_factory.mktemp("archive"), create=True) as store:
        put(store, old, new)
        assert store.get("q") == merge(old, new)


OUTCOMES = [
    ("again", FULL, "unchanged"),
    ("less known", Question(id=FULL.id, title=FULL.title), "unchanged"),
    ("a view more", replace(FULL, views=101), "updated"),
    ("edited earlier", replace(FULL, updated=NOON.replace(year=2020), score=9), "unchanged"),
    ("another blurb", replace(FULL, tags=(Tag("iop", blurb="New."), Tag("c++"))), "updated"),
    ("another question", PLAIN, "added"),
]


@pytest.mark.parametrize(("what", "record", "outcome"), OUTCOMES, ids=[row[0] for row in OUTCOMES])
def test_put_says_what_it_came_to(store: Store, what: str, record: Question, outcome: str) -> None:
    assert put(store, FULL) == ["added"]
    assert put(store, record) == [outcome]
    assert store.revision == (1 if outcome == "unchanged" else 2)


def test_reading_takes_a_few_statements_for_many_questions(archive: Path) -> None:
    with Store.open(archive, create=True) as store:
        put(store, *(replace(FULL, id=f"q:{n:04}") for n in range(2 * CHUNK)))
        statements: list[str] = []
        store._db.set_trace_callback(statements.append)
        assert len(store.get_many([f"q:{n:04}" for n in range(2 * CHUNK)])) == 2 * CHUNK
        store._db.set_trace_callback(None)
        assert len(statements) < 20
        assert len(list(store.questions())) == 2 * CHUNK


def test_some_questions_in_the_order_of_their_ids(store: Store) -> None:
    put(store, FULL, PLAIN)
    assert list(store.questions([FULL.id, "missing", PLAIN.id, FULL.id])) == [PLAIN, FULL]
    assert list(store.get_many([FULL.id, "missing", PLAIN.id])) == [FULL.id, PLAIN.id]
    assert store.get("missing") is None


# Writes and revisions


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    put(store, PLAIN)
    with pytest.raises(ZeroDivisionError), store.write() as writer:
        writer.put(FULL)
        writer.delete(PLAIN.id)
        raise ZeroDivisionError
    assert (list(store.ids()), store.revision, store.tags()) == ([PLAIN.id], 1, [])


def test_a_write_in_a_write_is_a_mistake(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="a write inside a write"), store.write():
        pass


def test_changes_name_what_changed(store: Store) -> None:
    put(store, PLAIN, FULL)
    with store.write() as writer:
        assert writer.put_tag(Tag("c++", blurb="A language."))
        assert not writer.put_tag(Tag("c++", blurb="A language."))
    assert [change.id for change in store.changes(1).changes] == [FULL.id]
    with store.write() as writer:
        assert writer.delete(PLAIN.id)
        assert not writer.delete(PLAIN.id)
    assert [(change.id, change.question) for change in store.changes(2).changes] == [(PLAIN.id, None)]
    put(store, PLAIN)
    assert [change.question for change in store.changes(2).changes] == [PLAIN]
    assert store._db.execute("SELECT * FROM deletions").fetchall() == []
    assert (store.changes(4).total, store.changes(4).revision) == (0, 4)
    assert store.changes(0).archive_id == store.archive_id


operations = st.one_of(
    st.tuples(st.just("put"), questions(ids=st.sampled_from(["a", "b", "c"]))),
    st.tuples(st.just("delete"), st.sampled_from(["a", "b", "c"])),
    st.tuples(st.just("tag"), tags()),
)


@few
@given(st.lists(st.lists(operations, max_size=3), max_size=5))
def test_following_the_changes_gives_the_store(
    tmp_path_factory: pytest.TempPathFactory, writes: list[list[tuple[str, object]]]
) -> None:
    with Store.open(tmp_path_factory.mktemp("archive"), create=True) as store:
        mirror: dict[str, Question] = {}
        revision = 0
        for write in writes:
            with store.write() as writer:
                for _, value in write:
                    if isinstance(value, Question):
                        writer.put(value)
                    elif isinstance(value, Tag):
                        writer.put_tag(value)
                    else:
                        writer.delete(str(value))
            assert store.revision in (revision, revision + 1)
            revision = mirrored(mirror, store, revision)
            assert revision == store.revision
            assert mirror == {question.id: question for question in store.questions()}
        late: dict[str, Question] = {}
        mirrored(late, store, 0)
        assert late == mirror
        assert store.check() == []


def test_what_is_being_read_is_of_one_moment(archive: Path, store: Store) -> None:
    put(store, PLAIN)
    reads = [store.questions(), store.questions([PLAIN.id, FULL.id])]
    started = [next(read) for read in reads]
    changes = store.changes(0)
    with Store.open(archive) as other:
        put(other, FULL, replace(PLAIN, title="Changed"))
    assert started == [PLAIN, PLAIN]
    assert [list(read) for read in reads] == [[], []]
    assert ([change.question for change in changes.changes], changes.revision) == ([PLAIN], 1)
    assert [question.title for question in store.questions()] == ["Changed", FULL.title]


def test_a_write_is_seen_by_others_only_when_it_ends(archive: Path, store: Store) -> None:
    with Store.open(archive) as other:
        with store.write() as writer:
            writer.put(FULL)
            assert other.get(FULL.id) is None
        assert store.get(FULL.id) == other.get(FULL.id) == FULL


def test_a_second_writer_waits_and_then_gives_up(archive: Path, store: Store) -> None:
    with Store.open(archive, wait=0.05) as other, store.write():
        with (
            pytest.raises(ArchiveLocked, match=r"locked by another writer \(waited 0.05 s\): try again"),
            other.write(),
        ):
            pass
        assert other.get(PLAIN.id) is None


def test_reading_that_was_never_begun_ends_with_the_store(archive: Path) -> None:
    with Store.open(archive, create=True) as store:
        put(store, FULL)
        store.changes(0)
    assert not archive.joinpath(f"{DATABASE}-wal").exists()


# Looking up


RESOLVED = [
    ("example.org:2", "example.org:2"),
    ("example.org:21", "example.org:21"),
    ("tex", "text:0123456789ab"),
    ("a'b", "a'b\"%_c"),
    ("é", "é\n"),
]
UNRESOLVED: list[tuple[str, type[ArchiveError]]] = [
    ("example.org:", AmbiguousId),
    ("example.org:3", NoSuchQuestion),
    ("", NoSuchQuestion),
    ("%", NoSuchQuestion),
    ("TEXT", NoSuchQuestion),
    ("\x00\ud800", NoSuchQuestion),
]


@pytest.fixture
def some_ids(store: Store) -> Store:
    put(store, *(Question(id, "?") for id in ("example.org:2", *(id for _, id in RESOLVED[1:]))))
    return store


@pytest.mark.parametrize(("wanted", "id"), RESOLVED)
def test_a_unique_beginning_is_an_id(some_ids: Store, wanted: str, id: str) -> None:
    assert some_ids.resolve(wanted) == id


@pytest.mark.parametrize(("wanted", "error"), UNRESOLVED)
def test_what_is_no_id_is_an_error(some_ids: Store, wanted: str, error: type[ArchiveError]) -> None:
    with pytest.raises(error):
        some_ids.resolve(wanted)


@pytest.fixture
def tagged(store: Store) -> Store:
    def question(n: int, score: int | None, *names: str) -> Question:
        return Question(f"q:{n}", "?", tags=tuple(Tag(name) for name in names), score=score)

    put(store, question(1, 2, "c++", "iop"), question(2, None, "c++"), question(3, 9, "c++", "python", "iop"))
    with store.write() as writer:
        writer.put_tag(Tag("python", "Python", "A snake.", ("py", "python3")))
        writer.put_tag(Tag("py"))
        writer.put_tag(Tag("[x]", synonyms=("py3", "python3")))
    return store


def test_tags_are_counted(tagged: Store) -> None:
    counts = [(found.tag.name, found.count) for found in tagged.tags()]
    assert counts == [("c++", 3), ("iop", 2), ("python", 1), ("[x]", 0), ("py", 0)]
    assert tagged.tags("PY?hon") == [TagCount(Tag("python", "Python", "A snake.", ("py", "python3")), 1)]
    assert [found.tag.name for found in tagged.tags("[x]")] == ["[x]"]
    assert tagged.tags("%") == []


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("C++", "c++"), ("py", "py"), ("Python3", "[x]"), ("py3", "[x]"), (" python ", "python")],
)
def test_a_tag_is_found_by_name_before_synonym(tagged: Store, wanted: str, name: str) -> None:
    assert tagged.tag(wanted).name == name


def test_an_unknown_tag_names_the_nearest(tagged: Store) -> None:
    with pytest.raises(NoSuchTag, match=r"no tag 'pyton': did you mean 'python'\?"):
        tagged.tag("pyton")
    with pytest.raises(NoSuchTag, match="`askive tags` lists them"):
        tagged.questions_with_tag("\x00zzzzzz", 1)


def test_a_tags_company(tagged: Store) -> None:
    assert tagged.tag_neighbours("c++", 9) == [("iop", 2), ("python", 1)]
    assert tagged.tag_neighbours("c++", 1) == [("iop", 2)]
    assert tagged.questions_with_tag("c++", 9) == ["q:3", "q:1", "q:2"]
    assert tagged.questions_with_tag("c++", 1) == ["q:3"]


def test_a_blurb_is_kept_once_and_newer_ones_win(store: Store) -> None:
    put(store, FULL, replace(PLAIN, tags=(Tag("iop", None, "Newer."),)))
    found = store.get(FULL.id)
    assert found is not None
    assert found.tags[0] == Tag("iop", "Iop", "Newer.", ("intensive-outpatient",))
    assert store.get(PLAIN.id) == replace(PLAIN, tags=(found.tags[0],))


def test_links_are_known_in_both_directions(store: Store) -> None:
    put(store, FULL, replace(PLAIN, links=(Link(PLAIN.id, "related"),)))
    assert store.links_to(PLAIN.id) == [(FULL.id, "duplicate"), (FULL.id, "linked")]
    assert store.links_to(FULL.id) == []
    assert store.links_to("\x00 nobody") == []


# Pages


def test_pages_tell_where_questions_came_from(store: Store) -> None:
    with store.write() as writer:
        writer.put(FULL)
        writer.page(
            SHA, source="a\ud800.html", received=NOON, size=9, status="rejected", reason="no question in it"
        )
        writer.page(
            "0" * 64,
            source="b",
            received=NOON,
            size=1,
            status="read",
            reader="text",
            questions=[FULL.id, "?"],
        )
    assert store.rejected() == [Rejection(SHA, "a.html", None, "no question in it")]
    assert [page.sha256 for page in store.pages_of(FULL.id)] == ["0" * 64]
    assert store.page("1" * 64) is None
    with store.write() as writer:
        writer.page(
            SHA, source="a.html", received=NOON, size=9, status="read", reader="text", questions=[FULL.id]
        )
    page = store.page(SHA)
    assert page is not None
    assert (page.status, page.reason, page.received, page.size) == ("read", None, NOON, 9)
    assert store.rejected() == []
    assert len(store.pages_of(FULL.id)) == 2
    with store.write() as writer:
        writer.delete(FULL.id)
    assert store.pages_of(FULL.id) == []
    assert store.check() == []


def test_stats_count_everything(archive: Path, store: Store) -> None:
    sha256 = RawPages(archive / RAW).add(page := Page(b"x" * 1000, "x", NOON))
    put(store, FULL, PLAIN, Question("other:1", "?", site="other", created=NOON.replace(year=1999)))
    with store.write() as writer:
        writer.page(sha256, source="x", received=NOON, size=len(page.data), status="rejected", reason="?")
    stats = store.stats()
    assert stats == Stats(
        questions=3,
        answers=2,
        comments=3,
        tags=2,
        accepted=1,
        pages=1,
        rejected=1,
        page_bytes=1000,
        revision=1,
        first_created=NOON.replace(year=1999),
        last_created=NOON,
        raw_bytes=RawPages(archive / RAW).path(sha256).stat().st_size,
        database_bytes=stats.database_bytes,
        sites=(("example.org", 2), ("other", 1)),
    )
    assert stats.database_bytes > 4096


def test_an_empty_archive_has_stats(store: Store) -> None:
    stats = store.stats()
    assert (stats.questions, stats.first_created, stats.sites, stats.raw_bytes) == (0, None, (), 0)


def test_check_holds_pages_and_raw_files_together(archive: Path, store: Store) -> None:
    raw = RawPages(archive / RAW)
    sha256 = raw.add(Page(b"x", "x", NOON))
    assert (store.check(raw.shas()), store.unread(raw.shas())) == ([], [sha256])
    with store.write() as writer:
        writer.page(sha256, source="x", received=NOON, size=1, status="read")
    assert (store.check(raw.shas()), store.unread(raw.shas())) == ([], [])
    assert store.check([]) == [f"the raw page {sha256} is missing"]
    assert store.check() == []


# The file


def test_the_file_opens_well_in_other_tools(archive: Path, store: Store) -> None:
    put(store, FULL, PLAIN)
    with closing(sqlite3.connect(archive / DATABASE)) as db:
        assert db.execute(
            "SELECT id, tags, answers, accepted, created FROM questions_with_tags"
        ).fetchall() == [
            (FULL.id, "iop, c++", 2, 1, "2026-01-02T12:00:00Z"),
            (PLAIN.id, None, 0, None, None),
        ]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = {
            name: strict for _, name, kind, _, _, strict in db.execute("PRAGMA table_list") if kind == "table"
        }
    ours = {name: strict for name, strict in tables.items() if not name.startswith("sqlite_")}
    assert set(ours) == {
        *("questions", "answers", "comments", "tags", "links", "pages"),
        *("question_tags", "tag_synonyms", "question_pages", "deletions", "meta", "files"),
    }
    assert set(ours.values()) == {1}


def test_a_commit_is_on_the_disk_when_it_returns(store: Store) -> None:
    full = 2
    assert store._db.execute("PRAGMA synchronous").fetchone() == (full,)
    assert store._db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_an_archive_is_its_owners(archive: Path, store: Store) -> None:
    assert archive.stat().st_mode & 0o777 == 0o700


def test_an_archive_has_a_name_of_its_own(archive: Path, store: Store) -> None:
    with Store.open(archive) as again, Store.open(archive.parent / "other", create=True) as other:
        assert again.archive_id == store.archive_id != other.archive_id
    assert len(bytes.fromhex(store.archive_id)) == 8


def test_a_missing_archive_is_named(archive: Path) -> None:
    with pytest.raises(ArchiveMissing) as caught:
        Store.open(archive)
    assert str(archive) in str(caught.value)
    assert not archive.exists()


def execute(statement: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            db.execute(statement)
            db.commit()

    return run


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return run


def another_programs(path: Path) -> None:
    path.unlink()
    execute("CREATE TABLE moz_places (id INTEGER PRIMARY KEY)")(path)


RESTORE = "into a new archive (--archive NEW) restores it"
UNOPENABLE = [
    ("not a database", rewrite(lambda content: b"<html>" * 2000), "file is not a database", RESTORE),
    ("cut in the first page", rewrite(lambda content: content[:1000]), "the records cannot be read", RESTORE),
    (
        "half of it",
        rewrite(lambda content: content[: len(content) // 2]),
        "the records cannot be read",
        RESTORE,
    ),
    ("zeros", rewrite(lambda content: bytes(len(content))), "file is not a database", RESTORE),
    ("another program's", another_programs, "another program's database", "--archive DIR"),
    (
        "a newer version",
        execute("PRAGMA user_version = 99"),
        f"schema 99; this one knows {SCHEMA_VERSION}",
        "upgrade",
    ),
    ("a table is gone", execute("DROP TABLE meta"), "no such table: meta", RESTORE),
    ("a row is gone", execute("DELETE FROM meta"), "lacks archive_id", RESTORE),
]


@pytest.mark.parametrize(
    ("what", "damage", "problem", "way_out"), UNOPENABLE, ids=[row[0] for row in UNOPENABLE]
)
@pytest.mark.parametrize("create", [False, True])
def test_a_damaged_file_is_refused(
    archive: Path, what: str, damage: Callable[[Path], None], problem: str, way_out: str, create: bool
) -> None:
    with Store.open(archive, create=True) as store:
        put(store, FULL)
    damage(archive / DATABASE)
    before = (archive / DATABASE).read_bytes()
    with pytest.raises(ArchiveDamaged) as caught, Store.open(archive, create=create) as store:
        list(store.questions())
    message = str(caught.value)
    assert problem in message
    assert way_out in message
    assert str(archive) in message
    assert "\n" not in message
    assert (archive / DATABASE).read_bytes() == before


DAMAGED_WITHIN = [
    ("a time that is none", "UPDATE questions SET created = 'noon'", "'noon' is no time"),
    ("text that is not UTF-8", "UPDATE questions SET title = CAST(x'ff' AS TEXT)", "decode"),
]


@pytest.mark.parametrize(
    ("what", "statement", "problem"), DAMAGED_WITHIN, ids=[row[0] for row in DAMAGED_WITHIN]
)
def test_damage_within_is_named_when_it_is_read(
    archive: Path, store: Store, what: str, statement: str, problem: str
) -> None:
    put(store, FULL)
    execute(statement)(archive / DATABASE)
    with pytest.raises(ArchiveDamaged, match=problem):
        store.get(FULL.id)
    with pytest.raises(ArchiveDamaged, match=problem):
        list(store.questions())
    with pytest.raises(ArchiveDamaged, match=problem):
        list(store.changes(0).changes)


def test_check_finds_damage(archive: Path) -> None:
    with Store.open(archive, create=True) as store:
        put(store, *(replace(FULL, id=f"q:{n}") for n in range(50)))
    path = archive / DATABASE
    path.write_bytes(path.read_bytes().replace(b"q:17", b"q:99", 1))
    with Store.open(archive) as store:
        problems = store.check()
    assert problems
    assert all(str(path) in problem and "\n" not in problem for problem in problems)


def test_check_finds_broken_references(archive: Path, store: Store) -> None:
    execute("INSERT INTO links VALUES ('nobody', 'x', 'linked', 0)")(archive / DATABASE)
    (problem,) = store.check()
    assert "a row of links has no questions" in problem


@pytest.mark.parametrize("emptied", [b"", None], ids=["no bytes", "no tables"])
def test_an_empty_file_is_a_new_archive_unless_pages_were_read(archive: Path, emptied: bytes | None) -> None:
    path = archive / DATABASE
    path.parent.mkdir(parents=True)
    if emptied is None:
        execute("PRAGMA journal_mode = WAL")(path)
    else:
        path.write_bytes(emptied)
    with pytest.raises(ArchiveMissing):
        Store.open(archive)
    RawPages(archive / RAW).add(Page(b"x", "x", NOON))
    with pytest.raises(ArchiveDamaged, match="it is empty, though there are raw pages"):
        Store.open(archive, create=True)
    shutil.rmtree(archive / RAW)
    with Store.open(archive, create=True) as store:
        assert put(store, FULL) == ["added"]


def test_a_lost_file_is_made_anew_beside_the_raw_pages(archive: Path) -> None:
    RawPages(archive / RAW).add(Page(b"x", "x", NOON))
    with Store.open(archive, create=True) as store:
        assert store.revision == 0


def test_a_file_in_the_way_is_an_error_of_ours(archive: Path) -> None:
    archive.write_text("in the way")
    with pytest.raises(ArchiveMissing):
        Store.open(archive)
    with pytest.raises(ArchiveUnwritable, match="Not a directory"):
        Store.open(archive, create=True)
    assert archive.read_text() == "in the way"


# Where nothing can be written

READ_ONLY = """
import os, sys
from pathlib import Path
from askive.archive.errors import ArchiveError
from askive.archive.records import Question
from askive.archive.store import Store

archive, user = Path(sys.argv[1]), int(sys.argv[2])
if user:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
try:
    with Store.open(archive, create=True, wait=0.1) as store:
        print(store.revision, [question.id for question in store.questions()], store.changes(0).total)
        with store.write() as writer:
            writer.put(Question("new", "new"))
except ArchiveError as error:
    print(type(error).__name__, error)
"""
NOBODY = 65534

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user, or mount")


def crashed(archive: Path) -> None:
    """Make the archive one whose last writer was killed: its writes are in the log only."""
    with Store.open(archive, create=True) as store:
        put(store, PLAIN)
    aside = archive.with_name("aside")
    with Store.open(archive) as store:
        put(store, FULL)
        shutil.copytree(archive, aside)
    shutil.rmtree(archive)
    aside.rename(archive)


def closed(archive: Path) -> None:
    with Store.open(archive, create=True) as store:
        put(store, PLAIN)
        put(store, FULL)


def without_index(archive: Path) -> None:
    crashed(archive)
    archive.joinpath(f"{DATABASE}-shm").unlink()


SEEN = f"2 ['{PLAIN.id}', '{FULL.id}'] 2\nArchiveUnwritable cannot write to the archive at "
LAST_WRITES = "ArchiveDamaged {path}: its last writes are in records.sqlite3-wal"
STATES = [
    ("closed", closed, SEEN),
    ("its writer killed", crashed, SEEN),
    ("its writer killed, copied in part", without_index, LAST_WRITES),
]


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def read_only(archive: Path, user: int = 0, before: tuple[str, ...] = ()) -> str:
    command = [*before, sys.executable, "-c", READ_ONLY, str(archive), str(user)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def show(archive: Path) -> None:
    for path in (archive, *archive.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@as_root
@pytest.mark.parametrize(("what", "made", "seen"), STATES, ids=[row[0] for row in STATES])
def test_another_user_reads(public: Path, what: str, made: Callable[[Path], None], seen: str) -> None:
    archive = public / "archive"
    made(archive)
    show(archive)
    assert read_only(archive, NOBODY).startswith(seen.format(path=archive / DATABASE))


@as_root
def test_another_user_reads_beside_a_writer(public: Path) -> None:
    archive = public / "archive"
    with Store.open(archive, create=True) as store:
        put(store, PLAIN)
        put(store, FULL)
        show(archive)
        with store.write() as writer:
            writer.delete(PLAIN.id)
            assert read_only(archive, NOBODY).startswith(SEEN)


@as_root
def test_another_user_who_may_not_read_is_told_so(public: Path) -> None:
    archive = public / "archive"
    closed(archive)
    assert read_only(archive, NOBODY).startswith(
        f"ArchiveDamaged {archive / DATABASE}: it cannot be read (Permission denied)"
    )


@as_root
@pytest.mark.parametrize(("what", "made", "seen"), STATES, ids=[row[0] for row in STATES])
def test_a_read_only_disk_is_read(public: Path, what: str, made: Callable[[Path], None], seen: str) -> None:
    archive = public / "archive"
    made(archive)
    script = f'mount --bind {public} {public} && mount -o remount,bind,ro {public} && exec "$@"'
    mounted = ("unshare", "--mount", "sh", "-c", script, "sh")
    if subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    assert read_only(archive, before=mounted).startswith(seen.format(path=archive / DATABASE))


def test_many_make_one_archive_at_once(archive: Path) -> None:
    script = "import sys; from pathlib import Path; from askive.archive.store import Store\n"
    script += "with Store.open(Path(sys.argv[1]), create=True) as store: print(store.archive_id)"
    makers = [
        subprocess.Popen([sys.executable, "-c", script, archive], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    names = [maker.communicate()[0] for maker in makers]
    assert {maker.returncode for maker in makers} == {0}
    assert len(set(names)) == 1
