"""Which mails are one thread: by the ids they name, then by subject where a reply names none.

After jwz's "Message Threading" (https://www.jwz.org/doc/threading.html), with two differences. A thread here
is flat, a question and its answers, so that mails need no parents, only to be in one set. And a mail that
names others stays with those: what its subject says counts only where it names none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .mail_headers import Head
from .mail_subjects import Subject

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread: the id of the mail that began it, its number if it is there, and those of the replies."""

    id: str | None
    root: int | None
    replies: tuple[int, ...]

    @property
    def first(self) -> int:
        """The number of its first mail in the box."""
        return min(self.numbers)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all its mails in the box, in their order there."""
        return sorted(self.replies if self.root is None else (self.root, *self.replies))


def threads(heads: Sequence[Head], subjects: Sequence[Subject]) -> list[Thread]:
    """Return the threads of mails, each mail in one, in the order of their first mails.

    A mail that is there twice is taken once. Replies are sorted by date, those without one last.
    """
    numbers = _first_of_each(heads)
    sets = _Sets()
    for number in numbers:
        for id in heads[number].references:
            sets.unite(_key(heads, number), id)
    _unite_by_subject(heads, subjects, numbers, sets)
    members: dict[str, list[int]] = {}
    for number in numbers:
        members.setdefault(sets.find(_key(heads, number)), []).append(number)
    found = [_thread(heads, subjects, group) for group in members.values()]
    return sorted(found, key=lambda thread: thread.first)


class _Sets:
    """Sets of keys that can be united: a mail may name any other, itself or a loop, and costs the same."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, key: str) -> str:
        """Return the key that stands for the set of `key`."""
        above = self._above
        while (higher := above.setdefault(key, key)) != key:
            above[key] = above[higher]
            key = higher
        return key

    def unite(self, first: str, second: str) -> None:
        """Make one set of those of two keys."""
        self._above[self.find(second)] = self.find(first)


def _first_of_each(heads: Sequence[Head]) -> list[int]:
    """Return the numbers of the mails, each once: a box of sent and received mail has some twice."""
    seen: set[str] = set()
    numbers = []
    for number in range(len(heads)):
        key = _key(heads, number)
        if key not in seen:
            seen.add(key)
            numbers.append(number)
    return numbers


def _key(heads: Sequence[Head], number: int) -> str:
    return heads[number].id or f" {number}"  # no id begins with a space


def _unite_by_subject(
    heads: Sequence[Head], subjects: Sequence[Subject], numbers: Sequence[int], sets: _Sets
) -> None:
    """Put each reply that names no mail to the last question of its subject before it, else to its likes."""
    last: dict[str, int] = {}
    for number in sorted(numbers, key=lambda n: (_when(heads[n]), n)):
        key = subjects[number].key
        if heads[number].references or not key:
            continue
        if subjects[number].is_reply and key in last:
            sets.unite(_key(heads, last[key]), _key(heads, number))
        else:
            last[key] = number


def _thread(heads: Sequence[Head], subjects: Sequence[Subject], group: Sequence[int]) -> Thread:
    """Return the thread of mails that belong together."""
    ordered = sorted(group, key=lambda n: (_when(heads[n]), n))
    begins = [n for n in ordered if not heads[n].references]
    asks = [n for n in begins if not subjects[n].is_reply]
    if asks:
        return Thread(heads[asks[0]].id, asks[0], tuple(n for n in ordered if n != asks[0]))
    missing = _missing_root(heads, ordered)
    if missing is None and not begins:  # mails that follow each other in a loop
        return Thread(heads[ordered[0]].id, ordered[0], tuple(ordered[1:]))
    return Thread(missing or heads[begins[0]].id, None, tuple(ordered))


def _missing_root(heads: Sequence[Head], ordered: Sequence[int]) -> str | None:
    """Return the mail that replies name first and that is not there, the one most of them name."""
    present = {heads[n].id for n in ordered}
    named = [heads[n].references[0] for n in ordered if heads[n].references]
    absent = Counter(id for id in named if id not in present)
    return next((id for id, _ in absent.most_common(1)), None)


def _when(head: Head) -> datetime:
    return head.date or _NEVER
