"""README.md shows what the program says: its console blocks are played on the pages of raw/.

`UPDATE_SCREENS=1 pytest tests/test_readme.py` writes them anew, for a person to read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from .program import run
from .test_screens import played

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
SAMPLES = [ROOT / "raw" / name for name in ("iop.txt", "text", "schema_org", "ndjson")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("readme") / "archive"
    assert run("ingest", *SAMPLES, archive=archive).exit_code == 0
    return archive


def test_the_picture_is_real(archive: Path) -> None:
    written = README.read_text(encoding="utf-8")
    shown = CONSOLE.sub(lambda block: "\n".join(played(block[0], archive)), written)
    if os.environ.get("UPDATE_SCREENS"):
        README.write_text(shown, encoding="utf-8")
    assert CONSOLE.search(written)
    assert shown == written


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_command_named_is_one() -> None:
    named = set(re.findall(r"^askive (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert [name for name in sorted(named) if run(name, "--help").exit_code != 0] == []
