"""How well a question answers: the numbers of the ranking, apart from the fields' own in fields.py.

What each is good for, where it comes from and what it was measured to do is told in docs/ranking.md.
Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

PAIRED = ("title", "question", "answer")
"""Fields in which words that were asked side by side are looked for side by side."""

CLOSER = 100
"""Hits that are looked at for pairs of words: the best by words alone."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The numbers of one way to rank.

    `saturation`: k1 of BM25F, the weighted frequency at which a word gives half of what it can give.
    `headline`: what a word gives besides, in units of its rarity, for standing in title or tags.
    `pairs`: what two words give, in units of their mean rarity, for standing side by side as asked.
    `function_words`: what a function word weighs beside another of the same rarity.
    `feedback`: what the terms of the likest question weigh, all together, beside those of the given one.
    """

    saturation: float
    headline: float
    pairs: float
    function_words: float
    feedback: float = 0.0


SEARCH = Ranking(saturation=3.0, headline=0.5, pairs=0.25, function_words=0.1)
RELATED = Ranking(saturation=1.5, headline=0.5, pairs=1.0, function_words=0.0, feedback=1.5)
