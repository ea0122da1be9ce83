"""Which of many byte strings a page may hold, known from one look at it.

Each engine's layouts have signs, two hundred in all, and to search a page for each of them takes half as long
as to parse it. So the four-byte pieces of the page are marked in a table, as in a Bloom filter; a sign of
which a piece is not marked is not there, and only the few others are searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..page import Page

Marks = NDArray[np.bool_]

BLOCK_BYTES = 1 << 20
"""Bytes that are looked at together; a block takes twice that in memory."""

_PIECE = 4
_FACTOR = np.uint32(2654435761)  # Knuth's, of multiplicative hashing; its upper bits depend on all bytes
_SHIFT = np.uint32(16)


def holds_any(page: Page, signs: Iterable[bytes]) -> bool:
    """Tell whether a page holds one of the signs; of UTF-16 the NULs are passed over."""
    data, marks = page.once(_marked, None)
    return any(_may_hold(marks, sign) and sign in data for sign in signs)


def holds_all(page: Page, signs: Iterable[bytes]) -> bool:
    """Tell whether a page holds each of the signs."""
    return all(holds_any(page, [sign]) for sign in signs)


def _marked(page: Page, _: None) -> tuple[bytes, Marks]:
    data = page.data.replace(b"\0", b"") if b"\0" in page.data else page.data
    marks = np.zeros(1 << 16, np.bool_)
    for begin in range(0, len(data), BLOCK_BYTES):
        for pieces in _pieces(data[begin : begin + BLOCK_BYTES + _PIECE - 1]):
            marks[pieces] = True
    return data, marks


def _may_hold(marks: Marks, sign: bytes) -> bool:
    return bool(marks[_pieces_of_sign(sign)].all())


@lru_cache(maxsize=1024)
def _pieces_of_sign(sign: bytes) -> NDArray[np.uint32]:
    return np.concatenate([np.zeros(0, np.uint32), *_pieces(sign)])


def _pieces(data: bytes) -> Iterator[NDArray[np.uint32]]:
    """Yield the numbers of all pieces of four bytes: those at every fourth place, then those beside them."""
    for offset in range(min(_PIECE, len(data) - _PIECE + 1)):
        count = (len(data) - offset) // _PIECE
        words = np.frombuffer(data, "<u4", count, offset)
        numbers: NDArray[np.uint32] = words * _FACTOR
        numbers >>= _SHIFT
        yield numbers
