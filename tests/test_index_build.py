"""The index follows the archive: incrementally, durably, and never wrongly."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from askive.archive.records import ChangeSet, Question
from askive.index import grammar
from askive.index.build import MERGE_FACTOR, update
from askive.index.commit import LOCK_NAME, SUFFIXES, WriteLock
from askive.index.errors import IndexLocked, IndexUnusable, IndexUnwritable
from askive.index.search import search
from askive.index.snapshot import Snapshot
from askive.index.toc import latest_generation, toc_path
from askive.tests.index_archive import ARCHIVE_ID, NOW, History, build, question
from askive.tests.strategies import questions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EVERYTHING = grammar.Everything()
PARTS = tuple(suffix[1:] for suffix in SUFFIXES)
WORDS = ("alpha", "beta", "gamma", "delta", "words", "it's")


def answers_of(snapshot: Snapshot) -> list[object]:
    """Return what a snapshot says to a few queries, scores included to the last bit."""
    words = tuple(grammar.Word(word) for word in WORDS)
    asked: tuple[grammar.Node, ...] = (EVERYTHING, *words, grammar.Beside(words))
    return [
        search(snapshot, node, now=NOW, match="any", limit=100, facets=("tag", "site", "year"))
        for node in asked
    ]


def ids(snapshot: Snapshot) -> list[str]:
    return [hit.id for hit in search(snapshot, EVERYTHING, now=NOW, limit=10**6).hits]


def few() -> History:
    return History(
        question(f"q{n}", f"alpha {WORDS[n % 4]}", "beta gamma " * n, tags=["t"]) for n in range(5)
    )


def test_update_takes_only_what_changed(tmp_path: Path) -> None:
    history = few()
    first = update(tmp_path, ARCHIVE_ID, history.changes)
    assert (first.indexed, first.removed, first.rebuilt) == (5, 0, "missing")
    history.put(question("q1", "epsilon"), question("q9", "zeta"))
    history.delete("q0")
    second = update(tmp_path, ARCHIVE_ID, history.changes)
    assert (second.indexed, second.removed, second.rebuilt) == (2, 1, None)
    with Snapshot.open(tmp_path, ARCHIVE_ID) as snapshot:
        assert ids(snapshot) == ["q1", "q2", "q3", "q4", "q9"]
        assert snapshot.revision == history.revision
    generation = latest_generation(tmp_path)
    assert update(tmp_path, ARCHIVE_ID, history.changes).indexed == 0
    assert latest_generation(tmp_path) == generation


@given(st.data())
@settings(
    max_examples=15,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_an_updated_index_answers_as_one_built_anew(data: st.DataObject) -> None:
    known = [f"q{n}" for n in range(6)]
    history = History()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(data.draw(st.integers(1, 4))):
            made = data.draw(
                st.lists(questions(ids=st.sampled_from(known)), max_size=4, unique_by=lambda q: q.id)
            )
            history.put(*(replace(q, title=f"{data.draw(st.sampled_from(WORDS))} {q.title}") for q in made))
            if data.draw(st.booleans()):
                history.delete(data.draw(st.sampled_from(known)))
            build(Path(folder, "grown"), history).close()
        with build(Path(folder, "grown"), history) as grown, build(Path(folder, "new"), history) as new:
            assert answers_of(grown) == answers_of(new)


def test_segments_stay_few(tmp_path: Path) -> None:
    history = History()
    for n in range(60):
        history.put(question(f"q{n:02}", f"alpha {n}"))
        update(tmp_path, ARCHIVE_ID, history.changes)
    with Snapshot.open(tmp_path, ARCHIVE_ID) as snapshot:
        assert len(snapshot.segments) < 2 * MERGE_FACTOR
        assert len(ids(snapshot)) == 60
        assert len(segment_files(tmp_path)) == 2 * len(snapshot.segments)


def test_deleting_everything_leaves_an_empty_index(tmp_path: Path) -> None:
    history = few()
    build(tmp_path, history).close()
    history.delete(*history.now)
    with build(tmp_path, history) as snapshot:
        assert answers_of(snapshot)[0].total == 0  # type: ignore[attr-defined]
    history.put(question("q1", "alpha"))
    with build(tmp_path, history) as snapshot:
        assert ids(snapshot) == ["q1"]


def newest_toc(folder: Path) -> Path:
    return toc_path(folder, latest_generation(folder))


def segment_files(folder: Path, part: str = "*") -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.match(f"*.{part}") and path.suffix in SUFFIXES)


def assert_nothing_left_over(folder: Path) -> None:
    """Hold that a folder has the files of its newest state alone."""
    entries = json.loads(newest_toc(folder).read_bytes())["segments"]
    expected = {f"{entry['id']}.{part}" for entry in entries for part in PARTS}
    assert {path.name for path in folder.iterdir()} == {*expected, newest_toc(folder).name, LOCK_NAME}


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(place: int, path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x40
    path.write_bytes(data)


def remove(path: Path) -> None:
    path.unlink()


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def edit_toc(folder: Path, **changed: object) -> None:
    path = newest_toc(folder)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


Harm = Callable[[Path], object]


def harm_segment(folder: Path, part: str, harm: Harm) -> None:
    harm(*segment_files(folder, part))


DAMAGE: dict[str, tuple[Harm, str]] = {
    "no files": (lambda folder: shutil.rmtree(folder), "missing"),
    "no toc": (lambda folder: remove(newest_toc(folder)), "missing"),
    "torn toc": (lambda folder: truncate(newest_toc(folder)), "torn"),
    "empty toc": (lambda folder: newest_toc(folder).write_bytes(b""), "torn"),
    "toc of junk": (lambda folder: newest_toc(folder).write_bytes(b"\x80\x04junk"), "torn"),
    "toc of other JSON": (lambda folder: newest_toc(folder).write_text("[1]"), "foreign"),
    "toc edited": (lambda folder: edit_toc(folder, revision=99), "torn"),
    "earlier format": (lambda folder: edit_toc(folder, format=1), "format 1"),
    "later format": (lambda folder: edit_toc(folder, format=3), "format 3"),
    "renamed toc": (lambda folder: newest_toc(folder).rename(toc_path(folder, 77)), "foreign"),
    "toc of a great number": (
        lambda folder: newest_toc(folder).rename(toc_path(folder, 10**12 - 1)),
        "foreign",
    ),
    "toc of a padded number": (lambda folder: newest_toc(folder).rename(folder / "toc-00.json"), "torn"),
    "toc of other digits": (lambda folder: newest_toc(folder).rename(folder / "toc-٣.json"), "missing"),
    "toc that is a folder": (lambda folder: toc_path(folder, 7).mkdir(), "torn"),
}
SEGMENT_DAMAGE: dict[str, tuple[Harm, str]] = {
    "missing": (remove, "torn"),
    "torn": (truncate, "torn"),
    "empty": (lambda path: path.write_bytes(b""), "damaged"),
    "a folder": (make_folder, "damaged"),
    "junk": (lambda path: path.write_bytes(b"\x80\x04junk" * 20), "foreign"),
    "flipped bit in the header": (lambda path: flip(17, path), "damaged"),
    "flipped bit in the directory": (lambda path: flip(-17, path), "damaged"),
}
DAMAGE |= {
    f"{part}: {name}": (partial(harm_segment, part=part, harm=harm), reason)
    for name, (harm, reason) in SEGMENT_DAMAGE.items()
    for part in PARTS
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_seen_and_rebuilt(tmp_path: Path, damage: str) -> None:
    history = few()
    with build(tmp_path, history) as snapshot:
        sound = answers_of(snapshot)
    harm, reason = DAMAGE[damage]
    harm(tmp_path)
    with pytest.raises(IndexUnusable, match=reason):
        Snapshot.open(tmp_path, ARCHIVE_ID)
    report = update(tmp_path, ARCHIVE_ID, history.changes)
    assert report.rebuilt is not None
    assert reason in report.rebuilt
    with Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot:
        assert answers_of(snapshot) == sound


FIRST_SECTION = 48
"""Where the sections of a file begin: behind the header."""


@pytest.mark.parametrize("part", PARTS)
def test_damage_that_is_not_looked_at_is_seen_when_it_is(tmp_path: Path, part: str) -> None:
    history = few()
    with build(tmp_path, history) as snapshot:
        sound = answers_of(snapshot)
    flip(FIRST_SECTION, *segment_files(tmp_path, part))
    with pytest.raises(IndexUnusable, match="damaged"):
        Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True)
    with Snapshot.open(tmp_path, ARCHIVE_ID) as snapshot, pytest.raises(IndexUnusable, match="damaged"):
        answers_of(snapshot)
    update(tmp_path, ARCHIVE_ID, history.changes, full=True)
    with Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot:
        assert answers_of(snapshot) == sound


@pytest.mark.parametrize("part", PARTS)
def test_an_update_that_meets_damage_rebuilds(tmp_path: Path, part: str) -> None:
    history = few()
    build(tmp_path, history).close()
    flip(FIRST_SECTION, *segment_files(tmp_path, part))
    history.put(question("q1", "epsilon"), question("q2", "zeta"))  # so many that the segment is rewritten
    report = update(tmp_path, ARCHIVE_ID, history.changes)
    assert (report.indexed, report.rebuilt) == (5, "damaged")
    with (
        Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot,
        build(tmp_path / "new", history) as new,
    ):
        assert answers_of(snapshot) == answers_of(new)


def test_an_index_of_another_archive_is_not_believed(tmp_path: Path) -> None:
    build(tmp_path, few()).close()
    with pytest.raises(IndexUnusable, match="another archive"):
        Snapshot.open(tmp_path, "another")


def test_an_outdated_index_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, few()).close()
    monkeypatch.setattr("askive.index.snapshot.fingerprint", lambda: "newer")
    with pytest.raises(IndexUnusable, match="outdated"):
        Snapshot.open(tmp_path, ARCHIVE_ID)


def test_an_index_ahead_of_its_archive_is_rebuilt(tmp_path: Path) -> None:
    history = few()
    history.put(question("q7", "gone after the archive was restored"))
    build(tmp_path, history).close()
    report = update(tmp_path, ARCHIVE_ID, few().changes)
    assert report.rebuilt == "ahead of the archive"
    with Snapshot.open(tmp_path, ARCHIVE_ID) as snapshot:
        assert "q7" not in ids(snapshot)


def test_junk_in_the_folder_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "askive_junk.seg").write_bytes(b"junk")
    (tmp_path / "_MAIN_1.toc").write_bytes(b"\x80\x04.")
    (tmp_path / "0123456789abcdef.documents").write_bytes(b"junk")
    (tmp_path / "runs-0123").mkdir()
    (tmp_path / "runs-0123" / "ab.postings").write_bytes(b"junk")
    with build(tmp_path, few()) as snapshot:
        assert len(ids(snapshot)) == 5
    assert_nothing_left_over(tmp_path)


def test_a_reader_keeps_its_state_while_a_writer_commits(tmp_path: Path) -> None:
    history = few()
    with build(tmp_path, history) as before:
        expected = answers_of(before)
        history.put(*(question(f"n{n}", "alpha") for n in range(20)))
        update(tmp_path, ARCHIVE_ID, history.changes, full=True)
        assert answers_of(before) == expected
    with Snapshot.open(tmp_path, ARCHIVE_ID) as after:
        assert len(ids(after)) == 25


def test_a_failing_change_leaves_the_state_before(tmp_path: Path) -> None:
    history = few()
    build(tmp_path, history).close()

    def broken(since: int) -> ChangeSet:
        def changes() -> Iterator[object]:
            yield from few().changes(0).changes
            raise RuntimeError("the store broke")

        return ChangeSet(ARCHIVE_ID, 9, 6, changes())  # type: ignore[arg-type]

    with pytest.raises(RuntimeError):
        update(tmp_path, ARCHIVE_ID, broken)
    with Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot:
        assert len(ids(snapshot)) == 5
    history.put(question("q9", "later"))
    assert update(tmp_path, ARCHIVE_ID, history.changes).indexed == 1
    assert len(segment_files(tmp_path)) == 4
    assert_nothing_left_over(tmp_path)


def test_a_second_writer_waits_and_then_says_so(tmp_path: Path) -> None:
    history = few()
    with WriteLock(tmp_path, 0), pytest.raises(IndexLocked, match="try again"):
        update(tmp_path, ARCHIVE_ID, history.changes, wait=0.1)
    assert update(tmp_path, ARCHIVE_ID, history.changes).indexed == 5


def _write_forever(folder: Path) -> None:
    history = History()
    for n in range(10**6):
        history.put(question(f"q{n % 7}", f"alpha {n}", "beta " * 40))
        update(folder, ARCHIVE_ID, history.changes, wait=5)


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_writers_leave_a_usable_index(tmp_path: Path, rounds: int) -> None:
    context = multiprocessing.get_context("spawn")
    chance = random.Random(rounds)
    build(tmp_path, History([question("q0", "alpha")])).close()
    for _ in range(rounds):
        before = latest_generation(tmp_path)
        writer = context.Process(target=_write_forever, args=(tmp_path,))
        writer.start()
        while latest_generation(tmp_path) == before and writer.is_alive():
            chance.random()
        writer.join(chance.uniform(0, 0.3))
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        with Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot:
            assert search(snapshot, grammar.Word("alpha"), now=NOW).total == snapshot.count() > 0
    history = few()
    history.revision += 10**6
    update(tmp_path, ARCHIVE_ID, history.changes, full=True)
    assert_nothing_left_over(tmp_path)


FULL_DISK = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from askive.index.build import update
from askive.index.errors import IndexUnwritable
from askive.tests.index_archive import ARCHIVE_ID, History, question
history = History(question(f"q{n}", f"alpha {n}", f"beta{n} " * 50) for n in range(50))
history.revision = 2
try:
    update(Path(sys.argv[1]), ARCHIVE_ID, history.changes, full=True)
except IndexUnwritable as error:
    print(error)
"""


def test_a_full_disk_leaves_the_state_before(tmp_path: Path) -> None:
    with build(tmp_path, few()) as snapshot:
        sound = answers_of(snapshot)
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "cannot write the index" in run.stdout
    with Snapshot.open(tmp_path, ARCHIVE_ID, thorough=True) as snapshot:
        assert answers_of(snapshot) == sound


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a folder")
    with pytest.raises(IndexUnwritable, match="index"):
        update(tmp_path / "index", ARCHIVE_ID, few().changes)


@given(st.lists(questions(), max_size=3, unique_by=lambda q: q.id))
@settings(
    max_examples=15,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_every_question_can_be_indexed_and_found_by_its_id(made: list[Question]) -> None:
    with tempfile.TemporaryDirectory() as folder, build(Path(folder), History(made)) as snapshot:
        assert ids(snapshot) == sorted(q.id for q in made)
        for each in made:
            found = search(snapshot, grammar.Named("id", each.id), now=NOW).hits
            assert [hit.id for hit in found] == [each.id]
