"""Impacts: for each posting an upper bound of what it scores, in one byte.

A posting scores, as Whoosh's BM25F has it, the sum over its fields of boost * idf * tf * (k1 + 1) / (tf + K),
with K = k1 * (1 - b + b * length / mean length). While a segment is written this is worked out with what is
known then, and rounded up to one of 255 steps of the term's greatest. A search adds these steps up and
scores exactly only what can be among the best (`Statistics.slack` in index/evaluate.py makes up for what
has changed since).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from whoosh.util.numeric import byte_to_length

from .file import Array, Floats

B, K1 = 0.75, 1.2
"""Whoosh's own, and those of Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009)."""

STEPS = 255


def idf(documents: float, holding: Array) -> Floats:
    """Return log(N / (n + 1)) + 1, with n of the N documents holding a term; Whoosh's."""
    found: Floats = np.log(max(documents, 1) / (np.minimum(holding, documents) + 1.0)) + 1.0
    return found


def idf_of(documents: int, holding: int) -> float:
    """As `idf`, of one number."""
    return log(max(documents, 1) / (min(holding, documents) + 1)) + 1


LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.float64)
"""What Whoosh's byte for a length can stand for."""


def kept_lengths(lengths: Array) -> Floats:
    """Return lengths as Whoosh keeps them: each as the nearest one above that a byte can tell."""
    found: Floats = LENGTHS[np.minimum(np.searchsorted(LENGTHS, lengths), 255)]
    return found


def saturation_point(lengths: Array, mean: float) -> Floats:
    """Return K of BM25 for documents of these lengths: the frequency at which half of the idf is given."""
    found: Floats = K1 * ((1 - B) + B * kept_lengths(lengths) / (mean or 1.0))
    return found


@dataclass(frozen=True, slots=True)
class Impacts:
    """What postings score in a segment of so many `documents`: each field's `boosts`, and K by document."""

    documents: int
    boosts: Sequence[float]
    points: Sequence[Array]

    def of(self, docs: Array, rows: Array, owners: Array, terms: int) -> tuple[Array, Array, Array]:
        """Return (impacts, scales by term, document frequencies by term and field).

        For each posting `docs` has its document, `rows` its weight in each field, `owners` its term from 0 to
        `terms`.
        """
        scores = np.zeros(len(docs))
        held = np.zeros((terms, len(self.boosts)), np.int64)
        for field, (boost, points) in enumerate(zip(self.boosts, self.points, strict=True)):
            there = np.flatnonzero(rows[:, field])
            if len(there):
                of_term = owners[there]
                held[:, field] = np.bincount(of_term, minlength=terms)
                weights = rows[there, field].astype(np.float64)
                worth = boost * (K1 + 1) * idf(self.documents, held[:, field])
                scores[there] += worth[of_term] * weights / (weights + points[docs[there]])
        greatest = np.zeros(terms)
        np.maximum.at(greatest, owners, scores)
        scales = (greatest / STEPS * (1 + 1e-6)).astype(np.float32)
        divisors = np.where(scales > 0, scales, 1)[owners]
        impacts = np.clip(np.ceil(scores / divisors), 1, STEPS).astype(np.uint8)
        return impacts, scales, held
