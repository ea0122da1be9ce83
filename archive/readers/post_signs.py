"""What makes a block a post, wherever it stands on a page: an author, a time and a text in it.

A page is searched once for each of these, and each time read once: there are many blocks to look into, and
they stand in one another.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice

from bs4 import Tag as Element
from bs4.element import NavigableString

from .dates import Clock
from .finding import Outline, text_in

AUTHORS = (
    "[itemprop=author], [rel=author], [class*=author], [class*=username], [class*=user-name], "
    "[class*=poster], [class*=byline], "
    "a[href*='/user'], a[href*='/member'], a[href*='/profile'], a[href*='/people/'], "
    "a[href*='/u/'], [class*=nick], a[href*=profile], a[href*=member], a[href*=user], a[href*='uid='], "
    "[class*=auth], [class*=user], .name, .fn, cite"
)
TIMES = (
    "time, [datetime], [class*=date], [class*=time], [class*=posted], [class*=published], abbr[title], "
    "[data-timestamp], [data-time], .when, .age, .ago"
)
HEADS = "time, [itemprop=author], [class*=author], [class*=username], [class*=byline], [class*=signature]"
"""What stands at the head or the foot of a post, and so in no text."""

TEXTS = "p, blockquote, pre, [itemprop=text], [class], [id]"
"""What may hold the text of a post."""

SHORTEST_TEXT = 15
"""Characters that a post's text must have to count as one; "Thanks!" does not, but one in five may be so."""

SHORTEST_TIME = 6
"""Characters of a printed time: "May 5"; what is shorter is told by the elements for times only."""

LONGEST_TIME = 100
"""Characters of a printed time with its author: "posted by tom at 10:11 AM on March 15, 2019"."""

FEW_AUTHORS = 5
FEW_TIMES = 5
"""Elements for times that are looked at in a block: a post may also say when its author joined."""

FEW_LEAVES = 60
"""Elements of a block that are looked at for a printed time; it stands at the head of a post."""

FEW_TEXTS = 60
"""Elements of a block that are looked at for its text."""

SMALL = 12
"""Elements that a line about the author and the time of a post is made of."""


class _Places:
    """Where on the page the elements stand that a selector finds."""

    def __init__(self, outline: Outline, selector: str) -> None:
        self._outline = outline
        self._elements = outline.find(selector)
        self._places = [outline.place(element) for element in self._elements]

    def within(self, block: Element, most: int | None = None) -> list[Element]:
        """Return those in a block, itself among them, the first `most` of them."""
        begin = self._outline.place(block)
        first = bisect_left(self._places, begin)
        last = bisect_left(self._places, begin + self._outline.size(block))
        return self._elements[first : last if most is None else min(last, first + most)]


class Signs:
    """The authors, times and texts of one page, by the block that they stand in."""

    def __init__(self, outline: Outline, clock: Clock) -> None:
        """Search the page once; times are read with the clock."""
        self._outline, self._clock = outline, clock
        self._authors = _Places(outline, AUTHORS)
        self._times = _Places(outline, TIMES)
        self._heads = _Places(outline, HEADS)
        self._texts = _Places(outline, TEXTS)
        self._all = _Places(outline, "*")
        self._tells: dict[int, bool] = {}

    def is_post(self, block: Element) -> bool:
        """Tell whether a block has an author, a time and a text."""
        return self._names_author(block) and self._tells_time(block) and self._has_text(block)

    def authors(self, block: Element) -> list[Element]:
        """Return the elements that may name an author."""
        return self._authors.within(block)

    def has_head(self, element: Element) -> bool:
        """Tell whether an element holds what stands above or below a text."""
        return bool(self._heads.within(element, 1))

    def printed_time(self, block: Element) -> Element | None:
        """Return the first element of a block with hardly more than a time in it."""
        small = (
            element
            for element in self._all.within(block, FEW_LEAVES)
            if element is not block and self._outline.size(element) <= SMALL
        )
        return next((element for element in small if self._prints_time(element)), None)

    def _names_author(self, block: Element) -> bool:
        return any(text_in(element, 60) for element in self._authors.within(block, FEW_AUTHORS))

    def _tells_time(self, block: Element) -> bool:
        """Tell whether a block has a time in an element for it, or in one of its first short texts."""
        if any(self._states_time(element) for element in self._times.within(block, FEW_TIMES)):
            return True
        return self.printed_time(block) is not None

    def _states_time(self, element: Element) -> bool:
        known = self._tells.get(id(element))
        if known is None:
            known = self._tells[id(element)] = self._clock.time_in(element) is not None
        return known

    def _prints_time(self, element: Element) -> bool:
        length = len(text_in(element, LONGEST_TIME + 1))
        return SHORTEST_TIME <= length <= LONGEST_TIME and self._states_time(element)

    def _has_text(self, block: Element) -> bool:
        headless = (e for e in self._texts.within(block, FEW_TEXTS) if not self.has_head(e))
        return bare_text(block) or any(_says(element) for element in headless)


def bare_text(block: Element) -> bool:
    """Tell whether a text stands in a block with no element of its own."""
    bare = (len(part.strip()) for part in islice(block.contents, FEW_TEXTS) if type(part) is NavigableString)
    return sum(bare) >= SHORTEST_TEXT


def _says(element: Element) -> bool:
    return len(text_in(element, SHORTEST_TEXT * 2)) >= SHORTEST_TEXT
