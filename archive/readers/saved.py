"""What a saved page tells of where it stood on the web, and of when it was saved.

The Wayback Machine puts its own address before all others (`/web/20120305112233/http://…`) and its toolbar on
top; browsers, SingleFile and HTTrack write a comment at the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bs4 import BeautifulSoup, Comment
from bs4 import Tag as Element

from .addresses import archived_at, original
from .dates import Clock

COMMENT_LENGTH = 2_000
"""Characters of a comment that are looked at: those of SingleFile and HTTrack have up to 500."""

_TOOLBAR = "wmtbURL"  # the field of the Wayback Machine's toolbar that holds the address
_SAVED_FROM = re.compile(
    r"saved from url=\(\d{1,6}\)(\S+)|SingleFile\s+url:\s*(\S+)|Mirrored from (\S+) by HTTrack", re.IGNORECASE
)
_SAVED_AT = re.compile(
    r"saved date:([^\n(]+)|by HTTrack[^,]+,([^\n]+)|FILE ARCHIVED ON ([\w ,:]+?) AND RETRIEVED", re.IGNORECASE
)


def saved_from(soup: BeautifulSoup) -> str | None:
    """Return the address that whoever saved the page wrote into it; it may be none of the web."""
    for comment in _comments(soup):
        match = _SAVED_FROM.search(comment)
        if match:
            return original(f"http://{match[3]}" if match[3] else match[1] or match[2])
    field = soup.find(id=_TOOLBAR)
    return original(str(field.get("value") or "")) if isinstance(field, Element) else None


def saved_at(soup: BeautifulSoup, received: datetime) -> datetime | None:
    """Return when the page was saved, if it says so, and that was before it was received."""
    link = soup.find("link", rel="canonical", href=True)
    times = [archived_at(str(link.get("href")))] if isinstance(link, Element) else []
    for comment in _comments(soup):
        match = _SAVED_AT.search(comment)
        if match:
            times.append(Clock(received).time(next(filter(None, match.groups()))))
    return next((time for time in times if time and time < received), None)


def _comments(soup: BeautifulSoup) -> Iterator[str]:
    """Yield the comments at the beginning and the end of a page, not those among its elements."""
    for around in (soup, soup.find("html"), soup.find("head"), soup.find("body")):
        if isinstance(around, Element):
            yield from (part[:COMMENT_LENGTH] for part in around.contents if isinstance(part, Comment))
