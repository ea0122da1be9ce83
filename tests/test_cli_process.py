"""The command line as a process of its own: what it loads, its pipes, its signals, its terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .program import build, run

ASKIVE = [sys.executable, "-m", "askive"]
READERS = {"bs4", "lxml", "nh3", "backports.zstd", "compression.zstd", "askive.archive.readers"}
HEAVY = READERS | {"whoosh", "sqlite3"}
REPORT = """
import sys
from askive import cli
try:
    cli.main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = build(tmp_path_factory.mktemp("process") / "archive")
    assert run("reindex", archive=archive).exit_code == 0
    return archive


def askive(*args: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ASKIVE, *map(str, args)], capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("args", "allowed"),
    [
        (["--help"], set()),
        (["search", "--help"], set()),
        (["completion", "zsh"], set()),
        (["show", "text:"], {"sqlite3"}),
        (["tags"], {"sqlite3"}),
        (["search", "vector"], {"sqlite3", "whoosh"}),
        (["related", "text:"], {"sqlite3", "whoosh"}),
        (["export", "vector"], {"sqlite3", "whoosh", "lxml"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_loads_what_it_needs(args: list[str], allowed: set[str], archive: Path) -> None:
    command = [sys.executable, "-c", REPORT, "--archive", str(archive), *args]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(result.stderr.split())
    assert "askive.cli" in loaded
    assert loaded & HEAVY == allowed


def test_python_m_is_the_program(archive: Path) -> None:
    result = askive("--archive", archive, "search", "vector", "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["total"] == 1
    assert askive("--version").stdout.startswith("askive ")


@pytest.mark.parametrize("form", ["ndjson", "text", "csv"])
def test_a_closed_pipe_is_no_error(form: str, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("treatment\n" * 2000)
    batch = ["--batch", str(tmp_path / "queries"), "--format", form]
    command = [*ASKIVE, "--archive", str(archive), "search", *batch]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")


def test_a_pipe_closed_before_the_first_line_is_no_error(archive: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run(
        [*ASKIVE, "--archive", str(archive), "tags"], stdout=write, stderr=subprocess.PIPE, timeout=60
    )
    os.close(write)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_output_that_cannot_be_written(archive: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*ASKIVE, "--archive", str(archive), "tags"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (result.returncode, result.stderr) == (
        2,
        "askive: cannot read or write: No space left on device\n",
    )


def test_an_interrupt_is_130(tmp_path: Path) -> None:
    command = [*ASKIVE, "--archive", str(tmp_path / "archive"), "ingest", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stderr
        process.stdin.write("Is this ")
        process.stdin.flush()
        database = tmp_path / "archive" / "archive" / "records.sqlite3"
        while not database.exists() and process.poll() is None:
            select.select([], [], [], 0.05)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        errors = process.stderr.read()
    assert process.returncode == 130
    assert errors.strip() == "askive: interrupted"


@pytest.mark.parametrize(
    ("locale", "args", "line"),
    [
        ({"PYTHONIOENCODING": "ascii"}, ["show", "example.jp:1"], "?"),
        ({"PYTHONIOENCODING": "ascii"}, ["show", "example.jp:1", "--format", "ndjson"], "茶渋"),
        ({"LC_ALL": "C"}, ["show", "example.jp:1"], "茶渋"),
    ],
)
def test_a_poor_locale_is_no_reason_to_stop(
    locale: dict[str, str], args: list[str], line: str, archive: Path
) -> None:
    result = askive("--archive", archive, *args, env=os.environ | locale, encoding="utf-8")
    assert (result.returncode, result.stderr) == (0, "")
    assert line in result.stdout


def on_terminal(*args: str | Path, **env: str) -> str:
    """Return what the program writes to a terminal of 60 columns and 12 lines."""
    main, other = pty.openpty()
    wanted = os.environ | {"TERM": "xterm", "COLUMNS": "60", "LINES": "12", "NO_COLOR": ""} | env
    with subprocess.Popen(
        [*ASKIVE, *map(str, args)], stdin=other, stdout=other, stderr=other, env=wanted, close_fds=True
    ) as process:
        os.close(other)
        shown = b""
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while part := os.read(main, 65536):
                shown += part
    os.close(main)
    assert process.returncode in (0, 1)
    return shown.decode().replace("\r\n", "\n")


def test_terminal_has_color_and_its_width(archive: Path) -> None:
    shown = on_terminal("--archive", archive, "search", "erase", PAGER="cat")
    assert "\x1b[33mexample.com:7\x1b[0m" in shown
    assert "\x1b[1;31merase" in shown.lower()
    shown = on_terminal("--archive", archive, "search", "intensive", PAGER="cat")
    assert "treatment and\x1b[0m\n    \x1b[1m" in shown


@pytest.mark.parametrize(
    ("options", "env"), [([], {"NO_COLOR": "1"}), (["--color", "never"], {}), ([], {"TERM": "dumb"})]
)
def test_terminal_without_color(options: list[str], env: dict[str, str], archive: Path) -> None:
    assert "\x1b" not in on_terminal(*options, "--archive", archive, "search", "vector", PAGER="cat", **env)


PAGER = f'{sys.executable} -c "import sys; print(len(sys.stdin.readlines()), 0 - 1)"'


def test_long_output_is_paged(archive: Path) -> None:
    lines = len(run("show", "text:", archive=archive, env={"COLUMNS": "60"}).stdout.splitlines())
    assert on_terminal("--archive", archive, "show", "text:", PAGER=PAGER) == f"{lines} -1\n"


@pytest.mark.parametrize(
    ("options", "args", "pager"),
    [
        ([], ["search", "vector"], PAGER),  # short
        (["--no-pager"], ["show", "text:"], PAGER),
        ([], ["show", "text:"], "no-such-pager"),
        ([], ["show", "text:"], ""),
    ],
)
def test_output_that_is_not_paged(options: list[str], args: list[str], pager: str, archive: Path) -> None:
    shown = on_terminal(*options, "--archive", archive, *args, PAGER=pager, NO_COLOR="1")
    assert shown == run(*args, archive=archive, env={"COLUMNS": "60"}).stdout


@pytest.mark.parametrize("form", ["csv", "json", "ids", "text"])
def test_nothing_harmful_reaches_a_terminal(form: str, archive: Path) -> None:
    shown = on_terminal("--archive", archive, "show", "evil", "--format", form, PAGER="cat", NO_COLOR="1")
    assert "hostile" in shown or form == "ids"
    assert all(char == "\n" or char.isprintable() for char in shown)


def test_export_to_a_terminal_is_harmless(archive: Path) -> None:
    shown = on_terminal("--archive", archive, "export", "hostile", "--format", "md")
    assert all(char == "\n" or char.isprintable() for char in shown)
