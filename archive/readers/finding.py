"""Elements of a parsed page, found by CSS selectors in an index that is made once a page.

bs4's own `select` walks the whole page for every selector, which for the twenty of a forum costs several
times the parsing. Here a page is walked once, and a selector looks only at the elements of its rarest sign.

Understood are `name`, `.class`, `#id`, `[attribute]`, `[attribute=value]` with `=`, `^=`, `$=`, `*=`, `~=`,
the descendant and the child (`>`) combinator, and lists with commas. Unlike in CSS all of a selector must be
found inside the element that is searched, which may itself be what it finds.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from bs4 import BeautifulSoup
from bs4 import Tag as Element
from bs4.element import NavigableString, PageElement

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..records import printable
from .layout import Value, alternatives

Step: TypeAlias = "tuple[str, _Compound]"
"""A combinator, " " or ">", and what is asked of the element behind it."""

_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:\.[\w-]+|#[\w-]+|\[[^\]]+\])*)")
_CONDITION = re.compile(
    r"\.([\w-]+)|#([\w-]+)|\[\s*([\w:-]+)\s*(?:([~^$*]?=)\s*[\"']?([^\]\"']*)[\"']?\s*)?\]"
)
_ELEMENT_NAME = re.compile(r"[a-zA-Z][\w-]*")
_COMMA = re.compile(r",(?![^\[]*\])")
_COMBINATOR = re.compile(r"\s*(>)\s*|\s+(?![^\[]*\])")

FEW_ELEMENTS = 500
"""Elements up to which they are looked at one by one, and not by the values of an attribute of the page."""

# What is never read as text: code of the page, and what a reader has marked as no part of a text.
_SILENT = frozenset({"script", "style", "template", "noscript", "textarea", "select", "svg"})
# What begins a line of its own, and ends it.
_BREAKING = frozenset(
    {"blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p"}
    | {"td", "th", "tr"}
)
_SPACE = NavigableString(" ")


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one selector asks of one element."""

    name: str | None
    classes: tuple[str, ...]
    id: str | None
    attributes: tuple[tuple[str, str, str], ...]

    @property
    def signs(self) -> list[str]:
        """What all that match are listed under, each; none where anything matches."""
        signs = [f"#{self.id}"] if self.id else []
        signs += [f".{name}" for name in self.classes]
        signs += [f"[{name}" for name, _, _ in self.attributes]
        return signs + ([self.name] if self.name else [])

    def matches(self, element: Element) -> bool:
        if self.name and element.name != self.name:
            return False
        if self.classes and not set(self.classes) <= set(classes_of(element)):
            return False
        if self.id and attribute(element, "id") != self.id:
            return False
        return all(_holds(attribute(element, name), sign, wanted) for name, sign, wanted in self.attributes)


class Outline:
    """The elements of one page, by name, class and id."""

    def __init__(self, soup: BeautifulSoup, limits: Limits = LIMITS) -> None:
        """Walk the page once; raise `PageRejected` where it is nested deeper than any thread is."""
        self._elements: list[Element] = []
        self._ends: list[int] = []
        self._place: dict[int, int] = {}
        self._by_sign: defaultdict[str, list[int]] = defaultdict(list)
        self._by_value: dict[str, dict[str, list[int]]] = {}
        self._walk(soup, limits.html_depth)

    def find(self, selector: str, within: Element | None = None) -> list[Element]:
        """Return what the selector finds in an element, itself included, in the order of the page."""
        begin, end = self._range(within)
        places = {place for steps in _parsed(selector) for place in self._chain(steps, begin, end)}
        return [self._elements[place] for place in sorted(places)]

    def first(self, selector: str, within: Element | None = None) -> Element | None:
        """Return the first that the selector finds; None where it finds nothing."""
        return next(iter(self.find(selector, within)), None)

    def with_id(self, name: str) -> Element | None:
        """Return the element with that id."""
        places = self._by_sign.get(f"#{name}")
        return self._elements[places[0]] if places else None

    def classes(self) -> dict[str, int]:
        """Return how many elements have each class."""
        return {sign[1:]: len(places) for sign, places in self._by_sign.items() if sign.startswith(".")}

    def place(self, element: Element) -> int:
        """Return the place of an element in the order of the page."""
        return self._place[id(element)]

    def size(self, element: Element) -> int:
        """Return how many elements there are in one, itself among them."""
        begin, end = self._range(element)
        return end - begin

    def outside(self, elements: Iterable[Element], units: Iterable[Element]) -> Iterator[Element]:
        """Yield the elements that stand in none of the units, which stand in none of each other."""
        ranges = sorted(self._range(unit) for unit in units)
        begins = [begin for begin, _ in ranges]
        for element in elements:
            before = bisect_right(begins, self._place.get(id(element), -1)) - 1
            if before < 0 or self._place[id(element)] >= ranges[before][1]:
                yield element

    def outermost(self, elements: Iterable[Element]) -> Iterator[Element]:
        """Yield those of the elements, given in the order of the page, that stand in no other of them."""
        last: Element | None = None
        for element in elements:
            if last is None or not self.is_in(element, last):
                last = element
                yield element

    def is_in(self, inner: Element, outer: Element) -> bool:
        """Tell whether an element stands in another, or is it."""
        begin, end = self._range(outer)
        return begin <= self._place.get(id(inner), -1) < end

    def silence(self, selector: str, within: Element | None = None) -> None:
        """Mark what the selector finds as no part of any text: templates are never shown."""
        for element in self.find(selector, within):
            if element is not within and not element.can_be_empty_element:
                element.name = "template"

    def _walk(self, soup: BeautifulSoup, deepest: int) -> None:
        open_until: list[tuple[int, Element]] = []
        pending: list[PageElement | None] = [soup]
        while pending:
            part = pending.pop()
            if part is None:
                place, _ = open_until.pop()
                self._ends[place] = len(self._elements)
            elif isinstance(part, Element):
                if len(open_until) > deepest:
                    raise PageRejected(f"nested deeper than {deepest} elements; no thread is")
                open_until.append((len(self._elements), part))
                self._add(part)
                pending.append(None)
                pending.extend(reversed(part.contents))

    def _add(self, element: Element) -> None:
        place = len(self._elements)
        self._elements.append(element)
        self._ends.append(place + 1)
        self._place[id(element)] = place
        by_sign, attributes = self._by_sign, element.attrs
        by_sign[element.name].append(place)
        for name in attributes:
            by_sign["[" + name].append(place)
        if "class" in attributes:
            for name in set(classes_of(element)):
                by_sign["." + name].append(place)
        if "id" in attributes:
            by_sign["#" + (attribute(element, "id") or "")].append(place)

    def _range(self, within: Element | None) -> tuple[int, int]:
        if within is None:
            return 0, len(self._elements)
        place = self._place.get(id(within))
        return (0, 0) if place is None else (place, self._ends[place])

    def _chain(self, steps: tuple[Step, ...], begin: int, end: int) -> list[int]:
        """Return the places of what the last step finds, each step inside what the one before found."""
        found = self._matching(steps[0][1], begin, end)
        for combinator, compound in steps[1:]:
            if combinator == ">":
                parents = {id(self._elements[place]) for place in found}
                ahead = self._matching(compound, begin, end)
                found = [place for place in ahead if id(self._elements[place].parent) in parents]
            else:
                found = list(self._below(found, compound))
        return found

    def _below(self, outer: Iterable[int], compound: _Compound) -> Iterator[int]:
        done = 0  # what stands in one of `outer` is yielded once, however many it stands in
        for place in outer:
            if self._ends[place] > done:
                yield from self._matching(compound, max(place + 1, done), self._ends[place])
                done = self._ends[place]

    def _matching(self, compound: _Compound, begin: int, end: int) -> list[int]:
        known = [self._by_sign.get(sign, []) for sign in compound.signs]
        fewest = min(known, key=len, default=None)
        if fewest is None:
            return list(range(begin, end))
        among = fewest[bisect_left(fewest, begin) : bisect_left(fewest, end)]
        if compound.attributes and len(among) > FEW_ELEMENTS:
            return self._with_value(compound, begin, end)
        return [place for place in among if compound.matches(self._elements[place])]

    def _with_value(self, compound: _Compound, begin: int, end: int) -> list[int]:
        """Return the places of what matches, each value of an attribute being looked at once."""
        name, sign, wanted = compound.attributes[0]
        held = (p for value, p in self._values(name).items() if _holds(value, sign, wanted))
        places = (place for group in held for place in group if begin <= place < end)
        return sorted(place for place in places if compound.matches(self._elements[place]))

    def _values(self, name: str) -> dict[str, list[int]]:
        """Return the places of the elements with an attribute, by its value."""
        known = self._by_value.get(name)
        if known is None:
            known = self._by_value[name] = {}
            for place in self._by_sign.get(f"[{name}", []):
                known.setdefault(attribute(self._elements[place], name) or "", []).append(place)
        return known


def told_by(value: Value, find: Callable[[str], Iterable[Element]]) -> Iterator[Element | str]:
    """Yield what a value finds, in the order of preference: elements, or what their attributes say."""
    for selector, is_last, name in alternatives(value):
        found = find(selector)
        for element in reversed(list(found)) if is_last else found:
            if not name:
                yield element
            elif (text := attribute(element, name)) is not None:
                yield text


def has_plain_name(element: Element) -> bool:
    """Tell whether the name of an element can stand in a selector: torn markup makes some that cannot.

    >>> [has_plain_name(one) for one in BeautifulSoup('<p><div:class="post">', "lxml").body.find_all()]
    [True, False]
    """
    return _ELEMENT_NAME.fullmatch(element.name) is not None


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute as the string it is in the page."""
    value = element.get(name)
    return " ".join(value) if isinstance(value, list) else value


def classes_of(element: Element) -> list[str]:
    """Return the classes of an element."""
    value = element.get("class")
    if isinstance(value, str):
        return value.split()
    return list(value) if value else []


def text_in(element: Element, length: int) -> str:
    """Return what a person reads in an element, as one line of at most `length` characters."""
    pieces: list[str] = []
    room = length * 2  # white space will go
    pending: list[PageElement] = [element]
    while pending and room > 0:
        part = pending.pop()
        if isinstance(part, Element):
            if part.name in _SILENT:
                continue
            if part.name in _BREAKING:
                pieces.append(" ")
                pending.append(_SPACE)
            pending.extend(reversed(part.contents))
        elif type(part) is NavigableString:
            piece = part if len(part) <= room else part[:room]
            pieces.append(piece if piece.strip() else " ")
            room -= len(pieces[-1])
    return printable("".join(pieces))[:length].rstrip()


def _holds(value: str | None, sign: str, wanted: str) -> bool:
    if value is None:
        return False
    if sign == "~=":
        return wanted in value.split()
    if sign == "^=":
        return bool(wanted) and value.startswith(wanted)
    if sign == "$=":
        return bool(wanted) and value.endswith(wanted)
    if sign == "*=":
        return bool(wanted) and wanted in value
    return not sign or value == wanted


@lru_cache(maxsize=4096)
def _parsed(selector: str) -> tuple[tuple[Step, ...], ...]:
    """Return the alternatives of a selector, each as its steps; raise `ValueError` where it is none."""
    return tuple(tuple(_steps(one.strip())) for one in _COMMA.split(selector) if one.strip())


def _steps(selector: str) -> Iterator[Step]:
    position, combinator = 0, " "
    while True:
        match = _COMPOUND.match(selector, position)
        if not match or not match[0]:
            raise ValueError(f"no selector that is understood: {selector!r}")
        yield combinator, _compound(match)
        position = match.end()
        if position == len(selector):
            return
        gap = _COMBINATOR.match(selector, position)
        if not gap:
            raise ValueError(f"no selector that is understood: {selector!r}")
        combinator, position = gap[1] or " ", gap.end()


def _compound(match: re.Match[str]) -> _Compound:
    classes: list[str] = []
    attributes: list[tuple[str, str, str]] = []
    own_id = None
    for of_class, of_id, name, sign, wanted in _CONDITION.findall(match[2]):
        if of_class:
            classes.append(of_class)
        elif of_id:
            own_id = of_id
        else:
            attributes.append((name, sign, wanted))
    name = match[1] if match[1] != "*" else None
    return _Compound(name, tuple(classes), own_id, tuple(attributes))
