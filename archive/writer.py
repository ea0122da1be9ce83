"""What one write into the store does, inside its transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from . import rows
from .loading import load_questions, load_tags
from .merge import merge, merge_tag
from .records import Question, Tag, storable
from .tidy import tidy, tidy_tag


class Telling(NamedTuple):
    """The page that tells of a question; of two, the lesser is the older one."""

    received: datetime
    sha256: str


Outcome = Literal["added", "updated", "unchanged"]
"""What putting a question came to."""

PageStatus = Literal["read", "rejected"]
"""What became of a page."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that pages were read from, all of it: its path, its `stamp`, and what came of it.

    While the stamp stays the same, so does the content. `program` is the version of Askive that read it.
    """

    path: str
    stamp: str
    pages: int
    rejected: int
    program: str

    def is_settled(self, program: str) -> bool:
        """Tell whether that version would find nothing new in it: what was rejected, another may read."""
        return not self.rejected or self.program == program


_CHILDREN = ("comments", "answers", "question_tags", "links")


class Writer:
    """The writes of one transaction, which `Store.write` begins and ends; until then nobody reads them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._before: int = db.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0]
        self._tags: dict[str, Tag] = {}
        self._known: dict[str, Question | None] = {}
        self._told: dict[str, Telling] = {}
        self._rows: dict[str, list[rows.Row]] = {statement: [] for statement in _STATEMENTS}
        self.changed = False

    @property
    def revision(self) -> int:
        """The revision of the store if this write is committed now."""
        return self._before + self.changed

    def expect(self, ids: Iterable[str]) -> None:
        """Look up what is known of questions that will be put: of many at once, it takes little time."""
        wanted = list(dict.fromkeys(storable(id) for id in ids))
        self._known |= dict.fromkeys(wanted)
        self._known |= load_questions(self._db, wanted)
        for id, received, sha256 in self._db.execute(_TELLINGS, [json.dumps(wanted)]):
            self._note(id, Telling(rows.known_time(received), sha256))

    def put(self, question: Question, by: Telling | None = None) -> Outcome:
        """Tidy a question and store it, merged with what is known of it; say what came of it.

        `by` is the page that tells of it: where another that told of it is newer, what that told stands.
        """
        return self.put_tidied(tidy(question), by)

    def put_tidied(self, question: Question, by: Telling | None = None) -> Outcome:
        """Store a question that is tidy; otherwise as `put`.

        Its tags' titles, blurbs and synonyms are kept once for all questions.
        """
        id = question.id
        if id not in self._known:
            self.expect([id])
        known = self._known[id]
        merged = question
        if known is not None:
            known = replace(known, tags=tuple(self._tags.get(tag.name, tag) for tag in known.tags))
            is_older = by is not None and id in self._told and by < self._told[id]
            merged = merge(question, known) if is_older else merge(known, question)
        tags = tuple(self._keep_tag(tag) for tag in merged.tags)
        merged = replace(merged, tags=tags) if tags != merged.tags else merged
        if merged == known:
            return "unchanged"
        self._change()
        self._write(merged, is_new=known is None)
        self._known[id] = merged
        return "added" if known is None else "updated"

    def put_tag(self, tag: Tag) -> bool:
        """Store what is known of a tag, whether or not a question carries it; say whether that was new."""
        tag = tidy_tag(tag)
        if not tag.name:
            return False
        before = self._tag(tag.name)
        return self._keep_tag(tag) != before

    def delete(self, id: str) -> bool:
        """Delete a question, leaving a tombstone for `Store.changes`; say whether there was one."""
        id = storable(id)
        self._flush()
        if not self._db.execute("DELETE FROM questions WHERE id = ?", [id]).rowcount:
            return False
        self._change()
        self._known.pop(id, None)
        self._told.pop(id, None)
        self._db.execute("INSERT OR REPLACE INTO deletions VALUES (?, ?)", [id, self.revision])
        return True

    def page(
        self,
        sha256: str,
        *,
        source: str,
        received: datetime,
        size: int,
        status: PageStatus,
        reader: str | None = None,
        reason: str | None = None,
        questions: Iterable[str] = (),
    ) -> None:
        """Note a raw page of `size` bytes and what became of it, with the ids of the questions it told of.

        A page noted before is noted anew. Ids that the store does not hold are passed over.
        """
        text = storable(reason) if reason is not None else None
        row = (sha256, storable(source), rows.time_text(received), size, reader, status, text)
        told = [storable(id) for id in questions]
        self._flush()
        self._db.execute(_PAGE, row)
        self._db.execute("DELETE FROM question_pages WHERE sha256 = ?", [sha256])
        self._db.execute(_QUESTION_PAGES, [sha256, json.dumps(told)])
        for id in told:
            self._note(id, Telling(received, sha256))

    def file(self, file: StoredFile) -> None:
        """Note a file as read to its end; one noted before is noted anew."""
        row = astuple(replace(file, path=storable(file.path)))
        self._db.execute(_FILE, row)

    def finish(self) -> None:
        """Write the new revision down, as the last act before the commit."""
        self._flush()
        if self.changed:
            self._db.execute("UPDATE meta SET value = ? WHERE key = 'revision'", [self.revision])

    def _change(self) -> None:
        self.changed = True

    def _note(self, id: str, telling: Telling) -> None:
        """Note a page that tells of a question; the newest counts."""
        self._told[id] = max(self._told.get(id, telling), telling)

    def _write(self, question: Question, *, is_new: bool) -> None:
        """Have the rows of a question written, in the place of those of an earlier state."""
        if is_new:
            self._rows[_REVIVED].append((question.id,))
        else:
            self._flush()
            for table in _CHILDREN:
                self._db.execute(f"DELETE FROM {table} WHERE question_id = ?", [question.id])
        self._rows[_QUESTION].append((*rows.question_row(question), self.revision))
        self._rows[_ANSWER] += rows.answer_rows(question)
        self._rows[_COMMENT] += rows.comment_rows(question)
        self._rows[_QUESTION_TAG] += rows.tag_rows(question)
        self._rows[_LINK] += rows.link_rows(question)

    def _flush(self) -> None:
        """Write all rows that wait: of many questions at once, they take half the time."""
        for statement, waiting in self._rows.items():
            if waiting:
                self._db.executemany(statement, waiting)
                waiting.clear()

    def _tag(self, name: str) -> Tag | None:
        """Return the tag as it is stored, read once per write: nobody else writes meanwhile."""
        if name not in self._tags:
            self._tags.update(load_tags(self._db, [name]))
        return self._tags.get(name)

    def _keep_tag(self, tag: Tag) -> Tag:
        """Merge a tag into what is stored of it, and return that.

        Its revision is what marks the questions that carry it as changed; see `Store.changes`.
        """
        known = self._tag(tag.name)
        if known is not None and not (tag.title or tag.blurb or tag.synonyms):
            return known
        merged = merge_tag(known, tag) if known is not None else tag
        if merged == known:
            return merged
        self._change()
        self._db.execute(_TAG, [merged.name, merged.title, merged.blurb, self.revision])
        self._db.execute("DELETE FROM tag_synonyms WHERE tag = ?", [merged.name])
        numbered = [(merged.name, synonym, position) for position, synonym in enumerate(merged.synonyms)]
        self._db.executemany("INSERT INTO tag_synonyms VALUES (?, ?, ?)", numbered)
        self._tags[merged.name] = merged
        return merged


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _upsert(table: str, columns: Sequence[str]) -> str:
    """Return the insertion whose first column is the key, and that replaces the rest of a row there is."""
    key, *others = columns
    updates = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f"{_insert(table, columns)} ON CONFLICT ({key}) DO UPDATE SET {updates}"


_QUESTION = _upsert("questions", (*rows.QUESTION, "revision"))
_TAG = _upsert("tags", ("name", "title", "blurb", "revision"))
_PAGE = _upsert("pages", ("sha256", "source", "received", "size", "reader", "status", "reason"))
_FILE = _upsert("files", ("path", "stamp", "pages", "rejected", "program"))
_ANSWER = _insert("answers", rows.ANSWER)
_COMMENT = _insert("comments", rows.COMMENT)
_QUESTION_TAG = _insert("question_tags", rows.QUESTION_TAG)
_LINK = _insert("links", rows.LINK)
_REVIVED = "DELETE FROM deletions WHERE question_id = ?"
# In this order: what refers to a question comes behind it.
_STATEMENTS = (_REVIVED, _QUESTION, _ANSWER, _COMMENT, _QUESTION_TAG, _LINK)
_TELLINGS = """
    SELECT question_id, received, sha256 FROM question_pages JOIN pages USING (sha256)
    WHERE question_id IN (SELECT value FROM json_each(?))
"""
_QUESTION_PAGES = """
    INSERT INTO question_pages (question_id, sha256)
    SELECT id, ? FROM questions WHERE id IN (SELECT value FROM json_each(?))
"""
