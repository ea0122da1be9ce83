"""What is a term: tables of text and terms, and laws that hold for any text."""

from __future__ import annotations

import pytest
from askive.index.analysis import MAX_TERM, Stemmer, fold, words
from askive.index.whoosh_schema import StemAnalyzer, WordAnalyzer
from hypothesis import given, settings
from hypothesis import strategies as st

TERMS = [
    # plain words, case, marks
    ("", ""),
    ("What is an IOP?", "what is an iop"),
    ("Résumé re\u0301sume\u0301 NAÏVE", "resume resume naive"),
    ("ﬁnd Straße STRASSE ＡＢＣ m²", "find strasse strasse abc m2"),
    ("DİYARBAKIR Diyarbakır", "diyarbakir diyarbakir"),
    ("Øresund Łódź Ærø œuvre", "oresund lodz aero oeuvre"),
    ("soft\u00adhyphen zero\u200bwidth", "softhyphen zero width"),
    ("R and C, a B", "r and c a b"),
    # punctuation is no part of a term
    ("End. (of) \u201ca\u201d *sentence*!? 'so' …", "end of a sentence so"),
    ("Wait...what? yes , no |", "wait what yes no"),
    ("10mg 90% $5 #1 a+b a=b", "10mg 90 5 1 a b a b"),
    # names with signs
    ("C++ c++; (C++) C++/CLI g++", "c++ c++ c++ c++ cli g++"),
    ("c++17 c++0x i++ a++b c+ c+++", "c++17 c++0x i++ a++ b c c"),
    ("C# F#, C#7.3 #c++ a#b page#3", "c# f# c# 7.3 c++ a b page 3"),
    (".NET asp.net VB.NET node.js, (.htaccess)", ".net asp.net vb.net node.js .htaccess"),
    ("foo().bar x[0].y", "foo bar x 0 y"),
    ("F-16 covid-19 H-1B 12-year-old 2012-04-30", "f-16 covid-19 h-1b 12-year old 2012-04-30"),
    ("x-ray follow-up state-of-the-art e‑mail", "x ray follow up state of the art e mail"),
    ("\u2010F\u201116", "f-16"),
    ("i/o n/a c/c++ and/or 24/7 -5 -x", "i/o n/a c c++ and or 24/7 5 x"),
    ("foo_bar __init__ class_ _ ___", "foo_bar __init__ class_"),
    ("os.path.join 192.168.0.1", "os.path.join 192.168.0.1"),
    ("https://www.example.com/a_b?c=d me@host.com", "https www.example.com a_b c d me host.com"),
    ("std::sort C:\\path 12:30", "std sort c path 12 30"),
    # numbers
    ("3.14 1,000 1,234,567.89 1,2,3 1,0000", "3.14 1000 1234567.89 1 2 3 1 0000"),
    ("½ 1/2 ⑴ ⒈", "1/2 1/2 1 1"),
    # apostrophes
    ("don't DON’T dont", "dont dont dont"),
    ("the user's users' IT’S O’Brien rock'n'roll", "the user users it obrien rocknroll"),
    # initials
    ("U.S. U.S.A e.g. i.e., M.D. p.m.", "us usa eg ie md pm"),
    ("a.b e.g Ph.D.", "a.b e.g ph.d"),
    # other scripts
    ("Україна עִבְרִית ελληνικά ς", "украіна עברית ελληνικα σ"),
    ("हिन्दी में", "हिन्दी में"),
    ("東京都 Python入門 犬", "東京 京都 python 入門 犬"),
    ("が ｶﾞｶ", "が ガカ"),
    ("ไทย", "ไท ทย"),
    ("한국어", "한국 국어"),
    # symbols
    ("👍🏽 hi ❤️☕", "👍 hi ❤ ☕"),
]

PARTS = [
    ("node.js rocks", "node.js node js rocks"),
    ("insomnia.What", "insomnia.what insomnia what"),
    (".net", ".net net"),
    ("F-16", "f-16 f 16"),
    ("foo_bar __init__", "foo_bar foo bar __init__ init"),
    ("os.path.join", "os.path.join os.path os path.join path join"),
    ("i/o 3.14", "i/o i o 3.14 3 14"),
    ("c++ c# c++17 notepad++", "c++ c# c++17 c++ notepad++ notepad"),
    ("U.S. 1,000 don't user's", "us 1000 dont user"),
    ("東京都", "東京 東 京都 京 都"),
]


def terms(text: str, *, parts: bool = False) -> str:
    return " ".join(term.text for term in words(text, parts=parts))


@pytest.mark.parametrize(("text", "expected"), TERMS)
def test_terms(text: str, expected: str) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_the_index_holds_compounds_and_their_parts(text: str, expected: str) -> None:
    assert terms(text, parts=True) == expected


def test_a_compound_and_its_parts_stand_at_one_position_and_where_they_were_read() -> None:
    found = [(t.text, t.start, t.end, t.position) for t in words("Use os.path now", parts=True)]
    assert found == [
        ("use", 0, 3, 0),
        ("os.path", 4, 11, 1),
        ("os", 4, 6, 1),
        ("path", 7, 11, 1),
        ("now", 12, 15, 2),
    ]


def test_positions_of_a_query_are_those_of_the_index() -> None:
    text = "In 東京都 node.js v1.2 犬 rocks, U.S. f-16"
    held = {(term.text, term.position) for term in words(text, parts=True)}
    assert {(term.text, term.position) for term in words(text)} <= held


def test_offsets_are_those_of_the_original_text() -> None:
    text = "ﬀ İ Straße’s"
    assert [text[t.start : t.end] for t in words(text)] == ["ﬀ", "İ", "Straße"]


def test_a_long_run_is_cut_and_still_found() -> None:
    base64 = "QUJD" * 1000
    [term] = words(base64)
    assert term.text == fold(base64)[:MAX_TERM]
    assert (term.start, term.end) == (0, 4000)
    assert all(len(term.text) <= MAX_TERM for term in words("x" * 63 + ".y" * 100, parts=True))
    assert not terms("x" * 63 + ".y" * 100).endswith(".")


TEXTS = st.text(
    st.one_of(
        st.sampled_from(list("aAbBcsS019.,'’-_/+# \n")),
        st.sampled_from(list("éßﬁİı½ǅ犬東がไ์한न्\u0301\u00ad\u200d👍\ufe0f⒈ﷺͺʼ‐⁄")),
        st.characters(),
    ),
    max_size=60,
)


@given(TEXTS)
def test_spans_lie_in_the_text_in_order_and_hold_the_term(text: str) -> None:
    for parts in (False, True):
        begin, position = 0, 0
        for term in words(text, parts=parts):
            assert begin <= term.start < term.end <= len(text)
            assert position <= term.position <= position + 1
            assert 0 < len(term.text) <= MAX_TERM
            assert not any(c.isspace() for c in term.text)
            held = set(fold(text[term.start : term.end]))
            assert set(term.text) - held <= set("/")  # ½ holds U+2044
            begin, position = term.start, term.position


@given(TEXTS)
def test_without_parts_no_two_terms_overlap_but_in_runs(text: str) -> None:
    found = list(words(text))
    assert [term.position for term in found] == list(range(len(found)))


@given(TEXTS)
def test_what_a_query_asks_for_is_in_the_index_at_the_same_place(text: str) -> None:
    assert set(words(text)) <= set(words(text, parts=True))


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=1, max_size=20))
def test_a_term_of_letters_and_digits_is_its_own_term(text: str) -> None:
    for term in words(text):
        assert terms(term.text) == term.text


@settings(max_examples=20)
@given(st.text(st.sampled_from(list("a1.,'-_/+# é犬s")), min_size=1, max_size=5))
def test_repeating_a_text_costs_no_more_than_its_length(piece: str) -> None:
    """A quadratic expression would need hours here."""
    assert sum(1 for _ in words(piece * 20_000, parts=True)) <= 4 * len(piece) * 20_000


STEMS = [
    ("treatments", "treatment"),
    ("addiction", "addict"),
    ("running", "run"),
    ("flies", "fli"),
    ("generously", "generous"),
    ("skies", "sky"),
    ("is", "is"),
    ("as", "as"),
    ("c++", "c++"),
    ("node.js", "node.js"),
    ("f16s", "f16s"),
    ("naïvely", "naïvely"),
]


@pytest.mark.parametrize(("term", "expected"), STEMS)
def test_stems(term: str, expected: str) -> None:
    stemmer = Stemmer()
    assert [stemmer.stem(term), stemmer.stem(term)] == [expected, expected]


def test_whoosh_gets_positions_characters_and_originals_as_it_asks() -> None:
    tokens = [
        (t.text, t.pos, t.startchar, t.endchar, vars(t)["original"])
        for t in StemAnalyzer()(
            "Running Node.js",
            positions=True,
            chars=True,
            keeporiginal=True,
            start_pos=5,
            start_char=100,
            mode="index",
        )
    ]
    assert tokens == [
        ("run", 5, 100, 107, "Running"),
        ("node.js", 6, 108, 115, "Node.js"),
        ("node", 6, 108, 112, "Node"),
        ("js", 6, 113, 115, "js"),
    ]


def test_a_query_is_analysed_without_parts() -> None:
    assert [t.text for t in WordAnalyzer()("Running Node.js", mode="query")] == ["running", "node.js"]
    assert [t.text for t in StemAnalyzer()("Running Node.js", mode="query")] == ["run", "node.js"]


def test_analyzers_are_equal_by_class() -> None:
    assert StemAnalyzer() == StemAnalyzer(Stemmer())
    assert WordAnalyzer() == WordAnalyzer()
    assert WordAnalyzer() != StemAnalyzer()
    assert StemAnalyzer().has_morph() and not WordAnalyzer().has_morph()
