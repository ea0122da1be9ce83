"""Rich text as editors keep it in JSON -> HTML: Reddit's documents of elements, Quora's of sections.

Reddit's is a list of elements `{"e": kind, "c": what is in it}`, whose texts have formats, each a list of
kind, start and length; Quora's an object of sections, each a line of spans with modifiers. Both are from
pages that hold them: neither has a public description.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_ELEMENTS: Mapping[str, str] = {
    "par": "p",
    "blockquote": "blockquote",
    "li": "li",
    "code": "pre",
    "spoilertext": "span",
}
_FORMATS = ((1, "b"), (2, "i"), (8, "s"), (64, "code"))
"""Bits of a format, and the elements that they stand for."""

_MODIFIERS = (("code", "code"), ("bold", "b"), ("italic", "i"))
_LISTS: Mapping[str, str] = {"ordered-list": "ol", "unordered-list": "ul"}


def html_of(document: Any) -> str:
    """Return the HTML of a document in either form; "" where it is in none.

    >>> html_of([{"e": "par", "c": [{"e": "text", "t": "two words", "f": [[1, 4, 5]]}]}])
    '<p>two <b>words</b></p>'
    >>> html_of({"sections": [{"type": "plain", "spans": [{"text": "a < b", "modifiers": {"code": True}}]}]})
    '<p><code>a &lt; b</code></p>'
    """
    if isinstance(document, dict) and isinstance(document.get("sections"), list):
        return "".join(_sections(document["sections"]))
    elements = document.get("document") if isinstance(document, dict) else document
    return "".join(_elements(elements))


def _elements(elements: Any) -> Iterator[str]:
    for element in elements if isinstance(elements, list) else ():
        if isinstance(element, dict):
            yield from _element(element)


def _element(element: Mapping[str, Any]) -> Iterator[str]:
    kind, inner = element.get("e"), element.get("c")
    if kind == "table":
        yield from _table(element)
        return
    name = _ELEMENTS.get(str(kind))
    if kind == "list":
        name = "ol" if element.get("o") is True else "ul"
    elif kind == "h":
        level = element.get("l")
        name = f"h{level}" if level in (1, 2, 3, 4, 5, 6) else "h6"
    elif kind in ("hr", "br"):
        yield f"<{kind}>"
    elif kind in ("r/", "u/"):
        yield html.escape(f"{kind}{element.get('t')}")
    elif isinstance(element.get("t"), str):
        yield _linked(_formatted(element["t"], element.get("f")), element.get("u"))
    elif isinstance(element.get("u"), str):
        yield _linked("".join(_elements(inner)), element["u"])
        return
    if name:
        yield f"<{name}>"
    yield from _elements(inner)
    if name:
        yield f"</{name}>" if name != "pre" else "\n</pre>"
    elif kind == "raw":
        yield "\n"  # a line of code


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    rows = [table.get("h"), *(table["c"] if isinstance(table.get("c"), list) else ())]
    yield "<table>"
    for n, row in enumerate(rows):
        cells = [cell for cell in row if isinstance(cell, dict)] if isinstance(row, list) else []
        name = "td" if n else "th"
        yield "<tr>"
        for cell in cells:
            yield f"<{name}>{''.join(_elements(cell.get('c')))}</{name}>"
        yield "</tr>"
    yield "</table>"


def _formatted(text: str, formats: Any) -> str:
    """Return a text with its formats, which do not overlap, as elements."""
    pieces: list[str] = []
    done = 0
    for bits, start, length in sorted(_formats(formats), key=lambda told: told[1]):
        if start < done:
            continue
        names = [name for bit, name in _FORMATS if bits & bit]
        inner = html.escape(text[start : start + length])
        pieces += [html.escape(text[done:start]), _wrapped(inner, names)]
        done = start + length
    return "".join((*pieces, html.escape(text[done:])))


def _formats(formats: Any) -> Iterator[tuple[int, int, int]]:
    for told in formats if isinstance(formats, list) else ():
        if isinstance(told, list) and len(told) == 3 and all(type(n) is int and n >= 0 for n in told):
            yield told[0], told[1], told[2]


def _wrapped(inner: str, names: Iterable[str]) -> str:
    for name in names:
        inner = f"<{name}>{inner}</{name}>"
    return inner


def _linked(inner: str, url: Any) -> str:
    return f'<a href="{html.escape(url)}">{inner}</a>' if isinstance(url, str) else inner


def _sections(sections: list[Any]) -> Iterator[str]:
    """Yield the sections, lines of code and items of lists in one element together."""
    within = ""  # the element that is open
    for section in sections:
        if not isinstance(section, dict):
            continue
        kind = section.get("type")
        around = "pre" if kind == "code" else _LISTS.get(str(kind), "")
        if around != within:
            yield (f"</{within}>" if within else "") + (f"<{around}>" if around else "")
            within = around
        line = "".join(_spans(section.get("spans")))
        if kind == "code":
            yield line + "\n"
        elif around:
            yield f"<li>{line}</li>"
        elif kind == "horizontal-rule":
            yield "<hr>"
        elif section.get("quoted") is True:
            yield f"<blockquote>{line}</blockquote>"
        else:
            yield f"<p>{line}</p>"
    if within:
        yield f"</{within}>"


def _spans(spans: Any) -> Iterator[str]:
    for span in spans if isinstance(spans, list) else ():
        if not isinstance(span, dict) or not isinstance(span.get("text"), str):
            continue
        told = span.get("modifiers")
        told = told if isinstance(told, dict) else {}
        names = [name for modifier, name in _MODIFIERS if told.get(modifier) is True]
        if isinstance(told.get("image"), str):
            yield f'<img src="{html.escape(told["image"])}" alt="">'
            continue
        text = f"${span['text']}$" if told.get("math") is True else span["text"]
        link = told.get("link")
        url = link.get("url") if isinstance(link, dict) else None
        yield _linked(_wrapped(html.escape(text), names), url)
