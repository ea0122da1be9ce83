"""The records: Question, Answer, Comment, Tag, Link. Frozen, plain, no I/O.

Field names follow schema.org and the Stack Exchange API where they have one. A value a page lacks is
`None`, never 0 and never "". Times are aware datetimes in UTC, whole seconds.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Literal, get_args

LinkKind = Literal["linked", "duplicate", "related"]
LINK_KINDS: tuple[LinkKind, ...] = get_args(LinkKind)

MAX_TAG_NAME = 120
"""Longest tag name in characters; Stack Exchange allows 35, schema.org keywords are phrases."""


@dataclass(frozen=True, slots=True)
class Body:
    """A text as plain `text` (code kept) and, where the source had it, as sanitised `html`."""

    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a question or an answer. `id` is unique among its parent's comments."""

    id: str
    body: Body
    author: str | None = None
    created: datetime | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `id` is unique among its question's answers; `accepted` None means the page cannot say."""

    id: str
    body: Body
    author: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    score: int | None = None
    accepted: bool | None = None
    comments: tuple[Comment, ...] = ()
    comment_count: int | None = None
    """How many comments the page says there are, where it says more than it shows; else None."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: `name` as `tag_name` makes it, its display `title`, its `blurb`, other names for it."""

    name: str
    title: str | None = None
    blurb: str | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A pointer from one question to another: `target` is a question id, or a URL where no id is known."""

    target: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything known about it. `id` is `SITE:NATIVE` or `text:` and 12 hex digits."""

    id: str
    title: str
    body: Body | None = None
    tags: tuple[Tag, ...] = ()
    answers: tuple[Answer, ...] = ()
    comments: tuple[Comment, ...] = ()
    author: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    score: int | None = None
    views: int | None = None
    url: str | None = None
    site: str | None = None
    closed: str | None = None
    """Why the question was closed ("duplicate", "off-topic", or "closed" where no reason is given)."""
    links: tuple[Link, ...] = ()
    answer_count: int | None = None
    """How many answers the page says there are, where it says more than it shows; else None."""
    comment_count: int | None = None
    source: str | None = None
    """Provenance: the path of the page it was last read from; readers leave it None, ingest fills it."""
    reader: str | None = None
    """Provenance: the reader that read it; filled like `source`."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one question: its record now, or None where it was deleted."""

    id: str
    question: Question | None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The changes of archive `archive_id` since some revision, up to `revision`; `total` of them.

    Read `changes`, or else their `ids`, and let processes `load` those in shares: it can be pickled.
    """

    archive_id: str
    revision: int
    total: int
    changes: Iterable[Change]
    ids: Iterable[str] = ()
    load: Callable[[Sequence[str]], Iterable[Change]] | None = None


def tag_name(text: str) -> str:
    """Return the name under which a tag is kept: folded case, white space to hyphens.

    >>> tag_name(" Drug  Addiction ")
    'drug-addiction'
    >>> tag_name("C++")
    'c++'
    """
    folded = unicodedata.normalize("NFKC", printable(text)).casefold()
    return "-".join(folded.split())[:MAX_TAG_NAME]


def normalise(text: str) -> str:
    """Return what is compared when two texts are asked to be the same: NFKC, folded case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_id(text: str) -> str:
    """Return the id of a text that has none of its own: `text:` and 12 hex digits of its SHA-256."""
    digest = hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()
    return f"text:{digest[:12]}"


def distinct(ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids, a repeated one with `-2`, `-3`… behind it, so that siblings stay apart.

    >>> list(distinct(["a", "b", "a"]))
    ['a', 'b', 'a-2']
    """
    taken: set[str] = set()
    last: dict[str, int] = {}  # the number tried last, so that many of one id cost no more than many ids
    for wanted in ids:
        unique, n = wanted, last.get(wanted, 1)
        while unique in taken:
            n += 1
            unique = f"{wanted}-{n}"
        taken.add(unique)
        last[wanted] = n
        yield unique


# NUL, lone surrogates and non-characters can be stored in neither SQLite nor JSON by every reader of them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def storable(text: str) -> str:
    """Return the text without what cannot be stored (NUL, lone surrogates); all else is kept."""
    if text.isascii() and "\0" not in text:  # most texts, known at a glance
        return text
    return _UNSTORABLE.sub("", text)


def printable(text: str) -> str:
    """Return the text as one safe line: no control, escape or direction characters, single spaces."""
    if not text.isprintable():  # of what is taken out nothing is printable, to Python too
        text = _CONTROL.sub(" ", storable(text))
    return " ".join(text.split())


def plain(text: str) -> str:
    """Return the text without control, escape or direction characters; lines and tabs are kept."""
    return _CONTROL_BUT_LINES.sub("", _LINE_END.sub("\n", storable(text)))


def last_activity(question: Question) -> datetime | None:
    """Return the latest time on the question, its answers and all their comments; None without any."""
    comments = [*question.comments, *(c for a in question.answers for c in a.comments)]
    times = [question.created, question.updated, *(c.created for c in comments)]
    times += [t for a in question.answers for t in (a.created, a.updated)]
    return max((t for t in times if t is not None), default=None)


def accepted_answer(question: Question) -> Answer | None:
    """Return the accepted answer, if the question has one."""
    return next((a for a in question.answers if a.accepted), None)


def code_in(body: Body) -> tuple[str, ...]:
    """Return the pieces of a body's sanitised HTML that are marked as code, in order; none without HTML.

    An element of code inside another is part of it. Markup that is not closed ends the search.

    >>> code_in(Body("Use ls -l", "<p>Use <code>ls -l</code></p>"))
    ('ls -l',)
    """
    if body.html is None or not any(tag in body.html for tag in _CODE_BEGINS):
        return ()
    found, depth, begin, end = [], 0, 0, 0
    while match := _CODE_TAG.match(body.html, end):
        end = match.end()
        if not match["closing"]:
            begin = begin if depth else end
            depth += 1
        elif depth:
            depth -= 1
            if not depth and (code := _code_text(body.html[begin : match.start("tag")])):
                found.append(code)
    return tuple(found)


def code_lines(body: Body) -> frozenset[str]:
    """Return the stripped lines of a body's preformatted parts, which its text does not tell from prose.

    >>> sorted(code_lines(Body("Do:\\n\\nls\\n cd", "<p>Do:</p><pre><code>ls\\n cd</code></pre>")))
    ['cd', 'ls']
    """
    if body.html is None or "<pre>" not in body.html:
        return frozenset()
    parts = (unescape(_MARKUP.sub("", part)) for part in _PREFORMATTED.findall(body.html))
    return frozenset(line.strip() for part in parts for line in part.split("\n") if line.strip())


_PREFORMATTED = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
_MARKUP = re.compile("<[^<>]*>")

CODE_LINES = frozenset({"div", "li", "p", "tr"})
"""Elements that have lines of their own in code: some highlighters put each line into one."""

_CODE_TAGS = ("code", "pre", "samp", "tt")
_CODE_BEGINS = tuple(f"<{tag}" for tag in _CODE_TAGS)

_IS_CODE = rf"(?:{'|'.join(_CODE_TAGS)})(?=[\s>])"
_TO_TAG_END = r"""[^"'>]*+(?:(?:"[^"]*+"|'[^']*+')[^"'>]*+)*+>"""

# What is no tag of code is passed over in one match, and a match is only tried where the last one ended: so
# the search is linear in any text.
_CODE_TAG = re.compile(
    rf"(?:[^<]++|<(?!/?{_IS_CODE}){_TO_TAG_END})*+(?P<tag><(?P<closing>/?){_IS_CODE}{_TO_TAG_END})"
)
_ANY_TAG = re.compile(rf"<(/?[a-z0-9]*){_TO_TAG_END}")


def _code_text(html: str) -> str:
    """Return the text of a piece of code; its tags are whole."""
    text, *rest = _ANY_TAG.split(html)
    pieces = [unescape(text)] if text else []
    for tag, text in zip(rest[::2], rest[1::2], strict=True):
        new_line = tag.removeprefix("/") in CODE_LINES and pieces and not pieces[-1].endswith("\n")
        if new_line or tag == "br":
            pieces.append("\n")
        if text:
            pieces.append(unescape(text))
    code = "".join(pieces).strip("\n")
    return code if code.strip() else ""
