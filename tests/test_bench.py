"""The benchmark's parts: a generator that always makes the same, and engines that find something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import fmean

import pytest
from askive.archive.limits import LIMITS
from askive.archive.page import Page
from askive.archive.sources import sources
from askive.bench import archives, containers, ingest, report, speed
from askive.bench.archives import Corpus
from askive.bench.contract import LIMIT, Engine, Found, Hit, Kind
from askive.bench.corpus import BLOCK, Generator
from askive.bench.engines import ENGINES, load, missing
from askive.bench.parse import PEERS
from askive.bench.queries import queries
from askive.bench.rows import row_of, rows_of, text_size
from askive.bench.words import FORMS, FUNCTION, made_up
from askive.index.analysis import Stemmer
from numpy.random import default_rng

SIZE = 300
MAKEFILE = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return archives.generated(tmp_path_factory.mktemp("bench"), SIZE)


@pytest.fixture(scope="module", params=[name for name in ENGINES if ENGINES[name].searched])
def engine(request: pytest.FixtureRequest, corpus: Corpus) -> Iterator[Engine]:
    """Each engine that is installed here, built and open."""
    if why := missing(request.param):
        pytest.skip(why)
    made = load(request.param, corpus.archive, corpus.directory(request.param))
    made.build([] if made.from_store else list(rows_of(corpus.archive)))
    made.open()
    yield made
    made.close()


def test_generator_makes_the_same_again_and_a_small_archive_begins_a_large_one() -> None:
    many = list(Generator().questions(BLOCK + 10))
    assert len({question.id for question in many}) == BLOCK + 10
    assert many == list(Generator().questions(BLOCK + 10))
    assert many[:5] == list(islice(Generator().questions(5), 9))
    assert many[:5] != list(Generator(1).questions(5))


def test_generated_questions_are_as_large_as_real_ones() -> None:
    questions = list(Generator().questions(BLOCK))
    rows = [row_of(question) for question in questions]
    assert 720 < fmean(text_size(row) - len(row.tags) for row in rows) < 800
    assert {len(question.answers) for question in questions} == {1, 2}
    assert {len(question.tags) for question in questions} == {1, 2, 3, 4}
    assert all(question.body and question.created and question.views is not None for question in questions)


def test_made_up_words_are_distinct_and_have_forms_of_one_stem() -> None:
    words = list(made_up(10_000, default_rng(1)))
    assert len({*words, *FUNCTION}) == len(words) + len(FUNCTION)
    stemmer = Stemmer()
    alike = [len({stemmer.stem(word + form) for form in FORMS}) == 1 for word in words]
    assert fmean(alike) > 0.9


def test_archive_is_made_once(corpus: Corpus) -> None:
    assert corpus == archives.generated(corpus.home.parent, SIZE)
    assert (corpus.questions, corpus.dated) == (SIZE, True)
    assert corpus.text_bytes == sum(map(text_size, rows_of(corpus.archive)))


@pytest.mark.parametrize("kind", Kind)
def test_queries_are_the_same_again(corpus: Corpus, kind: Kind) -> None:
    asked = queries(corpus.archive, kind, 20)
    assert asked == queries(corpus.archive, kind, 20)
    assert len(set(asked)) == len(asked) >= 10


@pytest.mark.parametrize("kind", Kind)
def test_engine_answers(engine: Engine, corpus: Corpus, kind: Kind) -> None:
    if kind not in engine.kinds:
        pytest.skip(f"cannot answer: {kind}")
    titles = {row.id: row.title for row in rows_of(corpus.archive)}
    found = [engine.search(query) for query in queries(corpus.archive, kind, 20)]
    assert fmean(bool(answer.hits) for answer in found) >= 0.5
    assert all(len(answer.hits) <= LIMIT for answer in found)
    assert all(titles[hit.id] == hit.title for answer in found for hit in answer.hits)
    assert all(bool(answer.facets) == (kind is Kind.FACETS and bool(answer.hits)) for answer in found)


@pytest.mark.parametrize("kind", [Kind.BOTH, Kind.FILTER, Kind.NEWEST])
def test_engines_agree_on_what_matches(engine: Engine, corpus: Corpus, kind: Kind) -> None:
    """Where nothing is left to how an engine weighs words; stems differ a little."""
    if kind not in engine.kinds:
        pytest.skip(f"cannot answer: {kind}")
    ours = load("askive", corpus.archive, corpus.directory("askive"))
    ours.open()
    asked = queries(corpus.archive, kind, 20)
    shared = speed.overlap(map(ours.search, asked), map(engine.search, asked))
    ours.close()
    assert shared > 0.8


def test_overlap() -> None:
    def found(ids: str) -> Found:
        return Found([Hit(id, "") for id in ids])

    assert (
        speed.overlap([found("ab"), found("a"), found("")], [found("bc"), found("abc"), found("a")]) == 0.75
    )


@pytest.mark.parametrize(("text", "size"), [("10k", 10_000), ("1M", 1_000_000), ("2500", 2500)])
def test_size(text: str, size: int) -> None:
    assert speed.size(text) == size


def test_measures_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--sizes", "200", "--no-medquad", "--engines", "askive,fts5", "--queries", "5", "--cold", "1"]
    options = speed.arguments().parse_args([*command, "--out", str(tmp_path / "out")])
    speed.run(options, tmp_path)
    said = capsys.readouterr().out
    assert re.search(r"^question +[\d.]+ ms +[\d.]+ ms +[\d.]+$", said, re.MULTILINE)
    written = json.loads((tmp_path / "out" / "speed.json").read_text(encoding="utf-8"))
    assert {"machine", "versions", "engines", "kinds", "corpora"} <= written.keys()
    (measured,) = written["corpora"]
    assert measured["questions"] == 200
    assert measured["search"].keys() == set(Kind)
    assert measured["search"][Kind.TWO]["fts5"]["queries"] == 5


def test_table_has_ours_first_and_ratios() -> None:
    line = report.Line("build", {"fts5": 2.0, "askive": 1.0}, report.in_seconds)
    assert [row.split() for row in report.table("time", [line])] == [
        ["time", "askive", "fts5", "ours:it"],
        ["build", "1.00", "s", "2.00", "s", "0.5"],
        [],
    ]


def test_makefile_runs_it() -> None:
    assert "\nbench: " in MAKEFILE


@pytest.mark.parametrize("form", [name for name, _ in containers.FORMS])
def test_pages_lie_in_containers_as_they_were_made(form: str, tmp_path: Path) -> None:
    files = containers.pages(5)
    path = tmp_path / form
    dict(containers.FORMS)[form](files, path)
    found = sources([path], LIMITS, now=containers.now)
    assert [one.data for one in found if isinstance(one, Page)] == [data for _, data in files]


@pytest.mark.parametrize("name", list(PEERS))
def test_peers_of_the_reading_parse_a_page(name: str) -> None:
    peer = pytest.importorskip(name)
    assert PEERS[name](peer)(b"<html><head><title>Why?</title></head><body><p>Because.</p></body></html>")


def test_copies_of_pages_are_pages_of_their_own(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"<html>")
    (tmp_path / "copies").mkdir()
    size = ingest.copies_of([page], 3, tmp_path / "copies")
    written = {path.read_bytes() for path in (tmp_path / "copies").iterdir()}
    assert (len(written), sum(map(len, written))) == (3, size)
