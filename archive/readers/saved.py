"""What those who save pages write into them: the address of the page, and when it was saved.

Read are the notes of browsers ("saved from url=(0062)https://..."), of SingleFile and HTTrack, and the script
of the Wayback Machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from bs4 import BeautifulSoup
from bs4 import Tag as Element
from bs4.element import Comment, PageElement

NODES = 400
"""Nodes of a page that are looked at: savers write at its very beginning, behind what has to come first."""

NOTE_LENGTH = 4_000
"""Characters of a note that are looked at: an address and a date."""

_BROWSER = re.compile(r"\s*saved from url=\(\d{1,6}\)(?P<address>\S+)")
_SINGLE_FILE = re.compile(
    r"\s*(?:Page saved with|Archive processed by) SingleFile\s+url:\s*(?P<address>\S+)"
    r"(?:\s+saved date:\s*\w{3} (?P<day>\w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4}))?"
)
_HTTRACK = re.compile(
    r"\s*Mirrored from (?P<bare>\S+) by HTTrack [^,]{1,100}, \w{3}, "
    r"(?P<mail>\d\d? \w{3} \d{4} [\d:]{8} \w{3})"
)
_WAYBACK = re.compile(r"__wm\.wombat\(\s*\"(?P<address>[^\"\s]{1,2000})\",\s*\"(?P<stamp>\d{14})\"")


@dataclass(frozen=True, slots=True)
class Saved:
    """The address a page was saved from, and when, in UTC; None where the note does not say."""

    address: str | None = None
    time: datetime | None = None


def saved(soup: BeautifulSoup) -> Saved:
    """Return what the saver of a page says of it."""
    for node in islice(soup.descendants, NODES):
        match = _note(node)
        if match:
            told = match.groupdict()
            address = told.get("address") or (f"http://{told['bare']}" if told.get("bare") else None)
            return Saved(address, _time(told))
    return Saved()


def time_of_stamp(stamp: str) -> datetime | None:
    """Return the time of a stamp of an archive of the web, the year first: "20120601114039"."""
    try:
        return datetime.strptime(stamp.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _note(node: PageElement) -> re.Match[str] | None:
    if isinstance(node, Comment):
        text = node[:NOTE_LENGTH]
        return _BROWSER.match(text) or _SINGLE_FILE.match(text) or _HTTRACK.match(text)
    if isinstance(node, Element) and node.name == "script":
        return _WAYBACK.search(node.get_text()[:NOTE_LENGTH])
    return None


def _time(told: dict[str, str | None]) -> datetime | None:
    try:
        if day := told.get("day"):
            return datetime.strptime(day, "%b %d %Y %H:%M:%S GMT%z").astimezone(UTC)
        if mail := told.get("mail"):
            return parsedate_to_datetime(mail).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time_of_stamp(stamp) if (stamp := told.get("stamp")) else None
