"""Pages of HTML: parsed once, within limits, with the few facts every HTML reader asks for."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import AttributeDict

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Page
from .addresses import original, stamp_of
from .decoding import decode, without_xml_declaration
from .saved import saved, time_of_stamp
from .things import is_web_address

HEAD_BYTES = 4096
"""How far into a page `looks_like_html` looks for an element of HTML; saved pages begin with comments."""

_FIRST_ELEMENTS = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|title|link|script|style|body|main|article|section|div|p|h1|dl|ul|span)\b",
    re.IGNORECASE,
)


def looks_like_html(page: Page) -> bool:
    """Tell whether a page begins as HTML does; looks at its first bytes only, in any encoding."""
    head = page.data[:HEAD_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f")
    return head.startswith(b"<") and _FIRST_ELEMENTS.search(head) is not None


def parse(page: Page, limits: Limits = LIMITS) -> BeautifulSoup:
    """Return the parsed page, for all readers the same one: it is not to be changed.

    Raises `PageRejected` where it is larger than the limits allow.
    """
    return page.once(_parsed, limits)


def _parsed(page: Page, limits: Limits) -> BeautifulSoup:
    check_size(page, limits)
    text = without_xml_declaration(decode(page.data))
    tags = text.count("<")
    if tags > limits.html_tags:
        raise PageRejected(f"{tags:,} tags; HTML is read up to {limits.html_tags:,} tags")
    with warnings.catch_warnings():  # XHTML is HTML to browsers, and here
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, builder=_builder())


def _builder() -> LXMLTreeBuilder:
    """Return bs4's builder without what no reader asks for, which takes a tenth of the parsing.

    Attributes are strings as they stand in the page; bs4 would split those of classes and relations.
    """
    return LXMLTreeBuilder(multi_valued_attributes=None, attribute_dict_class=AttributeDict)


def release(page: Page, limits: Limits = LIMITS) -> None:
    """Have the page parsed anew for the next reader: this one is about to change what was parsed."""
    page.forget(_parsed, limits)


def check_size(page: Page, limits: Limits = LIMITS) -> None:
    """Raise `PageRejected` where a page has more bytes than HTML and JSON-LD may have."""
    if len(page.data) > limits.html_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; HTML is read up to {limits.html_bytes:,} bytes")


def page_address(soup: BeautifulSoup) -> str | None:
    """Return the address a page gives itself: its canonical link, else `og:url`, else what its saver says.

    Of a page in an archive of the web it is the address that it had.
    """
    return next((original(address) for address in _addresses(soup)), None)


def time_of_page(soup: BeautifulSoup, page: Page) -> datetime:
    """Return when a page was what it is: when it was saved, as its saver or its address says, or received."""
    stamps = (stamp_of(address) for address in (page.address or "", *_addresses(soup)))
    times = [saved(soup).time, *(time_of_stamp(stamp) for stamp in stamps if stamp)]
    return min([page.received, *(time for time in times if time)])


def _addresses(soup: BeautifulSoup) -> Iterator[str]:
    """Yield what a page says of its address."""
    own = saved(soup).address
    for element, attribute in (
        (soup.find("link", rel="canonical", href=True), "href"),
        (soup.find("meta", property="og:url", content=True), "content"),
    ):
        address = str(element.get(attribute)).strip() if element else ""
        try:
            address = urljoin(own or "", address) if address else ""
        except ValueError:  # an unclosed bracket, for one
            continue
        if is_web_address(original(address)):
            yield address
    if own and is_web_address(original(own)):
        yield own


def base_address(soup: BeautifulSoup, address: str | None) -> str | None:
    """Return what relative addresses in a page are relative to: its `base` element, else its own address."""
    base = (soup.head or soup).find("base", href=True)
    try:
        return urljoin(address or "", str(base.get("href")).strip()) if base else address
    except ValueError:  # an unclosed bracket, for one
        return address
