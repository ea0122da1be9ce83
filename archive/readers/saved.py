"""What those who save pages write into them: the address of the page, and when it was saved.

Read are the notes of browsers ("saved from url=(0062)https://..."), of SingleFile and HTTrack, and of the
Wayback Machine its script, its toolbar and the note at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from bs4 import BeautifulSoup
from bs4 import Tag as Element
from bs4.element import Comment

SCRIPTS = 20
"""Scripts of a page that are looked at: that of the Wayback Machine is among the first."""

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
_WAYBACK_END = re.compile(r"\s*FILE ARCHIVED ON (?P<at>[\d:]{8} \w{3} \d\d, \d{4}) AND RETRIEVED")
_TOOLBAR = "wm-ipp"  # how the ids of the toolbar begin, "wm-ipp-base"
_TOOLBAR_ADDRESS = "wmtbURL"


@dataclass(frozen=True, slots=True)
class Saved:
    """The address a page was saved from, and when, in UTC; None where no note says it."""

    address: str | None = None
    time: datetime | None = None


def saved(soup: BeautifulSoup) -> Saved:
    """Return what the saver of a page says of it."""
    notes = [note.groupdict() for note in _notes(soup)]
    addresses = [_address(told) for told in notes] + [_in_toolbar(soup)]
    times = (_time(told) for told in notes)
    return Saved(next(filter(None, addresses), None), next(filter(None, times), None))


def time_of_stamp(stamp: str) -> datetime | None:
    """Return the time of a stamp of an archive of the web, the year first: "20120601114039"."""
    try:
        return datetime.strptime(stamp.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _notes(soup: BeautifulSoup) -> Iterator[re.Match[str]]:
    """Yield the notes: comments that stand in no element of the page's own, and scripts of its beginning."""
    for around in (soup, soup.html, soup.head, soup.body):
        for part in around.contents if around is not None else ():
            if isinstance(part, Comment):
                text = part[:NOTE_LENGTH]
                match = _BROWSER.match(text) or _SINGLE_FILE.match(text) or _HTTRACK.match(text)
                if match := match or _WAYBACK_END.match(text):
                    yield match
    for script in islice(soup.head.find_all("script") if soup.head else (), SCRIPTS):
        if match := _WAYBACK.search(script.get_text()[:NOTE_LENGTH]):
            yield match


def _in_toolbar(soup: BeautifulSoup) -> str | None:
    """Return the address in the Wayback Machine's toolbar, which is put right into the body."""
    for part in soup.body.contents if soup.body else ():
        own_id = str(part.get("id", "")) if isinstance(part, Element) else ""
        if isinstance(part, Element) and own_id.startswith((_TOOLBAR, _TOOLBAR_ADDRESS)):
            field = part if own_id == _TOOLBAR_ADDRESS else part.find(id=_TOOLBAR_ADDRESS)
            return str(field.get("value") or "") if field else None
    return None


def _address(told: dict[str, str | None]) -> str | None:
    return told.get("address") or (f"http://{told['bare']}" if told.get("bare") else None)


def _time(told: dict[str, str | None]) -> datetime | None:
    try:
        if day := told.get("day"):
            return datetime.strptime(day, "%b %d %Y %H:%M:%S GMT%z").astimezone(UTC)
        if mail := told.get("mail"):
            return parsedate_to_datetime(mail).astimezone(UTC)
        if at := told.get("at"):
            return datetime.strptime(at, "%H:%M:%S %b %d, %Y").replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return time_of_stamp(stamp) if (stamp := told.get("stamp")) else None
