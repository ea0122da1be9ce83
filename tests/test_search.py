"""Query texts and what they find on one small archive; the language's laws; scores against an oracle."""

from __future__ import annotations

import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sized
from itertools import pairwise
from pathlib import Path

import pytest
from askive.archive.records import Answer, Body, Link, Question, Tag
from askive.index import grammar
from askive.index.analysis import Stemmer, words
from askive.index.compile import MOST, Match
from askive.index.fields import RANKED
from askive.index.function_words import FUNCTION_WORDS
from askive.index.schema import entry
from askive.index.search import MATCHES, SORTS, Hits, Sort, search
from askive.index.snapshot import Snapshot
from askive.tests.index_archive import NOW, History, build, day, question
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from whoosh.util.numeric import byte_to_length, length_to_byte

CODE = Body("Use std::sort and ls -l", "<p>Use <code>std::sort</code> and</p><pre><code>ls -l</code></pre>")

ARCHIVE = (
    question(
        "stackoverflow.com:1",
        "How do I sort a vector in C++?",
        "I have a vector of numbers. Encryption is not needed.",
        tags=["c++", "sorting"],
        answers=[Answer("stackoverflow.com:11", CODE, author="Ada Lovelace", accepted=True, score=7)],
        author="Jon Skeet",
        created=day("2012-04-30"),
        score=12,
        views=1000,
        site="stackoverflow.com",
        url="https://stackoverflow.com/questions/1/how-do-i-sort-a-vector",
    ),
    question(
        "stackoverflow.com:2",
        "How do I sort a list in C#?",
        "The list is long.",
        tags=["c#", "sorting"],
        answers=["Call Sort.", "Use LINQ and OrderBy."],
        comments=["Have you tried turning it off and on again?"],
        author="Grace Hopper",
        created=day("2013-01-01"),
        score=-3,
        views=10,
        site="stackoverflow.com",
        closed="duplicate",
        links=(Link("stackoverflow.com:1", "duplicate"),),
    ),
    question(
        "text:0123456789ab",
        "What is the difference between outpatient and intensive outpatient treatment?",
        "We are looking at options for drug addiction.",
        tags=[
            Tag("iop", "Iop", "IOP is an acronym for Intensive Outpatient Therapy"),
            Tag("drug-addiction", "Drug Addiction", "Commonly treated through therapies", ("addiction",)),
        ],
        answers=["Intensive outpatient requires more time in therapy per week."],
        created=day("2025-12-31"),
    ),
    question("other.example:r", "Is R or C the better language for statistics?", "R has packages."),
    question(
        "other.example:n",
        "Résumé of node.js and .NET talks",
        "An error: no such file, see https://x.example/F-16",
        tags=["node.js", ".net"],
        score=0,
        site="other.example",
    ),
    question(
        "other.example:e",
        "Encoding text twice",
        "To encode twice is to lose.",
        score=5,
        created=day("2013-12-31"),
    ),
)

CPP, CSHARP, IOP = "stackoverflow.com:1", "stackoverflow.com:2", "text:0123456789ab"
R, NODE, ENCODE = "other.example:r", "other.example:n", "other.example:e"
ALL = {CPP, CSHARP, IOP, R, NODE, ENCODE}

# Every row of the query language's table; what is found, in no order.
FOUND: tuple[tuple[str, set[str]], ...] = (
    ("outpatient", {IOP}),
    ("intensive outpatient treatments", {IOP}),
    ("sorting lists", {CSHARP}),
    ("sort", {CPP, CSHARP}),
    ('"outpatient treatment"', {IOP}),
    ('"treatment outpatient"', set()),
    ('"difference outpatient"', set()),
    ('"difference outpatient"~1', {IOP}),
    ('"difference outpatient"~0', set()),
    ('"intensive requires"~1', {IOP}),
    ("+list sort", {CSHARP}),
    ("enc*", {CPP, ENCODE}),
    ("l?st", {CSHARP}),
    ("outp*t", {IOP}),
    ("vectr~", {CPP}),
    ("outpateint~", {IOP}),
    ("sort -list", {CPP}),
    ("-sort", ALL - {CPP, CSHARP}),
    ("NOT sort", ALL - {CPP, CSHARP}),
    ("sort NOT [c#]", {CPP}),
    ('sort -"in C++"', {CSHARP}),
    ("sort -(vector OR zebra)", {CSHARP}),
    ("sort -title:vector", {CSHARP}),
    ("vector OR outpatient", {CPP, IOP}),
    ("vector AND numbers", {CPP}),
    ("vector AND list", set()),
    ("(vector OR list) AND sort", {CPP, CSHARP}),
    ("[c++]", {CPP}),
    ("-[sorting]", ALL - {CPP, CSHARP}),
    ("[c++] or [c#]", {CPP, CSHARP}),
    ("tag:c++", {CPP}),
    ("tag:[c++]", {CPP}),
    ("tag:s*", {CPP, CSHARP}),
    ("tag:c?", {CSHARP}),
    ("#c++", {CPP}),
    ("[drug addiction]", {IOP}),
    ("[addiction]", {IOP}),
    ("tag:addict*", {IOP}),
    ("[nosuchtag]", set()),
    ("title:vector", {CPP}),
    ("title:numbers", set()),
    ("question:numbers", {CPP}),
    ("answer:linq", {CSHARP}),
    ("comment:turning", {CSHARP}),
    ("blurb:acronym", {IOP}),
    ("acronym", {IOP}),
    ("code:sort", {CPP}),
    ("code:std::sort", {CPP}),
    ("code:use", set()),
    ("url:vector", {CPP}),
    ('title:"sort a list"', {CSHARP}),
    ("title:(sort vector)", {CPP}),
    ("title:outp*", {IOP}),
    ("score:5", {CPP, ENCODE}),
    ("score:2..9", {ENCODE}),
    ("score:..0", {CSHARP, NODE}),
    ("score:>=12", {CPP}),
    ("score:<0", {CSHARP}),
    ("views:100", {CPP}),
    ("answers:0", {R, NODE, ENCODE}),
    ("answers:2", {CSHARP}),
    ("answers:1..1", {CPP, IOP}),
    ("created:2012", {CPP}),
    ("created:2012-04..2013", {CPP, CSHARP, ENCODE}),
    ("created:2013-12-31", {ENCODE}),
    ("created:..2012", {CPP}),
    ("created:40d..", {IOP}),
    ("created:2m..", {IOP}),
    ("active:2025", {IOP}),
    ("user:skeet", {CPP}),
    ('user:"jon skeet"', {CPP}),
    ("user:lovelace", {CPP}),
    ("site:other.example", {NODE}),
    ("site:stackoverflow", {CPP, CSHARP}),
    ("site:stack*", {CPP, CSHARP}),
    ("id:stackoverflow.com:1", {CPP}),
    ("id:text:0123", {IOP}),
    ("id:nothing", set()),
    ("is:answered", {CPP, CSHARP, IOP}),
    ("-is:answered", {R, NODE, ENCODE}),
    ("is:accepted", {CPP}),
    ("is:closed", {CSHARP}),
    ("is:duplicate", {CSHARP}),
    ("has:code", {CPP}),
    ("has:blurb", {IOP}),
    ("*", ALL),
    ("", ALL),
    ("c++", {CPP}),
    ("C#", {CSHARP}),
    (".net", {NODE}),
    ("node.js", {NODE}),
    ("f-16", {NODE}),
    ("IOP", {IOP}),
    ("resume", {NODE}),
    ("RÉSUMÉ", {NODE}),
    ("R statistics", {R}),
    ("C language", {R}),
    ("error: no such file", {NODE}),
    ("https://x.example/F-16", {NODE}),
    ("std::sort vector", {CPP}),
    ("[sorting] score:0.. vector", {CPP}),
    ("zzzz outpatient", {IOP}),
    ("zzzz", set()),
    ("zzzz [iop]", set()),
    ("???", ALL),
    ("outpatient ???", {IOP}),
)  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with build(tmp_path_factory.mktemp("index"), History(ARCHIVE)) as opened:
        yield opened


def ask(snapshot: Snapshot, text: str, *, match: Match = "most", sort: Sort = "relevance") -> Hits:
    node = grammar.parse(text)
    return search(snapshot, node, now=NOW, match=match, sort=sort, limit=100, explain=True)


def ids(hits: Hits) -> list[str]:
    return [hit.id for hit in hits.hits]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_a_query_finds(snapshot: Snapshot, text: str, expected: set[str]) -> None:
    found = ask(snapshot, text)
    assert set(ids(found)) == expected
    assert found.total == len(expected)


QUERIES = [text for text, _ in FOUND if text and text != "*"]


@pytest.mark.parametrize("text", QUERIES)
def test_laws(snapshot: Snapshot, text: str) -> None:
    found = set(ids(ask(snapshot, f"({text})")))
    assert set(ids(ask(snapshot, f"NOT ({text})"))) == ALL - found
    assert set(ids(ask(snapshot, f"NOT NOT ({text})"))) == found
    assert set(ids(ask(snapshot, f"({text}) OR NOT ({text})"))) == ALL
    assert set(ids(ask(snapshot, f"({text}) AND NOT ({text})"))) == set()
    assert set(ids(ask(snapshot, f"({text}) AND *"))) == found
    assert set(ids(ask(snapshot, f"({text}) ({text})"))) == found


@pytest.mark.parametrize("text", QUERIES)
def test_shares_add_up_to_the_score(snapshot: Snapshot, text: str) -> None:
    for hit in ask(snapshot, text).hits:
        assert math.isclose(sum(share.score for share in hit.shares), hit.score, abs_tol=1e-9)


def test_an_ambiguous_id_is_an_error(snapshot: Snapshot) -> None:
    with pytest.raises(grammar.QueryError, match="begins several ids"):
        ask(snapshot, "id:stackoverflow.com")


def test_how_many_words_must_match(snapshot: Snapshot) -> None:
    text = "sort vector outpatient"
    found: dict[str, set[str]] = {match: set(ids(ask(snapshot, text, match=match))) for match in MATCHES}
    assert found == {"any": {CPP, CSHARP, IOP}, "most": {CPP}, "all": set()}
    assert ids(ask(snapshot, "zzzz sort", match="all")) == []


def test_sorts(snapshot: Snapshot) -> None:
    expected = {
        "newest": [IOP, ENCODE, CSHARP, CPP, NODE, R],
        "oldest": [CPP, CSHARP, ENCODE, IOP, NODE, R],
        "active": [IOP, ENCODE, CSHARP, CPP, NODE, R],
        "score": [CPP, ENCODE, NODE, CSHARP, R, IOP],
        "views": [CPP, CSHARP, ENCODE, NODE, R, IOP],
        "answers": [CSHARP, CPP, IOP, ENCODE, NODE, R],
    }
    assert expected.keys() == set(SORTS) - {"relevance"}
    for sort in SORTS:
        if sort != "relevance":
            assert ids(ask(snapshot, "*", sort=sort)) == expected[sort], sort


def test_pages_of_hits_fit_together(snapshot: Snapshot) -> None:
    whole = ids(ask(snapshot, "sort OR outpatient OR text"))
    node = grammar.parse("sort OR outpatient OR text")
    pages = [search(snapshot, node, now=NOW, limit=2, offset=n) for n in range(0, 6, 2)]
    assert [question_id for page in pages for question_id in ids(page)] == whole
    assert {page.total for page in pages} == {len(whole)}


def test_facets_count_all_hits_not_the_page(snapshot: Snapshot) -> None:
    found = search(snapshot, grammar.parse("sort"), now=NOW, limit=1, facets=("tag", "site", "year"))
    assert found.facets == {
        "tag": (("sorting", 2), ("c#", 1), ("c++", 1)),
        "site": (("stackoverflow.com", 2),),
        "year": (("2012", 1), ("2013", 1)),
    }


def kept_length(terms: Sized) -> int:
    """Return the length of a field as Whoosh keeps it, in one byte."""
    return int(byte_to_length(length_to_byte(len(terms)))) if terms else 0


def stems_at(text: str, stem: Callable[[str], str]) -> dict[tuple[int, int], str]:
    """Return the stems of a text by position; several may stand at one."""
    return {(term.position, n): stem(term.text) for n, term in enumerate(words(text, parts=True))}


def naive(archive: list[Question], text: str, match: Match) -> dict[str, float]:
    """The ranking in obvious lines: docs/ranking.md's formula, document by document."""
    stem = Stemmer().stem
    kept = {d.id: {f.name: stems_at(entry(d).texts.get(f.name, ""), stem) for f in RANKED} for d in archive}
    count = len(kept)

    def holding(term: str) -> int:
        return sum(any(term in set(at.values()) for at in fields.values()) for fields in kept.values())

    def rarity(term: str) -> float:
        return math.log(1 + (count - holding(term) + 0.5) / (holding(term) + 0.5))

    def mean(name: str) -> float:
        return sum(len(fields[name]) for fields in kept.values()) / count

    asked: list[str] = []
    for term in (term.text for term in words(text)):
        parts = [part.text for part in words(term, parts=True) if part.text != term]
        asked += [term] if holding(stem(term)) or not parts else parts
    scores: defaultdict[str, float] = defaultdict(float)
    held: defaultdict[str, float] = defaultdict(float)
    weights: dict[str, float] = {}
    for term in {stem(one): one for one in reversed(asked)}.values():
        times = sum(stem(one) == stem(term) for one in asked) * (0.1 if term in FUNCTION_WORDS else 1)
        n = holding(stem(term))
        weights[term] = max(math.log(count / n), 0.05) * (0.1 if term in FUNCTION_WORDS else 1) if n else 0
        for i, fields in kept.items():
            x = 0.0
            for field in RANKED:
                length = 0.25 + 0.75 * kept_length(fields[field.name]) / (mean(field.name) or 1)
                x += field.boost * [*fields[field.name].values()].count(stem(term)) / length
            headline = any(stem(term) in fields[name].values() for name in ("title", "tagwords"))
            if x:
                scores[i] += times * rarity(stem(term)) * (x * 4 / (x + 3) + 0.5 * headline)
                held[i] += weights[term]
    told = [stem(term) if term not in FUNCTION_WORDS else "" for term in asked]
    for a, b in dict.fromkeys(pairwise(told)):
        if a and b and holding(a) and holding(b):
            for i, fields in kept.items():
                if any(beside(fields[name], a, b) for name in ("title", "question", "answer")):
                    scores[i] += 0.25 * (rarity(a) + rarity(b)) / 2
    known = sum(map(bool, weights.values())) or 1
    need = sum(weights.values()) * {"any": 0.0, "most": known**-MOST, "all": 1.0}[match]
    if match == "all" and not all(weights.values()):
        return {}
    return {i: score for i, score in scores.items() if held[i] >= need * (1 - 1e-9) and held[i]}


def beside(at: Mapping[tuple[int, int], str], first: str, second: str) -> bool:
    return any(
        term == first and other == second and place[0] + 1 == behind[0]
        for place, term in at.items()
        for behind, other in at.items()
    )


VOCABULARY = ("sort", "sorted", "sorting", "list", "lists", "vector", "c++", "the", "node.js", "node")
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join)


@st.composite
def small_archives(draw: st.DrawFn) -> list[Question]:
    return [
        question(
            f"q{n}",
            draw(TEXTS.filter(bool)),
            draw(TEXTS),
            tags=draw(st.lists(st.sampled_from(VOCABULARY), max_size=2, unique=True)),
            answers=draw(st.lists(TEXTS.filter(bool), max_size=2)),
            comments=draw(st.lists(TEXTS.filter(bool), max_size=2)),
        )
        for n in range(draw(st.integers(1, 6)))
    ]


ASKED = st.lists(st.sampled_from((*VOCABULARY, "zebra")), min_size=1, max_size=4).map(" ".join)


@given(small_archives(), ASKED, st.sampled_from(MATCHES))
@settings(
    max_examples=60, phases=(Phase.generate,), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_scores_are_those_of_the_naive_ranking(archive: list[Question], text: str, match: Match) -> None:
    expected = naive(archive, text, match)
    with tempfile.TemporaryDirectory() as folder, build(Path(folder), History(archive)) as opened:
        found = search(opened, grammar.plain(text), now=NOW, match=match, limit=10)
    scores = {hit.id: hit.score for hit in found.hits}
    assert scores == pytest.approx(expected)
    assert list(scores) == sorted(scores, key=lambda question_id: (-scores[question_id], question_id))


@pytest.mark.parametrize("text", ['"..."', "title:...", 'title:"-"', 'outpatient "???"', "-title:..."])
def test_a_phrase_or_field_without_a_word_is_an_error(snapshot: Snapshot, text: str) -> None:
    with pytest.raises(grammar.QueryError, match="nothing to search for"):
        ask(snapshot, text)
