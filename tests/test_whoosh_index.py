"""An archive's index under Whoosh: queries find what they should, and score as over an index of its own."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from askive.archive.records import Question
from askive.index.errors import IndexUnusable
from askive.index.queries import AcrossFields, AnyTerm, ColumnRange, Filter, PhraseAcross, Weighed
from askive.index.schema import BOOSTS, STEM_FIELDS, WORD_FIELDS, entry, words_field
from askive.index.snapshot import Snapshot
from askive.index.whoosh_index import ArchiveIndex, LiveSearcher, answered, whoosh_index
from askive.index.whoosh_schema import schema
from askive.tests import strategies
from askive.tests.index_archive import ARCHIVE_ID, History, best, build, day, question
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as w
from whoosh.index import FileIndex, create_in
from whoosh.scoring import TF_IDF
from whoosh.searching import Searcher
from whoosh.sorting import FieldFacet

CLOSE = 1e-4
"""How far apart two scores may be: Whoosh keeps weights as 32-bit floats."""

Found = dict[str, float]
"""The ids of the questions that were found, and their scores."""


def deep(examples: int) -> list[Any]:
    """Return the numbers of examples of a test: for every day, and for the slow round."""
    return [examples, pytest.param(20 * examples, marks=pytest.mark.slow)]


def often(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=checks, report_multiple_bugs=False
    )


# One archive, in three segments, with questions that were replaced and deleted.

SORTING = question(
    "stackoverflow.com:1",
    "How do I sort a vector in C++?",
    "I have a vector of numbers, encrypted numbers. Encryption is not needed.",
    tags=["c++", "sorting"],
    answers=["Use std::sort and running totals."],
    created=day("2012-04-30"),
    score=12,
    site="stackoverflow.com",
    author="Ada Lovelace",
)
LISTS = question(
    "stackoverflow.com:2",
    "How do I sort a list in C#?",
    "The list is long, and a vector is no list.",
    tags=["c#", "sorting"],
    comments=["Have you tried turning it off and on again?"],
    created=day("2013-01-01"),
    score=-3,
    site="stackoverflow.com",
)
RUNNING = question(
    "cooking.example:7",
    "Who runs the kitchen?",
    "She ran, he runs, they were running: sort it out, cryptic as it is.",
    tags=["kitchen"],
    created=day("2011-06-01"),
    site="cooking.example",
)
UNDATED = question(
    "text:0123456789ab", "Vector fields", "A field of vectors; sort of.", tags=["c++", "maths"]
)
OTHERS = tuple(
    question(f"other.example:{n}", f"Other question {n}", "Nothing here to sort.", site="other.example")
    for n in range(10)
)
OTHER_IDS = {one.id for one in OTHERS[2:]} | {"other.example:0"}


def history() -> Iterator[History]:
    """Yield the states of the archive; each is a commit of the index."""
    archive = History([replace(SORTING, title="Sorting sorting sorting"), LISTS, *OTHERS])
    yield archive
    archive.put(SORTING, RUNNING)
    archive.delete(OTHERS[1].id)
    yield archive
    archive.put(UNDATED)
    yield archive


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index")
    for state in history():
        build(made, state).close()
    return made


@pytest.fixture
def searcher(directory: Path) -> Iterator[LiveSearcher]:
    with whoosh_index(directory, ARCHIVE_ID).searcher() as opened:
        assert len(opened.leaf_searchers()) == 3
        assert opened.reader().has_deletions()
        yield opened


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    archive = list(history())[-1]
    with written_by_whoosh(tmp_path_factory.mktemp("stock"), live(archive)).searcher() as opened:
        yield opened


def live(archive: History) -> list[Question]:
    return [question for _, question in archive.now.values() if question]


def written_by_whoosh(directory: Path, questions: Iterable[Question]) -> FileIndex:
    """Return an index of Whoosh's own with these questions, in one commit."""
    index = create_in(str(directory), schema())
    writer = index.writer()
    for one in questions:
        writer.add_document(**values(one))
    writer.commit()
    return index


def values(asked: Question) -> dict[str, Any]:
    """Return a question as Whoosh's writers take it."""
    of = entry(asked)
    made: dict[str, Any] = {"id": of.id, **of.numbers}
    for name, text in of.texts.items():
        made[name] = text
        if name in STEM_FIELDS:
            made[words_field(name)] = text
    made |= {name: list(names) for name, names in of.keywords.items() if names}
    return made | {name: "\x1f".join(names).encode() for name, names in of.sets.items()}


def found(searcher: Searcher, asked: w.Query, **options: Any) -> Found:
    hits = searcher.search(asked, limit=None, **options)
    ids = searcher.reader().column_reader("id") if searcher.doc_count_all() else {}
    return {ids[hit.docnum]: hit.score for hit in hits}


def assert_alike(expected: Mapping[str, float], actual: Mapping[str, float], what: object) -> None:
    problem = f"{what}:\n  expected {expected}\n  found    {actual}"
    assert expected.keys() == actual.keys(), problem
    for name, score in expected.items():
        assert math.isclose(score, actual[name], rel_tol=CLOSE, abs_tol=1e-9), problem


ONE, TWO, SEVEN, TEXT = "stackoverflow.com:1", "stackoverflow.com:2", "cooking.example:7", "text:0123456789ab"

QUERIES: Sequence[tuple[w.Query, set[str]]] = (
    (w.Term("title", "vector"), {ONE, TEXT}),
    (w.Term("question", "vector"), {ONE, TWO, TEXT}),
    (w.Term("question", "run"), {SEVEN}),
    (w.Term("question_words", "run"), set()),
    (w.Term("question_words", "running"), {SEVEN}),
    (w.Term("question_words", "ran"), {SEVEN}),
    (w.Term("question_words", "vector"), {ONE, TWO}),
    (w.Term("question_words", "vectors"), {TEXT}),
    (w.Term("title_words", "c++"), {ONE}),
    (w.Term("title_words", "sorting"), set()),
    (w.Term("nowhere", "sorting"), set()),
    (w.Term("tag", "c++"), {ONE, TEXT}),
    (w.Term("site", "stackoverflow"), {ONE, TWO}),
    (w.Term("user_words", "lovelace"), {ONE}),
    (w.Term("id", TWO), {TWO}),
    (w.Term("id", "other.example:1"), set()),
    (w.Prefix("id", "stackoverflow.com:"), {ONE, TWO}),
    (w.Wildcard("id", "*:?"), {ONE, TWO, SEVEN, *OTHER_IDS}),
    (w.Phrase("question_words", ["vector", "is", "no", "list"]), {TWO}),
    (w.Phrase("question_words", ["vector", "no"], slop=2), {TWO}),
    (w.Phrase("question_words", ["no", "vector"], slop=3), set()),
    (w.Phrase("question", ["run", "sort", "it"]), {SEVEN}),
    (w.Prefix("question_words", "encrypt"), {ONE}),
    (w.Prefix("question_words", "vector"), {ONE, TWO, TEXT}),
    (w.Wildcard("question_words", "*crypt*"), {ONE, SEVEN}),
    (w.Wildcard("question_words", "r?n"), {SEVEN}),
    (w.Regex("title_words", "c[+#]+"), {ONE, TWO}),
    (w.FuzzyTerm("question_words", "vektor", maxdist=1), {ONE, TWO}),
    (w.FuzzyTerm("title_words", "listt"), {TWO}),
    (w.TermRange("tag", "c", "c++"), {ONE, TWO, TEXT}),
    (w.And([w.Term("question", "vector"), w.Prefix("question_words", "num")]), {ONE}),
    (w.Or([w.Term("title", "kitchen"), w.Term("tag", "maths")]), {SEVEN, TEXT}),
    (w.And([w.Term("question", "sort"), w.Not(w.Term("site", "other.example"))]), {SEVEN, TEXT}),
    (w.AndNot(w.Term("question", "vector"), w.Term("title", "sort")), {TEXT}),
    (w.Every(), {ONE, TWO, SEVEN, TEXT, *OTHER_IDS}),
    (w.Every("comment"), {TWO}),
    (w.SpanNear2([w.Term("question", "field"), w.Prefix("question", "vect")], slop=2), {TEXT}),
)


@pytest.mark.parametrize(("asked", "ids"), QUERIES, ids=repr)
def test_queries_of_whoosh_find(searcher: LiveSearcher, asked: w.Query, ids: set[str]) -> None:
    assert found(searcher, asked).keys() == ids


SCORED = [asked for asked, _ in QUERIES if not getattr(asked, "constantscore", False)]


@pytest.mark.parametrize("asked", SCORED, ids=repr)
def test_scores_are_those_over_an_index_written_by_whoosh(
    searcher: LiveSearcher, stock: Searcher, asked: w.Query
) -> None:
    assert_alike(found(stock, asked), found(searcher, asked), asked)


def test_another_weighting_counts_the_questions_that_are_there(directory: Path, stock: Searcher) -> None:
    asked = w.Or([w.Term("question", "sort"), w.Term("title_words", "sort")])
    with whoosh_index(directory, ARCHIVE_ID).searcher(weighting=TF_IDF()) as opened:
        assert_alike(found(Searcher(stock.reader(), TF_IDF()), asked), found(opened, asked), asked)


@pytest.mark.parametrize("reverse", [False, True])
def test_hits_are_sorted_by_a_column(searcher: LiveSearcher, reverse: bool) -> None:
    asked = w.Or([w.Term("id", id) for id in (ONE, TWO, SEVEN, TEXT)])
    dated = [TEXT, SEVEN, ONE, TWO]
    by_date = FieldFacet("created", reverse=reverse)
    assert list(found(searcher, asked, sortedby=by_date)) == (dated[::-1] if reverse else dated)
    assert list(found(searcher, asked, sortedby="id")) == sorted(dated)


@pytest.mark.parametrize("field", ["site", "site_facet", "tag_facet"])
def test_hits_are_grouped_as_over_an_index_written_by_whoosh(
    searcher: LiveSearcher, stock: Searcher, field: str
) -> None:
    asked = w.Term("question", "sort") | w.Term("question", "vector")
    groups = []
    for one in (stock, searcher):
        ids = one.reader().column_reader("id")
        results = one.search(asked, groupedby=field, limit=None)
        groups.append({name: {ids[n] for n in some} for name, some in results.groups(field).items()})
    assert groups[0] == groups[1]
    assert len(groups[0]) > 1


def test_facts_about_the_index(searcher: LiveSearcher) -> None:
    reader = searcher.reader()
    assert searcher.document_number(id=SEVEN) is not None
    assert searcher.document_number(id="other.example:1") is None
    assert list(reader.lexicon("tag")) == [b"c#", b"c++", b"kitchen", b"maths", b"sorting"]
    assert list(reader.expand_prefix("title_words", "v")) == [b"vector"]
    assert sorted(reader.terms_within("title_words", "vectr", 1)) == ["vector"]
    assert reader.field_length("title_words") == reader.field_length("title") > 0
    assert reader.stored_fields(0) == {}


# What goes on beside.


def test_a_searcher_can_be_refreshed(tmp_path: Path) -> None:
    archive = History([SORTING])
    build(tmp_path, archive).close()
    index = whoosh_index(tmp_path, ARCHIVE_ID)
    before = index.searcher()
    assert before.up_to_date()
    assert before.refresh() is before
    archive.put(LISTS)
    archive.delete(SORTING.id)
    build(tmp_path, archive).close()
    assert not before.up_to_date()
    with before.refresh() as after:
        assert found(after, w.Every()).keys() == {TWO}
        assert after.up_to_date()
    assert index.doc_count() == 1
    assert index.latest_generation() == 1
    assert index.last_modified() > 0


def test_an_empty_index_is_searched(tmp_path: Path) -> None:
    build(tmp_path, History()).close()
    index = whoosh_index(tmp_path, ARCHIVE_ID)
    assert index.is_empty()
    with index.searcher() as opened:
        assert len(opened.search(w.Term("title", "sort"))) == 0
        assert len(opened.search(w.Prefix("title", "s"))) == 0


def test_whoosh_cannot_write_it(directory: Path) -> None:
    files = sorted(directory.iterdir())
    index = whoosh_index(directory, ARCHIVE_ID)
    for write in (index.writer, index.optimize, lambda: index.remove_field("title")):
        with pytest.raises(TypeError, match=r"askive\.index\.build"):
            write()
    assert sorted(directory.iterdir()) == files


def test_an_index_that_cannot_be_trusted_is_refused(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="missing"):
        whoosh_index(tmp_path, ARCHIVE_ID)
    with pytest.raises(IndexUnusable, match="another archive"):
        whoosh_index(directory, "f" * 16)
    damaged = tmp_path / "damaged"
    shutil.copytree(directory, damaged)
    index = whoosh_index(damaged, ARCHIVE_ID)
    next(damaged.glob("*.postings")).unlink()
    with pytest.raises(IndexUnusable, match="torn"):
        index.searcher()


# Any archive: against an index written by Whoosh.

WORDS = ("run", "runs", "running", "sort", "sorted", "vector", "node.js", "c++", "café", "日本語", "x")
ASKED = (*WORDS, "node", "js", "cafe", "日", "日本", "vectr", "absent", "")
PARTS = ("r", "run", "so", "v", "caf", "日", "n", "x")
STEMMED = ("title", "question", "answer", "tagwords", "blurb", "comment")
UNSTEMMED = tuple(words_field(name) for name in STEMMED)
TEXTUAL = (*STEMMED, *UNSTEMMED, *WORD_FIELDS)
IDS = tuple(f"example.org:{n}" for n in range(6))


def texts() -> st.SearchStrategy[str]:
    """A few words, some of them many times."""
    said = st.tuples(st.sampled_from(WORDS), st.sampled_from((1, 1, 1, 2, 40)))
    return st.lists(said, max_size=6).map(lambda some: " ".join(word for word, n in some for _ in range(n)))


def worded() -> st.SearchStrategy[Question]:
    """A question of few words, so that they come again."""
    return st.builds(
        question,
        st.sampled_from(IDS),
        texts(),
        texts(),
        tags=st.lists(st.sampled_from(("c++", "node.js", "sort")), unique=True, max_size=2),
        answers=st.lists(texts(), max_size=2),
        comments=st.lists(texts(), max_size=1),
        score=st.none() | st.integers(-3, 3),
        site=st.sampled_from((None, "example.org")),
    )


def changes() -> st.SearchStrategy[tuple[list[Question], list[str]]]:
    """Questions to put, of few words or of any, and ids of others to delete."""
    awkward = strategies.questions(ids=st.sampled_from(IDS))
    put = st.lists(worded() | awkward, max_size=4, unique_by=lambda one: one.id)
    return st.tuples(put, st.lists(st.sampled_from(IDS), max_size=1))


def histories() -> st.SearchStrategy[list[tuple[list[Question], list[str]]]]:
    return st.lists(changes(), min_size=1, max_size=4)


@contextmanager
def built(commits: Sequence[tuple[list[Question], list[str]]]) -> Iterator[tuple[Path, History]]:
    """Make an index, with one update for each of the changes."""
    with tempfile.TemporaryDirectory() as folder:
        archive = History()
        for put, deleted in commits:
            archive.put(*put)
            archive.delete(*deleted)
            build(Path(folder, "index"), archive).close()
        yield Path(folder, "index"), archive


def leaves_of_whoosh() -> st.SearchStrategy[w.Query]:
    """Queries of which Whoosh scores every term, whatever segments these are in."""
    field, boost = st.sampled_from(TEXTUAL), st.sampled_from((1.0, 0.5, 3.0))
    word, scored = st.sampled_from(ASKED), st.just(False)
    phrase = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
    return st.one_of(
        st.builds(w.Term, field, word, boost),
        st.builds(w.Term, st.just("tag"), st.sampled_from(("c++", "node.js", "sort", "absent")), boost),
        st.builds(w.Term, st.just("id"), st.sampled_from(IDS)),
        st.builds(w.Phrase, field, phrase, st.integers(1, 3), boost),
        st.builds(w.Prefix, field, st.sampled_from(PARTS), boost, scored),
        st.builds(w.Wildcard, field, st.sampled_from(("*r*", "?un*", "[sv]*", "??")), boost, scored),
        st.builds(w.FuzzyTerm, field, word, boost, st.integers(1, 2), st.just(0), scored),
        st.just(w.Every()),
    )


def composed(inner: st.SearchStrategy[w.Query]) -> st.SearchStrategy[w.Query]:
    """Queries of others.

    No `AndNot`: Whoosh's keeps a first document that the second query matches, too. No `DisjunctionMax`:
    Whoosh's scores a document by parts of it that stand at a later one.
    """
    several = st.lists(inner, min_size=2, max_size=4)
    pairs = (w.AndMaybe, w.Require)
    return st.one_of(
        st.builds(w.And, several),
        st.builds(w.Or, several),
        *(st.builds(kind, inner, inner) for kind in pairs),
    )


def queries_of_whoosh() -> st.SearchStrategy[w.Query]:
    return st.recursive(
        leaves_of_whoosh() | st.builds(w.Every, st.sampled_from(TEXTUAL)), composed, max_leaves=5
    )


@pytest.mark.parametrize("examples", deep(30))
def test_any_archive_is_searched_as_an_index_written_by_whoosh(examples: int) -> None:
    @often(examples)
    @given(histories(), st.lists(queries_of_whoosh(), min_size=1, max_size=8))
    def check(commits: list[tuple[list[Question], list[str]]], asked: list[w.Query]) -> None:
        with built(commits) as (directory, archive), tempfile.TemporaryDirectory() as folder:
            stock = written_by_whoosh(Path(folder), live(archive))
            with stock.searcher() as theirs, whoosh_index(directory, ARCHIVE_ID).searcher() as ours:
                for one in asked:
                    assert_alike(through_matchers(theirs, one), through_matchers(ours, one), one)
                assert_same_terms(theirs, ours)

    check()


def through_matchers(searcher: Searcher, asked: w.Query) -> Found:
    """Return as `found`, without the shortcuts that Whoosh's collectors take."""
    answers: Found = {}
    for leaf, _ in searcher.leaf_searchers() if searcher.doc_count_all() else ():
        ids = leaf.reader().column_reader("id")
        docs, scores = answered(asked, leaf)
        answers |= {ids[n]: score for n, score in zip(docs.tolist(), scores.tolist(), strict=True)}
    return answers


def assert_same_terms(theirs: Searcher, ours: Searcher) -> None:
    """Both have the same terms in the questions that are there, each as often."""
    expected, actual = (dict(term_counts(one)) for one in (theirs, ours))
    assert expected == actual


def term_counts(searcher: Searcher) -> Iterator[tuple[tuple[str, bytes], list[tuple[str, float]]]]:
    ids = searcher.reader().column_reader("id") if searcher.doc_count_all() else {}
    for field, text in searcher.reader().all_terms():
        matcher = searcher.reader().postings(field, text)
        counted = []
        while matcher.is_active():
            counted.append((ids[matcher.id()], matcher.weight()))
            matcher.next()
        if counted:
            yield (field, text), sorted(counted)


# The evaluator and Whoosh.


def ours(snapshot: Snapshot, asked: w.Query) -> Found:
    """Return what the evaluator finds."""
    total, ranked = best(snapshot, asked, 100)
    assert total == len(ranked)
    return {id: score for id, score, _ in ranked}


RANKED = tuple(BOOSTS.items())

UNKNOWN: Sequence[tuple[w.Query, set[str]]] = (
    (w.Prefix("question_words", "encrypt"), {ONE}),
    (w.FuzzyTerm("question_words", "vektor", maxdist=1), {ONE, TWO}),
    (w.And([w.Term("question", "vector"), w.Wildcard("title_words", "*ist")]), {TWO}),
    (w.And([w.Prefix("title_words", "v"), w.FuzzyTerm("title_words", "vectr")]), {ONE, TEXT}),
    (w.Or([w.Term("title", "kitchen"), w.Prefix("title", "l"), w.Every("blurb")]), {SEVEN, TWO}),
    (w.DisjunctionMax([w.Term("title", "vector"), AcrossFields("vector", RANKED)]), {ONE, TWO, TEXT}),
    (w.AndNot(AcrossFields("vector", (("question", 1.0),)), Filter(w.Term("tag", "c#"))), {ONE, TEXT}),
    (w.Phrase("question_words", ["a", "vector"]), {ONE, TWO}),
    (Weighed([w.Prefix("title_words", "v"), w.Term("tag", "maths")], [1.0, 2.0], 2.0), {TEXT}),
    (w.And([w.Every(), Filter(w.Prefix("id", "text:"))]), {TEXT}),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "ids"), UNKNOWN, ids=repr)
def test_what_the_evaluator_does_not_know_whoosh_answers(
    directory: Path, asked: w.Query, ids: set[str]
) -> None:
    with Snapshot.open(directory, ARCHIVE_ID) as snapshot:
        assert ours(snapshot, asked).keys() == ids


@pytest.mark.parametrize("asked", [asked for asked, _ in UNKNOWN[:8]], ids=repr)
def test_it_is_scored_as_by_whoosh(directory: Path, searcher: LiveSearcher, asked: w.Query) -> None:
    with Snapshot.open(directory, ARCHIVE_ID) as snapshot:
        assert_alike(found(searcher, asked), ours(snapshot, asked), asked)


def test_an_open_snapshot_answers_when_its_files_are_gone(tmp_path: Path) -> None:
    archive = History([SORTING, LISTS])
    with build(tmp_path, archive) as snapshot:
        archive.delete(SORTING.id, LISTS.id)
        build(tmp_path, archive).close()
        assert not list(tmp_path.glob("*.postings"))
        assert ours(snapshot, w.Prefix("title_words", "so")).keys() == {ONE, TWO}


def our_kinds() -> st.SearchStrategy[w.Query]:
    """Our own kinds of query, and those of Whoosh among them that both take for the same."""
    boosts = st.sampled_from((RANKED, RANKED[:2], (("question_words", 0.5), ("code_words", 2.0))))
    unstemmed = st.sampled_from(((("title_words", 2.0), ("question_words", 1.0)), (("url_words", 1.0),)))
    some_words = st.lists(st.sampled_from(ASKED[:-1]), min_size=1, max_size=3)
    between = st.none() | st.integers(-2, 2)
    leaf = st.one_of(
        st.builds(AcrossFields, st.sampled_from(ASKED[:-1]), boosts),
        st.builds(PhraseAcross, some_words, st.integers(1, 3), unstemmed | boosts),
        st.builds(AnyTerm, some_words, unstemmed | st.just((("tag", 0.0),))),
        st.builds(ColumnRange, st.just("score"), between, between),
        st.builds(w.Term, st.sampled_from(STEMMED), st.sampled_from(WORDS)),
        st.just(Filter(w.Every())),
        st.just(Filter(w.Term("tag", "c++"))),
    )
    return st.recursive(leaf, of_our_kinds, max_leaves=6)


def of_our_kinds(inner: st.SearchStrategy[w.Query]) -> st.SearchStrategy[w.Query]:
    several = st.lists(inner, min_size=1, max_size=4)
    weights = st.lists(st.sampled_from((0.0, 0.5, 1.0, 2.0)), min_size=4, max_size=4)
    weighed = st.builds(
        lambda parts, weights, minimum: Weighed(parts, weights[: len(parts)], minimum),
        several,
        weights,
        st.sampled_from((0.0, 0.5, 1.0, 2.5)),
    )
    return st.one_of(
        weighed,
        st.builds(w.And, several),
        st.builds(Filter, inner),
        st.builds(lambda query: Filter(w.Not(Filter(query))), inner),
    )


@pytest.mark.parametrize("examples", deep(30))
def test_our_kinds_of_query_are_the_same_in_whoosh(examples: int) -> None:
    """Whether the evaluator answers them from arrays, or Whoosh through matchers."""

    @often(examples)
    @given(histories(), st.lists(our_kinds(), min_size=1, max_size=8))
    def check(commits: list[tuple[list[Question], list[str]]], asked: list[w.Query]) -> None:
        with built(commits) as (directory, _), Snapshot.open(directory, ARCHIVE_ID) as snapshot:
            for one in asked:
                by_whoosh = through_whoosh(directory, one)
                assert_alike(ours(snapshot, one), by_whoosh, one)
                either = w.Or([one, w.Prefix("title_words", "so")])  # goes to Whoosh as a whole
                assert_alike(through_whoosh(directory, either), ours(snapshot, either), either)

    check()


def through_whoosh(directory: Path, asked: w.Query) -> Found:
    with whoosh_index(directory, ARCHIVE_ID).searcher() as searcher:
        return through_matchers(searcher, asked)


@pytest.mark.parametrize("examples", deep(30))
def test_queries_of_whoosh_beside_our_kinds(examples: int) -> None:
    """Whatever is mixed, the evaluator finds what Whoosh finds, and scores so where Whoosh is asked alone."""

    @often(examples)
    @given(
        histories(),
        st.lists(st.recursive(our_kinds() | leaves_of_whoosh(), composed, max_leaves=5), min_size=1),
    )
    def check(commits: list[tuple[list[Question], list[str]]], asked: list[w.Query]) -> None:
        with built(commits) as (directory, _), Snapshot.open(directory, ARCHIVE_ID) as snapshot:
            for one in asked:
                assert ours(snapshot, one).keys() == through_whoosh(directory, one).keys(), one
                both = w.DisjunctionMax([one, one])
                assert_alike(through_whoosh(directory, both), ours(snapshot, both), both)

    check()


def test_the_index_is_one_of_whooshs(directory: Path) -> None:
    index = whoosh_index(directory, ARCHIVE_ID)
    assert isinstance(index, ArchiveIndex)
    assert isinstance(index, FileIndex)
    assert index.schema.names() == schema().names()
    assert index.doc_count() == len(live(list(history())[-1]))
    assert index.doc_count_all() > index.doc_count()
