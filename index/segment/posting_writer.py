"""Writing the postings of a group, a stretch of its terms after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from .coding import BYTES, HALVES, CodedWriter
from .file import Array
from .impacts import Impacts
from .postings import HEAVY
from .terms import AT_ONCE, TermList, letters_of, write_starts, write_terms
from .writer import SectionWriter


@dataclass(frozen=True, slots=True)
class CodeTable:
    """What codes stand for, a row each: the `weights` in every field, and how many places are kept there.

    `usage` is how many postings have the row. Those most used come first: their codes take half a byte.
    """

    weights: Array
    counts: Array
    usage: Array


def by_usage(weights: Array, counts: Array, usage: Array) -> tuple[CodeTable, Array]:
    """Return the table of those rows that are used, the most used first, and each row's place in it."""
    order = np.argsort(-usage, kind="stable")[: np.count_nonzero(usage)]
    places = np.zeros(len(usage), np.int64)
    places[order] = np.arange(len(order))
    return CodeTable(weights[order], counts[order], usage[order]), places


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some terms with their postings, as arrays one behind the other.

    `counts` postings for each term; for each posting its document in `docs` and its code in `codes`; for each
    place its `steps` from the one before. `forms` for the places of those terms only that have several forms:
    `form_counts` many for each term. `values` is for Whoosh formats that keep more.
    """

    terms: Sequence[bytes]
    counts: Array
    docs: Array
    codes: Array
    steps: Array
    forms: Array
    form_counts: Array
    values: Sequence[bytes] = ()


class PostingWriter:
    """Writes the group `name`; append stretches in the order of their terms, then `finish`.

    `table` is what the codes of the stretches stand for. Without `impacts` none are kept: for files that are
    only merged again.
    """

    def __init__(
        self,
        out: SectionWriter,
        name: str,
        fields: Sequence[str],
        table: CodeTable,
        *,
        word_fields: Sequence[str] = (),
        positions: bool = False,
        values: bool = False,
        impacts: Impacts | None = None,
    ) -> None:
        self._out, self._name, self._fields, self._table = out, name, fields, table
        self._word_fields, self._positions, self._values = word_fields, positions, values
        self._impacts = impacts
        self._places = table.counts.sum(axis=1)
        self._coded = {
            part: CodedWriter(out, f"{name}.{part}", HALVES if part in ("codes", "forms") else BYTES)
            for part in self._parts()
        }
        self._terms = TermList()
        self._counts: dict[str, list[Array]] = {"": []}
        if positions:
            self._counts[".places"] = []
        if word_fields:
            self._counts[".forms"] = []
        self._value_lengths: list[Array] = []

    def _parts(self) -> list[str]:
        return ["docs", "codes"] + ["places"] * self._positions + ["forms"] * bool(self._word_fields)

    def append(self, stretch: Stretch) -> None:
        """Write some terms; those without postings are left out."""
        owners = np.repeat(np.arange(len(stretch.counts)), stretch.counts)
        self._keep_terms(stretch)
        self._coded["docs"].append(_gaps(stretch.docs, owners))
        self._coded["codes"].append(stretch.codes)
        if self._positions:
            self._coded["places"].append(stretch.steps)
        if self._word_fields:
            self._coded["forms"].append(stretch.forms)
        if self._values:
            self._out.append(f"{self._name}.values", np.frombuffer(b"".join(stretch.values), np.uint8))
            self._value_lengths.append(np.fromiter(map(len, stretch.values), np.int64, len(stretch.values)))
        if self._impacts:
            self._weigh(stretch, owners, self._impacts)

    def _keep_terms(self, stretch: Stretch) -> None:
        sums = np.concatenate([[0], np.cumsum(self._places[stretch.codes])])
        ends = np.cumsum(stretch.counts)
        places = sums[ends] - sums[ends - stretch.counts]
        there = stretch.counts > 0
        if there.all():
            self._terms.extend(stretch.terms)
        else:
            self._terms.extend(list(compress(stretch.terms, there.tolist())))
        self._first_heavy = sum(map(len, self._counts[""]))
        for part, counts in (("", stretch.counts), (".places", places), (".forms", stretch.form_counts)):
            if part in self._counts:
                self._counts[part].append(counts[there].astype(np.int32))

    def _weigh(self, stretch: Stretch, owners: Array, measure: Impacts) -> None:
        impacts, scales, held = measure.of(
            stretch.docs, stretch.codes, self._table.weights, owners, len(stretch.counts)
        )
        there = stretch.counts > 0
        heavy = np.flatnonzero(stretch.counts[there] > HEAVY)
        self._out.append(f"{self._name}.impacts", impacts)
        self._out.append(f"{self._name}.scales", scales[there], "<f4")
        self._out.append(f"{self._name}.heavy", heavy + self._first_heavy, "<u4")
        self._out.append(f"{self._name}.heavy.counts", held[there][heavy].ravel(), "<u4")

    def finish(self) -> dict[str, Any]:
        """Write what is left, and return what the reader has to know."""
        for coded in self._coded.values():
            coded.finish()
        write_terms(self._out, f"{self._name}.terms", self._terms)
        for part, counts in self._counts.items():
            write_starts(
                self._out, f"{self._name}{part}.starts", np.concatenate([np.zeros(0, np.int64), *counts])
            )
        if self._values:
            lengths = np.concatenate([np.zeros(0, np.int64), *self._value_lengths])
            self._out.append(f"{self._name}.values", np.zeros(0, np.uint8))
            write_starts(self._out, f"{self._name}.values.starts", lengths)
        for name, dtype in (("impacts", "|u1"), ("scales", "<f4"), ("heavy", "<u4"), ("heavy.counts", "<u4")):
            self._out.append(f"{self._name}.{name}", np.zeros(0, dtype))
        self._out.append(f"{self._name}.weights", self._table.weights.ravel(), "<f4")
        self._out.append(f"{self._name}.counts", self._table.counts.ravel(), "<u4")
        self._out.append(f"{self._name}.usage", self._table.usage, "<u8")
        return {
            "fields": list(self._fields),
            "words": list(self._word_fields),
            "positions": self._positions,
            "values": self._values,
        }


def _gaps(docs: Array, owners: Array) -> Array:
    """Return how many documents lie between each posting and the one before of the same term."""
    gaps = np.diff(docs.astype(np.int64), prepend=-1) - 1
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    gaps[begins] = docs[begins]
    return gaps


def write_words(out: SectionWriter, name: str, words: Sequence[bytes], stems: Array, forms: Array) -> None:
    """Write the sorted unstemmed words of a group, with the number of their stem and which form they are."""
    write_terms(out, f"{name}.words", words)
    out.append(f"{name}.words.stems", stems, "<u4")
    out.append(f"{name}.words.forms", forms, "<u2")
    for start in range(0, max(len(words), 1), AT_ONCE):
        out.append(f"{name}.words.letters", letters_of(words[start : start + AT_ONCE]), "<u4")
