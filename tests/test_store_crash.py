"""What the store has acknowledged is there after kill -9, beside other writers, and on a full disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from askive.archive.database import RAW
from askive.archive.raw import RawPages
from askive.archive.store import Store

as_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None, reason="only root can mount a small disk"
)

ROUNDS = 5
SLOW_ROUNDS = 50
BATCH = 3
"""Questions of one write; each has a page of its own."""

WRITER = """
import itertools, os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from askive.archive.database import RAW
from askive.archive.errors import ArchiveUnwritable
from askive.archive.raw import RawPages
from askive.archive.page import Page
from askive.archive.records import Answer, Body, Question, Tag
from askive.archive.store import Store

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

def write_batch(store, raw, name, n, size, filler=b""):
    pages = [Page(b"%s %d %d" % (name.encode(), n, i) + filler, f"{name}.html", NOON) for i in range(size)]
    hashes = [raw.add(page) for page in pages]
    with store.write() as writer:
        for i, (sha256, page) in enumerate(zip(hashes, pages)):
            id = f"{name}:{n:05}:{i}"
            body = Body(f"answer {n} " * 50)
            tags = (Tag("t", blurb=f"blurb {n}"),)
            writer.put(Question(id, f"Question {n}", tags=tags, answers=(Answer("1", body),)))
            writer.page(
                sha256, source=page.source, received=NOON, size=len(page.data), status="read", questions=[id]
            )
    for i, sha256 in enumerate(hashes):
        print(f"{name}:{n:05}:{i}", sha256, flush=True)
"""

ENDLESS = (
    WRITER
    + """
archive, name, batches, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
raw = RawPages(archive / RAW)
with Store.open(archive, create=True) as store:
    start = store.stats().questions
    for n in range(start, start + batches):
        write_batch(store, raw, name, n, size)
"""
)

FILLING = (
    WRITER
    + """
archive, limit, free = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
raw = RawPages(archive / RAW)
acknowledged = {}

def fill(store, start):
    for n in itertools.count(start):
        write_batch(store, raw, "full", n, 3, os.urandom(3000))

with Store.open(archive, create=True) as store:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        fill(store, 0)
    except ArchiveUnwritable as error:
        print("FULL", error, flush=True)
    before = store.stats().questions
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    free.unlink(missing_ok=True)
    write_batch(store, raw, "after", 0, 3)
    print("AFTER", store.stats().questions - before, flush=True)
with Store.open(archive) as store:
    print("CHECK", store.check(raw.shas()), list(raw.check()))
    for path in (archive / "raw").glob(".*"):
        print("LEFT", path)
"""
)


READING = (
    WRITER
    + """
archive, filler = Path(sys.argv[1]), Path(sys.argv[2])
with Store.open(archive, create=True) as store:
    write_batch(store, RawPages(archive / RAW), "full", 0, 3)
try:
    with filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
except OSError as error:
    print(error.strerror)
with Store.open(archive) as store:
    print("READ", len(list(store.questions())), store.changes(0).total)
"""
)


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def acknowledged(output: str) -> dict[str, str]:
    """Return the ids that a writer printed after its commits, each with its page's hash."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {line[0]: line[1] for line in lines if ":" in line[0]}


def assert_all_there(archive: Path, expected: dict[str, str]) -> None:
    raw = RawPages(archive / RAW)
    with Store.open(archive) as store:
        found = store.get_many(expected)
        assert found.keys() == expected.keys()
        assert all(question.answers for question in found.values())
        assert all(store.pages_of(id)[0].sha256 == sha256 for id, sha256 in expected.items())
        assert all(raw.read(sha256).data for sha256 in expected.values())
        assert store.check(raw.shas()) == []
        assert list(raw.check()) == []
        assert store.stats().questions % BATCH == 0


def kill_in_the_middle(archive: Path, rounds: int) -> None:
    chance = random.Random(20261)
    expected: dict[str, str] = {}
    for _ in range(rounds):
        writer = start(ENDLESS, archive, "kill", 10_000, BATCH)
        assert writer.stdout is not None
        assert writer.stderr is not None
        seen = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
        time.sleep(chance.random() * 0.01)
        writer.kill()
        # Not communicate(): it does not know of what readline() has read ahead.
        rest, errors = writer.stdout.read(), writer.stderr.read()
        writer.wait()
        assert errors == ""
        expected |= acknowledged("".join(seen) + rest)
        assert_all_there(archive, expected)
    assert len(expected) >= rounds


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path / "archive", ROUNDS)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_many_kills(tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path / "archive", SLOW_ROUNDS)


def test_two_writers_and_a_reader_at_once(tmp_path: Path) -> None:
    """Both writers end with everything stored, and the reader sees whole writes, ever more of them."""
    archive = tmp_path / "archive"
    Store.open(archive, create=True).close()
    writers = [start(ENDLESS, archive, name, 20, BATCH) for name in ("one", "two")]
    reads = []
    with Store.open(archive) as store:
        while any(writer.poll() is None for writer in writers):
            reads.append({id.rsplit(":", 1)[0] for id in store.ids()})
            questions = list(store.questions())
            assert len(questions) % BATCH == 0
            assert all(question.answers and question.tags for question in questions)
    assert all(earlier <= later for earlier, later in pairwise(reads))
    outputs = [writer.communicate() for writer in writers]
    assert [errors for _, errors in outputs] == ["", ""]
    expected = acknowledged(outputs[0][0]) | acknowledged(outputs[1][0])
    assert len(expected) == 2 * 20 * BATCH
    assert_all_there(archive, expected)


@pytest.mark.parametrize("kibibytes", [200, 333])
def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path, kibibytes: int) -> None:
    archive = tmp_path / "archive"
    output, errors = start(FILLING, archive, kibibytes * 1024, tmp_path / "none").communicate()
    assert errors == ""
    assert_full_and_mended(archive, output)
    assert_all_there(archive, acknowledged(output))


@as_root
@pytest.mark.parametrize("kibibytes", [1024, 1500])
def test_a_full_disk_loses_nothing(tmp_path: Path, kibibytes: int) -> None:
    """On a small disk of its own; what it then holds is copied away before it is gone."""
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    shell = f'head -c 200000 /dev/zero > {disk}/free && "$@" && cp -r {disk}/archive {kept}'
    found = on_a_small_disk(disk, kibibytes, shell, FILLING, disk / "archive", 0, disk / "free")
    assert_full_and_mended(disk / "archive", found)
    assert_all_there(kept, acknowledged(found))


@as_root
def test_a_full_disk_can_be_read(tmp_path: Path) -> None:
    found = on_a_small_disk(tmp_path, 1024, '"$@"', READING, tmp_path / "archive", tmp_path / "filler")
    assert found.splitlines()[-2:] == ["No space left on device", "READ 3 3"]


def on_a_small_disk(disk: Path, kibibytes: int, shell: str, script: str, *arguments: object) -> str:
    """Run a script by way of a line of shell, with a small disk mounted; return what it printed."""
    mount = f"mount -t tmpfs -o size={kibibytes}k tmpfs {disk} && "
    unshare = ["unshare", "--mount", "sh", "-c"]
    if subprocess.run([*unshare, f"{mount} true"], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    command = [*unshare, mount + shell, "sh", sys.executable, "-c", script, *map(str, arguments)]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.stderr == ""
    return found.stdout


def assert_full_and_mended(archive: Path, output: str) -> None:
    """The writer was told that it could not write, and could again when there was room."""
    lines = output.splitlines()
    (full,) = [line for line in lines if line.startswith("FULL")]
    assert full.startswith(f"FULL cannot write to the archive at {archive}")
    assert full.endswith("what was stored before is safe")
    assert f"AFTER {BATCH}" in lines
    assert "CHECK [] []" in lines
    assert not [line for line in lines if line.startswith("LEFT")]
