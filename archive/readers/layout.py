"""What pages look like in one engine: tables of selectors, for `threads.py` and `tag_pages.py`.

A *selector* is one of `finding.py`. A *value* names where a fact stands: selectors in the order of
preference, each with `@attribute` behind it where the fact is one, or `last` before it where the last of
several counts: `.username@data-name, last .author a`. `@data-score` alone is an attribute of the post itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..page import Page
from .signs import holds_any

Selector = str
Value = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One layout of one engine; a field left empty is something that its pages do not say."""

    name: str
    """The engine, as it stands in a record's `reader`."""
    signs: Sequence[bytes]
    """Bytes of which a page of this layout has at least one; only then is it looked into."""

    requires: Selector = ""
    """What tells a thread of this layout from a list of threads, and from layouts with the same signs."""

    post: Selector
    """Each answer, or each post of a forum; the first is the question where `question` finds none."""
    question: Selector = ""
    head: Selector = ""
    """What stands before a post and tells of it, in no other element with it."""
    body: Value
    """The text of a post, in it."""
    question_body: Value = ""
    """The text of the question, where it stands elsewhere."""
    skipped: Selector = ""
    """Posts that nobody wrote: advertisements, notices of moderators' actions, empty places."""

    url: Value = ""
    """The address of the question, or links to it, for pages that say their address nowhere else."""
    home: str = ""
    """What `url` is relative to."""
    foreign: Selector = ""
    """What only posts to other questions hold, as their titles."""
    title: Value
    tags: Selector = ""
    views: Value = ""
    answers: Value = ""
    """How many answers there are, on all pages together."""
    posts: Value = ""
    """How many posts there are, the question among them, on all pages together."""
    number: Value = ""
    """The place of a post in the thread: a page whose first has not number 1 is a later one."""

    id: Value = ""
    """The number of a post; where empty, what ends its `id` or another of `ID_ATTRIBUTES`."""
    author: Value = ""
    time: Value = ""
    day_first: bool = False
    """It prints the day before the month, in numbers, whatever the language of its pages."""
    updated: Value = ""
    score: Value = ""
    likes: Selector = ""
    """Elements that each stand for one who likes a post, where the page counts them no other way."""
    accepted: Selector = ""
    """What is in an accepted answer, or is it."""
    accepted_number: Value = ""
    """The place in the thread of the accepted answer, where the question says it."""
    question_number: Value = ""
    """The number of the question, where its address may lack it; what ends in digits."""
    question_author: Value = ""
    question_time: Value = ""
    question_score: Value = ""

    comment: Selector = ""
    """Remarks on a post, in it or behind it; where replies stand in posts, a post in a post."""
    comment_body: Value = ""
    comment_author: Value = ""
    comment_time: Value = ""
    comment_score: Value = ""
    comment_id: Value = ""
    more_comments: Value = ""
    """How many comments of a post are not shown."""

    closed: Selector = ""
    """Notices that say that a question is closed, and why."""
    linked: Selector = ""
    related: Selector = ""
    """Links to other questions, in the margin."""

    dropped: Selector = ""
    """What stands in a title or a text and is no part of it: labels, signatures, edit notes, buttons."""
    quote: Selector = ""
    """Quotations that are not `blockquote` already."""

    asks: bool = True
    """Every page asks a question; in a forum it may be any talk, and must be seen to ask."""
    told_too: bool = False
    """Its schema.org data says more than its markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLayout:
    """One way in which pages of one engine tell of tags; a field left empty is what they do not say."""

    name: str
    """The engine."""
    signs: Sequence[bytes]
    """Bytes of which a page of this layout has at least one; only then is it looked into."""
    requires: Selector = ""
    """What tells such a page from others with the same signs."""

    unit: Selector = ""
    """What tells of one tag, of several on a page; where empty, the page is about one tag."""
    tag: Value = ""
    """The name of the tag; where empty, what the unit itself reads."""
    address: str = ""
    """A pattern whose first group is the tag's name in an address, of the page or of a link (`tag`)."""
    heading: Value = ""
    """A heading with the name at its end, in brackets or behind "tagged" or "tag:"."""
    blurb: Value = ""
    """The excerpt; beside it, what the tooltip of the unit says."""
    wiki: Value = ""
    """The longer text, which is the blurb where there is no excerpt."""
    synonyms: Selector = ""
    """Other names of the tag."""
    dropped: Selector = ""
    """What stands in a name or a blurb and is no part of it: counts, links to more."""


AnyLayout = TypeVar("AnyLayout", Layout, TagLayout)


def signed(page: Page, layouts: tuple[AnyLayout, ...]) -> tuple[AnyLayout, ...]:
    """Return the layouts of which a page has a sign; for `Page.once`."""
    return tuple(layout for layout in layouts if holds_any(page, layout.signs))


def alternatives(value: Value) -> Iterator[tuple[Selector, bool, str]]:
    """Yield the selectors of a value in the order of preference: each with whether the last counts, and the
    attribute that holds the fact, "" where the text does."""
    for one in value.split(","):
        selector, _, name = one.strip().partition("@")
        if selector or name:
            yield selector.removeprefix("last ").strip(), selector.startswith("last "), name
