"""The query language: tables of (text, AST) and of (text, position, problem)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from askive.index.fields import BY_PREFIX, FIELDS, Kind
from askive.index.grammar import (
    MAX_NESTING,
    MAX_NUMBER,
    MAX_SLOP,
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


def beside(*parts: Node) -> Beside:
    return Beside(parts)


def words(text: str) -> Beside:
    return Beside(tuple(Word(word) for word in text.split()))


a, b, c, x, y = (Word(letter) for letter in "abcxy")

QUERIES: list[tuple[str, Node]] = [
    # everything
    ("", Everything()),
    (" \n\t ", Everything()),
    ("*", Everything()),
    ("* a", beside(Everything(), a)),
    # words
    ("a", a),
    ("insomnia treatment", words("insomnia treatment")),
    ("How do I do this?", words("How do I do this?")),
    ("c++ c# .net node.js f-16 IOP", words("c++ c# .net node.js f-16 IOP")),
    ("a+b foo-bar what? don't it's", words("a+b foo-bar what? don't it's")),
    ("a - b -- --help -> += -=x", words("a - b -- --help -> += -=x")),
    ("error: no such file", words("error: no such file")),
    ("title: x", words("title: x")),
    (
        "std::sort https://x.y/z?a=b 12:30 C:\\path a:=5",
        words("std::sort https://x.y/z?a=b 12:30 C:\\path a:=5"),
    ),
    ("main() x[0] #1 ## and not", words("main() x[0] #1 ## and not")),
    ("~ ~/bin = // /* */", words("~ ~/bin = // /* */")),
    ("cats or dogs", words("cats or dogs")),
    ("日本語 émile", words("日本語 émile")),
    # phrases
    ('"exact phrase"', Phrase("exact phrase")),
    ('"a b"~3', Phrase("a b", 3)),
    ('"a b"~0', Phrase("a b")),
    ('"-a (b OR [c"', Phrase("-a (b OR [c")),
    ('x"a b"y', beside(x, Phrase("a b"), y)),
    ("+word", Required(Word("word"))),
    ('+"a b"', Required(Phrase("a b"))),
    # wildcards and fuzzy words
    ("enc* l?st *script n*e", beside(*(Wildcard(p) for p in ("enc*", "l?st", "*script", "n*e")))),
    ("really*? enc*, l??t", beside(Wildcard("really*"), Wildcard("enc*"), Wildcard("l??t"))),
    ("?x x? x??", words("?x x? x??")),
    ("page?id=* C:\\*.txt", words("page?id=* C:\\*.txt")),
    ("** */", beside(Everything(), Word("*/"))),
    ("word~", Fuzzy("word")),
    ("word~2 =~", words("word~2 =~")),
    # exclusion
    ("-x", Not(x)),
    ("a -x", beside(a, Not(x))),
    ("NOT x", Not(x)),
    ("NOT NOT x", Not(Not(x))),
    ("NOT -x", Not(Not(x))),
    ('-"a b"', Not(Phrase("a b"))),
    ("-[tag]", Not(Tagged("tag"))),
    ("-(a b)", Not(beside(a, b))),
    ("-title:x", Not(InField("title", x))),
    ("-is:answered", Not(Flag("is", "answered"))),
    ("-enc* -.net -*", beside(Not(Wildcard("enc*")), Not(Word(".net")), Not(Everything()))),
    ("-OR +AND", beside(Not(Word("OR")), Required(Word("AND")))),
    # boolean operators and their precedence
    ("a AND b", And((a, b))),
    ("a OR b", Or((a, b))),
    ("a AND b AND c", And((a, b, c))),
    ("a OR b AND c", Or((a, And((b, c))))),
    ("(a OR b) AND c", And((Or((a, b)), c))),
    ("x a OR b y", beside(x, Or((a, b)), y)),
    ("x a AND b y", beside(x, And((a, b)), y)),
    ("a AND NOT b", And((a, Not(b)))),
    ("NOT a b", beside(Not(a), b)),
    ("-a OR b", Or((Not(a), b))),
    ("(a b) OR c", Or((beside(a, b), c))),
    ("a (b c) x", beside(a, b, c, x)),
    ("((a))", a),
    ("a AND (b AND c)", And((a, b, c))),
    ("foo(x)y", beside(Word("foo"), x, y)),
    # lower-case or
    ("[a] or [b]", Or((Tagged("a"), Tagged("b")))),
    ("[a] or -[b] or title:x", Or((Tagged("a"), Not(Tagged("b")), InField("title", x)))),
    ("title:(a b) or #c", Or((InField("title", beside(a, b)), Tagged("c")))),
    ("[a] or b", beside(Tagged("a"), Word("or"), b)),
    ("a or [b]", beside(a, Word("or"), Tagged("b"))),
    ("[a] (or) [b]", beside(Tagged("a"), Word("or"), Tagged("b"))),
    # tags
    ("[c++]", Tagged("c++")),
    ("[Drug Addiction]", Tagged("drug-addiction")),
    ("tag:c++", Tagged("c++")),
    ('tag:"drug addiction"', Tagged("drug-addiction")),
    ("tag:py*", Tagged("py*")),
    ("#c++ C# #.net,", beside(Tagged("c++"), Word("C#"), Tagged(".net"), Word(","))),
    ("TAG:Java", Tagged("java")),
    ("tag:[[x]]", Tagged("x")),
    ('tag:" [x] "', Tagged("x")),
    ("[a][b]c", beside(Tagged("a"), Tagged("b"), c)),
    ('tag:"a]b"', Tagged("a]b")),
    # text fields
    *(
        (f"{p}:word", InField(p, Word("word")))
        for p in ("title", "question", "answer", "comment", "blurb", "code")
    ),
    ("url:questions/12", InField("url", Word("questions/12"))),
    ('title:"a b"~2', InField("title", Phrase("a b", 2))),
    ('title:(a b "c d")', InField("title", beside(a, b, Phrase("c d")))),
    ("title:(a OR -b)", InField("title", Or((a, Not(b))))),
    ("title:enc* answer:word~", beside(InField("title", Wildcard("enc*")), InField("answer", Fuzzy("word")))),
    ("comment:*", InField("comment", Wildcard("*"))),
    ("title:(*)", InField("title", Wildcard("*"))),
    ("code:std::sort", InField("code", Word("std::sort"))),
    ("title:OR", InField("title", Word("OR"))),
    ("TiTle:x", InField("title", x)),
    # people, sites, ids
    ("user:jon", InField("user", Word("jon"))),
    ('user:"Jon Skeet"', InField("user", Phrase("Jon Skeet"))),
    ("site:StackOverflow.com", Named("site", "stackoverflow.com")),
    ("site:*.stackexchange.com", Named("site", "*.stackexchange.com")),
    ("id:stackoverflow.com:123", Named("id", "stackoverflow.com:123")),
    ('(id:text:0a1b2c) id:"x y"', beside(Named("id", "text:0a1b2c"), Named("id", "x y"))),
    # numbers
    ("score:5", NumberRange("score", 5, None)),
    ("score:0", NumberRange("score", 0, None)),
    ("score:-5", NumberRange("score", -5, None)),
    ("score:2..9", NumberRange("score", 2, 9)),
    ("score:-9..-2", NumberRange("score", -9, -2)),
    ("score:..0", NumberRange("score", None, 0)),
    ("score:3..", NumberRange("score", 3, None)),
    ("score:>=3", NumberRange("score", 3, None)),
    ("score:>3", NumberRange("score", 4, None)),
    ("score:<=3", NumberRange("score", None, 3)),
    ("score:<3", NumberRange("score", None, 2)),
    ("score:=3", NumberRange("score", 3, 3)),
    ("views:1000", NumberRange("views", 1000, None)),
    ("answers:3", NumberRange("answers", 3, None)),
    ("answers:0", NumberRange("answers", 0, 0)),
    ("answers:0..", NumberRange("answers", 0, None)),
    (f"score:={MAX_NUMBER}", NumberRange("score", MAX_NUMBER, MAX_NUMBER)),
    # dates
    ("created:2012", DateRange("created", Day(2012), Day(2012))),
    ("created:2012-04", DateRange("created", Day(2012, 4), Day(2012, 4))),
    ("created:2012-04-30", DateRange("created", Day(2012, 4, 30), Day(2012, 4, 30))),
    ("created:=2012", DateRange("created", Day(2012), Day(2012))),
    ("created:2012-04..2013", DateRange("created", Day(2012, 4), Day(2013))),
    ("created:2012-04..2012", DateRange("created", Day(2012, 4), Day(2012))),
    ("created:..2013", DateRange("created", None, Day(2013))),
    ("created:2013..", DateRange("created", Day(2013), None)),
    ("created:>=2012", DateRange("created", Day(2012), None)),
    ("created:>2012", DateRange("created", Day(2013), None)),
    ("created:>2012-12", DateRange("created", Day(2013, 1), None)),
    ("created:<2012-01", DateRange("created", None, Day(2011, 12))),
    ("created:<2012-03-01", DateRange("created", None, Day(2012, 2, 29))),
    ("created:<=2012-03", DateRange("created", None, Day(2012, 3))),
    ("active:30d", DateRange("active", Ago(30, "d"), None)),
    ("active:30d..", DateRange("active", Ago(30, "d"), None)),
    ("active:..1y", DateRange("active", None, Ago(1, "y"))),
    ("active:2W..3d", DateRange("active", Ago(2, "w"), Ago(3, "d"))),
    ("active:>=3m", DateRange("active", Ago(3, "m"), None)),
    ("active:2012..30d", DateRange("active", Day(2012), Ago(30, "d"))),
    # flags
    *((f"is:{v}", Flag("is", v)) for v in ("answered", "accepted", "closed", "duplicate")),
    *((f"has:{v}", Flag("has", v)) for v in ("code", "blurb")),
    ("IS:Answered", Flag("is", "answered")),
]


@pytest.mark.parametrize(("text", "node"), QUERIES)
def test_a_query_means(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(("text", "node"), QUERIES)
def test_a_query_written_again_means_the_same(text: str, node: Node) -> None:
    assert parse(format(node)) == node


def test_every_prefix_is_in_the_table_above() -> None:
    used = {text.split(":")[0].lstrip("(-").lower() for text, _ in QUERIES if ":" in text}
    assert set(BY_PREFIX) <= used


WRITTEN = [
    ("NOT x", "-x"),
    ("NOT NOT x", "-(-x)"),
    ("[a] or [b]", "[a] OR [b]"),
    ("[a] (or) [b]", "[a] (or) [b]"),
    ("a (b c)", "a b c"),
    ("(a OR b) AND (x y)", "(a OR b) AND (x y)"),
    ('tag:"drug addiction"', "[drug-addiction]"),
    ('tag:"a]b"', 'tag:"a]b"'),
    ("title:(a)", "title:a"),
    ("answers:0 score:>3", "answers:=0 score:4.."),
    ("created:>2012-12", "created:2013-01.."),
    ("active:30d", "active:30d.."),
    ("-(=x) +(--x)", "-(=x) +(--x)"),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_how_a_query_is_written(text: str, expected: str) -> None:
    assert format(parse(text)) == expected


QUOTE = "put it in quotes to search for it as words"

ERRORS = [
    # text, position, problem, hint
    ('a "b', 2, "unclosed quote", 'close it with "'),
    ('tag:"b', 0, "unclosed quote", 'close it with "'),
    ('a ""', 2, "empty phrase", "put words between the quotes"),
    ('title:" "', 0, "empty phrase", "put words between the quotes"),
    ('"a b"~', 0, "no number behind the ~ of a phrase", 'as in "exact phrase"~3'),
    ('"a b"~1001', 0, "slop 1001 is too large", f"{MAX_SLOP} is the most"),
    ("a (b", 2, "unclosed '('", "close it with ')'"),
    ("title:(a", 6, "unclosed '('", "close it with ')'"),
    ("a) b", 1, "')' closes nothing", QUOTE),
    ("a ()", 2, "empty group", "put something between the brackets"),
    ("title:()", 6, "empty group", "put something between the brackets"),
    ("a [b", 2, "unclosed '['", f"close the tag with ']', or {QUOTE}"),
    ("[a [b]", 0, "unclosed '['", f"close the tag with ']', or {QUOTE}"),
    ("[ ]", 0, "empty tag", "name one, as in [c++]"),
    ("a AND", 2, "AND needs something on both sides", QUOTE),
    ("OR a", 0, "OR needs something on both sides", QUOTE),
    ("a AND OR b", 6, "OR needs something on both sides", QUOTE),
    ("(a OR)", 3, "OR needs something on both sides", QUOTE),
    ("a NOT", 2, "NOT needs something behind it", QUOTE),
    ("(NOT)", 1, "NOT needs something behind it", QUOTE),
    ("enc*~", 0, "'enc*~' is both fuzzy and a wildcard", "leave out the ~ or the wildcards"),
    ("a titel:x", 2, "unknown field 'titel'", f"did you mean title:? Else {QUOTE}"),
    ("zzz:x", 0, "unknown field 'zzz'", QUOTE),
    ("-vievs:5", 1, "unknown field 'vievs'", f"did you mean views:? Else {QUOTE}"),
    ("title:", 0, "title: needs a value", "right behind the colon"),
    ("(a tag:)", 3, "tag: needs a value", "right behind the colon"),
    ('site:""', 0, "site: needs a value", "right behind the colon"),
    ('tag:""', 0, "tag: needs a value", "right behind the colon"),
    ("tag:(a b)", 0, "tag: takes no group", "repeat it, as in tag:A OR tag:B"),
    ("title:-x", 0, "a sign behind title:", "put it first, as in -title:x"),
    ("title:(a tag:b)", 9, "a tag or field inside title:(…)", "put it outside"),
    ("title:(a [b])", 9, "a tag or field inside title:(…)", "put it outside"),
    ("title:(answer:(a))", 7, "a tag or field inside title:(…)", "put it outside"),
    ("is:open", 3, "is: knows no 'open'", "it knows answered, accepted, closed, duplicate"),
    ("has:x", 4, "has: knows no 'x'", "it knows code, blurb"),
    ("score:many", 6, "bad number 'many'", "write 5, 2..9, ..0, >=3, <3 or =3"),
    ("score:1,000", 6, "bad number '1,000'", "write 5, 2..9, ..0, >=3, <3 or =3"),
    ("score:٣", 6, "bad number '٣'", "write 5, 2..9, ..0, >=3, <3 or =3"),
    ("score:..", 6, "a range without ends", "give at least one, as in 2.."),
    ("score:=>3", 6, "bad comparison '=>'", "use >=, >, <=, < or ="),
    ("a score:9..2", 8, "'9..2' runs backwards", "the smaller number comes first"),
    ("score:" + "9" * 50, 6, f"number '{'9' * 39}…' is too large", f"{MAX_NUMBER} is the most"),
    (f"score:>{MAX_NUMBER}", 6, f"number '>{MAX_NUMBER}' is too large", f"{MAX_NUMBER} is the most"),
    ("created:soon", 8, "bad date 'soon'", "write 2012, 2012-04, 2012-04-30, 2012..2013 or 30d.."),
    ("created:2012-13", 8, "no such date '2012-13'", "month must be in 1..12"),
    ("created:2011-02-29", 8, "no such date '2011-02-29'", None),
    ("created:0000", 8, "no such date '0000'", None),
    ("created:2013..2012", 8, "'2013..2012' runs backwards", "the earlier date comes first"),
    (
        "created:2012-05..2012-04-30",
        8,
        "'2012-05..2012-04-30' runs backwards",
        "the earlier date comes first",
    ),
    ("active:1w..2m", 7, "'1w..2m' runs backwards", "the earlier date comes first"),
    ("active:=30d", 7, "bad date '=30d'", "a span back from now is no day"),
    ("active:2000y", 7, "'2000y' is too long ago", "1000y is the most"),
    ("created:>9999", 8, "no date lies beyond 9999", "years run from 0001 to 9999"),
    ("created:<0001-01-01", 8, "no date lies beyond 0001-01-01", "years run from 0001 to 9999"),
    ("(" * 33 + "x" + ")" * 33, 33, "nested too deeply", f"{MAX_NESTING} levels are the most"),
    ("NOT " * 33 + "x", 132, "nested too deeply", f"{MAX_NESTING} levels are the most"),
]


@pytest.mark.parametrize(("text", "position", "problem", "hint"), ERRORS)
def test_a_wrong_query_is_an_error(text: str, position: int, problem: str, hint: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert (error.text, error.position, error.problem) == (text, position, problem)
    assert hint is None or error.hint == hint
    assert str(error).startswith(f"{problem} at character {position + 1}")
    assert "\n" not in str(error)


def test_nesting_goes_as_deep_as_it_says() -> None:
    assert parse("(" * MAX_NESTING + "x" + ")" * MAX_NESTING) == x
    deep = parse("-(a " * MAX_NESTING + "x" + ")" * MAX_NESTING)
    assert parse(format(deep)) == deep


PLAIN = [
    ("", Everything()),
    (" ", Everything()),
    ("word", Word("word")),
    ('-[java] AND "x title:y (', words('-[java] AND "x title:y (')),
]


@pytest.mark.parametrize(("text", "node"), PLAIN)
def test_plain_text_is_words_only(text: str, node: Node) -> None:
    assert plain(text) == node


def test_plain_words_that_are_none_are_written_as_phrases() -> None:
    assert format(plain('a OR [b "')) == 'a "OR" "[b" "\'"'


def test_every_field_that_has_a_prefix_can_be_found_by_it() -> None:
    assert [BY_PREFIX[f.prefix] for f in FIELDS if f.prefix] == [f for f in FIELDS if f.prefix]


TAKES = {
    Kind.TEXT: "words, a phrase or a group",
    Kind.TAG: "a tag, also with `*` and `?`",
    Kind.NAME: "a name or a group",
    Kind.SITE: "a host name, also with `*` and `?`",
    Kind.ID: "an id",
    Kind.NUMBER: "a number, a range or a comparison",
    Kind.DATE: "a date, a range, a comparison or a span back from now",
}


def field_table() -> str:
    """Return the rows that docs/query-language.md must have between its two marks."""
    rows = ["| write | takes | looks at |", "|---|---|---|"]
    for field in BY_PREFIX.values():
        takes = TAKES.get(field.kind) or ", ".join(f"`{value}`" for value in field.values)
        rows.append(f"| `{field.prefix}:` | {takes} | {field.meaning} |")
    return "\n".join(rows) + "\n"


PAGE = Path(__file__).parents[1] / "docs" / "query-language.md"


def documented() -> list[str]:
    """Return what stands in code in the first column of the page's tables, the field table's left out."""
    rows = re.findall(r"^\| (`[^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [text for row in rows for text in re.findall(r"`([^`]+)`", row) if text[:-1] not in BY_PREFIX]


def test_the_field_table_of_the_documentation_is_that_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("held by tests/test_grammar.py -->\n")[2].partition("<!-- /fields -->")[0]
    assert table == field_table()


@pytest.mark.parametrize("text", documented())
def test_every_example_of_the_documentation_is_a_query(text: str) -> None:
    parse(text)
