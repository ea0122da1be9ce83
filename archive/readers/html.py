"""Pages of HTML: parsed once, within limits, with the few facts every HTML reader asks for."""

from __future__ import annotations

import re
import warnings
from urllib.parse import urljoin

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Page
from .addresses import original
from .decoding import decode, without_xml_declaration
from .saved import saved_from
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
    """Return the parsed page; raise `PageRejected` where it is larger than the limits allow."""
    check_size(page, limits)
    text = without_xml_declaration(decode(page.data))
    tags = text.count("<")
    if tags > limits.html_tags:
        raise PageRejected(f"{tags:,} tags; HTML is read up to {limits.html_tags:,} tags")
    with warnings.catch_warnings():  # XHTML is HTML to browsers, and here
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def check_size(page: Page, limits: Limits = LIMITS) -> None:
    """Raise `PageRejected` where a page has more bytes than HTML and JSON-LD may have."""
    if len(page.data) > limits.html_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; HTML is read up to {limits.html_bytes:,} bytes")


def page_address(soup: BeautifulSoup) -> str | None:
    """Return where a page stood: its canonical link, else `og:url`, else what whoever saved it wrote."""
    for element, attribute in (
        (soup.find("link", rel="canonical", href=True), "href"),
        (soup.find("meta", property="og:url", content=True), "content"),
    ):
        address = original(str(element.get(attribute)).strip()) if element else ""
        if is_web_address(address):
            return address
    saved = saved_from(soup)
    return saved if saved and is_web_address(saved) else None


def base_address(soup: BeautifulSoup, address: str | None) -> str | None:
    """Return what relative addresses in a page are relative to: its `base` element, else its own address."""
    base = soup.find("base", href=True)
    try:
        return urljoin(address or "", str(base.get("href")).strip()) if base else address
    except ValueError:  # an unclosed bracket, for one
        return address
