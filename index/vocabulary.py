"""Words of an archive that are like a pattern, or near a word: looked for in sorted dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from .segment.file import Array
from .segment.terms import Terms, letters_of

LONG = 8
"""Words of this many letters and more may be two edits off for `word~`, shorter ones one; as Lucene's AUTO
does."""


def edits_allowed(word: str) -> int:
    """Return how many edits a word may be off for `word~`."""
    return 2 if len(word) >= LONG else 1


def like(terms: Terms, pattern: str) -> Iterator[bytes]:
    """Yield the terms like a pattern in which `*` is any text and `?` any one character, in order."""
    expression = expression_of(pattern)
    for term in _candidates(terms, pattern):
        if expression.fullmatch(term.decode()):
            yield term


def expression_of(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern; runs of `*` are one, so that it cannot blow up."""
    signs = {"*": ".*", "?": "."}
    pieces = re.split(r"(\*+|\?)", pattern)
    return re.compile("".join(signs.get(piece[:1], re.escape(piece)) for piece in pieces), re.DOTALL)


def _candidates(terms: Terms, pattern: str) -> Iterator[bytes]:
    """Yield all terms that can be like a pattern: by its beginning, else by the longest text in it."""
    texts = re.split(r"[*?]+", pattern)
    if texts[0]:
        found = terms.prefixed(texts[0].encode())
        yield from terms.read(found.start, found.stop)
    elif longest := max(texts, key=len).encode():
        for number in terms.holding(longest):
            yield terms[number]
    else:
        yield from terms.read()


def near(terms: Terms, letters: Array | None, word: str, edits: int) -> Iterator[bytes]:
    """Yield the terms that are at most so many edits from a word, in order.

    An edit puts a character in, leaves one out, changes one, or swaps two neighbours; none is edited twice
    (optimal string alignment). `letters` are those of each term where the dictionary keeps them.
    """
    sizes = terms.sizes()
    possible = (sizes >= len(word) - edits) & (sizes <= 4 * (len(word) + edits))
    if letters is not None:
        changed = np.bitwise_count(letters ^ letters_of([word.encode()])[0])
        possible &= changed <= 2 * edits  # an edit takes one letter away and brings another at most
    numbers = np.flatnonzero(possible)
    candidates = terms.pick(numbers)
    plain = [term for term in candidates if term.isascii() and abs(len(term) - len(word)) <= edits]
    others = [term for term in candidates if not term.isascii()]
    distances = np.concatenate([_distances(word, _padded(plain)), _distances(word, _decoded(others))])
    yield from sorted(
        term
        for term, distance in zip([*plain, *others], distances.tolist(), strict=True)
        if distance <= edits
    )


def distances_to(word: str, others: Sequence[str]) -> Array:
    """Return the optimal string alignment distance of a word to each of some others."""
    return _distances(word, _decoded([other.encode() for other in others]))


_Letters = tuple[Array, Array]
"""The characters of some words as numbers, a column for each word, and how long each is."""


def _padded(words: Sequence[bytes]) -> _Letters:
    """Return the letters of words in ASCII."""
    longest = max(map(len, words), default=0)
    text = b"".join(word.ljust(longest, b"\0") for word in words)
    table = np.frombuffer(text, np.uint8).reshape(len(words), longest).T
    return np.ascontiguousarray(table), np.array(list(map(len, words)), np.int64)


def _decoded(words: Sequence[bytes]) -> _Letters:
    """Return the letters of words in any script."""
    texts = [word.decode() for word in words]
    table = np.zeros((max(map(len, texts), default=0), len(texts)), np.int32)
    for i, text in enumerate(texts):
        table[: len(text), i] = [ord(character) for character in text]
    return table, np.array(list(map(len, texts)), np.int64)


def _distances(word: str, letters: _Letters) -> Array:
    table, lengths = letters
    longest, count = table.shape
    asked = [ord(character) for character in word]
    before_last = last = np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], count, axis=1)
    for i, letter in enumerate(asked, 1):
        row = np.empty_like(last)
        row[0] = i
        costs = (table != letter).astype(np.int16)
        for j in range(1, longest + 1):
            row[j] = np.minimum(np.minimum(last[j], row[j - 1]) + 1, last[j - 1] + costs[j - 1])
            if i > 1 and j > 1:
                swapped = (table[j - 2] == letter) & (table[j - 1] == asked[i - 2])
                row[j] = np.where(swapped, np.minimum(row[j], before_last[j - 2] + 1), row[j])
        before_last, last = last, row
    found: Array = last[lengths, np.arange(count)]
    return found
