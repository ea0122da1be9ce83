"""Where in the posts of an unknown engine their texts stand, and which heading is the title of the page."""

from __future__ import annotations

import re

from bs4 import Tag as Element

from .finding import Outline, attribute, classes_of, text_in
from .post_signs import FEW_TEXTS, SHORTEST_TEXT, Signs, bare_text

FEW_BLOCKS = 5
"""Blocks in which the place of the texts is looked for."""

LONGEST_BODY = 2_000
"""Characters of a text that are measured."""

NEARLY_ALL = 0.5
"""Share of the longest text in a block that its own text has, which may stand below a repeated title."""

HEADINGS = "h1, h2, h3, h4, [class*=title], [class*=subject], [id*=subject], [class*=topic], [itemprop=name]"
"""What may repeat the title of the page."""

FEW_HEADINGS = 100
FEW_LINKS = 200
"""Links that are looked at for the name of the site, which leads to its first page."""

LONGEST_TITLE = 300
SHORTEST_TITLE = 6
"""Characters of a title: what is shorter is a word of the page's own, as "Forum"."""

NAME = re.compile(r"[\w-]+")
_REMARK = re.compile(r"comment|review|rating|testimonial", re.IGNORECASE)
_HOME = re.compile(r"(?:https?://[^/?#]*)?/?(?:(?:index|home|forum)\.\w+)?(?:[?#].*)?")
_BETWEEN = re.compile(r"\s+(?:[-–—|·•»>]|::)\s+")


def body_in(outline: Outline, signs: Signs, blocks: list[Element]) -> str | None:
    """Return the selector of the texts: of what says nearly all in the first blocks, the innermost."""
    few = blocks[:FEW_BLOCKS]
    lengths: dict[str, int] = {}
    for element in outline.find("*", few[0])[1 : FEW_TEXTS + 1]:
        for selector in (f".{name}" for name in classes_of(element) if NAME.fullmatch(name)):
            if selector not in lengths:
                lengths[selector] = _length_in(outline, signs, selector, few)
    longest = max(lengths.values(), default=0)
    if longest < SHORTEST_TEXT:
        return None
    return [selector for selector, length in lengths.items() if length >= NEARLY_ALL * longest][-1]


def stands_bare(signs: Signs, block: Element) -> bool:
    """Tell whether a text stands in a block itself, before a line about its author."""
    return signs.printed_time(block) is not None and bare_text(block)


def said(outline: Outline, selector: str, blocks: list[Element]) -> int:
    """Return how much text the posts have together, in characters."""
    bodies = (outline.first(selector, block) for block in blocks)
    return sum(len(text_in(body, LONGEST_BODY)) for body in bodies if body is not None)


def is_remark(element: Element) -> bool:
    """Tell whether the page calls an element a comment or a review."""
    return _REMARK.search(" ".join([*classes_of(element), attribute(element, "id") or ""])) is not None


def title_of(outline: Outline) -> str:
    """Return what the page's title and a heading of it agree in, else the longest part of its title."""
    whole = next((text_in(element, LONGEST_TITLE) for element in outline.find("title")), "")
    parts = [part.strip() for part in _BETWEEN.split(whole)]
    home = {text_in(link, LONGEST_TITLE) for link in outline.find("a[href]")[:FEW_LINKS] if _leads_home(link)}
    for selector in ("h1", HEADINGS):
        headings = [text_in(element, LONGEST_TITLE) for element in outline.find(selector)[:FEW_HEADINGS]]
        told = [text for text in headings if text and text in whole]
        told += [part for part in parts if any(part in text for text in headings)]
        title = max((text for text in told if text not in home), key=len, default="")
        if len(title) >= SHORTEST_TITLE:
            return title
    named = [text_in(element, LONGEST_TITLE) for element in outline.find("h1")[:1]]
    longest = (max(choice, key=len, default="") for choice in (named, parts))
    return next((title for title in longest if len(title) >= SHORTEST_TITLE), whole)


def _leads_home(link: Element) -> bool:
    return _HOME.fullmatch((attribute(link, "href") or "").strip()) is not None


def _length_in(outline: Outline, signs: Signs, selector: str, blocks: list[Element]) -> int:
    """Return how much text a selector finds in the blocks; none where it is missing, a head, or comments."""
    found = [outline.first(selector, block) for block in blocks]
    texts = [element for element in found if element is not None]
    if len(texts) < len(blocks) or (any(map(is_remark, texts)) and not is_remark(blocks[0])):
        return 0
    heads = sum(_is_head(outline, signs, text, block) for text, block in zip(texts, blocks, strict=True))
    return sum(len(text_in(text, LONGEST_BODY)) for text in texts) if heads * 2 <= len(texts) else 0


def _is_head(outline: Outline, signs: Signs, text: Element, block: Element) -> bool:
    if text is block or signs.has_head(text):
        return True
    time = signs.printed_time(block)
    return time is not None and outline.is_in(time, text)
