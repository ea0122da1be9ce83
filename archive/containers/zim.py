"""ZIM, what Kiwix reads (https://wiki.openzim.org/wiki/ZIM_file_format): its pages, by libzim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import PageRejected, reason_of
from ..page import Rejected
from . import http
from .budget import Budget
from .content import Content
from .member import Member, Members
from .warc import time_of

if TYPE_CHECKING:
    from libzim.reader import Archive

NAME = "ZIM"

_SIGN = b"ZIM\x04"
_DAMAGED = (RuntimeError, ValueError, KeyError, IndexError, OSError, MemoryError)


def sniff(head: bytes) -> bool:
    """Tell by the first bytes."""
    return head.startswith(_SIGN)


def members(content: Content, budget: Budget) -> Members:
    """Yield the pages, redirects aside; raises `PageRejected` where libzim is not installed."""
    try:
        from libzim.reader import Archive  # noqa: PLC0415 - it need not be installed
    except ImportError as error:
        raise PageRejected("a ZIM file: `pip install libzim`, then ingest it again") from error
    with content.named(budget.limits) as path:
        try:
            archive = Archive(path)
            count = archive.all_entry_count
        except _DAMAGED as error:
            raise PageRejected(f"the ZIM file is damaged: {reason_of(error)}") from error
        received, site = time_of(_told(archive, "Date")), _told(archive, "Source")
        for number in range(count):
            budget.member()
            yield from _page(archive, number, budget, received, site)


def _page(
    archive: Archive, number: int, budget: Budget, received: datetime | None, site: str | None
) -> Iterator[Member | Rejected]:
    """Yield an entry if it is a page."""
    name = f"#{number}"
    try:
        entry = archive._get_entry_by_id(number)
        name = entry.path
        if entry.is_redirect or not http.PAGE_TYPES.match((item := entry.get_item()).mimetype):
            return
        if item.size > budget.limits.page_bytes:
            yield Rejected(f"/{name}", f"larger than a page may be: {budget.limits.page_bytes:,} bytes")
            return
        budget.unpack(item.size)
        data = bytes(item.content)
    except _DAMAGED as error:
        yield Rejected(f"/{name}", f"damaged: {reason_of(error)}")
        return
    address = f"{site.rstrip('/')}/{name}" if site and site.startswith(("http://", "https://")) else None
    yield Member(f"/{name}", Content([data]), address, received)


def _told(archive: Archive, key: str) -> str | None:
    """Return what the file says of itself."""
    try:
        told: bytes = archive.get_metadata(key)
    except _DAMAGED:
        return None
    return told.decode("utf-8", "replace").strip()
