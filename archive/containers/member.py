"""What a container is given and what it yields: Member, and the Container protocol."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..page import Rejected
from .budget import Budget
from .content import Content


@dataclass(frozen=True, slots=True)
class Member:
    """Something in a container.

    `name` is only ever shown: "/pages/1.html", an address, or nothing where the container holds one thing
    without a name. `content` can be read until the next member is asked for. `address` is where it stood on
    the web, `received` when it was had from there (UTC), `charset` what was said of its bytes then.
    """

    name: str
    content: Content
    address: str | None = None
    received: datetime | None = None
    charset: str | None = None


Members = Generator[Member | Rejected, None, None]
"""The members of a container; to be closed when no more are wanted, as temporary files may hang on it."""


class Container(Protocol):
    """What a module or an object of this package provides."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """What it is called in lists."""
        ...

    def sniff(self, head: bytes) -> bool:
        """Tell whether content that begins like this is such a container; never raises."""
        ...

    def members(self, content: Content, budget: Budget) -> Members:
        """Yield the members in order, and a `Rejected` with its name for one that cannot be had.

        Raises `PageRejected` where the container is damaged: what is whole before has been yielded.
        """
        ...
