"""Ids out of addresses: the number a site gave a question, an answer or a comment."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Iterator
from urllib.parse import SplitResult, urlsplit

from ..records import Body, Link, printable

# /questions/11227809/why-is-it-faster, /q/11227809, /t/a-slug/212419, /threads/a-slug.2350553/
_QUESTION = re.compile(r"/(?:questions?|q|t|topics?|threads?|discussions?)/(?:[^/]*[./])??(\d{1,18})(?:/|\Z)")
# viewtopic.php?f=2&t=361697, showthread.php?t=186269, showthread.php?1201-a-slug, index.php?topic=12.0,
# index.php?threads/a-slug.12/, index.php?/topic/12-a-slug/
_QUESTION_QUERY = re.compile(
    r"(?:\A|[&;])(?:id|t|tid|topic|topic_id|thread|threadid|showtopic|qid)=(\d{1,18})(?![\w-])"
    r"|\A(\d{1,18})-[^=&]*(?:\Z|&)|\A/?(?:threads?|topics?)/(?:[^/&=]*[./])??(\d{1,18})(?:[-/&]|\Z)"
)
_FORUM_SCRIPT = re.compile(
    r"(?:viewtopic|showthread|topic|thread|index|question/index)(?:\.php|\.html|\Z)|/\Z"
)
# /threads/186269-a-slug, /topic/12-a-slug/, /question/12-a.html, /comments/1rku5x9/a_slug/, /node/88,
# /d/19-a, /t77-a-slug, /thread-77.html, /thread-77-1-1.html, /a-slug-t77.html, /topic77.html
_QUESTION_SLUG = re.compile(
    r"/(?:questions?|threads?|topics?|showthread\.php|f\d{1,6})/(\d{1,18})[-_][^/]*(?:/|\Z)"
    r"|/(?:node|d|td-p)/(\d{1,18})(?:[-/]|\Z)|/comments/([a-z0-9]{4,10})(?:/|\Z)"
    r"|/t(\d{1,18})(?:p\d{1,6})?-[^/]*\Z|(?:/|-)(?:thread|topic|t)[-,]?(\d{1,18})(?:[-.][^/]*)?\.html?\Z"
)

# /owner/repository/issues/12: its number is one of the repository's, not of the site's
_OF_REPOSITORY = re.compile(
    r"/([\w.-]{1,100}/[\w.-]{1,100})/(?:-/)?(?:issues|discussions)/(\d{1,18})(?:/|\Z)"
)

# /a/11227902, /questions/11227809/a-slug/11227902#11227902, /posts/31243284/, /a-thread.12/post-31243284
_PART_PATH = re.compile(r"/(?:(?:a|answers?|comments?|posts?)/|post-)(\d{1,18})(?:/|\Z)")
_PART_FRAGMENT = re.compile(r"(?:(?:js-)?(?:answer|comment|post|reply)s?[-_]?|[acp]-?)?(\d{1,18})(?:_\d+)?")

# A page in an archive of the web: https://web.archive.org/web/20120601114039/http://host/path, which is
# written without the host in pages of the Wayback Machine.
_ARCHIVED = re.compile(
    r"(?:(?:https?:)?//[^/\s]{1,200}/(?:[a-z]{1,20}/)?|/web/)(\d{4,14})(?:[a-z]{2}_)?/(https?):/{1,2}",
    re.IGNORECASE,
)

_HREF = re.compile(r'<a\s(?:[^<>]*\s)?href="([^"]*)"')


def original(url: str) -> str:
    """Return the address of the page that an archive of the web keeps at an address; another as it is.

    >>> original("https://web.archive.org/web/20120601114039/http://stackoverflow.com/questions/4")
    'http://stackoverflow.com/questions/4'
    """
    match = _ARCHIVED.match(url)
    return f"{match[2]}://{url[match.end() :]}" if match else url


def stamp_of(url: str) -> str | None:
    """Return the digits of the time at which an archive of the web took a page, from its address there."""
    match = _ARCHIVED.match(url)
    return match[1] if match else None


def site_of(url: str | None) -> str | None:
    """Return the host of an address without "www.", which is what an archive calls a site; None without one.

    >>> site_of("https://www.Example.org:8080/faq")
    'example.org'
    """
    parts = _split(url)
    host = parts.hostname if parts else None
    return host.removeprefix("www.") if host else None


def question_id(url: str | None) -> str | None:
    """Return `SITE:NUMBER` where an address names a question by its number.

    >>> question_id("https://stackoverflow.com/questions/11227809/why-is-processing-a-sorted-array-faster")
    'stackoverflow.com:11227809'
    >>> question_id("https://github.com/python/mypy/issues/12")
    'github.com:python/mypy/12'
    """
    return _numbered_in_repository(url) or _numbered(url, _QUESTION, None) or _numbered_in_forum(url)


def part_id(url: str | None) -> str | None:
    """Return `SITE:NUMBER` where an address, or its fragment, names an answer or a comment by its number.

    >>> part_id("https://stackoverflow.com/questions/11227809#comment-123")
    'stackoverflow.com:123'
    """
    return _numbered(url, _PART_PATH, _PART_FRAGMENT)


def linked_questions(bodies: Iterable[Body], own_id: str) -> Iterator[Link]:
    """Yield a link for each question that the bodies' HTML points to by its number, once and in order."""
    hrefs = (entities.unescape(match[1]) for b in bodies if b.html for match in _HREF.finditer(b.html))
    targets = dict.fromkeys(target for href in hrefs if (target := question_id(href)))
    return (Link(target, "linked") for target in targets if target != own_id)


def _numbered(url: str | None, path: re.Pattern[str], fragment: re.Pattern[str] | None) -> str | None:
    site, parts = site_of(url), _split(url)
    if site is None or parts is None:
        return None
    match = fragment.fullmatch(parts.fragment) if fragment else None
    match = match or path.search(parts.path)
    return f"{site}:{match[1]}" if match else None


def _numbered_in_repository(url: str | None) -> str | None:
    """Return `SITE:OWNER/REPOSITORY/NUMBER` where an address is that of an issue or a discussion."""
    site, parts = site_of(url), _split(url)
    match = _OF_REPOSITORY.match(parts.path) if parts else None
    return f"{site}:{match[1].casefold()}/{match[2]}" if match else None


def _numbered_in_forum(url: str | None) -> str | None:
    """Return `SITE:NUMBER` where an address is one of those that forums have for a thread."""
    site, parts = site_of(url), _split(url)
    if site is None or parts is None:
        return None
    match = _QUESTION_SLUG.search(parts.path)
    if match is None and _FORUM_SCRIPT.search(parts.path):
        match = _QUESTION_QUERY.search(parts.query)
    return f"{site}:{match[match.lastindex or 1]}" if match else None


def _split(url: str | None) -> SplitResult | None:
    """Return the parts of an http address; None where it is none, or its host could not be shown."""
    try:
        parts = urlsplit(original(url or ""))
        host = parts.hostname or ""
        return parts if parts.scheme in ("http", "https") and host and printable(host) == host else None
    except ValueError:  # an unclosed bracket, for one
        return None
