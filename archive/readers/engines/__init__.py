"""The engines whose threads are read: one module each, with a table for each layout it ever had.

The order is that in which layouts are tried on a page that has the signs of several: those with the tellest
signs first.
"""

from __future__ import annotations

from itertools import chain

from ..layout import Layout
from . import askbot, bbpress, discourse, phpbb, quora, reddit, stackexchange, vbulletin, xenforo

LAYOUTS: tuple[Layout, ...] = tuple(
    chain(
        stackexchange.LAYOUTS,
        askbot.LAYOUTS,
        discourse.LAYOUTS,
        reddit.LAYOUTS,
        quora.LAYOUTS,
        xenforo.LAYOUTS,
        phpbb.LAYOUTS,
        vbulletin.LAYOUTS,
        bbpress.LAYOUTS,
    )
)
