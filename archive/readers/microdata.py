"""Microdata and RDFa Lite -> things.

Both put an item into elements: one attribute opens it, one names the properties of the item around, one its
type. The walk is that of the HTML standard, section microdata
(https://html.spec.whatwg.org/multipage/microdata.html#associating-names-with-items), which serves RDFa Lite
(https://www.w3.org/TR/rdfa-lite/) with other attribute names. It uses no recursion, and each item becomes one
thing however often it is referred to, so neither nesting nor a circle of `itemref` can hurt it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4 import Tag as Element

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from .things import Thing, local_name


@dataclass(frozen=True, slots=True)
class Syntax:
    """The attributes that a way of marking up uses; `refs` names elements elsewhere that are the item's."""

    opens: str
    types: str
    properties: str
    ids: tuple[str, ...]
    refs: str | None = None


MICRODATA = Syntax("itemscope", "itemtype", "itemprop", ("itemid",), "itemref")
RDFA_LITE = Syntax("typeof", "typeof", "property", ("resource", "about"))


def things_in_markup(soup: BeautifulSoup, syntax: Syntax, limits: Limits = LIMITS) -> list[Thing]:
    """Return the items of a parsed page as things, in its order.

    Raises `PageRejected` where references between them multiply the work beyond `limits.markup_steps`.
    """
    elements = soup.find_all(_having(syntax.opens))
    things = {id(element): _thing(element, syntax) for element in elements}
    targets = _targets(soup, elements, syntax)
    steps = 0
    for element in elements:
        thing = things[id(element)]
        for part in _crawl(element, targets, syntax):
            steps += 1
            if steps > limits.markup_steps:
                raise PageRejected(
                    f"its {syntax.opens} items take more than {limits.markup_steps:,} steps to read"
                )
            for name in _tokens(part, syntax.properties):
                thing.add(local_name(name), things.get(id(part), part))
    return list(things.values())


def own_elements(element: Element) -> Iterator[Element]:
    """Yield the elements inside an item's that belong to no item in it, in the order of the page."""
    pending = [*reversed(_children(element))]
    while pending:
        part = pending.pop()
        if not any(part.has_attr(syntax.opens) for syntax in (MICRODATA, RDFA_LITE)):
            yield part
            pending.extend(reversed(_children(part)))


def _having(attribute: str) -> Callable[[Element], bool]:
    return lambda element: element.has_attr(attribute)


def _thing(element: Element, syntax: Syntax) -> Thing:
    types = frozenset(local_name(name) for name in _tokens(element, syntax.types))
    ids = (name for attribute in syntax.ids for name in _tokens(element, attribute))
    return Thing(types, next(ids, None), element=element)


def _targets(soup: BeautifulSoup, items: list[Element], syntax: Syntax) -> dict[str, Element]:
    """Return, by id, the elements that items refer to."""
    if syntax.refs is None:
        return {}
    wanted = {name for item in items for name in _tokens(item, syntax.refs)}
    targets: dict[str, Element] = {}
    if wanted:
        for element in soup.find_all(id=True):
            name = str(element.get("id"))
            if name in wanted:
                targets.setdefault(name, element)
    return targets


def _crawl(item: Element, targets: dict[str, Element], syntax: Syntax) -> Iterator[Element]:
    """Yield the elements whose properties are the item's: those inside it, but not inside an item in it."""
    refs = dict.fromkeys(_tokens(item, syntax.refs)) if syntax.refs else ()
    pending = [targets[name] for name in refs if name in targets and targets[name] is not item]
    pending = [*reversed(pending), *reversed(_children(item))]
    while pending:
        element = pending.pop()
        yield element
        if not element.has_attr(syntax.opens):
            pending.extend(reversed(_children(element)))


def _children(element: Element) -> list[Element]:
    return [child for child in element.contents if isinstance(child, Element)]


def _tokens(element: Element, attribute: str) -> list[str]:
    value = element.get(attribute)
    return value.split() if isinstance(value, str) else list(value or ())
