"""Indexes of every format that was released are still read, and hold what they held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from askive.index.codec import ArraySegment
from askive.index.evaluate import Evaluator
from askive.index.queries import AcrossFields, AnyTerm, ColumnRange, Filter, PhraseAcross, Weighed
from askive.index.schema import FORMULA
from askive.index.segment.documents import MISSING, DocumentFile
from askive.index.segment.file import FORMAT
from askive.index.segment.merge import merge
from askive.index.segment.postings import Postings, Term
from askive.index.segment.segment import Segment
from askive.index.segment.terms import letters_of
from askive.index.snapshot import open_segments
from askive.index.statistics import Lookup, Statistics, place_of
from askive.index.toc import read_toc
from askive.tests.compat.make import listed, said, told, whoosh_schema
from whoosh import query as w
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

HERE = Path(__file__).parent / "compat"
INDEXES = sorted(HERE.glob("index-*/"))
WHOOSH = sorted(HERE.glob("whoosh-*/"))


def test_the_format_that_is_written_now_is_kept() -> None:
    assert {path.name for path in INDEXES} == {f"index-{n}" for n in range(1, FORMAT + 1)}
    assert {path.name for path in WHOOSH} == {f"whoosh-{n}" for n in range(1, FORMAT + 1)}


def holds(folder: Path) -> Any:
    return json.loads(folder.with_name(f"{folder.name}.json").read_text(encoding="utf-8"))


def opened(folder: Path) -> list[Segment]:
    return open_segments(folder, read_toc(folder))


@pytest.mark.parametrize("folder", INDEXES, ids=lambda path: path.name)
def test_the_table_of_contents_is_read(folder: Path) -> None:
    toc, expected = read_toc(folder), holds(folder)
    assert (toc.archive, toc.generation) == (expected["archive"], expected["generation"])
    assert toc.revision == expected["revision"]
    assert [list(entry.deleted) for entry in toc.segments] == [one["deleted"] for one in expected["segments"]]


@pytest.mark.parametrize("folder", INDEXES, ids=lambda path: path.name)
def test_segments_hold_what_they_held(folder: Path) -> None:
    for segment, expected in zip(opened(folder), holds(folder)["segments"], strict=True):
        segment.verify()
        assert documents_of(segment.documents) | {"deleted": segment.deleted.tolist()} == {
            key: value for key, value in expected.items() if key != "terms"
        }
        found = dict(terms_of(segment))
        assert found.keys() == expected["terms"].keys()
        for name, terms in found.items():
            assert terms == expected["terms"][name], name


@pytest.mark.parametrize("folder", INDEXES, ids=lambda path: path.name)
def test_segments_are_merged_as_they_are(folder: Path, tmp_path: Path) -> None:
    """One merged with nothing is written anew in the format of today, and holds the same."""
    for number, segment in enumerate(opened(folder)):
        stem = tmp_path / f"{number}"
        assert merge([Segment(segment.stem)], stem, FORMULA) == segment.count
        anew = Segment(stem)
        assert documents_of(anew.documents) == documents_of(segment.documents)
        assert dict(terms_of(anew)) == dict(terms_of(segment))


def documents_of(documents: DocumentFile) -> dict[str, Any]:
    """Return what is kept for each document, as tests/compat/make.py tells it."""
    kinds: dict[str, list[str]] = {}
    for name, column in documents.columns.items():
        kinds.setdefault(column["kind"], []).append(name)
    (key,) = kinds["keys"]
    keys = documents.keys(key)
    ids = [keys.of(number) for number in range(documents.count)]
    assert keys.whole() == ids
    assert [keys.document(id) for id in ids] == list(range(documents.count))
    numbers = {name: documents.numbers(name).tolist() for name in kinds["numbers"]}
    sets = {name: documents.sets(name) for name in kinds["sets"]}
    lengths = {name: documents.lengths(name) for name in documents.totals}
    for name, found in lengths.items():
        there = found[found > 0] if found.any() else np.zeros(1)
        assert list(documents.totals[name]) == [found.sum(), there.min(), there.max()]
    return {
        "ids": told(id.decode() for id in ids),
        "lengths": {name: told(found.tolist()) for name, found in lengths.items()},
        "numbers": {name: told(None if n == MISSING else n for n in some) for name, some in numbers.items()},
        "sets": {
            name: told([one.decode() for one in some.of(number)] for number in range(documents.count))
            for name, some in sets.items()
        },
    }


def terms_of(segment: Segment) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each field with its terms, and the places of each, as tests/compat/make.py tells them."""
    lookup = Lookup(segment)
    for group in segment.groups:
        dictionaries = [(name, group.terms) for name in group.fields]
        if group.word_fields:
            assert group.letters.tolist() == letters_of(group.words.read()).tolist()
            dictionaries += [(name, group.words) for name in group.word_fields]
        for name, terms in dictionaries:
            texts = [text.decode() for text in terms.read()]
            assert all(a.encode() < b.encode() for a, b in pairwise(texts))
            at = place_of(segment, name)
            each = [(text, lookup.term(name, text)) for text in texts]
            yield (
                name,
                listed((text, *place) for text, term in each if term for place in places_of(group, term, at)),
            )


def places_of(group: Postings, term: Term, at: int) -> list[tuple[int, int]]:
    """Return document and place of each time a term stands in a field, of keywords place 0."""
    weights = dict(zip(term.docs.tolist(), term.weights[:, at].astype(int).tolist(), strict=True))
    if term.form is None:
        assert group.frequencies(term.number)[at] == np.count_nonzero(term.weights[:, at])
        assert group.file.length(f"{group.name}.impacts") in (0, group.starts(0, len(group.terms))[-1])
    if not group.has_positions:
        return [(document, 0) for document, times in weights.items() for _ in range(times)]
    places = term.places()
    found = zip(places.docs.tolist(), places.fields.tolist(), places.positions.tolist(), strict=True)
    here = [(document, position) for document, field, position in found if field == at]
    assert sorted(document for document, _ in here) == [
        d for d, times in weights.items() for _ in range(times)
    ]
    return here


TITLE = (("title", 2.0), ("question", 1.0))
TITLE_WORDS = (("title_words", 2.0), ("question_words", 1.0))

ASKED: dict[str, tuple[w.Query, set[str]]] = {
    "a stem": (AcrossFields("connect", TITLE), {"text:forms", "text:new"}),
    "a word": (AcrossFields("connectment", TITLE_WORDS), {"text:forms"}),
    "a stem in one field": (AcrossFields("treatment", (("question", 1.0),)), set()),
    "what was replaced": (AcrossFields("intens", TITLE), set()),
    "what replaced it": (AcrossFields("treatment", TITLE), {"example.org:1"}),
    "what was deleted": (AcrossFields("gone", TITLE_WORDS), set()),
    "both": (Weighed([AcrossFields(t, TITLE) for t in ("how", "far")], [1.0, 1.0], 2.0), {"text:far"}),
    "either": (
        Weighed([AcrossFields(t, TITLE) for t in ("newli", "far")], [1.0, 1.0], 0.0),
        {"text:far", "text:new"},
    ),
    "some words": (
        AnyTerm(["connected", "brûlée", "brulee"], TITLE_WORDS),
        {"text:forms", "text:new", "example.jp:1"},
    ),
    "a phrase": (PhraseAcross(["connects", "connected"], 1, TITLE_WORDS), {"text:forms"}),
    "no phrase": (PhraseAcross(["connected", "connects"], 1, TITLE_WORDS), set()),
    "far away": (PhraseAcross(["x", "far"], 1, TITLE_WORDS), {"text:far"}),
    "code": (AcrossFields("v.erase", (("code_words", 1.0),)), {"example.org:1"}),
    "a name": (PhraseAcross(["jane", "doe"], 1, (("user_words", 1.0),)), {"example.org:1"}),
    "a tag": (Filter(w.Term("tag", "intensive-outpatient")), {"example.org:1"}),
    "a site": (Filter(w.Term("site", "example")), {"example.org:1"}),
    "an id": (Filter(w.Term("id", "many:100")), {"many:100"}),
    "a range": (ColumnRange("score", 268, None), {"many:268", "many:269", "example.org:1"}),
    "years": (ColumnRange("created", None, 0), {"example.jp:1"}),
    "not": (
        w.And([Filter(w.Term("is", "closed")), Filter(w.Not(w.Term("is", "answered")))]),
        {"example.jp:1"},
    ),
}


@pytest.mark.parametrize("folder", INDEXES, ids=lambda path: path.name)
@pytest.mark.parametrize("asked", ASKED)
def test_queries_find_what_they_found(folder: Path, asked: str) -> None:
    query, expected = ASKED[asked]
    lookups = [Lookup(segment) for segment in opened(folder)]
    statistics = Statistics(lookups)
    found = set()
    for lookup in lookups:
        one = Evaluator(lookup, statistics, FORMULA, nowhere)
        best = one.best(query, 1000)
        assert best.total == len(best.docs)
        found |= {lookup.segment.documents.keys("id").of(number).decode() for number in best.docs.tolist()}
    assert found == expected


def nowhere(query: w.Query, segment: Segment) -> Any:
    pytest.fail(f"{query} is left to Whoosh")


@pytest.mark.parametrize("folder", WHOOSH, ids=lambda path: path.name)
def test_whoosh_reads_what_it_wrote(folder: Path) -> None:
    (path,) = folder.glob("*.postings")
    count = DocumentFile(Segment(path.with_suffix("")).documents.file).count
    name, _, id = path.stem.rpartition("_")
    segment = ArraySegment(name, count)
    segment.segid = id
    assert segment.stem(FileStorage(str(folder))) == path.with_suffix("")
    reader = SegmentReader(FileStorage(str(folder)), whoosh_schema(), segment)
    expected = holds(folder)
    assert said(reader) == expected
