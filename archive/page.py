"""What a reader is given and what it yields: Page, Problem, Found, and the Reader protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from .records import Question, Tag

P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A raw page: its bytes, the path or name it came under, and when it was received (UTC).

    `address` is where the page stood on the web, if what it came in tells so (a crawl, a saved page).
    """

    data: bytes
    source: str
    received: datetime
    address: str | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[[Page, P], T], given: P) -> T:
        """Return what `make` makes of the page, made once: a reader that rejects it leaves that to the next.

        What is made is shared, so that nobody may change it, and stays as long as the page does.
        """
        if (make, given) not in self._made:
            self._made[make, given] = make(self, given)
        made: T = self._made[make, given]
        return made

    def forget(self, make: Callable[[Page, P], object], given: P) -> None:
        """Make that anew, should it be asked for once more: it is about to be changed."""
        self._made.pop((make, given), None)


class Rejected(NamedTuple):
    """Something that gave no record: where it came from, and why, in one line."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a page that could not be read: `where` in it ("line 3"), and the `reason`, one line."""

    where: str
    reason: str


Found = Question | Tag | Problem


class Reader(Protocol):
    """What a module in this package provides."""

    NAME: str

    def sniff(self, page: Page) -> float:
        """Return the confidence, 0 to 1, that this reader is the right one; cheap, never raises."""
        ...

    def read(self, page: Page) -> Iterator[Found]:
        """Yield what the page holds; raise `PageRejected` where it holds nothing readable."""
        ...
