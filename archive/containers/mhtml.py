"""MHTML, a page that a browser saved as one file (RFC 2557): a mail whose first part is the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime

from ..errors import PageRejected
from .budget import Budget
from .content import Content
from .http import PAGE_TYPES
from .member import Member, Members

NAME = "MHTML"

_HEADER_LINE = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")
_BLANK = re.compile(rb"\r?\n\r?\n")
_OF_ONE_PAGE = re.compile(rb"^Content-Type:\s*(?:multipart/related|text/html)", re.IGNORECASE | re.MULTILINE)
_SAVED = re.compile(
    rb"""^(?:Snapshot-Content-Location|Content-Location|X-MAF-\w+):|^From:\s*["<]{0,2}Saved by""",
    re.IGNORECASE | re.MULTILINE,
)
_SENT = re.compile(rb"^(?:Received|Message-ID|To|Delivered-To|Return-Path):", re.IGNORECASE | re.MULTILINE)


def sniff(head: bytes) -> bool:
    """Tell by headers of a mail that nobody sent, with one page in it."""
    if not _HEADER_LINE.match(head):
        return False
    headers, *rest = _BLANK.split(head, maxsplit=1)
    if not _OF_ONE_PAGE.search(headers) or _SENT.search(headers):
        return False
    return _SAVED.search(headers) is not None or _SAVED.search(b"".join(rest)) is not None


def members(content: Content, budget: Budget) -> Members:
    """Yield the one page; raises `PageRejected` where there is none."""
    mail = message_from_bytes(
        content.read_all(budget.limits.mhtml_bytes, "a saved page"), policy=policy.compat32
    )
    budget.member()
    part = next((p for p in mail.walk() if PAGE_TYPES.match(p.get_content_type())), None)
    data = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(data, bytes) or not data:
        raise PageRejected("a saved page without a page in it, or cut short before it")
    address = _address(part) or _address(mail)
    charset = part.get_content_charset()
    yield Member(address or "", Content([data]), address, _saved(mail), charset)


def _address(part: Message) -> str | None:
    """Return the address of a part, which is no file on the disk of whoever saved it."""
    for name in ("Snapshot-Content-Location", "Content-Location"):
        value = re.sub(r"\s+", "", str(part.get(name, "")))  # long headers are folded
        if value.startswith(("http://", "https://")):
            return value
    return None


def _saved(mail: Message) -> datetime | None:
    try:
        time = parsedate_to_datetime(str(mail.get("Date", "")))
    except (ValueError, OverflowError):
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
