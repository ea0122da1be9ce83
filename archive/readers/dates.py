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
    "jan january januar janvier janv enero ene gennaio gen janeiro januari ledna stycznia sty ocak "
    "января январь янв",
    "feb february februar février fevrier févr fevr febrero febbraio fevereiro fev februari února lutego lut "
    "şubat февраля февраль фев февр",
    "mar march märz maerz mär mars marzo março marco maart mrt marts března marca mart марта март мар",
    "apr april avril avr abril abr aprile dubna kwietnia kwi nisan апреля апрель апр",
    "may mai mayo maggio mag maio mei maj května maja mayıs мая май",
    "jun june juni juin junio giugno giu junho června czerwca cze haziran июня июнь июн",
    "jul july juli juillet juil julio luglio lug julho července lipca lip temmuz июля июль июл",
    "aug august août aout agosto ago augustus augusti srpna sierpnia sie ağustos августа август авг",
    "sep sept september septembre septiembre settembre set setembro září września wrz eylül "
    "сентября сентябрь сен сент",
    "oct october oktober okt octobre octubre ottobre ott outubro out října października paź ekim "
    "октября октябрь окт",
    "nov november novembre noviembre novembro listopadu listopada lis kasım ноября ноябрь ноя нояб",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro desember prosince "
    "grudnia gru aralık декабря декабрь дек",
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
# "vor 3 Stunden", "il y a 2 jours", "hace 5 horas", "3 ore fa", "3 дня назад", "3 小时前": how units begin.
_UNITS_ABROAD = (
    (1, "sekund seconde segund second секунд 秒"),
    (60, "minut минут 分"),
    (3600, "stund heure hora ora ore uur godzin timm timer hodin saat час 小时 小時 時間"),
    (86400, "tag jour día dia giorn dag dni dzień dn gün день дня дней 天 日"),
    (604800, "woche semaine semana settiman week tygod veck uge týdn hafta недел 周 週"),
    (86400 * 365.25 / 12, "monat mois mes mese mesi maand miesi månad måned měsíc ay месяц 个月 個月 か月"),
    (86400 * 365.25, "jahr an año ano ann jaar lat rok år let yıl год лет 年"),
)
_SECONDS_ABROAD: Mapping[str, float] = {
    name: seconds for seconds, names in _UNITS_ABROAD for name in names.split()
}
_UNIT_ABROAD = "|".join(sorted(_SECONDS_ABROAD, key=len, reverse=True))
_ONE = "an?|one|eine[rm]?|un[ae]?|uno|één|en|ett"
_AGO_ABROAD = re.compile(
    rf"\b(?:vor|il y a|hace|há|před)(?: etwa| environ| circa)? (\d{{1,4}}|{_ONE}) ?({_UNIT_ABROAD})"
    rf"|\b(\d{{1,4}}|{_ONE}) ?({_UNIT_ABROAD})\w{{0,8}} ?"
    r"(?:fa|atrás|geleden|temu|sedan|siden|önce|назад|前)(?!\w)",
    re.IGNORECASE,
)
_AGO = re.compile(rf"\b(\d{{1,4}}|an?|one)\+? ?({_UNIT})s?\b(?=[^\d]*\bago\b|,? (?:and )?\d)", re.IGNORECASE)
_SHORT_AGO = re.compile(rf"\W*(\d{{1,4}}) ?({_UNIT})s?(?: ago)?\W*", re.IGNORECASE)
_NEAR_DAYS = (
    "today heute aujourd'hui aujourd’hui hoy oggi hoje vandaag dzisiaj dziś idag dnes bugün сегодня "
    "今天 今日",
    "yesterday gestern hier ayer ieri ontem gisteren wczoraj igår včera dün вчера 昨天 昨日",
    "vorgestern avant-hier anteayer позавчера 前天",
)
_DAYS_BACK: Mapping[str, int] = {name: n for n, names in enumerate(_NEAR_DAYS) for name in names.split()}
_NEAR_DAY = re.compile(rf"(?<!\w)({'|'.join((*_DAYS_BACK, *_WEEKDAYS))})(?![^\W\d])", re.IGNORECASE)
_NOW = re.compile(r"\W*(?:just )?(?:now|moments? ago)\W*", re.IGNORECASE)

_TIME_OF_DAY = re.compile(
    r"(?<![\d.:-])(\d{1,2})[:h](\d\d)(?::(\d\d))?(?:\.\d{1,6})?\s{0,3}(?:([ap])(?:\.?m\b\.?|\b))?"
    r"\s{0,3}\(?(Z\b|(?:UTC|GMT)?[+-]\d\d:?\d\d\b|UTC|GMT)?([+-]\d\d?(?!\d))?",
    re.IGNORECASE,
)
_HOUR_ALONE = re.compile(r"(?<![\d:])(\d{1,2})\s?([ap])\.?m\b", re.IGNORECASE)
_YEAR = r"(?:,?\s{0,3}(\d{4})(?!\d)|,?\s{0,3}['’](\d\d)(?!\d))?"
_DAY_MONTH = re.compile(
    rf"(?<![\d:])(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]{{1,3}}(?:of |de )?([^\W\d_]{{3,10}})\.?-?"
    rf"(?: de)?{_YEAR}"
)
_MONTH_DAY = re.compile(rf"\b([^\W\d_]{{3,10}})\.?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR}")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.:/-])(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_UNIX = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d{1,6})?")
_DAY_FIRST_BY_DOT = "."


@dataclass(frozen=True, slots=True)
class Clock:
    """What printed times are read with: when the page was received, and which number is the day."""

    received: datetime
    day_first: bool = False

    def time_in(self, element: Element) -> datetime | None:
        """Return the time that an element states in an attribute or its text: a day rather than an age."""
        told = [value for name in STATED if (value := attribute(element, name))]
        told.append(text_in(element, LONGEST))
        times = (self.time(text, is_age=is_age) for is_age in (False, True) for text in told)
        return next((time for time in times if time), None)

    def time(self, text: str, *, is_age: bool | None = None) -> datetime | None:
        """Return the time that a text tells; with `is_age`, only as "3 hours ago", or only otherwise.

        >>> Clock(datetime(2024, 5, 1, 12, tzinfo=UTC)).time("Posted: 30th March 2023, 16:26")
        datetime.datetime(2023, 3, 30, 16, 26, tzinfo=datetime.timezone.utc)
        """
        text = " ".join(text[: LONGEST * 2].split())[:LONGEST]
        if not text:
            return None
        try:
            time = None if is_age else moment(text) or _unix(text) or self._printed(text)
            if time is None and is_age is not False:
                time = self._relative(text)
        except (ValueError, OverflowError):  # the 31st of a month that has 30 days, and such
            return None
        return time if time and FIRST_YEAR <= time.year <= self.received.year + 1 else None

    def _printed(self, text: str) -> datetime | None:
        match = _YEAR_FIRST.search(text)
        if match:
            return _at(int(match[1]), int(match[2]), int(match[3]), text, match)
        named = [found for found in (*_DAY_MONTH.finditer(text), *_MONTH_DAY.finditer(text)) if _month(found)]
        if named:  # "#1 - Jan 6th, 2009": what has a year goes first
            return self._named(min(named, key=lambda found: not (found[3] or found[4])), text)
        match = _NUMBERS.search(text)
        if not match:
            return None
        first, second = int(match[1]), int(match[3])
        day_first = second <= 12 and (first > 12 or self.day_first or match[2] == _DAY_FIRST_BY_DOT)
        day, month = (first, second) if day_first else (second, first)
        return _at(_century(int(match[4])), month, day, text, match)

    def _named(self, match: re.Match[str], text: str) -> datetime:
        """Return the time with a named month; without a year it is the last such day."""
        month, day = _month(match), int(match[1 if match.re is _DAY_MONTH else 2])
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
        abroad = _AGO_ABROAD.search(text)
        if abroad:
            unit = _SECONDS_ABROAD[(abroad[2] or abroad[4]).lower()]
            return self._back(_number(abroad[1] or abroad[3]) * unit)
        match = _NEAR_DAY.search(text)
        if not match:
            return None
        word = match[1].lower()
        back = _DAYS_BACK.get(word)
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


def _month(match: re.Match[str]) -> int:
    """Return the month that a match names; 0 where the word is none."""
    return _MONTHS.get(match[2 if match.re is _DAY_MONTH else 1].casefold(), 0)


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _offset(zone: str | None, hours: str | None) -> timedelta:
    """Return how far a zone is ahead of UTC: "+0200", "GMT+2", "Z"."""
    if hours:
        return timedelta(hours=int(hours))
    zone = (zone or "").upper().removeprefix("UTC").removeprefix("GMT")
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
