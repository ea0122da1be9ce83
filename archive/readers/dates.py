"""Times as forums print them -> UTC.

A time may be stated for machines (`datetime`, `data-time` and the like: ISO 8601 or seconds since 1970), be
printed ("Sun Dec 17, 2023 11:23 am", "30th March 2025, 16:26", "Feb 11 '09 at 1:36", "11-19-02, 06:39 PM",
"2012年3月4日"), or be told from the day the page was saved ("3 hours ago", "Yesterday at 10:15 PM", "2y").
Without a zone it is taken to be UTC: forums print the zone of whoever looks, and hardly any says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bs4 import Tag as Element

from .finding import attribute, text_in
from .things import moment

LONGEST = 120
"""Characters of a text that are looked at for a time: the longest printed ones have 40, words around it."""

STATED = (
    "datetime",
    "data-time",
    "data-timestamp",
    "data-unixtime",
    "data-utime",
    "data-posttime",
    "data-date",
    "data-livestamp",
    "data-order",
    "title",
    "content",
    "data-original-title",
    "data-tip",
    "alt",
)
"""Attributes in which forums state a time, those for machines before those for the visitor."""

FIRST_YEAR = 1980
"""No forum is older; seconds and two-digit years that lead before it are none."""

_MONTH_NAMES = (
    "jan january januar janvier janv enero ene gennaio gen janeiro januari",
    "feb february februar février fevrier févr fevr febrero febbraio fevereiro fev februari",
    "mar march märz maerz mär mars marzo março marco maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
)
_MONTHS: Mapping[str, int] = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SECONDS: Mapping[str, float] = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "wk": 604800,
    "week": 604800,
    "mo": 86400 * 365.25 / 12,
    "month": 86400 * 365.25 / 12,
    "y": 86400 * 365.25,
    "yr": 86400 * 365.25,
    "year": 86400 * 365.25,
}
_UNIT = "|".join(sorted(_SECONDS, key=len, reverse=True))
_AGO = re.compile(rf"\b(\d{{1,4}}|an?|one)\+? ?({_UNIT})s?\b(?=[^\d]*\bago\b|,? (?:and )?\d)", re.IGNORECASE)
_SHORT_AGO = re.compile(rf"\W*(\d{{1,4}}) ?({_UNIT})s?(?: ago)?\W*", re.IGNORECASE)
_NEAR_DAY = re.compile(rf"\b(today|yesterday|{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_NOW = re.compile(r"\W*(?:just )?(?:now|moments? ago)\W*", re.IGNORECASE)

_TIME_OF_DAY = re.compile(
    r"(?<![\d.:-])(\d{1,2})[:h](\d\d)(?::(\d\d))?(?:\.\d{1,6})?\s{0,3}([ap])?\.?(?:m\b\.?)?"
    r"\s{0,3}\(?(Z\b|UTC|GMT|[+-]\d\d:?\d\d\b)?([+-]\d\d?(?!\d))?",
    re.IGNORECASE,
)
_HOUR_ALONE = re.compile(r"(?<![\d:])(\d{1,2})\s?([ap])\.?m\b", re.IGNORECASE)
_YEAR = r"(?:,?\s{0,3}(\d{4})(?!\d)|,?\s{0,3}['’](\d\d)(?!\d))?"
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]{{1,3}}(?:of |de )?([^\W\d_]{{3,10}})\.?-?"
    rf"(?: de)?{_YEAR}"
)
_MONTH_DAY = re.compile(rf"\b([^\W\d_]{{3,10}})\.?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR}")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-./年]\s?(\d{1,2})\s?[-./月]\s?(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.:/-])(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_UNIX = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d{1,6})?")
_DAY_FIRST_BY_DOT = "."


@dataclass(frozen=True, slots=True)
class Clock:
    """What printed times are read with: when the page was received, and which number is the day."""

    received: datetime
    day_first: bool = False

    def time_in(self, element: Element) -> datetime | None:
        """Return the time that an element states, in an attribute or in its text."""
        for name in STATED:
            value = attribute(element, name)
            time = self.time(value) if value else None
            if time:
                return time
        return self.time(text_in(element, LONGEST))

    def time(self, text: str) -> datetime | None:
        """Return the time that a text tells.

        >>> Clock(datetime(2024, 5, 1, 12, tzinfo=UTC)).time("Posted: 30th March 2023, 16:26")
        datetime.datetime(2023, 3, 30, 16, 26, tzinfo=datetime.timezone.utc)
        """
        text = " ".join(text[: LONGEST * 2].split())[:LONGEST]
        if not text:
            return None
        time = moment(text) or _unix(text)
        try:
            time = time or self._printed(text) or self._relative(text)
        except (ValueError, OverflowError):  # the 31st of a month that has 30 days, and such
            return None
        return time if time and FIRST_YEAR <= time.year <= self.received.year + 1 else None

    def _printed(self, text: str) -> datetime | None:
        match = _YEAR_FIRST.search(text)
        if match:
            return _at(int(match[1]), int(match[2]), int(match[3]), text, match)
        for match in (*_DAY_MONTH.finditer(text), *_MONTH_DAY.finditer(text)):
            told, day = (match[2], match[1]) if match.re is _DAY_MONTH else (match[1], match[2])
            month = _MONTHS.get(told.casefold())
            if month:
                return self._named(match, month, int(day), text)
        match = _NUMBERS.search(text)
        if not match:
            return None
        first, second = int(match[1]), int(match[3])
        day_first = second <= 12 and (first > 12 or self.day_first or match[2] == _DAY_FIRST_BY_DOT)
        day, month = (first, second) if day_first else (second, first)
        return _at(_century(int(match[4])), month, day, text, match)

    def _named(self, match: re.Match[str], month: int, day: int, text: str) -> datetime:
        """Return the time with a named month; without a year it is the last such day."""
        year = match[3] or match[4]
        if year:
            return _at(_century(int(year)), month, day, text, match)
        time = _at(self.received.year, month, day, text, match)
        if time > self.received + timedelta(days=1):
            time = _at(self.received.year - 1, month, day, text, match)
        return time

    def _relative(self, text: str) -> datetime | None:
        if _NOW.fullmatch(text):
            return self.received.replace(microsecond=0)
        short = _SHORT_AGO.fullmatch(text)
        told = [(short[1], short[2])] if short else _AGO.findall(text)
        if told:
            return self._back(sum(_number(n) * _SECONDS[unit.lower()] for n, unit in told))
        match = _NEAR_DAY.search(text)
        if not match:
            return None
        word = match[1].lower()
        back = {"today": 0, "yesterday": 1}.get(word)
        if back is None:
            back = (self.received.weekday() - _WEEKDAYS.index(word)) % 7
        day = self.received - timedelta(days=back)
        return _at(day.year, day.month, day.day, text, match)

    def _back(self, seconds: float) -> datetime:
        return self.received.replace(microsecond=0) - timedelta(seconds=round(seconds))


def clock_for(texts: Iterable[str], received: datetime, language: str | None) -> Clock:
    """Return the clock of a page: a number beyond 12 on it says which is the day, else its language."""
    for text in texts:
        match = _NUMBERS.search(text[:LONGEST])
        if match and int(match[1]) > 12:
            return Clock(received, day_first=True)
        if match and int(match[3]) > 12:
            return Clock(received, day_first=False)
    told = (language or "en").lower().replace("_", "-")
    return Clock(received, day_first=not (told.startswith("en") and told != "en-gb" and told != "en-au"))


def _unix(text: str) -> datetime | None:
    if not _UNIX.fullmatch(text):
        return None
    whole = text.partition(".")[0]
    return datetime.fromtimestamp(int(whole) // (1000 if len(whole) > 10 else 1), UTC)


def _at(year: int, month: int, day: int, text: str, date: re.Match[str]) -> datetime:
    """Return that day, at the time of day that stands beside the date."""
    rest = text[date.end() :] + "\n" + text[: date.start()]
    time = _TIME_OF_DAY.search(rest)
    if not time:
        alone = _HOUR_ALONE.search(rest)
        hour = _hour(int(alone[1]), alone[2]) if alone else 0
        return datetime(year, month, day, hour, tzinfo=UTC)
    hour, minute, second = _hour(int(time[1]), time[4]), int(time[2]), int(time[3] or 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _offset(time[5], time[6])


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _offset(zone: str | None, hours: str | None) -> timedelta:
    """Return how far a zone is ahead of UTC: "+0200", "GMT+2", "Z"."""
    if hours:
        return timedelta(hours=int(hours))
    if not zone or zone[0] not in "+-":
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def _century(year: int) -> int:
    """Return a year that may be told by its last two digits."""
    if year > 99:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 1
