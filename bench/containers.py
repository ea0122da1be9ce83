"""Containers of pages: how fast they are opened, ingested, and passed over when nothing has changed.

    python -m askive.bench.containers [--pages N]

makes N small question pages (2,000), as a folder and as containers, and prints a table.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from ..archive import ingest as ingesting
from ..archive.ingest import ingest
from ..archive.limits import LIMITS
from ..archive.page import Page
from ..archive.qapage import write_qapage
from ..archive.raw import RawPages
from ..archive.records import Question
from ..archive.sources import sources
from ..archive.store import Store
from .corpus import Generator

Files = list[tuple[str, bytes]]


def pages(count: int) -> Files:
    """Return so many pages with a question each."""
    return [(f"{n:06}.html", page(question)) for n, question in enumerate(Generator().questions(count))]


def page(question: Question) -> bytes:
    """Return a question as a page of the web."""
    text = io.StringIO()
    write_qapage([question], text)
    return f'<!doctype html><script type="application/ld+json">{text.getvalue()}</script>'.encode()


def folder(files: Files, path: Path) -> None:
    """Lay pages down as files."""
    path.mkdir()
    for name, data in files:
        (path / name).write_bytes(data)


def zipped(files: Files, path: Path) -> None:
    """Lay pages down as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)


def tarred(files: Files, path: Path) -> None:
    """Lay pages down as a tar in gzip."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def crawled(files: Files, path: Path) -> None:
    """Lay pages down as a WARC, each record in gzip of its own."""
    with path.open("wb") as out:
        for name, data in files:
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + data
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bench.example/{name}\r\n"
                f"WARC-Date: 2012-06-27T13:51:36Z\r\nContent-Type: application/http;msgtype=response\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            )
            out.write(gzip.compress(head.encode() + block + b"\r\n\r\n"))


FORMS: tuple[tuple[str, Callable[[Files, Path], None]], ...] = (
    ("folder", folder),
    ("zip", zipped),
    ("tar.gz", tarred),
    ("warc.gz", crawled),
)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def count_pages(path: Path) -> int:
    """Open everything and read nothing."""
    return sum(isinstance(one, Page) for one in sources([path], LIMITS, now=now))


def settle(paths: Iterable[Path]) -> None:
    """Wait until no file was changed just now."""
    newest = max(path.stat().st_ctime_ns for path in paths)
    while time.time_ns() - newest <= ingesting.CLOCK_TICK:
        time.sleep(0.1)


def take_in(path: Path, store: Store, raw: RawPages) -> None:
    """Ingest a path in which every page can be read."""
    report = ingest([path], store, raw, now=now)
    assert not report.rejected, report.rejected[0]


def measured(path: Path, archive: Path) -> tuple[float, float, float]:
    """Return the seconds to open all pages, to ingest them, and to ingest them once more."""
    settle([path, *path.glob("*")] if path.is_dir() else [path])
    opening = seconds(lambda: count_pages(path))
    with Store.open(archive, create=True) as store:
        raw = RawPages(archive / "raw")
        first = seconds(lambda: take_in(path, store, raw))
        again = seconds(lambda: take_in(path, store, raw))
    return opening, first, again


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    count = parser.parse_args().pages
    files = pages(count)
    size = sum(len(data) for _, data in files)
    print(f"{count:,} pages, {size / 1e6:.1f} MB; pages per second, on {os.cpu_count()} cores")
    print(f"{'as':8} {'opened':>10} {'ingested':>10} {'unchanged':>10}")
    with tempfile.TemporaryDirectory() as top:
        for name, make in FORMS:
            path = Path(top, f"pages.{name}")
            make(files, path)
            rates = [f"{count / spent:10,.0f}" for spent in measured(path, Path(top, f"archive.{name}"))]
            print(f"{name:8} {' '.join(rates)}")


if __name__ == "__main__":
    main()
