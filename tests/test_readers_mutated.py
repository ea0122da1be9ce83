"""Pages cut, doubled, shuffled, flipped and re-encoded: each yields records or one reasoned rejection."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.records import Question, printable
from askive.archive.store import Store

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for path in (ROOT / "raw").rglob("*") if path.is_file() and path.name != "README.md")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def cut(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.choices(range(len(data) + 1), k=2))
    return data[begin:end] if chance.random() < 0.5 else data[:begin] + data[end:]


def doubled(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.choices(range(len(data) + 1), k=2))
    return data[:end] + data[begin:end] * chance.randint(1, 3) + data[end:]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    sign = chance.choice([b"<", b"\n", b",", b'"', b" "])
    pieces = data.split(sign)
    chance.shuffle(pieces)
    return sign.join(pieces)


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.choice(b"<>\"'{}[]&;\x00\x1b\xff\x80,:=") & 0xFF
    return bytes(changed)


def reencoded(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    codec = chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "shift_jis", "utf-7"])
    return text.encode(codec, "replace")


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, doubled, shuffled, flipped, reencoded)


def mutated(chance: random.Random) -> Page:
    path = chance.choice(PAGES)
    data = path.read_bytes()
    for mutation in chance.choices(MUTATIONS, k=chance.randint(1, 3)):
        data = mutation(data, chance)
    return Page(data, str(path), NOON)


def questions_of(page: Page) -> list[Question]:
    """Read a page to its end; anything but a rejection with a reason on one line is let through."""
    try:
        name, found = read_page(page)
        read = list(found)
    except PageRejected as rejection:
        assert rejection.reason
        assert rejection.reason == printable(rejection.reason)
        return []
    assert name
    assert read
    assert all(one.reason == printable(one.reason) for one in read if isinstance(one, Problem))
    return [one for one in read if isinstance(one, Question)]


@pytest.mark.parametrize("rounds", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_page_yields_records_or_one_reason(tmp_path: Path, rounds: int) -> None:
    chance = random.Random(rounds)
    kept = 0
    with Store.open(tmp_path / "archive", create=True) as store:
        for _ in range(rounds):
            found = questions_of(mutated(chance))
            with store.write() as writer:
                for question in found[:3]:
                    writer.put(question)
            kept += len(found)
        assert list(store.questions())
        assert store.check() == []
    assert kept > rounds // 10
