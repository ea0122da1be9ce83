"""An open archive: its store beside an index that is as new as the store, searched as one.

Between the command line and the two halves: what is found comes back as a `Page` of records, ready to show.
An index that cannot be used is made anew from the store, also where that comes out in the middle of a search.
Loads Whoosh and SQLite, and none of the readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from .archive.errors import NoSuchTag
from .archive.records import LinkKind, Question, tag_name
from .index import grammar
from .index.analysis import Stemmer
from .index.compile import Match
from .index.errors import IndexLocked, IndexUnusable, IndexUnwritable
from .index.fields import RANKED
from .index.schema import has_stems, words_field
from .index.search import FACETS, Sort, search
from .index.snapshot import Snapshot
from .index.snippet import Wanted, snippet, wanted
from .index.suggest import IndexVocabulary, Suggestion, asked, suggest, tags_asked
from .render import SNIPPET_WIDTH, Page, Shown

if TYPE_CHECKING:
    from .archive.store import Store
    from .index.build import BuildReport

HEALED = frozenset({"missing", "outdated"})
"""Reasons to rebuild an index that say of no harm done."""

STEMMED = tuple(row.name for row in RANKED if has_stems(row))
"""The fields that plain words are looked up in, as the schema names them."""

Notice = Callable[[str], None]
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Progress(Protocol):
    """Shows how far the making of an index is."""

    def __call__(self, done: int, total: int) -> None:
        """Show how many questions are done, of how many."""

    def clear(self) -> None:
        """Take it off the screen, so that something else may be written."""


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
    passage: int = SNIPPET_WIDTH
    """The longest passage of a hit, in characters."""


def mended(
    method: Callable[Concatenate[Library, Asked], Answer],
) -> Callable[Concatenate[Library, Asked], Answer]:
    """Make a method of `Library` run once more, on a new index, where it finds this one damaged."""

    @wraps(method)
    def run(library: Library, /, *args: Asked.args, **options: Asked.kwargs) -> Answer:
        try:
            return method(library, *args, **options)
        except IndexUnusable as problem:
            library.mend(problem)
            return method(library, *args, **options)

    return run


@dataclass(slots=True)
class Library:
    """A store, and a state of its index to search it by; `upkeep` makes another where that is damaged."""

    store: Store
    index: Snapshot
    upkeep: Upkeep
    stemmer: Stemmer = field(default_factory=Stemmer)

    def mend(self, problem: IndexUnusable) -> None:
        """Put a new index in the place of this one."""
        self.index.close()
        self.index = self.upkeep.rebuilt(problem)

    @mended
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
                snippet=snippet(records[hit.id], terms, wish.passage, stemmer=self.stemmer),
                shares=hit.shares,
            )
            for rank, hit in enumerate(hits.hits, wish.offset + 1)
            if hit.id in records  # deleted since this state of the index
        )
        instead = self.suggestions(narrowed(node, wish)) if suggestions else ()
        return Page(hits.total, wish.offset, tuple(shown), hits.facets, instead)

    @mended
    def suggestions(self, node: grammar.Node) -> tuple[Suggestion, ...]:
        """Return what may have been meant by words and tags of a query that the archive does not know."""
        return (*suggest(asked(node), self.vocabulary()), *self._tags_meant(node))

    def vocabulary(self) -> IndexVocabulary:
        """Return the words that plain words of a query are looked up among."""
        unstemmed = [words_field(row.name) for row in RANKED]
        return IndexVocabulary(self.index, unstemmed, STEMMED, self.stemmer)

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
        statistics = self.index.statistics
        return replace(terms, stems={stem: statistics.idf(STEMMED[0], stem) for stem in terms.stems})

    @mended
    def related(self, question_id: str, wish: Wish) -> Page:
        """Return the questions related to one of the archive."""
        question = self.store.get(question_id)
        return self._related(question, wish) if question else Page(0, wish.offset, ())

    @mended
    def related_to_text(self, text: str, wish: Wish) -> Page:
        """Return the questions related to a text that need not be in the archive."""
        return self._related(Question(id="", title=text), wish)

    def _related(self, question: Question, wish: Wish) -> Page:
        from .index.related import SAME, Likeness, related  # noqa: PLC0415 - which a search need not load

        hits = related(
            self.index,
            question,
            now=wish.now,
            load=self.store.get,
            linked=self.linked(question) if question.id else (),
            limit=wish.limit,
            offset=wish.offset,
        )
        records = self.store.get_many(hit.id for hit in hits.hits)
        likeness = Likeness(self.index, question, self.stemmer)
        shown = []
        for rank, hit in enumerate(hits.hits, wish.offset + 1):
            if record := records.get(hit.id):
                alike = likeness.of(record)
                shown.append(
                    Shown(
                        record,
                        rank,
                        relevance=hit.score,
                        reasons=hit.reasons,
                        likeness=alike,
                        maybe_duplicate=alike >= SAME,
                    )
                )
        return Page(hits.total, wish.offset, tuple(shown))

    def linked(self, question: Question) -> Iterator[tuple[str, LinkKind]]:
        """Yield id and kind of the links from and to a question."""
        yield from ((link.target, link.kind) for link in question.links)
        yield from self.store.links_to(question.id)

    @mended
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
    store: Store, directory: Path, *, wait: float, notice: Notice, progress: Progress
) -> Iterator[Library]:
    """Open the index in `directory` beside its store, brought up to date where it is not."""
    upkeep = Upkeep(store, directory, wait, notice, progress)
    library = Library(store, upkeep.current(), upkeep)
    try:
        yield library
    finally:
        library.index.close()


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Keeps the index in `directory` whole and as new as its store; tells `notice` what it had to do."""

    store: Store
    directory: Path
    wait: float
    notice: Notice
    progress: Progress

    def current(self) -> Snapshot:
        """Return a state of the index that is as new as the store.

        Where another process is writing the index, or the disk refuses, a usable state is used as it is.
        Raises `IndexLocked` or `IndexUnwritable` where there is none.
        """
        try:
            index = self._open()
        except IndexUnusable as problem:
            return self.rebuilt(problem, full=False)
        if index.revision == self.store.revision:
            return index
        try:
            report = self._update(wait=0.0)
        except (IndexLocked, IndexUnwritable) as problem:
            self.notice(f"the newest questions are not in this answer yet: {problem}")
            return index
        if report.rebuilt:
            self.notice(f"the index was {report.rebuilt}: rebuilt it")
        else:
            self.notice("the index was behind the archive: brought up to date")
        index.close()
        return self._open()

    def rebuilt(self, problem: IndexUnusable, *, full: bool = True) -> Snapshot:
        """Return a new state of the index in the place of one that has a problem.

        Without `full` one is taken that another process has made in the meantime: for problems that show
        when an index is opened.
        """
        self.notice(f"the index is {problem.reason}: rebuilding it")
        self._update(full=full, wait=self.wait)
        return self._open()

    def _open(self) -> Snapshot:
        return Snapshot.open(self.directory, self.store.archive_id)

    def _update(self, *, wait: float, full: bool = False) -> BuildReport:
        from .index import build  # noqa: PLC0415 - the writing side, which an index up to date need not load

        try:
            return build.update(
                self.directory,
                self.store.archive_id,
                self.store.changes,
                full=full,
                wait=wait,
                progress=self.progress,
            )
        finally:
            self.progress.clear()


def index_problems(store: Store, directory: Path) -> Iterator[str]:
    """Yield what is wrong with the index: files that are not as they were written, questions too few or many.

    One that is missing, outdated or behind is no problem: the next search makes it anew.
    """
    try:
        with Snapshot.open(directory, store.archive_id, thorough=True) as index:
            if index.revision == store.revision:
                yield from _differences(set(store.ids()), index.ids())
    except IndexUnusable as problem:
        if problem.reason not in HEALED:
            yield str(problem)


def _differences(stored: set[str], indexed: set[str]) -> Iterator[str]:
    remedy = "`askive reindex --full` rebuilds the index"
    yield from (f"{id} is not in the index: {remedy}" for id in sorted(stored - indexed))
    yield from (f"{id} is in the index and not in the records: {remedy}" for id in sorted(indexed - stored))
