"""Mail in HTML: what its writer wrote, as a body, by the marks that mail programs put on quotations.

Classes and ids are those of Gmail, Outlook, Yahoo, Thunderbird, Apple Mail and Proton in mail they send.
"""

from __future__ import annotations

import warnings

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from ..body import body_from_html
from ..limits import LIMITS, Limits
from ..records import Body
from .mail_quotes import own_text

# What is quoted, with who is quoted above it.
QUOTATIONS = """
    .gmail_quote, .gmail_extra > .gmail_attr, .yahoo_quoted, .moz-cite-prefix, .protonmail_quote,
    .moz-forward-container, blockquote[type=cite], blockquote.gmail_quote, #reply-intro, .zmail_extra
"""
# Outlook's mark stands before the mail that is answered, which follows it to the end.
ORIGINALS = "#divRplyFwdMsg, #appendonsend, #mail-editor-reference-message-container, .OutlookMessageHeader"
SIGNATURES = """
    .gmail_signature, .moz-signature, #Signature, .protonmail_signature_block, #ms-outlook-mobile-signature
"""


def own_body(html: str, *, is_reply: bool, limits: Limits = LIMITS) -> Body:
    """Return the body of a mail in HTML; its HTML is kept where the marks tell all that is not its own."""
    body = body_from_html(_without_marked(html, is_reply, limits), limits=limits)
    text = own_text(body.text, is_reply=is_reply)
    return body if text == body.text else Body(text)


def _without_marked(html: str, is_reply: bool, limits: Limits) -> str:
    """Return the HTML without marked quotations and signatures; as it is where that leaves nothing."""
    if html.count("<") > limits.body_signs:
        return html
    with warnings.catch_warnings():  # XHTML is HTML to mail programs
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "lxml")
    _remove(soup, SIGNATURES)
    if is_reply:
        _remove(soup, QUOTATIONS)
        if mark := soup.select_one(ORIGINALS):
            _cut(mark)
    return str(soup) if soup.get_text(strip=True) else html


def _remove(soup: BeautifulSoup, selectors: str) -> None:
    for element in soup.select(selectors):
        if not element.decomposed:
            element.decompose()


def _cut(mark: Tag) -> None:
    """Take out an element and what follows it in the page."""
    place: Tag | None = mark
    while place is not None:
        for follower in list(place.next_siblings):
            follower.extract()
        place = place.parent
    mark.extract()
