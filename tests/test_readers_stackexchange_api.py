"""The Stack Exchange API's answers and exports of Stack Overflow for Teams, written here in their form."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import LIMITS
from askive.archive.page import Found, Page, Problem, Rejected
from askive.archive.readers import read_page, stackexchange_api, teams
from askive.archive.records import Answer, Body, Link, Question, Tag, printable
from askive.archive.sources import sources
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared" / "pages" / "stackexchange_api"

COMMENT = {
    "comment_id": 77,
    "owner": {"display_name": "Zo&#235;", "link": "https://tea.example.com/users/9/zo"},
    "score": 2,
    "creation_date": 1300000100,
    "body": "Which <code>kettle</code>?",
}
ANSWER = {
    "owner": {"display_name": "Bo"},
    "is_accepted": True,
    "score": -3,
    "creation_date": 1300000200,
    "answer_id": 12,
    "question_id": 4,
    "body": "<p>Vinegar, as <a href='https://tea.example.com/q/5'>here</a>.</p>",
    "comments": [COMMENT],
}
ASKED = {
    "tags": ["kettle", "c++"],
    "owner": {"display_name": "Ann &amp; Co", "reputation": 1},
    "is_answered": True,
    "view_count": 90,
    "accepted_answer_id": 12,
    "answer_count": 3,
    "score": 7,
    "creation_date": 1300000000,
    "last_edit_date": 1300000300,
    "question_id": 4,
    "link": "https://tea.example.com/questions/4/how-to",
    "closed_reason": "Duplicate",
    "closed_date": 1300000400,
    "closed_details": {"reason": "Duplicate", "original_questions": [{"question_id": 3, "title": "x"}]},
    "title": "How to descale a &quot;kettle&quot;?",
    "body": "<p>Limescale<script>x</script></p>",
    "comments": [COMMENT],
    "answers": [ANSWER],
}
WRAPPER = {"items": [ASKED], "has_more": False, "quota_max": 300, "quota_remaining": 299}


def page(value: Any, source: str = "answer.json") -> Page:
    return Page(json.dumps(value).encode(), source, NOW)


def found(value: Any) -> list[Found]:
    """Return what the surest reader finds in JSON."""
    return list(read_page(page(value))[1])


def questions(value: Any) -> list[Question]:
    return [one for one in found(value) if isinstance(one, Question)]


@pytest.mark.parametrize("value", [WRAPPER, [WRAPPER], [ASKED], {"has_more": False, "items": [ASKED]}])
def test_question_with_all_a_filter_gives(value: Any) -> None:
    name, told = read_page(page(value))
    (question,) = told
    assert isinstance(question, Question)
    assert name == "stackexchange_api"
    assert question.id == "tea.example.com:4"
    assert question.title == 'How to descale a "kettle"?'
    assert question.body == Body("Limescale", "<p>Limescale</p>")
    assert (question.score, question.views, question.author) == (7, 90, "Ann & Co")
    assert (question.site, question.closed, question.answer_count) == ("tea.example.com", "duplicate", 3)
    assert question.created == datetime.fromtimestamp(1300000000, UTC)
    assert [tag.name for tag in question.tags] == ["kettle", "c++"]
    links = (Link("tea.example.com:3", "duplicate"), Link("tea.example.com:5", "linked"))
    assert question.links == links
    (answer,) = question.answers
    told_of = (answer.id, answer.accepted, answer.score, answer.author)
    assert told_of == ("tea.example.com:12", True, -3, "Bo")
    assert [(c.id, c.author, c.score) for c in answer.comments] == [("tea.example.com:77", "Zoë", 2)]
    assert question.comments[0].body.text == "Which kettle?"


def test_answers_alone_tell_of_their_question() -> None:
    link = "https://tea.example.com/questions/4/how-to/{0}#{0}"
    base = {"title": "How to?", "tags": ["kettle"], "creation_date": 1300000200}
    items = [{**base, "answer_id": n, "link": link.format(n), "body": f"<p>{n}</p>"} for n in (12, 13)]
    (question,) = questions({"items": items, "has_more": False})
    assert question.id == "tea.example.com:4"
    assert question.title == "How to?"
    assert [tag.name for tag in question.tags] == ["kettle"]
    assert [answer.body.text for answer in question.answers] == ["12", "13"]
    assert question.created is None, "the date is the answer's"


def test_markdown_stands_where_there_is_no_html() -> None:
    (question,) = questions(
        {"items": [{**ASKED, "body": None} | {"answers": [{"body_markdown": "a &lt; b"}]}], "has_more": 0}
    )
    assert [answer.body for answer in question.answers] == [Body("a < b")]


def test_tags_their_wikis_and_synonyms() -> None:
    wikis = [
        {
            "tag_name": "Kettle",
            "excerpt": "About &amp; on kettles",
            "excerpt_last_edit_date": 1,
            "body": "<p>x</p>",
        },
        {"tag_name": "tea", "body": "<p>All of it</p>"},
        {"name": "c++", "count": 4, "is_required": False, "synonyms": ["cpp"]},
        {"from_tag": "pot", "to_tag": "kettle", "applied_count": 2},
    ]
    assert found({"items": wikis, "has_more": False}) == [
        Tag("kettle", blurb="About & on kettles"),
        Tag("tea", blurb="All of it"),
        Tag("c++", synonyms=("cpp",)),
        Tag("kettle", synonyms=("pot",)),
    ]


@pytest.mark.parametrize(
    ("item", "tag"),
    [
        (
            {"creation_date": 1, "applied_count": 2, "to_tag": "Kettle", "from_tag": "pot"},
            ("kettle", ("pot",)),
        ),
        ({"has_synonyms": True, "is_required": False, "count": 4, "name": "tea"}, ("tea", ())),
        ({"body_last_edit_date": 1, "body": "<p>All</p>", "tag_name": "tea"}, ("tea", ())),
    ],
)
def test_a_list_of_tags_without_the_wrapper(item: Any, tag: tuple[str, tuple[str, ...]]) -> None:
    name, read = read_page(page([item]))
    assert name == "stackexchange_api"
    assert [(one.name, one.synonyms) for one in read if isinstance(one, Tag)] == [tag]


@pytest.mark.parametrize(
    "item",
    [
        {"to_tag": " ", "from_tag": "pot"},
        {"tag_name": "\x00", "excerpt": "About nothing"},
        {"name": "", "count": 4, "is_required": False},
    ],
)
def test_a_tag_without_a_name_is_a_problem(item: Any) -> None:
    assert found({"items": [item], "has_more": False}) == [Problem("item 1", "a tag without a name")]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"items": [], "has_more": False}, "without items"),
        ({"items": [], "has_more": False, "error_message": "too many"}, "without items"),
        ({"has_more": False, "error_message": "too many\nrequests"}, "API said: too many requests"),
    ],
)
def test_what_holds_nothing_says_so(value: Any, reason: str) -> None:
    with pytest.raises(PageRejected, match=reason):
        list(stackexchange_api.read(page(value)))


def test_other_items_are_problems() -> None:
    told = found({"items": [ASKED, {"user_id": 5}, "x", {**ASKED, "score": "7"}], "has_more": False})
    assert [one.where for one in told if isinstance(one, Problem)] == ["item 2", "item 3", "item 4"]
    assert len([one for one in told if isinstance(one, Question)]) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "nested more than"),
        ('{"items": [' + "[]," * 2_000_000, "more than 2,000,000 values"),
        ('{"items": [' + "9" * 10_000 + "]}", "no JSON"),
        ('{"items": [nul', "no JSON: .* in line 1"),
    ],
)
def test_json_is_bounded(text: str, reason: str) -> None:
    with pytest.raises(PageRejected, match=reason):
        list(stackexchange_api.read(Page(text.encode(), "x.json", NOW)))


# -- Stack Overflow for Teams

POSTS: list[dict[str, Any]] = [
    {
        "id": 2,
        "postType": "answer",
        "parentId": 1,
        "ownerUserId": 8,
        "bodyMarkdown": "Ask **IT**.",
        "score": 4,
    },
    {
        "id": 1,
        "postType": "question",
        "postState": "Published",
        "acceptedAnswerId": 2,
        "ownerUserId": 7,
        "creationDate": "2020-03-04T05:06:07.123Z",
        "score": 1,
        "viewCount": 33,
        "title": "Where is the VPN key?",
        "tags": ["vpn", "Keys"],
        "body": "<p>I lost it.</p>",
        "bodyMarkdown": "I lost it.",
    },
    {"id": 3, "postType": "question", "title": "Gone", "body": "x", "deletionDate": "2020-03-05T05:06:07Z"},
    {"id": 4, "postType": "tagWikiExcerpt", "bodyMarkdown": "The private network."},
]
EXPORT: dict[str, Any] = {
    "posts": POSTS,
    "users": [{"id": 7, "displayName": "Ann"}, {"id": 8, "realName": "Bo"}],
    "comments": [
        {"id": 5, "postId": 2, "userId": 7, "text": "Thanks", "creationDate": 1583298367, "score": 2}
    ],
    "tags": [{"id": 1, "tagName": "vpn", "excerptPostId": 4}],
    "postLinks": [{"postId": 1, "relatedPostId": 9, "linkType": "duplicate"}],
}


def test_export_of_a_team(tmp_path: Path) -> None:
    for name, rows in EXPORT.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8-sig")
    got, *_ = sources([tmp_path], LIMITS, now=lambda: NOW)
    assert isinstance(got, Page)
    name, told = read_page(got)
    tag, question = told
    assert (name, tag) == ("teams", Tag("vpn", blurb="The private network."))
    assert isinstance(question, Question)
    key, _, number = question.id.partition(":")
    assert (key[:5], number) == ("dump-", "1")
    assert (question.title, question.author, question.views) == ("Where is the VPN key?", "Ann", 33)
    assert question.created == datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert question.links == (Link(f"{key}:9", "duplicate"),)
    assert [tag.name for tag in question.tags] == ["vpn", "keys"]
    (answer,) = question.answers
    assert (answer.author, answer.accepted, answer.body.text) == ("Bo", True, "Ask **IT**.")
    assert [(c.author, c.body.text, c.score) for c in answer.comments] == [("Ann", "Thanks", 2)]


def test_posts_of_a_team_alone() -> None:
    (question,) = questions(POSTS)
    assert (question.reader, len(question.answers), question.author) == ("teams", 1, None)


def test_version_3_of_the_api() -> None:
    item = {
        "id": 1,
        "tags": [{"id": 5, "name": "vpn", "description": None}],
        "title": "Where?",
        "bodyMarkdown": "I lost it",
        "body": "<p>I lost it</p>",
        "creationDate": "2023-10-01T10:00:00Z",
        "isAnswered": True,
        "owner": {"id": 7, "name": "Ann"},
        "webUrl": "https://team.example.com/questions/1",
        "answers": [{"id": 2, "body": "<p>Here</p>", "isAccepted": True, "owner": {"name": "Bo"}}],
    }
    for value in ([item], {"totalCount": 1, "items": [item]}):
        (question,) = questions(value)
        assert (question.id, question.author, question.reader) == ("team.example.com:1", "Ann", "teams")
        assert question.answers == (
            Answer("team.example.com:2", Body("Here", "<p>Here</p>"), author="Bo", accepted=True),
        )


def test_an_export_that_is_too_large_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "posts.json").write_text(json.dumps(POSTS), encoding="utf-8")
    small = type(LIMITS)(dump_bytes=100)
    got, *_ = sources([tmp_path], small, now=lambda: NOW)
    assert got == Rejected(f"{tmp_path}#export", "more than 100 bytes of JSON")


# -- whatever a page holds

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside of one."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield (*path, key)
        yield from places(inside, (*path, key))


@given(
    st.sampled_from([WRAPPER, EXPORT]),
    st.randoms(use_true_random=False),
    st.lists(JSON, min_size=1, max_size=3),
)
def test_any_value_in_any_place_yields_records_or_one_reason(
    whole: dict[str, Any], chance: random.Random, strange: list[Any]
) -> None:
    changed = copy.deepcopy(whole)
    for value in strange:
        *way, last = chance.choice(list(places(changed)))
        target = changed
        for key in way:
            target = target[key]
        target[last] = value
    for reader in (stackexchange_api, teams):
        try:
            told = list(reader.read(page(changed)))
        except PageRejected as rejection:
            assert rejection.reason == printable(rejection.reason)
            continue
        for one in told:
            if isinstance(one, Problem):
                assert one.reason == printable(one.reason)
            if isinstance(one, Question):
                assert printable(one.title) == one.title


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages of ../shared are not at hand")
def test_a_real_answer_of_the_api() -> None:
    path = SHARED / "stackexchange-answer.response.json"
    (question,) = read_page(Page(path.read_bytes(), str(path), NOW))[1]
    assert isinstance(question, Question)
    assert question.id == "stackoverflow.com:17992553"
    assert [answer.id for answer in question.answers] == ["stackoverflow.com:17992906"]
