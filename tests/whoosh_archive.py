"""Archives for any Whoosh codec: one schema with every kind of field, histories of commits, and queries.

What Whoosh itself gets wrong with its own codec is kept out here, each time with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from whoosh import columns, fields, formats, query, scoring
from whoosh.analysis import DelimitedAttributeFilter, LowercaseFilter, RegexTokenizer, StemmingAnalyzer
from whoosh.codec.base import Codec
from whoosh.index import FileIndex, create_in

Document = Mapping[str, Any]
Make = Callable[[], Codec]
Queries = SearchStrategy[Any]

WORDS = ("run", "runs", "running", "sort", "sorting", "vector", "x", "café", "straße", "日本", "Run", "a1")
COMMON = ("run", "run", "run", "sort", "sort", "vector")
SAID = (*COMMON, *COMMON, *WORDS)
ASKED = (*SAID, "vectors", "absent")
"""Few words in many documents, and asked for, and many in few."""

PARTS = ("r", "run", "so", "v", "caf", "日", "a", "V")
TAGS = ("c++", "C#", ".net", "a b", "日本語", "x")
IDS = tuple(f"doc{n}" for n in range(6))
"""Ids of documents that are updated; new ones have numbers from there on."""

KNOWN_IDS = (*IDS, "doc6", "doc7", "doc8", "doc9")
CODES = ("", "a", "ab", "b", "\x00", "\U0001f469")
DATES = tuple(datetime(2024, 1, 31) + timedelta(days=n * n, seconds=n) for n in range(5))
NUMBERS = (0, 1, 7, 255, 256, -1, -300, -(2**31), 2**31 - 2)
RATIOS = (0.0, 0.1, -1.5, 1e300)
BOOSTS = (1.0, 0.5, 3.0)

TIMES = (1, 1, 1, 1, 1, 2, 3, 17, 400)
"""How often a word is said in a row: few words are said often."""

POSITIONED = ("plain", "stem", "chars", "heavy", "weighed", "marked", "some_more")
TEXTUAL = (*POSITIONED, "bag", "topics")
MOSTLY_PLAIN = ("plain",) * 6
"""`plain` is in every document, and half of what is asked is asked of it."""

WORDLIKE = (*TEXTUAL, "tags", "code", "grams", "starts")


def schema() -> fields.Schema:
    """Return a new schema with each kind of field, format and column; `id` is the document's own."""
    words = RegexTokenizer()
    weighed = RegexTokenizer(r"\S+") | DelimitedAttributeFilter()
    made = fields.Schema(
        id=fields.ID(unique=True, stored=True, sortable=True),
        code=fields.ID(),
        stem=fields.TEXT(StemmingAnalyzer(), stored=True),
        plain=fields.TEXT(words),
        bag=fields.TEXT(words | LowercaseFilter(), phrase=False, sortable=True),
        chars=fields.TEXT(words, chars=True, stored=True),
        heavy=fields.TEXT(words, field_boost=2.5),
        weighed=fields.FieldType(formats.PositionBoosts(), weighed, scorable=True),
        marked=fields.FieldType(formats.CharacterBoosts(), weighed, scorable=True),
        tags=fields.KEYWORD(commas=True, lowercase=True),
        topics=fields.KEYWORD(scorable=True, stored=True, field_boost=0.5),
        number=fields.NUMERIC(int, sortable=True),
        ratio=fields.NUMERIC(float, stored=True),
        when=fields.DATETIME(sortable=True),
        flag=fields.BOOLEAN(stored=True),
        note=fields.STORED(),
        grams=fields.NGRAM(2, 3),
        starts=fields.NGRAMWORDS(2, 4, at="start"),
        rank=fields.COLUMN(columns.NumericColumn("i", default=-1)),
        blob=fields.COLUMN(columns.VarBytesColumn()),
        kind=fields.COLUMN(columns.RefBytesColumn()),
        bit=fields.COLUMN(columns.BitColumn()),
    )
    made.add("*_more", fields.TEXT(words, stored=True), glob=True)
    return made


def texts(words: tuple[str, ...] = SAID) -> SearchStrategy[str]:
    """A few words, some of them said hundreds of times."""
    return st.lists(st.tuples(st.sampled_from(words), st.sampled_from(TIMES)), max_size=8).map(said)


def said(words: list[tuple[str, int]]) -> str:
    """Return a text in which each word is said so many times; in a failing test's report, too."""
    return " ".join(word for word, times in words for _ in range(times))


def any_texts(size: int) -> SearchStrategy[str]:
    """Any text that can be encoded. Whoosh raises ValueError for another, and keeps half of the document."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=size)


def stored_values() -> SearchStrategy[Any]:
    """What JSON can say; `test_a_stored_value_stays_what_it_is` has others."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_texts(5)
    return scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.sampled_from("ab"), scalars)


_spelled = st.lists(
    st.tuples(st.sampled_from(SAID), st.sampled_from(("", "^2", "^0.5"))).map("".join), max_size=4
).map(" ".join)
_values: dict[str, SearchStrategy[Any]] = {
    "stem": texts() | any_texts(20),
    "code": st.sampled_from(CODES) | any_texts(3),
    "bag": texts(),
    "chars": texts(),
    "heavy": texts(),
    "weighed": _spelled,
    "marked": _spelled,
    "tags": st.lists(st.sampled_from(TAGS), max_size=4).map(",".join),
    "topics": texts(WORDS[:4]),
    "number": st.sampled_from(NUMBERS),
    "ratio": st.sampled_from(RATIOS),
    "when": st.sampled_from(DATES),
    "flag": st.booleans(),
    "note": stored_values(),
    "grams": texts(WORDS[:6]).map(lambda text: text[:12]),
    "starts": texts().map(lambda text: text[:40]),
    "rank": st.sampled_from((0, 1, -1, -(2**31), 2**31 - 1)),
    "blob": st.binary(max_size=4),
    "kind": st.sampled_from((b"", b"a", b"bb", b"\xff")),
    "bit": st.booleans(),
    "some_more": texts(),
    "_boost": st.sampled_from(BOOSTS),
    "_plain_boost": st.sampled_from(BOOSTS),
}


@st.composite
def any_documents(draw: st.DrawFn) -> Document:
    """A document with some of the fields, filled or empty.

    A number is never a list of numbers: Whoosh posts a document twice under a term that two of them share.
    """
    plain = texts() | st.lists(st.sampled_from(SAID), max_size=3)
    always = {"id": draw(st.sampled_from(IDS)), "plain": draw(plain)}
    others = draw(st.lists(st.sampled_from(tuple(_values)), unique=True, max_size=12))
    return always | {field: draw(_values[field]) for field in others}


@dataclass(frozen=True)
class Commit:
    """What one writer does, in this order, and how it ends."""

    deleted: tuple[tuple[str, Any], ...] = ()
    updated: tuple[Document, ...] = ()
    added: tuple[Document, ...] = ()
    end: str = "append"


History = tuple[Commit, ...]

MERGES: Mapping[str, Mapping[str, bool]] = {
    "append": {"merge": False},
    "merge": {"merge": True},  # Whoosh only begins to when there are five segments
    "optimize": {"optimize": True},
}


DELETED_BY: Mapping[str, tuple[Any, ...]] = {
    "id": KNOWN_IDS,
    "plain": WORDS,
    "number": NUMBERS,
    "flag": (False, True),
}


def commits(
    documents: SearchStrategy[Document], size: int, deleted_by: Iterable[str]
) -> SearchStrategy[Commit]:
    """A commit of a few documents; others are deleted by terms in these fields."""
    terms = st.one_of(*(st.tuples(st.just(name), st.sampled_from(DELETED_BY[name])) for name in deleted_by))
    return st.builds(
        Commit,
        deleted=st.lists(terms, max_size=2).map(tuple),
        updated=st.lists(documents, max_size=2, unique_by=lambda document: document["id"]).map(tuple),
        added=st.lists(documents, max_size=size).map(tuple),
        end=st.sampled_from(("append", "append", "append", "merge", "merge", "optimize", "cancel")),
    )


def histories(
    length: int = 7,
    size: int = 7,
    documents: SearchStrategy[Document] | None = None,
    deleted_by: Iterable[str] = tuple(DELETED_BY),
) -> SearchStrategy[History]:
    """Up to `length` commits of up to `size` new documents each."""
    made = commits(any_documents() if documents is None else documents, size, deleted_by)
    return st.lists(made, min_size=1, max_size=length).map(numbered)


def numbered(commits: list[Commit]) -> History:
    """Give each new document an id of its own.

    Where two have one id, which of them an update replaces depends in Whoosh on what its writer has cached.
    """
    ids = map("doc{}".format, count(len(IDS)))
    return tuple(
        replace(commit, added=tuple({**document, "id": next(ids)} for document in commit.added))
        for commit in commits
    )


def build(
    directory: Path,
    history: History,
    codecs: Iterable[Make],
    *,
    fields: fields.Schema | None = None,
    compound: bool = True,
) -> FileIndex:
    """Write a history into a new directory, each commit with the next codec."""
    directory.mkdir()
    index = create_in(str(directory), fields or schema())
    for commit, codec in zip(history, codecs, strict=False):
        write(index, commit, codec, compound=compound)
    return index


def write(index: FileIndex, commit: Commit, codec: Make, *, compound: bool = True) -> None:
    """Write one commit with a codec."""
    writer = index.writer(codec=codec(), compound=compound)
    for field, value in commit.deleted:
        writer.delete_by_term(field, value)
    for document in commit.updated:
        writer.update_document(**document)
    for document in commit.added:
        writer.add_document(**document)
    if commit.end == "cancel":
        writer.cancel()
    else:
        writer.commit(**MERGES[commit.end])


FULL: Document = {
    "id": "doc1",
    "code": "ab",
    "stem": "Running runners, sorted vectors",
    "plain": said([("run", 3), ("sort", 1), ("run", 200)]),
    "bag": "Run run VECTOR",
    "chars": "sort the vector, then run",
    "heavy": "run sort run",
    "weighed": "run^2 sort run^0.5",
    "marked": "sort^0.5 run^2",
    "tags": "C++,a b",
    "topics": "run runs",
    "number": -300,
    "ratio": 0.1,
    "when": DATES[1],
    "flag": True,
    "note": {"a": [1, 2.5, None, "x"], "b": True},
    "grams": "running",
    "starts": "running sort",
    "rank": 7,
    "blob": b"\x00\xff",
    "kind": b"bb",
    "bit": True,
    "some_more": "vector run",
    "_boost": 0.5,
}
EXAMPLE: History = (
    Commit(
        added=(FULL, {**FULL, "id": "doc2", "number": 7, "plain": "sort run"}, {"id": "doc3"}), end="optimize"
    ),
    Commit(added=({"id": "doc4", "plain": "run", "rank": 1},), deleted=(("id", "doc3"),)),
    Commit(updated=({**FULL, "chars": "run vector run"},)),
)
"""Each field, several segments, and deleted documents."""


def either(*choices: Queries) -> Queries:
    """Return a strategy that is any of these as likely; `one_of` counts what they are made of."""
    return st.integers(0, len(choices) - 1).flatmap(choices.__getitem__)


def words_asked() -> SearchStrategy[str]:
    """A word that is likely to be there, or one that is not."""
    return st.sampled_from(ASKED)


def boosts() -> SearchStrategy[float]:
    """Boosts of queries. None is 0: Whoosh divides by it, and forgets hits that score 0."""
    return st.sampled_from(BOOSTS)


def terms() -> Queries:
    """One term of any field that is indexed."""
    values: dict[str, SearchStrategy[Any]] = {
        "tags": st.sampled_from(TAGS).map(str.lower),
        "grams": st.sampled_from(("ru", "un", "run", "so")),
        "starts": st.sampled_from(("ru", "run", "so", "sort")),
        "code": st.sampled_from(CODES),
        "id": st.sampled_from(KNOWN_IDS),
        "number": st.sampled_from(NUMBERS),
        "ratio": st.sampled_from(RATIOS),
        "when": st.sampled_from(DATES),
        "flag": st.booleans(),
        "nowhere": st.just("run"),
    }
    words = st.builds(query.Term, st.sampled_from((*MOSTLY_PLAIN, *TEXTUAL)), words_asked(), boosts())
    others = [st.builds(query.Term, st.just(field), value, boosts()) for field, value in values.items()]
    return either(words, words, st.one_of(others))


def expanding() -> Queries:
    """Queries that stand for several terms.

    A fuzzy term's fixed prefix is no longer than the term: Whoosh's automaton fails on a longer one.
    """
    field, constant = st.sampled_from((*MOSTLY_PLAIN, *WORDLIKE)), st.booleans()
    parts = st.none() | st.sampled_from(PARTS)
    wildcards = st.sampled_from(("*", "r*", "?un*", "*r*", "[sv]*", "??"))
    patterns = st.sampled_from((".*", "r.n", "(run|sort).*", "^v", "x?", "[^r]+"))
    misspelled = st.sampled_from(("run", "rnu", "srot", "vectr", "caffe"))
    everywhere = st.none() | st.sampled_from((*WORDLIKE, "number", "ratio", "when", "flag"))
    return st.one_of(
        st.builds(query.Prefix, field, st.sampled_from(PARTS), boosts(), constant),
        st.builds(query.Wildcard, field, wildcards, boosts(), constant),
        st.builds(query.Regex, field, patterns, boosts(), constant),
        st.builds(query.TermRange, field, parts, parts, constant, st.booleans(), boosts(), st.booleans()),
        st.builds(
            query.FuzzyTerm, field, misspelled, boosts(), st.integers(1, 2), st.integers(0, 2), constant
        ),
        st.builds(query.Variations, field, words_asked(), boosts()),
        st.builds(query.Every, everywhere, boosts()),
    )


def ranges() -> Queries:
    """Ranges of numbers and dates.

    None begins above the greatest number or ends below the least: Whoosh cannot pack those.
    """
    numbers = st.none() | st.sampled_from(NUMBERS[:7])
    ratios = st.none() | st.sampled_from(RATIOS[:3])
    dates = st.none() | st.sampled_from(DATES)
    how = (st.booleans(), st.booleans(), boosts(), st.booleans())
    return st.one_of(
        st.builds(query.NumericRange, st.just("number"), numbers, numbers, *how),
        st.builds(query.NumericRange, st.just("ratio"), ratios, ratios, *how),
        st.builds(query.DateRange, st.just("when"), dates, dates, *how),
    )


def phrases() -> Queries:
    """Words near one another."""
    words = st.lists(st.sampled_from((*COMMON, *COMMON, *ASKED)), min_size=1, max_size=3)
    return st.builds(
        query.Phrase, st.sampled_from((*MOSTLY_PLAIN, *POSITIONED)), words, st.integers(1, 4), boosts()
    )


class ColumnIs(query.ColumnQuery):  # type: ignore[misc]  # whoosh's classes are untyped
    """A query for a value in a column that can be read in a failing test's report."""

    def __repr__(self) -> str:
        return f"ColumnIs({self.fieldname!r}, {self.condition!r})"


def column_values() -> Queries:
    """What stands in a column; at a constant score, for Whoosh has no other, and without further options."""
    values = st.tuples(st.just("rank"), st.sampled_from((0, 1, -1)))
    values |= st.tuples(st.just("kind"), st.sampled_from((b"", b"a", b"bb")))
    return values.map(lambda pair: query.ConstantScoreQuery(ColumnIs(*pair)))


def span_queries() -> Queries:
    """Queries for places in a text, one within another."""
    return st.sampled_from((*MOSTLY_PLAIN, *POSITIONED)).flatmap(_spans_of)


def _spans_of(field: str) -> Queries:
    leaf = st.builds(query.Term, st.just(field), st.sampled_from((*COMMON, *ASKED)))
    prefix = st.builds(query.Prefix, st.just(field), st.sampled_from(PARTS[:4]))
    leaf = either(leaf, leaf, leaf, prefix)
    return either(_of_spans(leaf), _of_spans(leaf), _of_spans(st.recursive(leaf, _of_spans, max_leaves=3)))


def _of_spans(inner: Queries) -> Queries:
    several = st.lists(inner, min_size=2, max_size=3)
    near = (st.integers(1, 4), st.booleans())
    return st.one_of(
        st.builds(query.SpanNear2, several, *near, st.integers(0, 2)),
        st.builds(query.SpanNear, inner, inner, *near, st.integers(0, 2)),
        st.builds(query.SpanOr, several),
        st.builds(query.SpanNot, inner, inner),
        st.builds(query.SpanFirst, inner, st.integers(0, 3)),
        st.builds(query.SpanContains, inner, inner),
        st.builds(query.SpanBefore, inner, inner),
        st.builds(query.SpanCondition, inner, inner),
        st.builds(query.Sequence, several, *near, boosts()),
        st.builds(query.Ordered, several),
    )


def _of_queries(inner: Queries) -> Queries:
    several = st.lists(inner, min_size=1, max_size=4)
    return st.one_of(
        st.builds(query.And, several, boosts()),
        st.builds(query.Or, several, boosts(), st.just(0), st.none() | st.just(0.9)),
        st.builds(query.DisjunctionMax, several, boosts()),
        st.builds(query.Not, inner),
        *(st.builds(kind, inner, inner) for kind in (query.AndMaybe, query.Require, query.Otherwise)),
        st.builds(query.ConstantScoreQuery, inner, st.sampled_from((1.0, 2.5))),
        st.builds(query.WeightingQuery, inner, st.just(scoring.TF_IDF())),
    )


def queries() -> Queries:
    """Any query of `whoosh.query` but the nested ones.

    Those for spans stand alone: Whoosh cannot estimate how much they find, as it does within others. So does
    `AndNot`, whose matcher fails when another one skips to its end.
    """
    simple = either(terms(), terms(), terms(), phrases(), expanding(), ranges())
    mixed = st.recursive(simple, _of_queries, max_leaves=6)
    without = st.builds(query.AndNot, mixed, mixed)
    return either(simple, _of_queries(mixed), _of_queries(mixed), without, span_queries(), span_queries())
