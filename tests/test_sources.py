"""Paths to pages: what is read, in which order, and what is rejected by name."""

from __future__ import annotations

import gzip
import io
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from askive.archive import parts
from askive.archive import sources as module
from askive.archive.containers import folders
from askive.archive.containers import packed as packing
from askive.archive.containers.content import Content
from askive.archive.containers.member import Member, Members
from askive.archive.disk import size_of_files
from askive.archive.errors import NoSuchSource, PageRejected
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Page, Rejected
from askive.archive.raw import RawPages
from askive.archive.sources import FileEnd, Source, name_of, sources, total_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2012, 6, 27, tzinfo=UTC)
RECORD = b'{"question_id": "x:%d", "title": "t"}\n'


def found(*paths: Source, limits: Limits = LIMITS, stdin: bytes = b"") -> list[Page | Rejected]:
    """Return what the paths give."""
    return pages_of(sources(paths, limits, now=lambda: NOW, stdin=io.BytesIO(stdin)))


def pages_of(found: Iterable[Page | Rejected | FileEnd]) -> list[Page | Rejected]:
    """Return what is found but the ends of files."""
    return [one for one in found if not isinstance(one, FileEnd)]


def outline(top: Path, *paths: Source, limits: Limits = LIMITS, stdin: bytes = b"") -> list[tuple[str, str]]:
    """Return name, below `top`, and content of each page, or name and reason of what was rejected."""
    return [
        (one.source.removeprefix(f"{top}/"), one.data.decode() if isinstance(one, Page) else one.reason)
        for one in found(*paths, limits=limits, stdin=stdin)
    ]


def make(top: Path, *names: str) -> None:
    """Make files that hold their own name; a name with "/" behind it is a folder."""
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_files_and_folders_come_in_order_and_hidden_ones_do_not(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c.txt", ".hidden", ".git/x", "a/.x", "a.txt")
    names = ["a/b/c.txt", "a/z.txt", "a.txt", "b.txt", "c.txt"]
    assert outline(tmp_path, tmp_path) == [(name, name) for name in names]
    given_order = outline(tmp_path, tmp_path / "c.txt", tmp_path / ".hidden", tmp_path / "a")
    assert [name for name, _ in given_order] == ["c.txt", ".hidden", "a/b/c.txt", "a/z.txt"]


def test_a_path_that_is_not_there_is_named_before_anything_is_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    with pytest.raises(NoSuchSource, match=r"no file or folder '.*nowhere'") as error:
        sources([tmp_path / "a.txt", tmp_path / "nowhere"], LIMITS, now=lambda: NOW)
    assert error.value.path == tmp_path / "nowhere"


def test_times_rise_where_the_clock_stands_still(tmp_path: Path) -> None:
    make(tmp_path, "a", "b", "c")
    times = [page.received for page in found(tmp_path) if isinstance(page, Page)]
    assert times == [NOW + timedelta(microseconds=n) for n in range(3)]


def test_loops_and_what_cannot_be_looked_at_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt", "z.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert outline(tmp_path, tmp_path) == [
        ("a/loop", "a loop: this folder lies in itself"),
        ("a/x.txt", "a/x.txt"),
        ("dangling", "it cannot be read: No such file or directory"),
        ("self", "it cannot be read: Too many levels of symbolic links"),
        ("z.txt", "z.txt"),
    ]


def test_pipes_and_sockets_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "z.txt")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        assert outline(tmp_path, tmp_path) == [
            ("fifo", "a named pipe, not a file: pipe it into `askive ingest -`"),
            ("sock", "a socket, not a file: pipe it into `askive ingest -`"),
            ("z.txt", "z.txt"),
        ]


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Exception, match="a named pipe"):
        module._open_regular(str(tmp_path / "fifo"), os.O_RDONLY)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt")
    (tmp_path / "a.txt").chmod(0)
    if os.access(tmp_path / "a.txt", os.R_OK):
        pytest.skip("this user may read everything")
    assert outline(tmp_path, tmp_path) == [
        ("a.txt", "it cannot be read: Permission denied"),
        ("b.txt", "b.txt"),
    ]


def test_a_file_that_vanished_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt", "c.txt")
    pages = sources([tmp_path], LIMITS, now=lambda: NOW)
    next(pages)
    (tmp_path / "b.txt").unlink()
    assert isinstance(next(pages), FileEnd)
    assert next(pages) == Rejected(str(tmp_path / "b.txt"), "it cannot be read: No such file or directory")
    assert isinstance(next(pages), Page)


def test_a_large_file_is_rejected_by_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    (tmp_path / "b").write_bytes(b"x" * 10)
    (tmp_path / "c.gz").write_bytes(gzip.compress(b"x" * 11))
    small = Limits(page_bytes=10)
    assert outline(tmp_path, tmp_path, limits=small) == [
        ("a", "larger than a page may be: 10 bytes"),
        ("b", "x" * 10),
        ("c.gz", "larger than a page may be: 10 bytes"),
    ]
    assert outline(tmp_path, "-", limits=small, stdin=b"x" * 11)[0][0] == "-"


# Files that change


def changing(path: Path, times: int, text: str) -> Callable[[int], None]:
    """Return a listener that rewrites a file the first `times` times that something is read of it."""
    left = iter(range(times))

    def on_bytes(count: int) -> None:
        if count and (n := next(left, None)) is not None:
            path.write_text(text)
            os.utime(path, (n, n))  # two writes within a tick of the clock look the same

    return on_bytes


@pytest.mark.parametrize(
    ("times", "expected"),
    [(0, "a"), (1, "b"), (2, "it changes while it is read: ingest it again")],
)
def test_a_file_that_changes_is_read_again_once(tmp_path: Path, times: int, expected: str) -> None:
    path = tmp_path / "a"
    path.write_text("a")
    (one,) = pages_of(sources([path], LIMITS, now=lambda: NOW, on_bytes=changing(path, times, "b")))
    assert (one.data.decode() if isinstance(one, Page) else one.reason) == expected


# gzip

PACKED = gzip.compress(b"hello ") + gzip.compress(b"world")
GZIP = [
    (PACKED, "hello world"),
    (PACKED + b"\0" * 600, "hello world"),
    (PACKED[:-9], "the gzip file is cut short"),
    (
        PACKED[:-4] + b"\0\0\0\0",
        "the gzip file is damaged: Error -3 while decompressing data: incorrect length check",
    ),
    (PACKED + b"rest", "the gzip file is damaged: Error -3 while decompressing data: incorrect header check"),
    (gzip.compress(b"\0" * 5_000_000), "the gzip file unpacks to more than 200 times its size"),
    (gzip.compress(b""), ""),
    (b"not packed", "not packed"),
    (b"\x1f\x8b", "the gzip file is cut short"),
    (b"", ""),
]


@pytest.mark.parametrize(("data", "expected"), GZIP)
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_gzip(
    data: bytes, expected: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if block == 1 and len(data) > 1000:
        block = 1000
    monkeypatch.setattr(module, "BLOCK_BYTES", block)
    monkeypatch.setattr(packing, "BLOCK_BYTES", block)
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    assert outline(tmp_path, path) == [("x.gz", expected)]
    assert outline(tmp_path, "-", stdin=data) == [("-", expected)]


# Parts


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=40),
    st.sampled_from([70, 100, 999]),
    st.sampled_from([2, 7, 64, 5000]),
    st.booleans(),
)
def test_parts_are_whole_lines_and_make_up_the_file(
    widths: list[int], part: int, block: int, packed: bool
) -> None:
    lines = [b'{"question_id": "%d"}' % n + b" " * width + b"\n" for n, width in enumerate(widths)]
    data = b"".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_BYTES", part)
        patch.setattr(module, "BLOCK_BYTES", block)
        patch.setattr(packing, "BLOCK_BYTES", block)
        pages = [
            one for one in found("-", stdin=gzip.compress(data) if packed else data) if isinstance(one, Page)
        ]
    assert b"".join(page.data for page in pages) == data
    assert all(len(page.data) <= part and page.data.endswith(b"\n") for page in pages)
    starts = [0 if "#" not in page.source else int(page.source.split("#L")[1]) - 1 for page in pages]
    assert all(
        lines[start] == page.data.split(b"\n")[0] + b"\n" for start, page in zip(starts, pages, strict=True)
    )


def test_only_a_file_of_one_record_a_line_comes_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 100)
    text = b"a line of text\n" * 20
    lines = b"".join(RECORD % n for n in range(4))
    long = RECORD % 1 + b"x" * 101
    for name, data in (("a", text), ("b", lines), ("c", long)):
        (tmp_path / name).write_bytes(data)
    assert [(name, len(data)) for name, data in outline(tmp_path, tmp_path)] == [
        ("a", 300),
        ("b", 2 * len(RECORD % 1)),
        ("b#L3", 2 * len(RECORD % 1)),
        ("c", len(RECORD % 1)),
        ("c", len("a line is longer than 100 bytes")),
    ]


PAGES = "What is it number {n}? tea TeaA drink. |\nIt is é. It has parts. |\nFrom a letter.\n{gap}"
PAIRS = "Title: On {n}\nTags: tea\nQuestion: Why is it?\nAnswer by Bo: It is é.\n\nIt is so.\n{gap}"


@pytest.mark.parametrize("form", [PAGES, PAIRS, PAIRS.replace("Title: On {n}\nTags: tea\n", "")])
@pytest.mark.parametrize("gap", ["", "\n", "-----\n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_long_texts_come_in_parts_of_whole_questions(
    form: str, gap: str, line_end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "TEXT_BYTES", 1000)
    monkeypatch.setattr(parts, "WINDOW_BYTES", 300)
    monkeypatch.setattr(module, "BLOCK_BYTES", 64)
    pieces = [form.format(n=n, gap=gap).replace("\n", line_end).encode() for n in range(120)]
    pages = [one for one in found("-", stdin=b"".join(pieces)) if isinstance(one, Page)]
    assert b"".join(page.data for page in pages) == b"".join(pieces)
    assert len(pages) > 5
    assert all(page.data.startswith(pieces[0][:6]) and len(page.data) <= 1000 for page in pages)


def test_a_long_text_without_questions_to_cut_before_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "TEXT_BYTES", 1000)
    for text in (
        PAGES.format(n=1, gap="") + "A line of it.\n" * 200,
        "Q: How?\nA: So.\n" + "A line of it.\n" * 200,
        "question,answer\n" + '"Q: How?\nA: So.",yes\n' * 200,
    ):
        (page,) = found("-", stdin=text.encode())
        assert isinstance(page, Page)
        assert page.data == text.encode()


def test_parts_of_a_file_that_changed_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 100)
    path = tmp_path / "a"
    path.write_bytes(b"".join(RECORD % n for n in range(9)))
    pages = sources([path], LIMITS, now=lambda: NOW, on_bytes=changing(path, 1, path.read_text()))
    *before, last = pages_of(pages)
    assert all(isinstance(part, Page) for part in before)
    assert last == Rejected(str(path), "it changed while it was read and may be torn: ingest it again")


# Folders that are one source


class AllAsOne:
    """All files of a folder with a certain one in it, told as one."""

    NAME = "all as one"

    def groups(self, paths: Sequence[Path]) -> Iterable[Sequence[Path]]:
        return [paths] if any(path.name == "Posts.xml" for path in paths) else []

    def members(self, name: str, files: Members, limits: Limits) -> Members:
        texts = [file.content.read(99) for file in files if isinstance(file, Member)]
        yield Member(f"{name}#all", Content([b" ".join(texts)]))
        yield Rejected(f"{name}/Users.xml", "it is missing")
        raise PageRejected("it ends here")


def test_files_of_a_folder_may_be_one_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FOLDERS", (AllAsOne(),))
    make(tmp_path, "a.txt", "dump/Posts.xml", "dump/Tags.xml", "z.txt")
    assert outline(tmp_path, tmp_path) == [
        ("a.txt", "a.txt"),
        ("dump#all", "dump/Posts.xml dump/Tags.xml"),
        ("dump/Users.xml", "it is missing"),
        ("dump", "it ends here"),
        ("z.txt", "z.txt"),
    ]
    told: list[int] = []
    list(sources([tmp_path], LIMITS, now=lambda: NOW, on_bytes=told.append))
    assert sum(told) == total_bytes([tmp_path]) == 5 + 14 + 13 + 5


def test_files_that_are_one_source_are_read_all_or_none(tmp_path: Path) -> None:
    make(tmp_path, "a", "b")
    for name, rows in (("Posts", '<row Id="1" PostTypeId="1" Title="Q" />'), ("Comments", "")):
        (tmp_path / f"{name}.xml").write_text(f"<{name.lower()}>{rows}</{name.lower()}>", encoding="utf-8")
    ends = [one for one in sources([tmp_path], LIMITS, now=lambda: NOW) if isinstance(one, FileEnd)]
    assert [Path(end.source).name for end in ends] == ["Comments.xml", "Posts.xml", "a", "b"]
    assert all(end.is_new for end in ends)
    done = {end.state for end in ends}
    again = list(sources([tmp_path], LIMITS, now=lambda: NOW, is_done=done.__contains__))
    assert again == [end._replace(is_new=False) for end in ends]
    done.remove(ends[0].state)
    again = list(sources([tmp_path], LIMITS, now=lambda: NOW, is_done=done.__contains__))
    assert len([one for one in again if isinstance(one, Page)]) == 1
    assert again[1:] == [*ends[:2], *(end._replace(is_new=False) for end in ends[2:])]


# Raw pages


@pytest.fixture
def raw(tmp_path: Path) -> RawPages:
    """Three raw pages, received in an order that is none of their hashes' or names'."""
    pages = RawPages(tmp_path / "archive" / "raw")
    for n, source in enumerate(["/c.html", "/a.html", "/b.html"]):
        pages.add(Page(source.encode(), source, NOW + timedelta(days=n)))
    return pages


def test_raw_pages_come_as_they_were_received(raw: RawPages) -> None:
    expected = [
        Page(s.encode(), s, NOW + timedelta(days=n)) for n, s in enumerate(["/c.html", "/a.html", "/b.html"])
    ]
    assert found(raw.directory) == expected
    assert found(raw.directory.parent) == expected
    assert sorted(found(*(raw.path(sha) for sha in raw.shas())), key=str) == sorted(expected, key=str)


def test_a_torn_raw_page_is_named(raw: RawPages) -> None:
    first = raw.path(raw.in_order()[0])
    first.write_bytes(first.read_bytes()[:-3])
    torn, *others = found(raw.directory)
    assert isinstance(torn, Rejected)
    assert torn.source == str(first)
    assert [other.source for other in others] == ["/a.html", "/b.html"]


# Names and sizes

NAMES = [
    (b"plain.txt", "plain.txt"),
    ("é.txt".encode(), "é.txt"),
    (b"caf\xe9.txt", "caf\\xe9.txt"),
    (b"a\x1b[31m\n.txt", "a\\x1b[31m\\x0a.txt"),
    (b"two  spaces", "two  spaces"),
]


@pytest.mark.parametrize(("raw_name", "name"), NAMES)
def test_names_can_be_printed(raw_name: bytes, name: str, tmp_path: Path) -> None:
    assert name_of(Path(os.fsdecode(raw_name))) == name
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw_name)).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    assert outline(tmp_path, tmp_path) == [(name, "x")]


def test_the_bytes_told_add_up_to_the_total(tmp_path: Path, raw: RawPages) -> None:
    make(tmp_path, "a.txt", "b/c.txt", "empty")
    (tmp_path / "x.gz").write_bytes(PACKED)
    told: list[int] = []
    list(sources([tmp_path], LIMITS, now=lambda: NOW, on_bytes=told.append))
    assert sum(told) == total_bytes([tmp_path]) == 5 + 7 + 5 + len(PACKED) + size_of_files(raw.directory)
    assert total_bytes([tmp_path, "-"]) is None
