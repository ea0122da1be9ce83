"""What our ranking must not fall below: pinned figures, each with the hashes of the files it is true of.

A floor rises when it is pinned anew; it falls only by an explicit wish.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from pathlib import Path
from typing import NamedTuple

FORMAT_VERSION = 1
MEASURE = "nDCG@10"

SLACK = 0.005
"""How far below its floor a figure may fall: five of a thousand, which is less than changes that matter and
more than what another version of a library shifts."""

DIGITS = 4


class Pin(NamedTuple):
    """A figure, and the SHA-256 of the files it was measured on, by what they hold."""

    figure: float
    hashes: Mapping[str, str]


Pins = Mapping[str, Pin]
"""By collection and form."""


class Standing(StrEnum):
    """How a figure stands to its floor."""

    KEPT = "kept"
    BELOW = "BELOW ITS FLOOR"
    OTHER_FILES = "not compared: other files"
    NEW = "no floor yet"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one figure."""

    name: str
    standing: Standing
    measured: Pin | None
    pinned: Pin | None

    @property
    def text(self) -> str:
        """Return it as a line."""
        figures = [
            f"{word} {pin.figure:.{DIGITS}f}"
            for word, pin in (("measured", self.measured), ("floor", self.pinned))
            if pin
        ]
        return f"{self.name}: {self.standing}{self._differing} ({', '.join(figures)})"

    @property
    def _differing(self) -> str:
        if self.standing is not Standing.OTHER_FILES or not self.measured or not self.pinned:
            return ""
        ours, theirs = self.measured.hashes, self.pinned.hashes
        return ", " + ", ".join(
            sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
        )


def verdicts(measured: Pins, floors: Pins) -> Iterator[Verdict]:
    """Yield how every figure and every floor stands."""
    for name in dict.fromkeys((*measured, *floors)):
        ours, pinned = measured.get(name), floors.get(name)
        yield Verdict(name, _standing(ours, pinned), ours, pinned)


def _standing(measured: Pin | None, pinned: Pin | None) -> Standing:
    if measured is None:
        return Standing.NOT_MEASURED
    if pinned is None:
        return Standing.NEW
    if measured.hashes != pinned.hashes:
        return Standing.OTHER_FILES
    return Standing.BELOW if measured.figure < pinned.figure - SLACK else Standing.KEPT


def raised(floors: Pins, measured: Pins, *, lower: bool = False) -> dict[str, Pin]:
    """Return the floors with what was measured: a figure that is less than its floor only if `lower`.

    That goes for other files too: a floor must not fall because a corpus was exchanged for a harder one.
    """
    new = dict(floors)
    for name, pin in measured.items():
        rounded = pin._replace(figure=floor(pin.figure * 10**DIGITS) / 10**DIGITS)
        if lower or name not in floors or rounded.figure >= floors[name].figure:
            new[name] = rounded
    return new


def read(path: Path) -> dict[str, Pin]:
    """Read floors; raises ValueError for a format that is not known."""
    file = json.loads(path.read_text(encoding="utf-8"))
    if file["format_version"] != FORMAT_VERSION:
        raise ValueError(f"{path}: format version {file['format_version']}, known is {FORMAT_VERSION}")
    return {name: Pin(row[MEASURE], row["sha256"]) for name, row in file["floors"].items()}


def write(path: Path, floors: Pins) -> None:
    """Write floors."""
    rows = {name: {MEASURE: pin.figure, "sha256": pin.hashes} for name, pin in sorted(floors.items())}
    text = json.dumps({"format_version": FORMAT_VERSION, "floors": rows}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
