"""schema.org things as a page states them, whichever way it does: JSON-LD, microdata, RDFa.

A property's value is another thing, an element of the page, or a string of JSON; what it means (a text, a
number, a time, an address) is for the one who asks to say, with the functions below.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from bs4 import Tag as Element
from bs4.element import NavigableString, PageElement

from ..body import body_from_html, body_from_text
from ..limits import LIMITS, Limits
from ..records import Body, printable
from .addresses import original

# By element, the attribute that holds its value (https://html.spec.whatwg.org/multipage/microdata.html#values).
_VALUE_ATTRIBUTES: Mapping[str, str] = {
    "a": "href",
    "area": "href",
    "audio": "src",
    "data": "value",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "meter": "value",
    "object": "data",
    "source": "src",
    "time": "datetime",
    "track": "src",
    "video": "src",
}
# Properties that lead from a part to its whole, and so give the whole no role.
_BACKWARD = frozenset({"isPartOf", "mainEntityOfPage", "parentItem"})
# What the page says to its visitor in the middle of a text, "This post is hidden" for one
# (https://www.w3.org/TR/wai-aria-1.2/#live_region_roles).
_NOTICES = ("alert", "status")
_NAMES = ("name", "headline", "alternateName")

# Elements that a text holds when it is HTML: "vector<int>" and "<stdio.h>" hold none.
_BLOCKS = r"p|div|br|hr|ul|ol|li|dl|dt|dd|pre|blockquote|table|tbody|thead|tr|td|th|h[1-6]|section|article"
_INLINE = r"a|abbr|b|code|del|em|figure|font|i|img|ins|kbd|mark|q|s|small|span|strong|sub|sup|tt|u|var"
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKUP = re.compile(rf"</?(?:{_BLOCKS}|{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(rf"\s*&lt;(?:{_BLOCKS}|{_INLINE})\b.*&gt;\s*\Z", re.IGNORECASE | re.DOTALL)

_PARTED = r"[.,\xa0\u2009\u202f]"  # in English, in German, and with the narrow spaces of French
_NUMBER = re.compile(
    rf"[^\d+−–-]{{0,40}}?([+−–-]?)(\d{{1,18}}(?:{_PARTED}\d{{1,18}}){{0,6}}) ?([kKmM]?)(?![\w.])"
)
_THOUSANDS = re.compile(rf"\d{{1,3}}({_PARTED})\d{{3}}(?:\1\d{{3}})*")
_SCALES: Mapping[str, int] = {"": 1, "k": 1_000, "m": 1_000_000}
LARGEST = 2**53
"""Counts beyond it are not counts: the largest whole number that every JSON reader keeps."""

LINE_NODES = 200
"""Nodes of an element that are looked at for a line: names inside one another must not multiply the work.
The longest title of 150 real pages has 9."""

DATUM_LENGTH = 1_000
"""Characters of a value that are looked at for a number or a time; real ones have 30, and white space."""

ADDRESS_LENGTH = 2_000
"""Longest address: what all browsers take."""

_WEB_ADDRESS = re.compile(r"https?://[^\s/<>\"]+[^\s<>\"]*", re.IGNORECASE)
_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT)\Z")
_ZONE_GAP = re.compile(r"\s+(?=[+-]\d\d:?\d\d\Z)")

Value: TypeAlias = "Thing | Element | str"
"""What a property may hold; a string is one of JSON."""


@dataclass(slots=True, eq=False)
class Thing:
    """One item: the local names of its types, its id, its properties in the order of the page."""

    types: frozenset[str]
    id: str | None = None
    properties: dict[str, list[Value]] = field(default_factory=dict)
    element: Element | None = None
    """The element that holds it, where it is written in markup."""
    role: str | None = None
    """The first property that leads to it from another thing; None for one that stands alone."""

    def values(self, *names: str) -> Iterator[Value]:
        """Yield the values of the properties, in the order of `names`."""
        for name in names:
            yield from self.properties.get(name, ())

    def things(self, *names: str) -> Iterator[Thing]:
        """Yield those values that are things."""
        return (value for value in self.values(*names) if isinstance(value, Thing))

    def add(self, name: str, value: Value) -> None:
        """Append a value, and let a thing know the role it has."""
        self.properties.setdefault(name, []).append(value)
        if isinstance(value, Thing) and value.role is None and name not in _BACKWARD:
            value.role = name


def local_name(name: str) -> str:
    """Return the last part of a name that may be an address or have a prefix.

    >>> [local_name(n) for n in ("https://schema.org/Question", "schema:text", "name")]
    ['Question', 'text', 'name']
    """
    return re.split(r"[/#:]", name.strip().rstrip("/#:"))[-1]


def line(value: Value, length: int) -> str:
    """Return the value as one line of plain text; of a thing its name, "" where it has none."""
    if isinstance(value, Thing):
        names = (line(v, length) for v in value.values(*_NAMES) if not isinstance(v, Thing))
        return next((name for name in names if name), "")
    if isinstance(value, Element):
        text = _attribute(value, "content")
        if text is None:
            text = _attribute(value, "alt") if value.name == "img" else _beginning(value)
        return printable(text or "")[:length].rstrip()
    return printable(body_of_string(value).text)[:length].rstrip()


def data(value: Value) -> str:
    """Return the value as the data that markup states for machines; "" of a thing."""
    if isinstance(value, Thing):
        return ""
    if isinstance(value, str):
        return value
    stated = _attribute(value, "content")
    if stated is None:
        stated = _attribute(value, _VALUE_ATTRIBUTES.get(value.name, ""))
    return _beginning(value) if stated is None else stated


def address(value: Value, base_url: str | None) -> str | None:
    """Return the value as an absolute http address without white space, or None."""
    text = (value.id or "" if isinstance(value, Thing) else data(value)).strip()
    if not 0 < len(text) <= ADDRESS_LENGTH:  # nothing is no address, though to a browser it is the page's
        return None
    try:
        url = original(urljoin(base_url or "", text))
        urlsplit(url)  # without a base, nothing has looked into it
    except ValueError:  # an unclosed bracket, for one
        return None
    return url if is_web_address(url) else None


def is_web_address(url: str) -> bool:
    """Tell whether a text is an absolute http address that can be shown as it is."""
    return _WEB_ADDRESS.fullmatch(url) is not None and printable(url) == url


def count(value: Value) -> int | None:
    """Return the whole number that a value states: "12", "1,234", "1.2k", "UserComments:7"; else None."""
    match = _NUMBER.match(data(value)[:DATUM_LENGTH].strip())
    if not match:
        return None
    sign, digits, scale = match[1], match[2], match[3].lower()
    if _THOUSANDS.fullmatch(digits) and not scale:
        digits = re.sub(r"\D", "", digits)
    whole, _, part = re.sub(r"\D", ".", digits).partition(".")
    if "." in part:
        return None
    number = int(whole) * _SCALES[scale] + (int(part) * _SCALES[scale] // 10 ** len(part) if part else 0)
    if number > LARGEST:
        return None
    return -number if sign and sign != "+" else number


def moment(value: Value) -> datetime | None:
    """Return the time that a value states in ISO 8601, in UTC and whole seconds; without a zone it is UTC."""
    text = _ZONE_GAP.sub("", _ZONE_NAME.sub("Z", data(value)[:DATUM_LENGTH].strip()[:40]))
    try:
        stated = datetime.fromisoformat(text).replace(microsecond=0)
        return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
    except (ValueError, OverflowError):  # no ISO time; a zone that leads out of the years 1 to 9999
        return None


def inner_html(element: Element) -> str:
    """Return what stands inside an element as HTML, what the page says to its visitor there as templates.

    Those are never shown, so cleaning drops them. To take them out here would cost the square of their depth.
    """
    for notice in element.find_all(role=_NOTICES):
        if not notice.can_be_empty_element:  # `<img>` would become a template without an end
            notice.name = "template"
    try:
        return element.decode_contents()
    except RecursionError:  # bs4 compares elements by all that is in them, one call a level
        return entities.escape(element.get_text())


def body_of_string(text: str, base_url: str | None = None, limits: Limits = LIMITS) -> Body:
    """Return the body of a string that may be HTML, escaped HTML, or plain text with entities."""
    if _ESCAPED_MARKUP.match(text):
        text = entities.unescape(text)
    if not _MARKUP.search(text):
        return body_from_text(entities.unescape(text))
    if not _BLOCK.search(text):  # a plain text with links: its lines are meant
        text = text.strip().replace("\n", "<br>")
    return body_from_html(text, base_url=base_url, limits=limits)


def _beginning(element: Element) -> str:
    """Return the text of an element's first nodes, which is all of a name or a number."""
    pieces: list[str] = []
    pending: list[PageElement] = [element]  # for `descendants` first walks down to the last of them
    for _ in range(LINE_NODES):
        if not pending:
            break
        part = pending.pop()
        if isinstance(part, Element):
            pending.extend(reversed(part.contents[:LINE_NODES]))
        elif type(part) is NavigableString:
            pieces.append(part)
    return "".join(pieces)


def _attribute(element: Element, name: str) -> str | None:
    """Return an attribute as the string it is in the page."""
    value = element.get(name) if name else None
    return " ".join(value) if isinstance(value, list) else value
