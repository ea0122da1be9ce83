"""What people see: every file of tests/screens/ holds commands and exactly what they print.

`UPDATE_SCREENS=1 pytest tests/test_screens.py` writes the files anew, for a person to read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from .program import build, run

SCREENS = sorted(Path(__file__).with_name("screens").glob("*.txt"))
PROMPT = re.compile(r"^\$ (?:(COLUMNS)=(\d+) )?askive (.*)$")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = build(tmp_path_factory.mktemp("screens") / "archive")
    assert run("reindex", archive=archive).exit_code == 0
    return archive


def played(screen: str, archive: Path) -> Iterator[str]:
    """Yield the commands of a screen, each with what it prints now, and its exit code unless that is 0."""
    for line in screen.splitlines():
        if match := PROMPT.match(line):
            _, width, command = match.groups()
            result = run(*shlex.split(command), archive=archive, env={"COLUMNS": width or "80"})
            yield f"{line}\n{result.output}" + (f"[exit {result.exit_code}]\n" if result.exit_code else "")


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_screen(path: Path, archive: Path) -> None:
    expected = path.read_text(encoding="utf-8")
    shown = "\n".join(played(expected, archive))
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, encoding="utf-8")
    assert shown == expected
