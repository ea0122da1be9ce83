"""Impacts: for each posting an upper bound of what it scores, in one byte.

A posting scores, after BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009),
idf * (x * (k1 + 1) / (x + k1) + headline), where x is the sum over its fields of boost * tf / (1 - b + b *
length / mean length), and `headline` is only given where one of the fields is a headline. While a segment is
written this is worked out with what is known then, and rounded up to one of 255 steps of the term's greatest.
A search adds these steps up and scores exactly only what can be among the best (`Evaluator._find_slack` in
index/evaluate.py makes up for what has changed since).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from whoosh.util.numeric import byte_to_length

from .file import Array, Floats

STEPS = 255

LENGTH = 0.75
"""b of BM25F, for every field: how much less a word counts in a long text. The usual 0.75 (Robertson and
Zaragoza give 0.5 to 0.8); 0.5 and 0.9 rank worse, whichever field they are tried for."""


def idf(documents: float, holding: Array) -> Floats:
    """Return log(1 + (N - n + 0.5) / (n + 0.5)), with n of the N documents holding a term; Lucene's."""
    holding = np.minimum(holding, documents)
    found: Floats = np.log1p((documents - holding + 0.5) / (holding + 0.5))
    return found


def idf_of(documents: int, holding: int) -> float:
    """As `idf`, of one number."""
    holding = min(holding, documents)
    return log1p((documents - holding + 0.5) / (holding + 0.5))


LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.float64)
"""What Whoosh's byte for a length can stand for."""


def kept_lengths(lengths: Array) -> Floats:
    """Return lengths as Whoosh keeps them: each as the nearest one above that a byte can tell."""
    found: Floats = LENGTHS[np.minimum(np.searchsorted(LENGTHS, lengths), 255)]
    return found


def worth(lengths: Array, mean: float, boost: float) -> Floats:
    """Return what standing once in a field counts for, in documents in which the field has these lengths."""
    found: Floats = boost / ((1 - LENGTH) + LENGTH * kept_lengths(lengths) / (mean or 1.0))
    return found


def saturated(frequencies: Floats, saturation: float) -> Floats:
    """Return what weighted frequencies give: up to k1 + 1, and 1 at a frequency of 1."""
    found: Floats = frequencies * (saturation + 1) / (frequencies + saturation)
    return found


@dataclass(frozen=True, slots=True)
class Formula:
    """The numbers of the formula: each field's boost (1 where there is none), k1, and what headlines give."""

    boosts: Mapping[str, float]
    headlines: frozenset[str]
    saturation: float
    headline: float


@dataclass(frozen=True, slots=True)
class Impacts:
    """What postings in some fields score in a segment of so many `documents`.

    `worths` has for each field what standing in it once counts for, by document; `headlines` tells which of
    the fields are headlines.
    """

    documents: int
    worths: Sequence[Array]
    headlines: Sequence[bool]
    formula: Formula

    def of(
        self, docs: Array, codes: Array, weights: Array, owners: Array, terms: int
    ) -> tuple[Array, Array, Array]:
        """Return (impacts, scales by term, document frequencies by term and field).

        For each posting `docs` has its document, `codes` which row of `weights` has its weight in each field,
        `owners`, rising, its term from 0 to `terms`.
        """
        frequencies, headlines = np.zeros(len(docs)), np.zeros(len(docs), bool)
        held = np.zeros((terms, len(self.worths)), np.int64)
        for field, (worths, headline) in enumerate(zip(self.worths, self.headlines, strict=True)):
            weight = np.ascontiguousarray(weights[:, field])
            there = np.flatnonzero((weight != 0)[codes])
            held[:, field] = np.bincount(owners[there], minlength=terms)
            frequencies[there] += worths[docs[there]] * weight[codes[there]]
            headlines[there] |= headline
        counts = np.bincount(owners, minlength=terms)
        scores = saturated(frequencies, self.formula.saturation) + self.formula.headline * headlines
        scores *= idf(self.documents, counts)[owners]
        greatest = np.zeros(terms)
        used = np.flatnonzero(counts)
        if len(used):
            greatest[used] = np.maximum.reduceat(scores, (np.cumsum(counts) - counts)[used])
        scales = (greatest / STEPS * (1 + 1e-6)).astype(np.float32)
        divisors = np.where(scales > 0, scales, 1)[owners]
        impacts = np.clip(np.ceil(scores / divisors), 1, STEPS).astype(np.uint8)
        return impacts, scales, held
