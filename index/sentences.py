"""A text on one line, and where in it its sentences, headings and pieces of code are.

By rule, not by a model: what ends a sentence is a full stop of any script, unless it belongs to an
abbreviation, an initial or a number, or what follows does not begin a sentence. Where scraping has glued
headings and lists to the prose behind them, words that hardly ever stand in a title in the middle of a
sentence ("... How Glaucoma Develops There are ...") show the seam.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

Kind = Literal["prose", "heading", "code", "omitted"]

MAX_CODE_LINES = 3
"""Lines of the longest piece of code that is shown: on one line, as passages are, more cannot be read."""

MAX_CODE = 160
"""Characters of the longest piece of code that is shown."""

OMITTED = "…"
"""What stands for a piece of code that is not shown."""

SHORT_LINE = 50
"""Longest line that ends where its writer ended it; mail and forums wrap at 60 to 80 columns."""

MAX_HEADING = 80
"""Longest line that can be a heading; longer ones that lack a full stop are prose."""

_CLUSTER = 64
"""Characters that a cut moves back at most, not to part a letter from its marks."""


class Sentence(NamedTuple):
    """A stretch of a flow, without the white space around it and the bullet before it."""

    start: int
    end: int
    kind: Kind = "prose"


class Flow(NamedTuple):
    """A text on one line, single spaces between its words, and its sentences in order."""

    text: str
    sentences: tuple[Sentence, ...]


def flow(text: str, code: Collection[str] = ()) -> Flow:
    """Return a text as one line with its sentences; `code` are lines known to be code, stripped.

    A piece of code is one sentence: shown whole or, beyond `MAX_CODE_LINES` and `MAX_CODE`, left out.

    >>> found = flow("See Dr. Li vs. v1.2. It works!")
    >>> [found.text[one.start : one.end] for one in found.sentences]
    ['See Dr. Li vs. v1.2.', 'It works!']
    """
    sentences: list[Sentence] = []
    parts: list[str] = []
    base = 0
    for part, kind in _blocks(text, code):
        parts.append(part)
        spans = _sentences(part) if kind == "prose" else [Sentence(0, len(part), kind)]
        sentences += [Sentence(base + start, base + end, kind) for start, end, kind in spans if end > start]
        base += len(part) + 1
    return Flow(" ".join(parts), tuple(sentences))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Blocks: what lines say.

_BULLET = re.compile(r"\s*(?:[-*+•▪●◦‣]|\d{1,3}[.)])\s+\S")
_QUOTED = re.compile(r"\A(?:\s*>)+\s?")
_STOPS = tuple(".!?:…。！？")


def _blocks(text: str, code: Collection[str]) -> Iterator[tuple[str, Kind]]:
    """Yield the parts of a text that no sentence goes across, each on one line."""
    if "\n" not in text:
        line = " ".join(text.split())
        if line:
            yield line, "prose"
        return
    runs = [(is_code, lines) for is_code, lines in _runs(text.split("\n"), code) if lines]
    all_code = all(is_code for is_code, _ in runs)  # a text that is set in as a whole
    for n, (is_code, lines) in enumerate(runs):
        line = " ".join(" ".join(lines).split())
        if not line:
            continue
        if is_code and not all_code:
            short = len(lines) <= MAX_CODE_LINES and len(line) <= MAX_CODE
            yield (line, "code") if short else (OMITTED, "omitted")
        else:
            following = runs[n + 1][1][-1].rstrip() if n + 1 < len(runs) else ""
            leads = len(lines) == 1 and following.endswith(_STOPS) and _is_heading(line)
            yield line, "heading" if leads else "prose"


def _is_heading(line: str) -> bool:
    """Say whether a line between others is a heading: short, a capital first, and no stop at its end."""
    return len(line) <= MAX_HEADING and not line[0].islower() and line[0].isalnum() and line[-1].isalnum()


def _runs(lines: list[str], code: Collection[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield the lines that belong together, and whether they are code."""
    run: list[str] = []
    was_code = fenced = False
    before = ""
    for line in lines:
        bare = _QUOTED.sub("", line, count=1) if ">" in line else line
        stripped = bare.strip()
        fence = stripped.startswith("```")
        if fence:
            fenced = not fenced
        is_code = fence or fenced or stripped in code or _is_set_in(bare, before, was_code)
        blank = not stripped and not fenced
        if (not blank and is_code != was_code) or (not is_code and _parts(before, stripped, bare)):
            yield was_code, run
            run = []
        if not blank:
            was_code = is_code
            if not fence:
                run.append(bare)
        before = stripped
    yield was_code, run


def _is_set_in(line: str, before: str, in_code: bool) -> bool:
    """Say whether a line is code by its indentation, as Markdown has it."""
    set_in = line.startswith(("    ", "\t")) and bool(line.strip())
    return set_in and (in_code or not before) and not _BULLET.match(line)


def _parts(before: str, line: str, raw: str) -> bool:
    """Say whether a line of prose begins another block than the line before it."""
    if not line or not before or _BULLET.match(raw):
        return True
    if " | " in line or " | " in before:
        return True
    return len(before) < SHORT_LINE and not line[0].islower()


# Sentences: what signs say.

_STARTERS = _words(
    """After All Also Although An And Any Are As At Because Before Both But By Can Do Does During Each Even
    Every First For From He Here How However If In Instead Is It Its Many Most My No None Not Now On
    Once One Or Other Our Since She So Some Such That The Their Then There Therefore These They This
    Those Though Thus To Today Until We What When Where Whether Which While Who Why With You Your"""
)
"""Capitalised words that begin sentences, and are in the middle of one only in titles."""

_SEAMS = _STARTERS - {"And", "Any", "Do", "First", "No", "One", "Or", "So", "Today", "Who"}
"""Those that show where a heading ends; names may end with the others."""

_NEVER_LAST = _words(
    """approx attn ave avg ca capt cf cmdr col dept dr drs e.g ed eds eg esp esq est feat fr gen gov hon
    i.e ie incl lt maj messrs mm mr mrs ms mt mme mlle p.ex pres prof rep rev sen sgt sr st ste supt viz
    vs v"""
)
"""Abbreviations that stand before what they belong to."""

_NUMBERED = _words("""art ch eq eqs fig figs no nos p pp para sec tab vol vols ver""")
"""Abbreviations only where a number follows."""

_MAY_BE_LAST = _words(
    """al assn bros co corp etc inc jr ltd ph.d phd approx apr aug dec feb jan jul jun mar mon nov oct sep
    sept tue thu wed fri sat sun univ min max hrs hr lbs oz ft"""
)
"""Abbreviations that end a sentence where a word follows that begins one."""

_ITEMS = "•▪●◦‣-"
_UNSPACED = "。！？｡\u0964\u0965\u06d4\u061f\u1362\u104b\u17d4\u0589"
_STOP = re.compile(
    # One class of characters first: that is what the search looks for at speed.
    rf"""[.!?…{_UNSPACED}{_ITEMS}]
    (?: (?<=[.!?…]) [.!?…]* ["'”’»)\]]* (?=\s)            # Latin, Greek, Cyrillic: white space follows
      | (?<=[{_UNSPACED}]) [{_UNSPACED}]* ["'”’»)\]」』】）]*   # Chinese, Hindi, Urdu ...: none has to
      | (?<=\s[{_ITEMS}]) (?=\s(?:(?P<seam>[A-Z][a-z]+)\s)?) )  # items in the middle of a line
    """,
    re.VERBOSE,
)
_NEXT = re.compile(r"""\s*["'“‘«(\[¿¡]*([^\W_][\w'’]*)?""")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_NUMBER = re.compile(r"\d{1,3}|[A-Za-z]")
_LEAD = re.compile(r"""(?:\s+|[-*•▪●◦‣]\s+|["'”’)\]»]\s)+""")
_TITLED = r"[A-Z0-9][^\W_]*(?:[-/'’][^\W_]+)*"
_HEADING = re.compile(
    rf"({_TITLED}(?:\s(?:{_TITLED}|&|-|of|and|or|the|for|in|to|with|on|by|a|an|\([^()]{{1,30}}\))){{0,11}}?)"
    rf"[:]?\s(?=(?:{'|'.join(sorted(_SEAMS))})\s[a-z])"
)


def _sentences(block: str) -> Iterator[Sentence]:
    """Yield the sentences of a block of prose, headings that are glued to one apart."""
    begin = _lead(block, 0)
    for match in _STOP.finditer(block):
        end = match.start() if match[0] in _ITEMS else match.end()
        if end > begin and _ends(block, match, begin):
            yield from _unglued(block, begin, end)
            begin = _lead(block, end)
    if begin < len(block):
        yield from _unglued(block, begin, len(block))


def _lead(block: str, begin: int) -> int:
    """Return where a sentence begins behind bullets, and quotes that were closed before it."""
    match = _LEAD.match(block, begin)
    return match.end() if match and (begin or block[match.end() :]) else begin


def _unglued(block: str, begin: int, end: int) -> Iterator[Sentence]:
    heading = _HEADING.match(block, begin, end)
    if heading and heading[1] not in _STARTERS:
        yield Sentence(begin, heading.end(1), "heading")
        begin = heading.end()
    yield Sentence(begin, len(block[:end].rstrip()) if block[end - 1].isspace() else end)


def _ends(block: str, stop: re.Match[str], begin: int) -> bool:
    """Say whether a sentence that begins at `begin` ends with a stop."""
    sign = stop[0][0]
    if sign == "-":
        return stop["seam"] in _SEAMS
    if sign not in ".!?…":
        return True
    following = _NEXT.match(block, stop.end())
    word = following[1] if following else None
    if word is None:
        return not block.startswith((" ,", " ;", " :", " )"), stop.end())
    lower = word[0].islower()
    if sign != "." or stop[0].startswith(".."):
        return not lower or (sign in "!?" and stop[0][-1] in "!?")
    piece = block[max(begin, block.rfind(" ", begin, stop.start()) + 1) : stop.start()]
    return _full_stop(piece, stop, begin, word)


def _full_stop(piece: str, stop: re.Match[str], begin: int, word: str) -> bool:
    """Say whether the stop behind a piece of text ends a sentence, the next word being `word`."""
    bare = piece.lstrip("([\"'“‘«")
    name = bare.lower()
    if stop.start() - len(piece) <= begin and _NUMBER.fullmatch(bare):
        return False  # "1." before the first word
    if name in _NEVER_LAST or (name in _NUMBERED and word[0].isdigit()):
        return False
    if name in _MAY_BE_LAST or _INITIALS.fullmatch(bare):
        return word in _STARTERS
    if word[0].islower():
        # Forums do without capitals; what is short is more likely an abbreviation that is not listed.
        return len(bare) > 3 and bare.isalpha() and len(stop[0]) == 1
    return True


# Where else a text can be cut.

_CLAUSE = re.compile(r"(?P<end>)[,;:]\s | \)(?P<closed>)\s | (?P<dash>)\s[-–—•|]+\s | [，、；：]", re.VERBOSE)


def clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where clauses end and where the next ones begin, within a stretch of text."""
    for match in _CLAUSE.finditer(text, start, end):
        yield (match.end("closed") if match["closed"] is not None else match.start()), match.end()


def between_clusters(text: str, at: int) -> int:
    """Return `at` or the nearest place before it that parts no letter from its marks."""
    for place in range(at, max(at - _CLUSTER, 0), -1):
        if not _extends(text[place : place + 1]) and text[place - 1] != _JOINER:
            return place
    return at


_JOINER = "\u200d"


def _extends(character: str) -> bool:
    """Say whether a character belongs to the one before it: a mark, a joiner, a skin tone."""
    return bool(character) and (
        unicodedata.category(character)[0] == "M"
        or character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
