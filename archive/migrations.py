"""The schema of records.sqlite3, as named steps in order: one table per kind of record, made to be read.

`PRAGMA user_version` counts the steps that a file has been through. A step that has been released is never
changed; a new one goes behind it. Times are ISO 8601 texts in UTC, so that they sort and can be read.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x41534B56
"""What `PRAGMA application_id` says in our files: "ASKV"."""

Step = tuple[str, tuple[str, ...]]

STEPS: tuple[Step, ...] = (
    (
        "records, pages, revisions",
        (
            """CREATE TABLE meta (
                key TEXT PRIMARY KEY,
                value ANY NOT NULL
            ) STRICT""",
            "INSERT INTO meta VALUES ('archive_id', lower(hex(randomblob(8)))), ('revision', 0)",
            """CREATE TABLE questions (
                id TEXT PRIMARY KEY,
                title TEXT NOT NULL,
                body_text TEXT,
                body_html TEXT,
                author TEXT,
                created TEXT,
                updated TEXT,
                score INTEGER,
                views INTEGER,
                url TEXT,
                site TEXT,
                closed TEXT,
                answer_count INTEGER, -- stated by the page, where more than are held
                comment_count INTEGER,
                source TEXT,
                reader TEXT,
                revision INTEGER NOT NULL
            ) STRICT""",
            "CREATE INDEX questions_by_revision ON questions (revision)",
            "CREATE INDEX questions_by_url ON questions (url)",
            """CREATE TABLE answers (
                question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
                id TEXT NOT NULL,
                position INTEGER NOT NULL,
                body_text TEXT NOT NULL,
                body_html TEXT,
                author TEXT,
                created TEXT,
                updated TEXT,
                score INTEGER,
                accepted INTEGER CHECK (accepted IN (0, 1)),
                comment_count INTEGER,
                PRIMARY KEY (question_id, id)
            ) STRICT""",
            """CREATE TABLE comments (
                question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
                answer_id TEXT, -- NULL: the comment is on the question itself
                id TEXT NOT NULL,
                position INTEGER NOT NULL,
                body_text TEXT NOT NULL,
                body_html TEXT,
                author TEXT,
                created TEXT,
                score INTEGER,
                FOREIGN KEY (question_id, answer_id) REFERENCES answers (question_id, id) ON DELETE CASCADE
            ) STRICT""",
            "CREATE UNIQUE INDEX comments_by_parent ON comments (question_id, ifnull(answer_id, ''), id)",
            """CREATE TABLE tags (
                name TEXT PRIMARY KEY,
                title TEXT,
                blurb TEXT,
                revision INTEGER NOT NULL
            ) STRICT""",
            "CREATE INDEX tags_by_revision ON tags (revision)",
            """CREATE TABLE tag_synonyms (
                tag TEXT NOT NULL REFERENCES tags (name) ON DELETE CASCADE,
                synonym TEXT NOT NULL,
                position INTEGER NOT NULL,
                PRIMARY KEY (tag, synonym)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX tag_synonyms_by_synonym ON tag_synonyms (synonym)",
            """CREATE TABLE question_tags (
                question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
                tag TEXT NOT NULL REFERENCES tags (name),
                position INTEGER NOT NULL,
                PRIMARY KEY (question_id, tag)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX question_tags_by_tag ON question_tags (tag)",
            """CREATE TABLE links (
                question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
                target TEXT NOT NULL, -- the id of a question, or a URL where no id is known
                kind TEXT NOT NULL CHECK (kind IN ('linked', 'duplicate', 'related')),
                position INTEGER NOT NULL,
                PRIMARY KEY (question_id, target, kind)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX links_by_target ON links (target)",
            """CREATE TABLE deletions (
                question_id TEXT PRIMARY KEY,
                revision INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX deletions_by_revision ON deletions (revision)",
            """CREATE TABLE pages (
                sha256 TEXT PRIMARY KEY,
                source TEXT NOT NULL,
                received TEXT NOT NULL,
                size INTEGER NOT NULL,
                reader TEXT,
                status TEXT NOT NULL CHECK (status IN ('read', 'rejected')),
                reason TEXT
            ) STRICT""",
            """CREATE TABLE question_pages (
                question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
                sha256 TEXT NOT NULL REFERENCES pages (sha256) ON DELETE CASCADE,
                PRIMARY KEY (question_id, sha256)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX question_pages_by_sha256 ON question_pages (sha256)",
            """CREATE VIEW questions_with_tags AS
            SELECT
                id,
                title,
                (
                    SELECT group_concat(tag, ', ')
                    FROM (SELECT tag FROM question_tags WHERE question_id = questions.id ORDER BY position)
                ) AS tags,
                score,
                views,
                (SELECT count(*) FROM answers WHERE question_id = questions.id) AS answers,
                (SELECT max(accepted) FROM answers WHERE question_id = questions.id) AS accepted,
                author,
                created,
                site,
                url,
                body_text
            FROM questions""",
        ),
    ),
    (
        "files that were read to their end",
        (
            """CREATE TABLE files (
                path TEXT PRIMARY KEY,
                stamp TEXT NOT NULL, -- size, times of change and inode: while they stay, so does the content
                pages INTEGER NOT NULL,
                rejected INTEGER NOT NULL,
                program TEXT NOT NULL -- the version of Askive that read it
            ) STRICT, WITHOUT ROWID""",
        ),
    ),
)

SCHEMA_VERSION = len(STEPS)


def migrate(db: sqlite3.Connection) -> None:
    """Take a new or an older file through the steps it lacks, all of them or none."""
    db.execute("BEGIN IMMEDIATE")
    try:
        done: int = db.execute("PRAGMA user_version").fetchone()[0]  # another may have been quicker
        for _, statements in STEPS[done:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
