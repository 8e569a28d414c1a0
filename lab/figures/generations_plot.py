"""Generations plot: the candidates of a search and the best so far, generation by generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.search.search_history import read_history
from lab.figures.axes_style import COLOURS, add_legend, create_axes, set_title
from lab.records.metrics import read_metrics

UNKNOWN_SHARES = "an older record without shares: some points are of a part of the windows"


def read_search_scores(run: Path) -> list[dict[str, Any]]:
    """Return the scores of a run's search, with share and generation if they are on disk.

    Records written before metrics.jsonl held them get them from search.jsonl if it is there.
    """
    lines = [line for line in read_metrics(run / "metrics.jsonl") if line["kind"] == "search"]
    if all("share" in line for line in lines):
        return lines
    return [{"kind": "search", **entry} for entry in read_history(run / "search.jsonl")] or lines


def plot_generations(lines: Sequence[Mapping[str, Any]]) -> Any:
    """Plot a search's scores on all select windows by generation, and the best of them so far.

    lines are those of metrics.jsonl or of `read_search_scores`. Without share, all scores are
    plotted by their order, and the figure says so.
    """
    scores = [line for line in lines if line["kind"] == "search" and line["bpc"] is not None]
    has_shares = all("share" in line for line in scores)
    complete = [line for line in scores if line.get("share", 1.0) == 1.0]
    numbered = has_shares and all(line.get("generation") is not None for line in complete)
    positions = np.arange(len(complete), dtype=float)
    if numbered:
        positions = _spread_generations([line["generation"] for line in complete])
    bpc = np.array([line["bpc"] for line in complete])
    figure, axis = create_axes(height=3.2)
    axis.plot(positions, bpc, ".", color=COLOURS[5], label="candidates")
    if has_shares:
        best = np.minimum.accumulate(bpc)
        axis.step(positions, best, where="post", color=COLOURS[0], label="best so far")
    axis.set_xlabel("generation" if numbered else "score, in the order of the search")
    axis.set_ylabel("select loss (bits per character)")
    title = "A search, candidate by candidate"
    set_title(axis, title if has_shares else f"{title}\n{UNKNOWN_SHARES}")
    add_legend(axis)
    return figure


def _spread_generations(generations: Sequence[int]) -> np.ndarray:
    """Return positions: the scores of generation g evenly from g up to, not including, g + 1."""
    numbers = np.asarray(generations, dtype=float)
    positions = numbers.copy()
    for generation in np.unique(numbers):
        members = numbers == generation
        positions[members] += np.arange(members.sum()) / members.sum()
    return positions
