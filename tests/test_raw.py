"""Raw pages are kept exactly as received, and nothing torn or tampered with passes for one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from askive.archive import zstd
from askive.archive.errors import ArchiveDamaged, ArchiveUnwritable
from askive.archive.page import Page
from askive.archive.raw import OLD_TEMPORARY, RawPages
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)
PAGE = Page(b"<p>What is <b>IOP</b>?</p>" * 20, "pages/iop.html", NOON)


@pytest.fixture
def raw(tmp_path: Path) -> RawPages:
    return RawPages(tmp_path / "raw")


PAGES = [
    ("empty", b"", "empty.txt"),
    ("binary", bytes(range(256)) * 50, "a\nb"),
    ("large", b"0123456789abcdef" * 200_000, "é 日本.html"),
    ("a file name that is not UTF-8", b"x", os.fsdecode(b"caf\xe9.html")),
    ("a source that looks like a path out", b"y", "../../etc/passwd"),
]


@pytest.mark.parametrize(("what", "data", "source"), PAGES, ids=[row[0] for row in PAGES])
def test_a_page_comes_back_as_it_was(raw: RawPages, what: str, data: bytes, source: str) -> None:
    page = Page(data, source, NOON)
    sha256 = raw.add(page)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert raw.read(sha256) == page
    assert list(raw.pages()) == [page]
    assert files(raw) == [f"{sha256[:2]}/{sha256}.zst"]
    assert list(raw.check()) == []


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs the zstd command")
@pytest.mark.parametrize(("what", "data", "source"), PAGES, ids=[row[0] for row in PAGES])
def test_any_zstd_restores_a_page(raw: RawPages, what: str, data: bytes, source: str) -> None:
    path = raw.path(raw.add(Page(data, source, NOON)))
    assert subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout == data


def test_a_page_is_kept_once_under_its_first_source(raw: RawPages) -> None:
    sha256 = raw.add(PAGE)
    before = raw.path(sha256).stat()
    again = Page(PAGE.data, "elsewhere", NOON + timedelta(days=1))
    assert raw.add(again) == sha256
    after = raw.path(sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert raw.read(sha256) == PAGE


def test_pages_come_in_the_order_received(raw: RawPages) -> None:
    times = [NOON + timedelta(microseconds=n) for n in (3, 1, 2, 0)]
    for n, received in enumerate(times):
        raw.add(Page(b"page %d" % n, f"{n}.txt", received))
    assert [page.source for page in raw.pages()] == ["3.txt", "1.txt", "2.txt", "0.txt"]
    assert sorted(raw.in_order()) == list(raw.shas())


def test_what_is_no_page_is_passed_over(raw: RawPages) -> None:
    assert list(raw.shas()) == []
    sha256 = raw.add(PAGE)
    (raw.directory / "README").write_text("hello")
    (raw.directory / "ab").mkdir(exist_ok=True)
    (raw.directory / "ab" / f"{'0' * 64}.zst").write_text("in the wrong place")
    (raw.directory / sha256[:2] / "notes.zst").write_text("?")
    assert list(raw.shas()) == [sha256]


@pytest.mark.parametrize("name", ["", "abc", "../../../etc/passwd", "A" * 64, "0" * 64 + "\n"])
def test_only_a_hash_names_a_page(raw: RawPages, name: str) -> None:
    with pytest.raises(ValueError, match="is not a SHA-256"):
        raw.read(name)


BOMB_SIZE = 50_000_000
STATED_SIZE = 1000


def bomb(content: bytes) -> bytes:
    """Return the file with a frame of far more than it states: the size is in its bytes 6 to 9."""
    head = content[: content.index(b"}") + 1]
    frame = zstd.compress(bytes(BOMB_SIZE))
    assert frame[6:10] == BOMB_SIZE.to_bytes(4, "little")
    return head + frame[:6] + STATED_SIZE.to_bytes(4, "little") + frame[10:]


def without_size(content: bytes) -> bytes:
    head = content[: content.index(b"}") + 1]
    return head + zstd.compress(PAGE.data, options={zstd.CompressionParameter.content_size_flag: 0})


DAMAGE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("emptied", lambda content: b"", "cut short"),
    ("cut in the header", lambda content: content[:20], ""),
    ("cut in the data", lambda content: content[:-10], ""),
    ("a bit flipped", lambda content: content[:-20] + bytes([content[-20] ^ 4]) + content[-19:], ""),
    ("something behind it", lambda content: content + b"more", "does not hold what it states"),
    ("another file", lambda content: b"GIF89a........", "no raw page"),
    ("zeros", lambda content: bytes(len(content)), "no raw page"),
    ("a newer format", lambda content: content.replace(b'"format": 1', b'"format": 2'), "does not know"),
    (
        "a header without source",
        lambda content: content.replace(b'"source"', b'"origin"'),
        "lacks the source",
    ),
    ("no time", lambda content: content.replace(b"2026-01-02T", b"yesterday.."), "yesterday"),
    ("a header of brackets", lambda content: content[:4] + b"\xff\xff\0\0" + b"[" * 65535, ""),
    ("size not stated", without_size, "does not state its size"),
    ("a bomb", bomb, ""),
]


@pytest.mark.parametrize(("what", "damage", "reason"), DAMAGE, ids=[row[0] for row in DAMAGE])
def test_damage_is_seen_and_mended(
    raw: RawPages, what: str, damage: Callable[[bytes], bytes], reason: str
) -> None:
    sha256 = raw.add(PAGE)
    path = raw.path(sha256)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArchiveDamaged) as caught:
        raw.read(sha256)
    assert str(path) in str(caught.value)
    assert "ingest the page again" in str(caught.value)
    assert reason in caught.value.problem
    assert "\n" not in str(caught.value)
    assert list(raw.check()) == [str(caught.value)]
    assert raw.add(PAGE) == sha256
    assert raw.read(sha256) == PAGE


def test_a_bomb_is_not_unpacked(raw: RawPages) -> None:
    path = raw.path(sha256 := raw.add(PAGE))
    path.write_bytes(bomb(path.read_bytes()))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveDamaged):
            raw.read(sha256)
        assert tracemalloc.get_traced_memory()[1] < BOMB_SIZE / 10
    finally:
        tracemalloc.stop()


def test_another_page_under_the_name_is_seen(raw: RawPages) -> None:
    sha256 = raw.add(PAGE)
    other = raw.path(raw.add(Page(b"other", "other.html", NOON)))
    shutil.copy(other, raw.path(sha256))
    with pytest.raises(ArchiveDamaged, match="not the one it is named after"):
        raw.read(sha256)


def test_a_missing_page_is_named(raw: RawPages) -> None:
    with pytest.raises(ArchiveDamaged, match=r"0{64}\.zst: the page is missing"):
        raw.read("0" * 64)


def test_a_torn_page_comes_last_and_does_not_hide_the_others(raw: RawPages) -> None:
    torn, whole = raw.add(PAGE), raw.add(Page(b"other", "other", NOON + timedelta(days=1)))
    raw.path(torn).write_bytes(b"")
    assert raw.in_order() == [whole, torn]


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_pass_for_a_page(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    raw = RawPages(tmp_path_factory.mktemp("raw"))
    path = raw.path("0" * 64)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged):
        raw.read("0" * 64)
    assert raw.in_order() == ["0" * 64]


def test_what_killed_writers_left_is_swept_and_what_others_write_is_not(raw: RawPages) -> None:
    raw.directory.mkdir()
    left, fresh = raw.directory / ".new-left", raw.directory / ".new-fresh"
    left.touch()
    fresh.touch()
    long_ago = left.stat().st_mtime - OLD_TEMPORARY - 60
    os.utime(left, (long_ago, long_ago))
    raw.add(PAGE)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_failed_write_leaves_nothing(raw: RawPages, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(handle: int) -> None:
        raise OSError(28, "No space left on device")

    raw.directory.mkdir()
    raw.path("0" * 64).parent.mkdir()
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(ArchiveUnwritable, match="No space left on device; what was stored before is safe"):
        raw.add(PAGE)
    assert files(raw) == []


def test_a_file_in_the_way_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("in the way")
    with pytest.raises(ArchiveUnwritable, match="Not a directory"):
        RawPages(tmp_path / "raw").add(PAGE)
    assert list(RawPages(tmp_path / "raw").shas()) == []


def test_the_directories_are_their_owners(raw: RawPages) -> None:
    sha256 = raw.add(PAGE)
    modes = {
        path.stat().st_mode & 0o077 for path in (raw.directory, raw.path(sha256).parent, raw.path(sha256))
    }
    assert modes == {0}


def files(raw: RawPages) -> list[str]:
    """Return every file under raw/, relative."""
    return sorted(str(path.relative_to(raw.directory)) for path in raw.directory.rglob("*") if path.is_file())
