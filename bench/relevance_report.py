"""How well engines rank, as tables to read and as JSON to keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill
from typing import Any

from .engines import ENGINES
from .judged import NAMES, Asks
from .report import OURS, WIDTH, aligned, machine, milliseconds, versions

Forms = Mapping[str, Mapping[str, Any]]
"""What `relevance.py` measured of each form of each collection, by the names of both."""

NOTES = """
nDCG@10 by people's judgments (bench/judged.py), the mean over the queries. p is how often a difference from
ours as large as this, either way, comes of chance alone (bench/randomisation.py). All engines have the same
records and are asked for any of a text's words, a hundred hits deep, with a title's words counting twice
where an engine knows fields; Askive is asked as `askive search --plain` and `askive related --text` do. A
query's time is from its text to ids and titles of these hits; an engine that takes over ten seconds for a
form's queries has the first of them timed, as far as these seconds go.
"""


def forms_of(collections: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return what was measured, by collection and form."""
    return {
        f"{collection['name']}/{form}": {"asks": collection["asks"], **measured}
        for collection in collections
        for form, measured in collection["forms"].items()
    }


def lines(collections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the tables of all collections."""
    forms = forms_of(collections)
    yield from aligned(quality(forms))
    yield from aligned(times(forms))
    for asks in Asks:
        yield from aligned(signals(asks, forms))
    yield fill(" ".join(NOTES.split()), WIDTH)
    yield ""


def quality(forms: Forms) -> list[list[str]]:
    """Return the rows of nDCG@10, each peer's with how likely ours differs from it by chance alone."""
    names = _engines(forms)
    head = [cell for name in names for cell in ([name] if name == OURS else [name, "p"])]
    rows = [[NAMES[0], "queries", *head]]
    for label, form in forms.items():
        cells = [cell for name in names for cell in _cells(form["engines"][name])]
        rows.append([label, str(form["queries"]), *cells])
    return rows


def _cells(engine: Mapping[str, Any]) -> list[str]:
    return [f"{engine[NAMES[0]]:.3f}", *([chance(engine["p"])] if "p" in engine else [])]


def times(forms: Forms) -> list[list[str]]:
    """Return the rows of the mean time of a query."""
    names = _engines(forms)
    rows = [["time per query, mean", *names]]
    for label, form in forms.items():
        rows.append([label, *(milliseconds(form["engines"][name]["seconds"]["mean"]) for name in names)])
    return rows


def signals(asks: Asks, forms: Forms) -> list[list[str]]:
    """Return the rows of what nDCG@10 changes by without each signal; none if there was none to leave out."""
    of_kind = {label: form for label, form in forms.items() if form["asks"] == asks and form["without"]}
    names = dict.fromkeys(name for form in of_kind.values() for name in form["without"])
    if not names:
        return []
    rows = [[f"{asks}: without", *(cell for label in of_kind for cell in (label, "p"))]]
    return rows + [
        [name, *(cell for form in of_kind.values() for cell in _less(name, form))] for name in names
    ]


def _less(name: str, form: Mapping[str, Any]) -> Iterator[str]:
    less = form["without"][name]
    yield f"{less[NAMES[0]] - form['engines'][OURS][NAMES[0]]:+.3f}"
    yield chance(less["p"])


def chance(p: float) -> str:
    """Return a probability as tables have it.

    >>> chance(0.0001), chance(0.0321), chance(1.0)
    ('<.001', '.032', '1.000')
    """
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _engines(forms: Forms) -> list[str]:
    there = {name for form in forms.values() for name in form["engines"]}
    return [name for name in ENGINES if name in there]


def write(path: Path, collections: Sequence[Mapping[str, Any]]) -> None:
    """Write everything as JSON."""
    report = {
        "format_version": 1,
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "notes": " ".join(NOTES.split()),
        "collections": collections,
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
