"""Reader of schema.org questions: QAPage, FAQPage, DiscussionForumPosting, or a Question alone.

The data may stand in a page as JSON-LD, microdata or RDFa Lite, or all of them at once; a file of JSON-LD
alone is read as well. The properties are those of https://schema.org/Question and of Google's guides for
Q&A pages and forums (https://developers.google.com/search/docs/appearance/structured-data/qapage).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from bs4 import BeautifulSoup
from bs4 import Tag as Element

from ..body import body_from_html, first_sentence
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Comment, Question, Tag, distinct, printable, tag_name, text_id
from .addresses import linked_questions, part_id, question_id, site_of
from .asking import asks
from .decoding import decode
from .html import base_address, check_size, looks_like_html, page_address, parse
from .jsonld import Broken, things_in_json
from .microdata import MICRODATA, RDFA_LITE, own_elements, things_in_markup
from .signs import holds_any
from .things import Thing, Value, address, body_of_string, count, data, inner_html, line, local_name, moment
from .unite import beyond, letters, unite

NAME = "schema_org"

RECORD_LENGTH = 500
"""Characters that a record counts as beside its text: what it takes in memory without any."""

FEW_VALUES = 20
"""Values of a property that are looked at where one is wanted: what is told often must not multiply them."""

UNMARKED = 0.04
"""How sure it is of HTML without its marks: less than `unmarked.py`, which knows what such a page is."""

P = TypeVar("P", Question, Answer, Comment)

PAGES = frozenset({"QAPage", "FAQPage", "WebPage"})
THREADS = frozenset({"DiscussionForumPosting"})  # its comments are the answers to it
QUESTIONS = frozenset({"Question"}) | THREADS
REPLIES = frozenset({"Answer", "Comment"})
ANSWERS = ("acceptedAnswer", "suggestedAnswer")
TEXTS = ("text", "articleBody", "description")
TITLES = ("name", "headline")
CREATED = ("dateCreated", "datePublished")
UPDATED = ("dateModified",)
AUTHORS = ("author", "creator")
TAGS = ("keywords", "about")
# A text under one of these roles is an entry of a list that leads to a question elsewhere.
POINTERS = frozenset(
    {"citation", "hasPart", "isBasedOn", "isRelatedTo", "item", "itemListElement", "mentions", "relatedLink"}
)
# A thing under one of these roles is part of a question, whatever its type.
PARTS = frozenset({*ANSWERS, "comment", "sharedContent"})
LIKES = frozenset({"LikeAction", "VoteAction"})
VIEWS = frozenset({"ReadAction", "ViewAction"})
COMMENTS = frozenset({"CommentAction", "ReplyAction", "WriteAction"})

MARKS = (b"itemscope", b"application/ld+json", b"typeof")  # in any case
NAMES = (b"QAPage", b"FAQPage", b"DiscussionForumPosting", b"Question")
_OF_QUESTIONS = re.compile(rb"QAPage|FAQPage|DiscussionForumPosting|\bQuestion\b")
_JSON_LD = re.compile(rb'\s*[\[{].{0,4000}?"@(?:context|graph|type)"', re.DOTALL)


def sniff(page: Page) -> float:
    """Return how sure it is that the page holds schema.org questions: looks for their names in its bytes."""
    plain = page.data.replace(b"\0", b"") if b"\0" in page.data else page.data  # UTF-16 is ASCII and NULs
    if _is_json(plain):
        return 0.9 if _OF_QUESTIONS.search(plain) else 0.1
    if not looks_like_html(page):
        return 0.0
    if not holds_any(page, NAMES) or not _OF_QUESTIONS.search(plain):
        return UNMARKED
    lowered = plain.lower()
    return 0.7 if any(mark in lowered for mark in MARKS) else UNMARKED


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the questions of the page; raise `PageRejected` where it has no data of any."""
    things, broken, address_of_page, base = _told(page, limits)
    questions = _united(things, base, limits)
    problems = [_problem(script) for script in broken if _OF_QUESTIONS.search(script.text.encode())]
    if not questions:
        raise PageRejected(f"not a Q&A page: {_lack(problems)}")
    if len(questions) > limits.questions:
        raise PageRejected(f"{len(questions):,} questions; a page is read up to {limits.questions:,}")
    alone = len(questions) == 1
    yield from _distinct(_linked(_placed(question, address_of_page, alone)) for question in questions)
    yield from problems


def questions_in(soup: BeautifulSoup, limits: Limits = LIMITS) -> list[Question]:
    """Return the questions that the schema.org data of a parsed page tells of, for readers of its markup."""
    things, _ = _told_in(soup, limits)
    return _united(things, base_address(soup, page_address(soup)), limits)


def _united(things: list[Thing], base: str | None, limits: Limits) -> list[Question]:
    """Return the questions among the things, each once."""
    _adopt(things, base)
    teller = _Teller(base, limits)
    return unite(question for thing in things for question in teller.questions(thing))


def _is_json(data: bytes) -> bool:
    return _JSON_LD.match(data.lstrip(b"\xef\xbb\xbf\xff\xfe")) is not None


def _told(page: Page, limits: Limits) -> tuple[list[Thing], list[Broken], str | None, str | None]:
    """Return the things of a page, its broken scripts, its address, and the base of those in it."""
    if not looks_like_html(page):
        check_size(page, limits)
        things, broken = things_in_json([decode(page.data)], limits)
        own = _address_told(things) or page.address
        return things, broken, own, own
    soup = parse(page, limits)
    things, broken = _told_in(soup, limits)
    own = page_address(soup) or _address_told(things) or page.address
    return things, broken, own, base_address(soup, own)


def _told_in(soup: BeautifulSoup, limits: Limits) -> tuple[list[Thing], list[Broken]]:
    """Return the things of a parsed page, and its broken scripts."""
    things = things_in_markup(soup, MICRODATA, limits) + things_in_markup(soup, RDFA_LITE, limits)
    scripts = soup.find_all("script", type=_is_json_ld)
    in_scripts, broken = things_in_json((script.get_text() for script in scripts), limits)
    return things + in_scripts, broken


def _is_json_ld(kind: str | None) -> bool:
    return kind is not None and kind.partition(";")[0].strip().lower() == "application/ld+json"


def _address_told(things: Iterable[Thing]) -> str | None:
    """Return the address that the page as a thing gives itself."""
    pages = (thing for thing in things if thing.types & PAGES)
    return next((url for page in pages for v in page.values("url") if (url := address(v, None))), None)


def _adopt(things: Iterable[Thing], base: str | None) -> None:
    """Put answers and comments that stand alone and name their parent into it, as forums write them."""
    known: dict[str, Thing] = {}
    for thing in things:
        if thing.types & (QUESTIONS | REPLIES):
            for key in (thing.id, *(address(value, base) for value in thing.values("url"))):
                known.setdefault(key or "", thing)
    for thing in things:
        if not thing.types & REPLIES or thing.role in PARTS:
            continue
        for parent in thing.values("parentItem"):
            named = parent.id if isinstance(parent, Thing) else data(parent)
            if named and named in known and known[named] is not thing:
                known[named].add("suggestedAnswer" if "Answer" in thing.types else "comment", thing)
                break


class _Teller:
    """Makes records of the things of one page, whose addresses are relative to `base`."""

    def __init__(self, base: str | None, limits: Limits) -> None:
        self._base = base
        self._limits = limits
        # By the identity of what is told: a page may refer to it often.
        self._bodies: dict[int, Body] = {}
        self._lines: dict[tuple[int, int], str] = {}
        self._remarks: dict[int, Comment] = {}
        self._spent = 0

    def questions(self, thing: Thing) -> Iterator[Question]:
        """Yield the question that a thing is: one that the page shows, with an answer or at least a text.

        The mere name of a question, or its text in a list of questions, leads to it and is not it.
        """
        answered = not thing.types and any(name in thing.properties for name in ANSWERS)
        if not (thing.types & QUESTIONS or answered) or thing.role in PARTS:
            return
        question = self._question(thing)
        if (
            thing.types
            and thing.types <= THREADS
            and not asks(question.title, question.body.text if question.body else "")
        ):
            return
        shown = question.answers or (thing.role not in POINTERS and self._text_of(thing))
        if question.title and shown:
            yield question

    def _question(self, thing: Thing) -> Question:
        in_thread = bool(thing.types & THREADS)
        text = self._text_of(thing)
        title = self._line(thing, TITLES, self._limits.title_length)
        title = title or printable(first_sentence(text.text if text else "", self._limits.title_length))
        text = text if text and letters(text.text) != letters(title) else None
        url = self._address(thing)
        answers = self._answers(thing, in_thread)
        comments = () if in_thread else self._comments(thing)
        return Question(
            id=question_id(url) or id_of_text(title, text, site_of(url)),
            title=title,
            body=text,
            tags=self._tags(thing),
            answers=answers,
            comments=comments,
            author=self._line(thing, AUTHORS, self._limits.name_length) or None,
            created=self._moment(thing, CREATED),
            updated=self._moment(thing, UPDATED),
            score=self._score(thing),
            views=self._interactions(thing, VIEWS),
            url=url,
            site=site_of(url),
            answer_count=self._answer_count(thing, answers, in_thread),
            comment_count=None if in_thread else beyond(len(comments), self._comment_count(thing)),
        )

    def _answers(self, thing: Thing, in_thread: bool) -> tuple[Answer, ...]:
        """Return the answers; those to a thread are its comments, of which it accepts none."""
        told: list[tuple[Value, bool | None]] = [(value, True) for value in thing.values("acceptedAnswer")]
        told += [(value, None if in_thread else False) for value in thing.values("suggestedAnswer")]
        told += [(value, None) for value in thing.values("comment") if in_thread]
        first_told = {id(value): (value, accepted) for value, accepted in reversed(told)}
        answers = [self._answer(value, accepted) for value, accepted in reversed(first_told.values())]
        return _distinct(answer for answer in answers if answer.body.text or answer.body.html)

    def _answer(self, value: Value, accepted: bool | None) -> Answer:
        if not isinstance(value, Thing):
            text = self._body(value)
            return Answer(id=text_id(text.text), body=text, accepted=accepted)
        remark = self._comment(value)
        comments = self._comments(value)
        return Answer(
            id=remark.id,
            body=remark.body,
            author=remark.author,
            created=remark.created,
            updated=self._moment(value, UPDATED),
            score=remark.score,
            accepted=accepted,
            comments=comments,
            comment_count=beyond(len(comments), self._comment_count(value)),
        )

    def _comments(self, thing: Thing) -> tuple[Comment, ...]:
        """Return the comments on a thing, those on a comment behind it."""
        comments: list[Comment] = []
        seen = {id(thing)}
        pending = [*reversed([*thing.things("comment")])]
        while pending:
            remark = pending.pop()
            if id(remark) not in seen:
                seen.add(id(remark))
                comments.append(self._comment(remark))
                pending += reversed([*remark.things("comment")])
        return _distinct(comment for comment in comments if comment.body.text or comment.body.html)

    def _comment(self, thing: Thing) -> Comment:
        known = self._remarks.get(id(thing))
        if known is None:
            known = self._remarks[id(thing)] = self._new_comment(thing)
        else:
            self._spend(len(known.body.text))
        return known

    def _new_comment(self, thing: Thing) -> Comment:
        text = self._text_of(thing) or self._text_around(thing)
        if not text.text and "Answer" in thing.types:  # some write it where its name belongs
            text = next((self._body(value) for value in _few(thing, *TITLES)), text)
        return Comment(
            id=part_id(self._address(thing)) or text_id(text.text),
            body=text,
            author=self._line(thing, AUTHORS, self._limits.name_length) or None,
            created=self._moment(thing, CREATED),
            score=self._score(thing),
        )

    def _text_of(self, thing: Thing) -> Body | None:
        texts = (self._body(value) for value in _few(thing, *TEXTS))
        return next((text for text in texts if text.text or text.html), None)

    def _text_around(self, thing: Thing) -> Body:
        """Return the content of an item that names no property: its element is all that it says."""
        if thing.element is None or thing.properties:
            return Body("")
        return self._body(thing.element)

    def _body(self, value: Value) -> Body:
        known = self._bodies.get(id(value))
        if known is None:
            known = self._bodies[id(value)] = self._new_body(value)
        else:
            self._spend(len(known.text))
        return known

    def _new_body(self, value: Value) -> Body:
        if isinstance(value, Element) and not value.has_attr("content"):
            html = inner_html(value)
            self._spend(len(html))
            return body_from_html(html, base_url=self._base, limits=self._limits)
        text = line(value, self._limits.title_length) if isinstance(value, Thing) else data(value)
        self._spend(len(text))
        return body_of_string(text, self._base, self._limits)

    def _spend(self, length: int) -> None:
        """Count a text that a record is made of: texts inside one another must not multiply the work."""
        self._spent += length + RECORD_LENGTH
        if self._spent > self._limits.page_text:
            raise PageRejected(f"its texts have more than {self._limits.page_text:,} characters together")

    def _line(self, thing: Thing, names: tuple[str, ...], length: int) -> str:
        lines = (self._line_of(value, length) for value in _few(thing, *names))
        return next((text for text in lines if text), "")

    def _line_of(self, value: Value, length: int) -> str:
        key = (id(value), length)
        known = self._lines.get(key)
        if known is None:
            known = self._lines[key] = line(value, length)
        return known

    def _moment(self, thing: Thing, names: tuple[str, ...]) -> datetime | None:
        moments = (moment(value) for value in _few(thing, *names))
        return next((time for time in moments if time), None)

    def _address(self, thing: Thing) -> str | None:
        """Return the address of a thing: its `url`, its id, or that of its element in the page."""
        addresses = [address(value, self._base) for value in (*_few(thing, "url"), thing)]
        anchor = thing.element.get("id") if thing.element and thing.types & REPLIES else None
        if anchor:
            addresses.append(address(f"#{anchor}", self._base))
        return next((url for url in addresses if url), None)

    def _count(self, thing: Thing, name: str) -> int | None:
        counts = (count(value) for value in _few(thing, name))
        return next((number for number in counts if number is not None), None)

    def _interactions(self, thing: Thing, kinds: frozenset[str]) -> int | None:
        """Return how often there were interactions of one of the kinds."""
        counters = (c for c in _few(thing, "interactionStatistic") if isinstance(c, Thing))
        for counter in counters:
            for kind in _few(counter, "interactionType"):
                names = kind.types if isinstance(kind, Thing) else {local_name(data(kind))}
                if names & kinds:
                    return self._count(counter, "userInteractionCount")
        return None

    def _score(self, thing: Thing) -> int | None:
        """Return the votes, which Google wants as one number, those against already taken off."""
        votes = self._count(thing, "upvoteCount")
        return self._interactions(thing, LIKES) if votes is None else votes

    def _comment_count(self, thing: Thing) -> int | None:
        stated = self._count(thing, "commentCount")
        return self._interactions(thing, COMMENTS) if stated is None else stated

    def _answer_count(self, thing: Thing, answers: tuple[Answer, ...], in_thread: bool) -> int | None:
        """Return how many answers there should be, if more than are held; a thread counts all replies."""
        if not in_thread:
            return beyond(len(answers), self._count(thing, "answerCount"))
        held = len(answers) + sum(len(answer.comments) for answer in answers)
        return beyond(held, self._comment_count(thing))

    def _tags(self, thing: Thing) -> tuple[Tag, ...]:
        """Return the tags: keywords, what it is about, and the links in it that say they are tags."""
        tags: dict[str, Tag] = {}
        for title, blurb in self._tags_told(thing):
            name = tag_name(title)
            if name and name not in tags and len(tags) < self._limits.tags:
                # A keyword in small letters is the name again, and must not stand for a title that is one.
                tags[name] = Tag(name, title if title != title.casefold() else None, blurb or None)
        return tuple(tags.values())

    def _tags_told(self, thing: Thing) -> Iterator[tuple[str, str]]:
        length = self._limits.name_length
        for value in thing.values("keywords"):
            if isinstance(value, Thing):
                blurb = self._line(value, ("description",), self._limits.blurb_length)
                yield self._line_of(value, length), blurb
            else:
                for title in line(value, self._limits.tags * length).split(","):
                    yield title.strip()[:length].rstrip(), ""
        for value in thing.values("about"):
            yield self._line_of(value, length), ""
        for element in own_elements(thing.element) if thing.element else ():
            if element.name == "a" and "tag" in (element.get("rel") or ()):
                yield self._line_of(element, length), ""


def _few(thing: Thing, *names: str) -> Iterator[Value]:
    """Yield the first values of the properties."""
    return islice(thing.values(*names), FEW_VALUES)


def id_of_text(title: str, text: Body | None, site: str | None) -> str:
    """Return the id of a question without a number.

    A bare title such as "How do I contact you?" is another question on every site, so the site counts there.
    """
    if text is None:
        return text_id(f"{site} {title}" if site else title)
    told = text.text
    return text_id(told if letters(told).startswith(letters(title)) else f"{title}\n\n{told}")


def bodies_of(question: Question) -> list[Body]:
    """Return all texts of a question, in the order of the page."""
    bodies = [question.body] if question.body else []
    bodies += [comment.body for comment in question.comments]
    for answer in question.answers:
        bodies += [answer.body, *(comment.body for comment in answer.comments)]
    return bodies


def _linked(question: Question) -> Question:
    """Return the question with links to the questions that its texts point to."""
    return replace(question, links=tuple(linked_questions(bodies_of(question), question.id)))


def _placed(question: Question, page_url: str | None, alone: bool) -> Question:
    """Return the question with the page's address if it has none, or if the page is all about it."""
    own, named = question_id(question.url), question_id(page_url)
    if page_url is None or (question.url and not (alone and (own is None or own == named))):
        return question
    site = site_of(page_url)
    unnumbered = question.id.startswith("text:")
    wanted = (named if alone else None) or id_of_text(question.title, question.body, site)
    return replace(question, id=wanted if unnumbered else question.id, url=page_url, site=site)


def _distinct(parts: Iterable[P]) -> tuple[P, ...]:
    """Return questions, answers or comments with ids that keep them apart."""
    held = tuple(parts)
    return tuple(
        replace(part, id=unique) for part, unique in zip(held, distinct(p.id for p in held), strict=True)
    )


def _problem(script: Broken) -> Problem:
    return Problem(f"JSON-LD script {script.number}", f"no JSON: {script.reason}")


def _lack(problems: list[Problem]) -> str:
    """Return why there is no question: a broken script, or nothing that is one."""
    for problem in problems:
        return f"{problem.where} is {problem.reason}"
    return "no schema.org question with a text or an answer"
