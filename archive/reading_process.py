"""The process of a worker: pages come in, what they hold goes out."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from traceback import extract_tb

from .errors import PageRejected
from .limits import Limits
from .page import Found, Page
from .readers import read_page
from .records import Question, printable
from .tidy import tidy

PART_FOUND = 200
"""Records that go out at once: enough that sending costs little beside reading."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of what a page holds, in order, its questions tidy.

    `reader` is the name of the one that took the page, `rejection` why no more of it could be read.
    """

    found: Sequence[Found]
    reader: str | None = None
    rejection: str | None = None
    is_last: bool = True


def serve(connection: Connection, inherited: Sequence[Connection], limits: Limits) -> None:
    """Read the pages that come until no more do; `inherited` are connections that are not this process's.

    The system ends the process when `page_seconds` of a processor have passed without a part, wherever it is
    then: in an endless loop, or in a library that no Python signal handler gets a turn in.
    """
    for other in inherited:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks for pages is interrupted as well, and decides
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    gc.freeze()  # parsed pages are cycles: collected after each, and not looked for in between
    gc.disable()
    with suppress(EOFError, OSError):  # who asked is gone
        while True:
            _answer(connection, limits)
            gc.collect()


def _answer(connection: Connection, limits: Limits) -> None:
    page: Page = connection.recv()
    _watch(limits.page_seconds)
    for part in parts_of(page):
        _watch(0)
        connection.send(part)
        _watch(limits.page_seconds)
    _watch(0)


def _watch(seconds: float) -> None:
    """End this process after so many seconds of a processor; never, if 0."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def parts_of(page: Page) -> Iterator[Part]:
    """Yield what a page holds, some at a time."""
    found: list[Found] = []
    reader: str | None = None
    try:
        reader, all_found = read_page(page)
        for one in all_found:
            found.append(tidy(one) if isinstance(one, Question) else one)
            if len(found) == PART_FOUND:
                yield Part(found, reader, is_last=False)
                found = []
    except PageRejected as rejected:
        yield Part(found, reader, rejected.reason)
    except Exception as error:  # noqa: BLE001 - a defect of a reader costs its page, and is told with it
        yield Part(found, reader, _defect(error))
    else:
        yield Part(found, reader)


def _defect(error: Exception) -> str:
    """What to say of an error that nobody foresaw: enough to find it by."""
    place = extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {printable(str(error))[:200]}".rstrip(": ")
    return f"a defect of Askive, please report it: {told} in {Path(place.filename).name}, line {place.lineno}"
