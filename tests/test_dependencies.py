"""pyproject.toml, docs/dependencies.md and the imports of the code name the same dependencies."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SECTIONS: Mapping[str, list[str]] = {
    "At run time": PYPROJECT["project"]["dependencies"],
    "For containers": PYPROJECT["project"]["optional-dependencies"]["containers"],
    "For developers": PYPROJECT["project"]["optional-dependencies"]["dev"],
}


def bounds(requirements: Iterable[str]) -> dict[str, str]:
    """Return name to lower bound; a requirement without one, or with any other, is an error."""
    matches = {r: re.fullmatch(r"([\w.-]+)>=([\d.]+)(;.*)?", r.replace(" ", "")) for r in requirements}
    assert [r for r, match in matches.items() if not match] == [], "a lower bound, and no other"
    return {match[1]: match[2] for match in matches.values() if match}


def documented(section: str) -> dict[str, list[str]]:
    """Return the rows of a section's table: name to the other cells."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    part = re.split(rf"^## {re.escape(section)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in part.splitlines()
        if line[:3] == "| `"
    ]
    return {name.strip("`"): cells for name, *cells in rows}


@pytest.mark.parametrize("section", SECTIONS)
def test_documented_with_the_same_bound(section: str) -> None:
    assert {name: cells[0] for name, cells in documented(section).items()} == bounds(SECTIONS[section])


@pytest.mark.parametrize("section", SECTIONS)
def test_says_what_for_and_why(section: str) -> None:
    rows = documented(section)
    assert [name for name, cells in rows.items() if len(cells) != 3 or not all(cells)] == []
    assert list(rows) == sorted(rows, key=str.lower), "one finds a line where the alphabet puts it"


def test_what_is_declared_is_imported_and_the_other_way_round() -> None:
    names = {name for file in modules() for name in imported(file.read_text(encoding="utf-8"))}
    outside = {name for name in names if name not in sys.stdlib_module_names} - {"askive", "compression"}
    providers = packages_distributions()
    declared = set(bounds(SECTIONS["At run time"])) | set(bounds(SECTIONS["For containers"]))
    # What an extra that is not installed provides is called as it is.
    found = {providers.get(name, [name])[0] for name in outside}
    assert set(map(normal, found)) == set(map(normal, declared))


def test_one_bound_for_setuptools() -> None:
    developers = bounds(SECTIONS["For developers"])
    assert bounds(PYPROJECT["build-system"]["requires"]) == {"setuptools": developers["setuptools"]}


def modules() -> list[Path]:
    return [path for pattern in ("*.py", "archive/**/*.py", "index/**/*.py") for path in ROOT.glob(pattern)]


def imported(source: str) -> set[str]:
    """Return the top-level names that a module imports, its own package aside."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


def normal(name: str) -> str:
    """Return a distribution's name as packaging compares them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
