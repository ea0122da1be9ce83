"""docs/index-format.md tells what is written: its example byte for byte, every section with its type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from askive.index.segment.coding import BYTES, HALVES, Coded, CodedWriter
from askive.index.segment.file import BLOCK, HEADER, SectionFile
from askive.index.segment.terms import SAMPLE
from askive.index.segment.writer import SectionWriter

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs" / "index-format.md").read_text(encoding="utf-8")
KEPT = sorted((ROOT / "tests" / "compat").glob("*-1/*.*s"))

STARTS = ("u4", "u8")
SMALLEST = ("u1", "u2", "u4", "u8")
SHAPES: dict[str, dict[str, tuple[str, ...]]] = {
    "starts": {"": STARTS},
    "dictionary": {"": ("u1",), ".starts": STARTS, ".samples": ("u1",), ".samples.starts": STARTS},
    "byte list": {
        "": ("u1",), ".mid": ("u2",), ".high": ("u4",), ".ranks": ("u4",), ".mid.ranks": ("u4",)
    },
    "half-byte list": {
        "": ("u1",), ".mid": ("u1",), ".high": ("u4",), ".ranks": ("u4",), ".mid.ranks": ("u4",)
    },
    "u1 to u8": {"": SMALLEST},
    **{name: {"": (name,)} for name in ("u1", "u2", "u4", "u8", "f4")},
}  # fmt: skip
NAMES = {"G": r"\w+", "FIELD": r"\w+", "NUMBERS": r"\w+", "SETS": r"\w+", "KEYS": r"\w+", "WHOOSH": r"\w+"}


def tables() -> list[list[list[str]]]:
    """Return the rows of the two tables of sections."""
    parts = DOC.split("<!-- sections: ")[1:]
    return [
        [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in part.splitlines()
            if line[:3] == "| `"
        ]
        for part in (part.split("\n\n")[0] for part in parts)
    ]


def sections() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each section that the page tells of, as a pattern, with its types, and the row it comes from."""
    for rows in tables():
        for cell, shape, *_ in rows:
            name = cell.strip("`")
            for ending, types in SHAPES[shape].items():
                pattern = re.sub("|".join(NAMES), lambda m: NAMES[m[0]], re.escape(name + ending), count=1)
                yield cell, pattern, types


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}{path.suffix}")
def test_every_section_is_told_of(path: Path) -> None:
    told = list(sections())
    for name, (_, _, dtype) in written(path)["sections"].items():
        fitting = [types for _, pattern, types in told if re.fullmatch(pattern, name)]
        assert any(dtype[1:] in types for types in fitting), f"{path.name}: {name} {dtype}"


def test_every_section_that_is_told_of_is_written() -> None:
    names = {name for path in KEPT for name in written(path)["sections"]}
    assert [cell for cell, pattern, _ in sections() if not any(re.fullmatch(pattern, n) for n in names)] == []


def written(path: Path) -> dict[str, dict[str, tuple[int, int, str]]]:
    """Return the directory of a file."""
    data = path.read_bytes()
    offset, size = HEADER.unpack_from(data)[4:6]
    found: dict[str, dict[str, tuple[int, int, str]]] = json.loads(data[offset : offset + size])
    return found


def test_the_example_is_what_is_written(tmp_path: Path) -> None:
    with SectionWriter(tmp_path / "file") as out:
        out.append("few", np.array([3, 1, 2], np.uint8))
        out.finish({})
    data = (tmp_path / "file").read_bytes()
    (example,) = re.findall(r"<!-- example: .*-->\n```\n(.*?)```", DOC, re.DOTALL)
    assert example == dumped(data)
    offset, size = HEADER.unpack_from(data)[4:6]
    assert f"{len(data)} bytes long, the directory at {offset} and {size} long" in DOC
    assert SectionFile(tmp_path / "file").array("few").tolist() == [3, 1, 2]


def dumped(data: bytes) -> str:
    """Return bytes as `hexdump -C` shows them."""
    lines = []
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        halves = " ".join(f"{byte:02x}" for byte in row[:8]), " ".join(f"{byte:02x}" for byte in row[8:])
        signs = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:08x}  {halves[0]:23}  {halves[1]:23}  |{signs}|\n")
    return "".join(lines)


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"one for each {BLOCK:,} bytes" in DOC
    assert f"numbers 0, {SAMPLE}, {2 * SAMPLE}" in DOC
    assert HEADER.size == 48
    assert (BYTES.longer, BYTES.longest, HALVES.longer, HALVES.longest) == (255, 65_535, 15, 255)


@pytest.mark.parametrize("width", [BYTES, HALVES], ids=["bytes", "halves"])
def test_the_list_of_the_page_is_written_so(tmp_path: Path, width: object) -> None:
    with SectionWriter(tmp_path / "file") as out:
        coded = CodedWriter(out, "X", width)  # type: ignore[arg-type]
        coded.append(np.array([3, 300, 70_000]))
        coded.finish()
        out.finish({})
    file = SectionFile(tmp_path / "file")
    assert Coded(file, "X", width).read(0, 3).tolist() == [3, 300, 70_000]  # type: ignore[arg-type]
    found = {name: file.array(name).tolist() for name in ("X", "X.mid", "X.high")}
    if width is BYTES:
        assert found == {"X": [3, 255, 255], "X.mid": [300, 65_535], "X.high": [70_000]}
    else:
        assert found == {"X": [0xF3, 0x0F], "X.mid": [255, 255], "X.high": [300, 70_000]}
