"""Askive itself: what `askive search` does between the query's text and the titles of its hits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from ...archive.database import DATABASE
from ...archive.records import Question
from ...archive.store import Store
from ...index import build, grammar
from ...index.related import related
from ...index.search import Sort, search
from ...index.snapshot import Snapshot
from ..contract import Found, Hit, Kind, Query, Row
from . import Files

NOW = datetime(2026, 1, 1, tzinfo=UTC)

TITLES = "SELECT id, title FROM questions WHERE id IN (SELECT value FROM json_each(?))"


class _Found(Protocol):
    """A hit of a search, or a related question."""

    @property
    def id(self) -> str: ...


class Askive(Files):
    """The index beside a store, which it is built from and titles are read from."""

    kinds: Collection[Kind] = frozenset(Kind)
    from_store = True

    def __init__(self, archive: Path, directory: Path) -> None:
        super().__init__(archive, directory)
        self._snapshot: Snapshot | None = None

    def build(self, rows: Sequence[Row]) -> None:
        """Build from the store, as `askive reindex --full` does."""
        self._update(full=True)

    def open(self) -> None:
        """Open the index, and the records for their titles."""
        with Store.open(self.archive) as store:
            self._snapshot = Snapshot.open(self.directory, store.archive_id)
        self._records = sqlite3.connect(self.archive / DATABASE)

    def search(self, query: Query) -> Found:
        """Parse, search, fetch titles."""
        hits = search(
            self._opened,
            grammar.parse(spelled(query)),
            now=NOW,
            sort=_sort(query),
            limit=query.limit,
            facets=("tag",) if query.kind is Kind.FACETS else (),
        )
        return Found(self._titled(hits.hits), hits.facets.get("tag", ()))

    def keep(self, questions: Sequence[Question]) -> None:
        """Write the questions into the store."""
        with Store.open(self.archive) as store, store.write() as writer:
            for question in questions:
                writer.put(question)

    def add(self, rows: Sequence[Row]) -> None:
        """Bring the index up to date with the store."""
        self._update(full=False)

    def close(self) -> None:
        """Close index and records."""
        if self._snapshot is not None:
            self._snapshot.close()
            self._records.close()

    def _update(self, *, full: bool) -> None:
        with Store.open(self.archive) as store:
            build.update(self.directory, store.archive_id, store.changes, full=full)

    @property
    def _opened(self) -> Snapshot:
        assert self._snapshot is not None, "open it first"
        return self._snapshot

    def _titled(self, hits: Iterable[_Found]) -> list[Hit]:
        ids = [hit.id for hit in hits]
        titles = dict(self._records.execute(TITLES, [json.dumps(ids)]))
        return [Hit(id, titles[id]) for id in ids]


class Plain(Askive):
    """Asked for whole texts, as `askive search --plain` does; `settings` are handed on to the search."""

    def __init__(self, archive: Path, directory: Path, **settings: Any) -> None:
        super().__init__(archive, directory)
        self._settings = settings

    def search(self, query: Query) -> Found:
        """Search for the text, fetch titles."""
        node = grammar.plain(query.whole)
        hits = search(self._opened, node, now=NOW, limit=query.limit, **self._settings)
        return Found(self._titled(hits.hits))


class Related(Plain):
    """Asked for what is like whole texts, as `askive related --text` does."""

    def search(self, query: Query) -> Found:
        """Look for what is like the text, fetch titles."""
        question = Question(id="", title=query.whole)
        with Store.open(self.archive) as store:
            hits = related(
                self._opened, question, now=NOW, load=store.get, limit=query.limit, **self._settings
            )
        return Found(self._titled(hits.hits))


def spelled(query: Query) -> str:
    """Return the query as one types it.

    >>> spelled(Query(Kind.FILTER, ("nausea",), tag="iop", score=2, years=(2019, 2021)))
    '[iop] score:>=2 created:2019..2021 nausea'
    """
    match query.kind:
        case Kind.BOTH:
            return " AND ".join(query.words)
        case Kind.PHRASE:
            return f'"{query.text}"'
        case Kind.WILDCARD:
            return f"{query.text}*"
        case Kind.FUZZY:
            return f"{query.text}~"
        case Kind.FILTER:
            numbers = f" score:>={query.score}" if query.score is not None else ""
            dates = " created:{}..{}".format(*query.years) if query.years else ""
            return f"[{query.tag}]{numbers}{dates} {query.text}"
        case _:
            return query.text


def _sort(query: Query) -> Sort:
    return "newest" if query.kind is Kind.NEWEST else "relevance"
