"""What Whoosh's readers and queries read segments with: documents, columns, terms and their postings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from whoosh.codec import base
from whoosh.columns import Column, ColumnReader
from whoosh.filedb.structfile import BufferFile
from whoosh.formats import Format
from whoosh.matching import LeafMatcher, Matcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from .codec_values import check_column, from_json, told_as, value_of
from .segment.documents import DocumentFile, Keys
from .segment.file import Array, Floats
from .segment.impacts import kept_lengths
from .segment.postings import Postings, Term
from .segment.segment import Segment
from .segment.terms import SAMPLE, Terms

BLOCK = 128
"""Postings of which Whoosh's matchers see one upper bound; as many as in a block of Whoosh's own codec."""

POSTINGS_KEPT = 64
"""Terms of a field whose postings are kept: Whoosh asks several times for each term of a query."""

SEPARATOR = b"\x1f"
"""Between the names of a set, where it is read as a column of bytes."""


# Documents.


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]  # whoosh's classes are untyped
    """What is kept for each document; `deletions` is Whoosh's segment, which knows the deleted ones.

    `same_length` names for a field another one that is always as long, where only that one's is kept.
    """

    def __init__(
        self, file: DocumentFile, deletions: base.Segment, same_length: Mapping[str, str] | None = None
    ) -> None:
        self._file, self._deletions, self._same_length = file, deletions, same_length or {}
        self._lengths = lru_cache(maxsize=None)(self._kept_lengths)
        self._values = lru_cache(maxsize=None)(self._column_values)

    def close(self) -> None:
        """Let go of the file."""
        self._file.file.close()

    def doc_count(self) -> int:
        """Return how many documents are there."""
        return self._file.count - int(self._deletions.deleted_count())

    def doc_count_all(self) -> int:
        """Return how many documents there are, deleted ones included."""
        return self._file.count

    def has_deletions(self) -> bool:
        """Tell whether any is deleted."""
        return bool(self._deletions.deleted_count())

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted."""
        return bool(self._deletions.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """Yield the deleted documents."""
        yield from self._deletions.deleted_docs()

    def supports_columns(self) -> bool:
        """Columns are kept."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Tell whether any document has a value in a column."""
        return fieldname in self._file.columns

    def list_columns(self) -> Iterator[str]:
        """Yield the names of the columns."""
        return iter(self._file.columns)

    def column_reader(self, fieldname: str, column: Column) -> ColumnReader:
        """Return a column, as Whoosh's own of its type would be read."""
        values = self._values(fieldname)
        if not isinstance(values, bytes):
            return ValueColumn(values)
        check_column(fieldname, column)
        return column.reader(BufferFile(values), 0, len(values), self._file.count)

    def _column_values(self, fieldname: str) -> Sequence[Any] | bytes:
        match self._file.columns[fieldname]["kind"]:
            case "numbers":
                numbers: list[int] = self._file.numbers(fieldname).tolist()
                return numbers
            case "sets":
                sets = self._file.sets(fieldname)
                return [SEPARATOR.join(sets.of(number)) for number in range(self._file.count)]
            case "keys":
                return self._file.keys(fieldname).whole()
        return self._file.file.array(f"column.{fieldname}").tobytes()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the length of a field in a document, as near as Whoosh's byte can tell it."""
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        """Return the length of a field in all documents together."""
        return int(self._file.totals.get(self._length_name(fieldname), (0,))[0])

    def min_field_length(self, fieldname: str) -> int:
        """Return the shortest length of a field, 0 where a document lacks it."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.min(initial=lengths.max(initial=0)))

    def max_field_length(self, fieldname: str) -> int:
        """Return the longest length of a field."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def _length_name(self, fieldname: str) -> str:
        return self._same_length.get(fieldname, fieldname)

    def _kept_lengths(self, fieldname: str) -> Floats | None:
        name = self._length_name(fieldname)
        return kept_lengths(self._file.lengths(name)) if name in self._file.totals else None

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Tell whether a document has a vector of a field."""
        return fieldname in self._kept(docnum)[1]

    def vector(self, docnum: int, fieldname: str, format_: Format) -> ArrayMatcher:
        """Return the terms of a document's field."""
        texts, weights, told = zip(*self._kept(docnum)[1][fieldname], strict=True)
        return ArrayMatcher(None, format_, texts, weights, told.__getitem__)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return what is stored of a document."""
        return self._kept(docnum)[0]

    def _kept(self, docnum: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the stored fields of a document, and its vectors."""
        text = self._file.stored(docnum) if "stored" in self._file.file else b""
        fields, *vectors = from_json(text) if text else [{}]
        return fields, vectors[0] if vectors else {}


class ValueColumn(ColumnReader):  # type: ignore[misc]  # as above
    """A column whose values are at hand."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values, self._sign = values, 1

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def sort_key(self, docnum: int) -> Any:
        """Return what documents are sorted by."""
        return self._values[docnum] if self._sign > 0 else -self._values[docnum]

    def set_reverse(self) -> None:
        """Sort the other way round; for numbers."""
        self._sign = -1


# Terms.


class FieldPostings:
    """The postings of a term in one field: its `docs`, sorted, and its weight in each."""

    def __init__(self, docs: Array, weights: Array) -> None:
        self.docs, self.weights = docs, weights

    def told(self, number: int) -> Any:
        """Return what tells of a posting what its format keeps: here how often the term is there."""
        return round(float(self.weights[number]))


class GroupPostings(FieldPostings):
    """The postings of a term of a group, in the field at a `place` of it."""

    def __init__(self, term: Term, place: int) -> None:
        weights = term.weights[:, place]
        self._there = np.flatnonzero(weights) if len(term.group.fields) > 1 else np.arange(len(weights))
        super().__init__(term.docs[self._there], weights[self._there])
        self._term, self._place = term, place

    def told(self, number: int) -> Any:
        """Return as `FieldPostings`; more where the group keeps more."""
        if self._term.group.has_values:
            return from_json(self._texts[number])
        if self._term.group.has_positions:
            starts, positions = self._positions
            return positions[starts[number] : starts[number + 1]].tolist()
        return int(self._counts[number]) or super().told(number)

    @cached_property
    def _texts(self) -> list[bytes]:
        return self._term.group.values(self._term.number)

    @cached_property
    def _positions(self) -> tuple[Array, Array]:
        """Where the positions of each posting begin, and all positions."""
        places = self._term.places()
        here = places.fields == self._place
        starts = np.searchsorted(places.docs[here], self.docs)
        return np.append(starts, np.count_nonzero(here)), places.positions[here]

    @cached_property
    def _counts(self) -> Array:
        found: Array = self._term.group.counts[self._term.codes[self._there], self._place]
        return found


class Field(Protocol):
    """A field as Whoosh sees it: a sorted dictionary of terms, and the postings of each."""

    @property
    def dictionary(self) -> Terms:
        """The terms of all fields that share them."""
        ...

    def holds(self, number: int) -> bool:
        """Tell whether a term of the dictionary is in this field."""
        ...

    def postings(self, number: int) -> FieldPostings:
        """Return the postings of a term."""
        ...


class GroupField:
    """A field of a group of postings; `is_word` for its unstemmed words."""

    def __init__(self, group: Postings, place: int, is_word: bool) -> None:
        self._group, self._place, self._is_word = group, place, is_word
        self.postings = lru_cache(maxsize=POSTINGS_KEPT)(self._postings)

    @property
    def dictionary(self) -> Terms:
        return self._group.words if self._is_word else self._group.terms

    def holds(self, number: int) -> bool:
        if len(self._group.fields) == 1:
            return True
        term = self._term(number)
        if term.form is None:
            return bool(self._group.frequencies(term.number)[self._place])
        return len(self.postings(number).docs) > 0

    def _postings(self, number: int) -> FieldPostings:
        return GroupPostings(self._term(number), self._place)

    def _term(self, number: int) -> Term:
        if not self._is_word:
            return Term(self._group, number)
        stems, forms = self._group.word_stems(number, number + 1)
        stem = int(stems[0])
        start, stop = self._group.form_starts(stem, stem + 1).tolist()
        return Term(self._group, stem, int(forms[0]) if stop > start else None)


class KeyField:
    """A column of keys as a field: each key a term, of one document."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    @property
    def dictionary(self) -> Terms:
        return self._keys.names

    def holds(self, number: int) -> bool:
        return True

    def postings(self, number: int) -> FieldPostings:
        return FieldPostings(np.array([self._keys.at(number)]), np.ones(1, np.float32))


def terms_from(field: Field, first: int) -> Iterator[tuple[int, bytes]]:
    """Yield the terms of a field and their numbers, from one number on."""
    for start in range(first, len(field.dictionary), SAMPLE):
        texts = field.dictionary.read(start, min(start + SAMPLE, len(field.dictionary)))
        yield from ((number, text) for number, text in enumerate(texts, start) if field.holds(number))


class TermsReader(base.TermsReader):  # type: ignore[misc]  # as above
    """The postings of a segment; `deletions` is Whoosh's segment, which knows the deleted documents."""

    def __init__(self, segment: Segment, deletions: base.Segment) -> None:
        self._segment, self._deletions = segment, deletions
        self._fields: dict[str, Field] = {}
        for name, column in segment.documents.columns.items():
            if column["kind"] == "keys":
                self._fields[name] = KeyField(segment.documents.keys(name))
        for group in segment.groups:
            for place, name in enumerate(group.fields):
                self._fields[name] = GroupField(group, place, False)
            for place, name in enumerate(group.word_fields):
                self._fields[name] = GroupField(group, place, True)
        self._lengths = lru_cache(maxsize=None)(self._kept_lengths)

    def close(self) -> None:
        """Let go of the files."""
        self._segment.close()

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
        return sorted(self._fields)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._found(*term) is not None

    def _found(self, fieldname: str, text: bytes) -> FieldPostings | None:
        field = self._fields.get(fieldname)
        number = field.dictionary.number(text) if field else None
        return field.postings(number) if field and number is not None and field.holds(number) else None

    def _postings(self, fieldname: str, text: bytes) -> FieldPostings:
        found = self._found(fieldname, text)
        if found is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        return found

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        """Return a cursor over the terms of a field."""
        field = self._fields.get(fieldname)
        return Cursor(self, fieldname, field, fieldobj) if field else base.EmptyCursor()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms, sorted."""
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms from one on, those of later fields included."""
        for name, field in sorted(self._fields.items()):
            if name >= fieldname:
                first = field.dictionary.place(prefix) if name == fieldname else 0
                yield from ((name, text) for _, text in terms_from(field, first))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with what is known of them."""
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield the terms from one on with what is known of them."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return what is known of a term; raises Whoosh's `TermNotFound`."""
        found = self._postings(fieldname, text)
        lengths = self._lengths_of(fieldname, found)
        return TermInfo(
            float(found.weights.sum()),
            len(found.docs),
            int(lengths.min()),
            int(lengths.max()),
            float(found.weights.max()),
            int(found.docs[0]),
            int(found.docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return the weight of a term in all documents together, 0 where it is not there."""
        found = self._found(fieldname, text)
        return float(found.weights.sum()) if found else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents hold a term, deleted ones included."""
        found = self._found(fieldname, text)
        return len(found.docs) if found else 0

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> ArrayMatcher:
        """Return the postings of a term, without deleted documents; raises Whoosh's `TermNotFound`.

        Whoosh filters them out once more, but its filter is not for skips: after one it may be at a deleted
        document.
        """
        found = self._postings(fieldname, text)
        there = self._there(found.docs)
        return ArrayMatcher(
            (fieldname, text),
            format_,
            found.docs[there].tolist(),
            found.weights[there].tolist(),
            lambda number: found.told(int(there[number])),
            lengths=self._lengths_of(fieldname, found)[there],
            scorer=scorer,
        )

    def _there(self, docs: Array) -> Array:
        """Return where the documents are that are not deleted."""
        deleted = np.fromiter(self._deletions.deleted_docs(), np.int64)
        return np.flatnonzero(~np.isin(docs, deleted)) if len(deleted) else np.arange(len(docs))

    def _lengths_of(self, fieldname: str, found: FieldPostings) -> Array:
        lengths = self._lengths(fieldname)
        return np.zeros(len(found.docs)) if lengths is None else lengths[found.docs]

    def _kept_lengths(self, fieldname: str) -> Floats | None:
        group, documents = self._segment.word_group_of.get(fieldname), self._segment.documents
        name = group.fields[group.word_fields.index(fieldname)] if group else fieldname
        return kept_lengths(documents.lengths(name)) if name in documents.totals else None


class Cursor(base.FieldCursor):  # type: ignore[misc]  # as above
    """A place in the sorted terms of a field."""

    def __init__(self, terms: TermsReader, name: str, field: Field, fieldobj: Any) -> None:
        self._terms, self._name, self._field, self._fieldobj = terms, name, field, fieldobj
        self.first()

    def first(self) -> Any:
        """Go to the first term."""
        return self._go(0)

    def find(self, term: str | bytes) -> Any:
        """Go to the first term that is not before one."""
        text = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        return self._go(self._field.dictionary.place(text))

    def _go(self, number: int) -> Any:
        self._following = (text for _, text in terms_from(self._field, number))
        self._at: bytes | None = b""
        return self.next()

    def next(self) -> Any:
        """Go to the next term."""
        self._at = next(self._following, None)
        return self.text()

    def text(self) -> Any:
        """Return the term it is at, None behind the last."""
        return None if self._at is None else self._fieldobj.from_bytes(self._at)

    def term_info(self) -> TermInfo | None:
        """Return what is known of the term it is at."""
        return None if self._at is None else self._terms.term_info(self._name, self._at)

    def is_valid(self) -> bool:
        """Tell whether it is at a term."""
        return self._at is not None


# Postings.


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]  # as above
    """Postings, one after the other. `ids` are sorted; `told(i)` is what the format keeps of the i-th."""

    def __init__(
        self,
        term: tuple[str, bytes] | None,
        format_: Format,
        ids: Sequence[Any],
        weights: Sequence[float],
        told: Callable[[int], Any],
        *,
        lengths: Array | None = None,
        scorer: Any = None,
    ) -> None:
        self._term, self.format, self.scorer = term, format_, scorer
        self._ids, self._weights, self._told, self._lengths = ids, weights, told, lengths
        self._at = 0

    def is_active(self) -> bool:
        """Tell whether it is at a posting."""
        return self._at < len(self._ids)

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> ArrayMatcher:
        """Return another at the same posting."""
        return copy(self)

    def id(self) -> Any:
        """Return the document."""
        return self._ids[self._at]

    def all_ids(self) -> Iterator[Any]:
        """Yield the documents from here on."""
        return iter(self._ids[self._at :])

    def weight(self) -> float:
        """Return the weight of the term in the document."""
        return self._weights[self._at]

    def value(self) -> bytes:
        """Return what the format would have kept."""
        return value_of(self.format, self._told(self._at))

    def value_as(self, astype: str) -> Any:
        """Return one reading of what the format keeps."""
        return told_as(self.format, self._told(self._at), astype)

    def items_as(self, astype: str) -> Iterator[tuple[Any, Any]]:
        """Yield the documents from here on, and one reading of what the format keeps of each."""
        return Matcher.items_as(self, astype)  # type: ignore[no-any-return]

    def next(self) -> bool:
        """Go to the next posting; tell whether that is in another block."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return self._at % BLOCK == 0 or not self.is_active()

    def skip_to(self, targetid: Any) -> None:
        """Go to the first posting of a document not before one."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, targetid, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        """Skip the blocks that can score no more than this."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._at = (self._at // BLOCK + 1) * BLOCK
            skipped += 1
        return skipped

    def block_min_id(self) -> Any:
        """Return the first document of the block."""
        return self._ids[self._block() * BLOCK]

    def block_max_id(self) -> Any:
        """Return the last document of the block."""
        return self._ids[min((self._block() + 1) * BLOCK, len(self._ids)) - 1]

    def block_max_weight(self) -> float:
        """Return the greatest weight in the block."""
        return self._bounds[0][self._block()]

    def block_min_length(self) -> int:
        """Return the shortest length in the block."""
        return self._bounds[1][self._block()]

    def block_max_length(self) -> int:
        """Return the longest length in the block."""
        return self._bounds[2][self._block()]

    def _block(self) -> int:
        """Return the number of the block it is in; at the end, of the last one."""
        return max(min(self._at, len(self._ids) - 1), 0) // BLOCK

    @cached_property
    def _bounds(self) -> tuple[list[float], list[int], list[int]]:
        """Of each block the greatest weight, the shortest and the longest length."""
        if not self._ids:
            return [0.0], [0], [0]
        starts = np.arange(0, len(self._ids), BLOCK)
        lengths = np.zeros(len(self._ids)) if self._lengths is None else self._lengths
        lengths = lengths.astype(np.int64)
        weights: list[float] = np.maximum.reduceat(np.array(self._weights), starts).tolist()
        shortest: list[int] = np.minimum.reduceat(lengths, starts).tolist()
        longest: list[int] = np.maximum.reduceat(lengths, starts).tolist()
        return weights, shortest, longest
