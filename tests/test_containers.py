"""Containers: what comes out of each, under which name, and what a hostile one may not do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import sys
import tarfile
import threading
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from askive.archive import containers as registry
from askive.archive import zstd
from askive.archive.containers import container_of, http
from askive.archive.containers.budget import Budget
from askive.archive.containers.content import Content
from askive.archive.containers.member import Member, Members
from askive.archive.containers.nest import NAME_LENGTH, Nest
from askive.archive.errors import PageRejected
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Page, Rejected
from askive.archive.raw import RawPages
from askive.archive.sources import FileEnd, sources
from hypothesis import given, settings
from hypothesis import strategies as st

from .containers import (
    DATE,
    HTML,
    chunked,
    har_entry,
    har_of,
    mhtml_of,
    piped_zip_of,
    sevenzip_of,
    tar_entry,
    tar_of,
    warc_of,
    zip_of,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
THEN = datetime.fromisoformat(DATE)
TWO = [("a.html", b"<p>one"), ("b/c.html", b"<p>two")]
Q1, Q2 = "https://example.org/q/1", "https://example.org/q/2"


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that do not pack, the same for a seed."""
    return random.Random(seed).randbytes(size)


def opened(data: bytes, limits: Limits = LIMITS, block: int = 1 << 20) -> list[Page | Rejected]:
    """Return what content gives that comes through a pipe in blocks of a size."""
    blocks = (data[n : n + block] for n in range(0, len(data), block))
    nest = Nest(Budget(limits, len(data)), lambda: NOW)
    return list(nest.pages(Member("x", Content(blocks))))


def outline(data: bytes, limits: Limits = LIMITS, block: int = 1 << 20) -> list[tuple[str, str]]:
    """Return name and content of each page, name and reason of each that is none."""
    return [
        (one.source, one.data.decode("utf-8", "replace") if isinstance(one, Page) else f"! {one.reason}")
        for one in opened(data, limits, block)
    ]


PLAIN = [("x!/a.html", "<p>one"), ("x!/b/c.html", "<p>two")]


# Content


READS = st.lists(
    st.tuples(st.sampled_from(["read", "head", "line", "take", "back"]), st.integers(0, 9)), max_size=20
)


@given(st.lists(st.binary(max_size=6), max_size=6), READS, st.booleans())
def test_content_is_read_as_bytes_are(blocks: list[bytes], reads: list[tuple[str, int]], torn: bool) -> None:
    """The oracle is the bytes in one piece; an error that ends them comes when they are used up."""

    def coming() -> Iterator[bytes]:
        yield from blocks
        if torn:
            raise PageRejected("torn")

    content, left = Content(coming()), b"".join(blocks)
    try:
        for kind, size in reads:
            if kind == "head":
                assert content.head(size) == left[:size]
            elif kind == "back":
                content.give_back(b"back")
                left = b"back" + left
            else:
                line = left[:size].find(b"\n") + 1
                expected = left[: line or size] if kind == "line" else left[:size]
                if kind == "take":
                    got = b"".join(content.take(size))
                else:
                    got = content.read(size) if kind == "read" else content.read_line(size)
                assert got == expected
                left = left[len(expected) :]
        assert b"".join(content.blocks()) == left
        assert not torn
    except PageRejected as rejected:
        assert content.failed
        assert rejected.reason == ("torn" if torn else "it is cut short")


# Zip and tar


@pytest.mark.parametrize("block", [1, 100, 1 << 20])
@pytest.mark.parametrize(
    "data",
    [
        zip_of(TWO),
        zip_of(TWO, zipfile.ZIP_STORED),
        zip_of(TWO, zipfile.ZIP_BZIP2),
        zip_of(TWO, zipfile.ZIP_LZMA),
        piped_zip_of(TWO),
        b"#!/bin/sh\n"[:0] + zip_of([("b/", b""), *TWO]),
        tar_of(TWO),
        tar_of(TWO, tarfile.GNU_FORMAT),
        tar_of(TWO, tarfile.USTAR_FORMAT),
        tar_of(TWO)[: 4 * 512],  # without the blocks at the end
        tar_entry("b", tarfile.DIRTYPE) + tar_of(TWO),
    ],
)
def test_members_come_in_order_under_their_names(data: bytes, block: int) -> None:
    assert outline(data, block=block) == PLAIN


PACKERS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, zstd.compress]


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_what_is_packed_keeps_its_name(pack: Callable[[bytes], bytes], block: int) -> None:
    assert outline(pack(b"<p>one"), block=block) == [("x", "<p>one")]
    assert outline(pack(b"<p>") + pack(b"one"), block=block) == [("x", "<p>one")], "two streams"
    assert outline(pack(tar_of(TWO)), block=block) == PLAIN
    assert outline(pack(pack(zip_of(TWO))), block=block) == PLAIN


@pytest.mark.parametrize("pack", PACKERS)
def test_what_is_packed_and_torn_is_said_once(pack: Callable[[bytes], bytes]) -> None:
    ((name, reason),) = outline(pack(noise(3000))[:-9])
    assert (name, reason[:2]) == ("x", "! ")
    assert "cut short" in reason or "damaged" in reason


def test_a_raw_page_of_an_archive_is_its_page(tmp_path: Path) -> None:
    raw = RawPages(tmp_path)
    data = raw.path(raw.add(Page(b"<p>one", "s", NOW))).read_bytes()
    assert outline(tar_of([("ab/page.zst", data)])) == [("x!/ab/page.zst", "<p>one")]


def test_containers_in_containers() -> None:
    inner = zip_of([("deep.html", b"<p>deep")])
    middle = gzip.compress(tar_of([("in.zip", inner), ("beside.html", b"<p>beside")]))
    data = zip_of([("mid.tgz", middle), ("crawl.warc.gz", warc_of([(Q1, b"<p>w", HTML)], gzip=True))])
    assert outline(data) == [
        ("x!/mid.tgz!/in.zip!/deep.html", "<p>deep"),
        ("x!/mid.tgz!/beside.html", "<p>beside"),
        (f"x!/crawl.warc.gz!{Q1}", "<p>w"),
    ]


NAMES = [
    ("../../etc/passwd", "/../../etc/passwd"),
    ("/abs/file", "/abs/file"),
    ("//x", "/x"),
    ("a\x1b[31m\n.txt", "/a\\x1b[31m\\x0a.txt"),
    ("é.txt", "/é.txt"),
    ("C:\\x.txt", "/C:\\x.txt"),
    ("n" * 3000, "/" + "n" * (NAME_LENGTH - 1)),
]


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_names_are_only_names(name: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert outline(zip_of([(name, b"one")])) == [(f"x!{shown}", "one")]
    assert outline(tar_of([(name, b"one")])) == [(f"x!{shown}", "one")]
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_no_text_or_hold_nul() -> None:
    latin = tar_of([("caf\udce9.txt", b"one")], tarfile.GNU_FORMAT)
    assert outline(latin) == [("x!/caf\\xe9.txt", "one")]
    unsaid = zip_of([("caf__.txt", b"one")]).replace(b"caf__", "café".encode())
    assert outline(unsaid) == [("x!/café.txt", "one")], "UTF-8 that does not say so"
    cp437 = zip_of([("caf_.txt", b"one")]).replace(b"caf_", b"caf\x82")
    assert outline(cp437) == [("x!/café.txt", "one")]
    assert outline(zip_of([("", b"one"), *TWO])) == [("x!/", "one"), *PLAIN]
    nul = zip_of([("a_b.txt", b"one")]).replace(b"a_b", b"a\0b")
    assert outline(nul) == [("x!/a", "one")]


def test_a_name_may_come_twice_and_hidden_ones_are_passed_over() -> None:
    files = [("a", b"1"), ("a", b"2"), (".git/x", b"3"), ("__MACOSX/._a", b"4"), ("b/.x", b"5"), ("c", b"6")]
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zip_of(files)
    assert outline(data) == outline(tar_of(files)) == [("x!/a", "1"), ("x!/a", "2"), ("x!/c", "6")]


def test_links_and_devices_are_named() -> None:
    kinds = [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link: what it links to is read where it lies"),
        (tarfile.CHRTYPE, "a device or a pipe"),
        (tarfile.FIFOTYPE, "a device or a pipe"),
    ]
    data = b"".join(tar_entry(f"m{n}", kind, "/etc/passwd") for n, (kind, _) in enumerate(kinds))
    named = [(f"x!/m{n}", f"! {reason}") for n, (_, reason) in enumerate(kinds)]
    assert outline(data + tar_of(TWO)) == named + PLAIN
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    out = io.BytesIO(zip_of(TWO))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert outline(out.getvalue()) == [*PLAIN, ("x!/link", "! a symbolic link")]


def test_encrypted_and_strange_members_are_named_and_the_rest_is_read() -> None:
    data = bytearray(zip_of(TWO))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    reason = "! encrypted: unpack it with its password, then ingest it"
    assert outline(bytes(data)) == [("x!/a.html", reason), PLAIN[1]]
    data[place + 8], data[place + 10] = 0, 97
    data[10 - 2] = 97
    (name, reason), second = outline(bytes(data))
    assert (name, second) == ("x!/a.html", PLAIN[1])
    assert "packed in a way that is not known" in reason


def test_a_damaged_member_of_a_zip_is_named_and_the_rest_is_read() -> None:
    data = zip_of(TWO, zipfile.ZIP_STORED).replace(b"<p>one", b"<p>ONE")
    assert outline(data) == [("x!/a.html", "! damaged: Bad CRC-32 for file 'a.html'"), PLAIN[1]]


# Torn


@pytest.mark.parametrize("make", [zip_of, piped_zip_of, tar_of])
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_what_is_whole_of_a_torn_container_is_read(
    make: Callable[[list[tuple[str, bytes]]], bytes], block: int
) -> None:
    files = [(f"{n}.txt", noise(900, n)) for n in range(6)]
    data = make(files)
    whole = opened(data)
    assert [one.data for one in whole if isinstance(one, Page)] == [content for _, content in files]
    for end in range(700, len(data) - 1100, 97):
        *pages, last = opened(data[:end], block=block)
        assert pages == whole[: len(pages)]
        assert isinstance(last, Rejected)
        assert last.source == "x"
        assert len(pages) >= end // 1600 - 1


def test_a_torn_gzip_with_a_tar_in_it_is_said_once() -> None:
    files = [(f"{n}.txt", noise(9000, n)) for n in range(9)]
    data = gzip.compress(tar_of(files))
    *pages, last = opened(data[: len(data) * 2 // 3], block=100)
    assert len(pages) > 1
    assert all(isinstance(page, Page) for page in pages)
    assert last == Rejected("x", "the gzip file is cut short")


def test_a_tar_whose_header_is_wrong_is_not_taken_for_its_end() -> None:
    data = tar_of([("a", b"1"), ("b", b"2")], tarfile.GNU_FORMAT).replace(b"b\0\0\0", b"c\0\0\0")
    first, last = outline(data)
    assert first == ("x!/a", "1")
    assert last == ("x", "! the tar file is damaged or cut short: bad checksum")


# Limits


def test_depth_is_limited() -> None:
    data = b"<p>deep"
    for _ in range(LIMITS.nest_depth):
        data = zip_of([("z", data)], zipfile.ZIP_STORED)
    assert outline(data) == [("x" + "!/z" * 8, "<p>deep")]
    assert outline(zip_of([("z", data), ("beside", b"1")])) == [
        ("x" + "!/z" * 8, "! containers in containers, more than 8 deep"),
        ("x!/beside", "1"),
    ]


def test_what_holds_itself_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quine: each member is the container again, twice."""

    class Quine:
        NAME = "quine"

        def sniff(self, head: bytes) -> bool:
            return head == b"quine"

        def members(self, content: Content, budget: Budget) -> Members:
            for name in "ab":
                budget.member()
                yield Member(f"/{name}", Content([content.head()]))

    monkeypatch.setattr(registry, "CONTAINERS", (Quine(),))
    found = opened(b"quine")
    assert len(found) == 2**LIMITS.nest_depth
    assert {one.reason for one in found if isinstance(one, Rejected)} == {
        "containers in containers, more than 8 deep"
    }
    few = opened(b"quine", replace(LIMITS, nest_depth=10**6, nest_members=100))
    assert found[0] not in few
    assert few == [Rejected("x", "it has more than 100 members")]


@pytest.mark.parametrize("pack", [*PACKERS, lambda data: zip_of([("z", data)])])
def test_bombs_end(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(30_000_000))
    ((_, reason),) = outline(bomb)
    assert "unpacks to more than 200 times its size" in reason
    data = zip_of([("bomb", bomb), *TWO, ("noise", noise(400_000))])
    found = outline(data)
    assert "unpacks to more than 200 times its size" in found[0][1]


def test_a_bomb_in_layers_ends_by_the_ratio_of_all() -> None:
    """Each layer is within the ratio, all of them together are not."""
    data = b""
    for _ in range(3):
        data = zip_of([(f"{n}", data or bytes(1_000_000)) for n in range(60)])
    *_, last = outline(data)
    assert last == ("x", "! it unpacks to more than 200 times its size")


def test_the_total_is_limited() -> None:
    data = noise(5000)
    small = replace(LIMITS, nest_bytes=12_000)
    *pages, last = outline(zip_of([(f"{n}", data) for n in range(5)]), small)
    assert [name for name, _ in pages] == ["x!/0", "x!/1"]
    assert last == ("x", "! it unpacks to more than 12,000 bytes")
    assert outline(gzip.compress(data * 3), small) == [last]


def test_what_must_be_laid_down_is_limited() -> None:
    small = replace(LIMITS, spooled_bytes=100)
    assert outline(zip_of(TWO), small) == [
        ("x", "! larger than 100 bytes and packed: unpack it, then ingest it")
    ]


def test_directories_and_headers_are_limited() -> None:
    assert outline(zip_of(TWO), replace(LIMITS, zip_directory_bytes=50)) == [
        ("x", "! a directory of more than 50 bytes")
    ]
    info = tarfile.TarInfo("a")
    info.pax_headers = {"comment": "x" * 3_000_000}
    data = info.tobuf(tarfile.PAX_FORMAT)
    assert outline(data + bytes(1024)) == [("x", "! a header is larger than 1,048,576 bytes")]
    long = b"WARC/1.0\r\nWARC-Type: " + b"x" * 2_000_000
    assert outline(long) == [("x", "! its headers are too long")]


def test_members_that_cannot_be_read_are_named_up_to_a_number() -> None:
    links = b"".join(tar_entry(f"{n}", tarfile.SYMTYPE, "x") for n in range(7))
    found = outline(links + tar_of(TWO), replace(LIMITS, nest_rejections=3))
    assert found == [
        *((f"x!/{n}", "! a symbolic link") for n in range(3)),
        *PLAIN,
        ("x", "! 4 more of its members cannot be read"),
    ]


def test_a_large_member_is_named_and_the_rest_is_read() -> None:
    small = replace(LIMITS, page_bytes=10)
    for data in (zip_of([("large", b"x" * 11), *TWO]), tar_of([("large", b"x" * 11), *TWO])):
        assert outline(data, small) == [("x!/large", "! larger than a page may be: 10 bytes"), *PLAIN]


MANY = [zip_of, lambda files: gzip.compress(tar_of(files))]


def peak_of(path: Path, members: int) -> int:
    """Return the most memory that is held while a container of so many members is read."""
    tracemalloc.start()
    try:
        assert sum(isinstance(one, Page) for one in sources([path], LIMITS, now=lambda: NOW)) == members
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", MANY)
def test_members_take_no_memory_each(
    make: Callable[[Iterator[tuple[str, bytes]]], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(make((f"{n}.txt", b"%d" % n) for n in range(3000)))
    assert peak_of(path, 3000) < 8_000_000


@pytest.mark.slow
@pytest.mark.parametrize("make", MANY)
def test_a_hundred_thousand_members(
    make: Callable[[Iterator[tuple[str, bytes]]], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(make((f"{n}.txt", b"%d" % n) for n in range(100_000)))
    assert peak_of(path, 100_000) < 120_000_000, "the directory of a zip, and nothing of a tar"


def test_a_large_container_is_not_in_memory(tmp_path: Path) -> None:
    data = noise(1_000_000)
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(tar_of((f"{n}", data) for n in range(60)), 1))
    assert peak_of(path, 60) < 20_000_000


# WARC


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODINGS = [
    ({}, b"<p>one"),
    ({"Transfer-Encoding": "chunked"}, chunked(b"<p>one", 4)),
    ({"Transfer-Encoding": "chunked"}, b"<p>one"),
    ({"Content-Encoding": "gzip"}, gzip.compress(b"<p>one")),
    ({"Content-Encoding": "gzip"}, b"<p>one"),
    ({"Content-Encoding": "deflate"}, zlib.compress(b"<p>one")),
    ({"Content-Encoding": "deflate"}, raw_deflate(b"<p>one")),
    ({"Content-Encoding": "zstd"}, zstd.compress(b"<p>one")),
    ({"Content-Encoding": "identity"}, b"<p>one"),
    ({"Content-Encoding": "deflate, gzip"}, gzip.compress(zlib.compress(b"<p>one"))),
    (
        {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"},
        chunked(gzip.compress(b"<p>one"), 5),
    ),
]


@pytest.mark.parametrize(("headers", "body"), ENCODINGS)
@pytest.mark.parametrize("gz", [False, True])
def test_responses_come_with_address_and_time(headers: dict[str, str], body: bytes, gz: bool) -> None:
    data = warc_of([(Q1, body, HTML | headers), (Q2, b"<p>two", HTML)], gzip=gz)
    assert opened(data) == [Page(b"<p>one", f"x!{Q1}", THEN, Q1), Page(b"<p>two", f"x!{Q2}", THEN, Q2)]
    assert opened(data, block=50) == opened(data)


def test_brotli_is_undone_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    brotli = pytest.importorskip("brotli", reason="brotli is of the extra `containers`")
    headers = HTML | {"Content-Encoding": "br"}
    data = warc_of([(Q1, brotli.compress(b"<p>one"), headers), (Q2, b"<p>two", HTML)])
    assert outline(data) == [(f"x!{Q1}", "<p>one"), (f"x!{Q2}", "<p>two")]
    bomb = warc_of([(Q1, brotli.compress(bytes(50_000_000)), headers), (Q2, b"<p>two", HTML)])
    assert outline(bomb)[0][1] == "! the response (br) unpacks to more than 200 times its size"
    torn = warc_of([(Q1, brotli.compress(b"<p>one" * 99)[:-4], headers), (Q2, b"<p>two", HTML)])
    assert outline(torn) == [(f"x!{Q1}", "! the response (br) is cut short"), (f"x!{Q2}", "<p>two")]
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert outline(data) == [
        (f"x!{Q1}", "! it is packed with Brotli: `pip install brotli`, then ingest it again"),
        (f"x!{Q2}", "<p>two"),
    ]


def test_only_pages_come_out_of_a_warc() -> None:
    picture = warc_of([("https://example.org/dot.gif", b"GIF89a", {"Content-Type": "image/gif"})])
    missing = warc_of([(Q2, b"<p>404", HTML)], status="404 Not Found")
    revisit = warc_of([(Q1, b"", HTML)], kind="revisit")
    request = warc_of([(Q1, b"GET / HTTP/1.1\r\n\r\n", {})], kind="metadata")
    resource = warc_of([(Q2, b"<p>two", HTML)], kind="resource")
    page = warc_of([(Q1, b"<p>one", HTML)])
    assert outline(picture + missing + page + revisit + request + resource) == [
        (f"x!{Q1}", "<p>one"),
        (f"x!{Q2}", "<p>two"),
    ]


def test_a_response_that_cannot_be_unpacked_is_named_and_the_rest_is_read() -> None:
    wrong = {"Content-Encoding": "compress"}
    torn = {"Content-Encoding": "gzip"}
    data = warc_of(
        [(Q1, b"<p>", HTML | wrong), (Q1, gzip.compress(b"x" * 99)[:-3], HTML | torn), (Q2, b"<p>2", HTML)]
    )
    assert outline(data) == [
        (f"x!{Q1}", "! its encoding 'compress' is not known"),
        (f"x!{Q1}", "! the response (gzip) is cut short"),
        (f"x!{Q2}", "<p>2"),
    ]


def test_a_torn_warc_gives_what_is_whole() -> None:
    data = warc_of([(Q1, b"<p>one", HTML), (Q2, b"<p>two" * 99, HTML)])
    assert outline(data[:-200]) == [(f"x!{Q1}", "<p>one"), ("x", "! it is cut short")]
    packed = warc_of([(Q1, b"<p>one", HTML), (Q2, b"<p>two" * 99, HTML)], gzip=True)
    assert outline(packed[:-20]) == [(f"x!{Q1}", "<p>one"), ("x", "! the gzip file is cut short")]
    rubbish = warc_of([(Q1, b"<p>one", HTML)]) + b"rubbish\r\n" + data
    assert outline(rubbish) == [
        (f"x!{Q1}", "<p>one"),
        ("x", "! the WARC file is damaged: a record begins with no version"),
    ]


def test_a_charset_of_the_headers_is_heeded_where_the_page_says_none() -> None:
    russian = {"Content-Type": "text/html; charset=koi8-r"}
    own = b'<meta charset="windows-1251"><p>'
    data = warc_of(
        [
            (Q1, "<p>вопрос".encode("koi8-r"), russian),
            (Q1, own + "вопрос".encode("cp1251"), russian),
            (Q1, "<p>вопрос".encode(), russian),
            (Q1, b"<p>\xff", {"Content-Type": "text/html; charset=nonsense"}),
        ]
    )
    found = [one.data for one in opened(data) if isinstance(one, Page)]
    assert found == [
        "<p>вопрос".encode(),
        own + "вопрос".encode("cp1251"),
        "<p>вопрос".encode(),
        b"<p>\xff",
    ]


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [("text/html", True), ("Text/HTML; charset=x", True), ("application/json", True), ("", True),
     ("application/ld+json", True), ("application/xhtml+xml", True), ("image/png", False),
     ("text/css", False)],
)  # fmt: skip
def test_types_of_pages(media_type: str, expected: bool) -> None:
    assert http.is_page(media_type) is expected


# MHTML, HAR, ZIM


def test_a_saved_page_comes_with_address_and_time() -> None:
    (page,) = opened(mhtml_of("<p>é"))
    assert page == Page("<p>é".encode(), f"x!{Q1}", THEN, Q1)
    (page,) = opened(mhtml_of("<p>é", charset="iso-8859-1"))
    assert isinstance(page, Page)
    assert page.data == "<p>é".encode()


def test_a_mail_is_no_saved_page() -> None:
    sent = b"Message-ID: <1@example.org>\nTo: you@example.org\n" + mhtml_of("<p>hello")
    assert container_of(sent[:4096]) is None
    assert container_of(b"Title: x\nTags: a b\n\nContent-Type: text/html") is None


def test_a_saved_page_without_a_page_is_named() -> None:
    data = mhtml_of("<p>x").replace(b"text/html", b"text/plain").replace(b"related", b"related", 1)
    assert outline(data) == [("x", "! a saved page without a page in it, or cut short before it")]
    large = replace(LIMITS, mhtml_bytes=100)
    assert outline(mhtml_of("<p>x"), large) == [("x", "! larger than a saved page may be: 100 bytes")]


def test_pages_of_a_browsers_log() -> None:
    entries = [
        har_entry(Q1, "<p>é".encode()),
        har_entry(Q2, b"<p>two", packed=True),
        har_entry(Q2, b"gone", status=404),
        {"request": {}, "response": None},
        {"request": {"url": Q1}, "response": {"status": 200, "content": {"mimeType": "text/html"}}},
    ]
    data = har_of(entries)
    assert opened(data) == [Page("<p>é".encode(), f"x!{Q1}", THEN, Q1), Page(b"<p>two", f"x!{Q2}", THEN, Q2)]
    for end in range(60, len(data) - 2, 31):
        *pages, last = opened(data[:end])
        assert pages == opened(data)[: len(pages)]
        assert isinstance(last, Rejected)
    broken = har_entry(Q1, b"<p>", packed=True)
    broken["response"]["content"]["text"] = "a"
    assert outline(har_of([broken])) == [(f"x!{Q1}", "! its Base64 is damaged")]


@pytest.fixture
def zim(tmp_path: Path) -> bytes:
    """A ZIM of two pages, a redirect and a picture."""
    writer = pytest.importorskip("libzim.writer", reason="libzim is of the extra `containers`")

    class Item(writer.Item):  # type: ignore[misc,name-defined]  # libzim need not be there
        def __init__(self, path: str, kind: str, data: bytes) -> None:
            super().__init__()
            self.path, self.kind, self.data = path, kind, data

        def get_path(self) -> str:
            return self.path

        def get_title(self) -> str:
            return self.path

        def get_mimetype(self) -> str:
            return self.kind

        def get_hints(self) -> dict[object, int]:
            return {}

        def get_contentprovider(self) -> object:
            return writer.StringProvider(self.data)

    path = tmp_path / "made.zim"
    with writer.Creator(path) as creator:
        creator.add_item(Item("questions/1/one", "text/html", b"<p>one"))
        creator.add_item(Item("questions/2/two", "text/html; charset=utf-8", b"<p>two"))
        creator.add_item(Item("dot.gif", "image/gif", b"GIF89a"))
        creator.add_redirection("q/1", "one", "questions/1/one", {})
        creator.add_metadata("Date", b"2012-06-27")
        creator.add_metadata("Source", b"https://example.org")
    return path.read_bytes()


def test_pages_of_a_zim(zim: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2012, 6, 27, tzinfo=UTC)
    names = ["questions/1/one", "questions/2/two"]
    expected = [
        Page(data, f"x!/{name}", day, f"https://example.org/{name}")
        for name, data in zip(names, [b"<p>one", b"<p>two"], strict=True)
    ]
    assert opened(zim) == expected
    on_disk = list(sources([tmp_path / "made.zim"], LIMITS, now=lambda: NOW))
    assert [one.data for one in on_disk if isinstance(one, Page)] == [b"<p>one", b"<p>two"]
    assert [one.source for one in opened(tar_of([("a.zim", zim)]))] == [f"x!/a.zim!/{n}" for n in names]
    ((_, reason),) = outline(zim[: len(zim) // 2])
    assert reason.startswith("! the ZIM file is damaged")
    monkeypatch.setitem(sys.modules, "libzim.reader", None)
    assert outline(zim) == [("x", "! a ZIM file: `pip install libzim`, then ingest it again")]


# 7z


def test_members_of_a_7z(monkeypatch: pytest.MonkeyPatch) -> None:
    py7zr = pytest.importorskip("py7zr", reason="py7zr is of the extra `containers`")
    data = sevenzip_of([*TWO, ("empty", b""), ("deep.zip", zip_of(TWO))])
    expected = {
        *PLAIN,
        ("x!/empty", ""),
        ("x!/deep.zip!/a.html", "<p>one"),
        ("x!/deep.zip!/b/c.html", "<p>two"),
    }
    assert set(outline(data)) == expected
    assert set(outline(tar_of([("y.7z", data)]))) == {
        (name.replace("x!", "x!/y.7z!", 1), text) for name, text in expected
    }
    secret = sevenzip_of(TWO, "secret")
    assert outline(secret) == [("x", "! encrypted: unpack it with its password, then ingest it")]
    hidden = io.BytesIO()
    with py7zr.SevenZipFile(hidden, "w", password="secret", header_encryption=True) as archive:
        archive.writestr(b"<p>", "a")
    assert outline(hidden.getvalue()) == outline(secret)
    monkeypatch.setitem(sys.modules, "py7zr", None)
    assert outline(data) == [("x", "! a 7z file: `pip install py7zr`, or unpack it, then ingest it again")]


def test_a_7z_is_held_to_the_limits_and_leaves_no_thread() -> None:
    before = threading.active_count()
    large = [(f"{n}", noise(300_000, n)) for n in range(5)]
    data = sevenzip_of(large)
    *pages, last = opened(data, replace(LIMITS, nest_bytes=700_000))
    assert [one.source for one in pages] == ["x!/0", "x!/1"]
    assert last == Rejected("x", "it unpacks to more than 700,000 bytes")
    nest = Nest(Budget(LIMITS, len(data)), lambda: NOW)
    some = nest.pages(Member("x", Content([data])))
    assert isinstance(some, Generator)
    next(some)
    some.close()
    assert threading.active_count() == before
    bomb = sevenzip_of([("zeros", bytes(50_000_000)), *TWO])
    assert outline(bomb)[-1] == ("x", "! it unpacks to more than 200 times its size")
    assert opened(data[:-40])[-1].source == "x"
    wrong = bytearray(data)
    wrong[len(data) // 2] ^= 255
    *pages, last = opened(bytes(wrong))
    assert isinstance(last, Rejected)
    assert last.reason.startswith("the 7z file is damaged or cut short: ")
    assert threading.active_count() == before


# Files


def test_a_container_on_the_disk_reads_as_one_from_a_pipe(tmp_path: Path) -> None:
    for data in (zip_of(TWO), tar_of(TWO), gzip.compress(tar_of(TWO)), warc_of([(Q1, b"<p>", HTML)])):
        path = tmp_path / "x"
        path.write_bytes(data)
        told: list[int] = []
        *pages, end = sources([path], LIMITS, now=lambda: NOW, on_bytes=told.append)
        assert [
            (one.source.removeprefix(str(tmp_path) + "/"), one.data) for one in pages if isinstance(one, Page)
        ] == [(one.source, one.data) for one in opened(data) if isinstance(one, Page)]
        assert isinstance(end, FileEnd)
        assert sum(told) == len(data)


# Whatever comes

SAMPLES = [
    zip_of(TWO),
    piped_zip_of(TWO),
    tar_of(TWO),
    tar_of(TWO, tarfile.GNU_FORMAT),
    gzip.compress(tar_of(TWO)),
    zstd.compress(b"<p>one"),
    lzma.compress(b"<p>one"),
    bz2.compress(b"<p>one"),
    warc_of([(Q1, chunked(gzip.compress(b"<p>one")), HTML | ENCODINGS[-1][0]), (Q2, b"<p>two", HTML)]),
    mhtml_of("<p>one"),
    har_of([har_entry(Q1, b"<p>one"), har_entry(Q2, b"<p>two", packed=True)]),
]


def mutated(data: bytes, changes: list[tuple[float, int]], cut: float, doubled: bool) -> bytes:
    """Return content with bytes changed, its end cut off, and the rest doubled."""
    changed = bytearray(data)
    for place, value in changes:
        changed[int(place * (len(changed) - 1))] = value
    changed = changed[: int(len(changed) * cut)]
    return bytes(changed * 2 if doubled else changed)


MUTATED = st.builds(
    mutated,
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.one_of(st.just(1.0), st.floats(0, 1)),
    st.booleans(),
)


NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def check_whatever(data: bytes, block: int) -> None:
    """Pages and rejections come out, nothing else, whatever goes in."""
    for one in opened(data, replace(LIMITS, page_bytes=1_000_000), block):
        assert one.source.startswith("x")
        assert not NO_TEXT.search(one.source)
        if isinstance(one, Rejected):
            assert one.reason
            assert "\n" not in one.reason
        else:
            assert one.received - NOW < timedelta(days=365 * 8000)


@settings(max_examples=300, deadline=None)
@given(MUTATED, st.sampled_from([1, 60, 1 << 20]))
def test_whatever_comes_gives_pages_and_reasons(data: bytes, block: int) -> None:
    check_whatever(data, block)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(MUTATED, st.sampled_from([60, 1 << 20]))
def test_whatever_comes_gives_pages_and_reasons_many_times(data: bytes, block: int) -> None:
    check_whatever(data, block)


def test_damage_of_which_a_library_says_nothing_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise EOFError

    monkeypatch.setattr(zipfile.ZipExtFile, "read", fail)
    [rejected] = opened(zip_of([("a.txt", b"What?")]))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "damaged: EOFError"
