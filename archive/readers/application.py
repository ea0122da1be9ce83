"""What the JSON that an application starts from says of a question: paths, for `applications.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .paths import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application; a field left empty is something that it does not say. A path is one of `paths.py`."""

    name: str
    """The engine, as it stands in a record's `reader`."""
    signs: Sequence[bytes]
    """Bytes that a page of it all has; only then is it looked into."""

    where: str = ""
    """Where the JSON stands in a page (`scripts.py`); where empty, the page is JSON."""
    behind: str = r"\A\s*"
    """What stands before the JSON in a script that is code: an expression."""

    resources: Path = ""
    """What paths refer to with `&`."""
    question: Path
    """Questions: of several, the one that the address names, or else the one with the most answers."""
    answers: Path
    """Answers to them, beside the question; replies to answers among them name their `parent`."""
    asking: Path = ""
    """The id of the post that is the question, where it stands among the answers."""
    replies: Path = ""
    """Replies to an answer or a reply, in it."""
    of: Path = ""
    """The id of the question that an answer is to."""
    parent: Path = ""
    """The id of the answer or reply that a reply is to."""

    id: Path
    number: Path = ""
    """The id by which a record is known, where it is not `id`."""
    title: Path
    question_body: Path
    body: Path
    author: Path
    created: Path
    """When it was written: ISO 8601, or seconds, or thousandths or millionths of them, since 1970."""
    updated: Path = ""
    score: Path = ""
    """How many there are for it, or the list of those who are."""
    tags: Path = ""
    blurb: Path = ""
    """What a tag says about itself; `tags` are then objects, with their name as `name`."""
    views: Path = ""
    closed: Path = ""
    """True, or CLOSED, where a question is closed."""
    accepted: Path = ""
    """The id of the accepted answer, in the question."""
    answer_count: Path = ""
    posts: Path = ""
    """How many posts there are, the question among them."""
    comment_count: Path = ""
    more_replies: Path = ""
    """How many replies to an answer are not told."""

    url: Path = ""
    home: str = ""
    """What `url` is relative to."""
    shown_too: bool = False
    """Its markup, where it has any, shows more answers than the JSON tells of."""
    escaped: bool = False
    """Titles are escaped for HTML."""
    asks: bool = True
    """Every page asks a question; if not, it must be seen to ask."""
