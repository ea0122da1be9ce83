"""Subjects of mail: what mail programs and lists put before a title, and what is left without it.

Which word stands for "Re" or "Fwd" in which language is after Wikipedia's "List of email subject
abbreviations". Italian's `R:` and `I:` are left out: `R: how do I plot?` asks about a language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..records import normalise

REPLY_WORDS = """
    re aw antw antwort sv svar vs vast vá odp rif res resp ref réf ynt yan atb bls ad απ σχετ отв отг
    回复 回覆 答复 答覆 返信 회신 답장 השב رد ตอบกลับ
"""
FORWARD_WORDS = """
    fwd fw wg tr rv enc doorst vb vl vid fs pd továbbítás i̇lt ilt trs πρθ пер
    转发 轉寄 轉發 転送 전달 הועבר
"""

MIN_SHARED = 3
"""Mails that a box needs before a prefix most of them carry is taken for its list's: two agree by chance."""


def _prefix(words: str) -> re.Pattern[str]:
    """Return what matches one of the words with its counter and its colon: `Re:`, `Re[2]:`, `AW :`."""
    either = "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))
    return re.compile(rf"\s*(?:{either})\s?(?:[\[(^]\d{{1,3}}[\])]?)?\s?[:：]", re.IGNORECASE)


_REPLY = _prefix(REPLY_WORDS)
_FORWARD = _prefix(FORWARD_WORDS)
_BRACKET = re.compile(r"\s*\[([^\[\]]{1,80})\]")
_NO_TITLE = re.compile(
    r"[(<]?(?:no subject|none|kein betreff|sans objet|sin asunto|sem assunto)[)>]?", re.IGNORECASE
)
_FORWARDED = re.compile(r"\s*[(\[](?:fwd|fw)[)\]]\s*\Z", re.IGNORECASE)
_COUNTER = re.compile(r"[\s:,#-]+\d+\Z")  # [ruby-talk:12345]
_SORT_OF_LIST = re.compile(r"[-_.](?:users?|lists?|help|dev|devel|discuss(?:ion)?|general|l)\Z")


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject taken apart: its `title`, whether it says "Re", and the list names cut from it."""

    title: str
    is_reply: bool
    lists: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the subjects of one thread have in common."""
        return normalise(self.title)


def subject_of(line: str, lists: Collection[str]) -> Subject:
    """Take a subject apart; `lists` are names of lists as `folded` makes them, cut where in brackets.

    >>> subject_of("[ml] AW: [ml] [BUG] Re[2]: It fails", {"ml"})
    Subject(title='[BUG] It fails', is_reply=True, lists=('ml',))
    """
    is_reply, kept, found, place = False, [], [], 0
    while True:
        if match := _REPLY.match(line, place):
            is_reply = True
        elif match := _FORWARD.match(line, place):
            pass
        elif match := _BRACKET.match(line, place):
            name = _without_counter(match[1])
            if folded(name) in lists:
                found.append(name)
            else:
                kept.append(match[0].strip())
        else:
            break
        place = match.end()
    title = " ".join([*kept, _FORWARDED.sub("", line[place:]).strip()]).strip()
    return Subject("" if _NO_TITLE.fullmatch(title) else title, is_reply, tuple(dict.fromkeys(found)))


def folded(name: str) -> str:
    """Return a list's name as it is compared: small letters and digits only."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def names_of_list(name: str) -> set[str]:
    """Return what may stand in brackets for a list, folded: its name, and that without "-users"."""
    return {folded(name), folded(_SORT_OF_LIST.sub("", name.casefold()))} - {""}


def shared_prefixes(subjects: Iterable[str]) -> set[str]:
    """Return the first bracket, folded, that more than half of the subjects of a box carry."""
    firsts: Counter[str] = Counter()
    total = 0
    for line in subjects:
        total += 1
        if name := _first_bracket(line):
            firsts[folded(name)] += 1
    return {name for name, count in firsts.items() if name and count * 2 > total >= MIN_SHARED}


def _first_bracket(line: str) -> str | None:
    place = 0
    while match := _REPLY.match(line, place) or _FORWARD.match(line, place):
        place = match.end()
    match = _BRACKET.match(line, place)
    return _without_counter(match[1]) if match else None


def _without_counter(name: str) -> str:
    return _COUNTER.sub("", name.strip())
