"""Pages that were saved, or are kept by an archive of the web: their own address and time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from askive.archive.page import Page
from askive.archive.readers.addresses import original, question_id, site_of
from askive.archive.readers.html import page_address, parse, time_of_page
from askive.archive.readers.saved import Saved, saved

RECEIVED = datetime(2024, 7, 1, 12, tzinfo=UTC)
ADDRESS = "https://a.example/questions/7/how"


def page(html: str) -> Page:
    return Page(html.encode(), "page", RECEIVED)


@pytest.mark.parametrize(
    ("html", "known"),
    [
        (f"<!DOCTYPE html>\n<!-- saved from url=(0033){ADDRESS} -->\n<html><p>x", Saved(ADDRESS)),
        (
            f"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: {ADDRESS} \n"
            " saved date: Thu Mar 04 2021 10:00:00 GMT+0100 (CET)\n--><p>x",
            Saved(ADDRESS, datetime(2021, 3, 4, 9, tzinfo=UTC)),
        ),
        (
            f"<html><!--\n Archive processed by SingleFile \n url: {ADDRESS}\n saved date: long ago\n--><p>x",
            Saved(ADDRESS),
        ),
        (
            "<html>\n<!-- Mirrored from a.example/questions/7/how by HTTrack Website Copier/3.x [XR&CO'2014],"
            " Fri, 04 Mar 2016 12:00:00 GMT -->\n<p>x",
            Saved("http://a.example/questions/7/how", datetime(2016, 3, 4, 12, tzinfo=UTC)),
        ),
        (
            f'<html><head><script>__wm.init("x");\n __wm.wombat("{ADDRESS}","20120601114039","y");</script>',
            Saved(ADDRESS, datetime(2012, 6, 1, 11, 40, 39, tzinfo=UTC)),
        ),
        (f'<script>__wm.wombat("{ADDRESS}","20129901114039")</script>', Saved(ADDRESS)),
        ("<html><!-- saved from the fire --><script>var x</script><p>x", Saved()),
        (f"<html>{'<p>x' * 500}<!-- saved from url=(0033){ADDRESS} -->", Saved()),
    ],
)
def test_what_savers_write(html: str, known: Saved) -> None:
    assert saved(parse(page(html))) == known


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="https://web.archive.org/web/20120601114039/{ADDRESS}">',
        f'<meta property="og:url" content="https://web.archive.org/web/20120601114039id_/{ADDRESS}">',
        f'<link rel="canonical" href="https://archive.today.example/20120601114039/{ADDRESS}">',
        f'<script>__wm.wombat("{ADDRESS}","20120601114039")</script>'
        f'<link rel="canonical" href="/web/20120601114039/{ADDRESS}">',
    ],
)
def test_a_page_of_an_archive_of_the_web(head: str) -> None:
    given = page(f"<html><head>{head}")
    assert page_address(parse(given)) == ADDRESS
    assert time_of_page(parse(given), given) == datetime(2012, 6, 1, 11, 40, 39, tzinfo=UTC)


def test_a_page_is_not_of_later_than_it_was_received() -> None:
    head = f'<link rel="canonical" href="https://web.archive.org/web/20290601114039/{ADDRESS}">'
    given = page(f"<html><head>{head}")
    assert time_of_page(parse(given), given) == given.received


def test_a_canonical_address_may_be_relative_to_the_saved_one() -> None:
    html = f"<!-- saved from url=(0033){ADDRESS}?page=2 --><html><link rel=canonical href=/questions/7/how>"
    assert page_address(parse(page(html))) == ADDRESS


def test_ids_of_archived_addresses_are_of_the_site() -> None:
    archived = f"https://web.archive.org/web/2012060111/{ADDRESS}"
    assert (original(archived), site_of(archived), question_id(archived)) == (
        ADDRESS,
        "a.example",
        "a.example:7",
    )
    assert original(ADDRESS) == ADDRESS
    assert original("https://a.example/12345678/x") == "https://a.example/12345678/x"
