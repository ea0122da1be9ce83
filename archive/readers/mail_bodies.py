"""The text of a mail: its parts, their transfer encodings and charsets, and plain text before HTML.

Parts and transfer encodings are those of RFC 2045 and 2046, Content-Disposition is RFC 2183's, flowed text
RFC 3676's. What is attached, or has a file's name, is no text of the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from .decoding import decode_as
from .mail_headers import base64_bytes

_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_CHARSET = re.compile(r"charset\*?\s*=\s*[\"']?(?:[^\s\"';]*'')?([\w.:+()-]{1,60})", re.IGNORECASE)
_CONTENT_TYPE = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_FLOWED = re.compile(r"format\s*=\s*\"?flowed", re.IGNORECASE)
_DELSP = re.compile(r"delsp\s*=\s*\"?yes", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:file)?name\*?\d*\*?\s*=", re.IGNORECASE)
_QUOTED = re.compile(r"(>*) ?(.*)", re.DOTALL)
# What the email package raises, beside what it documents, for boundaries and parameters that are made up.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

SIGNATURE = "-- "

MAX_FIELD = 2000
"""Characters of a Content-Type: real ones with long names of files have 1,000, and the email package's time
to take one apart grows with the square."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a mail as it came: plain, or in HTML where it has no plain one."""

    text: str
    is_html: bool = False


def text_of(mail: bytes, limits: Limits = LIMITS) -> Text:
    """Return the text of a mail; raise `PageRejected` where it is too much, or nobody could take it apart."""
    _check_cost(mail, limits)
    try:
        message = BytesParser(policy=compat32).parsebytes(mail)
        parts = list(_texts(message))
    except _BROKEN as error:
        raise PageRejected("its parts cannot be told apart") from error
    # Lists put their footer below a mail in HTML as plain text: what comes first is the mail.
    is_html = next((part.is_html for part in parts if part.text.strip()), False)
    found = Text("\n".join(part.text for part in parts if part.is_html == is_html), is_html)
    most = limits.html_bytes if found.is_html else limits.mail_text
    if len(found.text) > most:
        raise PageRejected(f"{len(found.text):,} characters; a mail is read up to {most:,}")
    return found


def _check_cost(mail: bytes, limits: Limits) -> None:
    """Raise `PageRejected` where taking it apart would take long: each line is compared to each boundary."""
    if len(mail) > limits.mail_bytes:
        raise PageRejected(f"{len(mail):,} bytes; a mail is read up to {limits.mail_bytes:,} bytes")
    boundaries = len(_BOUNDARY.findall(mail))
    if boundaries and mail.count(b"\n--") > limits.mail_parts:
        raise PageRejected(f"more than {limits.mail_parts:,} lines that may part it")
    checks = boundaries * mail.count(b"\n")
    if checks > limits.mail_checks:
        raise PageRejected(f"{checks:,} lines times boundaries; a mail is read up to {limits.mail_checks:,}")
    if any(match.end() - match.start() > MAX_FIELD for match in _CONTENT_TYPE.finditer(mail)):
        raise PageRejected(f"a Content-Type of more than {MAX_FIELD:,} characters")


def _texts(message: Message) -> Iterator[Text]:
    """Yield the texts of a mail or a part, in order; of alternatives the plain one."""
    if _is_attached(message):
        return
    kind = message.get_content_type()
    if message.is_multipart():
        if message.get_content_maintype() == "multipart":
            inside = [
                text for part in message.get_payload() if isinstance(part, Message) for text in _texts(part)
            ]
            yield from _best(inside) if kind == "multipart/alternative" else inside
    elif kind == "text/html":
        yield Text(_decoded(message), is_html=True)
    elif kind == "text/plain" or message.get_content_maintype() == "multipart":  # which has no parts
        yield Text(_unflowed(_decoded(message), _field(message, "content-type")))


def _best(alternatives: list[Text]) -> list[Text]:
    """Return the plain texts if they say anything, else those in HTML."""
    plain = [text for text in alternatives if not text.is_html]
    return plain if any(text.text.strip() for text in plain) else [t for t in alternatives if t.is_html]


def _is_attached(part: Message) -> bool:
    disposition = _field(part, "content-disposition").lower()
    return disposition.startswith("attachment") or _NAMED.search(disposition) is not None


def _field(part: Message, name: str) -> str:
    return str(part.get(name, ""))[:MAX_FIELD].strip()


def _decoded(part: Message) -> str:
    """Return the text of a part without its transfer encoding, or as it stands where that is unknown.

    The email package gives up Base64 that was cut; here what there is of it counts.
    """
    if _field(part, "content-transfer-encoding").lower() == "base64":
        data: object = base64_bytes(str(part.get_payload()).encode("ascii", "ignore"))
    else:
        data = part.get_payload(decode=True)
    charset = _CHARSET.search(_field(part, "content-type"))
    text = decode_as(data if isinstance(data, bytes) else b"", charset[1] if charset else None)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unflowed(text: str, content_type: str) -> str:
    """Return flowed text with its paragraphs on one line each; other text as it is."""
    if not _FLOWED.search(content_type):
        return text
    without_space = _DELSP.search(content_type) is not None
    paragraphs: list[list[str]] = []
    soft: str | None = None  # the quote marks of a line that goes on in the next
    for line in text.split("\n"):
        match = _QUOTED.match(line)
        marks, words = (match[1], match[2]) if match else ("", line)
        goes_on = words.endswith(" ") and words != SIGNATURE
        piece = words[:-1] if goes_on and without_space else words
        if soft == marks and words != SIGNATURE:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([f"{marks} " if marks else "", piece])
        soft = marks if goes_on else None
    return "\n".join("".join(paragraph) for paragraph in paragraphs)
