"""The posts of a thread of an engine without a table: blocks of one class, one after another.

Blocks are posts where nearly each names its author, tells a time and holds a text. They are no posts where
they lead elsewhere, as lists of threads and search results do, or where the page says more outside of them,
as an article with comments does. The first is the question, unless that has a block of its own before them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from bs4 import Tag as Element

from .dates import Clock
from .finding import Outline, attribute, classes_of, has_plain_name, text_in
from .layout import Layout
from .post_signs import AUTHORS, TIMES, Signs
from .post_texts import NAME, body_in, is_remark, said, stands_bare

FEWEST_BLOCKS = 2
MOST_KINDS = 400
"""Classes of a page that are looked at, those with the most elements first. Real threads have up to 300."""

MOST_LISTS = 10
"""Lists of a page whose items are looked at where they have no class, the longest first."""

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

TALK, REMARKS = "repeated", "repeated_comments"
"""Names of the layouts: of blocks whose class says that they are posts, and of others."""

FEW_AROUND = 2
"""Elements around a block that are looked at for what the page calls its blocks."""

ASKING = ", ".join(
    f"[{name}*={word}]"
    for word in ("uestion", "topic", "thread", "original", "forum", "discussion", "fatitem", "issue")
    for name in ("class", "id")
)
"""What a block may be called that holds a question."""

FEW_ASKING = 50
"""Elements before the posts that are looked at for the question."""

LEADING = "h1 a[href], h2 a[href], h3 a[href], h4 a[href], a[class*=title]"

TAGS = ("a[rel=tag]", ".post-tag", ".tags a", ".tag-list a", ".taglist a")
"""What names a tag where it stands in a post: lists in the margin look the same."""

COMMENT = ".comment, .post-comment, .comment-item"
COMMENT_TEXT = ".comment-copy, .comment-text, .comment-body, .comment-content, .comment__text, p"

OUTSIDE = 2.0
"""How many times the text of the first post all paragraphs outside of posts may have; rules of a forum do."""

DROPPED = "[class*=signature], [class*=edited], [class*=reply-link], [class*=post-buttons]"
_TALK = re.compile(r"post|message|reply|answer|topic|thread|msg", re.IGNORECASE)
_ANSWER = re.compile(r"answer", re.IGNORECASE)
_REPLY = re.compile(r"^\s*(?:re|aw|sv|fwd)\s*:\s*", re.IGNORECASE)


def layout_of(outline: Outline, clock: Clock) -> Layout | None:
    """Return the table for the posts that say most; None where the page has none."""
    return _Page(outline, clock).layout()


class _Page:
    """Looks for the posts of one page."""

    def __init__(self, outline: Outline, clock: Clock) -> None:
        self._outline = outline
        self._signs = Signs(outline, clock)
        self._paragraphs = [(element, len(text_in(element, 2_000))) for element in outline.find("p")]
        self._asking = outline.find(ASKING)[:FEW_ASKING]

    def layout(self) -> Layout | None:
        best: tuple[int, int, Layout] | None = None
        for selector, blocks in self._candidates():
            layout = self._layout_of_posts(selector, blocks)
            if layout is not None:
                found = (said(self._outline, layout.body, blocks), self._outline.size(blocks[0]), layout)
                best = max(best or found, found, key=lambda one: one[:2])
        return best[2] if best else None

    def _candidates(self) -> Iterator[tuple[str, list[Element]]]:
        """Yield the blocks of each kind, each once, as long as there is time to look into them."""
        outline, looks = self._outline, 0
        seen: set[tuple[int, ...]] = set()
        for selector in _kinds(outline):
            blocks = list(outline.outermost(outline.find(selector)[: MOST_BLOCKS + 1]))
            if not FEWEST_BLOCKS <= len(blocks) <= MOST_BLOCKS:
                continue
            places = tuple(outline.place(block) for block in blocks)
            if places in seen or any(outline.size(block) < SMALLEST for block in blocks[:FEWEST_BLOCKS]):
                continue
            seen.add(places)
            looks += len(blocks)
            if looks > MOST_LOOKS:
                return
            yield selector, blocks

    def _layout_of_posts(self, selector: str, blocks: list[Element]) -> Layout | None:
        """Return the table by which the blocks are read; None where they are no posts."""
        if not self._are_posts(blocks) or self._says_more_outside(blocks) or self._lead_elsewhere(blocks):
            return None
        question = self._question_before(blocks)
        if question is None and _are_remarks(blocks[0]):
            return None
        body = body_in(self._outline, self._signs, blocks)
        body = body or (selector if stands_bare(self._signs, blocks[0]) else None)
        if body is None:
            return None
        layout = _layout(selector, body, self._times([blocks[0], *([question] if question else [])]))
        return layout if question is None else self._with_question(layout, question)

    def _with_question(self, layout: Layout, question: Element) -> Layout:
        """Return the table with the block of the question in it."""
        selector = _selector_of(self._outline, question) or ""
        body = body_in(self._outline, self._signs, [question]) or ""
        return replace(layout, name=TALK, question=selector, question_body=body, tags=_tags_in(selector))

    def _question_before(self, blocks: list[Element]) -> Element | None:
        """Return the block before the others that is called a question, with an author, a time and a text."""
        outline, first = self._outline, self._outline.place(blocks[0])
        for element in self._asking:
            if outline.place(element) >= first:
                return None
            if element.name in ("body", "html") or outline.is_in(blocks[0], element):
                continue
            if _selector_of(outline, element) and self._signs.is_post(element):
                return element if body_in(outline, self._signs, [element]) else None
        return None

    def _are_posts(self, blocks: list[Element]) -> bool:
        """Tell whether the first two and nearly all blocks have an author, a time and a text."""
        if not all(map(self._signs.is_post, blocks[:FEWEST_BLOCKS])):
            return False
        return sum(map(self._signs.is_post, blocks)) >= SHARE * len(blocks)

    def _times(self, blocks: list[Element]) -> list[str]:
        """Return selectors of the elements in which the blocks print their times."""
        printed = (self._signs.printed_time(block) for block in blocks)
        found = (name for element in printed if element is not None for name in _names(element))
        return list(dict.fromkeys(found))

    def _lead_elsewhere(self, blocks: list[Element]) -> bool:
        """Tell whether the blocks have headings that lead to different things: posts repeat a title."""
        leading: set[str] = set()
        for block in blocks:
            authors = {id(element) for element in self._signs.authors(block)}
            for link in self._outline.find(LEADING, block):
                if id(link) not in authors and id(link.parent) not in authors:
                    leading.add(_REPLY.sub("", text_in(link, 200)).casefold())
                    break
        return len(leading) > max(1, LEADING_SHARE * len(blocks))

    def _says_more_outside(self, blocks: list[Element]) -> bool:
        """Tell whether the paragraphs outside of the blocks say much more than the first of them."""
        lengths = {id(element): length for element, length in self._paragraphs}
        outside = self._outline.outside((element for element, _ in self._paragraphs), blocks)
        told = sum(lengths[id(element)] for element in outside)
        return told > OUTSIDE * len(text_in(blocks[0], 5_000))


def _names(element: Element) -> list[str]:
    """Return the selectors of the classes of an element; where it has none, its name, if that can be one."""
    classes = [f".{name}" for name in classes_of(element) if NAME.fullmatch(name)]
    return classes or ([element.name] if has_plain_name(element) else [])


def _layout(selector: str, body: str, times: list[str]) -> Layout:
    return Layout(
        name=TALK if _TALK.search(selector) else REMARKS,
        signs=(),
        post=selector,
        body=body,
        title="title, h1",
        author=AUTHORS,
        time=", ".join([TIMES, *times]),
        dropped=DROPPED,
        score="[itemprop=upvoteCount], [class*=vote-count], [class*=votecount], [class*=score]",
        accepted="[itemprop=acceptedAnswer], [class*=accepted-answer], [class*=best-answer]",
        asks=_ANSWER.search(selector) is not None,
        tags=_tags_in(selector),
        comment="" if _TALK.search(selector) is None else COMMENT,
        comment_body=COMMENT_TEXT,
    )


def _tags_in(selector: str) -> str:
    return ", ".join(f"{selector} {tag}" for tag in TAGS)


def _selector_of(outline: Outline, element: Element) -> str | None:
    """Return a selector whose first find is the element."""
    selectors = [f".{name}" for name in classes_of(element)] + [f"#{attribute(element, 'id') or ''}"]
    known = (one for one in selectors if NAME.fullmatch(one[1:]))
    return next((one for one in known if outline.first(one) is element), None)


def _are_remarks(block: Element) -> bool:
    """Tell whether the page calls a block a comment or a review: on something that is no question."""
    return any(is_remark(element) for element in (block, *islice(block.parents, FEW_AROUND)))


def _kinds(outline: Outline) -> Iterator[str]:
    """Yield a selector for each class that several elements have, then for items and rows without any."""
    counted = outline.classes()
    plain = (name for name, n in counted.items() if n >= FEWEST_BLOCKS and NAME.fullmatch(name))
    often = sorted(plain, key=lambda name: (-counted[name], _TALK.search(name) is None))
    yield from (f".{name}" for name in often[:MOST_KINDS])
    for item in ("li", "article", "tr"):
        lists = Counter(id(element.parent) for element in outline.find(item)).most_common(MOST_LISTS)
        by_id = {id(element.parent): element.parent for element in outline.find(item)}
        for parent in (by_id[key] for key, _ in lists):
            selector = _selector_of(outline, parent) if parent is not None else None
            if selector:
                yield f"{selector} > {item}"
