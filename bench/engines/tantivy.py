"""Tantivy, through its Python package: fields stemmed by en_stem, with positions; its own query parser."""

from __future__ import annotations

import shutil
from calendar import timegm
from collections.abc import Iterable, Sequence
from typing import Any

import tantivy

from ..contract import LIMIT, TEXTS, TITLE_BOOST, Found, Hit, Kind, Query, Row
from . import Files

MEMORY = 256_000_000
"""Bytes that a writer's threads share: twice its default."""

TAG_COUNTS = {"tags": {"terms": {"field": "tag", "size": LIMIT}}}


class Tantivy(Files):
    """An index in Tantivy's files, with ids and titles stored."""

    kinds = frozenset(Kind)
    threads = 2

    def build(self, rows: Sequence[Row]) -> None:
        """Write all rows in one commit, and wait for the merges it begins."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self._write(tantivy.Index(_schema(), path=str(self.directory)), rows)

    def open(self) -> None:
        """Open the newest state."""
        self._index = tantivy.Index.open(str(self.directory))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def search(self, query: Query) -> Found:
        """Parse, search, read stored titles."""
        parsed = self._parsed(query)
        by = "created" if query.kind is Kind.NEWEST else None
        result = self._searcher.search(parsed, limit=query.limit, count=False, order_by_field=by)
        documents = [self._searcher.doc(address) for _, address in result.hits]
        hits = [Hit(document["id"][0], document["title"][0]) for document in documents]
        return Found(hits, self._facets(parsed) if query.kind is Kind.FACETS else ())

    def add(self, rows: Sequence[Row]) -> None:
        """Write in one commit, which syncs; the merges it begins are not waited for."""
        writer = tantivy.Index.open(str(self.directory)).writer(MEMORY, 1)
        _add_all(writer, rows)
        writer.commit()

    def _write(self, into: Any, rows: Iterable[Row]) -> None:
        writer = into.writer(MEMORY, self.threads)
        _add_all(writer, rows)
        writer.commit()
        writer.wait_merging_threads()

    def _parsed(self, query: Query) -> Any:
        if query.kind is Kind.WILDCARD:
            beginning = (_beginning(self._schema, name, query.text) for name in TEXTS)
            return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in beginning])
        fuzzy = TEXTS if query.kind is Kind.FUZZY else ()
        return self._index.parse_query(
            spelled(query),
            list(TEXTS),
            field_boosts={"title": TITLE_BOOST},
            fuzzy_fields=dict.fromkeys(fuzzy, (False, query.edits, True)),
        )

    def _facets(self, parsed: Any) -> list[tuple[str, int]]:
        counted = self._searcher.aggregate(parsed, TAG_COUNTS)["tags"]["buckets"]
        return [(bucket["key"], bucket["doc_count"]) for bucket in counted]


class OneThread(Tantivy):
    """The same, with one indexing thread."""

    threads = 1


def spelled(query: Query) -> str:
    """Return the query in the language of Tantivy's parser."""
    match query.kind:
        case Kind.BOTH:
            return " ".join(f"+{word}" for word in query.words)
        case Kind.PHRASE:
            return f'"{query.text}"'
        case Kind.FILTER:
            parts = [f"+{query.text}", f'+tag:"{query.tag}"']
            if query.score is not None:
                parts.append(f"+score:[{query.score} TO *]")
            if query.years is not None:
                first, last = query.years
                parts.append(f"+created:[{_new_year(first)} TO {_new_year(last + 1) - 1}]")
            return " ".join(parts)
        case _:
            return query.text


def _beginning(schema: Any, field: str, prefix: str) -> Any:
    return tantivy.Query.fuzzy_term_query(schema, field, prefix, distance=0, prefix=True)


def _schema() -> Any:
    made = tantivy.SchemaBuilder()
    made.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        made.add_text_field(name, stored=name == "title", tokenizer_name="en_stem", index_option="position")
    made.add_text_field("tag", fast=True, tokenizer_name="raw", index_option="basic")
    made.add_integer_field("score", indexed=True, fast=True)
    made.add_integer_field("created", indexed=True, fast=True)
    return made.build()


def _add_all(writer: Any, rows: Iterable[Row]) -> None:
    for row in rows:
        writer.add_document(_document(row))


def _document(row: Row) -> Any:
    document = tantivy.Document()
    document.add_text("id", row.id)
    for name, text in zip(TEXTS, (row.title, row.question, row.answers, row.tags), strict=True):
        if text:
            document.add_text(name, text)
    for tag in row.tag_names:
        document.add_text("tag", tag)
    if row.score is not None:
        document.add_integer("score", row.score)
    if row.created is not None:
        document.add_integer("created", row.created)
    return document


def _new_year(year: int) -> int:
    """Return the first second of a year, since 1970."""
    return timegm((year, 1, 1, 0, 0, 0))
