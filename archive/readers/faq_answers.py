"""What stands behind a question on an FAQ page, up to the next: its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bs4 import Tag as Element
from bs4.element import NavigableString, PageElement

from .faq_names import LARGEST_NAME, name_of
from .finding import Outline, attribute, text_in

MOST_PARTS = 200
"""Nodes beside each other that one answer is collected from."""

INDEX_SHARE = 0.8
"""Share of the text of an answer that stands in links from which it is a table of contents."""

LONGEST_INDEX = 10_000
"""Characters of an answer that are measured for that."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ICON = re.compile(r"\W*(?:[a-z]+(?:_[a-z]+)+|add|remove|[xv])?\W*")
_LINES = frozenset({"a", "b", "em", "font", "i", "p", "span", "strong", "u", *HEADINGS})
"""Elements that hold a line, behind which what they begin may go on."""
_ENDS = frozenset({*HEADINGS, "footer", "aside"})


class Pair(NamedTuple):
    """A question and the nodes of its answer."""

    question: str
    answer: tuple[PageElement, ...]


def opened(outline: Outline, openers: list[Element]) -> Iterator[Pair]:
    """Yield what each opens, up to the next."""
    places: list[Element | None] = [None, *openers, None]
    for before, opener, after in zip(places, openers, places[2:], strict=False):
        panel = _panel(outline, opener)
        answer = _behind(outline, opener, before, after) if panel is None else [panel]
        yield Pair(name_of(opener), () if _is_index(outline, answer) else tuple(answer))


def _panel(outline: Outline, opener: Element) -> Element | None:
    """Return the element that a button says it opens."""
    for element in outline.find("*", opener):
        name = attribute(element, "aria-controls") or attribute(element, "data-target")
        name = name or attribute(element, "data-bs-target")
        if not name and (element.has_attr("data-toggle") or element.has_attr("data-bs-toggle")):
            name = attribute(element, "href")
        panel = outline.with_id(name.removeprefix("#")) if name else None
        if panel is not None and not outline.is_in(opener, panel) and _says_much(panel):
            return panel
    return None


def _behind(
    outline: Outline, opener: Element, before: Element | None, after: Element | None
) -> list[PageElement]:
    """Return the nodes behind a question: beside it, or where there is nothing beside what holds it."""
    top = _top(outline, opener)
    ends = _ENDS - frozenset(HEADINGS[HEADINGS.index(top.name) + 1 :] if top.name in HEADINGS else ())
    node, found = top, list[PageElement]()
    while True:
        for sibling in islice(node.next_siblings, MOST_PARTS):
            if isinstance(sibling, Element) and (sibling.name in ends or _holds(outline, sibling, after)):
                return found
            found.append(sibling)
        is_found = any(_says_much(part) for part in found)
        around = node.parent
        if around is None or around.name in ("body", "html", "[document]"):
            return found
        if _holds(outline, around, before) or _holds(outline, around, after):
            return found
        if is_found and around.name not in _LINES:
            return found
        found = found if is_found else []
        node = around


def _is_index(outline: Outline, parts: Sequence[PageElement]) -> bool:
    """Tell whether an answer is hardly more than links, as it is in a table of contents."""
    elements = [part for part in parts if isinstance(part, Element)]
    links = [link for part in elements for link in outline.find("a[href]", part)[:MOST_PARTS]]
    told = sum(len(text_in(part, LONGEST_INDEX)) for part in elements)
    return len(links) > 1 and sum(len(text_in(link, 200)) for link in links) > INDEX_SHARE * told


def _holds(outline: Outline, element: Element, other: Element | None) -> bool:
    return other is not None and outline.is_in(other, element)


def _says_much(part: PageElement) -> bool:
    """Tell whether a node says more than an icon does."""
    if isinstance(part, Element):
        text = text_in(part, 40)
    else:
        text = part[:400] if type(part) is NavigableString else ""
    return any(sign.isalnum() for sign in text) and not _ICON.fullmatch(text.strip())


def _top(outline: Outline, opener: Element) -> Element:
    """Return the outermost element that holds nothing but the question."""
    name, top = name_of(opener), opener
    while top.parent is not None and outline.size(top.parent) <= 2 * LARGEST_NAME:
        if top.parent.name in ("body", "details", "dl") or name_of(top.parent) != name:
            break
        top = top.parent
    return top


def is_answered(pair: Pair) -> bool:
    """Tell whether there is an answer, and not the question once more."""
    said = [part for part in pair.answer if _says_much(part)]
    return len(said) > 1 or any(
        not isinstance(part, Element) or name_of(part) != pair.question for part in said
    )
