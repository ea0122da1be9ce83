"""HTML to text with its code kept, and to HTML that is safe to show."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

import nh3

from .limits import LIMITS, Limits
from .records import CODE_LINES, Body, storable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALLOWED_TAGS = _words(
    """a abbr address article aside b blockquote br caption center cite code dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby
    s samp section small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var
    wbr"""
)
ALLOWED_ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
URL_SCHEMES = _words("http https mailto")
# What is no part of a text: code of the page, embedded pages, controls such as a "Copy" button.
DROPPED_WITH_CONTENT = _words(
    "button embed iframe noscript object script select style template textarea title"
)

# A blank line stands before and behind the first, the second have lines of their own.
_OF_PARAGRAPHS = _words("blockquote details dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul")
_OF_LINES = _words(
    """address article aside caption center dd div dt figcaption footer header li main nav section summary
    tbody tfoot thead tr"""
)
_LISTS = frozenset({"ol", "ul"})
_CELLS = frozenset({"td", "th"})
_LAID_OUT = _OF_PARAGRAPHS | _OF_LINES | _LISTS | _CELLS | {"br", "img", "li", "q"}

_ANY_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)
_LINE_END = re.compile(r"\r\n?")
# Tags as the sanitiser writes them: names in small letters, values in double quotes, and no comments.
_IN_A_LINE = re.compile(rf"""</?(?:{"|".join(sorted(ALLOWED_TAGS - _LAID_OUT))})(?: [^<>"]+="[^"]*")*>""")
_TAG = re.compile(r"""<(/?[a-z][a-z0-9]*)((?: [^<>"]+="[^"]*")*)>""")
_ATTRIBUTE = re.compile(r' ([^<>"=]+)="([^"]*)"')
_PRE_BEGINS = re.compile(r"(<pre(?: [^<>]*)?>)\n+")

# The end of a sentence: a stop and closing quotes before white space and something that begins another.
_SENTENCE_END = re.compile(r"""[.!?…][)\]"'”’»]*(?=\s+["'“‘«(\[¿¡]*[^\W_a-zß-öø-ÿ])|[。！？]|\n\s*\n""")
_ABBREVIATION = re.compile(r"\b(approx|cf|dr|e\.g|etc|fig|i\.e|jr|mr|mrs|ms|prof|sr|st|vs)\.$", re.IGNORECASE)

MAX_PASSES = 4
"""Times that HTML is sanitised at most: real pages settle at once, lists inside tables in three."""

MAX_PREFIXES = 20
"""Lists and quotations in one another whose lines are still set in; mail threads reach ten."""


def body_from_html(html: str, *, base_url: str | None = None, limits: Limits = LIMITS) -> Body:
    """Return the body of a piece of HTML: sanitised, and as text with its code, lists and paragraphs kept.

    Relative addresses are made absolute where `base_url` is a full one. Markup beyond `limits.body_signs` is
    not worth its cost: such a body has its text only.
    """
    html = storable(html)
    if html.count("<") + html.count("&") > limits.body_signs:
        return body_from_text(entities.unescape(_ANY_TAG.sub(" ", html)))
    clean = _sanitised(html, _cleaner(base_url))
    return Body(text_of_html(clean), clean)


def _sanitised(html: str, cleaner: nh3.Cleaner) -> str:
    """Return the HTML sanitised until another pass changes nothing: an export comes back as it was."""
    html, given = html.strip(), html  # white space around it alone is no change
    for _ in range(MAX_PASSES):
        # Again `storable`, for `&#xFFFE;` has been resolved; a parser drops a line end that begins a `pre`.
        clean = _PRE_BEGINS.sub(r"\1", storable(cleaner.clean(given))).strip()
        if clean == html:
            break
        html = given = clean
    return clean


def body_from_text(text: str) -> Body:
    """Return the body of a plain text: line ends made alike, no blank lines around it."""
    lines = _LINE_END.sub("\n", storable(text)).split("\n")
    return Body("\n".join(line.rstrip() for line in lines).strip("\n"))


def text_of_html(html: str, *, numbered: bool = False) -> str:
    """Return what a person reads in HTML that was sanitised, in lines.

    Code keeps its indentation and its lines; a blank line stands between paragraphs; list items begin with
    "- ", quotations with "> "; the cells of a table row are parted by " | "; an image is its text. Items of
    ordered lists have their numbers only where they are to be read, `numbered`: no page spells them out, so
    a text that is compared with another telling of it must not either.
    """
    pieces = _TAG.split(_IN_A_LINE.sub("", html))
    writer = _Writer(numbered)
    writer.data(pieces[0])
    for tag, attributes, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if tag[0] == "/":
            writer.end(tag[1:])
        else:
            writer.begin(tag, attributes)
        if text:
            writer.data(text)
    return writer.text()


def first_sentence(text: str, length: int = LIMITS.title_length) -> str:
    """Return the first sentence of a text as one line, cut at a word where it is longer than `length`.

    >>> first_sentence("Tea vs. coffee, e.g. Darjeeling? I drink both.")
    'Tea vs. coffee, e.g. Darjeeling?'
    """
    return shortened(" ".join(text[: sentence_end(text)].split()), length)


def sentence_end(text: str) -> int:
    """Return where the first sentence of a text ends; an abbreviation such as "e.g." ends none."""
    begin = len(text) - len(text.lstrip())
    for match in _SENTENCE_END.finditer(text, begin):
        end = match.end()
        if not _ABBREVIATION.search(text[max(0, end - 8) : end]):
            return end
    return len(text)


def shortened(line: str, length: int) -> str:
    """Return the line, cut behind a word and with "…" where it is longer than `length`."""
    if len(line) <= length:
        return line
    kept = line[: length - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept) + "…"


@lru_cache(maxsize=16)  # to make one takes as long as to clean a short body
def _cleaner(base_url: str | None) -> nh3.Cleaner:
    if base_url and _is_absolute(base_url):
        try:
            return _new_cleaner(("rewrite_with_base", base_url))
        except ValueError:  # an address that Python takes and the URL standard does not
            pass
    return _new_cleaner(None)


def _new_cleaner(rebase: tuple[Literal["rewrite_with_base"], str] | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=set(URL_SCHEMES),
        url_relative=rebase,
        link_rel=None,
    )


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


class _Prefix:
    """What stands before the lines of a list item or a quotation: `first` once, then `rest`."""

    def __init__(self, tag: str, first: str, rest: str) -> None:
        self.tag, self.first, self.rest = tag, first, rest
        self.used = False

    def take(self) -> str:
        prefix = self.rest if self.used else self.first
        self.used = True
        return prefix


# What has to be written before the next piece of text.
_NOTHING, _SPACE, _LINE, _BLANK_LINE = range(4)


class _Writer:
    """Writes the lines of a text while its HTML goes by; expects every element to be closed."""

    def __init__(self, numbered: bool) -> None:
        self._numbered = numbered
        self._lines: list[str] = []
        self._line: list[str] = []  # the pieces of the line being written
        self._due = _NOTHING
        self._prefixes: list[_Prefix] = []
        self._prefixed: list[bool] = []  # of the open items and quotations: has it a prefix?
        self._numbers: list[int | None] = []  # of the open lists: the next number, None for bullets
        self._row_begins = False  # no cell of the row yet
        self._cell_begins = False  # nothing in the cell yet
        self._pre = 0
        self._code: list[str] = []

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def begin(self, tag: str, attributes: str) -> None:
        """Take the begin of an element, with its attributes as they stand there."""
        if self._pre and tag != "pre":
            self._write_in_code(tag, attributes)
            return
        self._break(tag)
        if tag in _LISTS:
            self._numbers.append(_start(attributes) if tag == "ol" and self._numbered else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self._prefix(_Prefix(tag, "> ", "> "))
        elif tag == "tr":
            self._end_line()
            self._row_begins = True
        elif tag in _CELLS:
            self._begin_cell()
        elif tag == "pre":
            self._pre += 1
        elif tag == "br":
            self._raise(_BLANK_LINE if self._due >= _LINE else _LINE)
        elif tag == "img":
            self._flow(_value(attributes, "alt"))
        elif tag == "q":
            self._write('"')

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._pre and tag != "pre":
            self._break_code(tag)
            return
        if tag == "pre" and self._pre:
            self._end_code()
        elif tag == "q":
            self._write('"')
        self._break(tag)
        if tag in _LISTS and self._numbers:
            self._numbers.pop()
        elif tag in ("li", "blockquote") and self._prefixed and self._prefixed.pop():
            self._prefixes.pop()
        if tag == "li":
            self._due = min(self._due, _LINE)  # items stand together, paragraphs in them or not

    def data(self, data: str) -> None:
        """Take text between two tags."""
        text = entities.unescape(data)
        if self._pre:
            self._code.append(text)
        else:
            self._flow(text)

    def _break(self, tag: str) -> None:
        in_item = bool(self._prefixes) and self._prefixes[-1].tag == "li"
        if tag in _OF_PARAGRAPHS and not (tag in _LISTS and in_item):
            self._raise(_BLANK_LINE)
        elif tag in _OF_LINES or tag in _LISTS:
            self._raise(_LINE)

    def _raise(self, due: int) -> None:
        """Let at least `due` come before the next piece; nothing comes between a marker and its text."""
        at_marker = bool(self._prefixes) and not self._prefixes[-1].used
        if not at_marker and not self._cell_begins:
            self._due = max(self._due, due)

    def _begin_item(self) -> None:
        number = self._numbers[-1] if self._numbers else None
        marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._prefix(_Prefix("li", marker, " " * len(marker)))

    def _prefix(self, prefix: _Prefix) -> None:
        self._prefixed.append(len(self._prefixes) < MAX_PREFIXES)
        if self._prefixed[-1]:
            self._prefixes.append(prefix)

    def _begin_cell(self) -> None:
        if not self._row_begins and self._line:
            self._due = _NOTHING  # a paragraph in the cell before ends no row
            self._write(" |")
            self._due = _SPACE
        self._row_begins, self._cell_begins = False, True

    def _write_in_code(self, tag: str, attributes: str) -> None:
        """Write what a tag means in code."""
        self._break_code(tag)
        if tag == "br":
            self._code.append("\n")
        elif tag == "img":
            self._code.append(_value(attributes, "alt"))

    def _break_code(self, tag: str) -> None:
        if tag in CODE_LINES and self._code and not self._code[-1].endswith("\n"):
            self._code.append("\n")

    def _end_code(self) -> None:
        self._pre -= 1
        if self._pre:
            return
        code = "".join(self._code).strip("\n")
        self._code.clear()
        if not code.strip():
            return
        for line in code.split("\n"):
            self._write(line)
            self._end_line()
        self._due = _BLANK_LINE

    def _flow(self, data: str) -> None:
        """Write text whose white space means no more than one space."""
        words = " ".join(data.split())
        if self._due < _SPACE and data[:1].isspace():
            self._due = _SPACE
        if words:
            self._write(words)
            self._due = _SPACE if data[-1:].isspace() else _NOTHING

    def _write(self, piece: str) -> None:
        """Write a piece, and before it what is due."""
        if self._due >= _LINE:
            self._end_line()
        if self._due == _BLANK_LINE and self._lines:
            self._lines.append("".join(p.rest for p in self._prefixes if p.used).rstrip())
        if not self._line:
            self._line.append("".join(prefix.take() for prefix in self._prefixes))
        elif self._due == _SPACE:
            self._line.append(" ")
        self._line.append(piece)
        self._due = _NOTHING
        self._cell_begins = False

    def _end_line(self) -> None:
        if self._line:
            self._lines.append("".join(self._line).rstrip())
            self._line = []


def _start(attributes: str) -> int:
    """Return the number that an ordered list starts with; six digits are more than any list has."""
    number = _value(attributes, "start")
    return int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 1


def _value(attributes: str, name: str) -> str:
    return entities.unescape(dict(_ATTRIBUTE.findall(attributes)).get(name, ""))
