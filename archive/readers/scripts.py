"""The JSON that a page's application starts from: in a script, behind code in one, or in an attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from ..limits import LIMITS, Limits
from .finding import Outline, attribute
from .json_page import end_of_value, value_of

SCRIPTS = 200
"""Scripts, and values behind assignments in them, that are looked into: real pages have up to 100."""


def values_in(
    soup: BeautifulSoup, where: str, behind: str = r"\A\s*", limits: Limits = LIMITS
) -> Iterator[Any]:
    """Yield the values that stand where `where` says; what is no JSON there is passed over.

    `where` is a selector, with `@attribute` behind it where the JSON is in one; `behind` an expression for
    what stands before a value, where the scripts hold code. Raises `PageRejected` where a value is larger
    than the limits allow.
    """
    left = SCRIPTS
    pattern = re.compile(behind)
    for text in _texts(soup, where, limits):
        match = pattern.search(text)
        while match and left:
            left -= 1
            end = end_of_value(text, match.end(), limits)
            value = _value(text[match.end() : end])
            if value is not None:
                yield value
            match = pattern.search(text, max(end, match.start() + 1))


def inner_value(text: Any, limits: Limits = LIMITS) -> Any:
    """Return the value of JSON that is a string in other JSON; None where it is none."""
    return _value(text[: end_of_value(text, 0, limits)]) if isinstance(text, str) else None


def _value(text: str) -> Any:
    try:
        return value_of(text)
    except ValueError:
        return None


def _texts(soup: BeautifulSoup, where: str, limits: Limits) -> Iterator[str]:
    """Yield the texts of scripts, or the values of attributes, that the selectors find."""
    outline = Outline(soup, limits)
    for one in where.split(","):
        selector, _, name = one.strip().partition("@")
        for element in outline.find(selector):
            text = attribute(element, name) if name else element.get_text()
            if text:
                yield text
