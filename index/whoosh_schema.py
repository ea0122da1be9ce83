"""The schema as Whoosh has it, and its way to the terms of a text: for its queries and other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import columns, fields
from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer

from .analysis import Stemmer, scan
from .schema import KEYWORD_FIELDS, NUMBER_FIELDS, SET_FIELDS, STEM_FIELDS, WORD_FIELDS, words_field
from .segment.documents import MISSING


class WordAnalyzer(Analyzer):  # type: ignore[misc]  # whoosh's classes count as untyped
    """Whoosh's way to `words`: unstemmed terms; compounds with their parts where `mode` is "index"."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Yield one Token over and over, as Whoosh's own tokenizers do."""
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        for term, start, end, position in scan(value, mode == "index"):
            token.text = self.form(term)
            token.boost = 1.0
            token.stopped = False
            if keeporiginal:
                token.original = value[start:end]
            if positions:
                token.pos = start_pos + position
            if chars:
                token.startchar = start_char + start
                token.endchar = start_char + end
            yield token

    def form(self, term: str) -> str:
        """Return the term as this analyzer's field holds it."""
        return term


class StemAnalyzer(WordAnalyzer):
    """As `WordAnalyzer`, with every term stemmed."""

    is_morph = True

    def __init__(self, stemmer: Stemmer | None = None) -> None:
        self._stemmer = stemmer or Stemmer()

    def __reduce__(self) -> tuple[type[StemAnalyzer], tuple[()]]:
        # Whoosh keeps the schema of an index of its own beside it, as copies of its objects.
        return type(self), ()

    def form(self, term: str) -> str:
        """Return the stem."""
        return self._stemmer.stem(term)


def schema() -> fields.Schema:
    """Return a new Whoosh schema, made from the field table.

    A ranked TEXT field is there twice: stemmed under its name for plain words, and unstemmed under
    `words_field` for phrases, wildcards and spelling; segments keep both in one. Numbers and dates are
    columns.
    """
    made: dict[str, Any] = {}
    for name in STEM_FIELDS:
        made[name] = fields.TEXT(analyzer=StemAnalyzer())
        made[words_field(name)] = fields.TEXT(analyzer=WordAnalyzer())
    made |= {name: fields.TEXT(analyzer=WordAnalyzer()) for name in WORD_FIELDS}
    made |= {name: fields.KEYWORD() for name in KEYWORD_FIELDS}
    made |= {name: fields.COLUMN(columns.NumericColumn("q", default=MISSING)) for name in NUMBER_FIELDS}
    made |= {name: fields.COLUMN(columns.VarBytesColumn()) for name in SET_FIELDS}
    made["id"] = fields.ID(unique=True, sortable=True)
    return fields.Schema(**made)
