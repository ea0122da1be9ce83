"""HTML to text with its code kept, and to HTML that is safe to show."""

from __future__ import annotations

import re
import sys
from html import escape
from html.parser import HTMLParser

import pytest
from askive.archive import body, records
from askive.archive.body import (
    ALLOWED_TAGS,
    DROPPED_WITH_CONTENT,
    MAX_PREFIXES,
    body_from_html,
    body_from_text,
    first_sentence,
    text_of_html,
)
from askive.archive.limits import Limits
from askive.archive.records import CODE_LINES, Body, code_in, printable, storable
from hypothesis import example, given
from hypothesis import strategies as st

BASE = "https://example.org/questions/1/a-slug"

TEXTS = {
    "nothing": ("", ""),
    "plain": ("a  b\n c", "a b c"),
    "paragraphs": ("<p>a</p><p>b</p>\n\n<p>c", "a\n\nb\n\nc"),
    "paragraph and bare text": ("a<p>b</p>c", "a\n\nb\n\nc"),
    "line break": ("a<br>b<br/> c", "a\nb\nc"),
    "two line breaks": ("a<br><br>b", "a\n\nb"),
    "many line breaks": ("a<br><br><br><br>b", "a\n\nb"),
    "breaks around": ("<br><br>a<br><br>", "a"),
    "empty paragraphs": ("<p> </p><p>&nbsp;</p><p>a</p><p></p>", "a"),
    "divs": ("<div>a</div><div><div>b</div></div>c", "a\nb\nc"),
    "heading": ("<h1>T</h1>a<h2>U</h2>", "T\n\na\n\nU"),
    "rule": ("a<hr>b", "a\n\nb"),
    "inline": ("<b>a</b><i>b</i> <span> c</span><sup>2</sup>", "ab c2"),
    "space in the element": ("a<b> b </b>c", "a b c"),
    "quotes": ("he said <q>no</q>.", 'he said "no".'),
    "definitions": ("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb"),
    "details": ("<details><summary>s</summary>d</details>", "s\nd"),
    # Code
    "inline code": ("use <code>ls -l</code>, <kbd>Q</kbd>", "use ls -l, Q"),
    "code": (
        "<p>a:</p>\n<pre><code>if x:\n    y()\n\n\treturn\n</code></pre>\n<p>b</p>",
        "a:\n\nif x:\n    y()\n\n\treturn\n\nb",
    ),
    "code keeps its first indentation": ("<pre>\n\n    a\n  b\n\n</pre>", "    a\n  b"),
    "code with breaks": ("<pre>a<br>  b<br><br>c</pre>", "a\n  b\n\nc"),
    "code in colours": ("<pre><span>for</span> <b>x</b>:\n  <i>y</i></pre>", "for x:\n  y"),
    "code with entities": ("<pre>a &lt; b &amp;&amp; c &gt; d</pre>", "a < b && c > d"),
    "code in divs": ("<pre><div>a</div><div>  b</div>c</pre>", "a\n  b\nc"),
    "code in a list": ("<pre><ol><li>a\n</li><li>  b</li></ol></pre>", "a\n  b"),
    "code with a sign and an image": ('<pre>a <q>b</q>\n<img alt="c" src="x.png"> d</pre>', "a b\nc d"),
    "two pieces of code": ("<pre>a</pre><pre>b</pre>", "a\n\nb"),
    "empty code": ("a<pre> \n </pre><blockquote><pre></pre></blockquote>b", "a\n\nb"),
    # Lists
    "list": ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
    "list between text": ("a<ul><li>b</ul>c", "a\n\n- b\n\nc"),
    "ordered list": ("<ol start=9><li>a<li>b</ol>", "- a\n- b"),
    "nested list": (
        "<ul><li>a<ol><li>b<ul><li>c</ul><li>d</ol><li>e</ul>",
        "- a\n  - b\n    - c\n  - d\n- e",
    ),
    "paragraphs in items": (
        "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>",
        "- a\n\n  b\n- c",
    ),
    "code in an item": ("<ul><li>a<pre>x\n  y</pre>b</ul>", "- a\n\n  x\n    y\n\n  b"),
    "empty item": ("<ul><li></li><li>b</li></ul>", "- b"),
    "item without a list": ("<li>a</li>", "- a"),
    # Quotations
    "quotation": ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
    "quotation in another": ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
    "code in a quotation": ("<blockquote><pre>a\n\n  b</pre></blockquote>", "> a\n>\n>   b"),
    "list in a quotation": ("<blockquote><ul><li>a<li>b</ul></blockquote>", "> - a\n> - b"),
    # Tables
    "table": (
        "a<table><tr><th>b</th><th>c</th></tr><tr><td>1</td><td>2</td></tr></table>d",
        "a\n\nb | c\n1 | 2\n\nd",
    ),
    "table with an empty cell": ("<table><tr><td>a<td><td>c</table>", "a | | c"),
    "table with paragraphs": ("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "a | b"),
    # Images
    "image": ('see <img src="x.png" alt="the  red cat"> there', "see the red cat there"),
    "image without text": ("a<img src=x.png>b", "ab"),
    # Not of the text
    "scripts": ("a<script>b</script><style>c</style><noscript>d</noscript><template>e</template>f", "af"),
    "controls": ("a<button>Copy</button><textarea>b</textarea><select><option>c</select>", "a"),
    "frames": ("a<iframe src=x>b</iframe><object>c</object>d", "ad"),
    "comments": ("a<!-- b --><!-->c<?php d ?>", "ac"),
    # Entities
    "entities": ("&lt;b&gt; &amp;amp; &eacute; &#x41; &nbsp;x &quot;", '<b> &amp; é A x "'),
    "entities of no character": ("&bogus; a&#0;b&#xD800;c&#xFFFE;d&#xFDD0;e&#x110000;f", "&bogus; a�b�cde�f"),
    "ampersand": ("a & b &c; AT&T", "a & b &c; AT&T"),
    # Malformed
    "unclosed": ("<p>a<b>b<i>c<p>d", "abc\n\nd"),
    "closed too often": ("a</p></div></b></ul></pre>b", "a\n\nb"),
    "misnested": ("<b><i>a</b>b</i>", "ab"),
    "less than": ("a < b, c <= d, 1<2", "a < b, c <= d, 1<2"),
    "torn": ("a<p class=", "a"),
    "torn comment": ("a<!-- b", "a"),
    "not of the web": ("a\x00b\ud800c\ufffed", "abcd"),
    "cells without a table": ("<td>a</td><tr>b", "ab"),
}


@pytest.mark.parametrize(("html", "text"), TEXTS.values(), ids=TEXTS)
def test_text(html: str, text: str) -> None:
    assert body_from_html(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ol start=9><li>a<li>b</ol>", "9. a\n10. b"),
        ("<ol start=-1><li>a</ol><ol start=9999999><li>b</ol>", "1. a\n\n1. b"),
        ("<ul><li>a<ol><li>b<ul><li>c</ul><li>d</ol><li>e</ul>", "- a\n  1. b\n     - c\n  2. d\n- e"),
    ],
)
def test_text_with_numbers(html: str, text: str) -> None:
    assert text_of_html(body_from_html(html).html or "", numbered=True) == text


SANITISED = {
    "as it is": ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
    "closed": ("<p>a<ul><li>b", "<p>a</p><ul><li>b</li></ul>"),
    "white space around": ("\n <p>a</p>\n", "<p>a</p>"),
    "code": ("<pre><code>a\n  b</code></pre>", "<pre><code>a\n  b</code></pre>"),
    "code after blank lines": ('<pre title="x">\n\n\n  a</pre>', '<pre title="x">  a</pre>'),
    "script": ("a<script>alert(1)</script>b", "ab"),
    "script in svg": ("<svg><script>alert(1)</script></svg>a", "a"),
    "torn script": ("a<script>alert(1)", "a"),
    "style": ("<style>p {}</style><p style='color: red' class=x id=y>a</p>", "<p>a</p>"),
    "handlers": ("<p onclick=x()>a</p><img src=x.png onerror=y()>", f'<p>a</p><img src="{BASE[:-6]}x.png">'),
    "unknown elements": ("<font color=red>a</font><x-y>b</x-y>", "ab"),
    "form": ("<form action=/x><input name=y>a</form>", "a"),
    "escaped": ("&lt;script&gt;", "&lt;script&gt;"),
    "address of the page": ('<a href="/q/2">a</a>', '<a href="https://example.org/q/2">a</a>'),
    "address of the folder": ('<a href="x?y=1&z">a</a>', f'<a href="{BASE[:-6]}x?y=1&amp;z">a</a>'),
    "address without scheme": ("<a href=//h/q>a</a>", '<a href="https://h/q">a</a>'),
    "address of a place": ("<a href=#f>a</a>", f'<a href="{BASE}#f">a</a>'),
    "absolute address": ("<a href=http://h/q>a</a>", '<a href="http://h/q">a</a>'),
    "mail": ("<a href=mailto:a@b.c>a</a>", '<a href="mailto:a@b.c">a</a>'),
    "image": ('<img src=/i.png alt="c" srcset=x>', '<img src="https://example.org/i.png" alt="c">'),
    "javascript": ("<a href='javascript:x()'>a</a>", "<a>a</a>"),
    "javascript in disguise": ("<a href=' JaVa\tScript&colon;x()'>a</a>", "<a>a</a>"),
    "javascript as entities": ("<a href='java&#10;script&#58;x()'>a</a>", "<a>a</a>"),
    "vbscript, data, file": (
        "<a href=vbscript:x>a</a><a href=data:text/html,x>b</a><a href=file:///x>c</a>",
        "<a>a</a><a>b</a><a>c</a>",
    ),
    "image of data": ("<img src='data:image/svg+xml,x' alt=a>", '<img alt="a">'),
    "not of the web": ("a\x00\ud800&#xFFFE;&#xFDD0;b", "ab"),
}


@pytest.mark.parametrize(("html", "clean"), SANITISED.values(), ids=SANITISED)
def test_sanitised(html: str, clean: str) -> None:
    assert body_from_html(html, base_url=BASE).html == clean


@pytest.mark.parametrize(
    "base", [None, "", "/a/b", "x", "ftp://h/a", "http://[::1", "http://a b/", "http://"]
)
def test_addresses_stay_as_they_are_without_a_full_base(base: str | None) -> None:
    html = '<a href="/q/2">a</a>'
    assert body_from_html(html, base_url=base).html == html


TEXT_BODIES = [
    ("", ""),
    ("a", "a"),
    ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ("\n\n  a  \n\n\tb\t\n \n", "  a\n\n\tb"),
    ("a\x00b\ud800\ufffec", "abc"),
    ("<b>&amp;</b>", "<b>&amp;</b>"),
]


@pytest.mark.parametrize(("text", "expected"), TEXT_BODIES)
def test_body_from_text(text: str, expected: str) -> None:
    assert body_from_text(text) == Body(expected)


def test_markup_beyond_the_limit_leaves_the_text() -> None:
    html = "<p>a &lt; b</p>\n<!-- > --><pre>  c</pre>"
    signs = html.count("<") + html.count("&")
    assert body_from_html(html, limits=Limits(body_signs=signs)) == body_from_html(html)
    assert body_from_html(html, limits=Limits(body_signs=signs - 1)) == Body(" a < b\n    c")


def test_quotations_beyond_a_depth_are_set_in_no_further() -> None:
    deep = MAX_PREFIXES + 5
    html = "<blockquote>" * deep + "a" + "</blockquote>" * deep + "<p>b"
    assert body_from_html(html).text == "> " * MAX_PREFIXES + "a\n\nb"


CODES = [
    ("<p>use <code>ls -l</code> or <tt>dir</tt>, <samp>ok</samp></p>", ("ls -l", "dir", "ok")),
    ("<pre><code>a\n  b\n</code></pre>", ("a\n  b",)),
    ("<pre>\n    a\n</pre><pre>b</pre>", ("    a", "b")),
    ("<pre>a<br>b</pre>", ("a\nb",)),
    ("<pre><div>a</div><div>  b</div>c</pre>", ("a\n  b\nc",)),
    ("<code>a &lt; b &amp;&amp; c</code>", ("a < b && c",)),
    ("<code></code><pre> \n</pre><code>a</code>", ("a",)),
    ("<kbd>Q</kbd><p>a</p><div>b</div>", ()),
    ("", ()),
    ("a &lt;code&gt;", ()),
]


@pytest.mark.parametrize(("html", "codes"), CODES)
def test_code_in(html: str, codes: tuple[str, ...]) -> None:
    assert code_in(body_from_html(html)) == codes


CODE_TAGS = frozenset({"code", "pre", "samp", "tt"})


class CodeFinder(HTMLParser):
    """The oracle of `code_in`: an HTML parser that collects the text of the outermost elements of code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._depth = 0
        self._pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CODE_TAGS:
            self._depth += 1
        elif tag == "br" and self._depth:
            self._pieces.append("\n")
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in CODE_TAGS or not self._depth:
            self._break(tag)
            return
        self._depth -= 1
        if self._depth:
            return
        code = "".join(self._pieces).strip("\n")
        self._pieces.clear()
        if code.strip():
            self.found.append(code)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self._pieces.append(data)

    def _break(self, tag: str) -> None:
        if tag in CODE_LINES and self._depth and self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")


def test_code_in_a_text_is_unknown() -> None:
    assert code_in(Body("<code>a</code>")) == ()


SENTENCES = [
    ("", ""),
    ("  What is it?  A thing.", "What is it?"),
    ("no end", "no end"),
    ("no end\n\nof the first paragraph", "no end"),
    ("one line\nand another. More.", "one line and another."),
    ("Tea vs. coffee, e.g. Darjeeling? Both.", "Tea vs. coffee, e.g. Darjeeling?"),
    ("Does Python 3.11 read foo.py? It does.", "Does Python 3.11 read foo.py?"),
    ('"Why?" she asked. I know.', '"Why?" she asked.'),
    ("(He did.) She too.", "(He did.)"),
    ("これは何ですか？お茶です。", "これは何ですか？"),
    ("這是什麼。那是什麼。", "這是什麼。"),
    ("Wait… What?", "Wait…"),
    ("word " * 200, "word " * 98 + "word…"),
    ("x" * 600, "x" * 499 + "…"),
]


@pytest.mark.parametrize(("text", "sentence"), SENTENCES)
def test_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


# Laws

_TAGS = sorted(
    ALLOWED_TAGS | DROPPED_WITH_CONTENT | {"font", "form", "math", "mtext", "svg", "plaintext", "xmp"}
)
_ATTRIBUTES = [
    "",
    " href=/q/2",
    " href='javascript:x()'",
    " href=java&#10;script:x()",
    " onclick=x()",
    " style=x",
    ' title="<pre>\n\n--&gt;<script>"',
    " alt='x\"y'",
    " src=//h/x",
    " start=5",
    " xmlns:x=y",
    "/",
]
_SCRAPS = [
    "\n",
    "\n\n",
    "  a ",
    "\x0b",
    "\u2028",
    "\x00",
    "\ud800",
    "&#xFFFE;",
    "&lt;",
    "&",
    "<",
    "</",
    "<!--",
    "]]>",
]
_tags = st.sampled_from(_TAGS)
_open = st.builds("<{}{}>".format, _tags, st.sampled_from(_ATTRIBUTES))
_soup = st.lists(
    _open | _tags.map("</{}>".format) | st.sampled_from(_SCRAPS) | st.text(max_size=3), max_size=12
)
soups = _soup.map("".join)
bases = st.sampled_from([None, BASE, "https://h:99999/", "https://é.org/ü", "http://[::1", "x"]) | st.text(
    max_size=9
)

_ACTIVE = re.compile(
    r"<\s*/?(?:script|style|iframe|object|svg|math|form)\b|<[^>]*(?:\son\w+\s*=|javascript:)", re.I
)


@given(soups, bases)
@example('<noscript><p title="</noscript><img src=x onerror=alert(1)>">', None)
@example("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=a()&gt;'>", None)
@example("<a href='http://[x'>", BASE)
def test_whatever_html_makes_a_safe_body(html: str, base: str | None) -> None:
    body = body_from_html(html, base_url=base)
    assert body.html is not None
    assert not _ACTIVE.search(body.html)
    assert storable(body.html) == body.html
    assert_well_formed(body.text)
    again = body_from_html(body.html, base_url=base)
    assert again.html is not None
    assert not _ACTIVE.search(again.html), "what is safe stays safe when it is read again"


@given(st.text())
def test_whatever_text_makes_a_body(text: str) -> None:
    assert_well_formed(body_from_text(text).text)


@given(soups | soups.map(lambda html: f"<pre>{html}</pre> <code>{html}"))
@example('<a title="<code>">a</a><code>b</code>')
@example("<pre><div>a</div>&amp;lt;b<p><br></p>c<code>d</code></pre>")
def test_code_is_what_a_parser_finds(html: str) -> None:
    body = body_from_html(html)
    finder = CodeFinder()
    finder.feed(body.html or "")
    finder.close()
    assert code_in(body) == tuple(finder.found)


@pytest.mark.parametrize("unclosed", ["<a ", '<a "', "<code", "<code>", "<code><b '", "</code>"])
def test_code_in_hostile_html_is_looked_for_once(unclosed: str) -> None:
    """Quadratic work would take minutes."""
    assert code_in(Body("", "<code>a</code>" + unclosed * 200_000)) == ("a",)


@given(soups)
def test_text_of_html_expects_little(html: str) -> None:
    text_of_html(html)
    code_in(Body("", html))


def assert_well_formed(text: str) -> None:
    """A text can be stored, no line ends in white space, no blank line stands around it."""
    assert storable(text) == text
    lines = text.split("\n")
    assert [line for line in lines if line != line.rstrip()] == []
    assert text == "" or (lines[0] and lines[-1])


# HTML as people write it: inline elements in blocks, blocks in lists, quotations and tables.
_WORDS = st.sampled_from(
    ["a", "b c", "  d ", "x &lt; y &amp; z", "é", "<br>", "<img src=/i.png alt=i>", "\n"]
)
_INLINE = st.recursive(
    _WORDS,
    lambda inner: (
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["b", "code", "em", "span"]), inner)
        | st.builds("<a href={}>x</a>".format, st.sampled_from(["/q/2", "//h", "x:y"]))
    ),
    max_leaves=4,
)
_LEAF = st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "pre", "h2"]), _INLINE) | st.builds(
    "<pre>{}  a</pre>".format, st.sampled_from(["", "\n", "\n\n", "\n\n\n"])
)
_BLOCKS = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3).flatmap(
        lambda parts: st.sampled_from(
            [
                "".join(parts),
                f"<blockquote>{''.join(parts)}</blockquote>",
                f"<ul>{''.join(f'<li>{part}</li>' for part in parts)}</ul>",
                f"<table><tr>{''.join(f'<td>{part}</td>' for part in parts)}</tr></table>",
            ]
        )
    ),
    max_leaves=6,
)


@given(_BLOCKS)
def test_sanitising_again_changes_nothing(html: str) -> None:
    body = body_from_html(html, base_url=BASE)
    assert body.html is not None
    assert body_from_html(body.html, base_url=BASE) == body


_CODE = st.lists(st.text("ab (){};<>&\t", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=4)


@given(_CODE)
def test_code_comes_back_as_it_was(lines: list[str]) -> None:
    escaped = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = body_from_html(f"<p>x</p><pre><code>{escaped}</code></pre>")
    assert code_in(body) == ("\n".join(lines),)
    assert body.text == "\n".join(["x", "", *(line.rstrip() for line in lines)])


def test_printable_takes_out_all_that_it_names() -> None:
    """What Python calls printable is not looked at: so nothing of what is to go may be."""
    kept = [chr(n) for n in range(sys.maxunicode + 1) if chr(n).isprintable()]
    assert records._UNSTORABLE.search("".join(kept)) is None
    assert records._CONTROL.search("".join(kept)) is None
    assert printable("a\u202eb\ufffe  c\n") == "a b c"
    assert storable("a\0é\ud800") == "aé"
    assert storable("a\0b") == "ab"


class _Parsed(HTMLParser):
    """Drives the writer of a text as html.parser reads the HTML: the oracle of `text_of_html`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.writer = body._Writer(numbered=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.writer.begin(tag, given)

    def handle_endtag(self, tag: str) -> None:
        self.writer.end(tag)

    def handle_data(self, data: str) -> None:
        self.writer.data(escape(data))


TAGS = """
    <p> </p> <pre> </pre> <code> </code> <ul> </ul> <ol> <ol_start=3> </ol> <li> </li> <blockquote>
    </blockquote> <table> <tr> <td> </td> </table> <br> <hr> <q> </q> <b> </b> <div> <h1> </h1> <dl> <dt> <dd>
    <math> <details> <summary>
    <!--c--> <img_alt='a&lt;"_alt='> <img_title='_alt='_alt='z'> <a_href='x">'> </a>
    _ a b_c &amp;lt; &nbsp; &lt;p&gt; \u2028
"""
PIECES = st.sampled_from([piece.replace("_", " ") for piece in re.split(r"[ \n]+", TAGS)])


@given(st.lists(st.one_of(PIECES, st.sampled_from(["\n", " ", "\r\n", "\x1c"])), max_size=25))
def test_text_is_that_of_a_parser_that_knows_all_html(pieces: list[str]) -> None:
    made = body_from_html("".join(pieces))
    parser = _Parsed()
    parser.feed(made.html or "")
    parser.close()
    assert text_of_html(made.html or "", numbered=True) == parser.writer.text()
