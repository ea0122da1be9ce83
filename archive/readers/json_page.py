"""Pages that are one JSON document: parsed within limits, for every reader of JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Page
from ..records import printable
from .decoding import decode

HEAD_BYTES = 16_384
"""How much of a page is looked at to know a form of JSON: the first object's keys, behind a long text."""

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)


def head_of(page: Page) -> str:
    """Return the first characters of a page, without white space before them."""
    return decode(page.data[:HEAD_BYTES]).lstrip()


def json_of(page: Page, limits: Limits = LIMITS) -> Any:
    """Return the value of a page; raise `PageRejected` where it is no JSON, or more than the limits allow."""
    if len(page.data) > limits.dump_bytes:
        raise PageRejected(f"{len(page.data):,} bytes; JSON is read up to {limits.dump_bytes:,} bytes")
    text = decode(page.data)
    _measure(text, limits)
    try:
        return value_of(text)
    except json.JSONDecodeError as error:
        raise PageRejected(f"no JSON: {error.msg} in line {error.lineno}") from error
    except ValueError as error:  # a number of more digits than Python takes
        raise PageRejected(f"no JSON: {printable(str(error))}") from error


def value_of(text: str) -> Any:
    """Return the value of a text that is JSON and within the limits; raise `ValueError` where it is none."""
    return json.loads(text, parse_constant=lambda _: None)


def end_of_value(text: str, begin: int, limits: Limits = LIMITS) -> int:
    """Return where the list, object or string that begins there ends, or the text does; else `begin` itself.

    Raises `PageRejected` where it holds more than the limits allow.
    """
    return _measure(text, limits, begin) if text[begin : begin + 1] in ("[", "{", '"') else begin


def _measure(text: str, limits: Limits, begin: int | None = None) -> int:
    """Return where the value at `begin` ends, or the text does, which without `begin` is looked at whole.

    Raises `PageRejected` where values are too many or too deep: they cost memory, depth the stack.
    """
    depth = values = 0
    for match in _TOKEN.finditer(text, begin or 0):
        sign = match[0][0]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        values += sign != '"'
        if depth > limits.json_depth:
            raise PageRejected(f"JSON nested more than {limits.json_depth} deep")
        if values > limits.json_items:
            raise PageRejected(f"JSON of more than {limits.json_items:,} values")
        if depth <= 0 and begin is not None:
            return match.end()
    return len(text)
