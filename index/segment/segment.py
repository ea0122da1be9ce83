"""A segment on disk: its two files, its documents and its groups of postings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from .documents import DocumentFile
from .file import Array, SectionFile
from .postings import Postings


class Segment:
    """A segment on disk, open: its `documents`, and its `groups` of postings by each field's name.

    `deleted` has the sorted numbers of documents that are not there any more.
    """

    def __init__(self, stem: Path, deleted: Sequence[int] = ()) -> None:
        self.stem = stem
        self._document_file = SectionFile(documents_path(stem))
        self._posting_file = SectionFile(postings_path(stem))
        self.documents = DocumentFile(self._document_file)
        self.count = self.documents.count
        self.marks = self._document_file.mark, self._posting_file.mark
        self.deleted = np.array(deleted, np.int64)
        if len(deleted) and not 0 <= deleted[0] <= deleted[-1] < self.count:
            raise self._document_file.damaged()
        try:
            groups = self._posting_file.meta["groups"]
            self.groups = [Postings(self._posting_file, name, groups[name], self.count) for name in groups]
        except (KeyError, TypeError) as error:
            raise self._posting_file.damaged() from error
        self.group_of = {field: group for group in self.groups for field in group.fields}
        self.word_group_of = {field: group for group in self.groups for field in group.word_fields}

    @cached_property
    def alive(self) -> Array | None:
        """Which documents are there; None where all are."""
        if not len(self.deleted):
            return None
        found = np.ones(self.count, bool)
        found[self.deleted] = False
        return found

    def verify(self) -> None:
        """Read both files against their checksums."""
        self._document_file.verify()
        self._posting_file.verify()

    def close(self) -> None:
        """Let go of the files."""
        self._document_file.close()
        self._posting_file.close()


def documents_path(stem: Path) -> Path:
    """Return where the documents of a segment are kept."""
    return stem.with_name(f"{stem.name}.documents")


def postings_path(stem: Path) -> Path:
    """Return where the postings of a segment are kept."""
    return stem.with_name(f"{stem.name}.postings")
