"""Containers to test with, all made here."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2012-06-27T13:51:36Z"


def zip_of(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip; a name may come twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


class _Pipe(io.RawIOBase):
    """A stream that a zip is written to without seeking: sizes stand behind the members."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += data
        return len(data)


def piped_zip_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip as `zip -` writes it into a pipe."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return bytes(pipe.data)


def tar_of(files: Iterable[tuple[str, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_entry(name: str, kind: bytes, linked: str = "") -> bytes:
    """Return the header of a tar's member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, linked
    return info.tobuf()


def warc_of(
    responses: Iterable[tuple[str, bytes, Mapping[str, str]]],
    status: str = "200 OK",
    kind: str = "response",
    gzip: bool = False,
    date: str = DATE,
) -> bytes:
    """Return a WARC of responses of one date: address, body as it went over the wire, headers."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzip)
    for address, body, headers in responses:
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        record = writer.create_warc_record(
            address,
            kind,
            payload=io.BytesIO(body),
            http_headers=http if kind in ("response", "revisit") else None,
            warc_content_type=headers.get("Content-Type", "") if kind == "resource" else None,
            warc_headers_dict={"WARC-Date": date},
        )
        writer.write_record(record)
    return out.getvalue()


HTML = {"Content-Type": "text/html"}


def chunked(body: bytes, size: int = 7) -> bytes:
    """Return a body in chunks."""
    chunks = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def mhtml_of(html: str, address: str = "https://example.org/q/1", charset: str = "utf-8") -> bytes:
    """Return a page as Chromium saves it."""
    mail = MIMEMultipart("related", type="text/html")
    mail["From"] = "<Saved by Blink>"
    mail["Snapshot-Content-Location"] = address
    mail["Subject"] = "A page"
    mail["Date"] = "Wed, 27 Jun 2012 13:51:36 -0000"
    part = MIMEText(html, "html", charset)
    part["Content-Location"] = address
    mail.attach(part)
    picture = MIMEText("GIF89a", "plain")
    picture["Content-Location"] = "https://example.org/dot.gif"
    mail.attach(picture)
    return mail.as_bytes()


def har_entry(address: str, body: bytes, *, status: int = 200, packed: bool = False) -> dict[str, Any]:
    """Return an entry of a browser's log."""
    text = base64.b64encode(body).decode() if packed else body.decode()
    content = {"mimeType": "text/html; charset=utf-8", "size": len(body), "text": text}
    return {
        "startedDateTime": "2012-06-27T15:51:36.000+02:00",
        "request": {"method": "GET", "url": address},
        "response": {
            "status": status,
            "content": content | ({"encoding": "base64"} if packed else {}),
        },
    }


def har_of(entries: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a browser's log."""
    return json.dumps({"log": {"version": "1.2", "pages": [], "entries": list(entries)}}).encode()


def sevenzip_of(files: Sequence[tuple[str, bytes]], password: str | None = None) -> bytes:
    """Return a 7z; skips the test where py7zr is not installed."""
    py7zr = pytest.importorskip("py7zr", reason="py7zr is of the extra `containers`")
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in files:
            archive.writestr(data, name)
    return out.getvalue()
