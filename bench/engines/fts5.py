"""SQLite's full-text search: one FTS5 table with its texts, and side tables for what is filtered by."""

from __future__ import annotations

import shutil
import sqlite3
from calendar import timegm
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from ..contract import LIMIT, TITLE_BOOST, Found, Hit, Kind, Query, Row
from . import Files

FILE = "fts5.sqlite3"

SCHEMA = f"""
    CREATE VIRTUAL TABLE texts USING fts5 (
        id UNINDEXED, title, question, answers, tags, tokenize = 'porter unicode61'
    );
    INSERT INTO texts (texts, rank) VALUES ('rank', 'bm25(0.0, {TITLE_BOOST}, 1.0, 1.0, 1.0)');
    CREATE TABLE numbers (question INTEGER PRIMARY KEY, score INTEGER, created INTEGER);
    CREATE TABLE tags (tag TEXT, question INTEGER, PRIMARY KEY (tag, question)) WITHOUT ROWID;
    CREATE INDEX tags_by_question ON tags (question, tag);
"""

INSERT = "INSERT INTO texts (rowid, id, title, question, answers, tags) VALUES (?, ?, ?, ?, ?, ?)"

# By rank and a limit is the form that FTS5 sorts by itself.
BEST = "SELECT id, title FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
FILTERED = """
    SELECT id, title FROM texts
    JOIN tags ON tags.question = texts.rowid JOIN numbers ON numbers.question = texts.rowid
    WHERE texts MATCH :words AND tag = :tag
    AND (:score IS NULL OR score >= :score) AND (:first IS NULL OR created BETWEEN :first AND :last)
    ORDER BY rank LIMIT :limit
"""
NEWEST = """
    SELECT id, title FROM texts JOIN numbers ON numbers.question = texts.rowid
    WHERE texts MATCH ? ORDER BY created DESC LIMIT ?
"""
FACETS = f"""
    SELECT tag, count(*) AS count FROM texts JOIN tags ON tags.question = texts.rowid
    WHERE texts MATCH ? GROUP BY tag ORDER BY count DESC, tag LIMIT {LIMIT}
"""


class Fts5(Files):
    """One SQLite file."""

    kinds = frozenset(Kind) - {Kind.FUZZY}

    def build(self, rows: Sequence[Row]) -> None:
        """Insert all rows in one transaction, and merge the index to one segment."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.open()
        self._db.executescript(SCHEMA)
        with self._db:
            self._insert(1, rows)
            self._db.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        self._db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        self._db.close()

    def open(self) -> None:
        """Open the file, with a log, commits synced and 64 MB of pages kept."""
        self._db = sqlite3.connect(self.directory / FILE)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA cache_size = -65536")

    def search(self, query: Query) -> Found:
        """Have SQLite parse and search; the titles come along."""
        text = spelled(query)
        match query.kind:
            case Kind.FILTER:
                return self._found(FILTERED, _parameters(query, text))
            case Kind.NEWEST:
                return self._found(NEWEST, [text, query.limit])
            case Kind.FACETS:
                facets = self._db.execute(FACETS, [text]).fetchall()
                return self._found(BEST, [text, query.limit])._replace(facets=facets)
            case _:
                return self._found(BEST, [text, query.limit])

    def add(self, rows: Sequence[Row]) -> None:
        """Insert in one transaction."""
        self.open()
        with self._db:
            (last,) = self._db.execute("SELECT max(question) FROM numbers").fetchone()
            self._insert(last + 1, rows)
        self._db.close()

    def size(self) -> int:
        """Return the bytes of the full-text index alone: neither the texts nor the side tables."""
        with closing(sqlite3.connect(self.directory / FILE)) as db:
            (size,) = db.execute("SELECT sum(length(block)) FROM texts_data").fetchone()
        return int(size)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _insert(self, first: int, rows: Iterable[Row]) -> None:
        for number, row in enumerate(rows, first):
            texts = (number, row.id, row.title, row.question, row.answers, row.tags)
            self._db.execute(INSERT, texts)
            self._db.execute("INSERT INTO numbers VALUES (?, ?, ?)", (number, row.score, row.created))
            self._db.executemany("INSERT INTO tags VALUES (?, ?)", [(tag, number) for tag in row.tag_names])

    def _found(self, sql: str, parameters: Sequence[object] | Mapping[str, object]) -> Found:
        return Found([Hit(id, title) for id, title in self._db.execute(sql, parameters)])


def spelled(query: Query) -> str:
    """Return the query in FTS5's language; words in quotes, for AND, OR and NOT are not words to it."""
    words = [f'"{word}"' for word in query.words]
    match query.kind:
        case Kind.BOTH:
            return " AND ".join(words)
        case Kind.PHRASE:
            return f'"{query.text}"'
        case Kind.WILDCARD:
            return f"{words[0]}*"
        case _:
            return " OR ".join(words)


def _parameters(query: Query, text: str) -> dict[str, object]:
    first, last = query.years or (None, None)
    return {
        "words": text,
        "tag": query.tag,
        "score": query.score,
        "limit": query.limit,
        "first": _new_year(first) if first is not None else None,
        "last": _new_year(last + 1) - 1 if last is not None else None,
    }


def _new_year(year: int) -> int:
    """Return the first second of a year, since 1970."""
    return timegm((year, 1, 1, 0, 0, 0))
