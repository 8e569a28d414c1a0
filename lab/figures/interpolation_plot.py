"""Interpolation plot: the loss between two parents, and its dip on a scale of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from lab.figures.axes_style import BLACK, COLOURS, add_legend, create_axes, set_title


def plot_interpolation(results: Sequence[Mapping[str, Any]], rate: str = "constant") -> Any:
    """Plot bpc on select along the geodesic between parents: a line a seed, a colour a relation.

    Crosses of a relation that were bred with other settings have colours of their own.

    The second panel subtracts the straight line between the ends (Frankle et al. 2020, arXiv
    1912.05671) and is scaled to the dips: a child 0.07 below its parents is not seen beside a
    barrier of 4 bits.
    """
    figure, axes = create_axes(rows=2, height=5.6, sharex=True)
    curves, excesses = axes[:, 0]
    selected = [result for result in results if result.get("geodesic") and result["rate"] == rate]
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for result in selected:
        groups[f"{result['relation']} {result.get('settings', '')}".strip()].append(result)
    for colour, (relation, group) in zip(cycle(COLOURS), groups.items(), strict=False):
        seed_count = len({result["seed"] for result in group})
        for number, result in enumerate(group):
            label = label_relation(relation, seed_count) if number == 0 else None
            positions = np.linspace(0, 1, len(result["geodesic"]))
            style = {"color": colour, "lw": 1.2, "alpha": 0.8}
            curves.plot(positions, result["geodesic"], label=label, **style)
            excesses.plot(positions, excess_over_line(result["geodesic"]), **style)
    excesses.axhline(0, color=BLACK, lw=0.6)
    _scale_to_dips(excesses)
    excesses.set_xlabel("place on the geodesic between the parents (0: first, 1: second)")
    curves.set_ylabel("select loss\n(bits per character)")
    excesses.set_ylabel("less the line between\nthe parents (bits)")
    set_title(curves, f"From one parent to the other, {rate} rate")
    set_title(excesses, "The same below the straight line: the dip, barriers cut off")
    add_legend(curves)
    return figure


def excess_over_line(curve: Sequence[float]) -> np.ndarray:
    """Return a curve's excess over the straight line between its ends, [T]; negative: a dip."""
    losses = np.asarray(curve, np.float64)
    return losses - np.linspace(losses[0], losses[-1], len(losses))


def label_relation(relation: str, count: int) -> str:
    """Return a relation with its number of seeds: shared ancestor (5 seeds)."""
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    return f"{relation.replace('_', ' ')} ({seeds})"


def _scale_to_dips(axis: Any) -> None:
    """Scale an axis of excesses to its deepest dip; without a dip, to all of it."""
    lowest = min((float(np.min(line.get_ydata())) for line in axis.lines), default=0.0)
    if lowest < 0:
        axis.set_ylim(1.15 * lowest, -0.5 * lowest)
