"""An export of Stack Overflow for Teams, JSON files in a folder: one page, each under its name."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..errors import PageRejected
from ..limits import Limits
from ..page import Rejected
from ..readers.json_page import HEAD_BYTES
from ..readers.teams import is_teams_posts
from .content import Content, bounded
from .member import Member, Members

NAME = "export of a team"

FILES = ("posts.json", "comments.json", "postlinks.json", "users.json", "tags.json")
"""The files of an export that records are made of."""


def groups(paths: Sequence[Path]) -> Iterable[Sequence[Path]]:
    """Return the files of an export where its posts are among them."""
    held = {path.name.lower(): path for path in paths}
    posts = held.get("posts.json")
    if not (posts and posts.is_file() and _is_of_team(posts)):
        return []
    return [[held[name] for name in FILES if name in held and held[name].is_file()]]


def _is_of_team(posts: Path) -> bool:
    try:
        with posts.open("rb") as file:
            return is_teams_posts(file.read(HEAD_BYTES))
    except OSError:
        return False


def members(name: str, files: Members, limits: Limits) -> Members:
    """Yield the one page; raises `PageRejected` where it is larger than JSON is read."""
    with closing(files):
        yield Member(f"{name}#export", Content(bounded(_united(files), limits.dump_bytes, "JSON")))


def _united(files: Iterable[Member | Rejected]) -> Iterator[bytes]:
    """An object with each file, as it is, under its name."""
    before = b"{"
    for file in files:
        if isinstance(file, Rejected):
            raise PageRejected(file.reason)
        table = Path(file.name).stem.lower()
        blocks = file.content.blocks()
        yield before + f'"{table}": '.encode() + next(blocks, b"").removeprefix(BOM_UTF8)
        yield from blocks
        before = b",\n"
    yield b"}\n"
