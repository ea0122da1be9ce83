"""`make demo`'s session runs through, shows the page it is about first, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SEED_TITLE = 'What is the difference between outpatient treatment and "intensive" outpatient treatment'


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def session(temporary: Path) -> str:
    """What the demo prints where there is no terminal."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TMPDIR": str(temporary),
    }
    done = subprocess.run(
        ["sh", ROOT / "tools" / "demo.sh"],
        cwd=temporary, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def said_after(command: str, session: str) -> str:
    """Return what stands between a command and the next."""
    return session.split(f"\n$ {command}", 1)[1].split("\n", 1)[1].split("\n$ ", 1)[0]


@pytest.mark.parametrize("command", ['askive search "intensive outpatient"', 'askive search "[iop]"'])
def test_shows_the_seed_question_first(command: str, session: str) -> None:
    words = " ".join(said_after(command, session).split())
    assert SEED_TITLE in words[: len(SEED_TITLE) + 40], (
        "the first words are its title, behind a number at most"
    )


def test_every_command_says_something(session: str) -> None:
    commands = [line[2:] for line in session.splitlines() if line.startswith("$ ")]
    assert len(commands) >= 9
    silent = [
        c for c in commands if not said_after(c, session).strip() and "-o " not in c and " read " not in c
    ]
    assert silent == []


def test_is_plain_text_without_a_terminal(session: str) -> None:
    assert "\x1b" not in session


def test_leaves_nothing_behind(session: str, temporary: Path) -> None:
    assert session
    assert list(temporary.iterdir()) == []
