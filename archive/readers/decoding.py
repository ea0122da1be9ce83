"""Bytes to text, in one place: byte order mark, declared charset, UTF-8, then Windows-1252.

The order is that of the HTML standard, section "determining the character encoding"
(https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding), with UTF-8
tried before the locale's legacy encoding.
"""

from __future__ import annotations

import codecs
import re

from ..records import storable

DECLARATION_BYTES = 4096
"""How far into a page a charset may be declared. The standard says 1,024; real pages put scripts before it."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# Browsers read the first as the second (https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# The encodings of that standard. Python knows others that are slow (punycode) or no charsets at all.
_OF_THE_WEB = frozenset(
    "big5 big5hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp874 cp932 cp949 "
    "euc_jp gb18030 iso2022_jp iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic".split()
)


def decode(data: bytes) -> str:
    """Return the text of a page, whatever its bytes: what cannot be decoded is U+FFFD, what cannot be stored is gone."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return storable(data[len(mark) :].decode(encoding, "replace"))
    wide = _wide_encoding(data)
    if wide:
        return storable(data.decode(wide, "replace"))
    declared = _declared_encoding(data[:DECLARATION_BYTES])
    return storable(data.decode(declared, "replace") if declared else _utf8_or_windows(data))


def declared_away(text: str) -> str:
    """Return the text without an XML declaration, which no longer holds once the bytes are decoded."""
    return re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", "", text, count=1)


def _wide_encoding(data: bytes) -> str | None:
    """Return UTF-16 of one order where every other byte is NUL, as in ASCII text without a mark."""
    head = data[: DECLARATION_BYTES // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    few, many = len(head) // 20, len(head) * 2 // 5  # a tenth and four fifths of the pairs
    if odd > many and even <= few:
        return "utf-16-le"
    if even > many and odd <= few:
        return "utf-16-be"
    return None


def _declared_encoding(head: bytes) -> str | None:
    match = _DECLARED.search(head)
    if not match:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except LookupError:
        return None
    name = _WIDER.get(name, name)
    return (
        name if name in _OF_THE_WEB else None
    )  # UTF-8 is tried anyway; UTF-16 cannot hold an ASCII declaration


def _utf8_or_windows(data: bytes) -> str:
    """Decode as UTF-8 unless more of what is not ASCII is wrong in it than right: one torn byte is no Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if character > "\x7f") - wrong
    return text if wrong <= right else data.decode("cp1252", "replace")
