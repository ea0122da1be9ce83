"""Reader of what the Stack Exchange API answers (version 2.3 and before), saved as JSON.

Pages are the API's wrapper with `items`, a list of such wrappers, or a list of the items themselves, as
programs that fetch many pages write them. Items are questions with what a filter gave with them, answers
and comments among it; answers by themselves, which tell of their question its id and title; tags, their
wikis and their synonyms (https://api.stackexchange.com/docs). The fields have the names of our own JSON.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..body import body_from_html
from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..page import Found, Page, Problem
from ..records import Question, Tag, printable, tag_name
from ..restore import question_from_json
from .addresses import linked_questions, question_id, site_of
from .gathering import Gathering
from .json_page import head_of, json_of

NAME = "stackexchange_api"

TAIL_BYTES = 500
"""How much of the end `sniff` looks at: a wrapper tells there how many requests are left."""

PARTS = ("answers", "comments")
"""What items hold of their own kind."""

_WRAPPER = re.compile(r'[\[\s]*\{\s*"(?:items|has_more|quota_max|quota_remaining|backoff|page)"\s*:')
_OURS = re.compile(r'\{\s*"format_version"')
_QUOTA = re.compile(rb'"(?:quota_remaining|has_more|quota_max)"\s*:')
_ITEMS = re.compile(
    r'\[\s*\{(?=[^\0]*?"(?:question_id|answer_id|(?:excerpt|body)_last_edit_date|to_tag|has_synonyms)"\s*:)'
)

Item = Mapping[str, Any]


def sniff(page: Page) -> float:
    """Return how sure the first and the last keys are that this is an answer of the API."""
    head = head_of(page)
    if _OURS.match(head):
        return 0.0
    if _WRAPPER.match(head) and (_QUOTA.search(head.encode()) or _QUOTA.search(page.data[-TAIL_BYTES:])):
        return 0.96
    return 0.6 if _ITEMS.match(head) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the tags and questions of the items, and a `Problem` for each that is neither.

    Raises `PageRejected` where the page is no such JSON, holds no items, or an error of the API.
    """
    items = list(_items(json_of(page, limits)))
    if not items:
        raise PageRejected("an answer of the Stack Exchange API without items")
    return _found(items, limits)


def _items(value: Any) -> Iterator[Any]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, Mapping) and isinstance(part.get("items"), list):
            yield from part["items"]
        elif isinstance(part, Mapping) and "error_message" in part:
            raise PageRejected(f"the Stack Exchange API said: {printable(str(part['error_message']))[:200]}")
        elif isinstance(value, list):
            yield part


def _found(items: Iterable[Any], limits: Limits) -> Iterator[Found]:
    """What the items tell: tags first, then questions, those with one id united."""
    gathering = Gathering()
    for number, item in enumerate(items, start=1):
        try:
            one = _tag(item, limits) or _question(item, limits)
        except ValueError as error:
            yield Problem(f"item {number}", printable(str(error)))
            continue
        if isinstance(one, Tag):
            yield one
        else:
            gathering.add(one)
    yield from gathering.questions()


def _tag(item: Any, limits: Limits) -> Tag | None:
    """The tag of an item of `/tags`, `/tags/{tags}/wikis` or `/tags/synonyms`."""
    if not isinstance(item, Mapping):
        raise ValueError("not a JSON object")
    if isinstance(item.get("to_tag"), str) and isinstance(item.get("from_tag"), str):
        return _named(item["to_tag"], [item["from_tag"]], limits)
    named = item.get("tag_name") or (item.get("name") if "is_required" in item or "count" in item else None)
    if not isinstance(named, str):
        return None
    blurb = _plain(item.get("excerpt")) or _plain(item.get("body"))
    synonyms = item.get("synonyms")
    tag = _named(named, synonyms if isinstance(synonyms, list) else (), limits)
    return replace(tag, blurb=blurb[: limits.blurb_length].rstrip() or None)


def _named(named: str, synonyms: Iterable[Any], limits: Limits) -> Tag:
    """A tag with its other names; raises ValueError where it has none of its own."""
    name = tag_name(named[: limits.name_length])
    if not name:
        raise ValueError("a tag without a name")
    others = (tag_name(other[: limits.name_length]) for other in synonyms if isinstance(other, str))
    return Tag(name, synonyms=tuple(dict.fromkeys(other for other in others if other and other != name)))


def _plain(text: object) -> str:
    """A text of the API as one line: even excerpts are HTML, with entities at least."""
    return printable(body_from_html(text).text) if isinstance(text, str) else ""


def _question(item: Item, limits: Limits) -> Question:
    """The question of an item; raises ValueError where it has none."""
    native = item.get("question_id")
    by_address = question_id(_text(item, "link"))
    site = site_of(_text(item, "link")) or _site_of_owners(item)
    if "question_id" not in item and by_address is None:
        raise ValueError("neither a question nor an answer to one")
    own_id = f"{site}:{native}" if site and _is_number(native) else by_address or None
    own = _told(item, site)
    if "answer_id" in item:
        own = {"title": own.get("title"), "tags": own.get("tags") or [], "answers": [own]}
    own = {**own, "question_id": own_id, "askive": {"site": site, "links": list(_links(item, site))}}
    question = question_from_json(own | {"answers": own.get("answers") or []})
    question = replace(question, title=printable(question.title)[: limits.title_length].rstrip())
    bodies = [body for body in (question.body, *(a.body for a in question.answers)) if body]
    told = dict.fromkeys((*question.links, *linked_questions(bodies, question.id)))
    return replace(question, links=tuple(told), closed=_closed(item))


def _told(item: Item, site: str | None) -> dict[str, Any]:
    """An item as our JSON has it: names without entities, bodies as HTML or text, ids of the site."""
    told = {key: value for key, value in item.items() if key not in ("askive", "body_text", "closed_reason")}
    if isinstance(item.get("title"), str):
        told["title"] = html.unescape(item["title"])
    if isinstance(item.get("owner"), Mapping) and isinstance(item["owner"].get("display_name"), str):
        told["owner"] = {"display_name": printable(html.unescape(item["owner"]["display_name"]))}
    if "body" not in item and isinstance(item.get("body_markdown"), str):
        told["body_text"] = html.unescape(item["body_markdown"])
    for key in ("answer_id", "comment_id", "accepted_answer_id"):
        if site and _is_number(item.get(key)):
            told[key] = f"{site}:{item[key]}"
    for key in PARTS:
        if isinstance(item.get(key), list):
            told[key] = [_told(part, site) if isinstance(part, Mapping) else part for part in item[key]]
    return told


def _links(item: Item, site: str | None) -> Iterator[Mapping[str, str]]:
    """The questions that this one is a duplicate of."""
    details = item.get("closed_details")
    originals = details.get("original_questions") if isinstance(details, Mapping) else None
    for one in originals if isinstance(originals, list) else ():
        if site and isinstance(one, Mapping) and _is_number(one.get("question_id")):
            yield {"target": f"{site}:{one['question_id']}", "kind": "duplicate"}


def _closed(item: Item) -> str | None:
    details = item.get("closed_details")
    reason = _text(item, "closed_reason") or (
        _text(details, "reason") if isinstance(details, Mapping) else None
    )
    if reason:
        return printable(reason).lower()
    return "closed" if item.get("closed_date") else None


def _site_of_owners(item: Item) -> str | None:
    """The site of the one who wrote, whose address is there where a filter left out that of the question."""
    parts: list[Any] = [item]
    for key in PARTS:
        parts += item[key] if isinstance(item.get(key), list) else []
    owners = (part.get("owner") for part in parts if isinstance(part, Mapping))
    sites = (site_of(_text(owner, "link")) for owner in owners if isinstance(owner, Mapping))
    return next(filter(None, sites), None)


def _text(item: Item, key: str) -> str | None:
    value = item.get(key)
    return value if isinstance(value, str) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
