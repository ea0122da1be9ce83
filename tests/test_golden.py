"""Every page under raw/ yields what a person reads on it: raw/<form>/NAME.* with golden/<form>/NAME.json.

A golden states `items` as `askive read --format json` prints them, only the keys that the page shows; or
`rejected`, a pattern of the reason; and `problems`, the parts that could not be read. Beside an item's own
keys it may state `verbatim`, texts that its body_text holds, and `absent`, texts that it does not hold. Times
are written as on a page, in ISO 8601. White space in a `body_text` counts as one space, in `verbatim` as is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from askive.archive.errors import PageRejected
from askive.archive.items import question_to_json
from askive.archive.page import Page, Problem
from askive.archive.readers import read_page
from askive.archive.records import Question, printable

TESTS = Path(__file__).parent
RAW = TESTS.parent / "raw"
GOLDEN = TESTS / "golden"
RECEIVED = datetime(2024, 7, 1, tzinfo=UTC)
MAX_RAW_BYTES = 300_000  # a clone stays small; what must be big is made by the tests that need it

ACTIVE_HTML = re.compile(r"<\s*(script|style|iframe|object|svg)|<[^>]*\son\w+\s*=|javascript:", re.IGNORECASE)


def stem(path: Path, top: Path) -> str:
    """Return the path below `top` without its ending: what joins a page to its golden."""
    return path.relative_to(top).with_suffix("").as_posix()


PAGES = sorted(path for path in RAW.rglob("*") if path.is_file() and path.name != "README.md")
GOLDENS = {stem(path, GOLDEN): path for path in GOLDEN.rglob("*.json")}


def read(path: Path) -> dict[str, Any]:
    """Return what a page yields, in the form of a golden."""
    try:
        name, found = read_page(Page(path.read_bytes(), path.relative_to(RAW).as_posix(), RECEIVED))
        records = list(found)
    except PageRejected as rejection:
        return {"rejected": rejection.reason}
    assert name
    return {
        "items": [question_to_json(found) for found in records if isinstance(found, Question)],
        "problems": [vars_of(found) for found in records if isinstance(found, Problem)],
    }


def vars_of(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "reason": problem.reason}


def differences(stated: Any, got: Any, where: str = "") -> Iterator[str]:
    """Yield one line for each thing that `stated` says and `got` does not."""
    if isinstance(stated, Mapping) and isinstance(got, Mapping):
        for key, value in stated.items():
            yield from _key_differences(key, value, got, f"{where}.{key}")
    elif isinstance(stated, list) and isinstance(got, list) and len(stated) == len(got):
        for n, (one, other) in enumerate(zip(stated, got, strict=True)):
            yield from differences(one, other, f"{where}[{n}]")
    elif stated != got or isinstance(stated, bool) is not isinstance(got, bool):
        yield f"{where}: the page says {stated!r}, the reader {got!r}"


def _key_differences(key: str, value: Any, got: Mapping[str, Any], where: str) -> Iterator[str]:
    if key in ("verbatim", "absent"):
        text = got.get("body_text") or ""
        yield from (
            f"{where}: {part!r} is {'missing from' if key == 'verbatim' else 'in'} {text!r}"
            for part in value
            if (part in text) is not (key == "verbatim")
        )
    elif key not in got:
        yield f"{where}: missing, the page says {value!r}"
    elif key == "reason":
        if not re.search(value, got[key]):
            yield f"{where}: {got[key]!r} does not say {value!r}"
    elif key == "body_text" and value is not None and got[key] is not None:
        yield from differences(" ".join(value.split()), " ".join(got[key].split()), where)
    elif key.endswith("_date") and isinstance(value, str):
        yield from differences(int(datetime.fromisoformat(value).timestamp()), got[key], where)
    else:
        yield from differences(value, got[key], where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(RAW).as_posix())
def test_page_yields_its_golden(page: Path) -> None:
    golden = json.loads(GOLDENS[stem(page, RAW)].read_text(encoding="utf-8"))
    got = read(page)
    if "rejected" in golden:
        assert "rejected" in got, f"should have been rejected, yields {got['items']}"
        assert re.search(golden["rejected"], got["rejected"])
        assert printable(got["rejected"]) == got["rejected"], "a reason is one printable line"
    else:
        assert "rejected" not in got, got["rejected"]
        assert list(differences({"problems": []} | golden, got)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(RAW).as_posix())
def test_no_page_gets_signs_into_names_or_scripts_into_bodies(page: Path) -> None:
    for item in read(page).get("items", []):
        owners = [part["owner"]["display_name"] for part in parts(item) if part["owner"]]
        names = [item["title"], item["question_id"], *item["tags"], *owners]
        names += [text for tag in item["askive"]["tags"] for text in (tag["title"], tag["blurb"]) if text]
        assert [name for name in names if printable(name) != name] == []
        bodies = [part["body"] for part in parts(item) if part["body"]]
        assert [body for body in bodies if ACTIVE_HTML.search(body)] == []
        assert not re.match(r"(?!https?:)", item["link"] or "https:"), "a link is a web address"


def parts(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an item and everything in it that has a body."""
    yield item
    for part in (*item.get("answers", ()), *item.get("comments", ())):
        yield from parts(part)


def test_every_page_has_one_golden_and_every_golden_one_page() -> None:
    pages = Counter(stem(page, RAW) for page in PAGES)
    assert sorted(pages) == sorted(GOLDENS), "a page without a golden, or a golden without a page"
    assert [name for name, times in pages.items() if times > 1] == [], "two pages for one golden"


def test_every_page_is_described() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (RAW / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(page.relative_to(RAW).as_posix() for page in PAGES)


def test_raw_stays_small() -> None:
    assert sum(page.stat().st_size for page in PAGES) < MAX_RAW_BYTES


@pytest.mark.parametrize(
    ("stated", "got", "wrong"),
    [
        ({"title": "A"}, {"title": "A", "score": 1}, 0),
        ({"title": "A"}, {"title": "B"}, 1),
        ({"score": None}, {}, 1),
        ({"score": 0}, {"score": None}, 1),
        ({"is_accepted": True}, {"is_accepted": 1}, 1),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, 1),
        ({"answers": [{"score": 1}]}, {"answers": [{"score": 1, "x": 2}]}, 0),
        ({"answers": []}, {"answers": None}, 1),
        ({"body_text": "a b"}, {"body_text": "a\n\nb"}, 0),
        ({"body_text": "a b"}, {"body_text": "a c"}, 1),
        ({"verbatim": ["a\n b"]}, {"body_text": "a\n b c"}, 0),
        ({"verbatim": ["a\n b"]}, {"body_text": "a b"}, 1),
        ({"absent": ["x"]}, {"body_text": "x"}, 1),
        ({"creation_date": "1970-01-01T01:00:00+01:00"}, {"creation_date": 0}, 0),
        ({"creation_date": "1970-01-01T00:00:01Z"}, {"creation_date": None}, 1),
        ({"reason": "^not"}, {"reason": "is not"}, 1),
    ],
)
def test_differences(stated: dict[str, Any], got: dict[str, Any], wrong: int) -> None:
    assert len(list(differences(stated, got))) == wrong
