"""JSON-LD as real pages write it -> things.

Understood is what pages use: nested objects, `@graph`, `@id` references, `@value`, `@list`, `@set`, names
with a prefix or a full address. Contexts are not fetched. The JSON may be broken in the ways it is in
practice: raw line ends and unknown escapes in strings, comments or CDATA around it, a comma too many or too
few, brackets too many or not closed, several values one after another, everything escaped for HTML.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from .things import Thing, Value, local_name

Json: TypeAlias = "dict[str, Json] | list[Json] | str | None"
"""What the parser below makes: numbers stay the strings that they are, so that none is too large."""

# A string, closed or not, with backslashes in it; all else that stands outside of strings.
_STRING = r'"(?:[^"\\]++|\\.)*+"?'
_STRUCTURE = re.compile(rf"{_STRING}|[\[\]{{}},]", re.DOTALL)
_NO_JSON = re.compile(
    rf"""({_STRING})            # kept as it is
    | /\*.*?\*/                 # comments, with or without CDATA in them
    | (?://\s*)?<!\[CDATA\[ | (?://\s*)?\]\]>
    | (?://\s*)?<!-- | (?://\s*)?-->
    | \ufeff                    # a byte order mark, of a file put into the page
    | //[^\n]*                  # comments to the end of a line
    | ,(?=\s*[\]}},])           # a comma with nothing behind it
    | ;(?=\s*\Z)""",
    re.DOTALL | re.VERBOSE,
)

# A backslash in a string that is none of JSON's, as before an apostrophe or in a path.
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[\"\\/bfnrt])|\\(')?")
# What ends a value, and whether another begins right behind it.
_VALUE_END = re.compile(rf"({_STRING}+|[\]}}])((?=\s*[\[{{\"]))?", re.DOTALL)

# Properties whose value may be the bare `@id` of a thing elsewhere in the page.
_REFERRING = frozenset(
    {
        "acceptedAnswer",
        "author",
        "comment",
        "hasPart",
        "itemListElement",
        "mainEntity",
        "parentItem",
        "suggestedAnswer",
    }
)


class BrokenJson(ValueError):
    """A script holds no JSON, mended or not; `str()` says where it goes wrong."""


def things_in_json(texts: Iterable[str], limits: Limits = LIMITS) -> tuple[list[Thing], list[Broken]]:
    """Return the things in the JSON-LD scripts of a page, in its order, and the scripts that are broken.

    Raises `PageRejected` where they are nested deeper or hold more values than the limits allow.
    """
    graph = _Graph()
    broken: list[Broken] = []
    room = limits.json_values
    for number, text in enumerate(texts, start=1):
        try:
            values, size = _parsed(text, room, limits)
        except BrokenJson as error:
            broken.append(Broken(number, text, str(error)))
            continue
        room -= size
        for value in values:
            graph.add(value)
    return graph.things(), broken


@dataclass(frozen=True, slots=True)
class Broken:
    """A script that holds no JSON: its number in the page, its text, and where it goes wrong."""

    number: int
    text: str
    reason: str


def _parsed(text: str, room: int, limits: Limits) -> tuple[list[Json], int]:
    """Return the values of a script, mended where it is broken, and their size; else raise `BrokenJson`."""
    reason = ""
    for candidate in _mendings(text):
        size = _measured(candidate, room, limits)
        try:
            return list(_values(candidate)), size
        except json.JSONDecodeError as error:
            reason = reason or f"{error.msg} in its line {error.lineno}"
    raise BrokenJson(reason)


def _mendings(text: str) -> Iterator[str]:
    """Yield the script as it is, then without what is no JSON, then with what it lacks.

    HTML entities are resolved where all of it is escaped.
    """
    yield text
    plain = _NO_JSON.sub(_only_strings, text)
    yield plain
    if "&quot;" in text:
        yield _NO_JSON.sub(_only_strings, entities.unescape(text))
    yield _closed(_VALUE_END.sub(_with_comma, plain))


def _with_comma(match: re.Match[str]) -> str:
    return match[1] if match[2] is None else f"{match[1]},"


def _closed(text: str) -> str:
    """Return the text with the brackets closed that are open at its end."""
    signs = (match[0] for match in _STRUCTURE.finditer(text))
    still_open: list[str] = []
    for sign in signs:
        if sign in ("[", "{"):
            still_open.append("]" if sign == "[" else "}")
        elif still_open and sign == still_open[-1]:
            still_open.pop()
    return text.rstrip().rstrip(",") + "".join(reversed(still_open))


def _only_strings(match: re.Match[str]) -> str:
    return _ESCAPE.sub(_known_escape, match[1]) if match[1] else ""


def _known_escape(match: re.Match[str]) -> str:
    """Return an escape as it is, an apostrophe without its backslash, and any other backslash as a sign."""
    return match[0] if match[1] else match[2] or "\\\\"


def _values(text: str) -> Iterator[Json]:
    """Yield the values that stand one after another, as in scripts put together by plugins.

    A bracket too many between them, or behind them, closes nothing.
    """
    decoder = json.JSONDecoder(strict=False, parse_float=str, parse_int=str, parse_constant=str)
    position = _next_value(text, 0)
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        yield value
        position = _next_value(text, position, ",]}")


def _next_value(text: str, position: int, between: str = ",") -> int:
    while position < len(text) and (text[position].isspace() or text[position] in between):
        position += 1
    return position


def _measured(text: str, room: int, limits: Limits) -> int:
    """Return how many brackets and commas a script holds; reject the page where it is too many."""
    depth = size = 0
    for match in _STRUCTURE.finditer(text):
        sign = match[0]
        if sign[0] == '"':
            continue
        size += 1
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if depth > limits.json_depth:
            raise PageRejected(f"its JSON-LD is nested more than {limits.json_depth} deep")
        if size > room:
            raise PageRejected(f"its JSON-LD holds more than {limits.json_values:,} values")
    return size


class _Graph:
    """The things of all scripts of a page; those with the same `@id` are one."""

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._by_id: dict[str, Thing] = {}

    def add(self, value: Json) -> None:
        """Take in a JSON value: an object, a list of objects, or a graph."""
        for _ in self._understood(value):
            pass  # every object has become a thing on the way

    def things(self) -> list[Thing]:
        """Return the things that the page describes, those only referred to left out."""
        for thing in self._things:
            for name in _REFERRING & thing.properties.keys():
                values = thing.properties.pop(name)
                for value in values:
                    thing.add(name, self._by_id.get(value, value) if isinstance(value, str) else value)
        return [thing for thing in self._things if thing.types or thing.properties]

    def _understood(self, value: Json) -> Iterator[Value]:
        """Yield what a JSON value means: none, one or, of a list, many."""
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            for one in value:
                yield from self._understood(one)
        elif isinstance(value, dict):
            yield from self._of_object(value)

    def _of_object(self, value: dict[str, Json]) -> Iterator[Value]:
        if "@value" in value:
            yield from self._understood(value["@value"])
            return
        for container in ("@graph", "@list", "@set"):
            if container in value:
                yield from self._understood(value[container])
        if any(not key.startswith("@") or key in ("@id", "@type") for key in value):
            yield self._thing(value)

    def _thing(self, value: dict[str, Json]) -> Thing:
        types = frozenset(local_name(t) for t in self._understood(value.get("@type")) if isinstance(t, str))
        said = {local_name(k): v for k, v in value.items() if not k.startswith("@")}
        thing = self._known_or_new(_id(value.get("@id")), types, said)
        for name, values in said.items():
            if name not in thing.properties:
                for one in self._understood(values):
                    thing.add(name, one)
        return thing

    def _known_or_new(self, name: str | None, types: frozenset[str], said: Mapping[str, Json]) -> Thing:
        """Return the thing with this `@id`, so that what is said in several places comes together.

        Pages that give one `@id` to different things are not believed: another type or name is another thing.
        """
        known = self._by_id.get(name) if name else None
        if known is not None and _may_be_same(known, types, said):
            known.types = known.types | types
            return known
        thing = Thing(types, name)
        self._things.append(thing)
        if name and known is None:
            self._by_id[name] = thing
        return thing


def _may_be_same(known: Thing, types: frozenset[str], said: Mapping[str, Json]) -> bool:
    if known.types and types and known.types != types:
        return False
    return all(
        known.properties.get(key, [said[key]]) == [said[key]] for key in ("name", "text") if key in said
    )


def _id(value: Json) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
