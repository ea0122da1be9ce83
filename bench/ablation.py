"""What each signal of our ranking is worth: the ranking with one of them at a time switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from askive.index.ranking import RELATED, SEARCH, Ranking

from .judged import Asks

OFF: Mapping[str, float] = {"headline": 0.0, "pairs": 0.0, "function_words": 1.0, "feedback": 0.0}
"""Each signal, and the weight with which it does nothing."""

RANKINGS: Mapping[Asks, Ranking] = {Asks.SEARCH: SEARCH, Asks.RELATED: RELATED}


def without(asks: Asks) -> Mapping[str, Mapping[str, Any]]:
    """Return for each signal that is on the options that a search without it takes."""
    whole = RANKINGS[asks]
    less = {signal: replace(whole, **{signal: weight}) for signal, weight in OFF.items()}
    return {signal: {"ranking": ranking} for signal, ranking in less.items() if ranking != whole}
