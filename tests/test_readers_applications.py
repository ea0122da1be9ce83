"""The JSON that applications start from: found in pages, addressed by paths, made into questions."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import Limits
from askive.archive.page import Page
from askive.archive.readers import applications, read_page
from askive.archive.readers.engines import APPLICATIONS
from askive.archive.readers.html import parse
from askive.archive.readers.paths import found, resources_of
from askive.archive.readers.rich_text import html_of
from askive.archive.readers.scripts import values_in
from askive.archive.records import Question

RECEIVED = datetime(2024, 7, 1, 12, tzinfo=UTC)
LINK = '<link rel="canonical" href="https://www.zhihu.example/question/5">'


def page(text: str) -> Page:
    return Page(text.encode(), "page", RECEIVED)


def question(given: Page) -> Question:
    [one] = [one for one in read_page(given)[1] if isinstance(one, Question)]
    return one


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a.b", [1]),
        ("a.*", [1, "x"]),
        ("l.*.n", [2, 3]),
        ("l.1.n, l.2.n", [3]),
        ("l.*.k=v.n", [3]),
        ("**.n", [2, 3, 4]),
        ("s.~.n", [4]),
        ("s.~.**.n", [4]),
        ("none, a.b", [1]),
        ("a.b.c.d", []),
    ],
)
def test_paths(path: str, values: list[Any]) -> None:
    told = {
        "a": {"b": 1, "c": "x"},
        "l": [{"n": 2}, {"n": 3, "k": "v"}],
        "s": '{"n": 4}',
        "deep": [[{"n": 4}]],
    }
    assert list(found(told, path)) == values


def test_paths_to_resources() -> None:
    document = {"included": [{"type": "a", "id": 1, "n": 7}, {"type": "b", "id": "1"}, 3, {}]}
    resources = resources_of([document, None], "included.*")
    refers = {"x": {"type": "a", "id": "1"}, "y": [{"type": "b", "id": "1"}], "z": {"type": "c", "id": "1"}}
    assert list(found(refers, "x.&.n, y.0.&.type, z.&.n, x.type.&", resources)) == [7, "b"]


@pytest.mark.parametrize(
    ("text", "where", "behind", "values"),
    [
        ('<script id="a">{"x": 1}</script>', "#a", r"\A\s*", [{"x": 1}]),
        ('<div id="a" data-x="{&quot;x&quot;:1}"></div>', "#a@data-x", r"\A\s*", [{"x": 1}]),
        ('<script>w = {"x": "}"}; w = [2];w = 3; w = {broken}; w = "s";</script>', "script", "w = ", 3),
        ('<script id="a">{"x": 1</script>', "#a", r"\A\s*", []),
        ("<script id='a'>null</script>", "#a", r"\A\s*", []),
        ("<script>let a; app.load([1]); app.load( [2] )</script>", "script", r"\A\s*|load\(\s*", [[1], [2]]),
    ],
)
def test_values_in_scripts(text: str, where: str, behind: str, values: list[Any] | int) -> None:
    read = list(values_in(parse(page(f"<html>{text}")), where, behind))
    assert read == ([{"x": "}"}, [2], "s"] if values == 3 else values)


def test_values_are_bounded() -> None:
    deep = parse(page(f"<html><script>w = {'[' * 99}{']' * 99}</script>"))
    with pytest.raises(PageRejected, match="nested more than 64 deep"):
        list(values_in(deep, "script", "w = "))
    many = parse(page("<html><script>w = [1,2,3,4,5,6]</script>"))
    with pytest.raises(PageRejected, match="more than 3 values"):
        list(values_in(many, "script", "w = ", Limits(json_items=3)))
    unclosed = parse(page(f"<html><script>{'w = [' * 50_000}</script>"))  # in no more than linear time
    assert list(values_in(unclosed, "script", "w = ", Limits(json_depth=100_000))) == []


def element(kind: str, *inner: Any, **more: Any) -> dict[str, Any]:
    return {"e": kind, "c": list(inner), **more}


TEXT = {"e": "text", "t": "a<b c"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([element("par", TEXT)], "<p>a&lt;b c</p>"),
        ([element("par", TEXT | {"f": [[3, 4, 1]]})], "<p>a&lt;b <i><b>c</b></i></p>"),
        ([element("par", TEXT | {"f": [[64, 0, 3], [1, 1, 1], "x", [1]]})], "<p><code>a&lt;b</code> c</p>"),
        ([element("list", element("li", element("par", TEXT)), o=True)], "<ol><li><p>a&lt;b c</p></li></ol>"),
        ([element("h", TEXT, l=2), {"e": "hr"}], "<h2>a&lt;b c</h2><hr>"),
        ([element("code", {"e": "raw", "t": "x = 1"})], "<pre>x = 1\n\n</pre>"),
        ([element("par", {"e": "link", "t": "x", "u": 'y"z'})], '<p><a href="y&quot;z">x</a></p>'),
        ([element("par", {"e": "u/", "t": "ann"})], "<p>u/ann</p>"),
        (
            [{"e": "table", "h": [element("", TEXT)], "c": [[element("", TEXT)]]}],
            "<table><tr><th>a&lt;b c</th></tr><tr><td>a&lt;b c</td></tr></table>",
        ),
        ({"document": [element("par", TEXT)]}, "<p>a&lt;b c</p>"),
        ({"sections": [{"spans": [{"text": "x^2", "modifiers": {"math": True}}]}]}, "<p>$x^2$</p>"),
        ({"sections": [{"type": "code", "spans": [{"text": "a"}]}] * 2}, "<pre>a\na\n</pre>"),
        (None, ""),
        ({"sections": [7, {"spans": [None, {"text": 3}]}]}, "<p></p>"),
        ([element("par", 3, {"e": 4}, {"t": None})], "<p></p>"),
    ],
)
def test_rich_text(document: Any, expected: str) -> None:
    assert html_of(document) == expected


def zhihu(questions: Any, answers: Any) -> Page:
    told = json.dumps({"initialState": {"entities": {"questions": questions, "answers": answers}}})
    return page(f'<html>{LINK}<p>zhihu</p><script id="js-initialData">{told}</script>')


def test_the_question_is_the_one_that_the_address_names() -> None:
    asked = {
        n: {"id": n, "title": f"Q{n}?", "url": f"https://www.zhihu.example/question/{n}"} for n in (4, 5, 6)
    }
    told = question(zhihu(asked, {}))
    assert (told.id, told.title, told.answers) == ("zhihu.example:5", "Q4?", ())


@pytest.mark.parametrize(
    ("questions", "answers"),
    [({}, {}), (3, [4]), ({"5": 7}, None), ({"5": {"id": 5}}, {}), ({"5": {"id": [], "title": "Q?"}}, {})],
)
def test_a_page_without_a_question(questions: Any, answers: Any) -> None:
    with pytest.raises(PageRejected, match="has no question of it"):
        next(applications.read(zhihu(questions, answers)))


def test_hostile_values_are_no_values() -> None:
    asked = {
        "5": {"id": 5, "title": "Q?", "created": "x", "visitCount": [1], "topics": [3, {"name": 4}, None]}
    }
    odd = {"id": 1, "question": {"id": 5}, "content": "<p>A.", "createdTime": 1e30, "author": 3}
    told = question(zhihu(asked, {"1": odd | {"voteupCount": "9" * 5000}, "2": {"id": 2, "content": 7}}))
    assert (told.created, told.views, told.tags) == (None, None, ())
    assert [(a.body.text, a.created, a.score, a.author) for a in told.answers] == [("A.", None, None, None)]


def test_hostile_ids_are_no_ids() -> None:
    comment = {"id": "a", "parentId": ["x"], "postId": "t3_1", "media": {"markdownContent": "<p>A."}}
    models = {
        "a": comment,
        "b": comment | {"id": {}, "parentId": {}},
        "c": comment | {"id": "c", "parentId": "a"},
    }
    state = {
        "posts": {"models": {"t3_1": {"id": "t3_1", "title": "Why &amp;?", "permalink": [1]}}},
        "comments": {"models": models},
    }
    told = question(page(f"<html><script>window.___r = {json.dumps(state)}</script>t3_"))
    assert (told.title, told.url) == ("Why &amp;?", None)
    assert [(a.id, [c.id for c in a.comments]) for a in told.answers] == [("a", ["c"])]
    children = [{"kind": "t1", "data": {"name": {}, "body": "B."}}]
    nested = {"kind": "t1", "data": {"name": "t1_a", "body": "A.", "replies": listing(*children)}}
    asking = {"kind": "t3", "data": {"name": "t3_1", "title": "Why?", "num_comments": 2}}
    [answer] = question(page(json.dumps([listing(asking), listing(nested)]))).answers
    assert [comment.body.text for comment in answer.comments] == ["B."]


def listing(*children: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children)}}


def reply(name: str, text: str, *replies: dict[str, Any]) -> dict[str, Any]:
    told = {"name": f"t1_{name}", "body": text, "author": "ann", "created_utc": 1_600_000_000.0, "score": 2}
    return {"kind": "t1", "data": told | {"replies": listing(*replies) if replies else ""}}


def test_a_thread_of_reddits_api() -> None:
    asking = {
        "name": "t3_5ab1cd",
        "title": "Which pot &amp; which tea?",
        "selftext_html": html.escape('<!-- SC_OFF --><div class="md"><p>For <b>two</b>.</p></div>'),
        "author": "mei",
        "created_utc": 1_600_000_000.0,
        "edited": False,
        "score": 7,
        "num_comments": 5,
        "permalink": "/r/tea/comments/5ab1cd/which_pot/",
    }
    more = {"kind": "more", "data": {"count": 4, "name": "t1__"}}
    answers = [
        reply("a", "Clay.", reply("b", "Glass.", reply("c", "Both."))),
        reply("d", "[removed]", reply("e", "Why?")),
    ]
    answers[0]["data"]["replies"]["data"]["children"].append(more)
    told = question(page(json.dumps([listing({"kind": "t3", "data": asking}), listing(*answers, more)])))
    assert (told.id, told.title, told.reader) == ("reddit.com:5ab1cd", "Which pot & which tea?", "reddit")
    assert told.body is not None
    assert (told.body.text, told.author, told.score) == ("For two.", "mei", 7)
    assert told.created == datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)
    assert [(a.id, a.body.text, [c.id for c in a.comments], a.comment_count) for a in told.answers] == [
        ("a", "Clay.", ["b", "c"], 6),
        ("e", "Why?", [], None),
    ]


def test_a_thread_of_reddits_api_that_asks_nothing() -> None:
    asking = {
        "name": "t3_5ab1cd",
        "title": "My pots",
        "num_comments": 0,
        "permalink": "/r/tea/comments/5ab1cd/",
    }
    with pytest.raises(PageRejected, match="asks nothing"):
        question(page(json.dumps([listing({"kind": "t3", "data": asking}), listing()])))


def test_each_application_has_what_it_is_found_by() -> None:
    for application in APPLICATIONS:
        assert application.signs
        assert application.question
        assert application.title
