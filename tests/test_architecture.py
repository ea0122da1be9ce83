"""docs/architecture.md names every module, and no file that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FOLDERS = ("", "archive/", "archive/containers/", "archive/readers/", "index/", "index/segment/")


def named() -> set[str]:
    """Return the modules that the page names, by path; one without a folder may be in any."""
    names = re.findall(r"`((?:[a-z_]+/)*[a-z0-9_]+\.py)`", DOC)
    return {name if (ROOT / name).exists() else found(name) for name in names}


def found(name: str) -> str:
    places = [folder + name for folder in FOLDERS if (ROOT / (folder + name)).exists()]
    assert len(places) == 1, f"docs/architecture.md names {name}, which is {places or 'nowhere'}"
    return places[0]


def test_every_module_has_its_place() -> None:
    modules = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).glob("*.py")
        if path.name not in ("__init__.py", "__main__.py", "errors.py")
    }
    assert modules - named() == set()
