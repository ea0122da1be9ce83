"""Query text -> frozen AST, and back. Standard library and the field table only; knows no engine.

The language is docs/query-language.md. `parse` never raises anything but `QueryError`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import partial
from operator import add
from types import MappingProxyType
from typing import TypeVar

from ..archive.records import tag_name
from .fields import BY_PREFIX, FIELDS, Field, Kind


class QueryError(ValueError):
    """A query that means nothing: `problem` with the part of `text` at `position` (0-based), and a `hint`."""

    def __init__(self, text: str, position: int, problem: str, hint: str = "") -> None:
        self.text, self.position, self.problem, self.hint = text, position, problem, hint
        super().__init__(f"{problem} at character {position + 1}" + (f": {hint}" if hint else ""))


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, as typed; analysis may make several terms of it, or none."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, unstemmed, with at most `slop` other words' worth of moves between them."""

    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Unstemmed terms like `pattern`: `*` any run of characters, `?` exactly one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Unstemmed terms within one edit of `text` (two for words of eight characters and more)."""

    text: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """Questions with a tag: `name` as `archive.records.tag_name` makes it, or with `*` and `?` in it."""

    name: str


@dataclass(frozen=True, slots=True)
class InField:
    """`query` (words, phrases, wildcards, fuzzies, groups of them) looked up in one TEXT or NAME field."""

    field: str
    query: Node


@dataclass(frozen=True, slots=True)
class Named:
    """A SITE or ID field that is `value`, folded; SITE values may hold `*` and `?`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class NumberRange:
    """`low <= field <= high`; None is open. A question without the number is in no range."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A year, a month or a day, UTC: the whole of it."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Ago:
    """`amount` of `unit` (`d`, `w`, `m`, `y`) back from now."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """From the start of `low` to the end of `high`; None is open. Never both None."""

    field: str
    low: Day | Ago | None
    high: Day | Ago | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A property: `is:answered`, `has:code`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Everything:
    """Every question: `*`, and the empty query."""


@dataclass(frozen=True, slots=True)
class Required:
    """`+x`: must match, and still ranks."""

    query: Node


@dataclass(frozen=True, slots=True)
class Not:
    """`-x`, `NOT x`: must not match."""

    query: Node


@dataclass(frozen=True, slots=True)
class And:
    """Every part must match."""

    queries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some part must match."""

    queries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Parts side by side: words, wildcards and fuzzies rank (how many must match is the search's
    `--match`), everything else must match."""

    queries: tuple[Node, ...]


Node = (
    Word | Phrase | Wildcard | Fuzzy | Tagged | InField | Named | NumberRange | DateRange | Flag
    | Everything | Required | Not | And | Or | Beside
)  # fmt: skip


MAX_NESTING = 32
"""Brackets and NOTs inside one another; queries by hand have three, and Python's stack bears hundreds."""

MAX_SLOP = 1000
"""Farthest apart that the words of a phrase may be asked to be."""

MAX_NUMBER = 2**63 - 1
"""Largest number either way: what SQLite and Whoosh hold."""

MAX_AGO: Mapping[str, int] = {"d": 365_000, "w": 52_000, "m": 12_000, "y": 1_000}
"""Farthest back from now, in each unit: a thousand years, so that any now less it is a date."""

_DAYS: Mapping[str, float] = {"d": 1.0, "w": 7.0, "m": 30.4, "y": 365.2}
"""Length of the units in days, near enough to see that a range is reversed."""


def parse(text: str) -> Node:
    """Return the AST of a query; raise `QueryError` where it means nothing.

    >>> parse("sleep [iop] -title:adult")  # doctest: +NORMALIZE_WHITESPACE
    Beside(queries=(Word(text='sleep'), Tagged(name='iop'),
                    Not(query=InField(field='title', query=Word(text='adult')))))
    """
    return _Parser(text).query()


def plain(text: str) -> Node:
    """Return the AST of a text that is words only, whatever signs it holds.

    >>> plain("-[java] OR")
    Beside(queries=(Word(text='-[java]'), Word(text='OR')))
    """
    return _joined(Beside, [Word(word) for word in text.split()]) if text.split() else Everything()


def format(node: Node) -> str:
    """Return a query text that parses to `node`.

    That holds for whatever `parse` returns and for any AST in normal form: no And in an And, Or in an Or,
    Beside in a Beside, none of these with fewer than two parts, and leaves with texts that `parse` can give.
    A word that cannot be written as one (`OR`, from `plain`) is written as a phrase.

    >>> format(Not(Or((Word("a"), Tagged("b")))))
    '-(a OR [b])'
    """
    return _written(node, _BESIDE)


# From text to tokens.


class _Kind(Enum):
    LEAF = "a word, a phrase, a tag or a field with its value"
    FIELD = "a field before a group"
    OPEN = "("
    CLOSE = ")"
    EXCLUDE = "-"
    REQUIRE = "+"
    NOT = "NOT"
    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class _Token:
    """A token at `position`; `node` of a leaf, `field` of a field, `is_filter` for tags and fields."""

    kind: _Kind
    position: int
    node: Node | None = None
    field: str = ""
    is_filter: bool = False


class _Wrong(ValueError):
    """A value that means nothing: QueryError before the query's text and the position are known."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem, self.hint = problem, hint
        super().__init__(problem)


_SPACE = re.compile(r"\s+")
_RUN = re.compile(r'[^\s"()]++(?:\(\)[^\s"()]*+)*+')  # `main()` is a word
_PHRASE = re.compile(r'"([^"]*+)"(?:(~)(\d*+))?', re.ASCII)
_QUOTED = re.compile(r'"([^"]*+)"')
_BRACKET = re.compile(r"\[([^\[\]]*+)\]")
_HASH = re.compile(r'#(\.?[^\W\d_][^\s"()\[\]]*+)')
_NAME = re.compile(r"([A-Za-z][A-Za-z_]*+):")
_SIGN = re.compile(r"""[-+](?=["(\[] | \*++(?:[\s"()]|\Z) | [\#./\\'$@~_*]*+[^\W_])""", re.VERBOSE)
_UNKNOWN_FIELD = re.compile(r'[^\W_]|["(\[*<>.]')  # what stands behind the colon of a mistyped field
_TRAILING = ".,;:!?"
_PATTERN = re.compile(r"(?=.*[^\W_])[^()=&:;,!<>|{}\[\]\\^%$@`]+", re.DOTALL)
_INNER_MARK = re.compile(r"(?<=\w)\?(?=[\w?*])")
_OPERATORS: Mapping[str, _Kind] = {"AND": _Kind.AND, "OR": _Kind.OR, "NOT": _Kind.NOT}
_SIGNS: Mapping[str, _Kind] = {"-": _Kind.EXCLUDE, "+": _Kind.REQUIRE}

_QUOTE_IT = "put it in quotes to search for it as words"


def _tokens(text: str) -> list[_Token]:
    """Return the tokens of a query, in one pass over the text."""
    tokens: list[_Token] = []
    opened: list[_Token] = []
    position, after_sign = 0, False
    while position < len(text):
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
            continue
        token, end = _token(text, position, after_sign)
        if token.kind is _Kind.OPEN:
            before = tokens[-1] if tokens else token
            opened.append(before if before.kind is _Kind.FIELD else token)
        elif token.kind is _Kind.CLOSE:
            if not opened:
                raise QueryError(text, position, "')' closes nothing", _QUOTE_IT)
            token = replace(token, is_filter=opened.pop().is_filter)
        tokens.append(token)
        position, after_sign = end, token.kind in _SIGNS.values()
    if opened:
        at = opened[-1].position
        raise QueryError(text, text.index("(", at), "unclosed '('", "close it with ')'")
    return _with_lower_or(tokens)


def _token(text: str, position: int, after_sign: bool) -> tuple[_Token, int]:
    """Return the token at `position` and where it ends."""
    sign = text[position]
    if sign in "()":
        return _Token(_Kind.OPEN if sign == "(" else _Kind.CLOSE, position), position + 1
    if sign in _SIGNS and not after_sign and _SIGN.match(text, position):
        return _Token(_SIGNS[sign], position), position + 1
    try:
        if sign == '"':
            phrase, end = _phrase(text, position)
            return _Token(_Kind.LEAF, position, phrase), end
        if sign == "[":
            return _bracketed(text, position)
        hashed = _HASH.match(text, position)
        if hashed:
            name = hashed[1].rstrip(_TRAILING)
            return _filter(position, _tagged(name)), hashed.start(1) + len(name)
        name_match = _NAME.match(text, position)
        if name_match and _is_field(text, name_match):
            return _field(text, position, name_match)
        run = _RUN.match(text, position)
        assert run is not None, "what is no space, quote or bracket begins a word"
        if run[0] in _OPERATORS and not after_sign:
            return _Token(_OPERATORS[run[0]], position), run.end()
        return _Token(_Kind.LEAF, position, _word(run[0])), run.end()
    except _Wrong as wrong:
        raise QueryError(text, position, wrong.problem, wrong.hint) from None


def _with_lower_or(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens with each `or` between tags and fields an operator."""

    def is_operator(i: int) -> bool:
        following = tokens[i + 1 : i + 3]
        if following and following[0].kind in _SIGNS.values():
            del following[0]
        return tokens[i - 1].is_filter and bool(following) and following[0].is_filter

    for i in range(1, len(tokens) - 1):
        if tokens[i].node == Word("or") and is_operator(i):
            tokens[i] = _Token(_Kind.OR, tokens[i].position)
    return tokens


def _filter(position: int, node: Node) -> _Token:
    return _Token(_Kind.LEAF, position, node, is_filter=True)


# Words, phrases and tags.


def _word(raw: str) -> Node:
    """Return what a run of characters asks for: a word, a wildcard, a fuzzy word or everything."""
    if set(raw) == {"*"}:
        return Everything()
    pattern = _pattern(raw)
    if pattern:
        return Wildcard(pattern)
    base = raw[:-1]
    if raw[-1] == "~" and any(map(str.isalnum, base)) and base[-1] != "~":
        if _pattern(base):
            raise _Wrong(f"{raw!r} is both fuzzy and a wildcard", "leave out the ~ or the wildcards")
        return Fuzzy(base)
    return Word(raw)


def _pattern(raw: str) -> str | None:
    """Return the pattern of a wildcard, or None: `*` makes one anywhere, `?` only inside a word.

    >>> _pattern("l?st"), _pattern("enc*,"), _pattern("this?"), _pattern("page?id=*")
    ('l?st', 'enc*', None, None)
    """
    body = raw.rstrip(_TRAILING)
    if "~" in body or not ("*" in body or _INNER_MARK.search(body)) or not _PATTERN.fullmatch(body):
        return None
    return body


def _phrase(text: str, position: int) -> tuple[Phrase, int]:
    """Return the phrase at `position`, with its slop, and where it ends."""
    found = _PHRASE.match(text, position)
    if not found:
        raise _Wrong("unclosed quote", 'close it with "')
    if not found[1].strip():
        raise _Wrong("empty phrase", "put words between the quotes")
    if not found[2]:
        return Phrase(found[1]), found.end()
    if not found[3]:
        raise _Wrong("no number behind the ~ of a phrase", 'as in "exact phrase"~3')
    if len(found[3]) > len(str(MAX_SLOP)) or int(found[3]) > MAX_SLOP:
        raise _Wrong(f"slop {_shortened(found[3])} is too large", f"{MAX_SLOP} is the most")
    return Phrase(found[1], int(found[3])), found.end()


def _bracketed(text: str, position: int) -> tuple[_Token, int]:
    found = _BRACKET.match(text, position)
    if not found:
        raise _Wrong("unclosed '['", f"close the tag with ']', or {_QUOTE_IT}")
    return _filter(position, _tagged(found[1])), found.end()


def _tagged(text: str) -> Tagged:
    name = tag_name(text)
    while name.startswith("[") and name.endswith("]"):  # tag:[c++] is meant as [c++]
        name = tag_name(name[1:-1])
    if not name:
        raise _Wrong("empty tag", "name one, as in [c++]")
    return Tagged(name)


# Fields.


def _is_field(text: str, name: re.Match[str]) -> bool:
    """Say whether a name with a colon is a field: not in `error: x`, `std::sort`, `https://x` or `C:\\x`."""
    after = text[name.end() : name.end() + 2]
    if after[:1] in (":", "\\") or after == "//" or after[:1].isspace():
        return False
    return name[1].lower() in BY_PREFIX or _UNKNOWN_FIELD.match(after) is not None


def _field(text: str, position: int, name: re.Match[str]) -> tuple[_Token, int]:
    """Return the token of a field: whole with its value, or its prefix alone before a group."""
    field = _known(name[1])
    value_at = name.end()
    sign = text[value_at : value_at + 1]
    if sign in ("", ")"):
        raise _Wrong(f"{field.prefix}: needs a value", "right behind the colon")
    ranked = field.kind in (Kind.TEXT, Kind.NAME)
    if sign == "(":
        if not ranked:
            example = f"{field.prefix}:A OR {field.prefix}:B"
            raise _Wrong(f"{field.prefix}: takes no group", f"repeat it, as in {example}")
        return _Token(_Kind.FIELD, position, field=field.name, is_filter=True), value_at
    if ranked:
        query, end = _text_value(text, value_at, field)
        return _filter(position, InField(field.name, query)), end
    value, end = _value(text, value_at)
    if not value:
        raise _Wrong(f"{field.prefix}: needs a value", "right behind the colon")
    try:
        return _filter(position, _READ[field.kind](field, value)), end
    except _Wrong as wrong:
        raise QueryError(text, value_at, wrong.problem, wrong.hint) from None


def _known(name: str) -> Field:
    field = BY_PREFIX.get(name.lower())
    if field is None:
        nearest = difflib.get_close_matches(name.lower()[:40], BY_PREFIX, n=1)
        meant = f"did you mean {nearest[0]}:? Else " if nearest else ""
        raise _Wrong(f"unknown field {_shortened(name)!r}", meant + _QUOTE_IT)
    return field


def _text_value(text: str, position: int, field: Field) -> tuple[Node, int]:
    """Return the word or phrase behind the colon of a TEXT or NAME field."""
    if text[position] == '"':
        return _phrase(text, position)
    if _SIGN.match(text, position):
        raise _Wrong(f"a sign behind {field.prefix}:", f"put it first, as in -{field.prefix}:x")
    run = _RUN.match(text, position)
    assert run is not None, "no space, quote or bracket stands here"
    return _anything(_word(run[0])), run.end()


def _anything(node: Node) -> Node:
    """Return `*` as it is meant in a field: whatever the field holds."""
    return Wildcard("*") if node == Everything() else node


def _value(text: str, position: int) -> tuple[str, int]:
    """Return the value behind the colon of a field that holds no text, quoted or not."""
    found = _QUOTED.match(text, position) or _RUN.match(text, position)
    if found is None:
        raise _Wrong("unclosed quote", 'close it with "')
    return found[found.lastindex or 0].strip(), found.end()


def _read_flag(field: Field, value: str) -> Node:
    if value.lower() not in field.values:
        raise _Wrong(f"{field.prefix}: knows no {_shortened(value)!r}", f"it knows {', '.join(field.values)}")
    return Flag(field.name, value.lower())


def _read_number(field: Field, value: str) -> Node:
    """Return the range; a bare N is at least N, but `answers:0` is exactly none."""
    low, high, bare = _bounds(value, _number, partial(add, 1), partial(add, -1))
    if bare and not (field.name == "answers" and low == 0):
        high = None
    if low is not None and high is not None and low > high:
        raise _Wrong(f"{value!r} runs backwards", "the smaller number comes first")
    if any(abs(n) > MAX_NUMBER for n in (low, high) if n is not None):
        raise _Wrong(f"number {_shortened(value)!r} is too large", f"{MAX_NUMBER} is the most")
    return NumberRange(field.name, low, high)


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise _Wrong(f"bad number {_shortened(text)!r}", "write 5, 2..9, ..0, >=3, <3 or =3")
    if len(text) > len(str(-MAX_NUMBER)):
        raise _Wrong(f"number {_shortened(text)!r} is too large", f"{MAX_NUMBER} is the most")
    return int(text)


def _read_date(field: Field, value: str) -> Node:
    """Return the range; a bare span (`30d`) is the time since then."""
    low, high, bare = _bounds(value, _date, partial(_step, by=1), partial(_step, by=-1))
    if bare and isinstance(low, Ago):
        high = None
    elif value.startswith("=") and isinstance(low, Ago):
        raise _Wrong(f"bad date {value!r}", "a span back from now is no day")
    if _reversed(low, high):
        raise _Wrong(f"{value!r} runs backwards", "the earlier date comes first")
    return DateRange(field.name, low, high)


def _date(text: str) -> Day | Ago:
    ago = re.fullmatch(r"([0-9]{1,6})([dwmy])", text.lower())
    if ago:
        amount, unit = int(ago[1]), ago[2]
        if amount > MAX_AGO[unit]:
            raise _Wrong(f"{text!r} is too long ago", f"{MAX_AGO[unit]}{unit} is the most")
        return Ago(amount, unit)
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?", text)
    if not found:
        raise _Wrong(f"bad date {_shortened(text)!r}", "write 2012, 2012-04, 2012-04-30, 2012..2013 or 30d..")
    day = Day(*(int(part) if part else None for part in found.groups()))  # type: ignore[arg-type]
    try:
        _first(day)
    except ValueError as error:
        raise _Wrong(f"no such date {text!r}", str(error)) from None
    return day


def _first(day: Day) -> date:
    """Return the first day of a year, a month or a day; raise ValueError where there is none."""
    return date(day.year, 1 if day.month is None else day.month, 1 if day.day is None else day.day)


def _step(when: Day | Ago, by: int) -> Day | Ago:
    """Return the year, month or day next to `when`; a moment (`30d`) is its own neighbour."""
    if isinstance(when, Ago):
        return when
    try:
        if when.month is None:
            return _checked(Day(when.year + by))
        if when.day is None:
            year, month = divmod(when.year * 12 + when.month - 1 + by, 12)
            return _checked(Day(year, month + 1))
        moved = _first(when) + timedelta(days=by)
    except (ValueError, OverflowError):
        raise _Wrong(f"no date lies beyond {_day(when)}", "years run from 0001 to 9999") from None
    return Day(moved.year, moved.month, moved.day)


def _checked(day: Day) -> Day:
    _first(day)
    return day


def _reversed(low: Day | Ago | None, high: Day | Ago | None) -> bool:
    if isinstance(low, Day) and isinstance(high, Day):
        parts = (high.year, 12 if high.month is None else high.month, 31 if high.day is None else high.day)
        return (low.year, low.month or 1, low.day or 1) > parts
    if isinstance(low, Ago) and isinstance(high, Ago):
        return low.amount * _DAYS[low.unit] < high.amount * _DAYS[high.unit]
    return False


_Bound = TypeVar("_Bound")


def _bounds(
    value: str,
    read: Callable[[str], _Bound],
    after: Callable[[_Bound], _Bound],
    before: Callable[[_Bound], _Bound],
) -> tuple[_Bound | None, _Bound | None, bool]:
    """Return the bounds that `2..9`, `..0`, `3..`, `>=3`, `>3`, `<=3`, `<3` or `=3` set; third, whether bare.

    A bare value is both bounds: each kind of field knows what that means.
    """
    low, dots, high = value.partition("..")
    if dots:
        if not (low or high):
            raise _Wrong("a range without ends", "give at least one, as in 2..")
        return read(low) if low else None, read(high) if high else None, False
    sign = value[: len(value) - len(value.lstrip("<=>"))]
    bound = read(value[len(sign) :])
    match sign:
        case "" | "=":
            return bound, bound, sign == ""
        case ">=":
            return bound, None, False
        case ">":
            return after(bound), None, False
        case "<=":
            return None, bound, False
        case "<":
            return None, before(bound), False
    raise _Wrong(f"bad comparison {_shortened(sign)!r}", "use >=, >, <=, < or =")


_READ: Mapping[Kind, Callable[[Field, str], Node]] = MappingProxyType(
    {
        Kind.TAG: lambda field, value: _tagged(value),
        Kind.SITE: lambda field, value: Named(field.name, value.casefold()),
        Kind.ID: lambda field, value: Named(field.name, value.casefold()),
        Kind.NUMBER: _read_number,
        Kind.DATE: _read_date,
        Kind.FLAG: _read_flag,
    }
)


def _shortened(text: str) -> str:
    """Return a text as an error quotes it."""
    return text if len(text) <= 40 else text[:39] + "…"


# From tokens to the AST. Precedence, tightest first: -, +, NOT; AND; OR; side by side.


class _Parser:
    """A walk along the tokens of one query; each method takes what it names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    def query(self) -> Node:
        return self.beside(0, "") if self.tokens else Everything()

    def beside(self, depth: int, field: str) -> Node:
        """Take what stands side by side up to a closing bracket or the end; in `field`'s group, if any."""
        parts = [self.either(depth, field)]
        while self.kind() not in (None, _Kind.CLOSE):
            parts.append(self.either(depth, field))
        return _joined(Beside, parts)

    def either(self, depth: int, field: str) -> Node:
        parts = [self.both(depth, field)]
        while self.took(_Kind.OR):
            parts.append(self.both(depth, field))
        return _joined(Or, parts)

    def both(self, depth: int, field: str) -> Node:
        parts = [self.part(depth, field)]
        while self.took(_Kind.AND):
            parts.append(self.part(depth, field))
        return _joined(And, parts)

    def part(self, depth: int, field: str) -> Node:
        """Take one part with the signs before it."""
        token = self.take()
        if depth > MAX_NESTING:
            raise QueryError(
                self.text, token.position, "nested too deeply", f"{MAX_NESTING} levels are the most"
            )
        match token.kind:
            case _Kind.NOT:
                return Not(self.part(depth + 1, field))
            case _Kind.EXCLUDE:
                return Not(self.part(depth, field))
            case _Kind.REQUIRE:
                return Required(self.part(depth, field))
            case _Kind.OPEN:
                return self.group(token, depth, field)
            case _Kind.AND | _Kind.OR | _Kind.CLOSE:
                raise self.dangling(token)
        if field and token.is_filter:
            raise QueryError(
                self.text, token.position, f"a tag or field inside {field}:(…)", "put it outside"
            )
        if token.kind is _Kind.FIELD:
            return InField(token.field, self.group(self.take(), depth, token.field))
        assert token.node is not None, "a leaf has a node"
        return _anything(token.node) if field else token.node

    def group(self, opening: _Token, depth: int, field: str) -> Node:
        if self.kind() is _Kind.CLOSE:
            raise QueryError(self.text, opening.position, "empty group", "put something between the brackets")
        node = self.beside(depth + 1, field)
        self.take()
        return node

    def kind(self) -> _Kind | None:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else None

    def took(self, kind: _Kind) -> bool:
        found = self.kind() is kind
        self.at += found
        return found

    def take(self) -> _Token:
        if self.at == len(self.tokens):
            raise self.dangling(self.tokens[-1])
        self.at += 1
        return self.tokens[self.at - 1]

    def dangling(self, token: _Token) -> QueryError:
        """Return the error of an operator that lacks a side; `token` is it, or the bracket behind it."""
        if token.kind is _Kind.CLOSE:
            token = self.tokens[self.at - 2]
        sides = "something behind it" if token.kind is _Kind.NOT else "something on both sides"
        return QueryError(self.text, token.position, f"{token.kind.value} needs {sides}", _QUOTE_IT)


_Operator = type[And] | type[Or] | type[Beside]


def _joined(operator: _Operator, parts: list[Node]) -> Node:
    """Return the parts under one operator: one part alone is itself, an operator in itself is taken apart."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.queries if isinstance(part, operator) else (part,))
    return operator(tuple(flat))


# From the AST to text.

_BESIDE, _OR, _AND, _PART, _OPERAND = range(5)


def _written(node: Node, level: int) -> str:
    """Return the text of a node, in brackets where it binds less than `level` asks."""
    match node:
        case Beside(queries):
            own, text = _BESIDE, " ".join(_with_or_kept([_written(q, _OR) for q in queries]))
        case Or(queries):
            own, text = _OR, " OR ".join(_written(q, _AND) for q in queries)
        case And(queries):
            own, text = _AND, " AND ".join(_written(q, _PART) for q in queries)
        case Not(query):
            own, text = _PART, _prefixed("-", query, node)
        case Required(query):
            own, text = _PART, _prefixed("+", query, node)
        case InField(field, query):
            own, text = _OPERAND, _prefixed(f"{_prefix(field)}:", query, node)
        case _:
            own, text = _OPERAND, _leaf(node)
    return text if own >= level else f"({text})"


def _leaf(node: Node) -> str:
    """Return the text of a node that has no other in it."""
    match node:
        case Word(text):
            # A name, a colon and a space is no field.
            return _first_that_reads_as(node, text, f"{text} ", '"' + text.replace('"', "'") + '"')
        case Tagged(name):
            return _first_that_reads_as(node, f"[{name}]", f'tag:"{name}"')
        case Named(field, value):
            return _first_that_reads_as(node, f"{_prefix(field)}:{value}", f'{_prefix(field)}:"{value}"')
        case NumberRange(field, low, high):
            ends = f"={low}" if low == high else f"{_end(low)}..{_end(high)}"
            return f"{_prefix(field)}:{ends}"
        case DateRange(field, low, high):
            ends = _when(low) if low == high and isinstance(low, Day) else f"{_when(low)}..{_when(high)}"
            return f"{_prefix(field)}:{ends}"
        case Flag(field, value):
            return f"{_prefix(field)}:{value}"
    return _bare(node)


def _bare(node: Node) -> str:
    """Return a word, phrase, wildcard or fuzzy word as typed, without a look at what else it may mean."""
    match node:
        case Word(text):
            return text
        case Phrase(text, slop):
            return f'"{text}"~{slop}' if slop else f'"{text}"'
        case Wildcard(pattern):
            return pattern
        case Fuzzy(text):
            return f"{text}~"
    return "*"


def _prefixed(prefix: str, query: Node, whole: Node) -> str:
    """Return `query` behind a sign or a field's colon: right behind it where that reads as `whole`."""
    inner = _written(query, _BESIDE)
    if isinstance(query, (Word, Phrase, Wildcard, Fuzzy, Everything)):
        return _first_that_reads_as(whole, prefix + _bare(query), f"{prefix}({inner})")
    if isinstance(query, (Tagged, InField, Named, NumberRange, DateRange, Flag)):
        return prefix + inner
    return f"{prefix}({inner})"


def _first_that_reads_as(node: Node, *candidates: str) -> str:
    """Return the first text that parses to `node`, else the last one."""
    return next((text for text in candidates if _reads_as(node, text)), candidates[-1])


def _reads_as(node: Node, text: str) -> bool:
    try:
        return parse(text) == node
    except QueryError:
        return False


def _with_or_kept(texts: list[str]) -> list[str]:
    """Return the parts of a Beside with each word `or` in brackets where it would read as the operator."""
    kept = list(texts)
    for i in range(1, len(texts) - 1):
        if texts[i] == "or" and _tokens(texts[i - 1])[-1].is_filter:
            following = [token for token in _tokens(texts[i + 1])[:2] if token.kind not in _SIGNS.values()]
            if following and following[0].is_filter:
                kept[i] = "(or)"
    return kept


def _prefix(field: str) -> str:
    return next((f.prefix for f in FIELDS if f.name == field and f.prefix), field)


def _end(number: int | None) -> str:
    return "" if number is None else str(number)


def _when(when: Day | Ago | None) -> str:
    if isinstance(when, Ago):
        return f"{when.amount}{when.unit}"
    return _day(when) if when else ""


def _day(day: Day) -> str:
    parts = [f"{day.year:04}", *(f"{part:02}" for part in (day.month, day.day) if part is not None)]
    return "-".join(parts)
