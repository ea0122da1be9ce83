"""The schema.org reader: small pages of JSON-LD, microdata and RDFa, and what a person reads on them."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.items import question_to_json
from askive.archive.limits import Limits
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.readers.addresses import part_id, question_id, site_of
from askive.archive.readers.schema_org import UNMARKED, read, sniff
from askive.archive.readers.things import address, body_of_string, count, line, local_name, moment
from askive.archive.records import Answer, Body, Comment, Question, Tag, printable, text_id
from hypothesis import given
from hypothesis import strategies as st

PAGES = Path(__file__).parents[2] / "shared" / "pages"
RECEIVED = datetime(2024, 7, 1, tzinfo=UTC)

Json = dict[str, Any]


def page(text: str | bytes, source: str = "page.html") -> Page:
    return Page(text if isinstance(text, bytes) else text.encode(), source, RECEIVED)


def in_scripts(*scripts: object, head: str = "") -> str:
    """Return a page with JSON-LD scripts; a string is a script as it is."""
    texts = (script if isinstance(script, str) else _escaped(script) for script in scripts)
    return f"<html><head>{head}" + "".join(
        f'<script type="application/ld+json">{text}</script>' for text in texts
    )


def _escaped(value: object) -> str:
    """Return JSON that ends no script."""
    return json.dumps(value).replace("</", "<\\/")


def records(text: str | bytes, limits: Limits | None = None) -> list[Question]:
    """Return the questions of a page on which nothing is broken."""
    found = [*(read(page(text), limits) if limits else read(page(text)))]
    assert [one for one in found if not isinstance(one, Question)] == []
    return [one for one in found if isinstance(one, Question)]


def told(part: Question | Answer | Comment) -> Json:
    """Return what a record says, short: the fields it has, bodies as HTML or else text, tags by name."""
    values = {field.name: getattr(part, field.name) for field in fields(part) if field.name != "id"}
    return {name: _short(value) for name, value in values.items() if value is not None and value != ()}


def _short(value: object) -> object:
    if isinstance(value, Body):
        return value.text if value.html is None else value.html
    if isinstance(value, tuple):
        return [told(one) if isinstance(one, Answer | Comment) else _short(one) for one in value]
    return value.name if isinstance(value, Tag) else value


def one_told(text: str) -> Json:
    (question,) = records(text)
    return told(question)


def answer(text: str = "So.", **more: object) -> Json:
    return {"@type": "Answer", "text": text, **more}


def comment(text: str, **more: object) -> Json:
    return {"@type": "Comment", "text": text, **more}


def question(**more: object) -> Json:
    return {"@type": "Question", "name": "How?", "text": "I ask.", **more}


def asked(**more: object) -> Json:
    return {"title": "How?", "body": "I ask.", **more}


def said(body: str = "So.", **more: object) -> Json:
    return {"body": body, "accepted": False, **more}


# The shapes of pages

SHAPES: dict[str, tuple[str, list[Json]]] = {
    "QAPage": (
        in_scripts(
            {
                "@context": "https://schema.org",
                "@type": "QAPage",
                "mainEntity": question(
                    acceptedAnswer=answer(), suggestedAnswer=[answer("Or so."), answer("Or.")]
                ),
            }
        ),
        [asked(answers=[said(accepted=True), said("Or so."), said("Or.")])],
    ),
    "FAQPage": (
        in_scripts(
            {
                "@type": "FAQPage",
                "mainEntity": [
                    {"@type": "Question", "name": "How?", "acceptedAnswer": answer()},
                    {"@type": "Question", "name": "Why?", "acceptedAnswer": [answer("<p>For.</p>")]},
                ],
            }
        ),
        [
            {"title": "How?", "answers": [said(accepted=True)]},
            {"title": "Why?", "answers": [said("<p>For.</p>", accepted=True)]},
        ],
    ),
    "DiscussionForumPosting": (
        in_scripts(
            {
                "@type": "DiscussionForumPosting",
                "headline": "How?",
                "articleBody": "I ask.",
                "comment": [
                    comment("So.", comment=comment("No.", comment=[comment("Yes.")])),
                    comment("Or."),
                ],
            }
        ),
        [
            asked(
                answers=[
                    {"body": "So.", "comments": [{"body": "No."}, {"body": "Yes."}]},
                    {"body": "Or."},
                ]
            )
        ],
    ),
    "Question alone": (in_scripts(question(suggestedAnswer=answer())), [asked(answers=[said()])]),
    "Question without answers": (in_scripts(question()), [asked()]),
    "several pages": (
        in_scripts(
            question(suggestedAnswer=answer()), [question(name="Why?", text="", suggestedAnswer="For.")]
        ),
        [asked(answers=[said()]), {"title": "Why?", "answers": [said("For.")]}],
    ),
    "a file of JSON-LD": (
        json.dumps({"@context": "https://schema.org", **question(suggestedAnswer=answer())}),
        [asked(answers=[said()])],
    ),
    "@graph": (
        in_scripts({"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, question()]}),
        [asked()],
    ),
    "@id references": (
        in_scripts(
            {
                "@graph": [
                    {"@type": "QAPage", "@id": "#page", "mainEntity": {"@id": "#q"}},
                    question(
                        **{
                            "@id": "#q",
                            "author": {"@id": "#p"},
                            "suggestedAnswer": [{"@id": "#a"}, {"@id": "#gone"}],
                        }
                    ),
                    answer(**{"@id": "#a", "comment": "#c"}),
                    {"@type": "Person", "@id": "#p", "name": "Wren"},
                ]
            },
            comment("No.", **{"@id": "#c"}),
        ),
        [asked(author="Wren", answers=[said(comments=[{"body": "No."}])])],
    ),
    "one thing told in two places": (
        in_scripts(question(**{"@id": "#q"}), {"@id": "#q", "upvoteCount": 3}),
        [asked(score=3)],
    ),
    "one @id for two things": (
        in_scripts(question(**{"@id": "#q"}), question(**{"@id": "#q", "name": "Why?"})),
        [asked(), asked(title="Why?")],
    ),
    "answers that name their question": (
        in_scripts(
            question(**{"@id": "#q"}), answer(parentItem={"@id": "#q"}), comment("No.", parentItem="#q")
        ),
        [asked(answers=[said()], comments=[{"body": "No."}])],
    ),
    "values, lists and sets": (
        in_scripts(
            question(
                name={"@value": "How?", "@language": "en"},
                text=["I ask."],
                keywords={"@set": ["tea", "pot"]},
                suggestedAnswer={"@list": [answer(), answer("Or.")]},
            )
        ),
        [asked(tags=["tea", "pot"], answers=[said(), said("Or.")])],
    ),
    "names with a prefix and full ones": (
        in_scripts(
            {
                "@type": "schema:Question",
                "schema:name": "How?",
                "http://schema.org/text": "I ask.",
                "https://schema.org/upvoteCount": 3,
            }
        ),
        [asked(score=3)],
    ),
    "several types": (in_scripts(question(**{"@type": ["CreativeWork", "Question"]})), [asked()]),
    "a text and no name": (in_scripts(question(name=None)), [{"title": "I ask."}]),
    "a text that is the name": (in_scripts(question(text="How?")), [{"title": "How?"}]),
    "a list of questions leads elsewhere": (
        in_scripts(
            question(suggestedAnswer=answer()),
            {
                "@type": "ItemList",
                "itemListElement": [question(name="Why?"), {"item": question(name="Who?")}],
            },
            {"@type": "WebPage", "relatedLink": question(name="When?"), "mentions": question(name="What?")},
        ),
        [asked(answers=[said()])],
    ),
    "microdata": (
        """<div itemscope itemtype="https://schema.org/QAPage">
        <div itemprop="mainEntity" itemscope itemtype="https://schema.org/Question">
          <h1 itemprop="name">How?</h1> <span itemprop="upvoteCount">5</span>
          <div itemprop="text"><p>I ask.</p></div>
          <div itemprop="acceptedAnswer" itemscope itemtype="https://schema.org/Answer">
            <meta itemprop="upvoteCount" content="-3">
            <div itemprop="text"><p>So: <code>a</code></p></div>
            <time itemprop="dateCreated" datetime="2024-01-02T03:04:05Z">long ago</time>
            <span itemprop="author" itemscope itemtype="https://schema.org/Person">
              <a itemprop="url" href="/u/1">W</a><span itemprop="name">Wren</span></span>
            <div itemprop="comment" itemscope itemtype="https://schema.org/Comment">
              <span itemprop="text">No.</span></div>
            <div itemprop="comment" itemscope itemtype="https://schema.org/Comment">Yes.</div>
          </div>
        </div></div>""",
        [
            asked(
                body="<p>I ask.</p>",
                score=5,
                answers=[
                    said(
                        "<p>So: <code>a</code></p>",
                        accepted=True,
                        score=-3,
                        author="Wren",
                        created=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
                        comments=[{"body": "No."}, {"body": "Yes."}],
                    )
                ],
            )
        ],
    ),
    "itemref": (
        """<div itemscope itemtype="https://schema.org/Question" itemref="t a gone">
        <b itemprop="name">How?</b></div>
        <p id="t" itemprop="text">I ask.</p>
        <div id="a">
        <div itemprop="suggestedAnswer" itemscope itemtype="https://schema.org/Answer" itemref="x">
        </div></div>
        <p id="x"><i itemprop="text">So.</i></p>""",
        [asked(answers=[said()])],
    ),
    "RDFa": (
        """<div vocab="https://schema.org/" typeof="Question"><h1 property="name">How?</h1>
        <div property="text">I ask.</div><meta property="upvoteCount" content="4">
        <div property="acceptedAnswer" typeof="Answer"><div property="text">So.</div>
        <span property="author" typeof="Person"><span property="name">Wren</span></span></div></div>""",
        [asked(score=4, answers=[said(accepted=True, author="Wren")])],
    ),
    "RDFa with a prefix": (
        """<div prefix="s: http://schema.org/" typeof="s:Question"><h1 property="s:name">How?</h1>
        <div property="http://schema.org/text">I ask.</div></div>""",
        [asked()],
    ),
    "links that are tags": (
        """<div itemscope itemtype="https://schema.org/Question"><b itemprop="name">How?</b>
        <p itemprop="text">I ask.</p>
        <a rel="nofollow tag" href="/t/c">C++</a> <a rel="tag" href="/t/t">Tea Pot</a></div>""",
        [asked(tags=["c++", "tea-pot"])],
    ),
    "a notice of the page in a text": (
        """<div itemscope itemtype="https://schema.org/Question"><b itemprop="name">How?</b>
        <div itemprop="text">I ask.<p role="alert">This post is hidden.</p></div></div>""",
        [asked()],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.values(), ids=SHAPES)
def test_shape(text: str, expected: list[Json]) -> None:
    assert [told(one) for one in records(text)] == expected


BROKEN = {
    "comments": '{"@type": "Question", // so "they" say\n"name": "How?", /* and */ "text": "I ask."}',
    "two commas": '[{"@type": "Question", "name": "How?",, "text": "I ask."},,]',
    "no commas": '{"@type": "Question" "name": "How?" "suggestedAnswer": [] "text": "I ask."}',
    "unknown escapes": r'{"@type": "Question", "name": "How?", "text": "I\' ask \d C:\\x \u12 \"."}',
    "brackets that are not closed": '{"@graph": [{"@type": "Question", "name": "How?", "text": "I ask."},',
    "brackets too many": '{"@type": "Question", "name": "How?", "text": "I ask."}}]',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_json_is_mended(text: str) -> None:
    [question] = records(f'<html><script type="application/ld+json">{text}</script>')
    assert question.title == "How?"
    assert question.body is not None
    assert question.body.text == ("I' ask \\d C:\\x \\u12 \"." if "C:" in text else "I ask.")


def test_an_answer_tells_what_it_is_in_by_its_place() -> None:
    """Some leave out the type of a question, or write the text of an answer where its name belongs."""
    untyped = {"name": "How?", "acceptedAnswer": {"@type": "Answer", "name": "So."}}
    [question] = records(in_scripts({"@type": "FAQPage", "mainEntity": [untyped]}))
    assert [answer.body.text for answer in question.answers] == ["So."]


REJECTED = {
    "no data": ("<html><body><p>How do I do it?</p>", "no schema.org question with a text or an answer"),
    "another thing": (
        in_scripts({"@type": "Article", "name": "How?", "text": "So."}),
        "no schema.org question",
    ),
    "the name of a question": (in_scripts({"@type": "Question", "name": "How?"}), "no schema.org question"),
    "a list of questions": (
        in_scripts({"@type": "ItemList", "itemListElement": [question()]}),
        "no schema.org",
    ),
    "an answer alone": (in_scripts(answer()), "no schema.org question"),
    "empty values": (
        in_scripts(question(name="", text=" ", suggestedAnswer=answer(""))),
        "no schema.org question",
    ),
    "empty JSON": (in_scripts("", "{}", "[]", "null", "5", '"QAPage"'), "no schema.org question"),
    "another script": (f"<html><script>{json.dumps(question())}</script>", "no schema.org question"),
    "hopeless JSON": (in_scripts("QAPage ???"), "JSON-LD script 1 is no JSON: Expecting value in its line 1"),
    "a circle of references": (
        in_scripts(
            {"@type": "Answer", "@id": "#a", "text": "So.", "comment": {"@id": "#a"}, "parentItem": "#a"}
        ),
        "no schema.org question",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REJECTED.values(), ids=REJECTED)
def test_rejected(text: str, reason: str) -> None:
    with pytest.raises(PageRejected, match=reason) as rejection:
        list(read(page(text)))
    assert printable(rejection.value.reason) == rejection.value.reason


LIMITED = [
    (Limits(html_bytes=20), r"[\d,]+ bytes; HTML is read up to 20 bytes"),
    (Limits(html_tags=3), "[0-9]+ tags; HTML is read up to 3 tags"),
    (Limits(json_depth=1), "JSON-LD is nested more than 1 deep"),
    (Limits(json_values=9), "JSON-LD holds more than 9 values"),
    (Limits(questions=1), "2 questions; a page is read up to 1"),
    (Limits(page_text=600), "texts have more than 600 characters together"),
]


@pytest.mark.parametrize(("limits", "reason"), LIMITED)
def test_limits_of_a_page(limits: Limits, reason: str) -> None:
    text = in_scripts(question(suggestedAnswer=answer()), question(name="Why?"))
    assert len(records(text)) == 2
    with pytest.raises(PageRejected, match=reason):
        [*read(page(text), limits)]


def test_limit_of_steps_through_markup() -> None:
    text = '<p itemscope itemtype="https://schema.org/Question" itemref="x"></p>' * 20
    with pytest.raises(PageRejected, match="itemscope items take more than 50 steps to read"):
        [*read(page(f'{text}<div id="x"><i></i><i></i><i></i></div>'), Limits(markup_steps=50))]


def test_limits_of_a_question() -> None:
    limits = Limits(title_length=9, name_length=4, tags=2, blurb_length=3)
    text = in_scripts(
        question(
            name="How do I do it?",
            author="Robin Wren",
            keywords=["aaaaaa,b", {"name": "x", "description": "blurb"}, "c"],
        )
    )
    (short,) = records(text, limits)
    assert (short.title, short.author) == ("How do I", "Robi")
    assert short.tags == (Tag("aaaa"), Tag("b"))


# Single properties, in each of the forms that pages give them

T = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
PROPERTIES: list[tuple[Json, Json]] = [
    ({"author": "Wren"}, {"author": "Wren"}),
    ({"author": {"@type": "Person", "name": "Wren"}}, {"author": "Wren"}),
    ({"author": [{"@type": "Person"}, {"name": "Wren"}, {"name": "Robin"}]}, {"author": "Wren"}),
    ({"author": {"@type": "Person", "alternateName": "wren"}}, {"author": "wren"}),
    ({"author": {"name": {"@value": "Wren"}}}, {"author": "Wren"}),
    ({"author": "<b>Wr&eacute;n</b>\n\u001b[31m "}, {"author": "Wrén [31m"}),
    ({"author": {"@id": "#unknown"}}, {}),
    ({"author": ""}, {}),
    ({"author": None, "creator": "Wren"}, {"author": "Wren"}),
    ({"dateCreated": "2024-01-02T03:04:05Z"}, {"created": T}),
    ({"datePublished": "2024-01-02T05:04:05+02:00"}, {"created": T}),
    ({"dateCreated": "soon", "datePublished": "2024-01-02T03:04:05"}, {"created": T}),
    ({"dateCreated": ["2024-01-02T03:04:05.678Z"]}, {"created": T}),
    ({"dateModified": "2024-01-02 03:04:05 UTC"}, {"updated": T}),
    ({"upvoteCount": 5}, {"score": 5}),
    ({"upvoteCount": "1.2k"}, {"score": 1200}),
    ({"upvoteCount": -5}, {"score": -5}),
    ({"upvoteCount": 0}, {"score": 0}),
    ({"upvoteCount": 5.0}, {"score": 5}),
    ({"upvoteCount": ["many", "5"]}, {"score": 5}),
    ({"upvoteCount": None}, {}),
    (
        {
            "interactionStatistic": [
                {
                    "@type": "InteractionCounter",
                    "interactionType": "https://schema.org/LikeAction",
                    "userInteractionCount": 5,
                },
                {"interactionType": {"@type": "ViewAction"}, "userInteractionCount": "7"},
                {"interactionType": "http://schema.org/CommentAction", "userInteractionCount": 9},
            ]
        },
        {"score": 5, "views": 7, "comment_count": 9},
    ),
    ({"answerCount": 3}, {"answer_count": 3}),
    ({"answerCount": 0}, {}),
    ({"answerCount": -3}, {}),
    ({"answerCount": 1, "suggestedAnswer": answer()}, {"answers": [said()]}),
    ({"answerCount": 2, "suggestedAnswer": answer()}, {"answers": [said()], "answer_count": 2}),
    ({"commentCount": 3}, {"comment_count": 3}),
    ({"commentCount": 1, "comment": comment("No.")}, {"comments": [{"body": "No."}]}),
    ({"comment": comment("No.", comment=comment("Yes."))}, {"comments": [{"body": "No."}, {"body": "Yes."}]}),
    ({"suggestedAnswer": answer(commentCount=3)}, {"answers": [said(comment_count=3)]}),
    ({"suggestedAnswer": answer(upvoteCount=3, author="Wren")}, {"answers": [said(score=3, author="Wren")]}),
    ({"suggestedAnswer": answer(dateModified="2024-01-02T03:04:05Z")}, {"answers": [said(updated=T)]}),
    ({"suggestedAnswer": "So."}, {"answers": [said()]}),
    ({"suggestedAnswer": ["So.", answer("")]}, {"answers": [said()]}),
    ({"suggestedAnswer": [answer(), answer()]}, {"answers": [said(), said()]}),
    ({"suggestedAnswer": answer("a &lt; b &amp;&amp; c")}, {"answers": [said("a < b && c")]}),
    (
        {"suggestedAnswer": answer("&lt;p&gt;a &amp;amp; b&lt;/p&gt;")},
        {"answers": [said("<p>a &amp; b</p>")]},
    ),
    (
        {"suggestedAnswer": answer("<p onclick='x()'>a</p><script>b</script>")},
        {"answers": [said("<p>a</p>")]},
    ),
    ({"suggestedAnswer": answer("vector<int> a;")}, {"answers": [said("vector<int> a;")]}),
    ({"keywords": "tea, Tea Pot,, tea"}, {"tags": ["tea", "tea-pot"]}),
    ({"keywords": ["C++", "node.js"]}, {"tags": ["c++", "node.js"]}),
    ({"keywords": {"@type": "DefinedTerm", "name": "C++", "description": "A language."}}, {"tags": ["c++"]}),
    ({"about": [{"@type": "Thing", "name": "Tea"}, "pot"]}, {"tags": ["tea", "pot"]}),
    ({"name": "<b>How?</b> &amp; why"}, {"title": "How? & why"}),
    ({"name": "How\n  \u202emany?"}, {"title": "How many?"}),
    ({"text": None, "description": "I do."}, {"body": "I do."}),
    ({"url": "https://www.example.org/faq"}, {"url": "https://www.example.org/faq", "site": "example.org"}),
    ({"url": "/faq"}, {}),
    ({"url": "javascript:x()"}, {}),
    ({"url": "http://[x"}, {}),
    ({"url": "http://a/b c"}, {}),
    ({"url": "http://a/\x1b[31m"}, {}),
    ({"url": "http://a\u202eb/c"}, {}),
    (
        {"name": None, "text": "I \x1b[31mask\u202e. Why?"},
        {"title": "I [31mask .", "body": "I \x1b[31mask\u202e. Why?"},
    ),
    ({"name": "How? " * 200}, {"title": ("How? " * 100).rstrip()}),
    ({"author": "Jo Robin " * 50}, {"author": ("Jo Robin " * 22) + "Jo"}),
    ({"@id": "https://example.org/q"}, {"url": "https://example.org/q", "site": "example.org"}),
]


@pytest.mark.parametrize(("stated", "expected"), PROPERTIES)
def test_property(stated: Json, expected: Json) -> None:
    assert one_told(in_scripts(question(**stated))) == asked() | expected


def test_a_tag_keeps_its_title_and_blurb() -> None:
    term = {"@type": "DefinedTerm", "name": "Tea Pot", "description": "A pot."}
    (found,) = records(in_scripts(question(keywords=[term, "cup"])))
    assert found.tags == (Tag("tea-pot", "Tea Pot", "A pot."), Tag("cup"))


def test_a_thread_counts_all_its_replies() -> None:
    thread = {
        "@type": "DiscussionForumPosting",
        "headline": "How?",
        "commentCount": 3,
        "comment": [comment("So.", comment=comment("No.")), comment("Or.")],
    }
    assert records(in_scripts(thread))[0].answer_count is None
    assert records(in_scripts({**thread, "commentCount": 4}))[0].answer_count == 4


COUNTS = [
    ("12", 12),
    (" 12 ", 12),
    ("1,234", 1234),
    ("1.234.567", 1234567),
    ("1\xa0234", 1234),
    ("1\u202f234\u202f567", 1234567),
    ("12.0", 12),
    ("1.2k", 1200),
    ("1,2K", 1200),
    ("1.5 M", 1_500_000),
    ("-3", -3),
    ("−3", -3),
    ("+3", 3),
    ("0", 0),
    ("3 votes", 3),
    ("UserComments:7", 7),
    ("#5", 5),
    ("٣", 3),
    ("", None),
    ("many", None),
    ("3votes", None),
    ("1.2.3", None),
    ("1e999", None),
    ("1e5", None),
    ("NaN", None),
    ("Infinity", None),
    ("9007199254740992", 2**53),
    ("9007199254740993", None),
    ("9" * 5000, None),
    ("9,999,999,999,999,999,999", None),
]


@pytest.mark.parametrize(("text", "number"), COUNTS)
def test_count(text: str, number: int | None) -> None:
    assert count(text) == number


MOMENTS = [
    ("2024-01-02T03:04:05Z", T),
    ("2024-01-02T03:04:05", T),
    ("2024-01-02T03:04:05.999Z", T),
    ("2024-01-02T05:04:05+0200", T),
    ("2024-01-01T22:04:05-05:00", T),
    (" 2024-01-02 03:04:05 UTC ", T),
    ("2024-01-02 05:04:05 +02:00", T),
    ("20240102T030405Z", T),
    ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
    ("2024-02-30", None),
    ("0000-00-00", None),
    ("99999-01-01", None),
    ("9999-12-31T23:59:59-05:00", None),
    ("0001-01-01T00:00:00+05:00", None),
    ("2024-01-02T03:04:05+99:99", None),
    ("yesterday", None),
    ("", None),
    ("2" * 5000, None),
]


@pytest.mark.parametrize(("text", "time"), MOMENTS)
def test_moment(text: str, time: datetime | None) -> None:
    assert moment(text) == time


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60)
)
def test_a_moment_is_read_in_any_zone(time: datetime, minutes: int) -> None:
    stated = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(stated.isoformat()) == stated.replace(microsecond=0).astimezone(UTC)


ADDRESSES = [
    ("/q", "https://example.org/a/", "https://example.org/q"),
    ("q?a=b", "https://example.org/a/", "https://example.org/a/q?a=b"),
    ("#c", "https://example.org/a", "https://example.org/a#c"),
    ("//h/q", "https://example.org/a", "https://h/q"),
    (" http://h/q ", None, "http://h/q"),
    ("HTTP://h/q", None, "HTTP://h/q"),
    ("/q", None, None),
    ("q", "x:y", None),
    ("javascript:x()", "https://example.org/", None),
    ("mailto:a@b.c", "https://example.org/", None),
    ("http://a/b c", None, None),
    ('http://a/b"c', None, None),
    ("http://[x", None, None),
    ("http://[x", "https://example.org/", None),
    ("http://", None, None),
    (" ", "https://example.org/", None),
]


@pytest.mark.parametrize(("text", "base", "expected"), ADDRESSES)
def test_address(text: str, base: str | None, expected: str | None) -> None:
    assert address(text, base) == expected


TEXT_IN_STRINGS = [
    ("a < b and c > d", Body("a < b and c > d")),
    ("vector<int> and <stdio.h>", Body("vector<int> and <stdio.h>")),
    ("a &amp; b", Body("a & b")),
    ("a\n\n  b", Body("a\n\n  b")),
    ("<p>a</p>", Body("a", "<p>a</p>")),
    ("<P>a<BR/>b", Body("a\nb", "<p>a<br>b</p>")),
    ("&lt;p&gt;a&lt;/p&gt;", Body("a", "<p>a</p>")),
    ("use <b>x</b>", Body("use x", "use <b>x</b>")),
    ("a\nb <a href='/x'>c</a>", Body("a\nb c", 'a<br>b <a href="https://example.org/x">c</a>')),
]


@pytest.mark.parametrize(("text", "body"), TEXT_IN_STRINGS)
def test_body_of_string(text: str, body: Body) -> None:
    assert body_of_string(text, "https://example.org/") == body


def test_line_and_local_name() -> None:
    assert line(" <b>a</b>\n&amp; b\u202e ", 20) == "a & b"
    assert line("abcdef", 3) == "abc"
    names = ("https://schema.org/Question", "schema:text", "name", "http://schema.org/Answer/", "x#y", "")
    assert [local_name(name) for name in names] == ["Question", "text", "name", "Answer", "y", ""]


# Broken JSON

WHOLE = json.dumps(question(suggestedAnswer=answer()))
MENDED = {
    "line ends in strings": WHOLE.replace("I ask.", "I\nask."),
    "a comma too many": WHOLE.replace("}", ",}"),
    "a comment around it": f"<!-- {WHOLE} -->",
    "CDATA around it": f"//<![CDATA[\n{WHOLE}\n//]]>",
    "CDATA in comments": f"/*<![CDATA[*/{WHOLE}/*]]>*/",
    "comments in it": WHOLE.replace(", ", ", /* , } */ "),
    "a semicolon behind it": f"{WHOLE};",
    "escaped for HTML": WHOLE.replace('"', "&quot;"),
    "a mark before it": f"\ufeff{WHOLE}",
    "two values": f"{{}}{WHOLE},[]",
}


@pytest.mark.parametrize("script", MENDED.values(), ids=MENDED)
def test_broken_json_that_can_be_mended(script: str) -> None:
    found = one_told(in_scripts(script))
    assert " ".join(found["body"].split()) == "I ask."
    assert found["answers"] == [said()]


def test_signs_of_broken_json_stay_in_strings() -> None:
    text = 'a /* b */ ,} <!-- c --> ]]> \\" d // e ;'
    script = json.dumps(question(text=text)) + ";"
    assert "/* b */ ,}" in one_told(in_scripts(script))["body"]


def test_hopeless_json_beside_a_question_is_a_problem() -> None:
    found = [*read(page(in_scripts('{"@type": "QAPage", "mainEntity": {{ q }}', "not of it {", question())))]
    assert isinstance(found[0], Question)
    assert found[1:] == [
        Problem(
            "JSON-LD script 1", "no JSON: Expecting property name enclosed in double quotes in its line 1"
        )
    ]


# One question told twice

MICRODATA = """<div itemscope itemtype="https://schema.org/Question"><h1 itemprop="name">How?</h1>
<div itemprop="text"><p>I ask.</p></div>
<div itemprop="suggestedAnswer" itemscope itemtype="https://schema.org/Answer">
<p itemprop="text">So <b>it</b> is.</p>
<div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><i itemprop="text">No.</i></div>
</div></div>"""


def test_json_ld_and_microdata_become_one() -> None:
    twin = question(
        name="How ?",
        url="https://example.org/questions/7/how",
        upvoteCount=2,
        answerCount=9,
        acceptedAnswer=answer("So it is.", url="https://example.org/a/8", author="Wren"),
        suggestedAnswer=answer("Or."),
    )
    (found,) = records(in_scripts(twin) + MICRODATA)
    assert found.id == "example.org:7"
    assert [part.id for part in found.answers] == ["example.org:8", text_id("Or.")]
    assert told(found) == asked(
        body="<p>I ask.</p>",
        score=2,
        url="https://example.org/questions/7/how",
        site="example.org",
        answer_count=9,
        answers=[
            # microdata, which is told first, denies that it is accepted
            said("So <b>it</b> is.", author="Wren", accepted=False, comments=[{"body": "No."}]),
            said("Or."),
        ],
    )


def test_numbered_questions_with_one_title_stay_two() -> None:
    twins = [question(url=f"https://example.org/q/{n}", text=f"{n}") for n in (1, 2)]
    assert [found.id for found in records(in_scripts(*twins))] == ["example.org:1", "example.org:2"]


# Ids and addresses

QUESTION_IDS = [
    ("https://stackoverflow.com/questions/11227809/why-is-it", "stackoverflow.com:11227809"),
    ("https://www.example.org/q/12", "example.org:12"),
    ("http://example.org:8080/q/12?x=1#y", "example.org:12"),
    ("https://example.org/t/a-slug/212419", "example.org:212419"),
    ("https://example.org/threads/a-slug.2350553/", "example.org:2350553"),
    ("https://example.org/topic/12-x/", "example.org:12"),
    ("https://example.org/forum/viewtopic.php?f=2&t=34&sid=0a", "example.org:34"),
    ("https://example.org/index.php?topic=56.0", "example.org:56"),
    ("https://example.org/search.php?t=34", None),
    ("https://example.org/r/tea/comments/1rku5x/a_slug/", "example.org:1rku5x"),
    ("https://example.org/t/2024-4-4-issue/724779", "example.org:724779"),
    ("https://example.org/questions/tagged/12x", None),
    ("https://example.org/faq", None),
    ("https://example.org/q/" + "1" * 19, None),
    ("/q/12", None),
    ("ftp://example.org/q/12", None),
    ("http://[x/q/12", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "id"), QUESTION_IDS)
def test_question_id(url: str | None, id: str | None) -> None:
    assert question_id(url) == id


PART_IDS = [
    ("https://stackoverflow.com/a/11227902", "stackoverflow.com:11227902"),
    ("https://stackoverflow.com/questions/1/a-slug/2#2", "stackoverflow.com:2"),
    ("https://stackoverflow.com/questions/1#comment-3_1", "stackoverflow.com:3"),
    ("https://example.org/q/1#answer-2", "example.org:2"),
    ("https://example.org/threads/x.1/post-2", "example.org:2"),
    ("https://example.org/q/1#top", None),
    ("https://example.org/q/1", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "id"), PART_IDS)
def test_part_id(url: str | None, id: str | None) -> None:
    assert part_id(url) == id


SITES = [
    ("https://www.Example.org:8080/faq", "example.org"),
    ("http://user:pw@h/x", "h"),
    ("https://", None),
    ("mailto:a@b.c", None),
    ("http://[x", None),
    ("http://a\x1bb/x", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "site"), SITES)
def test_site_of(url: str | None, site: str | None) -> None:
    assert site_of(url) == site


CANONICAL = '<link rel="canonical" href="https://example.org/questions/7/how">'
IDS: dict[str, tuple[str, list[str]]] = {
    "of the url": (in_scripts(question(url="https://example.org/q/7")), ["example.org:7"]),
    "of the @id": (in_scripts(question(**{"@id": "https://example.org/q/7#question"})), ["example.org:7"]),
    "of the page": (in_scripts(question(), head=CANONICAL), ["example.org:7"]),
    "of the page's property": (
        in_scripts({"@type": "QAPage", "url": "https://example.org/q/7", "mainEntity": question()}),
        ["example.org:7"],
    ),
    "of og:url": (
        in_scripts(question(), head='<meta property="og:url" content="https://example.org/q/7">'),
        ["example.org:7"],
    ),
    "of the url, relative to the page": (in_scripts(question(url="/q/8"), head=CANONICAL), ["example.org:8"]),
    "of the url, relative to the base": (
        in_scripts(question(url="8"), head='<base href="https://example.org/q/">'),
        ["example.org:8"],
    ),
    "of the text": (in_scripts(question()), [text_id("How?\n\nI ask.")]),
    "of the title": (in_scripts(question(text=None, suggestedAnswer="So.")), [text_id("How?")]),
    "of the title and the site": (
        in_scripts(question(text=None, suggestedAnswer="So.", url="https://example.org/faq")),
        [text_id("example.org How?")],
    ),
    "of the texts, where a page has several": (
        in_scripts(question(), question(name="Why?"), head=CANONICAL),
        [text_id("How?\n\nI ask."), text_id("Why?\n\nI ask.")],
    ),
}


@pytest.mark.parametrize(("text", "ids"), IDS.values(), ids=IDS)
def test_ids(text: str, ids: list[str]) -> None:
    assert [found.id for found in records(text)] == ids


def test_links_in_the_texts() -> None:
    hrefs = ("/q/7", "/q/8?a=1&amp;b=2", "https://h/q/9", "/x")
    text = "<p>" + " ".join(f'<a href="{href}">x</a>' for href in hrefs)
    found = records(
        in_scripts(
            question(text=text, suggestedAnswer=answer('<p><a href="/questions/8">x</a>')), head=CANONICAL
        )
    )
    assert [link.target for link in found[0].links] == ["example.org:8", "h:9"]


# Sniffing

SNIFFED = {
    "JSON-LD in a page": (in_scripts(question()), 0.7),
    "microdata": (MICRODATA, 0.7),
    "microdata in capitals": (MICRODATA.replace("itemscope", "ITEMSCOPE"), 0.7),
    "RDFa": ('<div typeof="Question">', 0.7),
    "HTML of another thing": ("<html><p>Question", UNMARKED),
    "HTML with a script": ('<html><script type="application/ld+json">{}</script>', UNMARKED),
    "JSON-LD alone": (json.dumps({"@context": "https://schema.org", **question()}), 0.9),
    "JSON-LD of another thing": ('{"@type": "Person"}', 0.1),
    "JSON": ('{"a": "Question"}', 0.0),
    "text": ("What is a QAPage with itemscope?", 0.0),
    "XML": ("<?xml version='1.0'?><rss><channel/></rss>", 0.0),
    "nothing": ("", 0.0),
}


@pytest.mark.parametrize(("text", "sure"), SNIFFED.values(), ids=SNIFFED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_sniff(text: str, sure: float, encoding: str) -> None:
    assert sniff(page(text.encode(encoding))) == sure


# Real pages

Checks = Callable[[Mapping[str, Any], list[Json]], Iterable[tuple[str, bool]]]

FLOORS = {
    "stackexchange": {
        "is_qa": 26,
        "title": 26,
        "n_answers": 26,
        "answers": 202,
        "score": 228,
        "accepted": 16,
    },
    "faq_jsonld": {"is_qa": 6, "faq": 59},
    "faq_microdata": {"is_qa": 3, "faq": 28},
    "negative": {"is_qa": 9},
}
"""By engine and field, how many of the checks on ../shared/pages have to be right."""


def checks_of_gold() -> Checks:
    spec = importlib.util.spec_from_file_location("score_pages", PAGES / "score_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    checks: Checks = module.checks
    return checks


def items_of(path: Path) -> list[Json]:
    try:
        _, found = read_page(page(path.read_bytes(), path.name))
        return [question_to_json(one) for one in found if isinstance(one, Question)]
    except PageRejected:
        return []


@pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages of ../shared/pages are not at hand")
@pytest.mark.parametrize("engine", FLOORS)
def test_real_pages_reach_the_floor(engine: str) -> None:
    checks = checks_of_gold()
    right: dict[str, int] = defaultdict(int)
    rows = map(json.loads, (PAGES / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    for row in (row for row in rows if row["engine"] == engine):
        for name, correct in checks(row, items_of(PAGES / row["file"])):
            right[name] += correct
    low = {name: right[name] for name, floor in FLOORS[engine].items() if right[name] < floor}
    assert low == {}, f"fewer are right than the floor of {FLOORS[engine]}"
