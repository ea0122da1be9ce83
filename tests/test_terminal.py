"""What a terminal needs: harmless text, widths, wrapping, colour, the pager, progress."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from askive import terminal as t
from askive.terminal import Look, Role
from hypothesis import given
from hypothesis import strategies as st

ANY_TEXT = st.text() | st.text(alphabet="\x1b\x9b\x9d]['0;m\\\x07ab \n\r\t\u202e日")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("plain", "plain"),
        ("line\nline\tand tab", "line\nline    and tab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;a title\x07word", "word"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9cword", "word"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b]0;never closed", "0;never closed"),
        ("\x1bc\x1b(0\x1b7reset", "reset"),
        ("a\x08\x7f\x00b", "ab"),
        ("one\rtwo", "one\ntwo"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("safe\u202efdp.exe\u2066\u2069", "safefdp.exe"),
        ("tag\U000e0041s", "tags"),
        ("caf\u00e9 日本 \u200d👩", "caf\u00e9 日本 \u200d👩"),
        ("bad\udcffname", "bad\ufffdname"),
    ],
)
def test_harmless(text: str, left: str) -> None:
    assert t.harmless(text) == left


@given(ANY_TEXT)
def test_nothing_harmful_is_left(text: str) -> None:
    clean = t.harmless(text)
    assert all(char == "\n" or not ("\x00" <= char < " " or "\x7f" <= char <= "\x9f") for char in clean)
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")
    assert clean == clean.encode().decode()
    assert t.harmless(clean) == clean


def test_a_stream_is_made_harmless() -> None:
    out = io.StringIO()
    t.Harmless(out).write("a\x1b[2Jb\n")
    assert out.getvalue() == "ab\n"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("the quick brown fox", 9, ["the quick", "brown fox"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("to abcdefgh", 4, ["to", "abcd", "efgh"]),
        ("日本語テキスト", 7, ["日本語", "テキス", "ト"]),
        ("e\u0301te\u0301 e\u0301te\u0301", 3, ["e\u0301te\u0301", "e\u0301te\u0301"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("", 10, [""]),
        ("\u0301 aa日", 3, ["\u0301", "aa", "日"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert t.wrap(text, width) == lines


@given(st.text(alphabet="ab 日\u0301"), st.integers(2, 12))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = t.wrap(text, width)
    assert all(t.text_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="ab 日\u0301"), st.integers(1, 12))
def test_cut_and_pad_fit(text: str, width: int) -> None:
    assert t.text_width(t.cut(text, width)) <= width
    assert t.text_width(t.pad(text, width)) == width


def test_paint() -> None:
    assert Look(color=True).paint("x", Role.ID) == "\x1b[33mx\x1b[0m"
    assert Look(color=True).paint("", Role.ID) == ""
    assert Look(color=False).paint("x", Role.ID) == "x"


@pytest.mark.parametrize(
    ("choice", "tty", "env", "colored"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_color_choice(choice: str, tty: bool, env: dict[str, str], colored: bool) -> None:
    assert t.wants_color(choice, Screen() if tty else io.StringIO(), env) is colored


@pytest.mark.parametrize(("asked", "given_width"), [("60", 60), ("5", 20), ("300", 100)])
def test_columns(monkeypatch: pytest.MonkeyPatch, asked: str, given_width: int) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    assert t.columns(Screen(), {}) == given_width
    assert t.columns(io.StringIO(), {"COLUMNS": asked}) == given_width
    assert t.columns(io.StringIO(), {}) == t.DEFAULT_WIDTH


@pytest.mark.parametrize(
    ("env", "command"),
    [
        ({"PAGER": f"{sys.executable} -u"}, [sys.executable, "-u"]),
        ({"PAGER": ""}, []),
        ({"PAGER": "cat"}, []),
        ({"PAGER": "no-such-pager-anywhere"}, []),
        ({"PAGER": "'unclosed"}, []),
    ],
)
def test_pager_command(env: dict[str, str], command: list[str]) -> None:
    assert t.pager_command(env) == command


COPY = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"


@pytest.mark.parametrize(("lines", "paged"), [(3, False), (10, True), (500, True)])
def test_only_long_output_is_paged(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, lines: int, paged: bool
) -> None:
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setenv("COLUMNS", "80")
    out, seen = io.StringIO(), tmp_path / "seen"
    text = [f"line {n}" for n in range(lines)]
    t.display(iter(text), out, [sys.executable, "-c", COPY, str(seen)])
    written = seen.read_text() if paged else out.getvalue()
    assert written == "".join(line + "\n" for line in text)
    assert seen.exists() is paged


@pytest.mark.parametrize("pager", [[], ["/no/such/pager"], ["/"]])
def test_without_a_pager_lines_are_written(pager: Sequence[str]) -> None:
    out = io.StringIO()
    t.display((f"{n}" for n in range(200)), out, pager)
    assert out.getvalue().split() == [f"{n}" for n in range(200)]


def test_a_pager_left_early_is_no_error() -> None:
    out = io.StringIO()
    t.display(("x" * 100 for _ in range(20_000)), out, [sys.executable, "-c", "pass"])
    assert out.getvalue() == ""


def test_progress_is_drawn_on_a_terminal_and_taken_off() -> None:
    ticks = iter([0.0, 0.05, 10.0])
    screen = Screen()
    with t.Progress("indexing", screen, clock=lambda: next(ticks)) as progress:
        progress(1, 2000)  # too soon
        progress(500, 2000)
    assert screen.getvalue() == "\r\x1b[Kindexing: 500 questions, 50/s, 25%, 30 s left\r\x1b[K"


def test_progress_is_silent_elsewhere() -> None:
    log = io.StringIO()
    with t.Progress("indexing", log, clock=iter(range(100)).__next__) as progress:
        progress(1, 2)
    assert log.getvalue() == ""


@pytest.mark.parametrize(
    ("args", "line"),
    [
        ((500, 0.25, 10.0), "x: 500 questions, 50/s, 25%, 30 s left"),
        ((3, None, 0.0), "x: 3 questions"),
        ((7200, None, 2.0), "x: 7,200 questions, 3,600/s"),
        ((1, 0.125, 100.0), "x: 1 questions, 12%, 12 min left"),
        ((8, 1.0, 4.0), "x: 8 questions, 2/s, 100%, 0 s left"),
    ],
)
def test_progress_line(args: tuple[int, float | None, float], line: str) -> None:
    assert t.progress_line("x", *args) == line


def test_progress_may_count_something_else() -> None:
    screen = Screen()
    with t.Progress("reading", screen, clock=iter([0.0, 2.0]).__next__) as progress:
        progress(50, 100, questions=1000)
    assert "reading: 1,000 questions, 500/s, 50%, 2 s left" in screen.getvalue()
