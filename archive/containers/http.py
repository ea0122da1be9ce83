"""HTTP as it went over the wire (RFC 9112, RFC 9110): status, headers, a body with its encodings undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..errors import PageRejected
from .budget import Budget
from .content import Content
from .packed import Decompressor, deflate, deflate_with_header, gzip, unpacked, zstandard

PAGE_TYPES = re.compile(r"text/html|application/(?:xhtml\+xml|json|ld\+json)|text/json")
"""What can be a page of questions: the pictures, scripts and fonts of a crawl are passed over."""

CHUNK_LINE_BYTES = 4096
"""The line before a chunk is a number in hexadecimal; extensions of it are seldom met and short."""

OK = 200

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """The beginning of a response; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]


def is_page(media_type: str | None) -> bool:
    """Tell whether content of that type may be a page; what says no type may be anything."""
    return not media_type or PAGE_TYPES.match(media_type.strip().lower()) is not None


def charset_of(media_type: str | None) -> str | None:
    """Return the charset in a media type.

    >>> charset_of("text/html; charset=koi8-r")
    'koi8-r'
    """
    match = _CHARSET.search(media_type or "")
    return match[1] if match else None


def read_headers(content: Content, size: int) -> dict[str, str]:
    """Take header lines up to the blank one, `size` bytes at most; raises `PageRejected`.

    A line that begins with a space goes on with the one before; of a name that comes twice the last stands.
    """
    headers: dict[str, str] = {}
    name = ""
    while (line := content.read_line(size)).strip(b"\r\n"):
        size -= len(line)
        if size <= 0:
            raise content.fail("its headers are too long")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
        else:
            name, _, value = text.partition(":")
            name = name.strip().lower()
            headers[name] = value.strip()
    return headers


def read_response(content: Content, size: int) -> Response:
    """Take status line and headers; raises `PageRejected` where there are none."""
    match = _STATUS.match(content.read_line(size))
    if not match:
        raise PageRejected("not a response of HTTP")
    return Response(int(match[1]), read_headers(content, size))


def body(response: Response, content: Content, budget: Budget) -> Content:
    """Return the body without its encodings; reading it raises `PageRejected` for one that is not known."""
    plain = content
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        plain = Content(_without_chunks(content))
    names = response.headers.get("content-encoding", "").lower().split(",")
    for name in reversed([name.strip() for name in names]):
        plain = Content(_decoded(plain, name, budget))
    return plain


def _without_chunks(content: Content) -> Iterator[bytes]:
    """Yield the chunks; all as it is where there are none, as crawlers undo them and leave the header."""
    line = content.head(CHUNK_LINE_BYTES).split(b"\n", 1)[0] + b"\n"
    if not _CHUNK_SIZE.fullmatch(line):
        yield from content.blocks()
        return
    while match := _CHUNK_SIZE.fullmatch(content.read_line(CHUNK_LINE_BYTES)):
        size = int(match[1], 16)
        if not size:
            content.skip()  # trailers
            return
        yield from content.take(size)
        content.read_line(2)
    raise content.fail("a chunk of the response is damaged or cut short")


def _decoded(content: Content, name: str, budget: Budget) -> Iterator[bytes]:
    if name in ("", "identity"):
        return content.blocks()
    kind = f"the response ({name})"
    head = content.head(4)
    if name in ("gzip", "x-gzip"):
        is_packed = head.startswith(b"\x1f\x8b")  # crawlers unpack and leave the header
        return unpacked(content.blocks(), gzip, kind, budget) if is_packed else content.blocks()
    if name == "deflate":
        with_header = len(head) > 1 and head[0] & 15 == 8 and (head[0] << 8 | head[1]) % 31 == 0  # RFC 1950
        return unpacked(content.blocks(), deflate_with_header if with_header else deflate, kind, budget)
    if name == "zstd":
        return unpacked(content.blocks(), zstandard, kind, budget)
    if name == "br":
        return unpacked(content.blocks(), brotli, kind, budget)
    raise PageRejected(f"its encoding {name[:40]!r} is not known")


def brotli() -> Decompressor:
    """Return a decompressor of Brotli; raises `PageRejected` where the library is not there."""
    with suppress(ImportError):
        import brotli as library  # noqa: PLC0415 - it need not be installed

        return _Brotli(library.Decompressor())
    raise PageRejected("it is packed with Brotli: `pip install brotli`, then ingest it again")


class _Brotli:
    """Brotli's decompressor, with the manners of the standard library's."""

    unused_data = b""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._inner.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        try:
            content: bytes = self._inner.process(data, output_buffer_limit=max_length)
        except Exception as error:  # the library's own class, which is not at hand where it is not installed
            raise ValueError(str(error)) from error
        return content
