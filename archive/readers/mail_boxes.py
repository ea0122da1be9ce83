"""Where the mails of an mbox file begin and end: lines of "From ", a date, and a header behind them.

Formats mboxo and mboxrd as mbox(5) of qmail and RFC 4155 describe them. Programs that write mboxcl2 or
forget to quote leave lines in bodies that begin with "From "; they have no date, or no header follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 65_536
"""How much of a page is looked at to see a header: mail that passed many hosts has 20,000 bytes of it."""

_FROM_LINE = re.compile(
    rb"^From (?=[^\n]*\d{1,2}:\d\d)(?=[^\n]*\b(?:19|20)\d\d\b)[^\n]{0,500}\n"
    rb"(?=>?[!-9;-~]{1,76}[ \t]?:|>From )",
    re.MULTILINE,
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"([!-9;-~]{1,76})[ \t]{0,3}:")
_BLANK_LINE = re.compile(rb"^[ \t]*\r?\n", re.MULTILINE)
_OF_MAIL = frozenset(
    b"bcc cc date delivered-to from in-reply-to message-id newsgroups received return-path subject to".split()
)
_OF_SENDING = frozenset(b"from message-id received".split())
_SAVED_PAGE = re.compile(rb"^Snapshot-Content-Location:|^From: *<?Saved by", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a page a mail stands, and the "From " line above it; that is empty outside a box."""

    envelope: bytes
    begin: int
    end: int


def is_box(head: bytes) -> bool:
    """Return whether a page that begins like this is an mbox file, and may be cut at any mail of it."""
    begin = _first_line(head)
    return _FROM_LINE.match(head, begin) is not None


def is_mail(head: bytes) -> bool:
    """Return whether a page that begins like this is one mail: a header with what mail has in it.

    A saved web page (MHTML) begins the same way, but nobody sent it.
    """
    names: set[bytes] = set()
    for line in head[_first_line(head) :].splitlines():
        match = _HEADER.match(line)
        if match:
            names.add(match[1].lower())
        elif not line.strip():
            break
        elif not names or line[:1] not in b" \t":
            return False
    return len(names & _OF_MAIL) > 2 and bool(names & _OF_SENDING) and not _SAVED_PAGE.search(head)


def spans(data: bytes) -> Iterator[Span]:
    """Yield where the mails of a page stand: those of a box, or the one that the page is."""
    begins = list(_FROM_LINE.finditer(data)) if is_box(data[:HEAD_BYTES]) else []
    if not begins:
        yield Span(b"", _first_line(data), len(data))
    for number, match in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(data)
        yield Span(match[0], match.end(), end)


def content(data: bytes, span: Span) -> bytes:
    """Return the mail at a place, without the signs that a box puts before lines that begin with "From "."""
    mail = data[span.begin : span.end]
    return _QUOTED_FROM.sub(rb"\1", mail) if span.envelope else mail


def header_of(data: bytes, span: Span, most: int) -> bytes:
    """Return the header of the mail at a place, at most so many bytes of it."""
    end = min(span.end, span.begin + most)
    blank = _BLANK_LINE.search(data, span.begin, end)
    return data[span.begin : blank.start() if blank else end]


def end_of_mails(held: bytearray) -> int:
    """Return where the last mail of a box begins that is read bit by bit; 0 while there is only one."""
    at = len(held)
    while (at := held.rfind(b"\nFrom ", 0, at)) >= 0:
        if _FROM_LINE.match(held, at + 1):
            return at + 1
    return 0


def _first_line(data: bytes) -> int:
    """Return where a page begins behind a byte order mark and blank lines."""
    begin = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while match := _BLANK_LINE.match(data, begin):
        begin = match.end()
    return begin
