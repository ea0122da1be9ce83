"""Stack Exchange data dumps of any size -> pages of whole questions.

A dump is tables, one XML file each, that come in any order: from a folder, or out of containers. The rows of
a question are spread over them: its answers stand anywhere behind it, its comments and links in files of
their own. A temporary SQLite file for each dump brings them together: rows go in as they come, and out by
question. In `TMPDIR` that takes 1.2 times what the tables have in bytes (bench/dump.py).

A page holds the rows of the questions whose numbers lie in one range of `RANGE`, byte for byte: a later dump
of the same site gives the same pages where nothing changed, and those are not read again. So does the same
dump in another packing.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from .errors import PageRejected
from .limits import Limits
from .readers.dump import ANSWER, EXCERPT, QUESTION, WIKI, key_of, site_of_source, table_of
from .readers.dump_rows import TABLES, BrokenRow, Row, Torn, attributes, rows, written

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

_FILE = re.compile(
    r"(?:(?P<dump>.+)[-_.])?(?P<table>posts|comments|users|tags|postlinks|badges|posthistory|votes)"
    r"(?:\.(?:7z|bz2|gz|tar|tgz|xml|xz|zip|zst))+",
    re.IGNORECASE,
)
_WHOLE = re.compile(rb"-?[0-9]{1,18}")
_QUESTION, _ANSWER = QUESTION.encode(), ANSWER.encode()
_WIKIS = (EXCERPT.encode(), WIKI.encode())
_RANK: Mapping[str, int] = {"question": 0, "answer": 1, "comments": 2, "postlinks": 3}


Written = Mapping[bytes, bytes]
"""The attributes of a row as they are written."""

Kept = tuple[int, int, int, int | None, bytes]
"""A row of the table `kept`."""


class Place(NamedTuple):
    """Where a table belongs: `dump` is the path that its tables have in common, `table` in small letters."""

    dump: str
    table: str


def place_of(name: str) -> Place | None:
    """Return the place of a file or a member of that name; None where it names no table.

    A container that holds one table is named after it, as those of Stack Overflow are.

    >>> place_of("dumps/coffee.stackexchange.com.7z!/Posts.xml")
    Place(dump='dumps/coffee.stackexchange.com.7z!', table='posts')
    >>> place_of("dumps/stackoverflow.com-PostLinks.7z!/PostLinks.xml")
    Place(dump='dumps/stackoverflow.com', table='postlinks')
    """
    folder, file = _split(name)
    if file is None:
        return None
    if folder.endswith("!"):
        around, container = _split(folder[:-1])
        if container and container["table"].lower() == file["table"].lower():
            folder, file = around, container
    return Place("/".join(filter(None, (folder, file["dump"]))) or ".", file["table"].lower())


def _split(path: str) -> tuple[str, re.Match[str] | None]:
    folder, _, file = path.rpartition("/")
    return folder, _FILE.fullmatch(file)


@dataclass(frozen=True, slots=True)
class DumpPage:
    """A page of a dump: its name in the dump, and its bytes."""

    name: str
    data: bytes


class Dumps:
    """The dumps whose tables are being gathered, each in a file of its own that is open while it is used."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._folder: TemporaryDirectory[str] | None = None
        self._dumps: dict[str, Dump] = {}
        self._numbers = count()

    def close(self) -> None:
        """Remove the temporary files; to be called in any case."""
        if self._folder is not None:
            self._folder.cleanup()

    def takes(self, name: str, head: bytes) -> bool:
        """Tell whether what has this name, and begins like this, is a table of a dump."""
        place = place_of(name)
        return place is not None and table_of(head) == place.table

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """Add a table to its dump; nothing is read of one that no record is made of.

        Raises `PageRejected` where the dump has this table already, there are too many dumps, or the
        temporary file cannot be kept; and what the blocks raise, behind what is whole.
        """
        place = place_of(name)
        if place is not None and place.table in TABLES:
            dump = self._dumps.get(place.dump) or self._new(place.dump)
            dump.add(place.table, blocks)

    def finished(self, within: str) -> Iterator[Dump]:
        """Yield the dumps whose paths begin like this, each for the last time."""
        for name in [name for name in self._dumps if name.startswith(within)]:
            dump = self._dumps.pop(name)
            try:
                yield dump
            finally:
                dump.remove()

    def _new(self, name: str) -> Dump:
        if len(self._dumps) == self._limits.nest_dumps:
            raise PageRejected(
                f"more than {self._limits.nest_dumps:,} data dumps at once: ingest it by itself"
            )
        try:
            self._folder = self._folder or TemporaryDirectory(prefix="askive-")
        except OSError as error:
            raise PageRejected(f"the dump cannot be sorted in TMPDIR: {error.strerror}") from error
        path = Path(self._folder.name) / f"{next(self._numbers)}.sqlite3"
        self._dumps[name] = Dump(path, name.removesuffix("!"), self._limits)
        return self._dumps[name]


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


class Dump:
    """One dump in a temporary file."""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.name = name
        self._path, self._limits = path, limits
        self._site = site_of_source(name)
        self._key: str | None = None
        self._tables: set[str] = set()
        self._broken: Counter[str] = Counter()
        self._failure: PageRejected | None = None

    def add(self, table: str, blocks: Iterable[bytes]) -> None:
        """Add a table, whatever came before."""
        if table in self._tables:
            raise PageRejected(f"a second table of {table} in one dump: the first is read")
        with self._open() as db:
            if not self._tables:
                db.executescript(_SCHEMA)
            self._tables.add(table)
            db.execute("BEGIN")
            try:
                self._fill(db, table, self._rows(table, blocks))
            finally:
                if db.in_transaction:  # SQLite has rolled back where the disk is full
                    db.execute("COMMIT")

    def pages(self) -> Iterator[DumpPage]:
        """Yield the pages of the tags, then those of the questions by number.

        Raises `PageRejected` behind the last page where there were no posts, rows that are no XML, or too
        many of one question; and where the temporary file cannot be kept.
        """
        with self._open() as db:
            yield from self._tag_pages(db)
            yield from self._question_pages(db)
        if "posts" not in self._tables:
            found = ", ".join(sorted(self._tables))
            raise PageRejected(
                f"the {found} of a data dump: they are read with its posts, ingest all together"
            )
        if self._broken:
            lost = (
                f"{count:,} of its {table} are torn or too large" for table, count in self._broken.items()
            )
            raise PageRejected(", ".join(lost))

    def remove(self) -> None:
        """Remove the temporary file."""
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file; what SQLite finds wrong with it is the end of the dump, for it keeps no journal."""
        if self._failure:
            raise PageRejected(self._failure.reason)
        try:
            with closing(sqlite3.connect(self._path, isolation_level=None)) as db:
                db.executescript(_SETTINGS)
                yield db
        except sqlite3.Error as error:
            self._failure = PageRejected(f"the dump cannot be sorted in TMPDIR: {error}")
            self.remove()
            raise self._failure from error

    def _fill(self, db: sqlite3.Connection, table: str, found: Iterable[Row]) -> None:
        if table == "posts":
            db.executemany(_KEEP, self._posts(db, found))
        elif table == "users":
            db.executemany("INSERT OR REPLACE INTO users VALUES (?, ?)", self._users(found))
        elif table == "tags":
            db.executemany("INSERT INTO tags VALUES (?, ?, ?)", self._tags(found))
        else:
            db.executemany(_KEEP, self._of_posts(table, found))

    def _rows(self, table: str, blocks: Iterable[bytes]) -> Iterator[Row]:
        """The whole rows of a table; torn ones are counted."""
        for row in rows(blocks, table, self._limits):
            if isinstance(row, Torn):
                self._broken[table] += 1
            else:
                yield row

    def _written(self, table: str, found: Iterable[Row]) -> Iterator[tuple[Row, Written]]:
        """The rows of a table with their attributes; broken ones are counted."""
        for row in found:
            try:
                yield row, written(row)
            except BrokenRow:
                self._broken[table] += 1

    def _posts(self, db: sqlite3.Connection, found: Iterable[Row]) -> Iterator[Kept]:
        """What is kept of posts; the question of each answer is noted beside it, and what was deleted."""
        for row, values in self._written("posts", found):
            own, kind = _number(values, b"Id"), values.get(b"PostTypeId")
            if self._key is None:
                self._key = key_of({name: _text(values, name) for name in ("Id", "CreationDate")})
            if own is None:
                self._broken["posts"] += 1
            elif values.get(b"DeletionDate"):
                db.execute("INSERT OR IGNORE INTO posts VALUES (?, NULL)", [own])
            elif kind == _QUESTION:
                yield _kept(own, "question", own, values, row)
            elif kind == _ANSWER and (question := _number(values, b"ParentId")) is not None:
                yield _kept(question, "answer", own, values, row)
                db.execute("INSERT OR IGNORE INTO posts VALUES (?, ?)", [own, question])
            elif kind in _WIKIS:
                db.execute("INSERT OR REPLACE INTO wikis VALUES (?, ?)", [own, row.data])

    def _of_posts(self, table: str, found: Iterable[Row]) -> Iterator[Kept]:
        """Comments or links: they belong to a post, whose question is looked up when all are in."""
        for row, values in self._written(table, found):
            post = _number(values, b"PostId")
            if post is not None and not values.get(b"DeletionDate"):
                yield _kept(post, table, _number(values, b"Id") or 0, values, row)

    def _users(self, found: Iterable[Row]) -> Iterator[tuple[int, bytes]]:
        """Of a user a row with the name."""
        for row in found:
            try:
                values = attributes(row)
            except BrokenRow:
                self._broken["users"] += 1
                continue
            id, name = values.get("Id", ""), values.get("DisplayName")
            if name and _WHOLE.fullmatch(id.encode()):
                yield int(id), f"<row Id={quoteattr(str(int(id)))} DisplayName={quoteattr(name)} />".encode()

    def _tags(self, found: Iterable[Row]) -> Iterator[tuple[bytes, int | None, int | None]]:
        for row, values in self._written("tags", found):
            yield row.data, _number(values, b"ExcerptPostId"), _number(values, b"WikiPostId")

    def _tag_pages(self, db: sqlite3.Connection) -> Iterator[DumpPage]:
        part = _Part()
        begin = 1
        for number, (data, excerpt, wiki) in enumerate(db.execute(_TAGS), start=1):
            part.add("tags", data)
            for post in (excerpt, wiki):
                if post is not None:
                    part.add("posts", post)
            if number - begin + 1 == TAGS_OF_A_PAGE or part.size > PAGE_BYTES:
                yield self._page(db, f"tags-{begin}", part)
                part, begin = _Part(), number + 1
        if part.size:
            yield self._page(db, f"tags-{begin}", part)

    def _question_pages(self, db: sqlite3.Connection) -> Iterator[DumpPage]:
        part = _Part()
        begin: int | None = None
        db.execute(_SORT)
        for question, group in groupby(db.execute(_KEPT), key=lambda kept: kept[0]):
            if begin is not None and (question // RANGE != begin // RANGE or part.size > PAGE_BYTES):
                yield self._page(db, f"questions-{begin}", part)
                part, begin = _Part(), None
            first = next(group)
            if _TABLE[first[1]] != "posts":
                continue  # comments and links of a post that the dump has not
            begin = question if begin is None else begin
            before = part.size
            for _, rank, owner, data in chain([first], group):
                if part.size - before > self._limits.dump_bytes // 2:
                    self._broken["questions"] += 1
                    break
                part.add(_TABLE[rank], data)
                if owner is not None:
                    part.owners.add(owner)
        if begin is not None:
            yield self._page(db, f"questions-{begin}", part)

    def _page(self, db: sqlite3.Connection, name: str, part: _Part) -> DumpPage:
        """The part as a document of the tables of the dump; of users it has the names."""
        told = f" site={quoteattr(self._site)}" if self._site else f" key={quoteattr(self._key or '')}"
        users = [row for (row,) in db.execute(_USERS, [json.dumps(sorted(part.owners))])]
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


def _kept(post: int, kind: str, own: int, values: Written, row: Row) -> Kept:
    owner = _number(values, b"OwnerUserId") or _number(values, b"UserId")
    return post, _RANK[kind], own, owner, row.data


def _number(values: Written, column: bytes) -> int | None:
    text = values.get(column)
    return int(text) if text and _WHOLE.fullmatch(text) else None


def _text(values: Written, column: str) -> str:
    return values.get(column.encode(), b"").decode("utf-8", "replace")


_TABLE = ("posts", "posts", "comments", "postlinks")
"""The table of a row, by its rank."""

_SETTINGS = f"""
    PRAGMA cache_size = -{CACHE_KIB};
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA temp_store = FILE;
"""
# `posts` has the question of every answer, and no question for what was deleted.
_SCHEMA = """
    CREATE TABLE kept (post INTEGER, rank INTEGER, own INTEGER, owner INTEGER, data BLOB);
    CREATE TABLE posts (id INTEGER PRIMARY KEY, question INTEGER);
    CREATE TABLE wikis (id INTEGER PRIMARY KEY, data BLOB);
    CREATE TABLE users (id INTEGER PRIMARY KEY, data BLOB);
    CREATE TABLE tags (data BLOB, excerpt INTEGER, wiki INTEGER);
"""
_KEEP = "INSERT INTO kept VALUES (?, ?, ?, ?, ?)"
# Sorted are the numbers alone: with the rows they would take as much space again, and be written once more.
_SORT = """
    CREATE TABLE sorted AS
    SELECT CASE WHEN posts.question IS NOT NULL AND rank > 1 THEN posts.question ELSE post END AS question,
           kept.rowid AS place
    FROM kept LEFT JOIN posts ON posts.id = kept.post
    WHERE posts.id IS NULL OR posts.question IS NOT NULL
    ORDER BY question, rank, own, kept.rowid
"""
_KEPT = """
    SELECT question, rank, owner, data FROM sorted JOIN kept ON kept.rowid = sorted.place
    ORDER BY sorted.rowid
"""
_TAGS = """
    SELECT tags.data, excerpts.data, wikis.data FROM tags
    LEFT JOIN wikis AS excerpts ON excerpts.id = tags.excerpt
    LEFT JOIN wikis ON wikis.id = tags.wiki
"""
_USERS = "SELECT data FROM users WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
