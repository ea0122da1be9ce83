"""A file and all that is in it, opened: the pages, at whatever depth they lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from ..dump import Dumps
from ..errors import PageRejected
from ..page import Page, Rejected
from ..parts import parts
from ..readers.decoding import in_utf8
from . import container_of
from .budget import Budget, LimitReached
from .member import Member, Members

NAME_LENGTH = 1000
"""Characters of a member's name that are kept; file systems end at 255 for each folder."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Nest:
    """Opens content, and what is in it, within limits that hold over all of it."""

    def __init__(self, budget: Budget, tick: Callable[[], datetime]) -> None:
        self._budget, self._limits, self._tick = budget, budget.limits, tick
        self._dumps = Dumps(budget.limits)
        self._rejections = 0

    def pages(self, outermost: Member) -> Iterator[Page | Rejected]:
        """Yield the pages, and by name what is none; what ends the reading before the end comes last.

        Raises OSError where the outermost content does.
        """
        return self._to_the_end(outermost.name, self._open(outermost, depth=0))

    def pages_of(self, name: str, files: Members) -> Iterator[Page | Rejected]:
        """Yield the pages of the files of a folder of that name, which have their full names."""
        return self._to_the_end(name, self._files(files))

    def _to_the_end(self, name: str, pages: Iterator[Page | Rejected]) -> Iterator[Page | Rejected]:
        """The pages, those of dumps, what ended them, then how many rejections were not named."""
        ended: Rejected | None = None
        with closing(self._dumps):
            try:
                yield from pages
            except PageRejected as rejected:
                ended = Rejected(name, rejected.reason)
            yield from self._dumped("")
        if ended:
            yield ended
        unnamed = self._rejections - self._limits.nest_rejections
        if unnamed > 0:
            yield Rejected(name, f"{unnamed:,} more of its members cannot be read")

    def _files(self, files: Members) -> Iterator[Page | Rejected]:
        with closing(files):
            for file in files:
                if isinstance(file, Rejected):
                    yield from self._reject(*file)
                else:
                    yield from self._inner(None, file, depth=0)

    def _open(self, member: Member, depth: int) -> Iterator[Page | Rejected]:
        """Yield what is in a member, or itself; raises `PageRejected` at what ends it before its end."""
        container = container_of(member.content.head())
        if container is None:
            yield from self._leaf(member)
            return
        if depth == self._limits.nest_depth:
            raise PageRejected(f"containers in containers, more than {depth} deep")
        members = container.members(member.content, self._budget)
        yield from self._members(member, members, depth + 1)

    def _members(self, outer: Member, members: Members, depth: int) -> Iterator[Page | Rejected]:
        with closing(members):
            for inner in members:
                if isinstance(inner, Rejected):
                    yield from self._reject(_joined(outer.name, inner.source), inner.reason)
                elif not _is_hidden(inner.name):
                    yield from self._inner(outer, _within(outer, inner), depth)
        yield from self._dumped(f"{outer.name}!")

    def _inner(self, outer: Member | None, inner: Member, depth: int) -> Iterator[Page | Rejected]:
        """Yield what is in a member; where it fails by itself, the next one is not to blame."""
        try:
            yield from self._open(inner, depth)
        except LimitReached:
            raise
        except PageRejected as rejected:
            if outer and (outer.content.failed or inner.name == outer.name):
                raise
            yield from self._reject(inner.name, rejected.reason)

    def _reject(self, name: str, reason: str) -> Iterator[Rejected]:
        self._rejections += 1
        if self._rejections <= self._limits.nest_rejections:
            yield Rejected(name, reason)

    def _leaf(self, member: Member) -> Iterator[Page]:
        """Yield the page, or its parts; from the second on the name says with which line it begins.

        A table of a dump gives none: it waits for the others.
        """
        if self._dumps.takes(member.name, member.content.head()):
            self._dumps.add(member.name, member.content.blocks())
            return
        line = 1
        for part in parts(member.content.blocks(), self._limits):
            source = member.name if line == 1 else f"{member.name}#L{line}"
            data = in_utf8(part, member.charset) if member.charset else part
            yield Page(data, source, member.received or self._tick(), member.address)
            line += part.count(b"\n")

    def _dumped(self, within: str) -> Iterator[Page | Rejected]:
        """Yield the pages of the dumps that lie within what is at its end."""
        for dump in self._dumps.finished(within):
            try:
                for page in dump.pages():
                    yield Page(page.data, f"{dump.name}#{page.name}", self._tick())
            except PageRejected as rejected:
                yield from self._reject(dump.name, rejected.reason)


def printable_name(name: str) -> str:
    """Return a name that can be printed and stored: what is no text in it as `\\xNN`; a long one is cut."""
    return _UNPRINTABLE.sub(lambda match: _escaped(ord(match[0])), name[:NAME_LENGTH])


def _escaped(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is no text
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _joined(outer: str, inner: str) -> str:
    return f"{outer}!{printable_name(inner)}" if inner else outer


def _within(outer: Member, inner: Member) -> Member:
    """Return a member under its full name; what is not known of it is as of what it lies in."""
    return replace(
        inner,
        name=_joined(outer.name, inner.name),
        address=inner.address or outer.address,
        received=inner.received or outer.received,
    )


def _is_hidden(name: str) -> bool:
    """Whether a path leads through a hidden folder, or the one that macOS puts into its zips."""
    return name.startswith("/") and any(
        (part.startswith(".") and part.strip(".")) or part == "__MACOSX" for part in name.split("/")
    )
