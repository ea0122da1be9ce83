"""The posts of a thread, found by a layout's selectors: clean text, author, time, score, comments.

Here is all that engines have in common; what differs is in their tables (`layout.py`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from bs4 import BeautifulSoup
from bs4 import Tag as Element
from bs4.element import PageElement

from ..body import body_from_html, body_from_text
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..records import Answer, Body, Comment, Tag, distinct, tag_name, text_id
from .blurbs import blurb_among, tooltips_of
from .dates import clock_for
from .finding import Outline, attribute, classes_of, text_in, told_by
from .layout import Layout, Value, alternatives
from .things import count, inner_html

ID_ATTRIBUTES = (
    "data-answerid",
    "data-questionid",
    "data-comment-id",
    "data-post-id",
    "data-postid",
    "data-post",
    "data-pid",
    "data-id",
    "id",
    "name",
)
"""Attributes of a post, or of an anchor in it, that end in its number."""

TIMES = 200
"""Times of a page that are looked at for which of their numbers is the day."""

FEW_ANCHORS = 5
"""Anchors of a post that are looked at for its number: it stands in one of the first."""

RECORD_LENGTH = 500
"""Characters that a post counts as beside its text: what it takes in memory without any."""

# Parts of texts that any engine may show and that nobody wrote: rendered formulas whose source stands beside
# them, line numbers, what is read to the blind only, and controls.
NOT_WRITTEN = (
    ".MathJax, .MathJax_Preview, .MathJax_Display, .MathJax_SVG, mjx-container, .katex-html, "
    ".katex-mathml mrow, "
    ".gutter, .line-numbers-rows, .linenos, .sr-only, .visually-hidden, .screen-reader-text, .u-srOnly,"
    "form, input"
)
NO_TEXT = NOT_WRITTEN + ", [hidden], [aria-hidden=true], nav"
"""The same with what is hidden: an FAQ hides its answers until they are asked for."""
_FORMULA = "script[type^='math/tex'], annotation[encoding='application/x-tex']"
_MATHML = frozenset({"math", "semantics"})
_PICTURE = "img"
_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-url")
# The line that forums put between a text and its writer's signature.
_SIGNATURE_LINE = re.compile(r"\A\s*_{15,20}\s*\Z")
_NUMBER_AT_END = re.compile(r"(\d{1,18})\Z")
_EMOJI_CLASSES = frozenset({"emoji", "smilie", "inlineimg", "smiley", "bbc_emoticon"})


def has_posts(outline: Outline, layout: Layout) -> bool:
    """Tell whether a page has what the layout finds questions by."""
    if layout.requires and outline.first(layout.requires) is None:
        return False
    return outline.first(layout.post) is not None or outline.first(layout.question) is not None


class Posts:
    """Reads the posts of one page in one layout."""

    def __init__(
        self,
        soup: BeautifulSoup,
        outline: Outline,
        layout: Layout,
        *,
        received: datetime,
        base: str | None,
        limits: Limits = LIMITS,
    ) -> None:
        self.outline, self.layout, self._base, self._limits = outline, layout, base, limits
        self._spent = 0
        outline.silence(NO_TEXT + (f", {layout.dropped}" if layout.dropped else ""))
        self._write_formulas()
        self.question, self.posts = self._units()
        self._comments = outline.find(layout.comment) if layout.comment else []
        everything = [*self.posts, *self._comments, *([self.question] if self.question else [])]
        if len(everything) > limits.posts:
            raise PageRejected(f"{len(everything):,} posts; a page is read up to {limits.posts:,}")
        self._unit_ids = {id(unit) for unit in everything}
        self._heads = self._shared_heads()
        self._comments_by_post = self._shared_out()
        self._accepted_number = self.count(layout.accepted_number)
        html = soup.find("html")
        language = attribute(html, "lang") if isinstance(html, Element) else None
        clock = clock_for(self._printed_times(), received, language)
        self._clock = replace(clock, day_first=True) if layout.day_first else clock

    def answer(self, unit: Element, body: Body) -> Answer:
        """Return a post as an answer with this text."""
        comments = self.comments(unit)
        told = self.layout
        return Answer(
            id=self.number(unit, told.id) or text_id(body.text),
            body=body,
            author=self.line(told.author, unit),
            created=self.time(told.time, unit),
            updated=self.updated(unit),
            score=self.score(unit, told.score),
            accepted=self._is_accepted(unit),
            comments=comments,
            comment_count=self.comment_count(unit, len(comments)),
        )

    def body(self, unit: Element, value: Value) -> Body | None:
        """Return the text of a post; None where it has none, as one that was deleted."""
        element = next(self._values(value, unit), None)
        if element is None or isinstance(element, str):
            return body_from_text(element) if element else None
        self._prepare(element)
        html = inner_html(element)
        self._spent += len(html) + RECORD_LENGTH
        if self._spent > self._limits.page_text:
            raise PageRejected(f"its texts have more than {self._limits.page_text:,} characters together")
        return body_from_html(html, base_url=self._base, limits=self._limits)

    def comments(self, unit: Element) -> tuple[Comment, ...]:
        """Return the comments on a post, without those that say nothing."""
        told = [self._comment(element) for element in self._comments_by_post.get(id(unit), ())]
        told = [comment for comment in told if comment.body.text or comment.body.html]
        ids = distinct(comment.id for comment in told)
        return tuple(replace(comment, id=unique) for comment, unique in zip(told, ids, strict=True))

    def comment_count(self, unit: Element, held: int) -> int | None:
        """Return how many comments a post has where the page says that it does not show them all."""
        more = self.count(self.layout.more_comments, unit)
        return held + more if more and more > 0 else None

    def tags(self) -> tuple[Tag, ...]:
        """Return the question's tags, with the blurbs that their tooltips hold."""
        tags: dict[str, Tag] = {}
        for element in self.outline.find(self.layout.tags):
            title = text_in(element, self._limits.name_length).strip(" ,").removeprefix("#")  # not of "c#"
            name = tag_name(title)
            if name and name not in tags and len(tags) < self._limits.tags:
                told = tooltips_of(element, self.outline, self._limits.blurb_length)
                tags[name] = Tag(name, title if title != title.casefold() else None, blurb_among(told, title))
        return tuple(tags.values())

    def line(self, value: Value, within: Element | None = None, length: int | None = None) -> str | None:
        """Return the first text that a value finds, as one line; None where it finds none."""
        limit = length or self._limits.name_length
        texts = (t if isinstance(t, str) else text_in(t, limit) for t in self._values(value, within))
        return next((text[:limit].rstrip() for text in texts if text), None)

    def count(self, value: Value, within: Element | None = None) -> int | None:
        """Return the first number that a value finds."""
        texts = (t if isinstance(t, str) else text_in(t, 200) for t in self._values(value, within))
        return next((n for text in texts if (n := count(text)) is not None), None)

    def time(self, value: Value, within: Element | None = None) -> datetime | None:
        """Return the first time that a value finds, in UTC."""
        times = (
            self._clock.time(t) if isinstance(t, str) else self._clock.time_in(t)
            for t in self._values(value, within)
        )
        return next((time for time in times if time), None)

    def updated(self, unit: Element) -> datetime | None:
        """Return when a post was last changed; None where that is when it was written."""
        time = self.time(self.layout.updated, unit)
        return time if time != self.time(self.layout.time, unit) else None

    def score(self, unit: Element, value: Value) -> int | None:
        """Return the score of a post, else how many like it."""
        score = self.count(value, unit)
        if score is None and self.layout.likes:
            return len(list(self._own(self.layout.likes, unit))) or None
        return score

    def number(self, unit: Element, value: Value) -> str | None:
        """Return the id that the engine gave a post."""
        named = self.line(value, unit)
        if named and "/" in named:  # "/posts/1/2/timeline"
            return next(reversed(re.findall(r"\d{1,18}", named)), None)
        if named:
            return re.split(r"[_-]", named)[-1]  # "t1_" and "post-" say what kind of thing it is
        anchors = islice(self._own("a[id], a[name], span[id], input[id]", unit), FEW_ANCHORS)
        head = self._heads.get(id(unit))
        for element in (unit, *([head] if head is not None else []), *anchors):
            for name in ID_ATTRIBUTES:
                match = _NUMBER_AT_END.search(attribute(element, name) or "")
                if match:
                    return match[1]
        return None

    def _units(self) -> tuple[Element | None, list[Element]]:
        """Return the element of the question, where it has one of its own, and those of the posts."""
        layout, outline = self.layout, self.outline
        skipped = {id(e) for e in outline.find(layout.skipped)} if layout.skipped else set()
        question = outline.first(layout.question) if layout.question else None
        # Wrappers may have the same class as what they wrap.
        posts = outline.outermost(post for post in outline.find(layout.post) if id(post) not in skipped)
        kept = (post for post in posts if post is not question and self._has_text(post))
        return question, [post for post in kept if not self._is_foreign(post)]

    def _has_text(self, post: Element) -> bool:
        """Tell whether there is a place for a text: rows of a table may be posts, and heads of it."""
        bodies = alternatives(self.layout.body)
        return any(self.outline.first(selector, post) is not None for selector, _, _ in bodies)

    def _is_foreign(self, post: Element) -> bool:
        foreign = self.layout.foreign
        return bool(foreign) and self.outline.first(foreign, post) is not None

    def _shared_heads(self) -> dict[int, Element]:
        """Return the head of each post: the last before it, and not before the post before."""
        heads = [(head, False) for head in self.outline.find(self.layout.head)]
        shared: dict[int, Element] = {}
        last: Element | None = None
        both = [*heads, *((post, True) for post in self.posts)]
        for element, is_post in sorted(both, key=lambda one: self.outline.place(one[0])):
            if is_post and last is not None:
                shared[id(element)] = last
            last = None if is_post else element
        return shared

    def _shared_out(self) -> dict[int, list[Element]]:
        """Return the comments by the post that they are on: the one around them, else the last before."""
        posts = [*self.posts, *([self.question] if self.question else [])]
        posts.sort(key=self.outline.place)
        places = [self.outline.place(post) for post in posts]
        shared: dict[int, list[Element]] = {}
        for comment in self._comments:
            before = bisect_right(places, self.outline.place(comment))
            if before and posts[before - 1] is not comment:
                shared.setdefault(id(posts[before - 1]), []).append(comment)
        return shared

    def _comment(self, unit: Element) -> Comment:
        told = self.layout
        author = self.line(told.comment_author or told.author, unit)
        time = self.time(told.comment_time or told.time, unit)
        body = self.body(unit, told.comment_body or told.body) or Body("")
        return Comment(
            id=self.number(unit, told.comment_id) or text_id(body.text),
            body=body,
            author=author,
            created=time,
            score=self.count(told.comment_score, unit),
        )

    def _is_accepted(self, unit: Element) -> bool | None:
        if self._accepted_number is not None:
            return self.count(self.layout.number, unit) == self._accepted_number
        if not self.layout.accepted:
            return None
        return next(self._own(self.layout.accepted, unit), None) is not None

    def _values(self, value: Value, within: Element | None) -> Iterator[Element | str]:
        """Return what a value finds in a post and in no other that is in it, or on the page."""
        return told_by(value, lambda selector: self._found(selector, within))

    def _found(self, selector: str, within: Element | None) -> Iterable[Element]:
        if not selector:
            return [within] if within is not None else []
        if within is None:
            return self.outline.find(selector)
        head = self._heads.get(id(within))
        found = self._own(selector, within)
        return found if head is None else chain(found, self._own(selector, head))

    def _own(self, selector: str, unit: Element) -> Iterator[Element]:
        """Yield what stands in a post and in no other that is in it."""
        for element in self.outline.find(selector, unit):
            around: Element | None = element
            while around is not None and around is not unit and id(around) not in self._unit_ids:
                around = around.parent
            if around is unit:
                yield element

    def _printed_times(self) -> Iterator[str]:
        for element in self._values(self.layout.time, None):
            yield element if isinstance(element, str) else text_in(element, 60)

    def _write_formulas(self) -> None:
        """Put the source of each formula where a person would read it."""
        for element in self.outline.find(_FORMULA):
            source = element.get_text().strip()
            is_display = "mode=display" in (attribute(element, "type") or "")
            element.string = f"$${source}$$" if is_display else f"${source}$"
            around: Element | None = element
            while around is not None and (around is element or around.name in _MATHML):
                around.name = "span"  # within `math` other rules of parsing hold
                around = around.parent

    def _prepare(self, element: Element) -> None:
        """Make a text's quotations `blockquote`, cut its signature, and let late pictures come now."""
        if not self.layout.asks:
            _cut_signature(element)
        for name in self.outline.find("blockquote cite", element):
            name.append(" ")  # browsers put who is quoted on a line of its own
        if self.layout.quote:
            for quote in self.outline.find(self.layout.quote, element):
                if quote is not element and quote.name != "template":
                    _whole_quotation(quote).name = "blockquote"
        for picture in self.outline.find(_PICTURE, element):
            if _EMOJI_CLASSES & set(classes_of(picture)):
                continue
            later = next((attribute(picture, name) for name in _LAZY_SOURCES if picture.get(name)), None)
            if later:
                picture["src"] = later


def _whole_quotation(quote: Element) -> Element:
    """Return a quotation; of one that is a cell, its table, now without rows: the name stands in another."""
    table = quote.find_parent("table") if quote.name == "td" else None
    if table is None:
        return quote
    for part in table.find_all(["tbody", "tr", "td"]):
        part.name = "div"
    return table


def _cut_signature(element: Element) -> None:
    """Take out the line before a signature, and all that is behind it."""
    lines = element.find_all(string=_SIGNATURE_LINE)
    part: PageElement | None = lines[-1] if lines else None
    while part is not None and part is not element:
        for behind in list(part.next_siblings):
            behind.extract()
        part = part.parent
    if lines:
        lines[-1].extract()


def _alternatives(value: Value) -> Iterator[str]:
    return (one.strip() for one in value.split(",") if one.strip())
