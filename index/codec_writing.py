"""What Whoosh's writers write with: documents one after the other, then the sorted postings of all fields."""

from __future__ import annotations

from array import array
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.columns import Column
from whoosh.filedb.structfile import StructFile
from whoosh.formats import Format, Positions

from .codec_values import check_column, check_format, from_json, times_of, to_json, told_by
from .segment.documents import Documents, write_documents
from .segment.file import Array, Longs
from .segment.posting_writer import PostingWriter, Stretch, by_usage
from .segment.segment import documents_path, postings_path
from .segment.writer import SectionWriter


class DocumentWriter(base.PerDocWriterWithColumns):  # type: ignore[misc]  # whoosh's classes are untyped
    """Takes documents one after the other and writes them when it is closed.

    A document that is cancelled, or whose values are refused at its end, leaves nothing behind.
    """

    def __init__(self, stem: Path) -> None:
        self._stem = stem
        self._docnum, self._count = 0, 0
        self._stored: list[bytes] = []
        self._lengths: dict[str, array[int]] = {}
        self._columns: dict[str, tuple[Any, BytesIO]] = {}
        self.is_closed = False
        self.cancel_doc()

    def start_doc(self, docnum: int) -> None:
        """Begin a document."""
        self._docnum = docnum
        self.cancel_doc()

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        """Take what is stored of a field, and its length."""
        if value is not None:
            self._document[fieldname] = value
        if length:
            self._document_lengths[fieldname] = length

    def add_column_value(self, fieldname: str, column: Column, value: Any) -> None:
        """Take the value of a column; raises `TypeError` for a column of pickles."""
        check_column(fieldname, column)
        self._values.append((fieldname, column, value))

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Any) -> None:
        """Take the terms of a document's own vector."""
        check_format(fieldname, fieldobj.vector)
        told = [[text, weight, told_by(fieldobj.vector, value)] for text, weight, value in items]
        if told:
            self._vectors[fieldname] = told

    def finish_doc(self) -> None:
        """End a document; raises `TypeError` where something cannot be stored."""
        kept = [self._document, self._vectors] if self._vectors else [self._document]
        self._stored.append(to_json(kept) if any(kept) else b"")
        for fieldname, column, value in self._values:
            self._column(fieldname, column).add(self._docnum, value)
        for fieldname, length in self._document_lengths.items():
            lengths = self._lengths.setdefault(fieldname, array("q"))
            lengths.extend([0] * (self._count - len(lengths)))
            lengths.append(length)
        self._count += 1

    def cancel_doc(self) -> None:
        """Forget the document that was begun."""
        self._document: dict[str, Any] = {}
        self._vectors: dict[str, list[Any]] = {}
        self._document_lengths: dict[str, int] = {}
        self._values: list[tuple[str, Column, Any]] = []

    def _column(self, fieldname: str, column: Column) -> Any:
        if fieldname not in self._columns:
            file = BytesIO()
            self._columns[fieldname] = column.writer(StructFile(file)), file
        return self._columns[fieldname][0]

    def close(self) -> None:
        """Write them all."""
        for writer, _ in self._columns.values():
            writer.finish(self._count)
        documents = Documents(
            self._count,
            lengths={name: _padded(lengths, self._count) for name, lengths in self._lengths.items()},
            whoosh={name: file.getvalue() for name, (_, file) in self._columns.items()},
            stored=self._stored,
        )
        with SectionWriter(documents_path(self._stem)) as out:
            write_documents(out, documents)
        self.is_closed = True


def _padded(lengths: array[int], count: int) -> Longs:
    found = np.zeros(count, np.int64)
    found[: len(lengths)] = lengths
    return found


class FieldWriter(base.FieldWriter):  # type: ignore[misc]  # as above
    """Takes the postings of all fields, sorted, and writes them when it is closed."""

    def __init__(self, stem: Path) -> None:
        self._out = SectionWriter(postings_path(stem))
        self._groups: dict[str, dict[str, Any]] = {}
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field; raises `TypeError` where its format is not one of Whoosh's."""
        check_format(fieldname, fieldobj.format)
        self._fieldname, self._postings = fieldname, _FieldPostings(fieldobj.format)

    def start_term(self, text: bytes) -> None:
        """Begin a term."""
        self._postings.start(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        """Take a posting."""
        self._postings.add(docnum, weight, vbytes)

    def finish_term(self) -> None:
        """End a term."""

    def finish_field(self) -> None:
        """Write a field."""
        name = str(len(self._groups))  # no field's: a field may be called like a section of another
        self._groups[name] = self._postings.write(self._out, name, self._fieldname)

    def close(self) -> None:
        """Write them all."""
        with self._out:
            self._out.finish({"groups": self._groups})
        self.is_closed = True


class _FieldPostings:
    """The postings of a field, as they come: term by term, and in each by document.

    Of each posting there are its document, its weight, how many `times` the term is there, and either so many
    `positions`, or all that its format tells, as JSON in `values`.
    """

    def __init__(self, format_: Format) -> None:
        self._format, self._plain = format_, type(format_) is Positions
        self._has_values = isinstance(format_, Positions) and not self._plain
        self._terms: list[bytes] = []
        self._counts = array("q")
        self._docs, self._weights, self._times = array("q"), array("f"), array("q")
        self._positions = array("q")
        self._values: list[bytes] = []

    def start(self, text: bytes) -> None:
        self._terms.append(text)
        self._counts.append(0)

    def add(self, docnum: int, weight: float, value: bytes) -> None:
        told = told_by(self._format, value)
        if self._counts[-1] and self._docs[-1] == docnum:
            self._add_again(weight, told)
            return
        self._counts[-1] += 1
        self._docs.append(docnum)
        self._weights.append(weight)
        self._times.append(times_of(told))
        if self._plain:
            self._positions.extend(told)
        if self._has_values:
            self._values.append(to_json(told))

    def _add_again(self, weight: float, told: Any) -> None:
        """Add to the last posting: two numbers of one document may share terms."""
        self._weights[-1] += weight
        self._times[-1] += times_of(told)
        if self._plain:
            self._positions.extend(told)
        if self._has_values:
            self._values[-1] = to_json(from_json(self._values[-1]) + told)

    def write(self, out: SectionWriter, name: str, field: str) -> dict[str, Any]:
        """Write them as the group `name` of one field, and return what its reader has to know."""
        steps = self._steps()
        values = self._values
        if steps.min(initial=0) < 0:  # a list that does not rise: steps are for those that do
            ends = np.cumsum(self._times).tolist()
            values = [to_json(self._positions[a:b].tolist()) for a, b in zip([0, *ends], ends, strict=False)]
            steps = steps[:0]
        both = np.array([self._weights, self._times], np.float64).T
        rows, codes, usage = np.unique(both, axis=0, return_inverse=True, return_counts=True)
        table, places = by_usage(rows[:, :1].astype(np.float32), rows[:, 1:].astype(np.int64), usage)
        none = np.zeros(0, np.int64)
        stretch = Stretch(
            self._terms,
            np.array(self._counts, np.int64),
            np.array(self._docs, np.int64),
            places[codes.ravel()],
            steps,
            none,
            np.zeros(len(self._terms), np.int64),
            values,
        )
        positions = self._plain and not values
        writer = PostingWriter(out, name, [field], table, positions=positions, values=bool(values))
        writer.append(stretch)
        return writer.finish()

    def _steps(self) -> Array:
        """Return how far each position is behind the one before in its posting."""
        positions, times = np.array(self._positions, np.int64), np.array(self._times, np.int64)
        steps = np.diff(positions, prepend=0)
        if len(steps):
            begins = (np.cumsum(times) - times)[times > 0]
            steps[begins] = positions[begins]
        return steps
