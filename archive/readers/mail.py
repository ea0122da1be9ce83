"""Reader of mail: one message (.eml, a file of a Maildir), or a box of them (mbox, pipermail's text).

A thread is a question: its first mail asks, each reply is an answer. The id of a question is that of the
mail that began it, `mid:` and its Message-ID (as in the URLs of RFC 2392), which replies name in References.
So a reply that comes alone, and the mail it replies to that comes later, become one question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..body import body_from_text, first_sentence
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Answer, Body, Question, Tag, printable, tag_name, text_id
from .mail_bodies import text_of
from .mail_boxes import HEAD_BYTES, Span, content, header_of, is_box, is_mail, spans
from .mail_headers import Head, head_of
from .mail_html import own_body
from .mail_quotes import own_text
from .mail_subjects import Subject, names_of_list, shared_prefixes, subject_of
from .mail_threads import Thread, threads

NAME = "mail"

FOOTER_BYTES = 1000
"""How much of a mail's end is looked at for the name of its list: footers have 300 bytes."""

_FOOTER = re.compile(rb"^(?:> ?)?([\w.+-]{2,60}) mailing list\s*$", re.MULTILINE)


def sniff(page: Page) -> float:
    """Return how sure it is that the page is mail: its first lines are a header, or a box's "From " line."""
    head = page.data[:HEAD_BYTES]
    if is_box(head):
        return 0.95
    return 0.9 if is_mail(head) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield a question for each thread, and a `Problem` for each mail that could not be read.

    Raises `PageRejected` where the page is no mail, or none of it could be read.
    """
    head = page.data[:HEAD_BYTES]
    if not is_box(head) and not is_mail(head):
        raise PageRejected("not a Q&A page: no header of a mail")
    box = _Box(page.data, limits)
    problems: list[Problem] = []
    has_questions = False
    for found in box.read():
        if isinstance(found, Problem) and not has_questions:
            problems.append(found)
            continue
        has_questions = True
        yield from problems
        problems.clear()
        yield found
    if not has_questions:
        raise PageRejected(problems[0].reason if problems else f"not a Q&A page: {box.unwanted}")


class _Box:
    """The mails of a page. All headers are in memory at once, of the texts those of one thread."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data, self.limits = data, limits
        self.places: list[str] = []
        self.spans: list[Span] = []
        self.heads: list[Head] = []
        self.unwanted: str | None = None
        """Why the first mail that neither asks nor answers is passed over."""
        for place, span in enumerate(spans(data), start=1):
            head = head_of(header_of(data, span, limits.mail_header), span.envelope, limits)
            if head.unwanted:
                self.unwanted = self.unwanted or head.unwanted
                continue
            self.places.append(f"mail {place}")
            self.spans.append(span)
            self.heads.append(head)
        names = shared_prefixes(head.subject for head in self.heads) | self._footer_names()
        self.subjects = [subject_of(head.subject, head.lists | names) for head in self.heads]

    def _footer_names(self) -> set[str]:
        """Return how lists are called in their footers: archives such as pipermail's leave no other trace."""
        ends = (self.data[max(span.begin, span.end - FOOTER_BYTES) : span.end] for span in self.spans)
        named = (match[1] for end in ends for match in _FOOTER.finditer(end))
        return {form for name in named for form in names_of_list(name.decode("ascii", "replace"))}

    def read(self) -> Iterator[Question | Problem]:
        """Yield what the threads hold."""
        for thread in threads(self.heads, self.subjects):
            yield from self._question(thread)

    def _question(self, thread: Thread) -> Iterator[Question | Problem]:
        """Yield the question of a thread behind the problems of its mails, or that there is nothing in it."""
        bodies: dict[int, Body] = {}
        for number in thread.numbers:
            try:
                bodies[number] = self._body(number, is_reply=number != thread.root)
            except PageRejected as rejected:
                yield Problem(self.places[number], rejected.reason)
        answers = tuple(self._answer(n, bodies[n]) for n in thread.replies if n in bodies and bodies[n].text)
        body = bodies.get(thread.root) if thread.root is not None else None
        body = body if body and body.text else None
        title = self._title(thread, body, answers)
        if title and (body or answers or thread.root is not None):
            yield self._asked(thread, title, body, answers)
        elif bodies:
            yield Problem(self.places[thread.first], "not a Q&A page: a mail without text of its own")

    def _asked(self, thread: Thread, title: str, body: Body | None, answers: tuple[Answer, ...]) -> Question:
        told = [body] if body else [answer.body for answer in answers]
        root = self.heads[thread.root] if thread.root is not None else None
        members = thread.numbers
        return Question(
            id=_mid(thread.id, f"{title}\n{told[0].text if told else ''}"),
            title=title,
            body=body,
            tags=_tags(self.subjects[n] for n in members),
            answers=answers,
            author=root.author if root else None,
            created=root.date if root else None,
            url=root.url if root else None,
            site=next((site for n in members if (site := self.heads[n].site)), None),
        )

    def _answer(self, number: int, body: Body) -> Answer:
        head = self.heads[number]
        return Answer(_mid(head.id, body.text), body, author=head.author, created=head.date)

    def _body(self, number: int, *, is_reply: bool) -> Body:
        found = text_of(content(self.data, self.spans[number]), self.limits)
        if found.is_html:
            return own_body(found.text, is_reply=is_reply, limits=self.limits)
        return body_from_text(own_text(found.text, is_reply=is_reply))

    def _title(self, thread: Thread, body: Body | None, answers: Sequence[Answer]) -> str:
        """Return the title: the subject of the first mail that has one, else how the text begins."""
        members = [thread.root] if thread.root is not None else []
        subjects = (self.subjects[n].title for n in [*members, *thread.replies])
        texts = [part.text for part in (body, *(answer.body for answer in answers)) if part]
        named = next((title for title in subjects if title), "") or first_sentence(next(iter(texts), ""))
        return printable(named)[: self.limits.title_length]


def _mid(id: str | None, text: str) -> str:
    return f"mid:{id}" if id else text_id(text)


def _tags(subjects: Iterator[Subject]) -> tuple[Tag, ...]:
    """Return a tag for each list that was named before the titles."""
    tags = {tag_name(name): Tag(tag_name(name), title=printable(name)) for s in subjects for name in s.lists}
    return tuple(tag for name, tag in tags.items() if name)
