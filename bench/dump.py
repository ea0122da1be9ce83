"""A generated Stack Exchange data dump, and what it costs to ingest it.

    python -m askive.bench.dump make DIRECTORY --posts 100000     # Posts.xml, Comments.xml, Users.xml, …
    python -m askive.bench.dump measure PATH [--no-index]         # posts/s and memory of `askive ingest`
    python -m askive.bench.dump steps PATH                        # CPU per post of each step, space in TMPDIR

The posts come in blocks, each seeded by its number. Lengths and counts are near those of real dumps: three
answers to two questions, a comment and a half a post, 900 characters of HTML a body, answers up to thousands
of posts behind their questions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np

from ..archive.limits import LIMITS
from ..archive.page import Page
from ..archive.raw import RawPages
from ..archive.readers import read_page
from ..archive.records import Question, Tag
from ..archive.sources import sources, total_bytes
from ..archive.store import Store
from .measure import POLL, peak_of
from .words import Vocabulary

SEED = 20260101
SITE = "bench.example.com"
QUESTION_SHARE = 0.4
COMMENTS = 1.5
"""The mean number of comments of a post; Stack Overflow's dump has 1.5."""
USERS_A_POST = 0.2
TAGS = 500
REACH = 5_000
"""Posts behind which a question gets no more answers here."""
PARAGRAPHS = 3.0
PARAGRAPH = (3.6, 0.7)
"""Mean and deviation of the logarithm of a paragraph's words."""
CODE_SHARE = 0.3
"""Paragraphs that are code."""
FIRST = datetime(2010, 1, 1, tzinfo=UTC)

Value = str | int | None


class Generator:
    """Makes the rows of a dump of so many posts."""

    def __init__(self, posts: int, seed: int = SEED) -> None:
        self.posts, self.seed = posts, seed
        self.vocabulary = Vocabulary.make(seed)
        self.users = max(1, int(posts * USERS_A_POST))
        random = np.random.default_rng((seed, 1))
        spelled = self.vocabulary.spelled[self.vocabulary.draw(TAGS * 2, random, telling=True)].tolist()
        self.tags = list(dict.fromkeys(spelled))[:TAGS]

    def write(self, directory: Path) -> None:
        """Write the tables of the dump."""
        directory.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            files = {
                name: stack.enter_context(_Table(directory, name))
                for name in ("Posts", "Comments", "PostLinks", "Users", "Tags")
            }
            self._fill(files)

    def _fill(self, files: dict[str, _Table]) -> None:
        random = np.random.default_rng(self.seed)
        questions: list[int] = []
        first_wiki = self.posts + 1
        for number in range(1, self.posts + 1):
            is_question = not questions or random.random() < QUESTION_SHARE
            recent = questions[-int(REACH * QUESTION_SHARE) :]
            parent = None if is_question else recent[int(random.integers(len(recent)))]
            files["Posts"].row(self._post(number, parent, random))
            if is_question:
                self._link(number, questions, files["PostLinks"], random)
                questions.append(number)
            for _ in range(int(random.poisson(COMMENTS))):
                files["Comments"].row(self._comment(files["Comments"].count + 1, number, random))
        for user in range(1, self.users + 1):
            files["Users"].row({"Id": user, "Reputation": 1, "DisplayName": f"user {user} <\"&'>"})
        for place, tag in enumerate(self.tags):
            excerpt = first_wiki + place
            files["Posts"].row({"Id": excerpt, "PostTypeId": 4, "Body": f"About {tag}.", "CommentCount": 0})
            files["Tags"].row({"Id": place + 1, "TagName": tag, "Count": 1, "ExcerptPostId": excerpt})

    def _post(self, number: int, parent: int | None, random: np.random.Generator) -> dict[str, Value]:
        created = self._moment(number)
        row: dict[str, Value] = {
            "Id": number,
            "PostTypeId": 1 if parent is None else 2,
            "ParentId": parent,
            "CreationDate": created,
            "Score": int(random.normal(2, 4)),
            "ViewCount": int(random.lognormal(6, 1.6)) if parent is None else None,
            "Body": self._body(random),
            "OwnerUserId": int(random.integers(1, self.users + 1)),
            "LastActivityDate": created,
        }
        if parent is None:
            places = np.unique(random.integers(0, len(self.tags), random.integers(1, 5)))
            row["Title"] = self._text(8, random).capitalize() + "?"
            row["Tags"] = "".join(f"<{self.tags[place]}>" for place in places)
        return row

    def _comment(self, number: int, post: int, random: np.random.Generator) -> dict[str, Value]:
        return {
            "Id": number,
            "PostId": post,
            "Score": int(random.poisson(0.5)),
            "Text": self._text(int(random.integers(5, 50)), random),
            "CreationDate": self._moment(post),
            "UserId": int(random.integers(1, self.users + 1)),
        }

    def _link(self, number: int, earlier: list[int], table: _Table, random: np.random.Generator) -> None:
        if earlier and random.random() < 0.2:
            target = earlier[int(random.integers(len(earlier)))]
            kind = 3 if random.random() < 0.2 else 1
            table.row({"Id": number, "PostId": number, "RelatedPostId": target, "LinkTypeId": kind})

    def _moment(self, number: int) -> str:
        return (FIRST + timedelta(seconds=97 * number)).strftime("%Y-%m-%dT%H:%M:%S.000")

    def _body(self, random: np.random.Generator) -> str:
        return "".join(self._paragraphs(1 + int(random.poisson(PARAGRAPHS - 1)), random))

    def _paragraphs(self, count: int, random: np.random.Generator) -> Iterator[str]:
        for _ in range(count):
            text = self._text(int(np.clip(random.lognormal(*PARAGRAPH), 5, 300)), random)
            if random.random() < CODE_SHARE:
                lines = text.replace(" the ", "();\n  ").replace(" of ", " = ")
                yield f"<pre><code>{lines}\n</code></pre>\n\n"
            else:
                first, _, rest = text.partition(" ")
                yield f"<p><em>{first}</em> {rest} <code>{first}</code>.</p>\n\n"

    def _text(self, words: int, random: np.random.Generator) -> str:
        return " ".join(self.vocabulary.spelled[self.vocabulary.draw(words, random)].tolist())


class _Table:
    """A table of a dump, being written."""

    def __init__(self, directory: Path, name: str) -> None:
        self.path, self.name, self.count = directory / f"{name}.xml", name.lower(), 0
        self.file: TextIO

    def __enter__(self) -> _Table:
        self.file = self.path.open("w", encoding="utf-8", newline="\r\n")
        self.file.write(f'<?xml version="1.0" encoding="utf-8"?>\n<{self.name}>\n')
        return self

    def __exit__(self, *_: object) -> None:
        self.file.write(f"</{self.name}>\n")
        self.file.close()

    def row(self, values: dict[str, Value]) -> None:
        """Write a row: attributes in the manner of the dumps, in double quotes, line ends as references."""
        told = " ".join(f"{name}={_quoted(value)}" for name, value in values.items() if value is not None)
        self.file.write(f"  <row {told} />\n")
        self.count += 1


def _quoted(value: str | int) -> str:
    return quoteattr(str(value), {'"': "&quot;"})


def measure(dump: Path, *options: str) -> None:
    """Ingest a dump into a new archive, and say what it took."""
    with TemporaryDirectory(prefix="askive-bench-") as work:
        command = [sys.executable, "-m", "askive", "--archive", f"{work}/archive"]
        begin = time.perf_counter()
        with subprocess.Popen(
            [*command, "ingest", *options, str(dump)], stdout=subprocess.DEVNULL
        ) as process:
            most = peak_of(process) or 0
        seconds = time.perf_counter() - begin
        stats = subprocess.run([*command, "stats", "--format", "json"], capture_output=True, check=True)
    counted = json.loads(stats.stdout)
    posts = counted["questions"] + counted["answers"]
    print(f"exit code {process.returncode}; {os.cpu_count()} processors; {total_bytes([dump]):,} bytes")
    print(
        f"{posts:,} posts, {counted['comments']:,} comments: {seconds:.1f} s, {posts / seconds:,.0f} a second"
    )
    print(f"memory of all its processes: {most / 2**20:,.0f} MiB at most")


class Steps:
    """The CPU time of each step, in seconds."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what is done in this context to a step."""
        begin = time.process_time()
        try:
            yield
        finally:
            self.seconds[name] += time.process_time() - begin


def steps(path: Path) -> None:
    """Join, keep, read and store a dump one after the other in this process; print what each takes."""
    clock, posts, size = Steps(), 0, 0
    with TemporaryDirectory(prefix="askive-bench-") as work:
        tempfile.tempdir = f"{work}/temporary"
        Path(tempfile.tempdir).mkdir()
        raw = RawPages(Path(work) / "raw")
        with Store.open(Path(work) / "archive", create=True) as store, Space(Path(tempfile.tempdir)) as space:
            pages = sources([path], LIMITS, now=lambda: datetime.now(UTC))
            while True:
                with clock.step("join"):
                    page = next((one for one in pages if isinstance(one, Page)), None)
                if page is None:
                    break
                size += len(page.data)
                with clock.step("keep"):
                    raw.add(page)
                with clock.step("read"):
                    found = list(read_page(page)[1])
                with clock.step("store"), store.write() as writer:
                    for one in found:
                        if isinstance(one, Question):
                            writer.put(one)
                        elif isinstance(one, Tag):
                            writer.put_tag(one)
                posts += sum(1 + len(one.answers) for one in found if isinstance(one, Question))
        tempfile.tempdir = None
    print(f"{posts:,} posts, {size:,} bytes of pages; CPU of each step for a post:")
    for name, seconds in clock.seconds.items():
        print(f"  {name:6}{seconds / posts * 1e6:6.0f} µs")
    print(f"space in TMPDIR: {space.most:,} bytes at most, {space.most / size:.1f} times the pages")


class Space:
    """Watches how much space the temporary files of this process take, those without a name included."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.most = directory, 0
        self._stop = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Space:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(POLL):
            self.most = max(self.most, self._taken())

    def _taken(self) -> int:
        sizes: dict[int, int] = {}
        for file in [*self.directory.rglob("*"), *self._nameless()]:
            with suppress(OSError):  # gone since
                status = file.stat()
                sizes[status.st_ino] = status.st_blocks * 512
        return sum(sizes.values())

    def _nameless(self) -> Iterator[Path]:
        """The open files that were deleted, as SQLite's are that it sorts in (proc(5), /proc/PID/fd)."""
        for handle in Path("/proc/self/fd").glob("*"):
            with suppress(OSError):
                if str(handle.readlink()).endswith(" (deleted)"):
                    yield handle


def main() -> None:
    """Make a dump, or measure one."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["make", "measure", "steps"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--no-index", action="store_true", help="measure without the index")
    options = parser.parse_args()
    if options.work == "make":
        Generator(options.posts).write(options.path)
    elif options.work == "steps":
        steps(options.path)
    else:
        measure(options.path, *(["--no-index"] if options.no_index else []))


if __name__ == "__main__":
    main()
