"""Text -> terms: which characters make a word, how it is folded, how it is stemmed.

What is a term, in short (docs/query-language.md says it for users, tests/test_analysis.py as tables):

- Letters and digits, folded: `Résumé` is `resume`, `ﬁ` is `fi`, `straße` is `strasse`.
- Signs that make the name of a thing stay: `c++`, `c#`, `.net`, `node.js`, `f-16`, `i/o`, `foo_bar`, `3.14`.
- An apostrophe inside a word is dropped (`don't` is `dont`), a final `'s` too (`user's` is `user`), and so is
  the comma of `1,000`. Single letters with dots are one word: `U.S.` is `us`.
- A hyphen binds next to a digit (`covid-19`); between letters it parts words (`follow-up` is two).
- A compound (`node.js`) is one term in a query. In the index it is itself, its neighbouring pairs
  (`os.path` of `os.path.join`) and its parts, all at one position: a phrase copied from a text matches it.
- Scripts written without spaces become overlapping pairs of characters; the index also holds single ones.
- A symbol of the emoji blocks is a term of its own.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from Stemmer import Stemmer as Snowball

MAX_TERM = 64
"""Longest term in characters; the rest is cut. Base64 and hashes are longer, no English word is (45)."""

MAX_MEMO = 200_000
"""Stems a `Stemmer` remembers, about 30 MB; all of MedQuAD (32 MB of text) has 60,000 distinct terms."""

MIN_STEMMED = 3
"""Shortest term that is stemmed: `is` and `as` must not become `i` and `a`."""


class Term(NamedTuple):
    """A folded, unstemmed term; `start` and `end` are offsets in the text it came from."""

    text: str
    start: int
    end: int
    position: int


# A text is read by its shape, a string of the same length: ASCII in lower case, and for every other character
# one that stands for its kind. So one small expression reads all scripts, and offsets stay those of the text.
_LETTER, _DIGIT, _MARK, _UNSPACED, _SYMBOL, _GAP = "a", "0", "\u0301", "東", "☕", " "

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_STANDS_FOR: Mapping[str, str] = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\uff07": "'",
    "\u2010": "-",
    "\u2011": "-",
}
_INVISIBLE = "\u00ad\u200c\u200d\u2060ﾞﾟ"
_UNSPACED_SCRIPTS = re.compile(
    "["
    # Chinese, Japanese, Korean
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
    # Thai, Lao, Burmese, Khmer
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3"
    "]"
)
_SYMBOLS = re.compile("[\u2600-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001faff]")

_WORD = f"[a-z0-9][a-z0-9{_MARK}]*+"
_JOINED = rf"""(?:
    (?: \.                                  # node.js, 3.14
      | (?<=\d),(?=\d\d\d(?!\d))            # 1,000
      | (?<=\d)- | -(?=\d)                  # 12-year, f-16
      | '(?!s(?![a-z0-9]))                  # don't
      | (?<=\b[a-z])/(?=[a-z](?![\w+\#]))   # i/o
      | (?<=\d)/(?=\d)                      # 24/7
    ) {_WORD}
  | _++ (?:{_WORD})?                        # foo_bar, class_
)++"""
_TERM = re.compile(
    # Linear in the text: no alternative that has begun to match can fail but within a bounded distance,
    # save at underscores, and those it does not try twice.
    rf"""
    ({_WORD})                               # 1: a plain word; alone, the usual case
    ({_JOINED})?                            # 2: what makes it a compound
    ( (?<=[a-z])\+\+(?!\+)(?:\d+[a-z]?)?    # 3: c++, c++17
    | (?<=\b[a-z])\#(?![a-z_\#])            #    c#
    )?
    (?:'s(?![a-z0-9]))?                     # a possessive is no part of the term
  | ( (?: (?<!\w)_++                        # 4: __init__
        | (?<![\w.)\]}}'"])\.(?=[a-z])      #    .net
      ) {_WORD} (?:{_JOINED})? )
  | ({_UNSPACED}[{_UNSPACED}{_MARK}]*+)     # 5
  | ({_SYMBOL})                             # 6
    """,
    re.VERBOSE,
)
_PLAIN, _UNSPACED_RUN = 1, 5

_JOINT = re.compile("[._/\u2010\u2011-]+")
_UNIT = re.compile(f".{_MARK}*+")
_PLUSES = re.compile(r"(.+)\+\+(.*)")

# Letters that NFKD and casefold leave as they are, after Lucene's ASCIIFoldingFilter; and the marks that
# spelling can do without.
_LETTERS = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t",
        "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2044": "/",
    }
)  # fmt: skip
_OPTIONAL = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200c\u200d\u2060\U000e0100-\U000e01ef]+"
)


def fold(text: str) -> str:
    """Return the text as terms are compared: compatibility forms and case folded, optional marks dropped.

    Marks that spell a word (Indic vowels, Japanese voicing) stay.

    >>> fold("Résumé, ﬁancé, STRASSE, Straße, Diyarbakır")
    'resume, fiance, strasse, strasse, diyarbakir'
    """
    if text.isascii():
        return text.lower()
    bare = _OPTIONAL.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", _OPTIONAL.sub("", unicodedata.normalize("NFKD", bare)))


def words(text: str, *, parts: bool = False) -> Iterator[Term]:
    """Yield the unstemmed terms of a text in order; with `parts`, what an index holds besides.

    >>> [term.text for term in words("What's new in C++ and node.js?")]
    ['what', 'new', 'in', 'c++', 'and', 'node.js']
    >>> [term.text for term in words("node.js", parts=True)]
    ['node.js', 'node', 'js']
    """
    return map(Term._make, scan(text, parts))


_Found = tuple[str, int, int, int]


def scan(text: str, parts: bool) -> Iterator[tuple[str, int, int, int]]:
    """Yield (term, start, end, position): `words` without the price of its named tuples."""
    shape = _shape(text)
    ascii_only = text.isascii()
    source = shape if ascii_only else text
    position = 0
    for match in _TERM.finditer(shape):
        kind = match.lastindex
        if kind == _PLAIN:
            start, end = match.span(1)
            raw = source[start:end]
            term = raw if ascii_only else raw.lower() if raw.isascii() else _term(raw).strip("./")
            if term:
                yield (term if len(term) <= MAX_TERM else _cut(term)), start, end, position
                position += 1
        elif kind == _UNSPACED_RUN:
            for found in _pairs(source, match, position, parts):
                yield found
                position = found[3] + 1
        else:
            yield from _compound(source, match, position, parts)
            position += 1


def _shape(text: str) -> str:
    """Return the kinds of a text's characters.

    >>> _shape("Don’t naïve 東京")
    "don't naave 東東"
    """
    if text.isascii():
        return text.lower()
    kinds = {character: _kind(character) for character in set(text) if character > "\x7f"}
    return _FOREIGN.sub(lambda match: kinds[match[0]], text).lower()


def _kind(character: str) -> str:
    """Return what stands for a character outside ASCII in a shape."""
    if character in _STANDS_FOR:
        return _STANDS_FOR[character]
    is_mark = character in _INVISIBLE or unicodedata.category(character)[0] == "M"
    if _UNSPACED_SCRIPTS.match(character) and (is_mark or character.isalnum()):
        return _UNSPACED
    if is_mark:
        return _MARK
    if character.isdecimal():
        return _DIGIT
    if character.isalnum():
        return _LETTER
    return _SYMBOL if _SYMBOLS.match(character) else _GAP


def _term(raw: str) -> str:
    """Return the term of a raw word: folded, and only characters that terms are made of."""
    if raw.isascii():
        return raw.lower().replace("'", "").replace(",", "")
    return "".join(filter(_belongs, fold(raw)))


def _belongs(character: str) -> bool:
    return (
        character.isalnum()
        or character in "_.+#/-"
        or unicodedata.category(character)[0] == "M"
        or _SYMBOLS.match(character) is not None
    )


def _cut(term: str) -> str:
    """Return the first `MAX_TERM` characters, without a joint at the end."""
    if len(term) <= MAX_TERM:
        return term
    return term[:MAX_TERM].rstrip("._/-") or term[:MAX_TERM]


def _compound(source: str, match: re.Match[str], position: int, parts: bool) -> Iterator[_Found]:
    """Yield a term that has signs in it and, with `parts`, what it is made of; all at one position."""
    start, end = match.start(), match.end(match.lastindex or 0)
    raw = source[start:end]
    spans = list(_spans(raw))
    if _is_initials(raw, spans, source[end : end + 1]):
        yield "".join(_term(raw[a:b]) for a, b in spans)[:MAX_TERM], start, end, position
        return
    term = _cut(_term(raw))
    if term:
        yield term, start, end, position
    if not parts:
        return
    seen = {term, ""}
    for i, (a, b) in enumerate(spans):
        pair_end = spans[i + 1][1] if i + 1 < len(spans) else b
        pieces = [(_cut(_term(raw[a:pair_end])), pair_end), (_cut(_term(raw[a:b])), b)]
        pieces += [(stem, b) for stem in _before_pluses(pieces[1][0])]
        for piece, piece_end in pieces:
            if piece not in seen:
                seen.add(piece)
                yield piece, start + a, start + piece_end, position


def _spans(raw: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a compound lie between its joints."""
    begin = 0
    for joint in _JOINT.finditer(raw):
        if joint.start() > begin:
            yield begin, joint.start()
        begin = joint.end()
    if begin < len(raw):
        yield begin, len(raw)


def _is_initials(raw: str, spans: list[tuple[int, int]], after: str) -> bool:
    """Say whether these are initials: `U.S.` and `U.S.A`, but not the `a.b` of a program."""
    return (
        len(spans) + (after == ".") >= 3
        and len(raw) == 2 * len(spans) - 1
        and all(raw[a].isalpha() for a, _ in spans)
        and raw[1::2] == "." * (len(spans) - 1)
    )


def _before_pluses(part: str) -> Iterator[str]:
    """Yield `c++` for `c++17` and `notepad` for `notepad++`; `c++` alone never yields `c`."""
    pluses = _PLUSES.fullmatch(part)
    if pluses and pluses[2]:
        yield pluses[1] + "++"
    if pluses and len(pluses[1]) > 2:
        yield pluses[1]


def _pairs(source: str, match: re.Match[str], position: int, parts: bool) -> Iterator[_Found]:
    """Yield overlapping pairs of characters, one position each; with `parts` the single ones beside them."""
    start, end = match.span()
    run = source[start:end]
    units = [unit.span() for unit in _UNIT.finditer(match[0])]
    last = max(len(units) - 2, 0)
    for i, (a, b) in enumerate(units):
        at = position + min(i, last)
        if i < len(units) - 1:
            pair_end = units[i + 1][1]
            yield _cut(_term(run[a:pair_end])), start + a, start + pair_end, at
        if parts or len(units) == 1:
            yield _cut(_term(run[a:b])), start + a, start + b, at


class Stemmer:
    """English Snowball stems (snowballstem.org/algorithms/english), remembered."""

    def __init__(self) -> None:
        self._snowball = Snowball("english", 0)  # remembers nothing itself
        self._memo: dict[str, str] = {}

    def stem(self, term: str) -> str:
        """Return the stem of a term; what is not a plain English-looking word is its own.

        >>> Stemmer().stem("treatments"), Stemmer().stem("c++")
        ('treatment', 'c++')
        """
        known = self._memo.get(term)
        if known is not None:
            return known
        if len(self._memo) >= MAX_MEMO:
            self._memo.clear()
        stem = self._memo[term] = sys.intern(self.once(term))
        return stem

    def once(self, term: str) -> str:
        """Return the stem of a term that is not asked for again: as `stem`, and nothing is remembered."""
        if len(term) < MIN_STEMMED or not (term.isascii() and term.isalpha()):
            return term
        stem: str = self._snowball.stemWord(term)
        return stem
