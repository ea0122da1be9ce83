"""Readers of other packages: what they name in the entry point group `askive.readers` (docs/readers.md)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ..errors import PageRejected, ReaderUnusable
from ..page import Found, Page, Reader

GROUP = "askive.readers"

WANTED = ("NAME", "sniff", "read")
"""What a reader has."""


class Installed:
    """A reader of another package: whatever it raises costs the page alone, and says whose fault it is."""

    def __init__(self, reader: Reader) -> None:
        self.NAME = reader.NAME
        self._reader = reader

    def sniff(self, page: Page) -> float:
        """Return how sure the reader is; one that fails is not."""
        try:
            return float(self._reader.sniff(page))
        except Exception:  # noqa: BLE001 - a stranger's
            return 0.0

    def read(self, page: Page) -> Iterator[Found]:
        """Yield what the reader yields; raise `PageRejected` where it fails."""
        try:
            yield from self._reader.read(page)
        except PageRejected:
            raise
        except Exception as error:
            raise PageRejected(f"the reader {self.NAME!r} failed: {type(error).__name__}: {error}") from error


@cache
def installed() -> tuple[Installed, ...]:
    """Return the readers of other packages, by the names of their entry points.

    Raises `ReaderUnusable` for one that cannot be loaded, or is none.
    """
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return tuple(Installed(_loaded(point)) for point in found)


def _loaded(point: EntryPoint) -> Reader:
    try:
        reader: Reader = point.load()
    except Exception as error:  # a stranger's
        raise ReaderUnusable(point.name, point.value, f"{type(error).__name__}: {error}") from error
    lacking = [name for name in WANTED if not hasattr(reader, name)]
    if lacking:
        raise ReaderUnusable(point.name, point.value, f"it has no {', '.join(lacking)}")
    return reader
