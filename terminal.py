"""What a terminal needs: text made harmless, columns counted, lines wrapped, colour, the pager, progress.

Pages come from strangers. Nothing of theirs reaches a terminal before `harmless` or `one_line` has seen it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Self, TextIO

DEFAULT_WIDTH = 80
"""Columns where output goes to no terminal; what the width of a VT100 made the custom."""
MIN_WIDTH = 20
"""Narrower than this nothing is laid out; the terminal wraps the rest."""
MAX_WIDTH = 100
"""Wider lines are tiring to read: typography asks for 45 to 90 characters."""
PROGRESS_INTERVAL = 0.1
"""Seconds between two redraws of the progress line: ten a second looks smooth and costs nothing."""

# ECMA-48: a control sequence is CSI, parameters, intermediates, one final byte; a control string (DCS, SOS,
# OSC, PM, APC) runs to ST or, for xterm's OSC, BEL. Openers exist as ESC + letter and as one C1 character.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-~]?"
)
# What is left: C0 but tab and line feed, DEL, C1, the line and paragraph separators, the direction overrides
# and isolates, the byte order mark, the invisible tag characters.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x85")
_SURROGATE = re.compile("[\ud800-\udfff]")


def harmless(text: str) -> str:
    r"""Return the text without escape sequences, control and direction characters; lines are kept.

    >>> harmless("a \x1b[31mred\x1b[0m \x1b]0;title\x07word\r\nnext")
    'a red word\nnext'
    """
    text = _CONTROL.sub("", _SEQUENCE.sub("", _LINE_END.sub("\n", text)).expandtabs(4))
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    r"""Return the text as `harmless` makes it, in one line with single spaces.

    >>> one_line(" two\n lines\x9b2J ")
    'two lines'
    """
    return " ".join(harmless(text).split())


class Harmless:
    """A text stream that writes to `out` what `harmless` leaves: for formats that escape nothing."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def write(self, text: str) -> int:
        """Write the text, made harmless; a sequence may not be split over two writes, and no writer does."""
        self.out.write(harmless(text))
        return len(text)


def char_width(char: str) -> int:
    """Return the columns a character takes: 2 for wide East Asian ones (UAX 11), 0 for combining ones."""
    if char < "\u0300":
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def text_width(text: str) -> int:
    """Return the columns a text takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def cut(text: str, width: int) -> str:
    """Return the text, or as much of it as `width` columns hold with an ellipsis behind.

    >>> cut("intensive", 6)
    'inten…'
    """
    if text_width(text) <= width:
        return text
    end = column = 0
    while column + char_width(text[end]) < width:
        column += char_width(text[end])
        end += 1
    return text[:end].rstrip() + "…"


def pad(text: str, width: int) -> str:
    """Return the text cut or filled to exactly `width` columns."""
    text = cut(text, width)
    return text + " " * (width - text_width(text))


def breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line that `text` makes in `width` columns.

    Lines end at spaces, after wide characters, at line feeds, and inside a word only where it fills a line.
    """
    start = column = 0
    stop = resume = 0  # where the line may end, and the next then begins
    for i, char in enumerate(text):
        if char == "\n":
            yield start, i
            start, column, stop = i + 1, 0, 0
            continue
        columns = char_width(char)
        if char == " ":
            stop, resume = i, i + 1
        else:
            while column + columns > width and i > start:  # what moves to the next line may fill that too
                if stop <= start:
                    stop = resume = i
                yield start, stop
                start, stop = resume, 0
                column = text_width(text[start:i])
        column += columns
        if columns == 2:
            stop = resume = i + 1
    if start < len(text) or not text:
        yield start, len(text)


def wrap(text: str, width: int) -> list[str]:
    """Return the lines that `text` makes in `width` columns."""
    return [text[start:end].rstrip() for start, end in breaks(text, width)]


class Role(Enum):
    """What a piece of output is; its value is the parameters of ECMA-48's SGR that paint it."""

    TITLE = "1"
    MATCH = "1;31"  # grep's colour for a match
    ID = "33"  # git's colour for a name to copy
    TAG = "36"
    GOOD = "32"
    BAD = "31"
    FAINT = "2"


@dataclass(frozen=True, slots=True)
class Look:
    """How text is laid out: `width` in columns, and whether it is coloured."""

    width: int = DEFAULT_WIDTH
    color: bool = False

    def paint(self, text: str, role: Role) -> str:
        """Return the text in the role's colour."""
        return f"\x1b[{role.value}m{text}\x1b[0m" if self.color and text else text


def wants_color(choice: str, stream: TextIO, env: Mapping[str, str]) -> bool:
    """Return whether to colour `stream`: by `choice`, or where that is `auto` by NO_COLOR and the terminal.

    NO_COLOR counts when it is not empty (no-color.org); `always` said on the command line outweighs it.
    """
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not env.get("NO_COLOR") and env.get("TERM") != "dumb"


def columns(stream: TextIO, env: Mapping[str, str]) -> int:
    """Return the width to lay out for: COLUMNS or the terminal's, within reason; 80 where there is none."""
    known = stream.isatty() or "COLUMNS" in env
    wanted = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns if known else DEFAULT_WIDTH
    return max(MIN_WIDTH, min(wanted, MAX_WIDTH))


def pager_command(env: Mapping[str, str]) -> list[str]:
    """Return the pager's command: `$PAGER`, else less as git calls it; empty for none."""
    wanted = env.get("PAGER")
    try:
        command = ["less", "-FRX"] if wanted is None else shlex.split(wanted)
    except ValueError:  # an unclosed quote
        return []
    return command if command and command != ["cat"] and shutil.which(command[0]) else []


def display(lines: Iterable[str], out: TextIO, pager: Sequence[str] = ()) -> None:
    """Write the lines to `out`, through `pager` where they fill the terminal's height."""
    rest = iter(lines)
    height = shutil.get_terminal_size().lines if pager else 0
    ahead = list(islice(rest, height))
    everything = chain(ahead, rest)
    if not (pager and len(ahead) == height and _paged(everything, pager)):
        out.writelines(line + "\n" for line in everything)


def _paged(lines: Iterable[str], pager: Sequence[str]) -> bool:
    """Send the lines to the pager, wait until it is left; False, and no line taken, if it does not start."""
    # LESS as git sets it, for a $PAGER that is a plain `less`; LV is the same for lv.
    env = {"LESS": "FRX", "LV": "-c"} | os.environ
    try:
        process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=env, text=True, errors="replace")
    except OSError:
        return False
    assert process.stdin is not None
    try:
        with contextlib.suppress(BrokenPipeError):  # left before the end
            process.stdin.writelines(line + "\n" for line in lines)
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is the pager's to handle
                process.wait()
    return True


class Progress:
    """A line on a terminal that says how far long work is; silent on anything else.

    Call it as work goes on; leave the context and the line is gone.
    """

    def __init__(self, what: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        self.what, self.clock = what, clock
        self.stream = sys.stderr if stream is None else stream
        self.active = self.stream.isatty()
        self.began = self.drawn = clock()
        self.dirty = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, done: int, total: int | None = None, questions: int | None = None) -> None:
        """Draw the line, if there is a terminal and the last drawing is long enough ago.

        `done` of `total` may count anything; where it is not questions, say how many of those there are.
        """
        now = self.clock()
        if self.active and now - self.drawn >= PROGRESS_INTERVAL:
            self.drawn = now
            self.dirty = True
            counted = done if questions is None else questions
            line = progress_line(self.what, counted, done / total if total else None, now - self.began)
            self.stream.write(f"\r\x1b[K{line}")
            self.stream.flush()

    def clear(self) -> None:
        """Take the line off the screen, so that something else may be written."""
        if self.dirty:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self.dirty = False


def progress_line(what: str, questions: int, share: float | None, seconds: float) -> str:
    """Return what the progress line says; `share` is how much of the whole is done, where that is known.

    >>> progress_line("indexing", 500, 0.25, 10.0)
    'indexing: 500 questions, 50/s, 25%, 30 s left'
    """
    rate = questions / seconds if seconds > 0 else 0.0
    parts = [f"{what}: {questions:,} questions"]
    parts += [f"{rate:,.0f}/s"] if rate >= 1 else []
    if share:
        parts += [f"{share:.0%}", f"{duration(seconds / share - seconds)} left"]
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a span of time as one would say it.

    >>> duration(30), duration(160), duration(7300)
    ('30 s', '3 min', '2 h')
    """
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
