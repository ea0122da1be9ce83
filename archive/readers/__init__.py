"""The registry: which reader takes a page.

A reader is a module with a `NAME`, a `sniff(page)` and a `read(page)`; the most confident one wins. Other
packages add theirs by entry points (`installed.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ..errors import PageRejected
from ..page import Found, Page, Reader
from ..records import Question
from . import (
    applications,
    discourse_json,
    discourse_tags,
    dump,
    mail,
    ndjson,
    plain_pairs,
    schema_org,
    stackexchange_api,
    table,
    tag_pages,
    teams,
    text,
    threads,
    unmarked,
)
from .addresses import question_id, site_of
from .installed import installed

READERS: tuple[Reader, ...] = (
    ndjson,
    dump,
    stackexchange_api,
    teams,
    table,
    mail,
    schema_org,
    plain_pairs,
    text,
    threads,
    discourse_json,
    discourse_tags,
    tag_pages,
    applications,
    unmarked,
)

BINARY_BYTES = 8192
"""How much of a page that no reader knows is looked at to call it binary: what `grep` and `git` look at."""


def read_page(page: Page) -> tuple[str, Iterator[Found]]:
    """Return the name of the reader that takes the page and what the page holds, with its origin filled in.

    A reader that rejects the page gives way to the next that is confident at all. Raises `PageRejected`, with
    the reason of the most confident one, where none is left.
    """
    page = replace(page)  # what readers make of it goes with this one
    reasons: list[str] = []
    for reader in _by_confidence(page):
        try:
            found = reader.read(page)
            first = next(found, None)
        except PageRejected as rejection:
            reasons.append(rejection.reason)
            continue
        if first is not None:
            return reader.NAME, _with_origin(itertools.chain([first], found), page, reader.NAME)
    raise PageRejected(_unreadable(page) or next(iter(reasons), "not a Q&A page: no reader knows its form"))


def _by_confidence(page: Page) -> list[Reader]:
    """Return the readers that may take the page, the most confident one first."""
    rated = [(reader.sniff(page), reader) for reader in (*READERS, *installed())]
    return [reader for sure, reader in sorted(rated, key=lambda pair: -pair[0]) if sure > 0]


def _with_origin(found: Iterator[Found], page: Page, name: str) -> Iterator[Found]:
    """Yield what was found, with the page and the reader in a question that does not know its own."""
    for one in _placed(found, page.address) if page.address else found:
        if isinstance(one, Question):
            yield replace(one, source=one.source or page.source, reader=one.reader or name)
        else:
            yield one


def _placed(found: Iterator[Found], address: str) -> Iterator[Found]:
    """Yield what was found, with the address in questions that know none; one alone has the id in it, too."""
    all_found = list(found)  # a page that came with an address is one of the web, and bounded
    is_alone = sum(isinstance(one, Question) for one in all_found) == 1
    named = question_id(address) if is_alone else None
    for one in all_found:
        if isinstance(one, Question) and one.url is None:
            id = named if named and one.id.startswith("text:") else one.id
            yield replace(one, id=id, url=address, site=one.site or site_of(address))
        else:
            yield one


def _unreadable(page: Page) -> str | None:
    """Return why no reader can take a page that is no text; None where it is text."""
    head = page.data[:BINARY_BYTES]
    if not head.strip():
        return "empty page" if len(head) == len(page.data) else None
    controls = len(head) - len(head.translate(None, bytes(_CONTROLS)))
    return "binary data, not text" if controls > len(head) // 10 else None


# Control characters that no text has many of; UTF-16 has been decoded by then, or it was no question.
_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")
