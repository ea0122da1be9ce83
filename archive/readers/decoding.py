"""Bytes to text, in one place: byte order mark, declared charset, UTF-8, then Windows-1252.

The order is that of the HTML standard, section "determining the character encoding"
(https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding), but for one thing:
bytes that are UTF-8 beyond ASCII are UTF-8 whatever they declare, since saved pages were often re-encoded
with the old declaration left standing, and a legacy text is valid UTF-8 by chance only when it is tiny.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from ..records import storable

DECLARATION_BYTES = 4096
"""How far into a page a charset may be declared. The standard says 1,024; real pages put more before it."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_MARKS = tuple(mark for mark, _ in _MARKS)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# Browsers read the first as the second (https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER: Mapping[str, str] = {
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
_OF_THE_WEB = re.compile(
    r"big5|big5hkscs|cp125[0-8]|cp866|cp874|cp932|cp949|euc_jp|gb18030|iso2022_jp|iso8859-([2-8]|1[03456])"
    r"|koi8-[ru]|mac-roman|mac-cyrillic"
)
# What mail was written in beside these. UTF-8 is none: it is found without being named.
_OF_MAIL = re.compile(
    r"utf-?7|utf-(16|32)(-[bl]e)?|hz|iso2022_(jp(_[123])?(_ext|_2004)?|kr)|johab|big5hkscs|euc_jis_2004|koi8-t"
    r"|cp\d{3,4}|iso8859-\d+|mac-\w+|kz1048|ptcp154|hp-roman8"
)
_ONE_BYTE = re.compile(r"cp(125\d|8[56]\d|437|737|775|874)|iso8859-\d+|mac-\w+|koi8-\w")


def decode(data: bytes) -> str:
    """Return the text of a page, whatever its bytes; U+FFFD stands for what cannot be decoded."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return storable(data[len(mark) :].decode(encoding, "replace"))
    return storable(data.decode(_encoding(data), "replace"))


def in_utf8(data: bytes, charset: str) -> bytes:
    """Return a page in UTF-8 where it came with the name of its charset and does not tell one itself.

    Any other is returned as it is, and so is one whose charset is none of the web's.
    """
    head = data[:DECLARATION_BYTES]
    name = _encoding_named(charset)
    if (
        name is None
        or data.isascii()
        or _declared_encoding(head)
        or head.startswith(_UTF_MARKS)
        or _is_utf8(data)
    ):
        return data
    return data.decode(name, "replace").encode("utf-8", "replace")


def decode_as(data: bytes, charset: str | None) -> str:
    """Return the text of bytes that come with the name of a charset, as mail has it; U+FFFD as in `decode`.

    A charset that is unknown, or plain ASCII where the bytes are not, counts as none. A text in one byte a
    letter that is UTF-8 is UTF-8: programs that convert leave old names standing.
    """
    name = _named_encoding(charset)
    if name is None or (_ONE_BYTE.fullmatch(name) and not data.isascii() and _is_utf8(data)):
        return decode(data)
    return storable(data.decode(name, "replace"))


def without_xml_declaration(text: str) -> str:
    """Return the text without an XML declaration, which no longer holds once the bytes are decoded."""
    return re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", "", text, count=1)


def _encoding(data: bytes) -> str:
    """Return the encoding of bytes without a mark."""
    wide = _wide_encoding(data[:DECLARATION_BYTES])
    if wide:
        return wide
    declared = _declared_encoding(data[:DECLARATION_BYTES])
    if declared and (data.isascii() or not _is_utf8(data)):
        return declared
    return "utf-8" if _more_right_than_wrong(data) else "cp1252"


def _wide_encoding(head: bytes) -> str | None:
    """Return UTF-16 of one order where every other byte is NUL, as in ASCII text without a mark."""
    pairs = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > pairs * 4 // 5 and even <= pairs // 10:
        return "utf-16-le"
    if even > pairs * 4 // 5 and odd <= pairs // 10:
        return "utf-16-be"
    return None


def _declared_encoding(head: bytes) -> str | None:
    """Return the charset that an XML declaration or a meta element names, if it is one of the web's.

    UTF-8 is none of those here, it is tried anyway; nor is UTF-16, which ASCII cannot declare.
    """
    match = _DECLARED.search(head)
    return _encoding_named((match[1] or match[2]).decode("ascii")) if match else None


def _encoding_named(charset: str) -> str | None:
    """Return Python's name of a charset of the web; None where it is none, or UTF."""
    name = _known_name(charset)
    name = _WIDER.get(name, name)
    return name if _OF_THE_WEB.fullmatch(name) else None


def _named_encoding(charset: str | None) -> str | None:
    """Return the encoding that a charset's name stands for; None where it says no more than the bytes do."""
    label = re.sub(r"\Ax-|-[ie]\Z", "", (charset or "").strip().lower())
    label = re.sub(r"\A(?:windows|cp)-?(?=\d)", "cp", label).replace("cp31j", "cp932")
    name = _known_name(label)
    if name == "ascii":
        return None
    name = _WIDER.get(name, name)
    return name if _OF_THE_WEB.fullmatch(name) or _OF_MAIL.fullmatch(name) else None


def _known_name(charset: str) -> str:
    """Return what Python calls an encoding; nothing where it knows none."""
    try:
        return codecs.lookup(charset).name
    except (LookupError, ValueError):  # unknown; with a NUL or a letter beyond ASCII in it
        return ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _more_right_than_wrong(data: bytes) -> bool:
    """Tell whether what is not ASCII is UTF-8 for the greater part: a torn byte makes no Windows-1252."""
    beyond_ascii = re.sub("[\x00-\x7f]+", "", data.decode("utf-8", "replace"))
    return beyond_ascii.count("\ufffd") * 2 <= len(beyond_ascii)
