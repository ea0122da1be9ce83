"""Whoosh's codec over segments of arrays: for its writers, its readers and all of its queries.

An archive's own index is written by `build.py` and searched by `evaluate.py`, without Whoosh's objects in
between. This is the other door to the same files: any schema can be indexed with
`index.writer(codec=ArrayCodec())`, and any query of Whoosh's runs over the segments of either.
Nothing is pickled, neither written nor read: stored fields and what Whoosh's richer formats keep is JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh.codec import base

from .codec_reading import DocumentReader, TermsReader
from .codec_writing import DocumentWriter, FieldWriter
from .segment.documents import DocumentFile
from .segment.file import SectionFile
from .segment.segment import Segment, documents_path


class ArrayCodec(base.Codec):  # type: ignore[misc]  # whoosh's classes are untyped
    """Keeps segments as arrays; only where storage is a folder of files, which it maps into memory."""

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        """Return a new, empty segment."""
        return ArraySegment(indexname)

    def per_document_writer(self, storage: Any, segment: ArraySegment) -> DocumentWriter:
        """Return what documents are written with."""
        return DocumentWriter(segment.stem(storage))

    def field_writer(self, storage: Any, segment: ArraySegment) -> FieldWriter:
        """Return what postings are written with."""
        return FieldWriter(segment.stem(storage))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> DocumentReader:
        """Return what documents are read with."""
        return DocumentReader(DocumentFile(SectionFile(documents_path(segment.stem(storage)))), segment)

    def terms_reader(self, storage: Any, segment: ArraySegment) -> TermsReader:
        """Return what postings are read with."""
        return TermsReader(Segment(segment.stem(storage)), segment)


class ArraySegment(base.Segment):  # type: ignore[misc]  # as above
    """A segment as Whoosh knows it: its name, document count and deleted documents."""

    def __init__(self, indexname: str, documents: int = 0, deleted: Iterable[int] = ()) -> None:
        super().__init__(indexname)
        self._documents, self._deleted = documents, set(deleted)

    def codec(self) -> ArrayCodec:
        """Return the codec that reads it."""
        return ArrayCodec()

    def stem(self, storage: Any) -> Path:
        """Return the path of its files, without what tells them apart."""
        if not hasattr(storage, "folder"):
            raise TypeError("ArrayCodec keeps segments in a folder: use whoosh.filedb.filestore.FileStorage")
        return Path(storage.folder, self.segment_id())

    def should_assemble(self) -> bool:
        """Whoosh need not put its files together: they are two."""
        return False

    def doc_count_all(self) -> int:
        """Return how many documents it has, deleted ones included."""
        return self._documents

    def set_doc_count(self, doccount: int) -> None:
        """Set how many documents it has."""
        self._documents = doccount

    def deleted_count(self) -> int:
        """Return how many documents are deleted."""
        return len(self._deleted)

    def deleted_docs(self) -> set[int]:
        """Return the deleted documents."""
        return self._deleted

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted."""
        return docnum in self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark a document as deleted, or as not."""
        if not 0 <= docnum < self._documents:
            raise KeyError(f"no document {docnum} in a segment of {self._documents}")
        (self._deleted.add if delete else self._deleted.discard)(docnum)
