"""Rows of a Stack Exchange data dump, out of its XML as it comes.

A table of a dump is one XML document of empty elements, `<row Id="1" …/>`, in an element named after the
table (https://meta.stackexchange.com/q/2677 describes the columns). The rows are found in the stream, each
is parsed by itself, and neither a declaration nor an entity of a document is ever looked at: so nothing can
be expanded or fetched, a row is handed on byte for byte, and a torn one costs itself alone.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from ..limits import LIMITS, Limits

TABLES = ("posts", "comments", "users", "tags", "postlinks")
"""The tables that records are made of. A dump also has badges, posthistory and votes."""

# In XML a value holds no "<", so that a torn row ends where the next begins, and no byte is looked at often.
# A neat row is written as all dumps are; one sign, not two, is sought in its values, a third of the time.
_ROW = r"""row(?=[\s/>]) (?P<row> (?:[^<>"']++ | "[^"<]*+" | '[^'<]*+')*+ > )?+"""
_ANY_ROW = re.compile(f"<{_ROW}".encode(), re.IGNORECASE | re.VERBOSE)
_TOKEN = re.compile(
    rf"""<(?: (?P<neat> row (?:\ [A-Za-z]++="[^"]*+")++ \ ?/> ) | {_ROW}
            | (?P<table> badges|comments|posthistory|postlinks|posts|tags|users|votes ) \b [^<>]*> )
    """.encode(),
    re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb' ([A-Za-z]+)="([^"]*)"')
_ATTRIBUTE_OF_TEXT = re.compile(_ATTRIBUTE.pattern.decode())
_CONTROLS_AND_REFERENCES = bytes([*range(32), ord("&")])
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CHARACTER = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BrokenRow(ValueError):
    """A row is no XML; `str()` says why."""


class Row(NamedTuple):
    """A row as it stands in the dump, the name of its table in small letters, and whether it is neat."""

    table: str
    data: bytes
    neat: bool = False


class Torn(NamedTuple):
    """A row that does not end; `number` counts the rows of the stream from 1."""

    table: str
    number: int


def rows(blocks: Iterable[bytes], table: str = "posts", limits: Limits = LIMITS) -> Iterator[Row | Torn]:
    """Yield the rows of a stream, in order; those before any table's name are of `table`.

    Memory holds two blocks and one row.
    """
    number = 0
    held = b""
    for block in chain(_in_utf8(blocks), [None]):
        held += block or b""
        last = held.rfind(b"<")
        kept = len(held)
        for match in _tokens(held):
            if match.lastgroup == "table":
                table = match["table"].decode().lower()
                continue
            if not match.lastgroup and match.start() == last and block is not None:
                kept = last
                break
            number += 1
            neat = match.lastgroup == "neat"
            yield Row(table, match[0], neat) if match.lastgroup else Torn(table, number)
        if kept == len(held) and last >= 0 and b">" not in held[last:]:
            kept = last  # a name that is cut in two
        held = held[kept:]
        if len(held) > limits.dump_row_bytes:
            number += 1
            held = b""  # what follows of it holds no "<" and is passed over
            yield Torn(table, number)


def _tokens(held: bytes) -> Iterator[re.Match[bytes]]:
    """What stands in a stream: tables, rows, and beginnings of rows, which are of no group."""
    place = 0
    while match := _TOKEN.search(held, place):
        if match.lastgroup == "neat" and match[0].rfind(b"<"):
            match = _ANY_ROW.match(held, match.start()) or match
        place = match.end()
        yield match


def attributes(row: Row) -> Mapping[str, str]:
    """Return the attributes of a row; raise `BrokenRow` where it is no XML, even with bad signs taken out."""
    return (_plain(row.data) if row.neat else None) or _by_expat(row.data)


def written(row: Row) -> Mapping[bytes, bytes]:
    """Return the attributes of a row as they are written: numbers and times hold no references.

    That takes a fifth of the time, and does not look whether a neat row is XML; the reader will. Raises
    `BrokenRow` where another is none.
    """
    if row.neat:
        return dict(_ATTRIBUTE.findall(row.data))
    return {name.encode(): value.encode() for name, value in _by_expat(row.data).items()}


def _plain(row: bytes) -> Mapping[str, str] | None:
    """What expat makes of a neat row, in half its time; None where a value is not what is written."""
    if not row.isascii() or len(row.translate(None, _CONTROLS_AND_REFERENCES)) < len(row):
        return None
    pairs = _ATTRIBUTE_OF_TEXT.findall(row.decode("ascii"))
    values = dict(pairs)
    return values if len(values) == len(pairs) else None


def _by_expat(row: bytes) -> Mapping[str, str]:
    text = row.decode("utf-8", "replace")
    try:
        return _parsed(text)
    except ExpatError:
        try:
            return _parsed(_CHARACTER.sub(_allowed, _FORBIDDEN.sub("", text)))
        except ExpatError as error:
            raise BrokenRow(f"no XML: {error}") from error


def _parsed(text: str) -> Mapping[str, str]:
    found: list[Mapping[str, str]] = []
    parser = ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    parser.Parse(text if text.endswith("/>") else f"{text}</{text[1:4]}>", True)
    return found[0]


def _allowed(match: re.Match[str]) -> str:
    """A reference to a sign that XML has; old dumps refer to others as well, which are left out."""
    number = int(match[1], 16) if match[1] else int(match[2])
    surrogate = 0xD800 <= number <= 0xDFFF
    return "" if number > 0x10FFFF or surrogate or _FORBIDDEN.match(chr(number)) else match[0]


def _in_utf8(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The stream in UTF-8: programs that write UTF-16 mark what they write."""
    ahead = iter(blocks)
    first = next(ahead, b"")
    stream = chain([first], ahead)
    if first.startswith(_WIDE_MARKS):
        return (text.encode() for text in codecs.iterdecode(stream, "utf-16", "replace"))
    return stream
