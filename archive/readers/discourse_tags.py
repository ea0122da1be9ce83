"""Reader of what Discourse's API says of tags: `/tags.json`, `/tag/NAME/info.json`, and lists of topics.

A list (`/latest.json`, `/tag/NAME.json`) tells the descriptions of the tags on its topics; the topics
themselves it only names, so they are no questions. Fields as in https://docs.discourse.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import PageRejected
from ..limits import LIMITS, Limits
from ..merge import merge_tag
from ..page import Found, Page
from ..records import Tag, printable, tag_name
from .json_page import json_of
from .things import line

NAME = "discourse_tags"

HEAD_BYTES = 4096
"""How far into a page it must be seen to be a JSON object."""

# "id" comes first in what `/tags.json` says of a tag, and nothing else tells of tags for messages only.
_TELLING = re.compile(
    rb'"tag_info"\s*:\s*\{|"tags_descriptions"\s*:\s*\{|"pm_only"\s*:|"tag_group_names"\s*:'
)
_Item = Mapping[str, Any]


def sniff(page: Page) -> float:
    """Return how sure it is that the page tells of tags; less than `discourse_json` is of a topic."""
    is_object = page.data[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return 0.85 if is_object and _TELLING.search(page.data) else 0.0


def read(page: Page, limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield the tags with a description or synonyms; raise `PageRejected` where there is none."""
    told = json_of(page, limits)
    tags: dict[str, Tag] = {}
    for tag in _tags(told, limits) if isinstance(told, Mapping) else ():
        tags[tag.name] = merge_tag(tag, tags.get(tag.name, tag))
    if not tags:
        raise PageRejected("not a Q&A page: JSON of Discourse that says nothing of its tags")
    yield from tags.values()


def tags_of_topic(topic: _Item, limits: Limits) -> Iterator[Tag]:
    """Yield the tags on a topic, which are names or objects, with their descriptions."""
    told = topic.get("tags_descriptions")
    described = {_name(key, limits): text for key, text in told.items()} if isinstance(told, Mapping) else {}
    for one in _list(topic, "tags"):
        name = _name(one, limits)
        if name:
            yield Tag(name, blurb=_blurb(described.get(name), limits))


def _tags(told: _Item, limits: Limits) -> Iterator[Tag]:
    """Yield the tags of which anything is said."""
    for one in (told.get("tag_info"), *_listed(told)):
        name = _name(one, limits) if isinstance(one, Mapping) else ""
        if name:
            others = (_name(other, limits) for other in _list(one, "synonyms"))
            tag = Tag(
                name,
                blurb=_blurb(one.get("description"), limits),
                synonyms=tuple(dict.fromkeys(other for other in others if other and other != name)),
            )
            if tag.blurb or tag.synonyms:
                yield tag
    for topic in _list(told.get("topic_list"), "topics"):
        if isinstance(topic, Mapping):
            yield from (tag for tag in tags_of_topic(topic, limits) if tag.blurb)


def _listed(told: _Item) -> Iterator[Any]:
    """Yield the tags of lists: those of the site, of its groups and categories, and of a list of topics."""
    extras = told.get("extras")
    for group in (told, told.get("topic_list"), *_list(extras, "tag_groups"), *_list(extras, "categories")):
        yield from _list(group, "tags")


def _list(value: Any, key: str) -> Iterable[Any]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, list) else ()


def _name(told: Any, limits: Limits) -> str:
    """Return the name of a tag: a string, or `name`, `text` or `id` of an object."""
    if isinstance(told, Mapping):
        told = next((told[key] for key in ("name", "text", "id") if isinstance(told.get(key), str)), "")
    return tag_name(told[: limits.name_length]) if isinstance(told, str) else ""


def _blurb(told: Any, limits: Limits) -> str | None:
    """Return a description, which may hold links, as one line."""
    text = line(told[: 2 * limits.blurb_length], limits.blurb_length) if isinstance(told, str) else ""
    return printable(text) or None
