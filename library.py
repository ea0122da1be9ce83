"""An open archive: its store beside an index that is as new as the store, searched as one.

Between the command line and the two halves: what is found comes back as a `Page` of records, ready to show.
Loads Whoosh and SQLite, and none of the readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .archive.errors import NoSuchTag
from .archive.records import LinkKind, Question, tag_name
from .index import build, grammar
from .index.analysis import Stemmer
from .index.compile import Match
from .index.errors import IndexLocked, IndexUnusable, IndexUnwritable
from .index.fields import RANKED
from .index.related import related
from .index.schema import has_stems, words_field
from .index.search import FACETS, Sort, search
from .index.snapshot import Snapshot
from .index.snippet import Wanted, snippet, wanted
from .index.suggest import Suggestion, WhooshVocabulary, asked, suggest, tags_asked
from .render import SNIPPET_WIDTH, Page, Shown

if TYPE_CHECKING:
    from .archive.store import Store

HEALED = frozenset({"missing", "outdated"})
"""Reasons to rebuild an index that say of no harm done."""

STEMMED = tuple(row.name for row in RANKED if has_stems(row))
"""The fields that plain words are looked up in, as the schema names them."""

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a search beside the query: as the options of `askive search` have it."""

    now: datetime
    limit: int = 10
    offset: int = 0
    match: Match = "most"
    sort: Sort = "relevance"
    tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    facets: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Library:
    """A store, and a state of its index to search it by."""

    store: Store
    index: Snapshot
    stemmer: Stemmer = field(default_factory=Stemmer)

    def search(self, node: grammar.Node, wish: Wish, *, suggestions: bool = False) -> Page:
        """Return the page of hits for a query; raises `grammar.QueryError` for an ambiguous id in it."""
        hits = search(
            self.index,
            narrowed(node, wish),
            now=wish.now,
            match=wish.match,
            sort=wish.sort,
            limit=wish.limit,
            offset=wish.offset,
            facets=FACETS if wish.facets else (),
            explain=wish.explain,
        )
        records = self.store.get_many([hit.id for hit in hits.hits])
        terms = self._wanted(node)
        shown = (
            Shown(
                records[hit.id],
                rank,
                relevance=hit.score,
                snippet=snippet(records[hit.id], terms, SNIPPET_WIDTH, stemmer=self.stemmer),
                shares=hit.shares,
            )
            for rank, hit in enumerate(hits.hits, wish.offset + 1)
            if hit.id in records  # deleted since this state of the index
        )
        instead = self.suggestions(narrowed(node, wish)) if suggestions else ()
        return Page(hits.total, wish.offset, tuple(shown), hits.facets, instead)

    def suggestions(self, node: grammar.Node) -> tuple[Suggestion, ...]:
        """Return what may have been meant by words and tags of a query that the archive does not know."""
        unstemmed = [words_field(row.name) for row in RANKED]
        vocabulary = WhooshVocabulary(self.index.reader, unstemmed, STEMMED, self.stemmer)
        return (*suggest(asked(node), vocabulary), *self._tags_meant(node))

    def _tags_meant(self, node: grammar.Node) -> Iterator[Suggestion]:
        for name in tags_asked(node):
            try:
                self.store.tag(name)
            except NoSuchTag as unknown:
                if unknown.nearest:
                    yield Suggestion(f"[{name}]", f"[{unknown.nearest}]")

    def _wanted(self, node: grammar.Node) -> Wanted:
        """Return what passages are chosen by: the words of a query, rare ones weighing more."""
        terms = wanted(node, stemmer=self.stemmer)
        weighting = self.index.weighting
        counts = {stem: max(weighting.frequency(name, stem) for name in STEMMED) for stem in terms.stems}
        return replace(terms, stems={stem: weighting.idf_of(count) for stem, count in counts.items()})

    def related(self, question_id: str, wish: Wish) -> Page:
        """Return the questions related to one of the archive."""
        question = self.store.get(question_id)
        return self._related(question, wish) if question else Page(0, wish.offset, ())

    def related_to_text(self, text: str, wish: Wish) -> Page:
        """Return the questions related to a text that need not be in the archive."""
        return self._related(Question(id="", title=text), wish)

    def _related(self, question: Question, wish: Wish) -> Page:
        hits = related(
            self.index,
            question,
            now=wish.now,
            linked=self.linked(question) if question.id else (),
            limit=wish.limit,
            offset=wish.offset,
        )
        records = self.store.get_many(hit.id for hit in hits.hits)
        shown = (
            Shown(records[hit.id], rank, relevance=hit.score, reasons=hit.reasons)
            for rank, hit in enumerate(hits.hits, wish.offset + 1)
            if hit.id in records
        )
        return Page(hits.total, wish.offset, tuple(shown))

    def linked(self, question: Question) -> Iterator[tuple[str, LinkKind]]:
        """Yield id and kind of the links from and to a question."""
        yield from ((link.target, link.kind) for link in question.links)
        yield from self.store.links_to(question.id)

    def ids(self, node: grammar.Node, wish: Wish) -> list[str]:
        """Return the ids of all questions that match, in the order of the wish's sort."""
        everything = max(self.index.count(), 1)
        hits = search(
            self.index,
            narrowed(node, wish),
            now=wish.now,
            match=wish.match,
            sort=wish.sort,
            limit=everything,
        )
        return [hit.id for hit in hits.hits]


def narrowed(node: grammar.Node, wish: Wish) -> grammar.Node:
    """Return the query with the wish's tags required and excluded."""
    tags: list[grammar.Node] = [grammar.Tagged(tag_name(name)) for name in wish.tags]
    tags += [grammar.Not(grammar.Tagged(tag_name(name))) for name in wish.not_tags]
    return grammar.And((node, *tags)) if tags else node


@contextmanager
def open_library(
    store: Store, directory: Path, *, wait: float, notice: Notice, progress: build.Progress
) -> Iterator[Library]:
    """Open the index in `directory` beside its store, brought up to date where it is not."""
    index = current(store, directory, wait=wait, notice=notice, progress=progress)
    with index:
        yield Library(store, index)


def current(
    store: Store, directory: Path, *, wait: float, notice: Notice, progress: build.Progress
) -> Snapshot:
    """Return a state of the index that is as new as the store, and tell `notice` if it had to be made.

    Where another process is writing the index, or the disk refuses, a usable state is used as it is.
    Raises `IndexLocked` or `IndexUnwritable` where there is none.
    """
    try:
        index = Snapshot.open(directory, store.archive_id)
    except IndexUnusable as problem:
        notice(f"the index is {problem.reason}: rebuilding it")
        build.update(directory, store.archive_id, store.changes, wait=wait, progress=progress)
        return Snapshot.open(directory, store.archive_id)
    if index.revision == store.revision:
        return index
    try:
        build.update(directory, store.archive_id, store.changes, progress=progress)
    except (IndexLocked, IndexUnwritable) as problem:
        notice(f"the newest questions are not in this answer yet: {problem}")
        return index
    notice("the index was behind the archive: brought up to date")
    index.close()
    return Snapshot.open(directory, store.archive_id)


def index_problems(store: Store, directory: Path) -> Iterator[str]:
    """Yield what is wrong with the index: files that are not as they were written, questions too few or many.

    One that is missing, outdated or behind is no problem: the next search makes it anew.
    """
    try:
        with Snapshot.open(directory, store.archive_id, thorough=True) as index:
            if index.revision == store.revision:
                yield from _differences(
                    set(store.ids()), {index.id_of(n) for n in index.reader.all_doc_ids()}
                )
    except IndexUnusable as problem:
        if problem.reason not in HEALED:
            yield str(problem)


def _differences(stored: set[str], indexed: set[str]) -> Iterator[str]:
    remedy = "`askive reindex --full` rebuilds the index"
    yield from (f"{id} is not in the index: {remedy}" for id in sorted(stored - indexed))
    yield from (f"{id} is in the index and not in the records: {remedy}" for id in sorted(indexed - stored))
