"""A Stack Exchange data dump of any size, or an export of a team -> pages of whole questions.

The rows of a question are spread over a dump's tables: its answers stand anywhere behind it, its comments
and links in files of their own. A temporary SQLite file brings them together: rows go in as they come, and
out sorted by question, sorted by SQLite in files where memory does not suffice. It takes about twice the
space of the dump, in `TMPDIR`.

A page holds the rows of the questions whose numbers lie in one range of `RANGE`, byte for byte: a later dump
of the same site gives the same pages where nothing changed, and those are not read again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from .errors import PageRejected
from .limits import Limits
from .readers.decoding import decode
from .readers.dump import ANSWER, EXCERPT, QUESTION, WIKI, is_deleted, key_of, site_of_source
from .readers.dump_rows import BrokenRow, Row, Torn, attributes, rows
from .readers.json_page import HEAD_BYTES
from .readers.table import SEPARATOR
from .readers.table_rows import header_of
from .readers.teams import is_teams_posts

RANGE = 1_000
"""Numbers of one page. Of three posts one is a question: some hundred questions, half a MiB."""

TAGS_OF_A_PAGE = 1_000
"""Tags of one page, with excerpts and wikis: a MiB."""

PAGE_BYTES = 8 << 20
"""A page ends behind the question with which it gets larger."""

CACHE_KIB = 65_536
"""What SQLite holds in memory, of pages and of rows that it sorts."""

MAX_NUMBER = 2**63 - 1
"""SQLite's integers have 64 bits; a number has up to 18 digits in the reader too."""

Blocks = Callable[[], Iterable[bytes]]
"""Opens a table and yields its bytes."""

_NAME = re.compile(r"(posts|comments|users|tags|postlinks|badges|posthistory|votes)\.xml", re.IGNORECASE)
_QUESTIONS = re.compile(r"(.*)question(s?\.(?:csv|tsv|tab|txt))")

TEAM_FILES = ("posts.json", "comments.json", "postlinks.json", "users.json", "tags.json")
"""The files of an export of Stack Overflow for Teams that records are made of."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_RANK: Mapping[str, int] = {"question": 0, "answer": 1, "comments": 2, "postlinks": 3}


class Dump(NamedTuple):
    """A dump in a folder: its tables by name, those that no record is made of as well."""

    folder: Path
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class DumpPage:
    """A page of a dump: its name in the dump, and its bytes."""

    name: str
    data: bytes


def dump_among(folder: Path, paths: Iterable[Path]) -> Dump | None:
    """Return the dump whose tables are among the paths of a folder; None without a `Posts.xml`."""
    held = {path.name.lower(): path for path in paths}
    files = {
        match[1]: path for name, path in held.items() if (match := _NAME.fullmatch(name)) and path.is_file()
    }
    if "posts" in files:
        return Dump(folder, files)
    if (posts := held.get("posts.json")) and posts.is_file() and _is_of_team(posts):
        return Dump(
            folder, {name: held[name] for name in TEAM_FILES if name in held and held[name].is_file()}
        )
    return _pair(folder, held)


def _pair(folder: Path, held: Mapping[str, Path]) -> Dump | None:
    """The first two tables of a folder that are named alike, one of questions and one of answers."""
    for name, questions in held.items():
        if (match := _QUESTIONS.fullmatch(name)) and questions.is_file():
            answers = held.get(f"{match[1]}answer{match[2]}")
            if answers and answers.is_file() and _are_tables(questions, answers):
                return Dump(folder, {"questions": questions, "answers": answers})
    return None


def _are_tables(questions: Path, answers: Path) -> bool:
    """Tell whether the headers of two files say that one asks and one answers."""
    heads = header_of(_first_line(questions), few=True), header_of(_first_line(answers))
    return bool(heads[0] and heads[0][1].asks() and heads[1] and heads[1][1].hold_answers())


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return decode(file.readline(HEAD_BYTES)).strip()
    except OSError:
        return ""


def _is_of_team(posts: Path) -> bool:
    try:
        with posts.open("rb") as file:
            return is_teams_posts(file.read(HEAD_BYTES))
    except OSError:
        return False


def pages(tables: Mapping[str, Blocks], source: str, limits: Limits) -> Iterator[DumpPage]:
    """Yield a dump as pages, those of its tags first, then its questions by number.

    `tables` opens each table that there is, by its name in small letters; the files of a team's export make
    one page. Raises `PageRejected` where the temporary file cannot be kept, or an export is larger than JSON
    is read; and behind the last page where rows were no XML, or too many of one question.
    """
    if "posts.json" in tables:
        yield _united(tables, limits)
        return
    if "answers" in tables:
        yield _joined(tables, limits)
        return
    try:
        with (
            TemporaryDirectory(prefix="askive-") as folder,
            closing(sqlite3.connect(Path(folder) / "dump.sqlite3", isolation_level=None)) as db,
        ):
            yield from _Join(db, source, limits).pages(tables)
    except sqlite3.Error as error:
        raise PageRejected(f"the dump cannot be sorted in TMPDIR: {error}") from error


def _joined(tables: Mapping[str, Blocks], limits: Limits) -> DumpPage:
    """A table of questions, and behind it that of their answers."""
    data = b""
    for name in ("questions", "answers"):
        for block in tables[name]():
            data += block
            if len(data) > limits.dump_bytes:
                raise PageRejected(f"more than {limits.dump_bytes:,} bytes of tables")
        data += SEPARATOR.encode() if name == "questions" else b""
    return DumpPage("tables", data)


def _united(tables: Mapping[str, Blocks], limits: Limits) -> DumpPage:
    """The files of a team's export as one page: an object with each file, as it is, under its name."""
    data = b"{"
    for name in TEAM_FILES:
        if name not in tables:
            continue
        data += b"".join([b",\n" if len(data) > 1 else b"", f'"{name.removesuffix(".json")}": '.encode()])
        begin = len(data)
        for block in tables[name]():
            data += block if len(data) > begin else block.removeprefix(BOM_UTF8)
            if len(data) > limits.dump_bytes:
                raise PageRejected(f"more than {limits.dump_bytes:,} bytes of JSON")
    return DumpPage("export", data + b"}\n")


@dataclass(slots=True)
class _Part:
    """The rows of a page that is being filled."""

    posts: list[bytes] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    postlinks: list[bytes] = field(default_factory=list)
    tags: list[bytes] = field(default_factory=list)
    owners: set[int] = field(default_factory=set)
    size: int = 0

    def add(self, table: str, data: bytes) -> None:
        getattr(self, table).append(data)
        self.size += len(data)


class _Join:
    """One dump in a temporary file."""

    def __init__(self, db: sqlite3.Connection, source: str, limits: Limits) -> None:
        self.db, self.limits = db, limits
        self.site = site_of_source(source)
        self.key: str | None = None
        self.broken: Counter[str] = Counter()
        db.executescript(f"PRAGMA cache_size = -{CACHE_KIB}; {_SCHEMA}")

    def pages(self, tables: Mapping[str, Blocks]) -> Iterator[DumpPage]:
        for table, fill in (
            ("posts", self._posts),
            ("comments", self._of_posts),
            ("postlinks", self._of_posts),
            ("users", self._users),
            ("tags", self._tags),
        ):
            if table in tables:
                self.db.execute("BEGIN")
                fill(table, self._rows(table, tables[table]()))
                self.db.execute("COMMIT")
        yield from self._tag_pages()
        yield from self._question_pages()
        if self.broken:
            lost = (f"{count:,} of its {table} are torn or too large" for table, count in self.broken.items())
            raise PageRejected(", ".join(lost))

    def _rows(self, table: str, blocks: Iterable[bytes]) -> Iterator[tuple[Row, Mapping[str, str]]]:
        """The rows of a table with their attributes; broken ones are counted."""
        for row in rows(blocks, table, self.limits):
            try:
                if isinstance(row, Torn):
                    raise BrokenRow("torn")
                yield row, attributes(row.data)
            except BrokenRow:
                self.broken[table] += 1

    def _posts(self, _: str, found: Iterable[tuple[Row, Mapping[str, str]]]) -> None:
        for row, values in found:
            self.key = self.key or key_of(values)
            own, kind = _number(values, "Id"), values.get("PostTypeId")
            if own is None:
                self.broken["posts"] += 1
            elif is_deleted(values):
                self.db.execute("INSERT OR IGNORE INTO posts VALUES (?, NULL)", [own])
            elif kind == QUESTION:
                self._keep(own, "question", own, values, row)
            elif kind == ANSWER and (question := _number(values, "ParentId")) is not None:
                self._keep(question, "answer", own, values, row)
                self.db.execute("INSERT OR IGNORE INTO posts VALUES (?, ?)", [own, question])
            elif kind in (EXCERPT, WIKI):
                self.db.execute("INSERT OR REPLACE INTO wikis VALUES (?, ?)", [own, row.data])

    def _of_posts(self, table: str, found: Iterable[tuple[Row, Mapping[str, str]]]) -> None:
        """Keep comments or links: they belong to a post, whose question is looked up when all are in."""
        for row, values in found:
            post = _number(values, "PostId")
            if post is not None and not is_deleted(values):
                self._keep(post, table, _number(values, "Id") or 0, values, row)

    def _users(self, _: str, found: Iterable[tuple[Row, Mapping[str, str]]]) -> None:
        named = ((_number(values, "Id"), values.get("DisplayName")) for _, values in found)
        self.db.executemany("INSERT OR REPLACE INTO users VALUES (?, ?)", (row for row in named if all(row)))

    def _tags(self, _: str, found: Iterable[tuple[Row, Mapping[str, str]]]) -> None:
        self.db.executemany(
            "INSERT INTO tags VALUES (?, ?, ?)",
            (
                (row.data, _number(values, "ExcerptPostId"), _number(values, "WikiPostId"))
                for row, values in found
            ),
        )

    def _keep(self, post: int, kind: str, own: int, values: Mapping[str, str], row: Row) -> None:
        owner = _number(values, "OwnerUserId") or _number(values, "UserId")
        self.db.execute("INSERT INTO kept VALUES (?, ?, ?, ?, ?)", [post, _RANK[kind], own, owner, row.data])

    def _tag_pages(self) -> Iterator[DumpPage]:
        part = _Part()
        begin = 1
        for number, (data, excerpt, wiki) in enumerate(self.db.execute(_TAGS), start=1):
            part.add("tags", data)
            for post in (excerpt, wiki):
                if post is not None:
                    part.add("posts", post)
            if number - begin + 1 == TAGS_OF_A_PAGE or part.size > PAGE_BYTES:
                yield self._page(f"tags-{begin}", part)
                part, begin = _Part(), number + 1
        if part.size:
            yield self._page(f"tags-{begin}", part)

    def _question_pages(self) -> Iterator[DumpPage]:
        part = _Part()
        begin: int | None = None
        for question, group in groupby(self.db.execute(_KEPT), key=lambda kept: kept[0]):
            if begin is not None and (question // RANGE != begin // RANGE or part.size > PAGE_BYTES):
                yield self._page(f"questions-{begin}", part)
                part, begin = _Part(), None
            begin = question if begin is None else begin
            before = part.size
            for _, rank, owner, data in group:
                if part.size - before > self.limits.dump_bytes // 2:
                    self.broken["questions"] += 1
                    break
                part.add(_TABLE[rank], data)
                if owner is not None:
                    part.owners.add(owner)
        if begin is not None:
            yield self._page(f"questions-{begin}", part)

    def _page(self, name: str, part: _Part) -> DumpPage:
        """The part as a document of the tables of the dump; of users it has the names."""
        told = f" site={quoteattr(self.site)}" if self.site else f" key={quoteattr(self.key or '')}"
        names = self.db.execute(_USERS, [json.dumps(sorted(part.owners))])
        users = [
            f"<row Id={quoteattr(str(id))} DisplayName={quoteattr(name)} />".encode() for id, name in names
        ]
        return DumpPage(
            name,
            b"\n".join(
                [
                    f'<?xml version="1.0" encoding="utf-8"?>\n<dump{told}>'.encode(),
                    *_element("users", users),
                    *_element("tags", part.tags),
                    *_element("posts", part.posts),
                    *_element("comments", part.comments),
                    *_element("postlinks", part.postlinks),
                    b"</dump>\n",
                ]
            ),
        )


def _element(table: str, data: Sequence[bytes]) -> Sequence[bytes]:
    return [f"<{table}>".encode(), *data, f"</{table}>".encode()] if data else []


def _number(values: Mapping[str, str], column: str) -> int | None:
    text = values.get(column, "")
    return int(text) if _WHOLE.fullmatch(text) else None


_TABLE = ("posts", "posts", "comments", "postlinks")
"""The table of a row, by its rank."""

# `posts` has the question of every answer, and no question for what was deleted.
_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA temp_store = FILE;
    CREATE TABLE kept (post INTEGER, rank INTEGER, own INTEGER, owner INTEGER, data BLOB);
    CREATE TABLE posts (id INTEGER PRIMARY KEY, question INTEGER);
    CREATE TABLE wikis (id INTEGER PRIMARY KEY, data BLOB);
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE tags (data BLOB, excerpt INTEGER, wiki INTEGER);
"""
_KEPT = """
    SELECT CASE WHEN posts.question IS NOT NULL AND rank > 1 THEN posts.question ELSE post END AS question,
           rank, owner, data
    FROM kept LEFT JOIN posts ON posts.id = kept.post
    WHERE posts.id IS NULL OR posts.question IS NOT NULL
    ORDER BY question, rank, own
"""
_TAGS = """
    SELECT tags.data, excerpts.data, wikis.data FROM tags
    LEFT JOIN wikis AS excerpts ON excerpts.id = tags.excerpt
    LEFT JOIN wikis ON wikis.id = tags.wiki
"""
_USERS = "SELECT id, name FROM users WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
