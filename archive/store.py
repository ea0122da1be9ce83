"""The store: the records in one SQLite file, with revisions, tombstones and changes since a revision.

The file is `archive/records.sqlite3` in the archive's directory, in WAL mode: a reader sees the state
before or after a write and never waits. Every write is one transaction; one that changes a question or a
tag raises the revision by one. What comes in is tidied first (tidy.py) and merged with what is known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from . import rows
from .database import RAW, Database, remedy
from .disk import size_of_files
from .errors import AmbiguousId, ArchiveDamaged, NoSuchQuestion, NoSuchTag
from .loading import load_questions, load_tags
from .records import Change, ChangeSet, LinkKind, Question, Tag, storable, tag_name
from .writer import PageStatus, StoredFile, Writer

WAIT = 60.0
"""Seconds to wait for another writer: a batch of an ingest commits within a few."""

CHUNK = 100
"""Questions read at a time. Of 30,000, 20 to 100 at a time read 25,000 a second, 500 a quarter fewer."""

FEW_MATCHES = 5
"""How many ids an ambiguous beginning is answered with."""

MAX_PROBLEMS = 20
"""How many of SQLite's own findings `check` reports of each kind: more would not help anyone."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many questions carry it."""

    tag: Tag
    count: int


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What is known of a raw page: its size in bytes as received, its reader and what became of it."""

    sha256: str
    source: str
    received: datetime
    size: int
    reader: str | None
    status: PageStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A raw page that could not be read, or a part of it, and why."""

    sha: str
    source: str
    reader: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The archive in numbers; sizes in bytes."""

    questions: int
    answers: int
    comments: int
    tags: int
    accepted: int
    """Questions with an accepted answer."""
    pages: int
    rejected: int
    page_bytes: int
    """The pages as received."""
    revision: int
    first_created: datetime | None
    last_created: datetime | None
    raw_bytes: int
    """The pages as they are kept, compressed."""
    database_bytes: int
    sites: tuple[tuple[str, int], ...]
    """Each site with its number of questions, the largest first."""


class Store:
    """An archive's records, open for reading and, where the disk allows it, for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.main
        self._translated = database.translated
        with self._translated():
            self.archive_id: str = self._meta("archive_id")

    @classmethod
    def open(cls, archive: Path, *, create: bool = False, wait: float = WAIT) -> Self:
        """Open the store of an archive's directory; `wait` is how long a write waits for another, in seconds.

        Raises `ArchiveMissing` (unless it may `create` it), `ArchiveDamaged`, `ArchiveUnwritable`.
        """
        return cls(Database.open(archive, create=create, wait=wait))

    def close(self) -> None:
        """Close the store, and what was begun to be read from it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def revision(self) -> int:
        """How many writes have changed a question or a tag."""
        with self._translated():
            return int(self._meta("revision"))

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Write in one transaction: all of it is on the disk when the block ends, none if it raises.

        Raises `ArchiveLocked`, `ArchiveUnwritable`.
        """
        if self._db.in_transaction:
            raise RuntimeError("a write inside a write")
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                writer = Writer(self._db)
                yield writer
                writer.finish()
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()  # does nothing where SQLite has done so itself, as when the disk is full
                raise

    def get(self, id: str) -> Question | None:
        """Return one whole question."""
        return self.get_many([id]).get(storable(id))

    def get_many(self, ids: Iterable[str]) -> dict[str, Question]:
        """Return those of the questions that there are, in the order asked for."""
        wanted = [storable(id) for id in ids]
        found: dict[str, Question] = {}
        with self._translated():
            for chunk in _chunks(wanted):
                found.update(load_questions(self._db, chunk))
        return {id: found[id] for id in wanted if id in found}

    def resolve(self, id_or_prefix: str) -> str:
        """Return the id that this is or begins; raises `NoSuchQuestion`, `AmbiguousId`."""
        wanted = storable(id_or_prefix)
        with self._translated():
            if self._column("SELECT id FROM questions WHERE id = ?", wanted):
                return wanted
            beyond = wanted + chr(0x10FFFF)
            query = "SELECT id FROM questions WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
            matches: list[str] = self._column(query, wanted, beyond, FEW_MATCHES) if wanted else []
        if not matches:
            raise NoSuchQuestion(id_or_prefix)
        if len(matches) > 1:
            raise AmbiguousId(id_or_prefix, tuple(matches))
        return matches[0]

    def ids(self) -> Iterator[str]:
        """Yield every id, sorted, of one moment."""
        with self._translated(), self._database.snapshot() as db:
            for (id,) in db.execute("SELECT id FROM questions ORDER BY id"):
                yield id

    def questions(self, ids: Iterable[str] | None = None) -> Iterator[Question]:
        """Yield every question, or those of the `ids` that there are, sorted by id, of one moment."""
        with self._translated(), self._database.snapshot() as db:
            every = (id for (id,) in db.execute("SELECT id FROM questions ORDER BY id"))
            for chunk in _chunks(every if ids is None else sorted({storable(id) for id in ids})):
                found = load_questions(db, chunk)
                yield from (found[id] for id in chunk if id in found)

    def changes(self, since: int) -> ChangeSet:
        """Return what changed after revision `since`: the state of one moment, read as it is consumed.

        A question has changed when it was put anew, when what is known of one of its tags has, or when it
        was deleted. Sorted by id.
        """
        with self._translated():
            db = self._database.begin_reading()
            revision: int = db.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0]
            total: int = db.execute(f"SELECT count(*) FROM ({_CHANGED})", {"since": since}).fetchone()[0]
        load = partial(load_changes, self._database.path.parent.parent)
        return ChangeSet(
            self.archive_id, revision, total, self._changes(db, since), self._changed_ids(db, since), load
        )

    def _changed_ids(self, db: sqlite3.Connection, since: int) -> Iterator[str]:
        with self._translated(), self._database.reading(db):
            yield from (id for (id,) in db.execute(f"{_CHANGED} ORDER BY id", {"since": since}))

    def _changes(self, db: sqlite3.Connection, since: int) -> Iterator[Change]:
        with self._translated(), self._database.reading(db):
            changed = (id for (id,) in db.execute(f"{_CHANGED} ORDER BY id", {"since": since}))
            for chunk in _chunks(changed):
                found = load_questions(db, chunk)
                yield from (Change(id, found.get(id)) for id in chunk)

    def tags(self, pattern: str | None = None) -> list[TagCount]:
        """Return the tags with their counts, the most used first; `*` and `?` in `pattern` are wildcards."""
        wanted = tag_name(pattern).replace("[", "[[]") if pattern is not None else "*"
        with self._translated():
            counts: list[tuple[str, int]] = self._db.execute(_TAG_COUNTS, [wanted]).fetchall()
            tags = load_tags(self._db, [name for name, _ in counts])
        return [TagCount(tags[name], count) for name, count in counts]

    def tag(self, name: str) -> Tag:
        """Return the tag of that name, or that has it as a synonym; raises `NoSuchTag`."""
        wanted = tag_name(name)
        with self._translated():
            names: list[str] = self._column(_TAG_NAMED, wanted, wanted)
            tags = load_tags(self._db, names)
        if names:
            return tags[names[0]]
        with self._translated():
            nearest = get_close_matches(wanted, self._column("SELECT name FROM tags ORDER BY name"), n=1)
        raise NoSuchTag(name, nearest[0] if nearest else None)

    def tag_neighbours(self, name: str, limit: int) -> list[tuple[str, int]]:
        """Return the tags that questions carry beside this one, with how many do; raises `NoSuchTag`."""
        tag = self.tag(name).name
        with self._translated():
            return self._db.execute(_NEIGHBOURS, [tag, tag, limit]).fetchall()

    def questions_with_tag(self, name: str, limit: int) -> list[str]:
        """Return the ids of the questions that carry a tag, the best score first; raises `NoSuchTag`."""
        tag = self.tag(name).name
        with self._translated():
            return self._column(_WITH_TAG, tag, limit)

    def links_to(self, id: str) -> list[tuple[str, LinkKind]]:
        """Return the questions that link to this one, by its id or its URL, and how."""
        wanted = storable(id)
        with self._translated():
            return self._db.execute(_LINKS_TO, {"id": wanted}).fetchall()

    def page(self, sha256: str) -> StoredPage | None:
        """Return what is known of a raw page."""
        with self._translated():
            row = self._db.execute(f"{_PAGES} WHERE sha256 = ?", [sha256]).fetchone()
            return _stored_page(row) if row is not None else None

    def file(self, path: str) -> StoredFile | None:
        """Return what is known of a file that pages were read from."""
        query = "SELECT path, stamp, pages, rejected, program FROM files WHERE path = ?"
        with self._translated():
            row = self._db.execute(query, [storable(path)]).fetchone()
            return StoredFile(*row) if row is not None else None

    def pages_of(self, id: str) -> list[StoredPage]:
        """Return the raw pages that told of a question, in the order received."""
        query = f"{_PAGES} JOIN question_pages USING (sha256) WHERE question_id = ? ORDER BY received, sha256"
        with self._translated():
            return [_stored_page(row) for row in self._db.execute(query, [storable(id)])]

    def rejected(self) -> list[Rejection]:
        """Return the pages that could not be read, or not all of them, in the order received."""
        query = "SELECT sha256, source, reader, reason FROM pages WHERE reason IS NOT NULL"
        with self._translated():
            found = self._db.execute(f"{query} ORDER BY received, sha256").fetchall()
        return [Rejection(sha256, source, reader, reason or "") for sha256, source, reader, reason in found]

    def stats(self) -> Stats:
        """Return the archive in numbers."""
        with self._translated(), self._database.snapshot() as db:
            counts = db.execute(_COUNTS)
            names = [column for column, *_ in counts.description]
            numbers: dict[str, Any] = dict(zip(names, counts.fetchone(), strict=True))
            first, last = db.execute("SELECT min(created), max(created) FROM questions").fetchone()
            return Stats(
                **numbers,
                first_created=rows.time_of(first),
                last_created=rows.time_of(last),
                raw_bytes=size_of_files(self._database.archive / RAW),
                database_bytes=self._database.size(),
                sites=tuple(db.execute(_SITES)),
            )

    def check(self, raw: Iterable[str] | None = None) -> list[str]:
        """Return a line for each thing wrong in the file, and each page that the `raw` hashes lack."""
        try:
            with self._translated():
                problems = [*self._file_problems(), *self._key_problems()]
                pages = self._column("SELECT sha256 FROM pages ORDER BY sha256")
        except ArchiveDamaged as damaged:
            return [str(damaged)]
        kept = set(pages if raw is None else raw)
        return problems + [f"the raw page {sha256} is missing" for sha256 in pages if sha256 not in kept]

    def unread(self, raw: Iterable[str]) -> list[str]:
        """Return those of the `raw` hashes that no write has noted: an ingest was killed before it could.

        That is no damage, as nothing of them was acknowledged; ingesting the raw folder reads them.
        """
        with self._translated():
            pages = set(self._column("SELECT sha256 FROM pages"))
        return [sha256 for sha256 in raw if sha256 not in pages]

    def _file_problems(self) -> Iterator[str]:
        for finding in self._column(f"PRAGMA integrity_check({MAX_PROBLEMS})"):
            if finding != "ok":
                yield f"{self._database.path}: {finding}; {remedy(self._database.archive)}"

    def _key_problems(self) -> Iterator[str]:
        broken = self._db.execute("PRAGMA foreign_key_check")
        for table, _, parent, _ in islice(broken, MAX_PROBLEMS):
            yield f"{self._database.path}: a row of {table} has no {parent}; {remedy(self._database.archive)}"

    def _meta(self, key: str) -> Any:
        row: tuple[Any] | None = self._db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        if row is None:
            raise sqlite3.DataError(f"the table meta lacks {key}")
        return row[0]

    def _column(self, query: str, *values: object) -> list[str]:
        return [value for (value,) in self._db.execute(query, values)]


def _stored_page(row: rows.Row) -> StoredPage:
    sha256, source, received, *others = row
    return StoredPage(sha256, source, rows.known_time(received), *others)


def load_changes(archive: Path, ids: Sequence[str]) -> Iterator[Change]:
    """Yield what became of some questions of an archive; for another process than the one that asks."""
    with Store.open(archive) as store, store._translated(), store._database.snapshot() as db:
        for chunk in _chunks(iter(ids)):
            found = load_questions(db, chunk)
            yield from (Change(id, found.get(id)) for id in chunk)


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Yield the values in lists of `CHUNK`."""
    remaining = iter(values)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


# CROSS JOIN: SQLite is to begin with the few tags that changed, whatever it thinks of their number.
_CHANGED = """
    SELECT id FROM questions WHERE revision > :since
    UNION
    SELECT question_id FROM tags CROSS JOIN question_tags ON tag = tags.name WHERE tags.revision > :since
    UNION
    SELECT question_id FROM deletions WHERE revision > :since
"""
_TAG_COUNTS = """
    SELECT name, count(question_id) AS count
    FROM tags LEFT JOIN question_tags ON tag = name
    WHERE name GLOB ? GROUP BY name ORDER BY count DESC, name
"""
_TAG_NAMED = """
    SELECT name FROM tags WHERE name = ?
    UNION ALL
    SELECT * FROM (SELECT tag FROM tag_synonyms WHERE synonym = ? ORDER BY tag)
"""
_NEIGHBOURS = """
    SELECT other.tag, count(*) AS count
    FROM question_tags AS this JOIN question_tags AS other USING (question_id)
    WHERE this.tag = ? AND other.tag <> ?
    GROUP BY other.tag ORDER BY count DESC, other.tag LIMIT ?
"""
_WITH_TAG = """
    SELECT id FROM questions JOIN question_tags ON question_id = id
    WHERE tag = ? ORDER BY score DESC NULLS LAST, id LIMIT ?
"""
_LINKS_TO = """
    SELECT DISTINCT question_id, kind FROM links
    WHERE target IN (:id, (SELECT url FROM questions WHERE id = :id)) AND question_id <> :id
    ORDER BY question_id, kind
"""
_PAGES = "SELECT sha256, source, received, size, reader, status, reason FROM pages"
_COUNTS = """
    SELECT
        (SELECT count(*) FROM questions) AS questions,
        (SELECT count(*) FROM answers) AS answers,
        (SELECT count(*) FROM comments) AS comments,
        (SELECT count(*) FROM tags) AS tags,
        (SELECT count(DISTINCT question_id) FROM answers WHERE accepted = 1) AS accepted,
        (SELECT count(*) FROM pages) AS pages,
        (SELECT count(*) FROM pages WHERE status = 'rejected') AS rejected,
        (SELECT ifnull(sum(size), 0) FROM pages) AS page_bytes,
        (SELECT value FROM meta WHERE key = 'revision') AS revision
"""
_SITES = """
    SELECT site, count(*) AS count FROM questions WHERE site IS NOT NULL
    GROUP BY site ORDER BY count DESC, site
"""
