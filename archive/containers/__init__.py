"""The registry: which container some content is, told by its first bytes and never by its name.

A container is a module or an object with a `NAME`, a `sniff(head)` and a `members(content, budget)`; see
`member.py`. The first that knows the head takes it, so what is sure stands before what guesses.
"""

from __future__ import annotations

from . import har, mhtml, sevenzip, tar, warc, zim, zip
from .member import Container
from .packed import BZIP2, GZIP, XZ, ZSTD

CONTAINERS: tuple[Container, ...] = (GZIP, BZIP2, XZ, ZSTD, zip, sevenzip, zim, warc, har, tar, mhtml)


def container_of(head: bytes) -> Container | None:
    """Return what can open content that begins like this; None where it is a page."""
    return next((container for container in CONTAINERS if container.sniff(head)), None)
