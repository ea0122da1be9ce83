"""FAQ pages that mark their questions for people only: one page a way of building them, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from askive.archive.errors import PageRejected
from askive.archive.page import Page
from askive.archive.readers import read_page
from askive.archive.records import Question

RECEIVED = datetime(2026, 1, 2, tzinfo=UTC)
PAIRS = [
    ("How do I return a pot?", "Send it back within 30 days."),
    ("What does delivery cost?", "Nothing from 40 euros on."),
    ("Can I change my address?", "Yes, until the parcel has left."),
    ("Where do you grow your tea?", "In Assam, in a garden of our own."),
]
FRAME = (
    "<!DOCTYPE html><html><head><title>{title}</title></head><body>"
    '<nav><a href="/">Home</a> <a href="/faq">Any questions?</a></nav>{body}'
    "<footer><h3>Need help?</h3><p>Write to us.</p><h3>Company</h3><p>Tea Ltd.</p></footer></body></html>"
)

# What one pair looks like; `n` is its number.
WAYS: dict[str, str] = {
    "headings": "<h2>{q}</h2><p>{a}</p>",
    "headings with numbers": "<h2>{n}. {q}</h2><p>{a}</p>",
    "headings with links to themselves": '<h2 id="s{n}">{q}<a class="hash" href="#s{n}">¶</a></h2><p>{a}</p>',
    "headings with an invisible sign": '<h2 id="s{n}">{q}<a href="#s{n}">\u200b</a></h2><p>{a}</p>',
    "headings in wrappers": "<div class=t><div><div><h3>{q}</h3></div></div></div><div><p>{a}</p></div>",
    "sections of headings": "<section><div class=head><h3>{q}</h3></div><p>{a}</p></section>",
    "headings with bare text": '<h3><a name="q{n}">{q}</a></h3>\n{a}\n<p>\nMore.<hr>',
    "templates with much white space": "<h3>\n{q}" + " " * 40 + "</h3>" + "\n" * 40 + "<p>\n{a}\n</p>",
    "columns": "<div class=col><div><h4>{q}</h4><p>{a}</p></div></div>",
    "bold lines": "<p><b>{q}</b></p><p>{a}</p><p>Ask us for <b>more</b>.</p>",
    "bold beginnings": "<p><strong>{q}</strong><br>{a}</p>",
    "bold and breaks": "<b>Q: {q}</b><br>{a}<br><br>",
    "italics and breaks": "<i>{q}</i>\n<br>\n{a}\n<p>\n",
    "list items": "<li><strong>{q}</strong> {a}</li>",
    "paragraphs": "<p>Q: {q}</p><p>{a}</p>",
    "definitions": "<dl><dt>{q}</dt><dd>{a}</dd></dl>",
    "rows of a table": "<table><tr><td><b>{n}.</b></td><td><b>{q}</b></td></tr>"
    "<tr><td></td><td>{a}</td></tr></table>",
    "cells of a table": "<table><tr><td>{q}</td><td>{a}</td></tr></table>",
    "details": "<details><summary><h3>{q}</h3></summary>{a}</details>",
    "buttons that name their panels": (
        "<h3><button aria-expanded=false aria-controls=p{n}>{q}<i>+</i></button></h3>"
        "<div id=p{n} hidden aria-hidden=true><p>{a}</p></div>"
    ),
    "links that open": '<h4><a data-toggle=collapse href="#c{n}">{q}</a></h4><div id=c{n}>{a}</div>',
    "icons of a font": "<div class=q><p>{q}</p><span>expand_more</span></div><div>{a}</div>",
    "labels": "<div class=collapse><input id=t{n}><label for=t{n}>{q}</label><div>{a}</div></div>",
    "answers in a nav": "<div class=drop><div class=opens><div>{q}</div></div><nav><p>{a}</p></nav></div>",
}


def made(way: str, title: str = "FAQ - Tea shop", before: str = "<h1>Tea</h1>") -> str:
    body = "".join(way.format(n=n, q=q, a=a) for n, (q, a) in enumerate(PAIRS, start=1))
    return FRAME.format(title=title, body=before + body)


def questions(html: str) -> list[Question]:
    _, found = read_page(Page(html.encode(), "page", RECEIVED))
    return [one for one in found if isinstance(one, Question)]


def told(html: str) -> list[tuple[str, str]]:
    """Return each question with the beginning of its answer, as long as that of the pair with its number."""
    found = questions(html)
    texts = [question.answers[0].body.text for question in found]
    lengths = [len(answer) for _, answer in PAIRS] + [1000] * len(found)
    return [(q.title, t[:n]) for q, t, n in zip(found, texts, lengths, strict=False)]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_page_called_faq(way: str) -> None:
    assert told(made(way)) == PAIRS


@pytest.mark.parametrize(
    "way", ["details", "definitions", "buttons that name their panels", "links that open", "labels"]
)
def test_what_opens_answers_need_not_be_called_faq(way: str) -> None:
    assert told(made(WAYS[way], title="Help")) == PAIRS


@pytest.mark.parametrize("way", ["headings", "bold lines", "columns", "list items", "cells of a table"])
def test_what_only_asks_must_be_called_faq(way: str) -> None:
    with pytest.raises(PageRejected, match="not a Q&A page"):
        questions(made(WAYS[way], title="A guide to tea"))


def test_a_section_of_an_article() -> None:
    before = "<h1>Tea</h1><h2>What is tea?</h2><p>A leaf.</p><h2>Who drinks it?</h2><p>All.</p><h2>FAQ</h2>"
    assert told(made("<h3>{q}</h3><p>{a}</p>", title="A guide to tea", before=before)) == PAIRS


def test_an_index_at_the_top() -> None:
    index = "<h1>Tea</h1>" + "".join(f'<p><a href="#q{n}">{q}</a></p>' for n, (q, _) in enumerate(PAIRS, 1))
    assert told(made('<h3><a name="q{n}">{q}</a></h3><p>{a}</p>', before=index)) == PAIRS


def test_a_long_index_shows_an_faq_by_itself() -> None:
    asked = [f"What is the tea number {n}?" for n in range(12)]
    index = "".join(f'<li><a href="#q{n}">{q}</a></li>' for n, q in enumerate(asked))
    answers = "".join(f"<h2 id=q{n}>{q}</h2><p>It is {n}.</p>" for n, q in enumerate(asked))
    assert [q.title for q in questions(f"<html><title>Tea</title><ul>{index}</ul>{answers}")] == asked


def test_names_that_do_not_ask() -> None:
    """They are questions where the answers open, or an index leads to them; among headings they are not."""
    more = [("Returns and refunds", "Within 30 days."), ("Gift cards", "Valid for three years.")]
    ways = {
        "<div class=faq-item><div class=faq-q aria-expanded=false>{q}</div><div>{a}</div></div>": PAIRS
        + more,
        "<h2>{q}</h2><p>{a}</p>": PAIRS,
    }
    for way, expected in ways.items():
        body = "".join(way.format(q=q, a=a) for q, a in PAIRS + more)
        found = questions(f"<html><title>FAQ</title>{body}")
        assert [(q.title, q.answers[0].body.text) for q in found] == expected


def test_an_answer_is_whole() -> None:
    answer = (
        "<p>First <a href='/x'>this</a>,</p><ul><li>then that</li></ul><h4>And</h4><pre>x = 1\ny = 2</pre>"
        "<table><tr><td>1</td><td>2</td></tr></table><img src=/p.png alt=pot>"
    )
    body = "".join(f"<h3>{q}</h3>{answer}" for q, _ in PAIRS)
    for question in questions(f"<html><title>FAQ</title>{body}"):
        text = question.answers[0].body.text
        html = question.answers[0].body.html or ""
        assert "x = 1\ny = 2" in text
        assert all(part in html for part in ("<li>then that</li>", "<h4>And</h4>", "<td>1</td>", "pot"))


NONE: dict[str, Callable[[], str]] = {
    "links to answers elsewhere": lambda: made('<h3><a href="/faq/{n}">{q}</a></h3><p>{a}</p>'),
    "articles of a help center": lambda: made('<ul><li><a href="/hc/{n}">{q}</a></li></ul>'),
    "an index of chapters": lambda: made(
        '<dl><dt>{q}</dt><dd><a href="/{n}">More</a> <a href="/x">Else</a></dd></dl>'
    ),
    "what people also ask": lambda: made(
        "<div class=accordion><button aria-expanded=false>{q}</button><div>{a}</div></div>",
        title="tea - Search results",
    ),
    "was this helpful": lambda: FRAME.format(
        title="FAQ", body="<h1>Pots</h1>" + "<p>Text.</p><h4>Was this helpful?</h4><p>Yes or no</p>" * 5
    ),
    "a question read aloud": lambda: made("<div class=toggle><p>{q}</p></div><div>{q}</div>", title="Tea"),
    "a form": lambda: made("<div class=toggle><label>{q}</label><input></div>", title="Tea"),
    "a quiz": lambda: made("<div class=question><p>{q}</p><ul><li>{a}</li></ul></div>", title="Quiz"),
    "an interview": lambda: made("<p><b>{q}</b></p><p>{a}</p>", title="Q&amp;A with a tea master"),
}


@pytest.mark.parametrize("html", NONE.values(), ids=NONE)
def test_no_faq(html: Callable[[], str]) -> None:
    with pytest.raises(PageRejected, match="not a Q&A page"):
        questions(html())


def test_a_list_of_questions_is_called_one() -> None:
    with pytest.raises(PageRejected, match="a list of questions; save the questions' own pages"):
        questions(NONE["links to answers elsewhere"]())
