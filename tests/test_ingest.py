"""Ingest: what comes into the store, how often, in which pieces; export and rebuild give the same bytes."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, TextIO

import pytest
from askive.archive import ingest as module
from askive.archive import reading_process
from askive.archive import sources as sources_module
from askive.archive.body import body_from_html
from askive.archive.errors import ArchiveLocked, NoSuchSource, PageRejected
from askive.archive.export import write_json, write_ndjson
from askive.archive.ingest import IngestReport, Progress, ingest, read_paths
from askive.archive.page import Found, Page, Rejected
from askive.archive.raw import RawPages
from askive.archive.records import Answer, Body, Comment, Question, Tag
from askive.archive.sources import Source
from askive.archive.store import Store
from askive.archive.writer import Telling
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .containers import DATE, HTML, tar_of, warc_of, zip_of
from .strategies import archives

ROOT = Path(__file__).parents[1]
NOW = datetime(2012, 6, 27, tzinfo=UTC)
LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Archive:
    """An archive in a directory, to ingest into and export from."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.hours = 0

    def now(self) -> datetime:
        """Tell a time that is the same throughout an ingest, and an hour later at the next."""
        return NOW + timedelta(hours=self.hours)

    def ingest(
        self,
        *paths: Source,
        stdin: bytes = b"",
        progress: Callable[[Progress], None] = lambda _: None,
        again: bool = False,
    ) -> IngestReport:
        self.hours += 1
        with self.store() as store:
            raw = RawPages(self.directory / "raw")
            return ingest(
                paths, store, raw, now=self.now, stdin=io.BytesIO(stdin), progress=progress, again=again
            )

    def take_in(self, *records: Question | str) -> IngestReport:
        """Ingest questions, and lines as they are, as one page of NDJSON."""
        return self.ingest("-", stdin=lines(*records).encode())

    @contextmanager
    def store(self) -> Iterator[Store]:
        with Store.open(self.directory, create=True) as store:
            yield store

    def revision(self) -> int:
        with self.store() as store:
            return store.revision

    def records(self) -> list[Question]:
        with self.store() as store:
            return list(store.questions())

    def export(self) -> str:
        out = io.StringIO()
        write_ndjson(self.records(), out)
        return out.getvalue()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path / "archive")


def question(n: int, **values: Any) -> Question:
    """Return a small question."""
    made = Question(
        f"x:{n}", f"Question {n}", answers=(Answer("1", Body(f"Answer {n}")),), source="s", reader="r"
    )
    return replace(made, **values)


def lines(*records: Question | str) -> str:
    """Return NDJSON of questions; a text stands for a line of its own."""
    out = io.StringIO()
    for record in records:
        if isinstance(record, Question):
            write_ndjson([record], out)
        else:
            out.write(record + "\n")
    return out.getvalue()


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    """Return questions added, updated, unchanged; pages read, unchanged."""
    return report.added, report.updated, report.unchanged, report.pages_read, report.pages_unchanged


# What comes in, and how often


@pytest.fixture
def no_clock_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was changed just now is taken for settled."""
    monkeypatch.setattr(module, "CLOCK_TICK", -1)


def refuse_to_open(path: str, flags: int) -> int:
    raise AssertionError(f"{path} was read before")


@pytest.mark.usefixtures("no_clock_tick")
def test_an_unchanged_file_is_not_opened_again(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = tmp_path / "pages.zip"
    container.write_bytes(zip_of((f"{n}.ndjson", lines(question(n)).encode()) for n in range(3)))
    (tmp_path / "page.ndjson").write_text(lines(question(9)))
    paths = [container, tmp_path / "page.ndjson"]
    assert counts(archive.ingest(*paths)) == (4, 0, 0, 4, 0)
    with monkeypatch.context() as patch:
        patch.setattr(sources_module, "_open_regular", refuse_to_open)
        assert counts(archive.ingest(*paths)) == (0, 0, 0, 0, 4)
    assert counts(archive.ingest(*paths, again=True)) == (0, 0, 0, 0, 4)
    paths[1].write_text(lines(question(8)))
    assert counts(archive.ingest(*paths)) == (1, 0, 0, 1, 3)
    os.utime(container, (1, 1))
    assert counts(archive.ingest(*paths)) == (0, 0, 0, 0, 4), "looked into, and nothing new in it"


def test_a_file_that_was_changed_just_now_is_looked_into_again(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "page.ndjson"
    path.write_text(lines(question(1)))
    archive.ingest(path)
    with archive.store() as store:
        assert store.file(str(path)) is None


@pytest.mark.usefixtures("no_clock_tick")
def test_what_was_rejected_is_tried_again_or_named(archive: Archive, tmp_path: Path) -> None:
    alone = tmp_path / "a.txt"
    alone.write_text("no page")
    container = tmp_path / "b.zip"
    container.write_bytes(zip_of([("a.ndjson", lines(question(1)).encode()), ("b.txt", b"none"), ("c", b"")]))
    first, second = (archive.ingest(alone, container) for _ in range(2))
    assert len(first.rejected) == 3
    assert second.rejected[0] == first.rejected[0]
    reason = "unchanged; 2 of its parts could not be read: --again tries them again"
    assert second.rejected[1:] == (Rejected(str(container), reason),)
    with archive.store() as store, store.write() as writer:
        file = store.file(str(container))
        assert file is not None
        writer.file(replace(file, program="0"))
    assert archive.ingest(alone, container).rejected == first.rejected, "another version may read it"


def test_an_interrupted_container_is_continued(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = tmp_path / "pages.tar"
    container.write_bytes(tar_of((f"{n}.ndjson", lines(question(n)).encode()) for n in range(30)))
    monkeypatch.setattr(module, "BATCH_STEPS", 8)
    committed = 0

    def interrupt(progress: Progress) -> None:
        nonlocal committed
        committed = progress.questions
        if committed >= 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.ingest(container, progress=interrupt)
    report = archive.ingest(container)
    assert report.added == 30 - committed
    assert report.pages_unchanged >= committed - 1
    assert {q.id for q in archive.records()} == {f"x:{n}" for n in range(30)}


def test_a_report_names_a_bounded_number_of_rejected_pages(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_PROBLEMS", 3)
    container = tmp_path / "pages.tar"
    container.write_bytes(tar_of((f"{n}.txt", b"no page %d" % n) for n in range(9)))
    report = archive.ingest(container)
    assert [one.source for one in report.rejected] == [f"{container}!/{n}.txt" for n in range(3)]
    assert report.rejected_count == 9


def test_a_page_that_comes_twice_in_a_container_is_read_once(archive: Archive, tmp_path: Path) -> None:
    container = tmp_path / "pages.tar"
    container.write_bytes(tar_of((name, lines(question(1)).encode()) for name in "abc"))
    assert counts(archive.ingest(container)) == (1, 0, 0, 1, 2)


def test_a_rebuild_from_raw_needs_no_container(archive: Archive, tmp_path: Path) -> None:
    html = (ROOT / "raw" / "schema_org" / "descale-kettle.html").read_bytes()
    address = "https://example.org/questions/4711/how"
    crawl = tmp_path / "crawl.warc.gz"
    crawl.write_bytes(warc_of([(address, html, HTML)], gzip=True))
    archive.ingest(crawl)
    shutil.copytree(archive.directory / "raw", tmp_path / "raw")
    crawl.unlink()
    rebuilt = Archive(tmp_path / "rebuilt")
    rebuilt.ingest(tmp_path / "raw")
    assert rebuilt.export() == archive.export()
    (found,) = rebuilt.records()
    assert found.source == f"{crawl}!{address}"
    with rebuilt.store() as store:
        (page,) = store.pages_of(found.id)
    assert (page.received, page.size) == (datetime.fromisoformat(DATE), len(html))


def crawl_of(path: Path, *captures: tuple[str, Question]) -> Path:
    """Write a crawl of pages that each tell of a question, with the times they were captured at."""
    records = [
        warc_of([(f"https://example.org/{n}", lines(told).encode(), HTML)], date=time)
        for n, (time, told) in enumerate(captures)
    ]
    path.write_bytes(b"".join(records))
    return path


EARLY, LATE = "2012-01-01T00:00:00Z", "2020-01-01T00:00:00Z"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_dated_pages_the_newest_wins_in_any_order(
    archive: Archive, tmp_path: Path, order: tuple[int, ...]
) -> None:
    captures = [
        (EARLY, question(1, score=1, views=1, answers=(Answer("a", Body("Early.")),))),
        (LATE, question(1, score=2, answers=(Answer("b", Body("Late.")),))),
        (LATE, question(1, score=3, author="Ann")),
    ]
    for n in order:
        archive.ingest(crawl_of(tmp_path / f"{n}.warc", captures[n]))
    (found,) = archive.records()
    assert (found.score in (2, 3), found.views, found.author) == (True, 1, "Ann")
    assert {answer.id for answer in found.answers} >= {"a", "b"}
    rebuilt = Archive(tmp_path / "rebuilt")
    rebuilt.ingest(archive.directory / "raw")
    (again,) = rebuilt.records()
    assert (again.score, again.views, again.author) == (found.score, found.views, found.author)


def test_of_dated_pages_in_one_ingest_the_newest_wins(archive: Archive, tmp_path: Path) -> None:
    captures = [(LATE, question(1, score=2)), (EARLY, question(1, score=1)), (EARLY, question(2, score=1))]
    archive.ingest(crawl_of(tmp_path / "crawl.warc", *captures))
    assert [one.score for one in archive.records()] == [2, 1]
    before = archive.export()
    shutil.rmtree(archive.directory / "archive")
    archive.ingest(archive.directory / "raw")
    assert archive.export() == before


def test_a_page_that_knows_no_address_has_that_of_its_record(archive: Archive, tmp_path: Path) -> None:
    text = (ROOT / "raw" / "text" / "vector-erase.txt").read_bytes()
    address = "https://example.org/questions/4711/how"
    crawl = tmp_path / "crawl.warc"
    crawl.write_bytes(warc_of([(address, text, HTML)]))
    archive.ingest(crawl)
    (found,) = archive.records()
    assert (found.id, found.url, found.site) == ("example.org:4711", address, "example.org")


def test_questions_are_added_updated_and_left_as_they_are(archive: Archive) -> None:
    assert counts(archive.take_in(question(1), question(2))) == (2, 0, 0, 1, 0)
    newer = question(2, score=5)
    assert counts(archive.take_in(question(1), newer, question(3))) == (1, 1, 1, 1, 0)
    assert archive.records() == [question(1), newer, question(3)]


def test_the_same_bytes_again_change_nothing_and_are_not_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.take_in(question(1))
    archive.take_in(question(1, score=5))
    before = archive.revision(), archive.export()

    def read_page(page: Page) -> tuple[str, Iterator[Found]]:
        raise AssertionError("it was read before")

    monkeypatch.setattr(reading_process, "read_page", read_page)
    assert counts(archive.take_in(question(1))) == (0, 0, 0, 0, 1)
    assert (archive.revision(), archive.export()) == before


def test_what_is_rejected_is_named_kept_and_the_rest_is_read(archive: Archive, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.txt").write_bytes(b"")
    (pages / "b.ndjson").write_text(lines(question(1), "rubbish", question(2), "{}"))
    (pages / "c").symlink_to(pages)
    report = archive.ingest(pages)
    assert report == IngestReport(
        added=2,
        updated=0,
        unchanged=0,
        pages_read=1,
        pages_unchanged=0,
        rejected=(
            Rejected(f"{pages}/a.txt", "empty page"),
            Rejected(f"{pages}/c", "a loop: this folder lies in itself"),
        ),
        problems=(
            Rejected(f"{pages}/b.ndjson", "line 2: not JSON: Expecting value at column 1"),
            Rejected(f"{pages}/b.ndjson", "line 4: no title"),
        ),
        problem_count=2,
        rejected_count=2,
    )
    with archive.store() as store:
        assert {page.source: page.reason for page in store.rejected()} == {
            f"{pages}/a.txt": "empty page",
            f"{pages}/b.ndjson": "line 2: not JSON: Expecting value at column 1",
        }
        (page,) = store.pages_of("x:1")
    assert (page.status, page.reader) == ("read", "ndjson")
    assert page.reason == "line 2: not JSON: Expecting value at column 1"
    assert len(list(RawPages(archive.directory / "raw").shas())) == 2


def test_a_rejected_page_is_read_when_a_reader_takes_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_nothing(page: Page) -> tuple[str, Iterator[Found]]:
        raise PageRejected("no reader knows its form")

    with monkeypatch.context() as before:
        before.setattr(reading_process, "read_page", read_nothing)
        assert len(archive.take_in(question(1)).rejected) == 1
        assert len(archive.take_in(question(1)).rejected) == 1
    assert counts(archive.take_in(question(1))) == (1, 0, 0, 1, 0)
    with archive.store() as store:
        assert store.rejected() == []


def test_a_partly_read_page_is_read_again_without_undoing_what_came_since(archive: Archive) -> None:
    partly = (question(1, score=1), "rubbish")
    archive.take_in(*partly)
    archive.take_in(question(1, score=2))
    before = archive.revision()
    report = archive.take_in(*partly)
    assert counts(report) == (0, 0, 1, 1, 0)
    assert report.problem_count == 1
    assert (archive.revision(), archive.records()) == (before, [question(1, score=2)])


def test_tags_come_in_without_a_question_too(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = Tag("iop", "IOP", "Intensive outpatient")
    monkeypatch.setattr(reading_process, "read_page", lambda page: ("tags", iter([tag])))
    archive.take_in("some page")
    with archive.store() as store:
        assert store.tag("iop") == tag


def test_problems_are_counted_all_and_named_up_to_a_limit(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_PROBLEMS", 3)
    report = archive.take_in(question(1), *["rubbish"] * 10)
    assert (len(report.problems), report.problem_count) == (3, 10)


def test_a_path_that_is_not_there_stops_it_before_anything_is_stored(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "a.ndjson").write_text(lines(question(1)))
    with pytest.raises(NoSuchSource):
        archive.ingest(tmp_path / "a.ndjson", tmp_path / "nowhere")
    assert archive.records() == []


def test_reading_yields_what_an_ingest_would_take_in_order(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(lines(question(1), "rubbish", question(2, source=None, reader=None)))
    (tmp_path / "b").write_bytes(b"")
    assert list(read_paths([tmp_path], now=lambda: NOW)) == [
        question(1),
        Rejected(f"{tmp_path}/a", "line 2: not JSON: Expecting value at column 1"),
        question(2, source=f"{tmp_path}/a", reader="ndjson"),
        Rejected(f"{tmp_path}/b", "empty page"),
    ]
    assert not archive.directory.exists()


# In which pieces


def test_progress_rises_to_the_total(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_STEPS", 2)
    (tmp_path / "a.ndjson").write_text(lines(*map(question, range(5))))
    (tmp_path / "b.txt").write_bytes(b"")
    size = (tmp_path / "a.ndjson").stat().st_size
    seen: list[Progress] = []
    archive.ingest(tmp_path / "a.ndjson", tmp_path / "b.txt", progress=seen.append)
    assert sorted(seen, key=lambda p: (p.bytes_done, p.questions, p.pages)) == seen
    assert seen[0] == Progress(pages=0, questions=2, bytes_done=size, bytes_total=size)
    assert seen[-1] == Progress(pages=2, questions=5, bytes_done=size, bytes_total=size)


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_an_interrupted_ingest_keeps_its_batches_and_can_be_repeated(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    monkeypatch.setattr(module, "BATCH_STEPS", 2)
    records = [question(n) for n in range(5)]
    seen: list[Progress] = []

    def progress(now: Progress) -> None:
        seen.append(now)
        if len(seen) == stop:
            raise KeyboardInterrupt

    data = lines(*records).encode()
    with pytest.raises(KeyboardInterrupt):
        archive.ingest("-", stdin=data, progress=progress)
    kept = min(2 * stop, 5)
    assert archive.records() == records[:kept]
    with archive.store() as store:
        assert store.check() == []
    assert archive.ingest("-", stdin=data).added == 5 - kept
    assert archive.records() == records


def raw_pages(archive: Archive) -> list[str]:
    """Return the hashes of the raw pages."""
    return list(RawPages(archive.directory / "raw").shas())


def test_a_raw_page_is_safe_before_the_store_is_written(archive: Archive) -> None:
    with archive.store() as other, other.write(), Store.open(archive.directory, wait=0) as store:
        raw = RawPages(archive.directory / "raw")
        with pytest.raises(ArchiveLocked):
            ingest(["-"], store, raw, now=lambda: NOW, stdin=io.BytesIO(lines(question(1)).encode()))
    assert len(raw_pages(archive)) == 1
    assert archive.records() == []
    assert archive.ingest(archive.directory / "raw").added == 1


def test_batches_are_bounded_in_number_and_in_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_STEPS", 3)
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 100)
    comment = Comment("1", Body("x" * 60))
    small, large = question(1), question(2, body=Body("x" * 60), comments=(comment,))
    steps = [module._Put(one, Telling(NOW, "")) for one in (small, small, small, small, large, small)]
    assert [len(batch) for batch in module._batches(steps)] == [3, 2, 1]


# Laws


def as_read(records: list[Question]) -> list[Question]:
    """Return records as a reader hands them over: HTML sanitised, origin known."""

    def safe(body: Body, url: str | None) -> Body:
        return (
            body
            if body.html is None
            else replace(body, html=body_from_html(body.html, base_url=url).html or None)
        )

    def comments(parent: Question | Answer, url: str | None) -> tuple[Comment, ...]:
        return tuple(replace(comment, body=safe(comment.body, url)) for comment in parent.comments)

    return [
        replace(
            q,
            source=q.source or "page",
            reader=q.reader or "reader",
            body=q.body and safe(q.body, q.url),
            comments=comments(q, q.url),
            answers=tuple(
                replace(answer, body=safe(answer.body, q.url), comments=comments(answer, q.url))
                for answer in q.answers
            ),
        )
        for q in records
    ]


def as_ndjson(records: list[Question], out: TextIO) -> None:
    write_ndjson(records, out)


def as_json(records: list[Question], out: TextIO) -> None:
    write_json(records, out, total=len(records))


@LAW
@given(archives().map(as_read), st.sampled_from([as_ndjson, as_json]))
def test_export_ingest_export_gives_the_same_bytes(
    records: list[Question], write: Callable[[list[Question], TextIO], None]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        first, second = Archive(Path(directory, "first")), Archive(Path(directory, "second"))
        with first.store() as store, store.write() as writer:
            for record in records:
                writer.put(record)
        exported = io.StringIO()
        write(first.records(), exported)
        second.ingest("-", stdin=exported.getvalue().encode())
        again = io.StringIO()
        write(second.records(), again)
        assert again.getvalue() == exported.getvalue()


@LAW
@given(st.lists(archives(max_size=2).map(as_read), min_size=1, max_size=4))
def test_a_lost_store_is_rebuilt_from_raw_pages(pages: list[list[Question]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        archive = Archive(Path(directory))
        for records in pages:
            archive.take_in(*records)
        before = archive.export()
        shutil.rmtree(archive.directory / "archive")
        archive.ingest(archive.directory / "raw")
        assert archive.export() == before


@pytest.mark.parametrize("text", ["<li><table><li>", "<table><li><table><li><table><li>", "<pre>\n\nx"])
def test_html_of_a_page_comes_back_as_it_was_exported(text: str) -> None:
    html = body_from_html(text).html
    assert html is not None
    assert body_from_html(html).html == html


# Size

LINES = 300_000
MEBI = 1 << 20


@pytest.mark.slow
def test_a_long_export_streams(tmp_path: Path) -> None:
    """300,000 questions of 330 bytes, 95 MiB, in a process that may have 256 MiB of data."""
    with (tmp_path / "long.ndjson").open("w") as file:
        for n in range(LINES):
            item = {"question_id": f"x:{n}", "title": f"Question {n}", "body_text": "word " * 40}
            file.write(json.dumps(item | {"answers": [{"body_text": "an answer"}]}) + "\n")
    program = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from askive.archive.ingest import ingest\n"
        "from askive.archive.raw import RawPages\n"
        "from askive.archive.store import Store\n"
        "source, archive = map(Path, sys.argv[1:])\n"
        "with Store.open(archive, create=True) as store:\n"
        "    raw = RawPages(archive / 'raw')\n"
        "    print(ingest([source], store, raw, now=lambda: datetime.now(UTC)).added)\n"
    )

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (256 * MEBI, 256 * MEBI))

    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "long.ndjson", tmp_path / "archive"],
        preexec_fn=bound if sys.platform == "linux" else None,
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{LINES}\n", "")
