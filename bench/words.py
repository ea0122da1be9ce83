"""The words of generated questions: English function words at the top, made-up words with forms below.

Made-up words are pronounceable and end in a consonant, so that `-s`, `-ing` and `-ed` are what a stemmer
takes off again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .contract import listed

Numbers = NDArray[np.int64]

FUNCTION = listed(
    """the of and a in is to or are for that with may have be can as what these this on an from your by how
    you if also other who not it which often one has some when many more about most such at they no than all
    were because their but do so there will was been each should its between into we does only up out my any
    like where then over after very had both much through them did why he she his her us our me i"""
)
"""The commonest words, about as MedQuAD ranks them, its medical ones left out."""

FORMS = ("", "s", "ing", "ed")
FORM_SHARES = (0.85, 0.10, 0.02, 0.03)
"""How often each form is drawn. Of MedQuAD's words 12 % end in -s, 2 % in -ing, 3 % in -ed."""

BASES = 60_000
SHIFT = 11.0
EXPONENT = 1.28
"""Zipf–Mandelbrot: how often the word of rank r is drawn goes with (r + SHIFT) ** -EXPONENT.

Fitted to MedQuAD's 3.4 million words (29,473 distinct). Of its text the commonest 10, 50, 100, 200, 1000
and 5000 words make up .24, .41, .51, .61, .82 and .95; with these constants .18, .41, .52, .61, .79, .90.
It lies below at the end on purpose: one field of medicine has fewer rare words than a mixed archive.
"""

SHORT_WORDS = 4_000
"""Ranks above this have three syllables: MedQuAD's words beyond the first 100 have 6.8 letters each time
they stand in a text, and 8.1 when each is counted once."""

ONSETS = listed("b d f g h j k l m n p r t v z br cr dr fl gr pl st tr")
VOWELS = tuple("aeiou")
CODAS = listed("n r l t m k d p nd rt nk")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every form of every word: the form f of the word of rank r is at r * len(FORMS) + f in `spelled`."""

    spelled: NDArray[np.object_]
    reach: NDArray[np.float64]
    """The share of draws that fall on a rank or on a commoner one."""

    @classmethod
    def make(cls, seed: int) -> Vocabulary:
        """Return the vocabulary of a seed."""
        bases = [*FUNCTION, *made_up(BASES - len(FUNCTION), np.random.default_rng(seed))]
        forms = [
            word + form if rank >= len(FUNCTION) else word
            for rank, word in enumerate(bases)
            for form in FORMS
        ]
        weights = (np.arange(BASES) + 1 + SHIFT) ** -EXPONENT
        return cls(np.array(forms, dtype=object), np.cumsum(weights / weights.sum()))

    def draw(self, count: int, random: np.random.Generator, *, telling: bool = False) -> Numbers:
        """Return places in `spelled` of words as a text has them; `telling`: no function words."""
        least = self.reach[len(FUNCTION) - 1] if telling else 0.0
        ranks = np.searchsorted(self.reach, random.uniform(least, 1.0, count), side="right")
        forms = np.searchsorted(np.cumsum(FORM_SHARES), random.random(count), side="right")
        return np.minimum(ranks, BASES - 1) * len(FORMS) + np.minimum(forms, len(FORMS) - 1)


def made_up(count: int, random: np.random.Generator) -> Iterator[str]:
    """Yield distinct words, short ones first."""
    yield from _spelled(min(count, SHORT_WORDS), 2, random)
    yield from _spelled(max(count - SHORT_WORDS, 0), 3, random)


def _spelled(count: int, syllables: int, random: np.random.Generator) -> Iterator[str]:
    """Yield distinct words of so many syllables: one vowel each, so that no two spell the same."""
    each = ["".join(pair) for pair in product(ONSETS, VOWELS)]
    space = len(each) ** syllables * len(CODAS)
    for number in random.choice(space, count, replace=False).tolist():
        word = CODAS[number % len(CODAS)]
        number //= len(CODAS)
        for _ in range(syllables):
            word = each[number % len(each)] + word
            number //= len(each)
        yield word
