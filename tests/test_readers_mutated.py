"""Pages cut, doubled, shuffled, flipped and re-encoded: each yields records or one reasoned rejection."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import LIMITS
from askive.archive.page import Page, Problem, Rejected
from askive.archive.readers import READERS, read_page
from askive.archive.records import Question, printable
from askive.archive.sources import sources
from askive.archive.store import Store

from .containers import har_entry, har_of, mhtml_of, tar_of, warc_of, zip_of

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "raw", ROOT / "tests" / "threads", ROOT / "tests" / "tags")
GOLDENS = ("threads.json", "tags.json")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
WEB = "https://tea.example.com/questions/4"

PIECES = 40
"""Pieces that the slow rounds are cut into, which the cores share."""

TOPIC: dict[str, Any] = {
    "title": "Which kettle?",
    "tags": ["tea"],
    "posts_count": 2,
    "post_stream": {
        "posts": [
            {
                "id": 1,
                "post_number": 1,
                "cooked": "<p>For two.</p>",
                "username": "ann",
                "actions_summary": [],
            },
            {"id": 2, "post_number": 2, "cooked": "<p>Steel.</p>", "created_at": "2020-01-02T03:04:05.678Z"},
        ]
    },
    "accepted_answer": {"post_number": 2},
}
API: dict[str, Any] = {
    "items": [
        {
            "question_id": 4,
            "title": "How to descale a &quot;kettle&quot;?",
            "link": WEB,
            "tags": ["kettle"],
            "creation_date": 1300000000,
            "score": 7,
            "body": "<p>Limescale</p>",
            "owner": {"display_name": "Ann"},
            "answers": [{"answer_id": 12, "question_id": 4, "body": "<p>Acid.</p>", "is_accepted": True}],
        }
    ],
    "has_more": False,
    "quota_max": 300,
}
TEAM = [
    {
        "id": 1,
        "postType": "question",
        "title": "Where is the kettle?",
        "bodyMarkdown": "I *ask*.",
        "tags": ["tea"],
    },
    {"id": 2, "postType": "answer", "parentId": 1, "bodyMarkdown": "In the kitchen.", "score": 3},
]
TAG = {"tag_info": {"id": 7, "name": "tea", "description": "Leaves and water.", "synonyms": [{"id": "chai"}]}}
MADE: dict[str, bytes] = {
    "Posts.xml": b"""<?xml version="1.0" encoding="utf-8"?><posts>
<row Id="4" PostTypeId="1" AcceptedAnswerId="5" CreationDate="2011-05-05T00:00:00.000" Score="7"
 Body="&lt;p&gt;Why?&lt;/p&gt;" Title="How to descale?" Tags="&lt;kettle&gt;&lt;c++&gt;" AnswerCount="1" />
<row Id="5" PostTypeId="2" ParentId="4" CreationDate="2011-05-07T00:00:00.000" Score="3"
 Body="&lt;p&gt;Vinegar.&lt;/p&gt;" OwnerDisplayName="gone" /></posts>""",
    "topic.json": json.dumps(TOPIC).encode(),
    "answer.json": json.dumps(API).encode(),
    "posts.json": json.dumps(TEAM).encode(),
    "tags/tea/info.json": json.dumps(TAG).encode(),
    "faq.csv": b'question,answer,tags\nHow so?,By magic.,tea\n"Why, then?","So, and\nso.","tea;pots"\n',
    "faq.txt": b"Q: How do I descale it?\nA: With vinegar.\n\nQ: Is it safe?\nA: Yes.\n\nRinse it.\n",
    "faq.md": b"# FAQ\n\n## How do I descale it?\n\nWith *vinegar*.\n\n## Is it safe?\n\nYes.\n",
}


def _samples() -> dict[str, bytes]:
    """Return pages of all readers by their names."""
    paths = (path for folder in FOLDERS for path in sorted(folder.rglob("*")))
    files = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in paths
        if path.is_file() and path.name != "README.md" and path.parent.name + path.suffix not in GOLDENS
    }
    return files | MADE


SAMPLES = _samples()
HTML = {"Content-Type": "text/html"}


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
    name = chance.choice(list(SAMPLES))
    return Page(_mutation(SAMPLES[name], chance), name, NOON)


def _mutation(data: bytes, chance: random.Random) -> bytes:
    for mutation in chance.choices(MUTATIONS, k=chance.randint(1, 3)):
        data = mutation(data, chance)
    return data


def packed(chance: random.Random) -> bytes:
    """Return a container of one mutated page and one whole one, itself mutated now and then."""
    name, page = "q.html", mutated(chance).data
    whole = chance.choice(list(SAMPLES.values()))
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: zip_of([(name, page), ("w", whole)]),
        lambda: tar_of([(name, page), ("w", whole)]),
        lambda: warc_of([(WEB, page, HTML), (WEB + "0", whole, HTML)]),
        lambda: har_of([har_entry(WEB, page, packed=True), har_entry(WEB + "0", whole, packed=True)]),
        lambda: mhtml_of(page.decode("latin-1")),
    )
    data = chance.choice(kinds)()
    return _mutation(data, chance) if chance.random() < 0.5 else data


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


def _round(seed: int, folder: Path) -> list[Question]:
    """Read one mutated page, or a container of such; the seed alone says which."""
    chance = random.Random(seed)
    if chance.random() < 0.9:
        return questions_of(mutated(chance))
    path = folder / "packed"
    path.write_bytes(packed(chance))
    found = sources([path], LIMITS, now=lambda: NOON)
    read: list[Question] = []
    for one in found:
        if isinstance(one, Rejected):
            assert one.reason == printable(one.reason)
        elif isinstance(one, Page):
            read += questions_of(one)
    return read


def rounds_from(first: int, number: int, folder: Path) -> int:
    """Keep what each of the rounds gives, and return how many questions that is; a failure names its seed."""
    kept = 0
    with Store.open(folder / "archive", create=True) as store:
        for seed in range(first, first + number):
            try:
                found = _round(seed, folder)
                with store.write() as writer:
                    for question in found[:3]:
                        writer.put(question)
            except Exception as error:
                raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
            kept += len(found)
        assert store.check() == []
    return kept


@pytest.mark.parametrize("rounds", [400, pytest.param(100_000, marks=pytest.mark.slow)])
def test_any_page_yields_records_or_one_reason(tmp_path: Path, rounds: int) -> None:
    pieces = PIECES if rounds > 1000 else 1
    work = [(n * rounds // pieces, rounds // pieces, tmp_path / str(n)) for n in range(pieces)]
    for *_, folder in work:
        folder.mkdir()
    if pieces == 1:
        kept = [rounds_from(*work[0])]
    else:
        with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
            kept = pool.starmap(rounds_from, work, chunksize=1)
    assert sum(kept) > rounds // 10


def test_each_reader_has_a_sample() -> None:
    read = {read_page(Page(data, name, NOON))[0] for name, data in SAMPLES.items() if _is_read(name, data)}
    assert read == {reader.NAME for reader in READERS}


def _is_read(name: str, data: bytes) -> bool:
    try:
        return bool(list(read_page(Page(data, name, NOON))[1]))
    except PageRejected:
        return False
