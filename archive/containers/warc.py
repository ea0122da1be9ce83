"""WARC, what web crawlers write (ISO 28500): the pages among its records.

The crawls of https://iipc.github.io/warc-specifications/ 0.17 to 1.1. Of the responses those with status 200
and the type of a page, and of the resources, which have no headers of HTTP, those with that type. Others are
passed over without a word: pictures, redirects, requests, and revisits, which say that a page was the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from ..errors import PageRejected
from ..page import Rejected
from . import http
from .budget import Budget
from .content import Content
from .member import Member, Members

NAME = "WARC"

_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
_LINE_BYTES = 256


def sniff(head: bytes) -> bool:
    """Tell by the version line."""
    return _VERSION.match(head) is not None


def members(content: Content, budget: Budget) -> Members:
    """Yield the pages, each with its address, and the time when it was had from there."""
    while line := content.read_line(_LINE_BYTES):
        if not line.strip():
            continue
        if not _VERSION.fullmatch(line):
            raise content.fail("the WARC file is damaged: a record begins with no version")
        budget.member()
        headers = http.read_headers(content, budget.limits.header_bytes)
        block = Content(_block(content, headers.get("content-length", "")))
        address = headers.get("warc-target-uri", "").strip("<>")
        try:
            yield from _page(headers, block, address, budget)
        except PageRejected as rejected:
            if content.failed:
                raise
            yield Rejected(address, rejected.reason)
        block.skip()


def _block(content: Content, length: str) -> Iterator[bytes]:
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise content.fail("the WARC file is damaged: a record without a length")
    yield from content.take(int(length))


def _page(headers: Mapping[str, str], block: Content, address: str, budget: Budget) -> Iterator[Member]:
    """Yield the page of a record if it is one."""
    kind, media_type = headers.get("warc-type"), headers.get("content-type", "")
    page = block
    if kind == "response" and media_type.lower().startswith("application/http"):
        response = http.read_response(block, budget.limits.header_bytes)
        if response.status != http.OK:
            return
        media_type = response.headers.get("content-type", "")
        page = http.body(response, block, budget)
    elif kind not in ("response", "resource"):
        return
    if http.is_page(media_type) and address.startswith(("http://", "https://")):
        received = time_of(headers.get("warc-date"))
        yield Member(address, page, address, received, http.charset_of(media_type))


def time_of(text: str | None) -> datetime | None:
    """Return the time of a text in ISO 8601; None where it is none, or no time that the web has seen.

    >>> time_of("2012-06-27T13:51:36Z")
    datetime.datetime(2012, 6, 27, 13, 51, 36, tzinfo=datetime.timezone.utc)
    """
    try:
        time = datetime.fromisoformat(text or "")
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return time if time >= FIRST_PAGE else None


FIRST_PAGE = datetime(1990, 12, 20, tzinfo=UTC)
"""The day of the first page of the web: what is said to be older has a wrong time."""
