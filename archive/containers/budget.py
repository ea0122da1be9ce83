"""What a file and all that is in it may cost, whichever layer spends it."""

from __future__ import annotations

from ..errors import PageRejected
from ..limits import Limits

RATIO_FROM = 1 << 20
"""Bytes unpacked from which the ratio counts; a small page may well be all the same letter."""


class LimitReached(PageRejected):
    """A limit over the whole of a file is reached: nothing more of it is read."""


class Budget:
    """The costs of one outermost file, counted by every layer in it."""

    def __init__(self, limits: Limits, packed: int = 0) -> None:
        """`packed` is the size of the outermost file, where it is known beforehand."""
        self.limits = limits
        self._packed, self._read = packed, 0
        self._unpacked = self._members = 0

    def read(self, count: int) -> None:
        """Note bytes of the outermost file as read."""
        self._read += count

    def unpack(self, count: int) -> None:
        """Note bytes as unpacked; raises `LimitReached`."""
        self._unpacked += count
        if self._unpacked > self.limits.nest_bytes:
            raise LimitReached(f"it unpacks to more than {self.limits.nest_bytes:,} bytes")
        if self._unpacked > max(RATIO_FROM, self.limits.nest_ratio * max(self._packed, self._read)):
            raise LimitReached(f"it unpacks to more than {self.limits.nest_ratio} times its size")

    def member(self) -> None:
        """Note a member; raises `LimitReached`."""
        self._members += 1
        if self._members > self.limits.nest_members:
            raise LimitReached(f"it has more than {self.limits.nest_members:,} members")
