"""The whole program under bad luck: killed, run twice at once, on a full disk, in a read-only folder."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ASKIVE = [sys.executable, "-m", "askive"]


def askive(
    archive: Path, *args: str | Path, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would; everything it prints is captured."""
    command = [*ASKIVE, "--archive", str(archive), *map(str, args)]
    wanted = {**os.environ, "ASKIVE_WAIT": "30", **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, env=wanted, **options)  # type: ignore[call-overload,no-any-return]


def start(archive: Path, *args: str | Path) -> subprocess.Popen[str]:
    command = [*ASKIVE, "--archive", str(archive), *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pages(folder: Path, first: int, count: int) -> Path:
    """Write an export of some questions, each with a word of its own, and return its path."""
    path = folder / f"{first}.ndjson"
    lines = (
        {"question_id": f"example.org:{n}", "title": f"alpha word{n}", "body_text": f"beta{n % 7} " * 20}
        for n in range(first, first + count)
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def ids(archive: Path, query: str = "alpha") -> set[str]:
    found = askive(archive, "search", "--limit", "100000", "--format", "ids", query)
    assert found.returncode in (0, 1), found.stderr
    return set(found.stdout.split())


# One process that ingests page after page and says which are safe; every few it rebuilds the index.
WORKER = """
import sys
from pathlib import Path
from askive.cli import _run
archive, inbox, first = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
for n in range(first, first + 1000):
    page = inbox / f"{n}.ndjson"
    page.write_text('{"question_id": "example.org:%d", "title": "alpha word%d"}' % (n, n))
    assert _run(["--archive", archive, "ingest", str(page)]) == 0
    print("safe", n, flush=True)
    if n % 5 == 0:
        assert _run(["--archive", archive, "reindex", "--full"]) == 0
"""


@pytest.mark.parametrize("rounds", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_program_loses_nothing_it_acknowledged(tmp_path: Path, rounds: int) -> None:
    archive, inbox = tmp_path / "archive", tmp_path / "inbox"
    inbox.mkdir()
    chance, safe = random.Random(rounds), set[str]()
    for round_ in range(rounds):
        safe |= _killed_midway(archive, inbox, round_ * 1000, chance)
    assert safe
    checked = askive(archive, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    found = ids(archive)
    assert safe <= found
    grown = askive(archive, "search", "--format", "ndjson", "--limit", "100", "alpha word1000").stdout
    assert askive(archive, "reindex", "--full").returncode == 0
    assert ids(archive) == found
    assert askive(archive, "search", "--format", "ndjson", "--limit", "100", "alpha word1000").stdout == grown


def _killed_midway(archive: Path, inbox: Path, first: int, chance: random.Random) -> set[str]:
    command = [sys.executable, "-c", WORKER, str(archive), str(inbox), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        wanted = chance.randint(1, 8)
        lines = []
        for line in worker.stdout:
            lines += [line] if line.startswith("safe") else []
            if len(lines) == wanted:
                break
        time.sleep(chance.uniform(0, 0.1))
        worker.kill()
        lines += [line for line in worker.stdout if line.startswith("safe")]
    return {f"example.org:{line.split()[1]}" for line in lines if line.endswith("\n")}


def test_two_ingests_at_once_both_store_everything(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    both = [start(archive, "ingest", pages(tmp_path, first, 150)) for first in (0, 1000)]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert len(ids(archive)) == 300
    assert askive(archive, "check").returncode == 0


def test_searches_during_an_ingest_see_before_or_after(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    assert askive(archive, "ingest", pages(tmp_path, 0, 50)).returncode == 0
    writer = start(archive, "ingest", pages(tmp_path, 1000, 400))
    seen = set()
    while writer.poll() is None:
        seen.add(len(ids(archive)))
    _, said = writer.communicate()
    assert writer.returncode == 0, said
    assert seen <= {50, 450}
    assert len(ids(archive)) == 450


def test_a_writer_that_waits_in_vain_says_so(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    assert askive(archive, "ingest", pages(tmp_path, 0, 5)).returncode == 0
    records = next(archive.rglob("records.sqlite3"))
    holder = sqlite3.connect(records, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    second = pages(tmp_path, 100, 5)
    locked = askive(archive, "ingest", second, env={"ASKIVE_WAIT": "0.2"})
    assert (locked.returncode, locked.stderr.count("\n")) == (75, 1)
    assert "try again" in locked.stderr
    assert len(ids(archive)) == 5
    holder.execute("COMMIT")
    holder.close()
    assert askive(archive, "ingest", second).returncode == 0
    assert len(ids(archive)) == 10


LIMITED = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %d))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from askive.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("size", [1_000, 20_000, 60_000, 150_000, 400_000])
def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path, size: int) -> None:
    archive = tmp_path / "archive"
    assert askive(archive, "ingest", pages(tmp_path, 0, 20)).returncode == 0
    more = pages(tmp_path, 1000, 3000)
    command = [sys.executable, "-c", LIMITED % (size, size), "--archive", str(archive), "ingest", str(more)]
    full = subprocess.run(command, capture_output=True, text=True)
    assert full.returncode == 3, full.stderr
    assert "Traceback" not in full.stderr
    assert str(archive) in full.stderr.splitlines()[-1]
    assert {f"example.org:{n}" for n in range(20)} <= ids(archive)
    assert askive(archive, "ingest", more).returncode == 0
    assert len(ids(archive)) == 3020
    assert askive(archive, "check").returncode == 0


def test_a_small_file_system_that_fills_up(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "none", mount], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs needs root")
    try:
        archive = mount / "archive"
        assert askive(archive, "ingest", pages(tmp_path, 0, 20)).returncode == 0
        full = askive(archive, "ingest", pages(tmp_path, 1000, 5000))
        assert full.returncode == 3, full.stderr
        assert "Traceback" not in full.stderr
        assert {f"example.org:{n}" for n in range(20)} <= ids(archive)
    finally:
        subprocess.run(["umount", mount], check=True)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """An archive on a file system that cannot be written: the mode bits do not bind root."""
    archive, place = tmp_path / "archive", tmp_path / "mounted"
    assert askive(archive, "ingest", pages(tmp_path, 0, 20)).returncode == 0
    place.mkdir()
    bound = subprocess.run(["mount", "--bind", archive, place], capture_output=True)
    if bound.returncode == 0:
        bound = subprocess.run(["mount", "-o", "remount,ro,bind", place], capture_output=True)
    if bound.returncode != 0:
        if os.geteuid() == 0:
            pytest.skip("this root may not mount, and mode bits do not bind it")
        shutil.copytree(archive, place, dirs_exist_ok=True)
        for path in (place, *place.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield place
        for path in (place, *place.rglob("*")):
            path.chmod(0o700)
        return
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_read_only_archive_can_be_read_and_says_why_not_written(read_only: Path, tmp_path: Path) -> None:
    assert len(ids(read_only)) == 20
    shown = askive(read_only, "show", "example.org:7")
    assert shown.returncode == 0
    assert "word7" in shown.stdout
    refused = askive(read_only, "ingest", pages(tmp_path, 100, 5))
    assert refused.returncode == 3
    assert refused.stderr.count("\n") == 1
    assert "read-only" in refused.stderr.casefold()


AWFUL: dict[str, bytes] = {
    "empty.html": b"",
    "binary.html": bytes(range(256)) * 200,
    "divs.html": b"<div>" * (50 * 2**20 // 5),
    "laughs.xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
    + b"]><l>&u;</l>",
    "invalid.html": b"<p>\xff\xfe\xfa\x80 what?",
    "utf16.txt": "﻿What is this?".encode("utf-16-le"),
    "nul.txt": b"What\x00is\x00this?\x00" * 1000,
    "brackets.ndjson": b"[" * 10**6,
    "braces.json": b'{"a":' * 10**6,
    "long\x1b[31mname\n.html": b"<html>nothing</html>",
}


def test_awful_files_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    archive, inbox = tmp_path / "archive", tmp_path / "inbox"
    inbox.mkdir()
    for name, data in AWFUL.items():
        (inbox / name).write_bytes(data)
    (inbox / "loop").symlink_to(inbox)
    (inbox / "nowhere").symlink_to(inbox / "missing")
    os.mkfifo(inbox / "pipe")
    good = pages(inbox, 0, 3)
    done = askive(archive, "ingest", inbox)
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    for name in ("empty.html", "binary.html", "divs.html", "laughs.xml", "brackets.ndjson", "braces.json"):
        assert sum(name in line for line in done.stderr.splitlines()) == 1, name
    assert len(ids(archive)) == 3
    assert good.exists()
    rejected = askive(archive, "check", "--rejected")
    assert rejected.returncode == 0
    assert "empty.html" in rejected.stdout
    assert "\x1b" not in rejected.stdout


def test_an_unreadable_file_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    pages(inbox, 0, 3)
    secret = inbox / "secret.html"
    memory = Path("/proc/self/mem")
    if os.geteuid() != 0:
        secret.write_text("<html></html>")
        secret.chmod(0)
    elif memory.exists():
        secret.symlink_to(memory)  # root reads any file, but not this one: an input/output error
    else:
        pytest.skip("root reads every file")
    done = askive(tmp_path / "archive", "ingest", inbox)
    assert done.returncode == 4, done.stderr
    assert "secret.html" in done.stderr
    assert "3 added" in done.stdout
