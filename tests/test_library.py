"""An index that turns out damaged in the middle of a search: it is made anew, and the search answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from askive.archive.records import Question
from askive.archive.store import Store
from askive.index.commit import WriteLock
from askive.index.segment.file import HEADER
from askive.tests.program import QUESTIONS, build, run

NOTICE = "askive: the index is damaged: rebuilding it\n"

ASKED: dict[str, tuple[tuple[str, ...], str]] = {
    "words": (("search", "--format", "json", "intensive outpatient"), ""),
    "a phrase": (("search", "--format", "ids", '"sober living"'), ""),
    "a pattern": (("search", "--format", "ids", "outpat*"), ""),
    "a sort": (("search", "--format", "ids", "--sort", "score", "treatment"), ""),
    "facets": (("search", "--format", "json", "--facets", "treatment"), ""),
    "shares": (("search", "--explain", "treatment"), ""),
    "a suggestion": (("search", "--format", "ids", "treatment outpatinet"), ""),
    "a batch": (("search", "--format", "ndjson", "--batch", "-"), "treatment\noutpatient\n"),
    "related": (("related", "--format", "json", "text:1a2b3c4d5e6f"), ""),
    "related to a text": (("related", "--format", "json", "--text", "outpatient treatment"), ""),
    "related, a batch": (("related", "--format", "ids", "--batch", "-"), "treatment\noutpatient\n"),
    "an export": (("export", "--format", "csv", "treatment"), ""),
}


REBUILDS = re.compile(r"`askive (reindex[ \w-]*)` rebuilds it")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with an index."""
    archive = build(tmp_path / "archive", *QUESTIONS[:4])
    assert run("reindex", archive=archive).exit_code == 0
    return archive


def harm(archive: Path, part: str) -> None:
    """Flip a bit in each kilobyte of the sections of an index's documents or postings."""
    (path,) = (archive / "index").glob(f"*.{part}")
    data = bytearray(path.read_bytes())
    directory, size = HEADER.unpack_from(data)[4:6]
    sections = json.loads(data[directory : directory + size])["checksums"][0]
    for place in range(HEADER.size, sections, 1024):
        data[place] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("part", ["documents", "postings"])
@pytest.mark.parametrize("asked", ASKED)
def test_damage_met_in_a_search_is_mended(archive: Path, asked: str, part: str) -> None:
    arguments, stdin = ASKED[asked]
    sound = run(*arguments, archive=archive, stdin=stdin)
    assert (sound.exit_code, bool(sound.stdout)) == (0, True)
    harm(archive, part)
    told = run("check", archive=archive)
    assert told.exit_code == 3
    assert f"the index at {archive / 'index'} is damaged" in told.stdout
    mended = run(*arguments, archive=archive, stdin=stdin)
    assert (mended.exit_code, mended.stdout) == (0, sound.stdout)
    assert mended.stderr == NOTICE + sound.stderr
    again = run(*arguments, archive=archive, stdin=stdin)
    assert (again.stdout, again.stderr) == (sound.stdout, sound.stderr)
    assert run("check", archive=archive).exit_code == 0


def test_an_index_both_behind_and_damaged_is_mended(archive: Path) -> None:
    harm(archive, "documents")
    with Store.open(archive) as store, store.write() as writer:
        writer.put(Question("example.org:9", "A later treatment"))
    found = run("search", "--format", "ids", "later", archive=archive)
    assert (found.exit_code, found.stdout) == (0, "example.org:9\n")
    assert found.stderr == "askive: the index was damaged: rebuilt it\n"
    assert run("check", archive=archive).exit_code == 0


@pytest.mark.parametrize("part", ["documents", "postings"])
def test_what_check_advises_helps(archive: Path, part: str) -> None:
    harm(archive, part)
    advised = REBUILDS.search(run("check", archive=archive).stdout)
    assert advised
    assert run(*advised[1].split(), archive=archive).exit_code == 0
    assert run("check", archive=archive).exit_code == 0


def test_damage_that_cannot_be_mended_now_is_one_line(archive: Path) -> None:
    harm(archive, "postings")
    with WriteLock(archive / "index", 0):
        locked = run("search", "treatment", archive=archive, env={"ASKIVE_WAIT": "0.1"})
    assert (locked.exit_code, locked.stdout) == (75, "")
    assert locked.stderr.startswith(NOTICE)
    assert locked.stderr.count("\n") == 2
    assert run("search", "treatment", archive=archive).exit_code == 0


def test_a_wrong_query_is_no_damage(archive: Path) -> None:
    harm(archive, "postings")
    wrong = run("search", "score:much", archive=archive)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "rebuilding" not in wrong.stderr
