"""Reader of tag pages: the wiki of a tag, lists of tags, any page whose tags have their blurbs as tooltips.

What they look like stands in the tables `TAG_LAYOUTS` of `engines/`. Such a page yields tags and no question,
however many questions it lists. A thread is none, even where it cannot be read, nor is a page that names tags
and says nothing of them. The excerpt is the blurb of a tag, and the wiki only where there is no excerpt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from bs4 import Tag as Element

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..merge import merge_tag
from ..page import Found, Page
from ..records import Tag, printable, tag_name
from .blurbs import blurb_among, says_nothing, tooltips_of
from .engines import LAYOUTS, TAG_LAYOUTS
from .finding import Outline, text_in, told_by
from .html import looks_like_html, page_address, parse, release
from .layout import TagLayout, Value, signed
from .posts import NO_TEXT, has_posts
from .things import line

NAME = "tag_pages"

FEW_TEXTS = 5
"""Texts that are looked at for a name or a blurb: it is one of the first that a value finds."""

NOTICE_LENGTH = 80
"""Characters of a paragraph that tell whether it is a notice: its first words do."""

# "Questions tagged [tea]", "Recent questions tagged tea", "Question tag: Tea".
_IN_HEADING = re.compile(r"(?:\[|\b(?:tagged|tag:)\s+[\"'“‘]?)([^\[\]]+?)[\"'”’\]]*\Z", re.IGNORECASE)
# "tea+coffee" in an address or a heading is about both, "c++" and "c++11" about one.
_SEVERAL = re.compile(r"[^+ ](?:\+|\s+or\s+)[^+ ]")


def sniff(page: Page) -> float:
    """Return how sure it is that the page tells of tags; less than `threads`, as a thread may do so too."""
    return 0.7 if looks_like_html(page) and page.once(signed, TAG_LAYOUTS) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the tags that the page tells of; raise `PageRejected` where there is none, or it is a thread."""
    soup = parse(page, limits)
    outline = Outline(soup, limits)
    if any(has_posts(outline, layout) for layout in page.once(signed, LAYOUTS)):
        raise PageRejected("not a Q&A page: a thread without a question, and no page about tags")
    release(page, limits)
    outline.silence(NO_TEXT)
    address = page_address(soup) or page.address or ""
    tags = tags_told(outline, page.once(signed, TAG_LAYOUTS), limits, address)
    if not tags:
        raise PageRejected("not a Q&A page: it names tags at most, and says nothing of them")
    yield from tags.values()


def tags_told(
    outline: Outline, layouts: Iterable[TagLayout], limits: Limits, address: str = ""
) -> dict[str, Tag]:
    """Return by their names the tags of which the layouts find a blurb, or synonyms, on a page."""
    told: dict[str, Tag] = {}
    for layout in layouts:
        if layout.requires and outline.first(layout.requires) is None:
            continue
        for tag in _Telling(outline, layout, limits, address).tags():
            told[tag.name] = merge_tag(tag, told.get(tag.name, tag))
    return told


class _Telling:
    """Reads what one page says of tags in one layout."""

    def __init__(self, outline: Outline, layout: TagLayout, limits: Limits, address: str) -> None:
        self._outline, self._layout, self._limits, self._address = outline, layout, limits, address

    def tags(self) -> Iterator[Tag]:
        """Yield the tags of which anything is said."""
        for unit in islice(self._units(), self._limits.page_tags):
            if self._layout.dropped:
                self._outline.silence(self._layout.dropped, unit)
            title = self._title(unit)
            name = tag_name(title)
            if not name:
                continue
            tag = Tag(
                name,
                title if title != title.casefold() else None,
                self._blurb(unit, title),
                self._synonyms(unit, name),
            )
            if tag.blurb or tag.synonyms:
                yield tag

    def _units(self) -> Iterator[Element | None]:
        """Yield what tells of one tag each, of which none is in another; None is the whole page."""
        if not self._layout.unit:
            yield None
        yield from self._outline.outermost(self._outline.find(self._layout.unit))

    def _title(self, unit: Element | None) -> str:
        """Return the name of the tag as it is shown; "" where there is none, or more than one."""
        names = (printable(name).lstrip("#").strip(" ,×") for name in self._names(unit))
        title = next(filter(None, names), "")
        return "" if _SEVERAL.search(title) else title

    def _names(self, unit: Element | None) -> Iterator[str]:
        """Yield what the page calls the tag: in its address, at the end of a heading, in so many words."""
        length = self._limits.name_length
        if unit is None:
            yield self._in_address(self._address)
        elif not self._layout.tag:
            yield text_in(unit, length)
        for found in islice(self._found(self._layout.heading, unit), FEW_TEXTS):
            match = _IN_HEADING.search(found if isinstance(found, str) else text_in(found, length))
            yield match[1] if match else ""
        for found in islice(self._found(self._layout.tag, unit), FEW_TEXTS):
            yield self._in_address(found) if isinstance(found, str) else text_in(found, length)

    def _in_address(self, address: str) -> str:
        """Return the name of the tag that an address is about, as it stands there."""
        match = re.search(self._layout.address, address) if self._layout.address else None
        return unquote(match[1][: self._limits.name_length]) if match else ""

    def _blurb(self, unit: Element | None, title: str) -> str | None:
        """Return the excerpt, else the wiki without notices of what is not there, else the tooltip."""
        blurb = blurb_among(self._texts(self._layout.blurb, unit), title)
        if blurb is None and self._layout.wiki:
            self._silence_notices(unit)
            blurb = blurb_among(self._texts(self._layout.wiki, unit), title)
        if blurb is None and unit is not None:
            blurb = blurb_among(tooltips_of(unit, self._outline, self._limits.blurb_length), title)
        return blurb

    def _silence_notices(self, unit: Element | None) -> None:
        self._outline.silence(self._layout.blurb, unit)
        for paragraph in self._outline.find("p", unit):
            if says_nothing(text_in(paragraph, NOTICE_LENGTH)):
                paragraph.name = "template"

    def _texts(self, value: Value, unit: Element | None) -> Iterator[str]:
        length = self._limits.blurb_length
        for found in islice(self._found(value, unit), FEW_TEXTS):
            yield line(found, length) if isinstance(found, str) else text_in(found, length)

    def _synonyms(self, unit: Element | None, name: str) -> tuple[str, ...]:
        found = self._outline.find(self._layout.synonyms, unit) if self._layout.synonyms else []
        names = (
            tag_name(text_in(element, self._limits.name_length)) for element in found[: self._limits.tags]
        )
        return tuple(dict.fromkeys(other for other in names if other and other != name))

    def _found(self, value: Value, unit: Element | None) -> Iterator[Element | str]:
        """Return what a value finds in a unit, or on the page where there is none."""
        return told_by(value, lambda selector: self._outline.find(selector, unit))
