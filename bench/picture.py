"""One picture: how long queries take as the archive grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from .contract import Kind

KINDS = (Kind.QUESTION, Kind.TWO, Kind.PHRASE, Kind.FILTER, Kind.WILDCARD, Kind.FACETS)

LOOKS: Mapping[str, tuple[str, str]] = {
    "askive": ("#d55e00", "o"),
    "whoosh": ("#009e73", "s"),
    "fts5": ("#0072b2", "^"),
    "tantivy": ("#000000", "D"),
    "bm25s": ("#cc79a7", "v"),
}
"""Colours that can be told apart by everyone (Okabe and Ito 2008), and marks beside them."""


def draw(corpora: Sequence[Mapping[str, Any]], files: Sequence[Path]) -> None:
    """Draw mean latency against the number of questions, a panel for each kind of query."""
    grown = sorted((c for c in corpora if c["name"] != "medquad"), key=lambda c: int(c["questions"]))
    real = [c for c in corpora if c["name"] == "medquad"]
    figure = Figure(figsize=(10, 6.2), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    for panel, kind in zip(panels.flat, KINDS, strict=True):
        for engine, (colour, mark) in LOOKS.items():
            style = {"color": colour, "marker": mark, "markersize": 5, "label": engine}
            panel.plot(*_points(grown, kind, engine), linewidth=2.2 if engine == "askive" else 1.2, **style)
            hollow = style | {"linestyle": "none", "markerfacecolor": "none", "label": None, "markersize": 8}
            panel.plot(*_points(real, kind, engine), **hollow)
        panel.set(xscale="log", yscale="log", title=kind)
        panel.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
        panel.spines[["top", "right"]].set_visible(False)
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        panel.xaxis.set_major_formatter(FuncFormatter(_count))
    for panel in panels[1]:
        panel.set_xlabel("questions" + (" (hollow: MedQuAD)" if real else ""))
    for panel in panels[:, 0]:
        panel.set_ylabel("milliseconds")
    figure.suptitle("From query text to the titles of the best ten: mean latency as the archive grows")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(LOOKS))
    # Without a date, and with ids that are not drawn by chance: the same numbers are the same picture.
    with rc_context({"svg.hashsalt": "askive"}):
        for file in files:
            figure.savefig(file, dpi=150, metadata={"Date": None} if file.suffix == ".svg" else None)


def _points(corpora: Sequence[Mapping[str, Any]], kind: Kind, engine: str) -> tuple[list[int], list[float]]:
    """Return the numbers of questions and the milliseconds that there are."""
    known = [c for c in corpora if engine in c["search"].get(kind, {})]
    return [c["questions"] for c in known], [c["search"][kind][engine]["mean"] * 1000 for c in known]


def _count(value: float, _: object) -> str:
    """Return a number of questions as an axis has it: 10k, 1M."""
    return f"{value / 1e6:g}M" if value >= 1e6 else f"{value / 1e3:g}k"
