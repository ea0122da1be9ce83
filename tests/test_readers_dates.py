"""Times in the forms that forums print, read by a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from askive.archive.readers.dates import Clock, clock_for
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2024, 5, 15, 12, 30, tzinfo=UTC)  # a Wednesday

TIMES = [
    ("2023-12-17T11:23:00+02:00", "2023-12-17 09:23:00"),
    ("2013-05-08 00:06:44 -0600", "2013-05-08 06:06:44"),
    ("2010-02-11 01:36:00Z", "2010-02-11 01:36:00"),
    ("2019-10-29 05:17:12Z, License: CC BY-SA 4.0", "2019-10-29 05:17:12"),
    ("1325894400", "2012-01-07 00:00:00"),
    ("1546300800000", "2019-01-01 00:00:00"),
    ("Sun Dec 17, 2023 11:23 am", "2023-12-17 11:23:00"),
    ("by someone » Sat Feb 24, 2024 12:41 pm", "2024-02-24 12:41:00"),
    ("30th March 2025, 16:26", "2025-03-30 16:26:00"),
    ("Feb 11 '09 at 1:36", "2009-02-11 01:36:00"),
    ("Aug 3, 2012 5:12pm", "2012-08-03 17:12:00"),
    ("Aug 3, 2012 12:05 AM", "2012-08-03 00:05:00"),
    ("January 05, 2019, 03:04:05 PM", "2019-01-05 15:04:05"),
    ("Mar 3 at 12:34", "2024-03-03 12:34:00"),
    ("Nov 3 at 12:34", "2023-11-03 12:34:00"),
    ("11-19-02, 06:39 PM", "2002-11-19 18:39:00"),
    ("02-13-2011, 07:08 PM", "2011-02-13 19:08:00"),
    ("19.11.2002 18:39", "2002-11-19 18:39:00"),
    ("07.11.2002 18:39", "2002-11-07 18:39:00"),
    ("3. März 2015 um 14:05 Uhr", "2015-03-03 14:05:00"),
    ("le 3 février 2015 à 14h05", "2015-02-03 14:05:00"),
    ("5 de mayo de 2016", "2016-05-05 00:00:00"),
    ("2012年3月4日 12:30", "2012-03-04 12:30:00"),
    ("Thu, 02/15/2015 - 08:30", "2015-02-15 08:30:00"),
    ("3 hours ago", "2024-05-15 09:30:00"),
    ("a minute ago", "2024-05-15 12:29:00"),
    ("Posted 2 days ago", "2024-05-13 12:30:00"),
    ("1 day, 2 hours ago", "2024-05-14 10:30:00"),
    ("3h", "2024-05-15 09:30:00"),
    ("just now", "2024-05-15 12:30:00"),
    ("Today at 10:15 AM", "2024-05-15 10:15:00"),
    ("Yesterday at 10:15 PM", "2024-05-14 22:15:00"),
    ("Monday at 3:04 PM", "2024-05-13 15:04:00"),
    ("Reply #1 - Jan 6th, 2009 at 5:04am", "2009-01-06 05:04:00"),
    ("replied on Tue, 01/06/2015 - 05:04 Permalink", "2015-01-06 05:04:00"),
    ("Jan 6, 2015 5:04p", "2015-01-06 17:04:00"),
    ("Jan 6, 2015 5:04 p.m.", "2015-01-06 17:04:00"),
    ("11:22:33 Mar 05, 2012", "2012-03-05 11:22:33"),
    ("Wed Mar 06 2024 10:11:12 GMT+0100 (CET)", "2024-03-06 09:11:12"),
    ("12 мая 2015, 10:20", "2015-05-12 10:20:00"),
    ("Wysłany: 12 grudnia 2015, 10:20", "2015-12-12 10:20:00"),
    ("2012년 3월 4일", "2012-03-04 00:00:00"),
    ("Gestern, 14:02", "2024-05-14 14:02:00"),
    ("Hier à 10h20", "2024-05-14 10:20:00"),
    ("Вчера в 12:01", "2024-05-14 12:01:00"),
    ("前天 10:20", "2024-05-13 10:20:00"),
    ("vor 3 Stunden", "2024-05-15 09:30:00"),
    ("il y a 3 jours", "2024-05-12 12:30:00"),
    ("hace un día", "2024-05-14 12:30:00"),
    ("3 дня назад", "2024-05-12 12:30:00"),
    ("发表于 3 小时前", "2024-05-15 09:30:00"),
]


@pytest.mark.parametrize(("text", "time"), TIMES)
def test_time(text: str, time: str) -> None:
    told = Clock(NOW).time(text)
    assert told is not None
    assert told.strftime("%Y-%m-%d %H:%M:%S") == time
    assert told.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Permalink",
        "May",
        "13 posts",
        "31-31-2020",
        "Feb 30, 2020",
        "99:99",
        "5",
        "for a day",
        "4 posts in 2 days",
    ],
)
def test_no_time(text: str) -> None:
    assert Clock(NOW).time(text) is None


@pytest.mark.parametrize(
    ("texts", "language", "day_first"),
    [
        (["01-02-2020", "25-02-2020"], "en", True),
        (["01-02-2020", "02-25-2020"], "de", False),
        ([], "de", True),
        ([], "en-US", False),
        ([], "en-GB", True),
        ([], None, False),
    ],
)
def test_which_number_is_the_day(texts: list[str], language: str | None, day_first: bool) -> None:
    clock = clock_for(texts, NOW, language)
    assert clock.day_first is day_first
    told = clock.time("03/04/2020")
    assert told is not None
    assert (told.day, told.month) == ((3, 4) if day_first else (4, 3))


def test_what_is_stated_for_machines_goes_first() -> None:
    html = '<abbr title="Jan 5, 2012 at 3:04 PM" data-time="1325894400">Saturday</abbr>'
    element = BeautifulSoup(html, "lxml").find("abbr")
    assert element is not None
    assert Clock(NOW).time_in(element) == datetime(2012, 1, 7, tzinfo=UTC)


@given(st.text(alphabet="0123456789 :./-,'apmAPMJanuryFebZ+ago年月日hday", max_size=60))
def test_any_text_tells_a_time_or_none(text: str) -> None:
    told = Clock(NOW).time(text)
    assert told is None or 1980 <= told.year <= 2025
