"""ArrayCodec against Whoosh's own codec: whatever is written, both indexes answer alike.

Each test writes one history of commits twice and asks both indexes the same. Where Whoosh itself is wrong
with its own codec, the question is left out, with the reason beside it.
"""

from __future__ import annotations

import math
import pickle
import random
import re
import sys
import tempfile
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, repeat
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from askive.index.codec import ArrayCodec
from askive.tests.whoosh_archive import (
    BOOSTS,
    EXAMPLE,
    FULL,
    IDS,
    MERGES,
    PARTS,
    WORDLIKE,
    WORDS,
    ColumnIs,
    Commit,
    Document,
    History,
    Make,
    any_documents,
    build,
    column_values,
    histories,
    queries,
    said,
    schema,
    terms,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import columns, fields, formats, query, scoring, sorting
from whoosh.analysis import RegexTokenizer
from whoosh.codec import default_codec
from whoosh.highlight import ContextFragmenter, PinpointFragmenter
from whoosh.reading import IndexReader, SegmentReader, TermNotFound
from whoosh.searching import Results, Searcher
from whoosh.util.numeric import byte_to_length, length_to_byte

ROOT = Path(__file__).parents[1]

UNKNOWN = b"\xff never"

CLOSE = 1e-4
"""How far apart two scores may be: Whoosh keeps weights as 32-bit floats."""

WEIGHTINGS = (scoring.BM25F, scoring.TF_IDF, scoring.Frequency)

Fact = tuple[str, object]
Hits = list[tuple[int, float]]


def deep(examples: int) -> list[Any]:
    """Return the numbers of examples of a test: for every day, and for the slow round."""
    return [examples, pytest.param(20 * examples, marks=pytest.mark.slow)]


def often(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@contextmanager
def read_twice(
    history: History, codecs: Iterable[Make] | None = None, **options: Any
) -> Iterator[tuple[IndexReader, IndexReader]]:
    """Write a history with Whoosh's codec, and with ours or these in turn, and open both."""
    with tempfile.TemporaryDirectory() as folder:
        stock = build(Path(folder, "stock"), history, repeat(default_codec), **options)
        ours = build(Path(folder, "ours"), history, codecs or repeat(ArrayCodec), **options)
        with stock.reader() as their_reader, ours.reader() as our_reader:
            yield their_reader, our_reader


def alike(expected: object, found: object) -> bool:
    """Tell whether two values are the same, of Python's own types, and numbers nearly so."""
    if isinstance(expected, float) and isinstance(found, float):
        both_nan = math.isnan(expected) and math.isnan(found)
        return both_nan or math.isclose(expected, found, rel_tol=CLOSE)
    if type(expected) is not type(found):
        return False
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return len(expected) == len(found) and all(map(alike, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(alike(expected[key], found[key]) for key in expected)
    return expected == found


def assert_alike(expected: Iterable[Fact], found: Iterable[Fact]) -> None:
    """Compare facts one by one, so that the first difference is what is reported."""
    for (name, theirs), (_, ours) in zip(expected, found, strict=True):
        assert alike(theirs, ours), f"{name}:\n  Whoosh's codec: {theirs!r}\n  ArrayCodec:     {ours!r}"


def leaves(reader: IndexReader) -> list[IndexReader]:
    return [leaf for leaf, _ in reader.leaf_readers()] if reader.segments() else []


def facts(reader: IndexReader) -> Iterator[Fact]:
    """All that a reader can tell, of several segments or one."""
    yield from counts(reader)
    yield from stored(reader)
    for field in indexed(reader):
        yield from lexicon(reader, field)
    for field, term in reader.all_terms():
        yield from occurrences(reader, field, term)


def leaf_facts(reader: IndexReader) -> Iterator[Fact]:
    """What only the reader of one segment tells rightly.

    Whoosh's reader of several asks the wrong segment for a column that one of them lacks, has a cursor that
    cannot move, and fails on the extreme lengths of a field that one segment lacks.
    """
    yield from facts(reader)
    for field in indexed(reader):
        if field != "when":  # Whoosh takes the shifted terms of a date for dates, beyond what Python has
            yield from cursor(reader, field)
        if reader.field_length(field):  # without one, Whoosh raises TypeError
            yield f"max_field_length of {field}", reader.max_field_length(field)
            if all(reader.doc_field_length(n, field) for n in range(reader.doc_count_all())):
                # Where a document lacks the field, Whoosh's codecs disagree: 0, or the shortest of others'.
                yield f"min_field_length of {field}", reader.min_field_length(field)
    for field, kind in reader.schema.items():
        if kind.column_type is not None:
            yield from column(reader, field)


def indexed(reader: IndexReader) -> list[str]:
    """Return the indexed fields, without those that the schema had once."""
    return sorted(field for field in reader.indexed_field_names() if field in reader.schema)


def counts(reader: IndexReader) -> Iterator[Fact]:
    numbers = range(reader.doc_count_all())
    yield "documents", (reader.doc_count(), reader.doc_count_all(), reader.has_deletions())
    yield "deleted", [reader.is_deleted(n) for n in numbers]
    yield "all_doc_ids", list(reader.all_doc_ids())
    yield "indexed_field_names", indexed(reader)
    yield "all_terms", list(reader.all_terms())
    for field in (*reader.schema.names(), "some_more"):
        yield f"field_length of {field}", reader.field_length(field)
        # Of a document without one, Whoosh says None where others have one, and else the default.
        lengths = [reader.doc_field_length(n, field) or 0 for n in numbers]
        yield f"doc_field_length of {field}", lengths


def stored(reader: IndexReader) -> Iterator[Fact]:
    yield "stored_fields", [reader.stored_fields(n) for n in range(reader.doc_count_all())]
    yield "all_stored_fields", list(reader.all_stored_fields())
    yield "iter_docs", list(reader.iter_docs())


def lexicon(reader: IndexReader, field: str) -> Iterator[Fact]:
    assert (field, UNKNOWN) not in reader
    yield f"lexicon of {field}", list(reader.lexicon(field))
    unknown = reader.frequency(field, UNKNOWN), reader.doc_frequency(field, UNKNOWN)
    yield f"frequency of what is not in {field}", unknown
    for asked in (reader.term_info, reader.postings, reader.first_id):
        with pytest.raises(TermNotFound):
            asked(field, UNKNOWN)
    yield f"field_terms of {field}", list(reader.field_terms(field))
    # Of the fields behind, Whoosh leaves out the terms of segments that lack this one.
    yield f"terms_from {field}", [text for name, text in reader.terms_from(field, b"r") if name == field]
    yield f"iter_field {field}", [(text, told(info)) for text, info in reader.iter_field(field, b"s")]
    yield f"most_frequent_terms of {field}", reader.most_frequent_terms(field, 4, b"")
    if reader.doc_count():  # log(0) else
        yield f"most_distinctive_terms of {field}", reader.most_distinctive_terms(field, 4, b"")
    if field not in WORDLIKE:
        return
    for part in PARTS:
        yield f"expand_prefix {field} {part}", list(reader.expand_prefix(field, part))
    for word, distance, fixed in (("run", 1, 0), ("run", 2, 1), ("日", 1, 0)):
        within = reader.terms_within(field, word, distance, fixed)
        yield f"terms_within {distance} of {field} {word}", sorted(within)


def told(info: Any) -> tuple[object, ...]:
    """What a term's statistics say."""
    lengths, ids = (info.min_length(), info.max_length()), (info.min_id(), info.max_id())
    return (info.doc_frequency(), info.weight(), info.max_weight(), *lengths, *ids)


def occurrences(reader: IndexReader, field: str, term: bytes) -> Iterator[Fact]:
    name = f"{field}:{term!r}"
    assert (field, term) in reader
    yield f"term_info of {name}", told(reader.term_info(field, term))
    frequencies = reader.frequency(field, term), reader.doc_frequency(field, term)
    yield f"frequency of {name}", frequencies
    found = list(postings(reader, field, term))
    yield f"postings of {name}", found
    yield f"all_ids of {name}", list(reader.postings(field, term).all_ids())
    if found:
        yield f"first_id of {name}", reader.first_id(field, term)


KINDS = ("frequency", "weight", "positions", "position_boosts", "characters", "character_boosts")


def postings(reader: IndexReader, field: str, term: bytes) -> Iterator[tuple[object, ...]]:
    return map(posting, steps(reader.postings(field, term)))


def steps(matcher: Any) -> Iterator[Any]:
    """Yield the matcher at each of its places."""
    while matcher.is_active():
        yield matcher
        matcher.next()


def posting(matcher: Any) -> tuple[object, ...]:
    """What a matcher says of the document it stands on."""
    values = [matcher.value_as(kind) for kind in KINDS if matcher.supports(kind)]
    spans = matcher.spans() if matcher.supports("positions") else []
    places = [(span.start, span.end, span.startchar, span.endchar) for span in spans]
    return matcher.id(), matcher.weight(), values, places


def cursor(reader: IndexReader, field: str) -> Iterator[Fact]:
    walker, walked = reader.cursor(field), []
    while walker.is_valid():
        walked.append((walker.text(), told(walker.term_info())))
        walker.next()
    yield f"cursor of {field}", walked
    yield f"cursor of {field}, after the end", (walker.text(), walker.term_info())
    yield f"cursor of {field}, again", (walker.first(), walker.text(), walker.next())
    for part in (b"", b"r", b"run", b"\xff"):
        yield f"cursor of {field}, from {part!r}", (walker.find(part), walker.text(), walker.next())


def column(reader: IndexReader, field: str) -> Iterator[Fact]:
    yield f"has_column {field}", reader.has_column(field)
    numbers = range(reader.doc_count_all())
    kept = reader.column_reader(field, translate=False)
    yield f"column {field}", [kept[n] for n in numbers]
    yield f"column {field}, iterated", list(kept)
    yield f"column {field}, loaded", list(kept.load())
    yield f"column {field}, sort keys", [kept.sort_key(n) for n in numbers]
    if field != "when":  # Whoosh's default is no date that Python has
        read = reader.column_reader(field)
        yield f"column {field}, translated", [read[n] for n in numbers]
    if reader.schema[field].column_type.reversible:
        reverse = reader.column_reader(field, reverse=True, translate=False)
        yield f"column {field}, reverse", [reverse.sort_key(n) for n in numbers]


@pytest.mark.parametrize("examples", deep(20))
def test_an_index_reads_alike(examples: int) -> None:
    @often(examples)
    @given(histories(), st.booleans())
    def check(history: History, compound: bool) -> None:
        with read_twice(history, compound=compound) as (theirs, ours):
            if not theirs.is_atomic():
                assert_alike(facts(theirs), facts(ours))
            for leaf, our_leaf in zip(leaves(theirs), leaves(ours), strict=True):
                assert isinstance(our_leaf.codec(), ArrayCodec)
                assert_alike(leaf_facts(leaf), leaf_facts(our_leaf))

    check()


def hits(results: Results) -> Hits:
    return [(hit.docnum, hit.score) for hit in results]


def assert_hits_alike(expected: Hits, found: Hits, what: str) -> None:
    """The same hits with the same scores, in the same order but for scores that differ by rounding alone."""
    scores = dict(expected)
    problem = f"{what}:\n  Whoosh's codec: {expected}\n  ArrayCodec:     {found}"
    assert {number for number, _ in found} == scores.keys(), problem
    assert len(found) == len(expected), problem
    for (_, score), (number, our_score) in zip(expected, found, strict=True):
        assert math.isclose(score, our_score, rel_tol=CLOSE), problem
        assert math.isclose(scores[number], our_score, rel_tol=CLOSE), problem
    for (number, score), (after, next_score) in pairwise(found):
        assert score > next_score or number < after, problem
        assert scores[number] != scores[after] or number < after, problem


def has_no_spans(theirs: IndexReader, ours: IndexReader, asked: Any) -> bool:
    """Tell whether Whoosh itself fails, as for places of some prefixes within others; then ours must too."""
    failed = [fails(reader, asked) for reader in (theirs, ours)]
    assert failed[0] == failed[1]
    return failed[0]


def fails(reader: IndexReader, asked: Any) -> bool:
    try:
        Searcher(reader).search(asked, limit=None)
    except Exception as error:  # Whoosh's own: it has no class for it
        if str(error) != "Field does not support spans":
            raise
        return True
    return False


@pytest.mark.parametrize("examples", deep(35))
def test_queries_find_alike(examples: int) -> None:
    """All hits: which, their scores in three weightings, and their order."""

    @often(examples)
    @given(histories(), st.lists(queries() | column_values(), min_size=1, max_size=6))
    def check(history: History, asked: list[Any]) -> None:
        with read_twice(history) as (theirs, ours):
            for one in asked:
                if has_no_spans(theirs, ours, one):
                    continue
                for weighting in WEIGHTINGS:
                    assert_hits_alike(
                        hits(Searcher(theirs, weighting).search(one, limit=None)),
                        hits(Searcher(ours, weighting).search(one, limit=None)),
                        f"{one!r} by {weighting.__name__}",
                    )
                assert_alike(answers(Searcher(theirs), one), answers(Searcher(ours), one))

    check()


def answers(searcher: Searcher, asked: Any) -> Iterator[Fact]:
    """What else is asked about a query."""
    unscored = searcher.search(asked, limit=None, scored=False)
    yield f"unscored {asked!r}", [hit.docnum for hit in unscored]
    yield f"existing_terms {asked!r}", sorted(asked.existing_terms(searcher.reader(), expand=True))
    if not isinstance(asked, query.Sequence):  # Whoosh cannot search one without a context
        yield f"docs_for_query {asked!r}", list(searcher.docs_for_query(asked))


SPAN = datetime(2024, 1, 31), datetime(2024, 3, 1)

FACETS: Mapping[str, Any] = {
    "most numerous first": sorting.FieldFacet("number", reverse=True),
    "bit set first": sorting.FieldFacet("bit", reverse=True),
    "kind, greatest rank": sorting.MultiFacet(["kind", sorting.FieldFacet("rank", reverse=True)]),
    "score, number": [sorting.ScoreFacet(), "number"],
    "stored id": sorting.StoredFieldFacet("id"),
    "each tag": sorting.FieldFacet("tags", allow_overlap=True),
    "hundreds": sorting.RangeFacet("number", -300, 300, 100),
    "weeks": sorting.DateRangeFacet("when", *SPAN, timedelta(7)),
    "words": sorting.QueryFacet({"run": query.Term("plain", "run"), "x": query.Prefix("plain", "x")}),
    "two": {"by rank": sorting.FieldFacet("rank"), "by flag": sorting.FieldFacet("flag")},
}
"""What searches sort and group by, beside the names of fields; named, so that a failing test can be read."""

COLUMNS = ("number", "kind", "bit", "rank")
WITH_COLUMNS = Commit(added=({"id": "all", "number": 2, "kind": b"a", "bit": True, "rank": 5, "bag": "run"},))
"""A document that stays, for Whoosh cannot sort by a column that is in no segment."""

SORTED_BY = (*COLUMNS, "id", "when", "bag", "code", *list(FACETS)[:5])
GROUPED_BY = (*COLUMNS, "flag", "code", *list(FACETS)[5:])


def searches() -> st.SearchStrategy[dict[str, Any]]:
    """Options of a search for all hits, by score or by facets. Best hits alone are a test of their own."""
    options: dict[str, st.SearchStrategy[Any]] = {
        "filter": terms(),
        "mask": terms(),
        "terms": st.just(True),
        "groupedby": st.sampled_from(GROUPED_BY),
        "reverse": st.just(True),
        "collapse": st.sampled_from(COLUMNS),
    }
    sorted_by = {"sortedby": st.sampled_from(SORTED_BY), "limit": st.sampled_from((None, 3))}
    scored = st.fixed_dictionaries({"limit": st.none()}, optional=options)
    return scored | st.fixed_dictionaries(sorted_by, optional=options)


@pytest.mark.parametrize("examples", deep(25))
def test_searches_with_options_answer_alike(examples: int) -> None:
    """Filtered, masked, sorted, grouped, collapsed, and with the terms that matched."""

    @often(examples)
    @given(histories(), st.lists(st.tuples(queries(), searches()), min_size=1, max_size=6))
    def check(history: History, asked: list[tuple[Any, dict[str, Any]]]) -> None:
        with read_twice((WITH_COLUMNS, *history)) as (theirs, ours):
            for one, how in asked:
                if has_no_spans(theirs, ours, one):
                    continue
                what = f"{one!r} with {how}"
                expected, found = (result(reader, one, how) for reader in (theirs, ours))
                assert_alike(outcome(expected, what), outcome(found, what))
                if "sortedby" in how:
                    assert_alike([(what, hits(expected))], [(what, hits(found))])
                else:
                    order = -1 if "reverse" in how else 1
                    assert_hits_alike(hits(expected)[::order], hits(found)[::order], what)

    check()


def result(reader: IndexReader, asked: Any, how: Mapping[str, Any]) -> Results:
    named = {key: FACETS.get(how[key], how[key]) for key in ("sortedby", "groupedby") if key in how}
    return Searcher(reader).search(asked, **{**how, **named})


def outcome(found: Results, what: str) -> Iterator[Fact]:
    yield f"documents of {what}", sorted(found.docs())
    yield f"length of {what}", len(found)
    for name in found.facet_names():
        groups = found.groups(name)
        yield f"groups by {name} of {what}", {key: sorted(groups[key]) for key in groups}
    if found.has_matched_terms():
        yield f"termdocs of {what}", {term: sorted(found.termdocs[term]) for term in found.termdocs}
        yield f"docterms of {what}", {number: sorted(found.docterms[number]) for number in found.docterms}


@pytest.mark.parametrize("examples", deep(15))
def test_texts_are_highlighted_alike(examples: int) -> None:
    """Snippets, by stored text and by stored places; and what is like a hit."""

    @often(examples)
    @given(histories(), queries())
    def check(history: History, asked: Any) -> None:
        with read_twice(history) as (theirs, ours):
            if has_no_spans(theirs, ours, asked):
                return
            assert_alike(shown(Searcher(theirs), asked), shown(Searcher(ours), asked))

    check()


def shown(searcher: Searcher, asked: Any) -> Iterator[Fact]:
    found = searcher.search(asked, limit=None, terms=True)
    for fragmenter in (ContextFragmenter(), PinpointFragmenter()):
        found.fragmenter = fragmenter
        for hit in found:
            for field in {"stem", "chars"} & hit.fields().keys():
                name = f"{field} of {hit.docnum} for {asked!r}"
                yield f"highlights of {name}", hit.highlights(field)
                if hit[field]:
                    like = [other.docnum for other in hit.more_like_this(field, top=MANY)]
                    yield f"more like {name}", like


# What a matcher does is one of these, until it is at its end.
STEPS = st.just("next") | st.integers(0, 30)


@pytest.mark.parametrize("examples", deep(12))
def test_postings_are_walked_alike(examples: int) -> None:
    """By steps, and by leaps to the next document from a number on."""

    @often(examples)
    @given(histories(size=12), st.lists(st.tuples(st.integers(0), st.lists(STEPS)), min_size=1))
    def check(history: History, walks: list[tuple[int, list[str | int]]]) -> None:
        with read_twice(history) as (theirs, ours):
            for expected, found in zip((theirs, *leaves(theirs)), (ours, *leaves(ours)), strict=True):
                known = list(expected.all_terms())
                for number, steps in walks if known else ():
                    field, term = known[number % len(known)]
                    name = f"{field}:{term!r} by {steps}"
                    walk, our_walk = (list(walked(one, field, term, steps)) for one in (expected, found))
                    assert_alike([(name, walk)], [(name, our_walk)])

    check()


def walked(
    reader: IndexReader, field: str, term: bytes, steps: list[str | int]
) -> Iterator[tuple[object, ...] | None]:
    matcher = reader.postings(field, term)
    for step in steps:
        if not matcher.is_active():
            break
        if step == "next":
            matcher.next()
        else:
            matcher.skip_to(step)
        yield posting(matcher) if matcher.is_active() else None
    if reader.is_atomic():  # Whoosh's matcher for several segments begins again in one that has no postings
        matcher.reset()
        yield posting(matcher) if matcher.is_active() else None


VOCABULARY = tuple(f"w{n}" for n in range(40))
MANY = 400


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[IndexReader, IndexReader]]:
    """400 documents in one segment, so that terms have many postings; written twice."""
    chance = random.Random(3)
    common = [1 / (n + 1) for n in range(len(VOCABULARY))]

    def text() -> str:
        length = int(chance.paretovariate(0.8)) % 200 + 1
        return " ".join(chance.choices(VOCABULARY, common, k=length))

    def document(number: int) -> Document:
        tags = ",".join(chance.sample(VOCABULARY, 9))
        return {"id": f"d{number}", "plain": text(), "bag": text(), "tags": tags, "number": number % 20}

    with read_twice((Commit(added=tuple(map(document, range(MANY)))),)) as readers:
        yield readers


def test_many_documents_read_alike(many: tuple[IndexReader, IndexReader]) -> None:
    assert_alike(*map(leaf_facts, many))


def common_terms() -> st.SearchStrategy[Any]:
    fields = st.sampled_from(("plain", "bag", "tags"))
    return st.builds(query.Term, fields, st.sampled_from(VOCABULARY), st.sampled_from(BOOSTS))


def surely_best() -> st.SearchStrategy[Any]:
    """Queries of which Whoosh finds the best hits, however a codec cuts postings into blocks.

    Of others it may miss some. Where documents are deleted, or spans asked for, a skip may end on one that
    does not match. `And`, `Or` of two and `AndMaybe` skip a block of one term for what the current block of
    the other can add, though the two do not end together. `Not` and `Or` of three within others, and
    `DisjunctionMax`, claim a lower greatest score than they have; so does any with a boost, but a term.
    `Require` stops with an AssertionError.
    """
    several = st.lists(common_terms(), min_size=3, max_size=5)
    unranked = st.builds(query.ConstantScoreQuery, common_terms(), st.just(2.5))
    unranked |= st.builds(query.NumericRange, st.just("number"), st.integers(0, 9), st.integers(10, 19))
    both = st.tuples(common_terms(), unranked).map(lambda pair: query.And(list(pair)))
    return st.one_of(common_terms(), common_terms(), unranked, both, st.builds(query.Or, several))


def best_unless_hurried() -> st.SearchStrategy[Any]:
    """Queries of which Whoosh may miss some of the best hits: not with optimize=False (see `surely_best`)."""
    kinds = (query.AndNot, query.AndMaybe, query.Require, query.Otherwise)
    pair = st.lists(common_terms(), min_size=2, max_size=2)
    return st.one_of(
        st.builds(query.And, st.lists(common_terms(), min_size=2, max_size=3)),
        st.builds(query.Or, pair),
        *(st.builds(kind, common_terms(), common_terms()) for kind in kinds),
    )


WEIGHTED = st.sampled_from(WEIGHTINGS)
FEW = st.integers(1, 12)


@pytest.mark.parametrize("examples", deep(100))
def test_the_best_hits_are_the_first_of_all(many: tuple[IndexReader, IndexReader], examples: int) -> None:
    both = st.tuples(surely_best(), st.just(True)) | st.tuples(best_unless_hurried(), st.just(False))

    @often(examples)
    @given(both, WEIGHTED, FEW)
    def check(how: tuple[Any, bool], weighting: Any, limit: int) -> None:
        asked, hurry = how
        theirs, ours = (Searcher(reader, weighting) for reader in many)
        best = hits(ours.search(asked, limit=limit, optimize=hurry))
        assert best == hits(ours.search(asked, limit=None))[:limit]
        expected = hits(theirs.search(asked, limit=limit, optimize=hurry))
        assert [score for _, score in best] == pytest.approx([score for _, score in expected], rel=CLOSE)

    check()


@pytest.mark.parametrize("examples", deep(40))
def test_best_hits_in_a_hurry_are_hits(many: tuple[IndexReader, IndexReader], examples: int) -> None:
    """As many as asked for, and none that does not match or scores more than it should."""
    asked = best_unless_hurried().filter(lambda one: not isinstance(one, query.Require | query.AndNot))

    @often(examples)
    @given(asked, WEIGHTED, FEW)
    def check(asked: Any, weighting: Any, limit: int) -> None:
        ours = Searcher(many[1], weighting)
        every = dict(hits(ours.search(asked, limit=None)))
        best = hits(ours.search(asked, limit=limit))
        assert len(best) == min(limit, len(every))
        assert all(number in every and score <= every[number] * (1 + CLOSE) for number, score in best)

    check()


@pytest.mark.parametrize("examples", deep(60))
def test_quality_is_a_bound_of_scores(many: tuple[IndexReader, IndexReader], examples: int) -> None:
    @often(examples)
    @given(common_terms(), WEIGHTED, st.integers(0, MANY), st.floats(0, 1))
    def check(term: Any, weighting: Any, start: int, share: float) -> None:
        assert_bounds(Searcher(many[1], weighting), term.fieldname, term.text.encode(), start, share)

    check()


@pytest.mark.parametrize("examples", deep(6))
def test_quality_is_a_bound_of_scores_in_any_index(examples: int) -> None:
    @often(examples)
    @given(histories(size=12), WEIGHTED, st.integers(0, 5), st.floats(0, 1))
    def check(history: History, weighting: Any, start: int, share: float) -> None:
        with read_twice(history) as (_, ours):
            whole = Searcher(ours, weighting)  # the searchers of the segments hold no reference to it
            for searcher, _ in whole.leaf_searchers() if ours.segments() else ():
                for field, term in searcher.reader().all_terms():
                    assert_bounds(searcher, field, term, start, share)

    check()


def assert_bounds(searcher: Searcher, field: str, term: bytes, start: int, share: float) -> None:
    """The laws of `Matcher.max_quality`, `block_quality` and `skip_to_quality`, from a document on.

    `share` of the best score is the quality to skip to.
    """

    def matcher() -> Any:
        made = searcher.postings(field, term)
        if made.is_active():
            made.skip_to(start)
        return made

    scores, walker = {}, matcher()
    assert walker.supports_block_quality()
    for place in steps(walker):
        scores[place.id()] = place.score()
        assert place.score() <= place.block_quality() * (1 + CLOSE)
        assert place.block_quality() <= place.max_quality() * (1 + CLOSE)
    assert walker.block_quality() <= walker.max_quality()  # Whoosh asks for them at the end, too

    for quality in (share * max(scores.values(), default=0), *list(scores.values())[:3]):
        skipping = matcher()
        if skipping.is_active():
            skipping.skip_to_quality(quality)
        assert not skipping.is_active() or skipping.block_quality() > quality
        left = {place.id() for place in steps(skipping)}
        assert {number for number in scores if scores[number] > quality} <= left


RANKED = ("stem", "plain", "bag", "chars", "heavy", "topics", "grams", "starts")
FIELD_BOOSTS = {"heavy": 2.5, "topics": 0.5}


def naive(documents: Sequence[Document], asked: Any) -> dict[int, float]:
    """The ranking in obvious lines: BM25F of terms, summed by Or, and by And where all match."""
    if isinstance(asked, query.Term):
        return naive_term(documents, asked.fieldname, asked.text, asked.boost)
    parts = [naive(documents, one) for one in asked.subqueries]
    numbers = {number for part in parts for number in part}
    if isinstance(asked, query.And):
        numbers = {number for number in numbers if all(number in part for part in parts)}
    return {number: sum(part.get(number, 0) for part in parts) for number in numbers}


def naive_term(documents: Sequence[Document], field: str, text: str, boost: float) -> dict[int, float]:
    terms = [terms_of(document.get(field, ""), field) for document in documents]
    holding = [number for number, found in enumerate(terms) if text in found]
    mean = sum(map(len, terms)) / len(documents)
    scores = {}
    for number in holding:
        document = documents[number]
        said = document.get(f"_{field}_boost", document.get("_boost", 1.0)) * FIELD_BOOSTS.get(field, 1.0)
        weight = terms[number].count(text) * said
        if field in RANKED:
            length = byte_to_length(length_to_byte(len(terms[number])))
            idf = math.log(len(documents) / (len(holding) + 1)) + 1
            weight = idf * weight * 2.2 / (weight + 1.2 * (0.25 + 0.75 * length / mean))
        scores[number] = weight * boost
    return scores


def terms_of(value: str | list[str], field: str) -> list[str]:
    if isinstance(value, list):
        return value
    return [token.text for token in schema()[field].analyzer(value, mode="index")]


def ranked_queries() -> st.SearchStrategy[Any]:
    fields = st.sampled_from((*RANKED, "tags"))
    leaf = st.builds(query.Term, fields, st.sampled_from((*WORDS, "ru", "run", "x")), st.sampled_from(BOOSTS))
    return st.recursive(leaf, _of_ranked, max_leaves=6)


def _of_ranked(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=4)
    return st.builds(query.And, several) | st.builds(query.Or, several)


@pytest.mark.parametrize("examples", deep(30))
def test_scores_are_those_of_the_naive_ranking(examples: int) -> None:
    @often(examples)
    @given(st.lists(any_documents(), min_size=1, max_size=8), st.lists(ranked_queries(), min_size=1))
    def check(added: list[Document], asked: list[Any]) -> None:
        with read_twice((Commit(added=tuple(added)),)) as readers:
            for one in asked:
                expected = naive(added, one)
                for reader in readers:
                    found = hits(Searcher(reader).search(one, limit=None))
                    assert dict(found) == pytest.approx(expected, rel=CLOSE)
                    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))

    check()


@pytest.mark.parametrize("examples", deep(5))
@pytest.mark.parametrize("merging", ["ArrayCodec", "either"])
def test_segments_of_both_codecs_live_in_one_index(examples: int, merging: str) -> None:
    """Written in turn; what Whoosh's codec wrote is merged by ours, or each by the other."""
    codecs = st.lists(st.sampled_from((ArrayCodec, default_codec)), min_size=7, max_size=7)

    @often(examples)
    @given(histories(), codecs)
    def check(history: History, drawn: list[Make]) -> None:
        if merging == "ArrayCodec":
            drawn = [
                make if commit.end == "append" else ArrayCodec
                for commit, make in zip(history, drawn, strict=False)
            ]
        with read_twice(history, drawn) as (theirs, ours):
            assert_alike(facts(theirs), facts(ours))

    check()


@pytest.mark.parametrize("examples", deep(10))
def test_vectors_read_alike(examples: int) -> None:
    kinds = fields.Schema(
        id=fields.ID(unique=True, stored=True),
        plain=fields.TEXT(RegexTokenizer(), vector=True),
        chars=fields.TEXT(RegexTokenizer(), vector=formats.Characters()),
        tags=fields.KEYWORD(commas=True, vector=formats.Frequency()),
        number=fields.NUMERIC(),
        flag=fields.BOOLEAN(),
    )
    document = any_documents().map(lambda one: {key: one[key] for key in one if key in kinds})

    @often(examples)
    @given(histories(documents=document))
    def check(history: History) -> None:
        with read_twice(history, fields=kinds) as (theirs, ours):
            assert_alike(vectors(theirs), vectors(ours))

    check()


def vectors(reader: IndexReader) -> Iterator[Fact]:
    for number in range(reader.doc_count_all()):
        for field in ("plain", "chars", "tags"):
            name = f"vector of {field} in {number}"
            yield f"has {name}", reader.has_vector(number, field)
            if reader.has_vector(number, field):
                yield name, [posting(vector) for vector in steps(reader.vector(number, field))]
                yield f"{name}, weights", list(reader.vector_as("weight", number, field))


NUMERIC_COLUMNS = [
    (columns.NumericColumn(code, default=default), st.integers(least, greatest))
    for code, default, least, greatest in (
        ("b", 0, -128, 127),
        ("B", 255, 0, 255),
        ("h", 0, -(2**15), 2**15 - 1),
        ("H", 0, 0, 2**16 - 1),
        ("i", -1, -(2**31), 2**31 - 1),
        ("I", 0, 0, 2**32 - 1),
        ("q", -(2**63), -(2**63), 2**63 - 1),
        ("Q", 2**64 - 1, 0, 2**64 - 1),
    )
]
ALL_COLUMNS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    *NUMERIC_COLUMNS,
    (columns.NumericColumn("f"), st.floats(width=32, allow_nan=False)),
    (columns.NumericColumn("d", default=math.nan), st.floats()),
    (columns.BitColumn(), st.booleans()),
    (columns.BitColumn(compress_at=0), st.booleans()),
    (columns.VarBytesColumn(), st.binary(max_size=300)),
    (columns.VarBytesColumn(write_offsets_cutoff=1), st.binary(max_size=300)),
    (columns.FixedBytesColumn(3), st.binary(min_size=3, max_size=3)),
    (columns.RefBytesColumn(), st.binary(max_size=2)),
    (columns.RefBytesColumn(fixedlen=2, default=b"xy"), st.binary(min_size=2, max_size=2)),
    (columns.CompressedBytesColumn(), st.binary(max_size=300)),
    (columns.StructColumn("!iB", (0, 1)), st.tuples(st.integers(-9, 9), st.integers(0, 255))),
    (columns.VarBytesListColumn(), st.lists(st.binary(max_size=3), max_size=3)),
    (columns.FixedBytesListColumn(2), st.lists(st.binary(min_size=2, max_size=2), max_size=3)),
]
"""Not Whoosh's pickles by name, `PickleColumn` and `CompressedBlockColumn`, nor `ClampedNumericColumn`, which
keeps the greatest number for any."""


@pytest.mark.parametrize("column", ALL_COLUMNS, ids=lambda column: type(column[0]).__name__)
@pytest.mark.parametrize("examples", deep(6))
def test_any_column_reads_alike(examples: int, column: tuple[Any, st.SearchStrategy[Any]]) -> None:
    kinds = fields.Schema(id=fields.ID(unique=True), value=fields.COLUMN(column[0]))
    document = st.fixed_dictionaries({"id": st.sampled_from(IDS)}, optional={"value": column[1]})

    @often(examples)
    @given(histories(4, 6, document, deleted_by=("id",)))
    def check(history: History) -> None:
        with read_twice(history, fields=kinds) as readers:
            for leaf, our_leaf in zip(*map(leaves, readers), strict=True):
                assert our_leaf.has_column("value") == leaf.has_column("value")
                if leaf.has_column("value"):  # Whoosh's columns of lists have no default
                    both = (reader.column_reader("value") for reader in (leaf, our_leaf))
                    numbers = range(leaf.doc_count_all())
                    assert_alike(*([("value", [read[n] for n in numbers])] for read in both))

    check()


@pytest.mark.parametrize(
    "value",
    [
        b"bytes \x00\xff",
        datetime(2024, 2, 29, 12, 30, 1, 999999),
        date(2024, 2, 29),
        Decimal("1.10"),
        2**70,
        -(2**70),
        math.inf,
        ("a", 1),
        {"a": (1, [b"x"])},
        {1: "number", None: "none"},
        {"a", "b"},
        "\ud800",
    ],
    ids=repr,
)
def test_a_stored_value_stays_what_it_is_or_is_refused(tmp_path: Path, value: object) -> None:
    index = build(tmp_path / "index", (), ())
    writer = index.writer(codec=ArrayCodec())
    try:
        writer.add_document(id="doc1", note=value)
        writer.commit()
    except (TypeError, ValueError):
        return
    with index.reader() as reader:
        kept = reader.stored_fields(0)["note"]
    assert kept == value
    assert repr(kept) == repr(value) or isinstance(value, set)


def test_a_refused_document_leaves_nothing(tmp_path: Path) -> None:
    """One that Whoosh refuses at its first field: at a later one, it keeps the terms of those before."""
    readers = []
    for codec in (default_codec, ArrayCodec):
        index = build(tmp_path / codec.__name__, (), ())
        writer = index.writer(codec=codec())
        writer.add_document(**FULL)
        with pytest.raises(ValueError, match="out of range"):
            writer.add_document(number=2**40, plain="never")
        writer.add_document(id="doc2", plain="run")
        writer.commit()
        readers.append(index.reader())
    assert_alike(*map(leaf_facts, readers))


@pytest.mark.parametrize("end", ["append", "optimize"])
def test_fields_come_and_go_alike(tmp_path: Path, end: str) -> None:
    readers = []
    for codec in (default_codec, ArrayCodec):
        index = build(tmp_path / codec.__name__, EXAMPLE, repeat(codec))
        writer = index.writer(codec=codec())
        for field in ("plain", "rank", "number", "chars", "topics"):
            writer.remove_field(field)
        writer.add_field("later", fields.TEXT(stored=True, sortable=True))
        writer.add_document(id="doc5", later="a field that came later")
        writer.commit(**MERGES[end])
        readers.append(index.reader())
    assert_alike(*map(facts, readers))
    for leaf, our_leaf in zip(*map(leaves, readers), strict=True):
        assert_alike(leaf_facts(leaf), leaf_facts(our_leaf))


def test_great_texts_read_alike() -> None:
    """More words and greater places than 16 bits hold, and a length beyond what a byte can say."""
    text = said([("run", 66_000), ("sort", 1), ("run", 41_000)])
    great = {"id": "doc1", "plain": text, "chars": text[:70_000], "blob": bytes(70_000)}
    with read_twice((Commit(added=(FULL, great)),)) as readers:
        assert_alike(*map(leaf_facts, readers))


MORE = 70_000


@pytest.mark.slow
def test_many_small_documents_read_alike() -> None:
    """More documents than 16 bits hold."""
    small = (
        {"id": f"d{n}", "plain": WORDS[n % 7], "rank": n, "kind": b"%d" % (n % 300)} for n in range(70_000)
    )
    with read_twice((Commit(added=tuple(small)),)) as readers:
        assert_alike(*map(leaf_facts, readers))


RUNS_WHAT_IT_READS = re.compile(r"(_|c|read_|write_)?pickle|marshal|shelve|copyreg|dill|eval|exec")


@pytest.mark.parametrize("path", sorted(ROOT.glob("index/**/*.py")), ids=str)
def test_no_module_of_the_index_runs_what_it_reads(path: Path) -> None:
    with tokenize.open(path) as source:
        tokens = list(tokenize.generate_tokens(source.readline))
    names = [token for token in tokens if token.type == tokenize.NAME]
    assert not [token.line for token in names if RUNS_WHAT_IT_READS.fullmatch(token.string)]


class Unpickled(Exception):
    """Raised where something is read that may be code."""


def forbid_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way to read a pickle, under any name that a module has for it, raise `Unpickled`."""

    def refuse(*_: object, **__: object) -> None:
        raise Unpickled

    readers = (pickle.load, pickle.loads, pickle.Unpickler, pickle._load, pickle._loads, pickle._Unpickler)  # type: ignore[attr-defined]
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()) if isinstance(module, ModuleType) else ():
            if any(value is reader for reader in readers):
                monkeypatch.setattr(module, name, refuse)


QUESTIONS = (
    query.Term("plain", "run"),
    query.Or([query.Term("plain", "run"), query.Term("stem", "sort"), query.Term("tags", "c++")]),
    query.Phrase("plain", ["sort", "run"]),
    query.SpanNear2([query.Term("chars", "sort"), query.Prefix("chars", "vec")], slop=2),
    query.And([query.NumericRange("number", -300, 7), query.FuzzyTerm("bag", "rnu", maxdist=2)]),
    query.Every("grams"),
    query.ConstantScoreQuery(ColumnIs("kind", b"bb")),
)


def read_everything(readers: Iterable[IndexReader]) -> None:
    for reader in readers:
        searcher = Searcher(reader)
        found = searcher.search(query.Every(), sortedby="number", groupedby="flag")
        asked = (fact for one in QUESTIONS for fact in answers(searcher, one))
        shows = shown(searcher, QUESTIONS[1])
        assert [*leaf_facts(reader), *asked, *shows, *outcome(found, "everything")]


@pytest.mark.parametrize(
    "codec",
    [ArrayCodec, pytest.param(default_codec, marks=pytest.mark.xfail(raises=Unpickled, strict=True))],
    ids=["ArrayCodec", "Whoosh's codec"],
)
def test_reading_an_index_unpickles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: Make
) -> None:
    """Segment by segment: Whoosh's table of contents, which lists them, is a pickle."""
    index = build(tmp_path / "index", EXAMPLE, repeat(codec))
    with index.reader() as reader:
        segments = reader.segments()
    assert len(segments) > 1

    def opened() -> Iterator[IndexReader]:
        return (SegmentReader(index.storage, schema(), segment) for segment in segments)

    read_everything(opened())  # whatever is imported on the way is imported now
    forbid_pickles(monkeypatch)
    read_everything(opened())
