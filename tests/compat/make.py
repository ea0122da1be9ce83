"""Writes the indexes of tests/compat, and beside each what it holds: once for every version of the format.

`python -m askive.tests.compat.make` writes those of the version that is read and written now. One that was
released is never written again: from then on it is what tests/test_compat.py has to read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from askive.archive.records import Answer, Body, Comment, Question, Tag
from askive.index.analysis import Stemmer, words
from askive.index.build import update
from askive.index.codec import ArrayCodec
from askive.index.schema import (
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    SET_FIELDS,
    STEM_FIELDS,
    WORD_FIELDS,
    entry,
    words_field,
)
from askive.index.segment.file import FORMAT
from askive.index.toc import read_toc
from askive.tests.index_archive import ARCHIVE_ID, History, day, question
from whoosh import columns, fields
from whoosh.analysis import StandardAnalyzer
from whoosh.codec import default_codec
from whoosh.codec.base import Codec
from whoosh.index import create_in
from whoosh.reading import IndexReader

HERE = Path(__file__).parent

# The archive's own index.

IOP = Tag("iop", "IOP", "Intensive outpatient program.", ("intensive-outpatient", "IOP"))
RICH = question(
    "example.org:1",
    "Which treatment is intensive outpatient treatment?",
    "We treat it as R&D: is it a day-clinic?",
    tags=[IOP, "clinic"],
    answers=[
        Answer(
            "a",
            Body("Yes: v.erase(it);", "<p>Yes:</p><pre>v.erase(it);</pre>"),
            "Alice",
            day("2014-03-14"),
            accepted=True,
            comments=(Comment("c", Body("It came by mail."), "Carol"),),
        )
    ],
    author="Jane Doe",
    created=day("2014-03-12"),
    score=-3,
    views=2**70,
    url="https://example.org/questions/1/iop",
    site="example.org",
)
TEA = question(
    "example.jp:1", "急須の茶渋", "Crème brûlée, ÅNGSTRÖM", created=day("1969-07-20"), closed="duplicate"
)
ENDINGS = [
    "s",
    "ed",
    "ing",
    "ings",
    "ment",
    "ments",
    "able",
    "ably",
    "ion",
    "ions",
    "ive",
    "ively",
    "iveness",
    "ance",
    "ances",
    "er",
    "ers",
    "ator",
    "ators",
]
FORMS = question("text:forms", " ".join(["connect", *(f"connect{ending}" for ending in ENDINGS)]))
FAR = question("text:far", "How far?", "x " * 66_000 + "far")


def common(number: int) -> Question:
    """Return one of many questions with a word that stands in each of its parts another number of times."""
    times = [number % 3 + 1, number // 3 % 5, number // 15 % 5, number // 75]
    title, body, answer, comment = ("mixed " * n for n in times)
    return question(
        f"many:{number:03}",
        f"{title}n{number % 100}",
        body,
        answers=[answer] if answer else [],
        comments=[comment] if comment else [],
        score=number,
    )


FIRST = (RICH, TEA, FORMS, FAR, *(common(number) for number in range(270)), question("text:gone", "Gone"))
THEN = (replace(RICH, title="Which treatment is it?", score=70_000), question("text:new", "Newly connected"))
DELETED = ("text:gone", "many:007")


def write_index(folder: Path) -> dict[str, Any]:
    """Write the archive's index: two segments, with deleted questions in the first; return what it holds."""
    history = History(FIRST)
    update(folder, ARCHIVE_ID, history.changes)
    history.put(*THEN)
    history.delete(*DELETED)
    update(folder, ARCHIVE_ID, history.changes)
    (folder / "askive_lock").unlink()
    toc = read_toc(folder)
    replaced = {*DELETED, *(q.id for q in THEN)}
    return {
        "archive": ARCHIVE_ID,
        "generation": toc.generation,
        "revision": history.revision,
        "segments": [expected(FIRST, replaced), expected(THEN, ())],
    }


def expected(questions: Iterable[Question], deleted: Iterable[str]) -> dict[str, Any]:
    """Return what a segment has to hold of some questions."""
    questions = sorted(questions, key=lambda q: q.id)
    entries = [entry(q) for q in questions]
    stem = Stemmer().stem
    terms: dict[str, dict[str, str]] = {}
    lengths: dict[str, list[int]] = {}
    for name in (*STEM_FIELDS, *WORD_FIELDS):
        found = [list(words(one.texts.get(name, ""), parts=True)) for one in entries]
        lengths[name] = [len(some) for some in found]
        as_written = words_field(name) if name in STEM_FIELDS else name
        terms[as_written] = listed(
            (term.text, number, term.position) for number, some in enumerate(found) for term in some
        )
        if name in STEM_FIELDS:
            terms[name] = listed(
                (stem(term.text), number, term.position) for number, some in enumerate(found) for term in some
            )
    for name in KEYWORD_FIELDS:
        terms[name] = listed(
            (term, n, 0) for n, one in enumerate(entries) for term in one.keywords.get(name, ())
        )
    return {
        "ids": told([one.id for one in entries]),
        "deleted": [number for number, one in enumerate(entries) if one.id in set(deleted)],
        "lengths": {name: told(some) for name, some in lengths.items()},
        "numbers": {name: told([one.numbers.get(name) for one in entries]) for name in NUMBER_FIELDS},
        "sets": {name: told([list(one.sets.get(name, ())) for one in entries]) for name in SET_FIELDS},
        "terms": terms,
    }


def listed(found: Iterable[tuple[str, int, int]]) -> dict[str, str]:
    """Return (term, document, place) as a line for each term: documents, each with its places."""
    places: dict[str, dict[int, list[int]]] = {}
    for term, document, place in found:
        places.setdefault(term, {}).setdefault(document, []).append(place)
    return {term: line(places[term]) for term in sorted(places, key=str.encode)}


def line(places: dict[int, list[int]]) -> str:
    """Return documents, each with its places, as text.

    >>> line({1: [0, 7], 3: [2]})
    '1:0,7 3:2'
    """
    text = " ".join(f"{document}:{','.join(map(str, some))}" for document, some in places.items())
    return text if len(text) <= LONG else digest(text)


def told(values: Iterable[object]) -> str:
    """Return a list of values as text, or its digest where it is long.

    >>> told([1, 1, 1, None])
    '1 x 3, null'
    """
    runs = ((value, len(list(run))) for value, run in groupby(values))
    pieces = ((json.dumps(value, ensure_ascii=False), times) for value, times in runs)
    text = ", ".join(value if times == 1 else f"{value} x {times}" for value, times in pieces)
    return text if len(text) <= LONG else digest(text)


LONG = 300
"""Characters that are written out; of more, this file would be nothing but numbers."""


def digest(text: str) -> str:
    """Return what a long text is compared by."""
    return f"{len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"


# A segment that Whoosh wrote through the codec: stored fields, columns of its own, more than positions.


def whoosh_schema() -> fields.Schema:
    """Return a schema with what the archive's own index has no use for."""
    return fields.Schema(
        key=fields.ID(stored=True, unique=True),
        title=fields.TEXT(stored=True, analyzer=StandardAnalyzer(stoplist=None, minsize=1)),
        body=fields.TEXT(chars=True, vector=True),
        boosted=fields.KEYWORD(commas=True, lowercase=True, field_boost=2.5),
        price=fields.NUMERIC(int, sortable=True, stored=True),
        when=fields.DATETIME(stored=True, sortable=True),
        flag=fields.BOOLEAN(stored=True),
        raw=fields.COLUMN(columns.VarBytesColumn()),
        kind=fields.COLUMN(columns.RefBytesColumn()),
        ratio=fields.COLUMN(columns.NumericColumn("d", default=-1.0)),
    )


DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "key": "a",
        "title": "A title, and a title",
        "body": "the quick brown fox jumps over the lazy dog",
        "boosted": "Red,green,red",
        "price": -7,
        "when": datetime(2014, 3, 12, 8, 30),
        "flag": True,
        "raw": b"\x00\xff",
        "kind": b"one",
        "ratio": 0.5,
    },
    {"key": "b", "title": "Ünïcödé 急須", "body": "dog dog dog", "price": 2**31 - 1, "kind": b"two"},
    {"key": "c"},
)


def write_whoosh(folder: Path, codec: Codec) -> IndexReader:
    """Write the documents with one of Whoosh's codecs, the last of them deleted; return their reader."""
    index = create_in(str(folder), whoosh_schema())
    writer = index.writer(codec=codec)
    for document in DOCUMENTS:
        writer.add_document(**document)
    writer.commit()
    return index.reader()


def said(reader: IndexReader) -> dict[str, Any]:
    """Return what a reader of Whoosh says of its documents."""
    everyone = range(reader.doc_count_all())
    named = [(name, reader.schema[name]) for name in sorted(reader.schema.names())]
    return {
        "stored": [as_json(reader.stored_fields(number)) for number in everyone],
        "lengths": {
            n: [reader.doc_field_length(number, n) or 0 for number in everyone]
            for n, f in named
            if f.scorable
        },
        "columns": {
            name: [as_json(column[number]) for number in everyone]
            for name, field in named
            if field.column_type
            for column in (reader.column_reader(name, translate=False),)
        },
        "terms": {name: dict(_postings(reader, name)) for name, field in named if field.indexed},
        "vectors": {
            name: [_vector(reader, number, name) for number in everyone]
            for name, field in named
            if field.vector
        },
    }


def _postings(reader: IndexReader, name: str) -> Iterator[tuple[str, Any]]:
    form = reader.schema[name].format
    what = next((a for a in ("characters", "positions") if form.supports(a)), "frequency")
    for term in reader.lexicon(name):
        matcher = reader.postings(name, term)
        found = []
        while matcher.is_active():
            found.append([matcher.id(), matcher.weight(), as_json(matcher.value_as(what))])
            matcher.next()
        yield term.hex(), found


def _vector(reader: IndexReader, number: int, name: str) -> Any:
    if not reader.has_vector(number, name):
        return None
    return [[term, weight] for term, weight in reader.vector_as("weight", number, name)]


def as_json(value: object) -> Any:
    """Return a value as JSON can keep it."""
    return json.loads(json.dumps(value, default=lambda o: o.hex() if isinstance(o, bytes) else str(o)))


# Both.


def put(name: str, source: Path, keep: Iterable[str], holds: dict[str, Any]) -> None:
    """Put files of an index, and what it holds, where the tests find them."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in keep:
        shutil.copyfile(source / file, folder / file)
    text = json.dumps(holds, indent=1, ensure_ascii=False, sort_keys=True)
    (HERE / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def main() -> None:
    """Write the indexes of the version that is written now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        holds = write_index(folder)
        put(f"index-{FORMAT}", folder, sorted(path.name for path in folder.iterdir()), holds)
    with tempfile.TemporaryDirectory() as stock, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_whoosh(folder, ArrayCodec()).close()
        segment = next(folder.glob("*.postings")).stem
        holds = said(write_whoosh(Path(stock), default_codec()))
        put(f"whoosh-{FORMAT}", folder, [f"{segment}.documents", f"{segment}.postings"], holds)


if __name__ == "__main__":
    main()
