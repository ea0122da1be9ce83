"""HAR, a browser's log of what it fetched, as JSON (http://www.softwareishard.com/blog/har-12-spec/).

The bodies are as the browser saw them: unpacked, and as text or in Base64.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..page import Rejected
from . import http
from .budget import Budget
from .content import Content
from .member import Member, Members
from .warc import time_of

NAME = "HAR"

_LOG = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')
_ENTRIES = re.compile(r'(?<!\\)"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def sniff(head: bytes) -> bool:
    """Tell by the first key."""
    return _LOG.match(head) is not None


def members(content: Content, budget: Budget) -> Members:
    """Yield the pages among the entries, each with its address and its time."""
    text = content.read_all(budget.limits.har_bytes, "a browser's log").decode("utf-8-sig", "replace")
    start = _ENTRIES.search(text)
    place = _next_place(text, start.end()) if start else len(text)
    decoder = json.JSONDecoder()
    while place < len(text) and text[place] != "]":
        try:
            entry, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise content.fail(f"the HAR file is damaged or cut short: {error}") from error
        budget.member()
        yield from _page(entry)
        place = _next_place(text, place)
    if place == len(text):
        raise content.fail("the HAR file is cut short")


def _next_place(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def _page(entry: Any) -> Iterator[Member | Rejected]:
    """Yield the page of an entry if it is one."""
    match entry:
        case {"request": {"url": str(address)}, "response": {"status": http.OK, "content": dict(body)}}:
            pass
        case _:
            return
    kind = body.get("mimeType")
    if not isinstance(kind, str) or not http.is_page(kind) or not address.startswith(("http://", "https://")):
        return
    data = _data(body)
    if data is None:
        yield Rejected(address, "its Base64 is damaged")
    elif data:
        started = entry.get("startedDateTime")
        yield Member(
            address, Content([data]), address, time_of(started if isinstance(started, str) else None)
        )


def _data(body: Mapping[str, Any]) -> bytes | None:
    """Return the bytes of a body, none where it was not kept; None where they are damaged."""
    text = body.get("text")
    if not isinstance(text, str):
        return b""
    if body.get("encoding") != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
