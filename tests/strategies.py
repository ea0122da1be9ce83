"""Hypothesis strategies that make records: well-formed, and as awkward as real pages are.

`questions()` makes records as readers must hand them over: they can be stored and exported without any
loss. `wild_questions()` makes what a broken reader could hand over, and only has to do no harm.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from askive.archive.records import (
    LINK_KINDS,
    Answer,
    Body,
    Comment,
    Link,
    Question,
    Tag,
    storable,
    tag_name,
    text_id,
)
from askive.archive.tidy import LARGEST_NUMBER
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

AWKWARD_TEXTS = (
    "plain words",
    'it\'s a "quoted" `tick`; DROP TABLE questions; --',
    "two\nlines\r\nand\ttabs",
    "  spaces around  ",
    "=SUM(A1:A9)",
    "+1 @me -- |pipe| <b>&amp;</b> \\n \\",
    "résumé naïve ﬁ Straße ΣΊΣΥΦΟΣ İ",
    "日本語 العربية עברית",
    "👩‍👩‍👧 e\u0301 \u202eright to left",
    "\x1b[31mred\x1b]0;title\x07",
    "```\nfor (;;) { a[i] += 1; }\n```",
    "\ufeffmark \u2028 line separator",
    "../../etc/passwd",
    "%s {0} $HOME ~ * ? [a]",
)
AWKWARD_IDS = (
    "stackoverflow.com:11227809",
    "stackoverflow.com:1122780",
    "text:0123456789ab",
    "site:../../../up",
    "/etc/passwd",
    "C:\\x",
    "a'b\"c;d--",
    "one\ntwo",
    "a b",
    "..",
    ".",
    "%00",
    "https://example.org/q?a=1&b=2#c",
    "é\u0301",
    "*",
    "-rf",
)
AWKWARD_TAGS = (
    "c++",
    "c#",
    ".net",
    "node.js",
    "f-16",
    "a/b",
    "../x",
    "it's",
    'say-"hi"',
    "日本語",
    "[x]",
    "*",
    "iop",
)
UNSTORABLE_TEXTS = ("nul\x00byte", "\ud800lone", "tail\udfff", "\ufffe\uffff", "\x00", "")

MAX_CHILDREN = 3
"""Most answers, comments, tags or links of one parent: enough for order and clashes, quick to make."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
_LAST_SECOND = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)

Child = TypeVar("Child", Answer, Comment)

_storable_text = st.text(min_size=1, max_size=30).map(storable)


def texts() -> SearchStrategy[str]:
    """Texts that can be stored, never empty."""
    return (st.sampled_from(AWKWARD_TEXTS) | _storable_text).filter(bool)


def ids() -> SearchStrategy[str]:
    """Ids as sites make them, and as nobody should."""
    native = st.integers(1, 30).map(lambda n: f"example.org:{n}")
    return native | st.sampled_from(AWKWARD_IDS) | texts()


def times() -> SearchStrategy[datetime]:
    """Aware times in UTC, whole seconds, any year."""
    return st.integers(_FIRST_SECOND, _LAST_SECOND).map(lambda n: EPOCH + timedelta(seconds=n))


def bodies() -> SearchStrategy[Body]:
    """A text, with HTML beside it or not."""
    return st.builds(Body, text=texts(), html=st.none() | texts().map(lambda text: f"<p>{text}</p>"))


def tag_names() -> SearchStrategy[str]:
    """Names as `tag_name` makes them."""
    return (st.sampled_from(AWKWARD_TAGS) | texts()).map(tag_name).filter(bool)


def tags() -> SearchStrategy[Tag]:
    """Tags with and without title, blurb and synonyms."""
    synonyms = st.lists(tag_names(), max_size=2, unique=True).map(tuple)
    return st.builds(
        Tag, name=tag_names(), title=st.none() | texts(), blurb=st.none() | texts(), synonyms=synonyms
    )


def links() -> SearchStrategy[Link]:
    """Links to ids and URLs."""
    targets = ids() | st.sampled_from(["https://example.org/q/1", "https://example.org/q/2"])
    return st.builds(Link, target=targets, kind=st.sampled_from(LINK_KINDS))


def comments() -> SearchStrategy[Comment]:
    """One comment; its id is its text's, or a native one."""
    made = st.builds(
        Comment,
        id=ids(),
        body=bodies(),
        author=st.none() | texts(),
        created=st.none() | times(),
        score=_numbers(),
    )
    return st.tuples(made, st.booleans()).map(lambda pair: _named_by_text(*pair))


def answers() -> SearchStrategy[Answer]:
    """One answer with its comments; `accepted` is for the question to set."""
    made = st.builds(
        Answer,
        id=ids(),
        body=bodies(),
        author=st.none() | texts(),
        created=st.none() | times(),
        updated=st.none() | times(),
        score=_numbers(),
        accepted=st.none() | st.just(False),
        comments=_siblings(comments()),
        comment_count=st.none() | st.integers(MAX_CHILDREN + 1, 99),
    )
    return st.tuples(made, st.booleans()).map(lambda pair: _named_by_text(*pair))


def questions(*, ids: SearchStrategy[str] | None = None) -> SearchStrategy[Question]:
    """One well-formed question, at most one answer accepted; `ids` makes its id where given."""
    counts = st.none() | st.integers(MAX_CHILDREN + 1, 99)
    made = st.builds(
        Question,
        id=ids if ids is not None else _ids,
        title=texts(),
        body=st.none() | bodies(),
        tags=st.lists(tags(), max_size=MAX_CHILDREN, unique_by=lambda tag: tag.name).map(tuple),
        answers=_siblings(answers()),
        comments=_siblings(comments()),
        author=st.none() | texts(),
        created=st.none() | times(),
        updated=st.none() | times(),
        score=_numbers(),
        views=_numbers(),
        url=st.none() | st.sampled_from(["https://example.org/q/1", "https://example.org/q/2"]) | texts(),
        site=st.none() | st.just("example.org") | texts(),
        closed=st.none() | st.sampled_from(["duplicate", "off-topic", "closed"]),
        links=st.lists(links(), max_size=MAX_CHILDREN, unique=True).map(tuple),
        answer_count=counts,
        comment_count=counts,
        source=st.none() | texts(),
        reader=st.none() | st.sampled_from(["text", "schema_org", "ndjson"]),
    )
    return st.tuples(made, st.integers(0, 2 * MAX_CHILDREN)).map(lambda pair: _accepting(*pair))


def archives(*, max_size: int = 4) -> SearchStrategy[list[Question]]:
    """Some questions with distinct ids, as one archive holds them: a tag's facts are the same in all."""
    return st.lists(questions(), max_size=max_size, unique_by=lambda question: question.id).map(_of_one_mind)


def wild_questions() -> SearchStrategy[Question]:
    """A question with NULs, lone surrogates, empty and repeated ids, and numbers beyond 64 bits."""
    wild = st.sampled_from(UNSTORABLE_TEXTS) | st.text(max_size=5)
    body = st.builds(Body, wild, wild)
    tag = st.builds(Tag, wild, wild, wild, st.tuples(wild, wild))
    comment = st.builds(Comment, wild, body, wild, st.none(), st.integers())
    answer = st.builds(Answer, wild, body, score=st.just(2**70), comments=st.tuples(comment, comment))
    additions = st.fixed_dictionaries(
        {
            "id": wild,
            "title": wild,
            "author": wild,
            "source": wild,
            "url": wild,
            "views": st.integers(),
            "answer_count": st.integers(),
        }
    )
    children = st.tuples(tag, answer, comment, st.builds(Link, wild, st.sampled_from(LINK_KINDS)))
    return st.builds(_made_wild, questions(), additions, children)


def _made_wild(
    question: Question, additions: dict[str, Any], children: tuple[Tag, Answer, Comment, Link]
) -> Question:
    tag, answer, comment, link = children
    return replace(
        question,
        tags=(*question.tags, tag, tag),
        answers=(*question.answers, answer, answer),
        comments=(comment, *question.comments, comment),
        links=(*question.links, link, link),
        **additions,
    )


def _accepting(question: Question, chosen: int) -> Question:
    """Accept the chosen answer, where there is one of that number."""
    answers = (replace(a, accepted=True) if n == chosen else a for n, a in enumerate(question.answers))
    return replace(question, answers=tuple(answers))


def _of_one_mind(found: list[Question]) -> list[Question]:
    known: dict[str, Tag] = {}
    return [replace(q, tags=tuple(known.setdefault(tag.name, tag) for tag in q.tags)) for q in found]


def _numbers() -> SearchStrategy[int | None]:
    return st.none() | st.integers(-5, 5) | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER)


def _siblings(children: SearchStrategy[Child]) -> SearchStrategy[tuple[Child, ...]]:
    return st.lists(children, max_size=MAX_CHILDREN, unique_by=lambda child: child.id).map(tuple)


def _named_by_text(child: Child, by_text: bool) -> Child:
    return replace(child, id=text_id(child.body.text)) if by_text else child


_ids = ids()
