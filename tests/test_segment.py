"""Segments: lists of numbers, dictionaries and columns come back as they were written, whole or in part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from askive.index.segment import merge as merging
from askive.index.segment.coding import BYTES, HALVES, Coded, CodedWriter, Width
from askive.index.segment.documents import MISSING, DocumentFile, Documents, Sets, write_documents
from askive.index.segment.file import SectionFile
from askive.index.segment.posting_writer import by_usage
from askive.index.segment.terms import TermList, Terms, write_terms
from askive.index.segment.writer import SectionWriter
from askive.index.vocabulary import distances_to, like, near
from askive.tests.test_suggest import reachable
from hypothesis import given, settings
from hypothesis import strategies as st


def written(write: Callable[[SectionWriter], None]) -> SectionFile:
    """Return the file that `write` writes, open; it stays open though its folder goes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with SectionWriter(path) as out:
            write(out)
            out.finish({})
        return SectionFile(path)


SMALL, LARGE = st.integers(0, 20), st.sampled_from((254, 255, 256, 65534, 65535, 65536, 2**31 - 1))


@pytest.mark.parametrize("width", [BYTES, HALVES])
@given(st.lists(st.lists(SMALL | LARGE)), st.data())
def test_any_stretch_of_a_coded_list_is_read(
    width: Width, stretches: list[list[int]], data: st.DataObject
) -> None:
    def write(out: SectionWriter) -> None:
        writer = CodedWriter(out, "list", width)
        for stretch in stretches:
            writer.append(np.array(stretch, np.int64))
        writer.finish()

    whole = [number for stretch in stretches for number in stretch]
    stop = data.draw(st.integers(0, len(whole)))
    start = data.draw(st.integers(0, stop))
    assert Coded(written(write), "list", width).read(start, stop).tolist() == whole[start:stop]


@pytest.mark.parametrize("width", [BYTES, HALVES])
def test_a_long_coded_list_is_read_from_anywhere(width: Width) -> None:
    numbers = np.random.default_rng(1).choice([0, 3, 14, 15, 254, 255, 70_000], 20_000)

    def write(out: SectionWriter) -> None:
        writer = CodedWriter(out, "list", width)
        for stretch in np.array_split(numbers, 7):
            writer.append(stretch)
        writer.finish()

    coded = Coded(written(write), "list", width)
    for start in (0, 1, 4095, 4096, 4097, 12_345, 19_999):
        assert coded.read(start, min(start + 5000, 20_000)).tolist() == numbers[start : start + 5000].tolist()


@settings(max_examples=50)
@given(st.sets(st.text("abcé", max_size=5), max_size=300), st.text("abcé", max_size=5), st.integers(1, 2))
def test_terms_are_found(held: set[str], asked: str, edits: int) -> None:
    names = sorted(text.encode() for text in held)
    terms = Terms(written(lambda out: write_terms(out, "terms", names)), "terms")
    assert terms.read() == names
    number = terms.number(asked.encode())
    assert (names[number] if number is not None else None) == (asked.encode() if asked in held else None)
    assert [names[n] for n in terms.prefixed(asked.encode())] == [
        n for n in names if n.startswith(asked.encode())
    ]
    wanted = names[:: len(asked) + 1]
    assert [names[n] for n in terms.numbers(wanted)] == wanted
    assert terms.pick(terms.numbers(wanted)) == wanted
    pattern = f"{asked}*"
    assert [t.decode() for t in like(terms, pattern)] == sorted(t for t in held if t.startswith(asked))
    assert set(near(terms, None, asked, edits)) == {t.encode() for t in held if reachable(asked, t, edits)}


@given(st.lists(st.lists(st.binary(max_size=3))), st.data())
def test_a_list_of_terms_is_a_list(parts: list[list[bytes]], data: st.DataObject) -> None:
    terms = TermList()
    for part in parts:
        terms.extend(part)
    plain = [term for part in parts for term in part]
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(plain))] * 2)))
    assert (list(terms), len(terms)) == (plain, len(plain))
    assert terms[start:stop] == plain[start:stop]
    assert terms[start:stop:3] == plain[start:stop:3]
    kept = data.draw(st.lists(st.booleans(), min_size=len(plain), max_size=len(plain)))
    expected = [term for term, is_kept in zip(plain, kept, strict=True) if is_kept]
    assert list(terms.chosen(np.array(kept, bool))) == expected


@given(st.lists(st.sets(st.text("abcé", max_size=3)), min_size=1, max_size=4), st.integers(1, 9))
def test_dictionaries_are_united(some: list[set[str]], at_once: int) -> None:
    names = [sorted(text.encode() for text in texts) for texts in some]
    dictionaries = [
        Terms(written(lambda out, n=n: write_terms(out, "terms", n)), "terms")  # type: ignore[misc]
        for n in names
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "TERMS", at_once)
        united, numbers = merging._united(dictionaries)
    assert list(united) == sorted(set().union(*names))
    assert [[united[n] for n in found.tolist()] for found in numbers] == names


def test_what_was_released_is_read_again() -> None:
    file = written(lambda out: out.append("numbers", np.arange(100_000, dtype=np.uint32)))
    before = file.array("numbers")
    file.release()
    assert int(before[99_999]) == 99_999
    assert file.array("numbers", 70_000, 70_002).tolist() == [70_000, 70_001]


@given(st.text("ab☕", max_size=6), st.lists(st.text("ab☕", max_size=6), max_size=8))
def test_distances_are_what_trying_all_edits_finds(word: str, others: list[str]) -> None:
    distances = distances_to(word, others).tolist()
    for other, distance in zip(others, distances, strict=True):
        assert reachable(word, other, distance)
        assert distance == 0 or not reachable(word, other, distance - 1)


NUMBERS = st.sampled_from((MISSING, MISSING + 1, -1, 0, 1, 255, 256, 2**40, 2**63 - 1)) | st.integers(-5, 300)


@given(st.lists(NUMBERS), NUMBERS, NUMBERS)
def test_columns_of_numbers(values: list[int], low: int, high: int) -> None:
    numbers = {"n": np.array(values, np.int64)}
    with TemporaryDirectory() as folder, SectionWriter(Path(folder) / "file") as out:
        write_documents(out, Documents(len(values), numbers=numbers))
        documents = DocumentFile(SectionFile(Path(folder) / "file"))
    assert documents.numbers("n").tolist() == values
    inside = [value != MISSING and low <= value <= high for value in values]
    assert documents.between("n", low, high).tolist() == inside
    assert documents.between("n", None, None).tolist() == [value != MISSING for value in values]
    by_place = sorted(range(len(values)), key=lambda i: int(documents.places("n")[i]))
    assert [values[i] for i in by_place] == sorted(values)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3)), st.data())
def test_columns_of_sets_and_keys(rows: list[list[str]], data: st.DataObject) -> None:
    names = [b"a", b"b", b"c"]
    flat = [names.index(name.encode()) for row in rows for name in row]
    sets = Sets(names, np.array(list(map(len, rows)), np.int64), np.array(flat, np.int64))
    keys = data.draw(st.permutations([str(n).encode() for n in range(len(rows))]))
    with TemporaryDirectory() as folder, SectionWriter(Path(folder) / "file") as out:
        write_documents(out, Documents(len(rows), sets={"s": sets}, keys={"k": keys}))
        documents = DocumentFile(SectionFile(Path(folder) / "file"))
    assert [[n.decode() for n in documents.sets("s").of(i)] for i in range(len(rows))] == rows
    chosen = np.arange(0, len(rows), 2)
    held = [sum(row.count(name) for row in rows[::2]) for name in "abc"]
    assert documents.sets("s").count(chosen).tolist() == held
    assert documents.keys("k").whole() == keys
    for number, key in enumerate(keys):
        assert documents.keys("k").of(number) == key
        assert documents.keys("k").document(key) == number
    assert documents.keys("k").document(b"none") is None


def test_rows_come_by_usage() -> None:
    rows = np.array([[1, 0], [0, 2], [3, 3], [4, 4]])
    table, places = by_usage(rows, rows, np.array([2, 9, 0, 5]))
    assert table.weights.tolist() == [[0, 2], [4, 4], [1, 0]]
    assert table.usage.tolist() == [9, 5, 2]
    assert places[[0, 1, 3]].tolist() == [2, 0, 1]
