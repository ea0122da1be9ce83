"""A damaged index answers as before or says that it cannot, whatever byte it is: it never answers wrongly.

The index is tiny, on a file system in memory where there is one. It is tried as it is, where each file has
one or two blocks with a checksum; and written with all sizes made so small that every section holds
something and much of a file is not read for an answer: there a byte may be harmed without harm, and all the
answers have to be the same.
"""

from __future__ import annotations

import json
import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from askive.archive.records import Answer, Body, Question, Tag
from askive.index import grammar
from askive.index.analysis import Stemmer
from askive.index.build import update
from askive.index.errors import IndexUnusable
from askive.index.fields import RANKED
from askive.index.related import related
from askive.index.schema import STEM_FIELDS, words_field
from askive.index.search import FACETS, SORTS, search
from askive.index.segment import coding, posting_writer, postings, terms, writer
from askive.index.segment import file as files
from askive.index.segment.file import HEADER, MAGIC, SectionFile
from askive.index.segment.segment import Segment
from askive.index.segment.writer import SectionWriter
from askive.index.snapshot import Snapshot
from askive.index.suggest import IndexVocabulary, suggest
from askive.index.toc import latest_generation, toc_path
from askive.tests.index_archive import ARCHIVE_ID, NOW, History, day, question

MEMORY = Path("/dev/shm")

SMALL_BLOCK = 64
SMALL = (
    (files, "BLOCK", SMALL_BLOCK),
    (writer, "BLOCK", SMALL_BLOCK),
    (coding, "RANK", 2),
    (terms, "SAMPLE", 4),
    (postings, "HEAVY", 1),
    (posting_writer, "HEAVY", 1),
)
SMALL_NUMBERS = {"longer": 3, "longest": 5}
"""The sizes of the format, for an index that is to a real one as a kilobyte to megabytes."""

IOP = Tag("iop", "IOP", "Intensive outpatient program.", ("intensive-outpatient",))
QUESTIONS = (
    question(
        "example.org:1",
        "Which treatment is intensive outpatient treatment?",
        "We look for a clinic.",
        tags=[IOP, "clinic"],
        answers=[Answer("a", Body("It treats by day."), "Alice", day("2014-03-14"), score=4, accepted=True)],
        comments=["By mail."],
        author="Jane",
        created=day("2014-03-12"),
        score=3,
        views=70_000,
        url="https://example.org/questions/1/iop",
        site="example.org",
    ),
    question(
        "example.org:2", "Do clinics treat outpatients?", tags=[IOP], created=day("2016-01-02"), score=-1
    ),
    question(
        "example.com:7",
        "How is a C++ vector erased?",
        tags=["c++"],
        answers=[
            Answer("b", Body("Erase, then: v.erase(it);", "<p>Erase, then:</p><pre>v.erase(it);</pre>"))
        ],
        site="example.com",
        closed="duplicate",
    ),
    question(
        "example.jp:1", "急須の茶渋", "重曹", tags=["台所"], created=day("2020-02-29"), site="example.jp"
    ),
    question("text:0a", "It's a day clinic, by day", "day after day", tags=["clinic"], views=3),
    question("text:0b", "Gone"),
)
LATER = (question("text:0c", "A later outpatient", "clinic by night", tags=[IOP], created=day("2021-05-06")),)

QUERIES = (
    "*",
    "outpatient treatment",
    "day clinic -vector",
    '"intensive outpatient"',
    '"outpatient treatment"~3',
    "clin*",
    "*pat?ent",
    "outpatent~",
    "[iop] OR [c++]",
    "tag:c*",
    "site:example",
    "user:alice",
    "user:(jan*)",
    "code:erase",
    'code:"v erase"',
    "url:questions",
    'url:"example org"',
    "title:(clinic day)",
    "blurb:program comment:mail",
    "score:0.. views:<100000",
    "answers:1",
    "created:2014..2016",
    "active:2014-03",
    "is:accepted",
    "has:blurb",
    "id:example.org:2",
    "急須",
)


@dataclass(frozen=True, slots=True)
class Sound:
    """An index as it was written: the bytes of its files, and what it answers."""

    folder: Path
    files: dict[str, bytes]
    answers: str

    def names(self) -> list[str]:
        return list(self.files)

    def put(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    def put_byte(self, name: str, place: int, value: int) -> None:
        with (self.folder / name).open("r+b") as file:
            file.seek(place)
            file.write(bytes([value]))

    def mend(self) -> None:
        for path in self.folder.iterdir():
            if path.is_dir():
                path.rmdir()
            elif path.name not in self.files:
                path.unlink()
        for name, data in self.files.items():
            self.put(name, data)


LOAD = {one.id: one for one in QUESTIONS}.get


def answers_of(snapshot: Snapshot) -> str:
    """Return what a snapshot says to whatever it can be asked, scores included to the last bit."""
    said: list[object] = [
        search(snapshot, grammar.parse(text), now=NOW, limit=50, facets=FACETS, explain=True)
        for text in QUERIES
    ]
    said += [search(snapshot, grammar.Everything(), now=NOW, sort=sort, limit=4) for sort in SORTS]
    said += [search(snapshot, grammar.parse("day clinic"), now=NOW, match=m) for m in ("any", "all")]
    linked = (("text:0a", "linked"), ("nowhere:1", "related"))
    said += [related(snapshot, QUESTIONS[0], now=NOW, load=LOAD, linked=linked)]  # type: ignore[arg-type]
    said += [related(snapshot, Question("", "a clinic for outpatients"), now=NOW, load=LOAD)]
    vocabulary = IndexVocabulary(snapshot, [words_field(f.name) for f in RANKED], STEM_FIELDS, Stemmer())
    said += [suggest([("clinik", "outpatients", "intensve", "zzzzzz"), ("out", "patients")], vocabulary)]
    said += [snapshot.count(), sorted(snapshot.ids()), snapshot.ids_beginning("text:")]
    said += [snapshot.number_of(id) for id in ("example.jp:1", "text:0b", "text:0c")]
    return repr(said)


def written(folder: Path, questions: Iterable[Question], later: Iterable[Question]) -> Sound:
    """Return an index of two segments, with a deleted question in the first of them."""
    history = History(questions)
    update(folder, ARCHIVE_ID, history.changes)
    history.put(*later)
    history.delete("text:0b")
    update(folder, ARCHIVE_ID, history.changes)
    with Snapshot.open(folder, ARCHIVE_ID, thorough=True) as snapshot:
        assert [(segment.count, len(segment.deleted)) for segment in snapshot.segments] == [(6, 1), (1, 0)]
        answers = answers_of(snapshot)
        names = [toc_path(folder, latest_generation(folder)).name]
        names += [f"{s.stem.name}.{part}" for s in snapshot.segments for part in ("documents", "postings")]
    (folder / "askive_lock").unlink()
    return Sound(folder, {name: (folder / name).read_bytes() for name in names}, answers)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@contextmanager
def small_sizes() -> Iterator[None]:
    """Read and write another format, of smaller sizes."""
    widths = {width: asdict(width) for width in (coding.BYTES, coding.HALVES)}
    with pytest.MonkeyPatch.context() as patch:
        for module, name, size in SMALL:
            patch.setattr(module, name, size)
        try:
            set_widths(dict.fromkeys(widths, SMALL_NUMBERS))
            yield
        finally:
            set_widths(widths)


def set_widths(values: Mapping[coding.Width, Mapping[str, Any]]) -> None:
    for width, fields in values.items():
        for name, value in fields.items():
            object.__setattr__(width, name, value)  # they are frozen, and bound as defaults


@pytest.fixture(scope="module", params=["as it is", "small"])
def written_once(folder: Path, request: pytest.FixtureRequest) -> Iterator[Sound]:
    """An index in the sizes of the format or in small ones."""
    as_it_is = written(folder / f"before {request.param}", QUESTIONS, LATER)
    if request.param == "as it is":
        yield as_it_is
        return
    with small_sizes():
        small = written(folder / request.param, QUESTIONS, LATER)
        assert small.answers == as_it_is.answers
        yield small


@pytest.fixture
def sound(written_once: Sound) -> Iterator[Sound]:
    """A sound index, for a test to do harm to."""
    yield written_once
    written_once.mend()


def refused(sound: Sound) -> bool:
    """Tell whether the index is refused, now or when it is asked; if not, it answers as before.

    It is never refused without a word that says so, and what is read whole is refused then at the latest.
    """
    try:
        with Snapshot.open(sound.folder, ARCHIVE_ID) as snapshot:
            assert answers_of(snapshot) == sound.answers
    except IndexUnusable as problem:
        assert str(problem).count("\n") == 0
        return True
    return False


def assert_seen(sound: Sound, what: object) -> bool:
    """Hold that all of an index is not as it was written; return whether it is refused when it is asked."""
    with pytest.raises(IndexUnusable):
        Snapshot.open(sound.folder, ARCHIVE_ID, thorough=True)
        pytest.fail(f"not seen: {what}")
    return refused(sound)


def slowly(often: int) -> list[object]:
    """Return every how many places are tried: in the suite of every day, and in the slow one."""
    return [often, pytest.param(1, marks=pytest.mark.slow)]


def parts_of(data: bytes) -> dict[str, range]:
    """Return where the parts of a segment's file lie, as docs/index-format.md has it."""
    _, _, _, length, directory, size, _, _ = HEADER.unpack_from(data)
    checksums, count, _ = json.loads(data[directory : directory + size])["checksums"]
    assert (checksums + 4 * count, directory + size) == (directory, length)
    return {
        "header": range(HEADER.size),
        "sections": range(HEADER.size, checksums),
        "checksums": range(checksums, directory),
        "directory": range(directory, length),
    }


def segment_files(sound: Sound) -> list[str]:
    return [name for name in sound.files if not name.startswith("toc-")]


def resealed(data: bytes, **changed: int) -> bytes:
    """Return a segment's file with other values in its header, and the header's checksum to go with them."""
    names = ("magic", "version", "zero", "length", "offset", "size", "crc")
    values = dict(zip(names, HEADER.unpack_from(data), strict=False)) | changed
    header = HEADER.pack(*values.values(), 0)[:-4]
    return header + zlib.crc32(header).to_bytes(4, "little") + data[HEADER.size :]


def with_directory(data: bytes, directory: object) -> bytes:
    """Return a segment's file with another directory, and all checksums to go with it."""
    offset = HEADER.unpack_from(data)[4]
    text = directory if isinstance(directory, bytes) else json.dumps(directory).encode()
    data = data[:offset] + text
    return resealed(data, length=len(data), size=len(text), crc=zlib.crc32(text))


# Single bytes.


def test_every_byte_of_the_table_of_contents(sound: Sound) -> None:
    name = sound.names()[0]
    for place, value in enumerate(sound.files[name]):
        for other in (value ^ 1, value ^ 0x20, 0):
            sound.put_byte(name, place, other)
            assert refused(sound) or other == value, (name, place, other)
        sound.put_byte(name, place, value)


@pytest.mark.parametrize("every", slowly(5))
def test_every_byte_around_the_sections(sound: Sound, every: int) -> None:
    for name in segment_files(sound):
        data = sound.files[name]
        for part, places in parts_of(data).items():
            for place in () if part == "sections" else places[:: every if part == "directory" else 1]:
                sound.put_byte(name, place, data[place] ^ 1 << place % 8)
                with pytest.raises(IndexUnusable):
                    Snapshot.open(sound.folder, ARCHIVE_ID)
                    pytest.fail(f"not seen: {name} {part} {place}")
                sound.put_byte(name, place, data[place])


@pytest.mark.parametrize("every", slowly(37))
def test_every_byte_of_the_sections(sound: Sound, every: int) -> None:
    outcomes = Counter[bool]()
    for name in segment_files(sound):
        data = sound.files[name]
        for place in parts_of(data)["sections"][::every]:
            sound.put_byte(name, place, (data[place] ^ 1 << place % 8) if place % 3 else 0xFF - data[place])
            with Snapshot.open(sound.folder, ARCHIVE_ID):
                pass  # a section is not read before it is asked for
            outcomes[assert_seen(sound, (name, place))] += 1
            sound.put_byte(name, place, data[place])
    assert outcomes[True]
    assert bool(outcomes[False]) == (files.BLOCK == SMALL_BLOCK), outcomes


def test_no_item_is_read_that_is_damaged(tmp_path: Path) -> None:
    """Whatever stretch is asked for; and what lies in other blocks is still read."""
    with small_sizes():
        with SectionWriter(tmp_path / "file") as out:
            out.append("few", np.arange(3, dtype=np.uint8))
            out.append("many", np.arange(100, dtype=np.uint32))
            out.finish({})
        sound = (tmp_path / "file").read_bytes()
        begin = HEADER.size + 8
        for place in range(begin, begin + 400, 3):
            (tmp_path / "file").write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
            block = (place - HEADER.size) // SMALL_BLOCK
            for start, stop in combinations(range(0, 101, 5), 2):
                first = (begin - HEADER.size + 4 * start) // SMALL_BLOCK
                last = (begin - HEADER.size + 4 * stop - 1) // SMALL_BLOCK
                try:
                    found = SectionFile(tmp_path / "file").array("many", start, stop).tolist()
                except IndexUnusable:
                    found = None
                assert found == (None if first <= block <= last else list(range(start, stop)))


def test_a_sector_of_zeros(sound: Sound) -> None:
    """What a disk or a file system may leave of a write that it had promised."""
    for name in segment_files(sound):
        data = sound.files[name]
        for start in range(0, len(data), 512):
            zeroed = data[:start] + bytes(len(data[start : start + 512])) + data[start + 512 :]
            if zeroed != data:
                sound.put(name, zeroed)
                assert_seen(sound, (name, start))
        sound.put(name, data)


# Lengths.


@pytest.mark.parametrize("every", slowly(37))
def test_every_length_but_its_own(sound: Sound, every: int) -> None:
    for name, data in sound.files.items():
        parts = parts_of(data) if name in segment_files(sound) else {}
        ends = {end for part in parts.values() for end in (part.start, part.stop - 1)}
        for length in sorted({*range(0, len(data), every), *ends, len(data) - 1}):
            sound.put(name, data[:length])
            assert refused(sound), (name, length)
        sound.put(name, data)


def test_appended_bytes(sound: Sound) -> None:
    for name, data in sound.files.items():
        for more in (b"\0", b"\n", b"}", bytes(8), bytes(files.BLOCK), data):
            sound.put(name, data + more)
            # White space behind JSON changes nothing in it.
            assert refused(sound) != (more == b"\n" and name == sound.names()[0]), (name, more[:1])
        sound.put(name, data)


# Whole files.


def test_missing_and_empty_files(sound: Sound) -> None:
    for name, data in sound.files.items():
        (sound.folder / name).unlink()
        assert refused(sound), name
        (sound.folder / name).mkdir()
        assert refused(sound), name
        (sound.folder / name).rmdir()
        sound.put(name, b"")
        assert refused(sound), name
        sound.put(name, data)


def test_files_of_random_bytes(sound: Sound) -> None:
    chance = random.Random(5)
    for name, data in sound.files.items():
        for length in (1, 8, HEADER.size, 200, len(data)):
            junk = chance.randbytes(length)
            for head in (b"", MAGIC, data[: HEADER.size], data[: length // 2]):
                sound.put(name, head + junk[len(head) :])
                assert refused(sound), (name, length, head[:8])
        sound.put(name, data)


def test_files_in_the_place_of_others(sound: Sound) -> None:
    for name, other in permutations(sound.files, 2):
        sound.put(name, sound.files[other])
        assert refused(sound), (name, other)
        sound.put(name, sound.files[name])
    for name, other in combinations(segment_files(sound), 2):
        sound.put(name, sound.files[other])
        sound.put(other, sound.files[name])
        assert refused(sound), (name, other)
        sound.mend()


def test_files_of_another_index(sound: Sound, folder: Path) -> None:
    """One of the same archive, and of nearly the same questions."""
    with tempfile.TemporaryDirectory(dir=folder) as elsewhere:
        changed = (replace(QUESTIONS[0], score=4, title="Which treatment is it?"), *QUESTIONS[1:])
        other = written(Path(elsewhere), changed, (replace(LATER[0], title="Another outpatient", score=7),))
    assert other.answers != sound.answers
    toc, *segments = zip(sound.files, other.files.values(), strict=True)
    for some in (chosen for count in range(1, 5) for chosen in combinations(segments, count)):
        for name, data in some:
            sound.put(name, data)
        assert refused(sound), [name for name, _ in some]
        sound.mend()
    sound.put(*toc)  # it names segments that are not there
    assert refused(sound)


# What is whole and yet not ours.


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_another_version_is_named(sound: Sound, version: int) -> None:
    for name in segment_files(sound):
        sound.put(name, resealed(sound.files[name], version=version))
        with pytest.raises(IndexUnusable, match=rf"segment format {version}\b.*cannot read"):
            Snapshot.open(sound.folder, ARCHIVE_ID)
        sound.mend()


@pytest.mark.parametrize("version", [0, 1, 3, "2", None])
def test_another_version_of_the_table_of_contents_is_named(sound: Sound, version: object) -> None:
    name = sound.names()[0]
    data = json.loads(sound.files[name]) | {"format": version}
    del data["crc32"]
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    sound.put(name, json.dumps(data | {"crc32": zlib.crc32(canonical)}).encode())
    with pytest.raises(IndexUnusable, match=rf"of format {version}\b.*cannot read"):
        Snapshot.open(sound.folder, ARCHIVE_ID)


def directories(data: bytes) -> Iterator[object]:
    """Yield directories for a file that no writer of ours makes."""
    places = parts_of(data)["directory"]
    own = json.loads(data[places.start : places.stop])
    yield from (b"", b"{", b"[]", b"null", b"1", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, {}, [own])
    yield from ({key: value for key, value in own.items() if key != left_out} for left_out in own)
    yield from (own | {key: wrong} for key in own for wrong in (None, 1, "x", [], [1], {}, {"x": 1}))
    begin, count, crc = own["checksums"]
    offsets = (begin - 4, begin + 4, -1, 0, 2**62, begin + 0.5, 1e300, str(begin), None)
    counts = (count - 1, count + 1, 0, -1, 2**62, count + 0.5, str(count), None)
    checksums: list[tuple[object, ...]] = [
        *((place, count, crc) for place in offsets),
        *((begin, number, crc) for number in counts),
    ]
    checksums += [(begin,), (begin, count), (begin, count, crc, 0), (begin, count, crc ^ 1)]
    yield from (own | {"checksums": wrong} for wrong in checksums)
    name, (start, items, dtype) = next(iter(own["sections"].items()))
    sections: list[tuple[object, ...]] = [
        (place, items, dtype) for place in (0, -8, begin + 8, 2**62, start + 0.5, str(start), None)
    ]
    sections += [(start, number, dtype) for number in (-1, 2**62, items + 0.5, str(items), None)]
    kinds: tuple[object, ...] = ("O", "|O", "<u2,<u2", "U9", "", None, [], {}, ">u4", "<f2", 8)
    sections += [*((start, 1, kind) for kind in kinds), (start, items), (start, items, dtype, 0)]
    yield from (own | {"sections": own["sections"] | {name: wrong}} for wrong in sections)


def test_directories_that_no_writer_makes(sound: Sound) -> None:
    for name in segment_files(sound)[:2]:
        for directory in directories(sound.files[name]):
            sound.put(name, with_directory(sound.files[name], directory))
            with pytest.raises(IndexUnusable):
                file = SectionFile(sound.folder / name)
                file.verify()
                for section in file.names():
                    file.array(section)
                Segment((sound.folder / name).with_suffix("")).documents.lengths("title")
                pytest.fail(f"believed: {directory!s:.1000}")
        sound.put(name, sound.files[name])


def test_the_checksums_that_the_tests_make_are_right(sound: Sound) -> None:
    for name in segment_files(sound):
        data = sound.files[name]
        directory = parts_of(data)["directory"]
        assert resealed(data) == with_directory(data, data[directory.start :]) == data
