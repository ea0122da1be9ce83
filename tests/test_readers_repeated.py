"""Threads of engines without a table: ways of marking up posts, and pages whose blocks are no posts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from askive.archive.errors import PageRejected
from askive.archive.page import Page
from askive.archive.readers import read_page
from askive.archive.records import Question

RECEIVED = datetime(2026, 1, 2, tzinfo=UTC)
TITLE = "How do I get rid of white flakes in my kettle?"
TEXTS = [
    "Since last month there are white flakes in the water. I boiled vinegar in it, and nothing changed.",
    "Take citric acid, two spoons of it for a litre, and leave it there over night.",
    "I had these, too. A filter jug solved it, for the water here is very hard.",
    "Thanks to both of you, the second go with citric acid got rid of them.",
]
USERS = ["tina", "boris", "walt", "tina"]
HEAD = "<!DOCTYPE html><html><head><title>{title}</title></head><body><a href='/'>Tea talk</a>{body}"

# What one post looks like: `n` counts from 1, `u` is its author, `d` the day in March and `t` its text.
POSTS: dict[str, str] = {
    "classes of their own": (
        "<div class=message><a class=username href=/u/{u}>{u}</a><time datetime=2019-03-{d}>x</time>"
        "<div class=message-text><p>{t}</p></div></div>"
    ),
    "a cell for the author": (
        "<div class=box><table><tr><td class=pls><div class=authi><a href='home?uid={n}'>{u}</a></div></td>"
        "<td class=plc><em>Posted 2019-3-{d} 10:1{n}:00</em><table><tr><td class=t_f>{t}</td></tr></table>"
        "</td></tr></table></div>"
    ),
    "a repeated title above": (
        "<div class=block><div class=head>Re: How do I get rid of white flakes in my kettle?</div>"
        "<div>Posted by: <a href='profile.php?{n}'>{u}</a></div><div>Date: March {d}, 2019 10:1{n}AM</div>"
        "<div class=words>{t}</div></div>"
    ),
    "remarks below": (
        "<div class=entry-row><b class=author>{u}</b> <i class=when>{d} March 2019</i><div class=words>{t}"
        "</div><ul class=comments><li>A remark that is longer than all of the post, and goes on and on, and "
        "says hardly anything about kettles, nor flakes, nor vinegar, in all its many words.</li></ul></div>"
    ),
    "bare text": (
        "<div class=said>{t}<br><span class=byline>posted by <a href=/user/{n}>{u}</a> at 10:1{n} AM on "
        "March {d}, 2019</span></div>"
    ),
}


def thread(post: str, texts: list[str] = TEXTS, before: str = "", title: str = f"{TITLE} - Tea talk") -> str:
    posts = "".join(
        post.format(n=n, u=user, d=13 + n, t=text)
        for n, (user, text) in enumerate(zip(USERS, texts, strict=False), start=1)
    )
    return HEAD.format(title=title, body=f"{before or f'<h1>{TITLE}</h1>'}<main>{posts}</main>")


def read(html: str) -> Question:
    _, found = read_page(Page(html.encode(), "page", RECEIVED))
    [question] = found
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)
def test_posts(post: str) -> None:
    question = read(thread(post))
    assert question.title == TITLE
    assert question.body is not None
    bodies = [question.body, *(answer.body for answer in question.answers)]
    assert [body.text.partition("\nposted by")[0] for body in bodies] == TEXTS
    assert question.created is not None
    assert question.created.date().isoformat() == "2019-03-14"


def test_items_without_a_class() -> None:
    item = (
        "<li id=p{n}><div class=who>{u}</div><div class=nick>{u}</div><div class=date>March {d}, 2019</div>"
        "<div class=text>{t}</div></li>"
    )
    question = read(thread("<!-- -->" + item).replace("<main>", "<ol id=thread>").replace("</main>", "</ol>"))
    assert [answer.body.text for answer in question.answers] == TEXTS[1:]


ANSWER = (
    "<div class='card answer'><b class=vote-count>{n}</b><span class=name>{u}</span>"
    "<i class=when>Mar {d}, 2019</i><div class=words><p>{t}</p></div></div>"
)
ASKED = (
    f"<div class=question-card><h1>{TITLE}</h1><span class=name>tina</span> asked on "
    f"<i class=when>Mar 9, 2019</i><div class=asked-text><p>{TEXTS[0]}</p></div></div><h2>3 answers</h2>"
)


def test_a_question_before_its_answers() -> None:
    question = read(thread(ANSWER, TEXTS[1:], ASKED))
    assert question.title == TITLE
    assert question.body is not None
    assert question.body.text == TEXTS[0]
    assert question.created is not None
    assert question.created.date().isoformat() == "2019-03-09"
    assert [(a.body.text, a.score) for a in question.answers] == list(zip(TEXTS[1:], (1, 2, 3), strict=True))


def test_the_accepted_answer() -> None:
    html = thread(ANSWER, TEXTS[1:], ASKED).replace("card answer", "card answer accepted-answer", 1)
    assert [answer.accepted for answer in read(html).answers] == [True, False, False]


def test_tags_and_comments() -> None:
    """Tags stand in the question's block; what is called a comment in a block is no answer."""
    tags = "<div class=tags><a href=/t/1>Kettle</a> <a href=/t/2>tea</a></div></div><h2>"
    asked = ASKED.replace("</div><h2>", tags)
    remark = "<div class=comment><b class=author>ida</b> <p class=comment-text>Good {n}.</p></div></div>"
    margin = "<aside class=tags><a href=/t/3>pots</a></aside>"
    question = read(thread(ANSWER.removesuffix("</div>") + remark, TEXTS[1:], margin + asked))
    assert [tag.name for tag in question.tags] == ["kettle", "tea"]
    assert [a.body.text for a in question.answers] == TEXTS[1:]
    said = [[comment.body.text for comment in answer.comments] for answer in question.answers]
    assert said == [["Good 1."], ["Good 2."], ["Good 3."]]


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        (f"{TITLE} - Kettles - Tea talk", f"<h1><a href='/'>Tea talk and more</a></h1><h2>{TITLE}</h2>"),
        (f"Tea talk | {TITLE}", f"<p class=subject>{TITLE}</p>"),
        (f"{TITLE} :: All the many kettles of this world and of others", f"<h1>[Help] {TITLE}</h1>"),
        (TITLE, "<p>Home</p>"),
        ("Tea talk", f"<h1>{TITLE}</h1>"),
    ],
)
def test_title(title: str, heading: str) -> None:
    assert read(thread(POSTS["classes of their own"], before=heading, title=title)).title == TITLE


REMARK = (
    "<li class=comment><cite class=fn>{u}</cite><time datetime=2019-03-{d}>March</time>"
    "<div class=comment-text><p>{t}</p></div></li>"
)
NONE: dict[str, str] = {
    "a short article with comments": thread(
        REMARK, TEXTS[1:], f"<article><h1>{TITLE}</h1><div class=entry><p>Descale it.</p></div></article>"
    ),
    "a product with reviews": thread(
        REMARK.replace("comment", "review"), TEXTS, "<h1>Which? Kettle 3000</h1><p>30 euros</p>"
    ),
    "a list of questions": thread(
        "<div class=summary><h3><a href=/q/{n}>{t}</a></h3><p class=excerpt>{t}</p>"
        "<a class=user href=/u/{n}>{u}</a><time datetime=2019-03-{d}>March</time></div>",
        before="<h1>Which questions are new?</h1>",
    ),
    "a guest book": thread(
        POSTS["classes of their own"].replace("message", "entry"), TEXTS[1:], "<h1>Guests</h1>", "Guests"
    ),
    "talk that asks nothing": thread(
        POSTS["classes of their own"], ["We have a new pot.", "It is nice and red."], "<h1>News</h1>", "News"
    ),
}


@pytest.mark.parametrize("html", NONE.values(), ids=NONE)
def test_no_thread(html: str) -> None:
    with pytest.raises(PageRejected, match="not a Q&A page"):
        read(html)
