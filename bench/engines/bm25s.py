"""BM25S: sparse matrices of scores; one text a question, stemmed by the Snowball stemmer that Askive uses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bm25s

from ...index.analysis import Stemmer
from ..contract import Found, Hit, Kind, Query, Row
from . import Files

WORD = r"(?u)\b\w+\b"
"""Its own pattern leaves single letters out; the other engines keep them."""

NAMES = "names.json"


class Bm25s(Files):
    """The saved arrays, and the ids and titles beside them."""

    kinds = frozenset({Kind.QUESTION, Kind.TWO, Kind.COMMON})
    grows = False

    def __init__(self, archive: Path, directory: Path) -> None:
        super().__init__(archive, directory)
        self._stemmer = Stemmer()

    def build(self, rows: Sequence[Row]) -> None:
        """Count, score and save."""
        shutil.rmtree(self.directory, ignore_errors=True)
        texts = (f"{row.title}\n{row.question}\n{row.answers}\n{row.tags}" for row in rows)
        retriever = bm25s.BM25()
        retriever.index(self._tokens(texts), show_progress=False)
        retriever.save(str(self.directory))
        names = [(row.id, row.title) for row in rows]
        (self.directory / NAMES).write_text(json.dumps(names), encoding="utf-8")

    def open(self) -> None:
        """Map the arrays into memory."""
        self._retriever = bm25s.BM25.load(str(self.directory), mmap=True)
        names = json.loads((self.directory / NAMES).read_text(encoding="utf-8"))
        self._names = [Hit(id, title) for id, title in names]

    def search(self, query: Query) -> Found:
        """Stem, add up scores, take the best."""
        tokens = self._tokens([query.text], return_ids=False)
        wanted = min(query.limit, len(self._names))  # it refuses to look for more than there are
        numbers, scores = self._retriever.retrieve(tokens, k=wanted, show_progress=False)
        return Found([self._names[n] for n, score in zip(numbers[0], scores[0], strict=True) if score > 0])

    def add(self, rows: Sequence[Row]) -> None:
        """Raise: there is nothing but building anew."""
        raise NotImplementedError("BM25S cannot add to what is built")

    def _tokens(self, texts: Iterable[str], **options: Any) -> Any:
        return bm25s.tokenize(
            list(texts),
            stopwords=None,
            stemmer=self._stems,
            token_pattern=WORD,
            show_progress=False,
            **options,
        )

    def _stems(self, words: Sequence[str]) -> list[str]:
        return [self._stemmer.stem(word) for word in words]
