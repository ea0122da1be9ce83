"""The SQLite file: opening it, also where nothing can be written, and its errors in our own words."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Self

from .disk import make_directory, sync_directory
from .errors import ArchiveDamaged, ArchiveError, ArchiveLocked, ArchiveMissing, ArchiveUnwritable
from .migrations import APPLICATION_ID, SCHEMA_VERSION, migrate

DATABASE = Path("archive", "records.sqlite3")
RAW = Path("raw")
"""Where an archive's directory keeps its records and its raw pages."""

OLDEST_SQLITE = (3, 38, 0)
"""STRICT tables came with 3.37, JSON functions without asking with 3.38 (February 2022)."""

RETRY = 0.02
"""Seconds between two tries where SQLite does not wait by itself; the other is done within a few."""

PAGE_FILES = "??/*.zst"
"""What raw.py calls its files; it is not imported here, for reading needs no Zstandard."""

IN_PLACE = "mode=rw"
"""Read and write; where SQLite may not write it still reads, if the index of its log is there."""

UNCHANGING = "mode=ro&immutable=1"
"""Read a file in a place where nothing can be written, not even the index of its log."""

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_TOOBIG,
    }
)
_NO_INDEX = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
)
"""What opening fails with where the index of the log cannot be written: read-only places and full disks."""
_UNREADABLE = frozenset(
    {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
)


@contextmanager
def translated(archive: Path, wait: float) -> Iterator[None]:
    """Raise SQLite's errors as ours: locked, unwritable or damaged. A mistake in our SQL stays as it is."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _translation(archive, wait, error) from error


def remedy(archive: Path) -> str:
    """Return the way out of a damaged store: every page is kept, and can be read into a new one."""
    return f"`askive ingest {archive / RAW}` into a new archive (--archive NEW) restores it"


def connect(path: Path, parameters: str, wait: float) -> sqlite3.Connection:
    """Connect to a file, as SQLite's URI `parameters` say; nothing is begun or committed on its own."""
    uri = f"{path.absolute().as_uri()}?{parameters}"
    db = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns,
    db.execute("PRAGMA fullfsync = ON")  # on macOS too
    return db


class Database:
    """One archive's SQLite file: a connection to write and look up, and more for reading long results."""

    def __init__(self, archive: Path, parameters: str, wait: float) -> None:
        self.archive, self.path, self.wait = archive, archive / DATABASE, wait
        self._parameters = parameters
        self._readers: set[sqlite3.Connection] = set()
        self.main = self._connect()

    @classmethod
    def open(cls, archive: Path, *, create: bool, wait: float) -> Self:
        """Open the file of an archive, in the best way that its place allows; see `Store.open`."""
        path = archive / DATABASE
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise ArchiveDamaged(path, f"SQLite {sqlite3.sqlite_version} cannot read it", "use 3.38 or later")
        with translated(archive, wait):
            if _is_empty(path):
                _may_make(archive, create)
                _make(archive, wait)
            database = cls._open_either_way(archive, wait)
            try:
                _admit(database.main, archive, create)
            except BaseException:
                database.close()
                raise
            return database

    @classmethod
    def _open_either_way(cls, archive: Path, wait: float) -> Self:
        """Open in place or, where the log needs what cannot be written there, as an unchanging file."""
        try:
            return cls._probed(archive, IN_PLACE, wait)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NO_INDEX:
                raise
            path = archive / DATABASE
            if _size(_log(path)):  # an unchanging file is read without its log
                problem = f"its last writes are in {_log(path).name}, which cannot be read without writing"
                raise ArchiveDamaged(path, problem, "copy the archive to a place you can write") from error
        return cls._probed(archive, UNCHANGING, wait)

    @classmethod
    def _probed(cls, archive: Path, parameters: str, wait: float) -> Self:
        database = cls(archive, parameters, wait)
        try:
            database.main.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    def translated(self) -> AbstractContextManager[None]:
        """Raise SQLite's errors as ours."""
        return translated(self.archive, self.wait)

    def begin_reading(self) -> sqlite3.Connection:
        """Return a further connection that sees one moment of the file, whatever is written meanwhile."""
        db = self._connect()
        self._readers.add(db)
        db.execute("BEGIN")
        return db

    @contextmanager
    def reading(self, db: sqlite3.Connection) -> Iterator[None]:
        """Close what `begin_reading` returned, at the end of the block."""
        try:
            yield
        finally:
            self._readers.discard(db)
            db.close()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read one moment of the file within the block."""
        db = self.begin_reading()
        with self.reading(db):
            yield db

    def size(self) -> int:
        """Return how many bytes the file takes, with what is not yet folded into it."""
        return _size(self.path) + _size(_log(self.path))

    def close(self) -> None:
        """Close every connection."""
        for db in (*self._readers, self.main):
            db.close()

    def _connect(self) -> sqlite3.Connection:
        return connect(self.path, self._parameters, self.wait)


def _is_empty(path: Path) -> bool:
    """Say whether there is no file, or nothing in it; raises where it cannot be read."""
    try:
        with path.open("rb") as file:
            return not file.read(1)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        raise ArchiveDamaged(path, f"it cannot be read ({error.strerror})", "ask its owner") from error


def _may_make(archive: Path, create: bool) -> None:
    """Raise unless a file may be made, or finished that nothing is in yet.

    Where an empty file stands beside raw pages, its records were lost: that must not pass unseen.
    """
    path = archive / DATABASE
    if path.exists() and next((archive / RAW).glob(PAGE_FILES), None) is not None:
        raise ArchiveDamaged(path, "it is empty, though there are raw pages", remedy(archive))
    if not create:
        raise ArchiveMissing(archive)


def _make(archive: Path, wait: float) -> None:
    """Make the file and its directories, and bring them to the disk."""
    path = archive / DATABASE
    try:
        make_directory(path.parent)
        with closing(connect(path, "mode=rwc", wait)) as db:
            _keep_a_log(db, wait)
            migrate(db)
        sync_directory(path.parent)
    except OSError as error:
        raise ArchiveUnwritable(archive, error.strerror or str(error)) from error


def _keep_a_log(db: sqlite3.Connection, wait: float) -> None:
    """Turn on the write-ahead log; SQLite itself does not wait here for another that does the same."""
    until = time.monotonic() + wait
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _LOCKED or time.monotonic() > until:
                raise
            time.sleep(RETRY)
        else:
            return


def _admit(db: sqlite3.Connection, archive: Path, create: bool) -> None:
    """Bring an older file up to date; raise where it is another program's or a newer askive's."""
    path = archive / DATABASE
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if not application and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        _may_make(archive, create)  # whoever made it was stopped, or is at it just now
    elif application != APPLICATION_ID:
        raise ArchiveDamaged(
            path, "it is another program's database", "name another archive with --archive DIR"
        )
    if version > SCHEMA_VERSION:
        problem = f"a newer askive wrote it (schema {version}; this one knows {SCHEMA_VERSION})"
        raise ArchiveDamaged(path, problem, f"upgrade askive, or {remedy(archive)}")
    if version < SCHEMA_VERSION:
        migrate(db)


def _log(path: Path) -> Path:
    """Return SQLite's write-ahead log beside a file."""
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _translation(archive: Path, wait: float, error: sqlite3.DatabaseError) -> ArchiveError:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)  # absent: text that is not UTF-8
    primary = code & 0xFF
    if primary in _LOCKED:
        return ArchiveLocked(archive, wait)
    if primary in _UNWRITABLE and code not in _UNREADABLE:
        return ArchiveUnwritable(archive, str(error))
    return ArchiveDamaged(archive, f"the records cannot be read ({error})", remedy(archive))
