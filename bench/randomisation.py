"""Whether two rankings differ by more than luck: Fisher's randomisation test on paired scores.

Recommended for rankings by Smucker, Allan and Carterette (2007): it asks nothing of how scores are spread.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ROUNDS = 10_000
SEED = 20071106
BLOCK = 1_000
"""Rounds that are done at once."""

SLACK = 1e-12
"""What sums of the same numbers, added in another order, may differ by for each number added."""


def p_value(one: Sequence[float], other: Sequence[float], *, rounds: int = ROUNDS, seed: int = SEED) -> float:
    """Return how often a difference of means as large as this, either way, comes of chance alone.

    If it makes no difference which of the two rankings a query's scores are of, they may as well be swapped:
    each round swaps them for every query or not, by a coin. The difference that was found counts as a
    round, so that no value is below 1 / (rounds + 1).
    """
    differences = np.subtract(one, other)
    random = np.random.default_rng(seed)
    observed = abs(differences.sum()) - SLACK * len(differences)
    as_large = 0
    for start in range(0, rounds, BLOCK):
        coins = random.integers(0, 2, (min(BLOCK, rounds - start), len(differences)))
        as_large += int(np.count_nonzero(np.abs((2 * coins - 1) @ differences) >= observed))
    return (1 + as_large) / (1 + rounds)
