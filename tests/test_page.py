"""What readers make of a page is made once, and none sees what another changed of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from askive.archive.errors import PageRejected
from askive.archive.page import Page
from askive.archive.readers import threads, unmarked
from askive.archive.readers.html import parse, release

NOW = datetime(2026, 1, 1, tzinfo=UTC)
# Two posts in vBulletin's markup, with what its layout drops: a thread that asks nothing.
CHATTER = b"""<html><body><div id="posts"><h1>Photos</h1>
<div id="edit1"><div id="post_message_1">Mine.</div><div class="signature">x</div></div>
<div id="edit2"><div id="post_message_2">Mine too.</div></div></div></body></html>"""


def test_a_page_is_parsed_once() -> None:
    page = Page(b"<html><p>x", "a.html", NOW)
    assert parse(page) is parse(page)
    assert parse(page) is not parse(Page(page.data, page.source, NOW))


def test_a_released_page_is_parsed_anew() -> None:
    page = Page(b"<html><p>x", "a.html", NOW)
    first = parse(page)
    release(page)
    assert parse(page) is not first


@pytest.mark.parametrize("reader", [threads, unmarked], ids=["threads", "unmarked"])
def test_no_reader_leaves_its_changes_to_the_next(reader: object) -> None:
    page = Page(CHATTER, "a.html", NOW)
    before = str(parse(Page(CHATTER, "a.html", NOW)))
    with pytest.raises(PageRejected):
        list(reader.read(page))  # type: ignore[attr-defined]
    assert str(parse(page)) == before


def test_pages_are_equal_whatever_was_made_of_them() -> None:
    page, other = Page(b"<html>", "a", NOW), Page(b"<html>", "a", NOW)
    parse(page)
    assert page == other
