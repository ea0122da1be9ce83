"""Any text is a query or a QueryError, and a query written again means the same."""

from __future__ import annotations

import pytest
from askive.index.fields import BY_PREFIX, Field, Kind
from askive.index.grammar import (
    Ago,
    And,
    Beside,
    DateRange,
    Day,
    Everything,
    Flag,
    Fuzzy,
    InField,
    Named,
    Node,
    Not,
    NumberRange,
    Or,
    Phrase,
    QueryError,
    Required,
    Tagged,
    Wildcard,
    Word,
    format,
    parse,
    plain,
)
from hypothesis import given, settings
from hypothesis import strategies as st

# Texts: arbitrary ones, and ones made of what the language is made of.

PIECES = st.sampled_from(
    [
        *'"()[]#*?~+-:<>=.,\\/ \n',
        *("AND", "OR", "NOT", "or", "..", "::", "://", "()", "~3", "30d", "2012-04", "c++", ".net"),
        *("a", "b7", "é", "犬", "title:", "tag:", "score:", "created:", "id:", "user:", "is:answered", "x:"),
        *("[a]", '"a b"', "(a b)", " or ", " OR ", " AND ", " NOT ", " -", " +"),
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join))


@settings(max_examples=1500)
@given(TEXTS)
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    try:
        node = parse(text)
    except QueryError as error:
        assert error.text == text
        assert 0 <= error.position < len(text)
        assert error.problem
        return
    assert parse(format(node)) == node
    assert in_normal_form(node)


@given(TEXTS)
def test_any_text_is_plain_words(text: str) -> None:
    node = plain(text)
    words = node.queries if isinstance(node, Beside) else (node,)
    assert " ".join(w.text for w in words if isinstance(w, Word)).split() == text.split()
    parse(format(node))


def in_normal_form(node: Node) -> bool:
    match node:
        case Beside(queries) | And(queries) | Or(queries):
            return len(queries) > 1 and all(
                not isinstance(q, type(node)) and in_normal_form(q) for q in queries
            )
        case Not(query) | Required(query) | InField(_, query):
            return in_normal_form(query)
    return True


# ASTs in normal form.

NAMES = st.from_regex(r"[a-z]{1,3}[a-z0-9+#.]{0,3}", fullmatch=True)
LEAVES = st.one_of(
    st.builds(
        Word, st.one_of(st.sampled_from(["or", "title:", "c++", "std::x", "main()", "--x", "=x", "?"]), NAMES)
    ),
    st.builds(Phrase, st.from_regex(r"[a-z]( ?[-\[(:a-z]){0,5}", fullmatch=True), st.integers(0, 1000)),
    st.builds(Wildcard, st.sampled_from(["enc*", "*a", "l?st", "a*b?c"])),
    st.builds(Fuzzy, NAMES),
)
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
AGOS = st.builds(Ago, st.integers(0, 1000), st.sampled_from("dwmy"))
DAYS = st.one_of(
    st.builds(Day, st.integers(1, 9999)),
    st.builds(Day, st.integers(1, 9999), st.integers(1, 12)),
    st.dates().map(lambda d: Day(d.year, d.month, d.day)),
)


def ranges(field: str) -> st.SearchStrategy[Node]:
    pairs = st.tuples(NUMBERS, NUMBERS).map(sorted)
    return st.one_of(
        pairs.map(lambda p: NumberRange(field, p[0], p[1])),
        NUMBERS.map(lambda n: NumberRange(field, n, None)),
        NUMBERS.map(lambda n: NumberRange(field, None, n)),
    )


def dates(field: str) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(DateRange, st.just(field), DAYS, st.just(None)),
        st.builds(DateRange, st.just(field), st.just(None), st.one_of(DAYS, AGOS)),
        st.builds(DateRange, st.just(field), AGOS, st.one_of(st.just(None), DAYS)),
        DAYS.map(lambda day: DateRange(field, day, day)),
    )


def combined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def operator(kind: type[And] | type[Or] | type[Beside]) -> st.SearchStrategy[Node]:
        parts = inner.filter(lambda node: not isinstance(node, kind))
        return st.lists(parts, min_size=2, max_size=4).map(lambda nodes: kind(tuple(nodes)))

    return st.one_of(
        operator(And), operator(Or), operator(Beside), st.builds(Not, inner), st.builds(Required, inner)
    )


IDS = st.from_regex(r"[a-z.]{1,5}:[a-z0-9 ]{0,4}[a-z]", fullmatch=True)
IN_FIELD = st.recursive(LEAVES, combined, max_leaves=5)


def fields(*kinds: Kind) -> st.SearchStrategy[Field]:
    return st.sampled_from([field for field in BY_PREFIX.values() if field.kind in kinds])


def names(*kinds: Kind) -> st.SearchStrategy[str]:
    return fields(*kinds).map(lambda field: field.name)


OF_KIND: dict[tuple[Kind, ...], st.SearchStrategy[Node]] = {
    (Kind.TEXT, Kind.NAME): st.builds(InField, names(Kind.TEXT, Kind.NAME), IN_FIELD),
    (Kind.TAG,): st.builds(Tagged, NAMES),
    (Kind.SITE,): st.builds(Named, names(Kind.SITE), NAMES),
    (Kind.ID,): st.builds(Named, names(Kind.ID), IDS),
    (Kind.NUMBER,): names(Kind.NUMBER).flatmap(ranges),
    (Kind.DATE,): names(Kind.DATE).flatmap(dates),
    (Kind.FLAG,): fields(Kind.FLAG).flatmap(
        lambda f: st.builds(Flag, st.just(f.name), st.sampled_from(f.values))
    ),
}
FILTERS = st.one_of(*OF_KIND.values())
NODES = st.recursive(st.one_of(LEAVES, FILTERS, st.just(Everything())), combined, max_leaves=12)


@settings(max_examples=600)
@given(NODES)
def test_an_ast_written_means_itself(node: Node) -> None:
    assert parse(format(node)) == node


def test_the_strategy_covers_every_kind_of_field() -> None:
    assert {kind for kinds in OF_KIND for kind in kinds} == set(Kind)


@pytest.mark.parametrize("size", [20_000])
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
@settings(max_examples=40, deadline=None)
def test_a_long_text_takes_no_more_than_its_length(size: int, piece: str) -> None:
    """Steps in the square of the length would take hours."""
    text = piece * (size // len(piece))
    try:
        format(parse(text))
    except QueryError as error:
        assert error.position < len(text)
