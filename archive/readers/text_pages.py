"""The form of scraped text: its cells, its tag sections, and the pages that stand in one file. Pure.

Pages of one file are parted by a form feed, a rule (`-----`), blank lines, a line end, or nothing at all.
What tells that a page begins are the tag sections at the end of its first cell: no other cell has any. Pages
without tags are told apart only where every part between form feeds, rules or two blank lines is a page. What
is set in, quoted or fenced is part of an answer that shows how such pages look.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ..body import sentence_end

_CELL_END = re.compile(r"(?:^|[ \t])\|[ \t]*(?:\n|\Z)", re.MULTILINE)
_SLUG = re.compile(r"(?<!\S)(?=\S*[a-z])[^\sA-Z|]{1,100}(?= [^\sa-z])")
# What a blurb begins with: no small letter, unless of a name such as iOS or jQuery, and no closing sign.
_BLURB = re.compile(r"""[^\W_a-z]|["“‘«(\[¿¡]|[.#@]\w|[a-z]{1,3}[A-Z]""")
_SEPARATORS = re.compile(r"[-. ]")

_RULE = re.compile(r"[ \t]*([-=_*~#+])(?:[ \t]*\1){2,}[ \t]*")
_FILE = re.compile(r"==> .{1,300} <==|\f")  # what `head` and `tail` put before each of several files
_STOPPED = re.compile(r"""[.!?…。！？][)\]"'”’»]*\s*\Z""")
_SHOWN = re.compile(r"[ ]{4}|\t|[ ]*[>`]")
_FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)
_LED = re.compile(r"""[^\n:?]{0,300}:\s+["“'`]?[A-Z¿]""")  # "It looks so: What is it? tea Tea"
# Where one file was put behind another that has no line end: "by mail.What is"; no name such as System.Out.
_GLUE = re.compile(
    r"(?<=[ \n][a-z][a-z])[a-z]*[.!?](?=(?:An?|Am|Any|Are|Can|Could|Did|Does?|Ha[ds]|Have|How|I|If|In|Is|My|"
    r"Should|The|Was|We|Were|What|When|Where|Which|Who|Whose|Why|Will|Would) [a-z])"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Where a tag's section begins in the first cell, where its title ends, and the two names on it."""

    begin: int
    end: int
    slug: str
    title: str


class _Gap(IntEnum):
    """What stands before a line."""

    LINE_END = 0
    BLANK_LINE = 1
    BLANK_LINES = 2
    RULE = 3
    FILE = 4  # a new page, or the name of the next file


@dataclass(frozen=True, slots=True)
class _Break:
    """A place where a page may begin: where the text before it ends, where that behind begins, the gap."""

    before: int
    behind: int
    gap: _Gap


def cells_of(text: str) -> list[str]:
    """Return the cells that hold anything."""
    return [cell for cell in (part.strip() for part in _CELL_END.split(text)) if cell]


def is_question_and_answers(cells: Sequence[str]) -> bool:
    """Tell whether cells without tags are a question that asks, and answers; rows of a table are neither."""
    return len(cells) > 1 and "?" in cells[0] and not any(" | " in c or c.startswith("|") for c in cells)


def sections_of(cell: str) -> list[Section]:
    """Return the tag sections at the end of a first cell.

    A slug and its title differ in capitals and separators only, so they are equally long; behind the title
    the blurb is glued on, or the cell ends, or the next section begins.
    """
    found: list[Section] = []
    for match in _SLUG.finditer(cell):
        begin = match.end() + 1
        title = cell[begin : begin + len(match[0])]
        if _is_title(title, match[0]):
            found.append(Section(match.start(), begin + len(title), match[0], title))
    begins = {section.begin for section in found} | {len(cell)}
    return [s for s in found if _BLURB.match(cell, s.end) or _skipped(cell, s.end) in begins]


def tags_of(cells: Sequence[str]) -> list[Section]:
    """Return the tag sections of a page: those from the end of a sentence on, or before another cell.

    Elsewhere a name and its like in capitals ("class ClassNode") are code.
    """
    found = sections_of(cells[0]) if cells else []
    for n, section in enumerate(found):
        if not section.begin or _is_stopped(cells[0], section.begin):
            return found[n:]
    return found if len(cells) > 1 else []


def pages_of(text: str) -> list[str]:
    """Return the pages of a text, in order; the text itself where it is one page, or none."""
    lines = text.replace("\f", "\n\f\n") if "\f" in text else text
    breaks = list(_breaks(lines))
    if parts := _parted(lines, breaks):
        return [page for part in parts for page in pages_of(part)]
    return _by_tags(lines, breaks) or [text]


def _is_title(text: str, slug: str) -> bool:
    """Tell whether a text is a slug's title; "Plan " in "the plan. Plan B" is none, nor is "that" again."""
    begins_small = text.islower() or text[:1].islower()
    return _folded(text) == _folded(slug) and not begins_small and not text[-1:].isspace()


def _skipped(cell: str, place: int) -> int:
    """Return the place behind the white space at `place`."""
    while place < len(cell) and cell[place].isspace():
        place += 1
    return place


def _folded(name: str) -> str:
    return _SEPARATORS.sub(" ", name).casefold()


# Where a page may begin


def _breaks(text: str) -> Iterator[_Break]:
    """Yield the beginnings of lines that hold text."""
    begin = before = 0
    gap = _Gap.LINE_END
    for line in text.split("\n"):
        if (here := _gap_of(line)) is None:
            yield _Break(before, begin, gap)
            before, gap = begin + len(line), _Gap.LINE_END
        else:
            gap = _Gap.BLANK_LINES if here == gap == _Gap.BLANK_LINE else max(gap, here)
        begin += len(line) + 1


def _gap_of(line: str) -> _Gap | None:
    """Return what gap a line is; None where it holds text."""
    if _FILE.fullmatch(line):
        return _Gap.FILE
    if not line.strip():
        return _Gap.BLANK_LINE
    return _Gap.RULE if _RULE.fullmatch(line) else None


def _cut(text: str, begin: int, places: Iterable[_Break]) -> list[str]:
    """Return the text in pages, without the gaps between them, and without one at the end."""
    pages = []
    for place in places:
        pages.append(text[begin : place.before])
        begin = place.behind
    return [*pages, text[begin : _end(text)]]


def _end(text: str) -> int:
    """Return where a text ends but for gaps."""
    end = len(text)
    while end > 0:
        line = text.rfind("\n", 0, end) + 1
        if _gap_of(text[line:end]) is None:
            return end
        end = line - 1
    return 0


# Pages that are parted alike throughout


def _parted(text: str, breaks: Sequence[_Break]) -> list[str]:
    """Return what stands between the strongest gaps, where each part is a page; else nothing.

    Where one of two parts alone has tags, the other may be the rest of its answer, behind a rule.
    """
    strongest = max((place.gap for place in breaks[1:]), default=_Gap.LINE_END)
    if strongest < _Gap.BLANK_LINES:
        return []
    parts = _cut(text, breaks[0].behind, (place for place in breaks[1:] if place.gap == strongest))
    if not all(map(_is_page, parts)):
        return []
    are_alike = len({_is_tagged(cells_of(part)[0]) for part in parts}) == 1
    return parts if are_alike or len(parts) > 2 or strongest is _Gap.FILE else []


def _is_page(text: str) -> bool:
    """Tell whether a text is a page by itself: tags behind a question, or a question that asks at once."""
    cells = cells_of(text)
    if not cells or _SHOWN.match(text) or len(_FENCE.findall(text)) % 2:
        return False
    asked = cells[0][: sentence_end(cells[0])]
    return _is_tagged(cells[0]) or (is_question_and_answers(cells) and asked.endswith("?"))


def _is_tagged(cell: str) -> bool:
    return any(_is_stopped(cell, section.begin) for section in sections_of(cell))


def _is_stopped(text: str, end: int) -> bool:
    """Tell whether a sentence ends before a place, as it does before a question's first tag."""
    return _STOPPED.search(text[max(0, end - 20) : end]) is not None


# Pages that are told by their tags


def _by_tags(text: str, breaks: Sequence[_Break]) -> list[str]:
    """Return the text, cut before each question but the first that has tags behind it; nothing for one."""
    found = list(_beginnings(text, breaks))
    if not found:
        return []
    usual = Counter(max(place.gap for place in places) for places, _ in found).most_common(1)[0][0]
    return _cut(text, breaks[0].behind, (_likeliest(places, asks, usual) for places, asks in found))


def last_page(text: str) -> int:
    """Return where the last page of a part of a file begins, as tags tell; 0 where none but a first does."""
    found = list(_beginnings(text, list(_breaks(text))))
    return _likeliest(*found[-1], _Gap.FILE).behind if found else 0


def _likeliest(places: Sequence[_Break], asks: int, usual: _Gap) -> _Break:
    """Return the last place before the sign at `asks`, of those with a gap as the file's pages have it."""
    gap = min(usual, max(place.gap for place in places))
    fit = [place for place in places if place.gap >= gap]
    return next((place for place in reversed(fit) if place.behind <= asks), fit[-1])


def _beginnings(text: str, breaks: Sequence[_Break]) -> Iterator[tuple[list[_Break], int]]:
    """Yield for each page but the first where it may begin, and where the last "?" before its tags is.

    A cell with tags that is not the file's first is the end of one page and the beginning of the next; behind
    a page's tags only a wide gap begins another, for blurbs have lines.
    """
    lines = [place.behind for place in breaks]
    fences = [match.start() for match in _FENCE.finditer(text)]
    is_first = True
    for begin, end in _spans(text):
        low, least = begin, _Gap.LINE_END
        for section in sections_of(text[begin:end]):
            tags = begin + section.begin
            if not _is_stopped(text, tags) or _SHOWN.match(text, max(low, text.rfind("\n", low, tags) + 1)):
                continue
            asks = max(text.rfind(sign, low, tags) for sign in "?？؟")
            here = [] if is_first else breaks[bisect_left(lines, low) : bisect_left(lines, tags)]
            fit = [
                place
                for place in here
                if place.gap >= least
                and not (bisect_left(fences, place.behind) % 2 or bisect_left(fences, tags) % 2)
                and _may_begin(text, place, asks)
            ]
            if len(here) == 1 and fit and (glued := _glued(text, low, asks)):
                fit = [glued]
            if fit:
                yield fit, asks
            low, least, is_first = begin + section.end, _Gap.BLANK_LINES, False
        is_first = is_first and not text[begin:end].strip()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each cell begins and ends."""
    begin = 0
    for match in _CELL_END.finditer(text):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(text)


def _may_begin(text: str, place: _Break, asks: int) -> bool:
    """Tell whether a page may begin at a place; the narrower the gap before it, the more is asked for."""
    if _SHOWN.match(text, place.behind):
        return False
    if place.gap >= _Gap.BLANK_LINES:
        return True
    is_led = text[max(place.before - 1, 0)] in ":," or (
        place.gap == _Gap.LINE_END and _LED.match(text, place.behind) is not None
    )
    return place.behind <= asks and not is_led


def _glued(text: str, begin: int, asks: int) -> _Break | None:
    """Return where a page was put behind one that had no line end; a text that asks before has its own."""
    match = _GLUE.search(text, begin, asks)
    if match is None or "?" in text[begin : match.start()]:
        return None
    return _Break(match.end(), match.end(), _Gap.LINE_END)
