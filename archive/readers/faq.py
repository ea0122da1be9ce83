"""Questions and their answers on an FAQ page that marks them in no way for machines, by its structure.

Known are `details` with a `summary`, `dl` with `dt` and `dd`, and headings, bold lines or the buttons of an
accordion with their answers behind them. Most of them must ask, and headings count only on a page that says
that it is one of frequently asked questions: an article may ask in its headings too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bs4 import Tag as Element

from .finding import Outline, attribute, text_in

FEWEST_STATED = 2
"""Pairs that `details` or `dl` must have: two question marks in such are no accident."""

FEWEST_OPENED = 3
"""Pairs that headings and accordions must have."""

ASKING_SHARE = 0.6
"""Share of the names that must ask. Of nine marked-up FAQ pages all but one have more than nine tenths."""

LONGEST_QUESTION = 300
"""Characters of a question; what is longer is a paragraph."""

MOST_PAIRS = 1_000
"""Questions that one page opens: the longest real FAQ seen has 30."""

MOST_PARTS = 200
"""Elements that one answer is collected from."""

_QUESTION_WORD = re.compile(
    r"\W{0,4}(?:\d{1,3}[.):]\s*|q\s*\d{0,3}\s*[.:)]\s*)?(how|what|which|why|where|when|who|can|could|should|would|does|do|did"
    r"|is|are|has|have|will|may|must|i\s|wie|was|warum|wo|wann|wer|kann|comment|pourquoi|puis-je|cómo|qué|come|como)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\A(?:q(?:uestion)?\s*\d{0,3}\s*[.:)]\s*|\d{1,3}\s*[.):]\s+)", re.IGNORECASE)
_SAYS_FAQ = re.compile(
    r"\bfaqs?\b|frequently asked|common questions|questions (?:and|&|&amp;) answers|\bq ?& ?a\b"
    r"|häufige fragen|häufig gestellte|foire aux questions|questions fréquentes|preguntas frecuentes"
    r"|domande frequenti|perguntas frequentes|veelgestelde",
    re.IGNORECASE,
)
# What opens an answer where the page says by its classes that it does.
_CONTAINERS = (
    "[class*=accordion]",
    "[class*=Accordion]",
    "[class*=faq]",
    "[class*=FAQ]",
    "[class*=Faq]",
    "[id*=faq]",
)
_NAMES = ("button", "h2", "h3", "h4", "h5", "h6", "a", "dt", "p", "div", "span", "strong")
# And where it does not.
_HEADINGS = ("h2", "h3", "h4", "h5, h6", "p > strong, p > b, div > strong")
_ENDS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "footer", "nav", "aside"})


class Pair(NamedTuple):
    """A question and the elements of its answer."""

    question: str
    answer: tuple[Element, ...]


def pairs_in(outline: Outline) -> list[Pair]:
    """Return the pairs of the page, of the kind that gives most; none where it is no FAQ page."""
    stated = (list(_details(outline)), list(_definitions(outline)))
    marked = [pairs for pairs in stated if _asks(pairs, FEWEST_STATED)]
    accordion = list(_opened(outline, _innermost(outline, _in_containers(outline))))
    marked += [accordion] if _asks(accordion, FEWEST_OPENED) else []
    if marked or not _says_faq(outline):
        return max(marked, key=len, default=[])
    opened = (list(_opened(outline, outline.find(selector))) for selector in _HEADINGS)
    asking = [pairs for pairs in opened if _asks(pairs, FEWEST_OPENED)]
    return max(asking, key=len, default=[])


def _details(outline: Outline) -> Iterator[Pair]:
    for element in outline.find("details"):
        summary = outline.first("summary", element)
        if summary is not None and summary.parent is element:
            answer = tuple(c for c in element.children if isinstance(c, Element) and c is not summary)
            yield Pair(_name(summary), answer)


def _definitions(outline: Outline) -> Iterator[Pair]:
    for term in outline.find("dl dt"):
        yield Pair(_name(term), tuple(_behind(term, frozenset({"dt"}))))


def _in_containers(outline: Outline) -> Iterator[Element]:
    """Yield what may ask in the containers, each once."""
    outermost: Element | None = None
    for container in outline.find(", ".join(_CONTAINERS)):
        if outermost is None or not outline.is_in(container, outermost):
            outermost = container
            yield from outline.find(", ".join(_NAMES), container)


def _innermost(outline: Outline, elements: Iterable[Element]) -> list[Element]:
    """Return what asks, without what holds another that asks the same."""
    found: list[Element] = []
    for element in elements:
        name = _name(element)
        if not _ends_asking(name):
            continue
        if found and outline.is_in(element, found[-1]) and _name(found[-1]) == name:
            found.pop()
        found.append(element)
        if len(found) == MOST_PAIRS:
            break
    return found


def _opened(outline: Outline, elements: list[Element]) -> Iterator[Pair]:
    """Yield what asks with what stands behind it, up to the next that does."""
    openers = [element for element in elements[:MOST_PAIRS] if _ends_asking(_name(element))]
    for place, opener in enumerate(openers):
        panel = _panel(outline, opener)
        after = openers[place + 1] if place + 1 < len(openers) else None
        behind = _behind(_top(opener), _ENDS)
        answer = (panel,) if panel is not None else tuple(_before(outline, behind, after))
        yield Pair(_name(opener), answer)


def _before(outline: Outline, parts: Iterator[Element], end: Element | None) -> Iterator[Element]:
    """Yield the parts before the one that `end` stands in."""
    for part in parts:
        if end is not None and outline.is_in(end, part):
            return
        yield part


def _panel(outline: Outline, opener: Element) -> Element | None:
    """Return the element that a button says it opens."""
    name = attribute(opener, "aria-controls") or (attribute(opener, "data-target") or "").removeprefix("#")
    return outline.with_id(name) if name else None


def _top(opener: Element) -> Element:
    """Return the outermost element that holds nothing but the question."""
    name, top = _name(opener), opener
    while top.parent is not None and top.parent.name not in ("body", "html", "[document]"):
        if text_in(top.parent, LONGEST_QUESTION * 2) != name:
            break
        top = top.parent
    return top


def _behind(element: Element, ends: frozenset[str]) -> Iterator[Element]:
    for n, sibling in enumerate(element.next_siblings):
        if n == MOST_PARTS or (isinstance(sibling, Element) and sibling.name in ends):
            return
        if isinstance(sibling, Element):
            yield sibling


def _asks(pairs: list[Pair], fewest: int) -> bool:
    answered = [pair for pair in pairs if any(text_in(part, 40) for part in pair.answer)]
    asking = [pair for pair in answered if _is_question(pair.question)]
    return len(asking) >= max(fewest, ASKING_SHARE * len(pairs))


def _is_question(name: str) -> bool:
    return _ends_asking(name) or (
        5 < len(name) <= LONGEST_QUESTION and _QUESTION_WORD.match(name) is not None
    )


def _ends_asking(name: str) -> bool:
    return 5 < len(name) <= LONGEST_QUESTION and name.endswith(("?", "？", "?»", "?”"))


def _name(element: Element) -> str:
    return _NUMBERED.sub("", text_in(element, LONGEST_QUESTION + 1)).strip()


def _says_faq(outline: Outline) -> bool:
    return any(_SAYS_FAQ.search(text) for text in _headings(outline))


def _headings(outline: Outline) -> Iterable[str]:
    for selector in ("title", "h1", "h2"):
        yield from (text_in(element, 200) for element in outline.find(selector)[:10])
    for link in outline.find("link[rel=canonical]")[:1]:
        yield re.sub(r"[-_/]", " ", attribute(link, "href") or "")
