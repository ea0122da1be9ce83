"""What Whoosh keeps beside numbers, without pickles: stored values, and what its formats say of a posting."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from whoosh import columns
from whoosh.formats import (
    CharacterBoosts,
    Characters,
    Existence,
    Format,
    Frequency,
    PositionBoosts,
    Positions,
)
from whoosh.system import pack_uint

# Stored values.


def to_json(value: object) -> bytes:
    """Return a stored value as JSON; what JSON lacks is an object with one marked key.

    Raises `TypeError` for what would come back as something else.
    """
    return json.dumps(_marked(value), separators=(",", ":"), ensure_ascii=False).encode(
        errors="surrogatepass"
    )


def from_json(text: bytes) -> Any:
    """Return what `to_json` was given."""
    return json.loads(text, object_hook=_unmarked)


def _marked(value: object) -> object:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, list) and kind is list:
        return [_marked(one) for one in value]
    if isinstance(value, dict) and kind is dict and all(type(k) is str and k[:1] != MARK for k in value):
        return {name: _marked(one) for name, one in value.items()}
    for name, (of, mark, _) in MARKED.items():
        if kind is of:
            return {name: mark(value)}
    raise TypeError(f"a stored field holds {kind.__name__}: {value!r}; what can be kept are text, numbers, "
                    "times, bytes, and lists, tuples, sets and dicts of them")  # fmt: skip


def _unmarked(value: dict[str, Any]) -> Any:
    for name, inner in value.items():
        if name in MARKED:
            return MARKED[name][2](inner)
    return value


def _time(value: datetime) -> str:
    text = value.isoformat()
    if repr(datetime.fromisoformat(text)) != repr(value):
        raise TypeError(f"a stored field holds a time whose zone has a name: {value!r}; convert it to UTC")
    return text


def _list(values: Any) -> list[object]:
    return [_marked(value) for value in values]


MARK = "$"
MARKED: Mapping[str, tuple[type, Callable[[Any], object], Callable[[Any], object]]] = {
    "$bytes": (bytes, lambda value: b64encode(value).decode(), b64decode),
    "$time": (datetime, _time, datetime.fromisoformat),
    "$date": (date, date.isoformat, date.fromisoformat),
    "$decimal": (Decimal, str, Decimal),
    "$tuple": (tuple, _list, tuple),
    "$set": (set, _list, set),
    "$frozenset": (frozenset, _list, frozenset),
    "$dict": (dict, lambda value: [[_marked(k), _marked(v)] for k, v in value.items()], dict),
}
"""Key, type, how it becomes JSON, and how it comes back."""


# Columns.

KEPT_COLUMNS = (
    columns.BitColumn,
    columns.ClampedNumericColumn,
    columns.CompressedBytesColumn,
    columns.FixedBytesColumn,
    columns.FixedBytesListColumn,
    columns.RefBytesColumn,
    columns.VarBytesColumn,
    columns.VarBytesListColumn,
)
"""With those made from them, such as columns of numbers. Whoosh's other ones keep pickles."""


def check_column(fieldname: str, column: columns.Column) -> None:
    """Raise `TypeError` for a column whose values would be pickled."""
    if not isinstance(column, KEPT_COLUMNS):
        raise TypeError(f"{fieldname}: a {type(column).__name__} is not among the columns that can be kept")


# Postings.

KEPT_FORMATS = (Existence, Frequency, Positions, PositionBoosts, Characters, CharacterBoosts)


def check_format(fieldname: str, format_: Format) -> None:
    """Raise `TypeError` for a format that is not Whoosh's own."""
    if type(format_) not in KEPT_FORMATS:
        raise TypeError(f"{fieldname}: {type(format_).__name__} is not among the formats that can be kept")


def told_by(format_: Format, value: bytes) -> Any:
    """Return what a value that Whoosh has just encoded says of a posting.

    A number for `Frequency`, None for `Existence`. Else a list: of positions, or for a format that tells more
    of tuples (position, boost), (position, start, end) or (position, start, end, boost).
    """
    match format_:
        case CharacterBoosts():
            return format_.decode_character_boosts(value)
        case Characters():
            return format_.decode_characters(value)
        case PositionBoosts():
            return format_.decode_position_boosts(value)
        case Positions():
            return format_.decode_positions(value)
        case Frequency():
            return format_.decode_frequency(value)
    return None


def value_of(format_: Format, told: Any) -> bytes:
    """Return what a format encodes as: the inverse of `told_by`."""
    match format_:
        case CharacterBoosts():
            return bytes(format_.encode(told)[0])
        case Positions():
            return bytes(format_.encode(told))
        case Frequency():
            return bytes(pack_uint(told))
    return b""


def times_of(told: Any) -> int:
    """Return how often a posting says that the term is there."""
    match told:
        case None:
            return 1
        case int():
            return told
    return len(told)


def told_as(format_: Format, told: Any, kind: str) -> Any:
    """Return one reading of what is told of a posting, as `decode_...` of its format would."""
    boosted = isinstance(format_, PositionBoosts | CharacterBoosts)
    plain = not boosted and not isinstance(format_, Characters)
    match kind:
        case "frequency":
            return times_of(told)
        case "weight" if isinstance(format_, PositionBoosts):
            return float(sum(boost for _, boost in told)) * format_.field_boost
        case "weight":
            return times_of(told) * format_.field_boost
        case "positions":
            return list(told) if plain else [row[0] for row in told]
        case "position_boosts":
            return [(position, 1) for position in told] if plain else [
                (row[0], row[-1] if boosted else 1) for row in told
            ]  # fmt: skip
        case "characters":
            return [tuple(row[:3]) for row in told]
        case "character_boosts":
            return [tuple(row) for row in told]
    raise AttributeError(f"{type(format_).__name__} does not tell {kind}")
