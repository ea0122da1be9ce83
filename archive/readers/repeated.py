"""The posts of a thread of an engine without a table: blocks of one class, one after another.

Blocks are posts where nearly each names its author, tells a time and holds a text. They are no posts where
they lead elsewhere, as lists of threads and search results do, or where the page says more outside of them,
as an article with comments does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag as Element

from .dates import Clock
from .finding import Outline, classes_of, text_in
from .layout import Layout

FEWEST_BLOCKS = 2
MOST_KINDS = 400
"""Classes of a page that are looked at, those with the most elements first. Real threads have up to 300."""

MOST_BLOCKS = 500
"""Posts of one page: no forum shows more."""

MOST_LOOKS = 2_000
"""Blocks of a page that are looked into, 2 ms each, so that no page takes more than seconds."""

SMALLEST = 4
"""Elements of a post: itself, its author, its time and its text."""

SHARE = 0.8
"""Share of the blocks that must have an author, a time and a text: a post may be deleted."""

LEADING_SHARE = 0.5
"""Share of the blocks with a heading that links elsewhere from which they are a list."""

SHORTEST_TEXT = 15
"""Characters that a post's text must have to count as one; "Thanks!" does not, but one in five may be so."""

AUTHORS = (
    "[itemprop=author], [rel=author], [class*=author], [class*=username], [class*=user-name], "
    "[class*=poster], [class*=byline], "
    "a[href*='/user'], a[href*='/member'], a[href*='/profile'], a[href*='/people/'], "
    "a[href*='/u/'], [class*=nick]"
)
TIMES = "time, [datetime], [class*=date], [class*=time], [class*=posted], [class*=published], abbr[title]"
HEADS = "time, [itemprop=author], [class*=author], [class*=username], [class*=byline], [class*=signature]"
"""What stands at the head or the foot of a post, and so in no text."""

BODIES = (
    "[itemprop=text], [class*=post], [class*=body], [class*=content], [class*=message], [class*=text],"
    "[class*=msg], blockquote, .prose, .markdown, .entry"
)
SHORTEST_TIME = 6
"""Characters of a printed time: "May 5"; what is shorter is told by the elements for times only."""

LONGEST_TIME = 60
"""Characters of a printed time, with a word or two around it."""

FEW_TIMES = 5
"""Elements for times that are looked at in a block: a post may also say when its author joined."""

FEW_LEAVES = 60
"""Elements of a block that are looked at for a printed time; it stands at the head of a post."""

TALK, REMARKS = "repeated", "repeated_comments"
"""Names of the layouts: of blocks whose class says that they are posts, and of others."""

_TALK = re.compile(r"post|message|reply|answer|topic|thread|msg", re.IGNORECASE)
_NAME = re.compile(r"[\w-]+")
_REPLY = re.compile(r"^\s*(?:re|aw|sv|fwd)\s*:\s*", re.IGNORECASE)
LEADING = "h1 a[href], h2 a[href], h3 a[href], h4 a[href], a[class*=title]"

OUTSIDE = 2.0
"""How many times the text of the first post all paragraphs outside of posts may have; rules of a forum do."""


def layout_of(outline: Outline, clock: Clock) -> Layout | None:
    """Return a table for the page's posts, found by their structure; None where there are none."""
    best: tuple[int, Layout] | None = None
    looks = 0
    paragraphs = [(element, len(text_in(element, 2_000))) for element in outline.find("p")]
    seen: set[tuple[int, ...]] = set()
    for selector in _kinds(outline):
        blocks = list(outline.outermost(outline.find(selector)[: MOST_BLOCKS + 1]))
        if not FEWEST_BLOCKS <= len(blocks) <= MOST_BLOCKS or (best and len(blocks) <= best[0]):
            continue
        places = tuple(outline.place(block) for block in blocks)
        if places in seen or any(outline.size(block) < SMALLEST for block in blocks[:FEWEST_BLOCKS]):
            continue
        seen.add(places)
        looks += len(blocks)
        if looks > MOST_LOOKS:
            break
        if _says_more_outside(outline, paragraphs, blocks):
            continue
        layout = _layout_of_posts(outline, selector, blocks, clock)
        best = (len(blocks), layout) if layout else best
    return best[1] if best else None


def _layout_of_posts(outline: Outline, selector: str, blocks: list[Element], clock: Clock) -> Layout | None:
    """Return the table by which the blocks are read; None where they are no posts."""
    if not _are_posts(outline, blocks, clock) or _lead_elsewhere(outline, blocks):
        return None
    body = _body(outline, blocks)
    if body is None:
        return None
    time = _printed_time(outline, blocks[0], clock)
    return _layout(selector, body, classes_of(time) if time is not None else [])


def _layout(selector: str, body: str, times: list[str]) -> Layout:
    return Layout(
        name=TALK if _TALK.search(selector) else REMARKS,
        signs=(),
        post=selector,
        body=body,
        title="h1, [class*=thread-title], [class*=topic-title], title",
        author=AUTHORS,
        time=", ".join([TIMES, *(f".{name}" for name in times if _NAME.fullmatch(name))]),
        dropped="[class*=signature], [class*=edited], [class*=reply-link], [class*=post-buttons]",
        asks=False,
    )


def _kinds(outline: Outline) -> Iterator[str]:
    """Yield a selector for each class that several elements have."""
    counted = outline.classes()
    plain = (name for name, n in counted.items() if n >= FEWEST_BLOCKS and _NAME.fullmatch(name))
    often = sorted(plain, key=lambda name: (-counted[name], _TALK.search(name) is None))
    return (f".{name}" for name in often[:MOST_KINDS])


def _are_posts(outline: Outline, blocks: list[Element], clock: Clock) -> bool:
    """Tell whether the first two and nearly all blocks have an author, a time and a text."""
    if not all(_is_post(outline, block, clock) for block in blocks[:FEWEST_BLOCKS]):
        return False
    return sum(_is_post(outline, block, clock) for block in blocks) >= SHARE * len(blocks)


def _is_post(outline: Outline, block: Element, clock: Clock) -> bool:
    authors = outline.find(AUTHORS, block)
    if not any(text_in(element, 60) for element in authors[:5]):
        return False
    if not _tells_time(outline, block, clock):
        return False
    return any(
        len(text_in(e, SHORTEST_TEXT * 2)) >= SHORTEST_TEXT for e in outline.find("p, " + BODIES, block)[:20]
    )


def _tells_time(outline: Outline, block: Element, clock: Clock) -> bool:
    """Tell whether a block has a time in an element for it, or in one of its first short texts."""
    if any(clock.time_in(element) for element in outline.find(TIMES, block)[:FEW_TIMES]):
        return True
    return _printed_time(outline, block, clock) is not None


def _printed_time(outline: Outline, block: Element, clock: Clock) -> Element | None:
    """Return the first element of a block with nothing but a time in it."""
    leaves = (e for e in outline.find("*", block)[:FEW_LEAVES] if not e.find(True, recursive=False))
    short = (e for e in leaves if SHORTEST_TIME <= len(text_in(e, LONGEST_TIME + 1)) <= LONGEST_TIME)
    return next((element for element in short if clock.time_in(element)), None)


def _lead_elsewhere(outline: Outline, blocks: list[Element]) -> bool:
    """Tell whether the blocks have headings that lead to different things; those of posts repeat a title."""
    leading: set[str] = set()
    for block in blocks:
        authors = {id(element) for element in outline.find(AUTHORS, block)}
        for link in outline.find(LEADING, block):
            if id(link) not in authors and id(link.parent) not in authors:
                leading.add(_REPLY.sub("", text_in(link, 200)).casefold())
                break
    return len(leading) > max(1, LEADING_SHARE * len(blocks))


def _body(outline: Outline, blocks: list[Element]) -> str | None:
    """Return the selector of the texts: the class with the most text in the first two blocks."""
    first = blocks[0]
    best: tuple[int, str] | None = None
    for element in outline.find(BODIES, first):
        if element is first or outline.first(HEADS, element) is not None:
            continue
        length = len(text_in(element, 5_000))
        for selector in (f".{name}" for name in classes_of(element) if _NAME.fullmatch(name)):
            if (best is None or length >= best[0]) and outline.first(selector, blocks[1]) is not None:
                best = (length, selector)
    return best[1] if best else None


def _says_more_outside(
    outline: Outline, paragraphs: list[tuple[Element, int]], blocks: list[Element]
) -> bool:
    lengths = {id(element): length for element, length in paragraphs}
    outside = outline.outside((element for element, _ in paragraphs), blocks)
    return sum(lengths[id(element)] for element in outside) > OUTSIDE * len(text_in(blocks[0], 5_000))
