"""Readers of other packages, found by their entry point; and the page about readers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from askive.archive.readers import READERS
from askive.archive.readers.engines import ENGINES

ROOT = Path(__file__).parent.parent
DOC = ROOT / "docs" / "readers.md"
CODE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOTES = "greenbook\n? How far is it?\n! Nine miles.\n! Ten by the road.\n? Is it steep?\n"


def package(site: Path, module: str, points: str = "greenbook = greenbook\n") -> Path:
    """Install a package as pip does: its module, and beside it what its metadata name."""
    info = site / "greenbook-1.dist-info"
    info.mkdir(parents=True)
    (site / "greenbook.py").write_text(module, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: greenbook\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[askive.readers]\n{points}", encoding="utf-8")
    return site


def documented() -> str:
    """Return the example of the page."""
    codes: list[tuple[str, str]] = CODE.findall(DOC.read_text(encoding="utf-8"))
    return next(code for language, code in codes if language == "python")


def askive(site: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.getenv("PYTHONPATH")))),
    }
    command = [sys.executable, "-m", "askive", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text(NOTES, encoding="utf-8")
    return path


def test_the_documented_example_works(tmp_path: Path, notes: Path) -> None:
    site, archive = package(tmp_path / "site", documented()), tmp_path / "archive"
    done = askive(site, "--archive", archive, "ingest", notes)
    assert (done.returncode, done.stderr.count("rejected")) == (0, 0), done.stderr
    found = askive(site, "--archive", archive, "search", "miles", "--format", "ids")
    shown = askive(site, "--archive", archive, "show", found.stdout.strip(), "--format", "ndjson")
    assert '"reader":"greenbook"' in shown.stdout.replace(": ", ":")
    assert "Ten by the road." in shown.stdout


def test_without_the_package_the_page_is_rejected(tmp_path: Path, notes: Path) -> None:
    done = askive(tmp_path, "read", notes)
    assert "not a Q&A page" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["sniff", "read"])
def test_a_reader_that_fails_costs_the_page_alone(tmp_path: Path, notes: Path, place: str) -> None:
    broken = re.sub(
        rf'(def {place}\(.*?""".*?"""\n)', r"\1    1 / 0\n", documented(), flags=re.DOTALL, count=1
    )
    iop = ROOT / "raw" / "iop.txt"
    done = askive(package(tmp_path / "site", broken), "read", notes, iop, "--format", "ids")
    assert "Traceback" not in done.stderr
    assert "notes.txt" in done.stderr
    assert ("the reader 'greenbook' failed: ZeroDivisionError" in done.stderr) == (place == "read")
    assert done.stdout.startswith("text:")


@pytest.mark.parametrize(
    ("module", "points", "said"),
    [
        ("import nowhere_at_all\n", "greenbook = greenbook\n", "ModuleNotFoundError"),
        ("NAME = 'greenbook'\n", "greenbook = greenbook\n", "it has no sniff, read"),
        ("", "greenbook = greenbook:Reader\n", "AttributeError"),
    ],
)
def test_one_that_cannot_be_loaded_is_named(
    tmp_path: Path, notes: Path, module: str, points: str, said: str
) -> None:
    done = askive(package(tmp_path / "site", module, points), "read", notes)
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("askive: the installed reader 'greenbook'")
    assert said in line


def first_line(thing: object) -> str:
    """Return what a module says of itself first, without the end."""
    return (thing.__doc__ or "").split("\n")[0].rstrip(".").replace("|", "\\|")


def test_the_page_lists_the_registry() -> None:
    """`UPDATE_SCREENS=1 pytest` writes the tables anew."""
    readers = "".join(f"| `{reader.NAME}` | {first_line(reader)} |\n" for reader in READERS)
    engines = "".join(
        f"| `{engine.__name__.rpartition('.')[2]}` | {first_line(engine)} |\n" for engine in ENGINES
    )
    written = DOC.read_text(encoding="utf-8")
    heads = ("| reader | what it reads |\n|---|---|\n", "| engine | layouts |\n|---|---|\n")
    shown = written
    for head, rows in zip(heads, (readers, engines), strict=True):
        assert head in shown
        before, _, behind = shown.partition(head)
        shown = before + head + rows + re.sub(r"\A(?:\|.*\n)*", "", behind)
    if os.environ.get("UPDATE_SCREENS"):
        DOC.write_text(shown, encoding="utf-8")
    assert shown == written
