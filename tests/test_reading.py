"""Pages read in worker processes: in order, whatever befalls the workers."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import active_children
from multiprocessing.connection import Connection
from typing import Any

import pytest
from askive.archive import reading, reading_process
from askive.archive.errors import PageRejected
from askive.archive.limits import LIMITS, Limits
from askive.archive.page import Found, Page, Problem
from askive.archive.reading import PAGES_AHEAD, PARTS_AHEAD, read_in_order
from askive.archive.reading_process import PART_FOUND

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = replace(LIMITS, page_seconds=0.3)


def page(text: str) -> Page:
    return Page(text.encode(), text, NOW)


def act(given: Page) -> tuple[str, Iterator[Found]]:
    """Do what the page says."""
    name, _, count = given.data.decode().partition(" ")
    return "actor", _ACTS[name](count)


def tell(count: str) -> Iterator[Found]:
    return (Problem(str(n), "told") for n in range(int(count)))


def die_later(count: str) -> Iterator[Found]:
    yield from tell(count)
    os.kill(os.getpid(), signal.SIGKILL)


def reject(reason: str) -> Iterator[Found]:
    raise PageRejected(reason)


def fail(count: str) -> Iterator[Found]:
    yield from tell(count)
    raise KeyError("x\ny")


def wait(seconds: str) -> Iterator[Found]:
    time.sleep(float(seconds))
    return iter(())


def spin(_: str) -> Iterator[Found]:
    while True:
        pass


_ACTS: dict[str, Callable[[str], Iterator[Found]]] = {
    "tell": tell,
    "die": die_later,
    "leave": lambda _: os._exit(7),
    "reject": reject,
    "fail": fail,
    "spin": spin,
    "wait": wait,
}


def serve_acting(connection: Connection, inherited: Sequence[Connection], limits: Limits) -> None:
    """Be the process of a worker, forked or started anew, whose pages say what to do."""
    vars(reading_process)["read_page"] = act
    reading_process.serve(connection, inherited, limits)


@pytest.fixture(autouse=True)
def acting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "serve", serve_acting)


def read(texts: list[str], **given: Any) -> list[tuple[str, int, str | None]]:
    """What each page gave: how many records, and why no more."""
    told = []
    readings = read_in_order([page(text) for text in texts], lambda one: one, **given)
    for one, parts in readings:
        all_parts = list(parts)
        assert [part.is_last for part in all_parts] == [False] * (len(all_parts) - 1) + [True]
        told.append((one.source, sum(len(part.found) for part in all_parts), all_parts[-1].rejection))
    return told


@pytest.mark.parametrize("workers", [1, 3])
def test_pages_come_in_order_with_all_they_hold(workers: int) -> None:
    texts = [f"tell {n}" for n in (*range(30), PART_FOUND * 3, PART_FOUND - 1)]
    told = [(text, int(text.split()[1]), None) for text in texts]
    assert read(["wait 0.2", *texts], workers=workers) == [("wait 0.2", 0, None), *told]


def test_parts_name_their_reader_and_keep_the_order() -> None:
    ((_, parts),) = [(one, list(parts)) for one, parts in read_in_order([page("tell 450")], lambda one: one)]
    assert [part.reader for part in parts] == ["actor"] * 3
    told = [one.where for part in parts for one in part.found if isinstance(one, Problem)]
    assert told == [str(n) for n in range(450)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_ends_its_worker_costs_itself_alone(workers: int) -> None:
    texts = ["tell 2", "die 1", "tell 3", "leave", f"die {PART_FOUND + 1}", "tell 4", "tell 5"]
    killed = "the process that read it was killed by SIGKILL"
    assert read(texts, workers=workers) == [
        ("tell 2", 2, None),
        ("die 1", 0, killed),
        ("tell 3", 3, None),
        ("leave", 0, "the process that read it ended by itself, with exit code 7"),
        (f"die {PART_FOUND + 1}", PART_FOUND, killed),
        ("tell 4", 4, None),
        ("tell 5", 5, None),
    ]


def test_a_page_that_takes_too_long_is_rejected_and_the_rest_is_read() -> None:
    told = read(["tell 1", "spin", "tell 2"], workers=2, limits=QUICK)
    assert told == [
        ("tell 1", 1, None),
        ("spin", 0, "reading it takes longer than 0.3 s of a processor"),
        ("tell 2", 2, None),
    ]


def test_waiting_is_no_time_of_a_processor() -> None:
    assert read(["wait 0.6"], limits=QUICK) == [("wait 0.6", 0, None)]


def test_a_rejection_and_a_defect_are_told() -> None:
    told = read(["reject no page", "fail 2"])
    assert told[0] == ("reject no page", 0, "no page")
    source, count, reason = told[1]
    assert (source, count) == ("fail 2", 2)
    assert reason is not None
    assert reason.startswith("a defect of Askive, please report it: KeyError: 'x\\ny' in test_reading.py, ")


def test_a_worker_that_died_between_pages_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[reading._Worker] = []
    start = reading._Worker.__init__

    def noting(self: reading._Worker, *given: Any) -> None:
        start(self, *given)
        begun.append(self)

    monkeypatch.setattr(reading._Worker, "__init__", noting)
    count = PAGES_AHEAD + 2  # the last is not handed in before the first is taken
    told = []
    for one, parts in read_in_order([page(f"tell {n}") for n in range(count)], lambda one: one, workers=1):
        told.append((one.source, [len(part.found) for part in parts]))
        if len(told) == 1:
            time.sleep(0.3)  # all that were handed in are read
            begun[0]._process.kill()
            begun[0]._process.join()
    assert told == [(f"tell {n}", [n]) for n in range(count)]


def test_an_item_without_a_page_comes_in_its_place() -> None:
    items = ["a", "tell 1", "b", "tell 2"]
    told = read_in_order(items, lambda one: page(one) if " " in one else None)
    assert [(one, [len(part.found) for part in parts]) for one, parts in told] == [
        ("a", []),
        ("tell 1", [1]),
        ("b", []),
        ("tell 2", [2]),
    ]


def test_parts_that_nobody_takes_hold_nobody_up() -> None:
    long = f"tell {PART_FOUND * PARTS_AHEAD * 3}"
    readings = read_in_order([page(long)] * 5, lambda one: one, workers=1)
    assert [one.source for one, _ in readings] == [long] * 5


def test_only_so_many_pages_are_taken_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def pages(size: int) -> Iterator[Page]:
        for n in range(30):
            taken.append(n)
            yield page("tell 1".ljust(size))

    with closing(read_in_order(pages(9), lambda one: one, workers=2)) as readings:
        next(readings)
        assert len(taken) == 2 * PAGES_AHEAD + 1
    taken.clear()
    monkeypatch.setattr(reading, "BYTES_AHEAD", 1000)
    with closing(read_in_order(pages(400), lambda one: one, workers=2)) as readings:
        next(readings)
        assert len(taken) == 3


@pytest.mark.parametrize("text", ["spin", f"tell {PART_FOUND * PARTS_AHEAD * 4}", "tell 1"])
def test_leaving_off_leaves_nothing_behind(text: str) -> None:
    threads = threading.active_count()
    readings = read_in_order([page("tell 1"), *[page(text)] * 20], lambda one: one, workers=2)
    next(readings)
    time.sleep(0.1)
    readings.close()
    assert threading.active_count() == threads
    assert active_children() == []


def test_what_goes_wrong_with_the_source_is_raised_and_leaves_nothing_behind() -> None:
    def pages() -> Iterator[Page]:
        yield page("tell 1")
        raise PageRejected("torn")

    with pytest.raises(PageRejected, match="torn"):
        list(read_in_order(pages(), lambda one: one))
    assert threading.active_count() == 1


def test_nothing_to_read_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_Worker", None)
    assert [one for one, _ in read_in_order("abc", lambda one: None)] == ["a", "b", "c"]
