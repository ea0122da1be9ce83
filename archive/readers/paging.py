"""Whether a page of a thread is a later one, whose first post is a reply and no question."""

from __future__ import annotations

import re

from .addresses import question_id
from .finding import Outline, attribute, text_in
from .things import address

# A page behind the first: ?start=20, ?page=2, /page-2, /page/2/, index2.html, topic=12.15, thread-12-2-1.html
_LATER_ADDRESS = re.compile(
    r"[?&;](?:start|page|page_?(?:no|num|number)|paged|st|limitstart)=0*(?:[2-9]|[1-9]\d)\d{0,5}\b"
    r"|[?&;]id=\d{1,12}&p=0*(?:[2-9]|[1-9]\d)\d{0,5}\b"
    r"|/(?:page|paged|p|seite)[-/]?0*(?:[2-9]|[1-9]\d)\d{0,5}(?:[/?#]|\Z)"
    r"|[-_]p(?:age)?-?0*(?:[2-9]|[1-9]\d)\d{0,5}(?:\.html?|/|\Z)"
    r"|/thread-\d{1,12}-(?:[2-9]|[1-9]\d)\d{0,5}-\d{1,6}\.html"
    r"|/t\d{1,12}p[1-9]\d{0,5}-|/index(?:[2-9]|[1-9]\d)\d{0,5}\.html|[?&]topic[=,]\d{1,12}\.[1-9]\d{0,6}\b",
    re.IGNORECASE,
)
_PAGE = r"(?:page|seite|página|pagina|strana|strona|sida|side|страница|стр\.?|第)"
_NUMBER = r"(?:[2-9]|[1-9]\d{1,5})"
# "Tea - Page 2", "Tea | Seite 34 | Board"; "Page 2 of 5" in the navigation.
_LATER_TITLE = re.compile(
    rf"(?:^|[-–—|•·,:(«»])\s*{_PAGE}\s?{_NUMBER}(?:\s?页)?\s*(?:$|[-–—|•·,:)«»])", re.IGNORECASE
)
_LATER_PLACE = re.compile(
    rf"\b{_PAGE}:?\s*{_NUMBER}\s*(?:of|von|sur|de|di|van|z|ze|av|af|из|/)\s*\d", re.IGNORECASE
)
_NAVIGATION = "[class*=pag], .nav, .navbar, .smallfont"
_BEFORE = "link[rel=prev], link[rel=previous], a[rel=prev]"
# What numbers the pages of one thread in an address: "-2.html", "/page-2", "&page=2".
_PAGE_NUMBER = re.compile(
    r"(?:[-_/?&;](?:page|seite|paged|index|p|start|st)?[-_=/]?\d{1,6})?(?:\.html?|/)?\Z"
)

FEW_PLACES = 60
"""Elements of the navigation that are looked at."""

PLACE_LENGTH = 100
"""Characters of one: "Page 2 of 5 [ 47 posts ]", and links to the other pages."""


def is_later_page(url: str | None, outline: Outline, title: str, base: str | None) -> bool:
    """Tell whether the address, the title or the navigation of a page says that others are before it."""
    if _LATER_ADDRESS.search(url or ""):
        return True
    if _LATER_TITLE.search(_rest_of_title(outline, title)):
        return True
    if any(_is_same_thread(address(attribute(e, "href") or "", base), url) for e in outline.find(_BEFORE)):
        return True
    places = (text_in(element, PLACE_LENGTH) for element in outline.find(_NAVIGATION)[:FEW_PLACES])
    return any(_LATER_PLACE.search(place) for place in places)


def _rest_of_title(outline: Outline, title: str) -> str:
    """Return the page's title without the thread's, which may itself speak of a page."""
    whole = outline.first("title")
    return text_in(whole, 1_000).replace(title, "") if whole is not None else ""


def _is_same_thread(before: str | None, url: str | None) -> bool:
    """Tell whether the page before is of the same thread; blogs say so of the article before."""
    if before is None or url is None or before == url:
        return False
    known = question_id(before)
    return known == question_id(url) if known else _PAGE_NUMBER.sub("", before) == _PAGE_NUMBER.sub("", url)
