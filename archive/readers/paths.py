"""Values in JSON, found by paths: "entities.answers.*", "**.__typename=Answer", "author.name, user.name".

A path is names with points between them, or the places of members in a list, from 0. `*` is each member of
a list or an object, `**` the value itself and all in it at any depth, `name=value` an object whose member has
that value, `~` the JSON that a string holds, `&` the resource that an object refers to by its `type` and `id`
(https://jsonapi.org/format/#document-compound-documents). Alternatives have commas between them, the
preferred one first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from ..limits import LIMITS, Limits
from .scripts import inner_value

Path = str
Resources: TypeAlias = "Mapping[tuple[str, str], Any]"
"""The resources of a document by type and id."""

NO_RESOURCES: Mapping[tuple[str, str], Any] = {}


def found(
    value: Any, path: Path, resources: Resources = NO_RESOURCES, limits: Limits = LIMITS
) -> Iterator[Any]:
    """Yield what a path finds in a value; nothing for null.

    >>> list(found({"a": [{"b": 1}, {"b": None}, {"c": 2}]}, "a.*.b, a.*.c"))
    [1, 2]
    >>> list(found({"x": {"is": "it", "n": 1}}, "**.is=it.n"))
    [1]
    """
    for steps in _parsed(path):
        values: Iterable[Any] = (value,)
        for step in steps:
            values = _taken(values, step, resources, limits)
        yield from (one for one in values if one is not None)


def resources_of(values: Iterable[Any], path: Path) -> Resources:
    """Return the resources that a path finds in values."""
    objects = (one for value in values for one in found(value, path) if isinstance(one, dict))
    return {(str(one.get("type")), str(one.get("id"))): one for one in objects}


@lru_cache(maxsize=1024)
def _parsed(path: Path) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(one.strip().split(".")) for one in path.split(",") if one.strip())


def _taken(values: Iterable[Any], step: str, resources: Resources, limits: Limits) -> Iterator[Any]:
    """Yield what one step leads to from each of the values."""
    name, _, wanted = step.partition("=")
    for value in values:
        if step == "**":
            yield from _all_in(value)
        elif step == "~":
            yield inner_value(value, limits)
        elif step == "*":
            yield from _members(value)
        elif isinstance(value, list):
            if name.isdecimal() and int(name) < len(value):
                yield value[int(name)]
        elif isinstance(value, dict):
            if step == "&":
                yield resources.get((str(value.get("type")), str(value.get("id"))))
            elif not wanted:
                yield value.get(name)
            elif value.get(name) == wanted:
                yield value


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _all_in(value: Any) -> Iterator[Any]:
    """Yield a value and all that is in it, in the order of the text."""
    pending = [value]
    while pending:
        one = pending.pop()
        yield one
        if isinstance(one, (dict, list)):
            pending += reversed(list(_members(one)))
