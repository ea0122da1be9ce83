"""Whoosh as it comes: its default codec, BM25F over fields, its stemming analyzer, words joined by OR."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.qparser import FuzzyTermPlugin, MultifieldParser, OrGroup
from whoosh.sorting import FieldFacet

from ..contract import LIMIT, TEXTS, TITLE_BOOST, Found, Hit, Kind, Query, Row
from . import Files

MEMORY = 256
"""Megabytes that a writer may hold before it writes a run: twice its default."""


class StockWhoosh(Files):
    """An index in Whoosh's own files."""

    kinds = frozenset(Kind)

    def build(self, rows: Sequence[Row]) -> None:
        """Write all rows in one go, with one process."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self._write(index.create_in(self.directory, _schema()), rows)

    def open(self) -> None:
        """Open the newest state."""
        self._index = index.open_dir(self.directory)
        self._searcher = self._index.searcher()
        boosts = {"title": TITLE_BOOST}
        self._parser = MultifieldParser(TEXTS, self._index.schema, fieldboosts=boosts, group=OrGroup)
        self._parser.add_plugin(FuzzyTermPlugin())

    def search(self, query: Query) -> Found:
        """Parse, search, read stored titles."""
        options: dict[str, Any] = {}
        if query.kind is Kind.NEWEST:
            options = {"sortedby": "created", "reverse": True}
        elif query.kind is Kind.FACETS:
            options = {"groupedby": {"tag": FieldFacet("tag", allow_overlap=True)}}
        found = self._searcher.search(self._parser.parse(spelled(query)), limit=query.limit, **options)
        groups = found.groups("tag") if query.kind is Kind.FACETS else {}
        facets = sorted(((tag, len(documents)) for tag, documents in groups.items()), key=_commonest)
        return Found([Hit(hit["id"], hit["title"]) for hit in found[: query.limit]], facets[:LIMIT])

    def add(self, rows: Sequence[Row]) -> None:
        """Write a further segment."""
        self._write(index.open_dir(self.directory), rows)

    def _write(self, into: Any, rows: Sequence[Row]) -> None:
        writer = into.writer(limitmb=MEMORY)
        for row in rows:
            writer.add_document(**_document(row))
        writer.commit()


def spelled(query: Query) -> str:
    """Return the query in the language of Whoosh's parser."""
    match query.kind:
        case Kind.BOTH:
            return " AND ".join(query.words)
        case Kind.PHRASE:
            return f'"{query.text}"'
        case Kind.WILDCARD:
            return f"{query.text}*"
        case Kind.FUZZY:
            return f"{query.text}~{query.edits}/2"
        case Kind.FILTER:
            parts = [query.text, f"tag:{query.tag}"]
            if query.score is not None:
                parts.append(f"score:[{query.score} TO]")
            if query.years is not None:
                parts.append("created:[{}0101 TO {}1231]".format(*query.years))
            return " AND ".join(parts)
        case _:
            return query.text


def _schema() -> Any:
    # Without its stop list, as the others keep function words too.
    texts = {name: fields.TEXT(analyzer=StemmingAnalyzer(stoplist=None, minsize=1)) for name in TEXTS}
    return fields.Schema(
        **(texts | {"title": fields.TEXT(analyzer=texts["title"].analyzer, stored=True)}),
        id=fields.ID(unique=True, stored=True),
        tag=fields.KEYWORD(commas=True, sortable=True),
        score=fields.NUMERIC(int, signed=True, sortable=True),
        created=fields.DATETIME(sortable=True),
    )


def _document(row: Row) -> dict[str, Any]:
    made = {
        "id": row.id,
        "title": row.title,
        "question": row.question,
        "answers": row.answers,
        "tags": row.tags,
        "tag": ",".join(row.tag_names),
        "score": row.score,
        "created": _time(row.created),
    }
    return {name: value for name, value in made.items() if value not in (None, "")}


def _time(seconds: int | None) -> datetime | None:
    """Return a time as Whoosh takes it: in UTC, unaware of it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _commonest(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
