"""Plots of hybrid vigor, from the results of crosses: `results.crosses` and `results.effects`.

Each function returns a figure; bpc is bits per character, lower is better, and every effect is
positive where the child is better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lab.breeding.statistics.decomposition import ROLES
from lab.figures.axes_style import BLACK, CYCLE, SHAPES, axes, legend, title
from lab.figures.results import over_seeds


def interpolation(results: Sequence[Mapping[str, Any]], rate: str = "constant") -> Any:
    """bpc along the geodesic from parent to parent: one line a seed, a colour a relation."""
    figure, axis = axes(height=3.4)
    drawn = [one for one in results if one.get("geodesic") and one["rate"] == rate]
    for colour, relation in zip(
        CYCLE, dict.fromkeys(one["relation"] for one in drawn), strict=False
    ):
        mine = [one for one in drawn if one["relation"] == relation]
        for number, one in enumerate(mine):
            at = np.linspace(0, 1, len(one["geodesic"]))
            label = _words(relation, len(mine)) if number == 0 else None
            axis.plot(at, one["geodesic"], color=colour, lw=1.2, alpha=0.8, label=label)
    axis.set_xlabel("place on the geodesic between the parents (0: first, 1: second)")
    axis.set_ylabel("select loss (bits per character)")
    title(axis, f"From one parent to the other, {rate} rate")
    legend(axis)
    return figure


def forest(frame: pd.DataFrame, effect: str = "better parent vigor") -> Any:
    """One effect over arms: mean over seeds with its interval, and every seed as a dot."""
    mine = frame[frame["effect"] == effect]
    rows = over_seeds(mine, ("arm",)).sort_values("mean").reset_index(drop=True)
    figure, axis = axes(width=8.4, height=1.1 + 0.28 * len(rows))
    for place, row in rows.iterrows():
        seeds = mine[mine["arm"] == row["arm"]]["bpc"]
        axis.plot(seeds, [place] * len(seeds), ".", color=CYCLE[0], alpha=0.45, ms=5)
        axis.plot([row["low"], row["high"]], [place] * 2, "-", color=BLACK, lw=1.4)
        axis.plot(row["mean"], place, "|", color=BLACK, ms=11, mew=1.8)
    _zero(axis, [f"{row['arm']}  (n = {row['seeds']})" for _, row in rows.iterrows()])
    axis.set_xlabel("bits per character, positive: the child is better")
    title(axis, f"{effect[0].upper()}{effect[1:]}: {ROLES.get(effect, '')}")
    return figure


def searched(frame: pd.DataFrame, relation: str) -> pd.DataFrame:
    """The effects of a relation's plain crosses whose coefficients were searched."""
    plain = (frame["relation"] == relation) & (frame["more"] == "")
    return frame[plain & (frame["search"] != "none")]


def decomposition(frame: pd.DataFrame, relation: str = "shared_ancestor") -> Any:
    """What vigor is made of: every role of a relation, one colour and shape a learning rate."""
    mine = searched(frame, relation)
    roles = [role for role in ROLES if role in set(mine["effect"])][::-1]
    figure, axis = axes(width=7.2, height=1.1 + 0.34 * len(roles))
    rates = sorted(mine["rate"].unique(), reverse=True)
    for number, rate in enumerate(rates):
        rows = over_seeds(mine[mine["rate"] == rate], ("effect",)).set_index("effect")
        shift, label = 0.16 * (number - (len(rates) - 1) / 2), f"{rate} rate"
        for place, role in enumerate(roles):
            if role in rows.index:
                row = rows.loc[role]
                axis.plot([row["low"], row["high"]], [place - shift] * 2, color=CYCLE[number])
                axis.plot(row["mean"], place - shift, SHAPES[number], color=CYCLE[number], ms=5,
                          label=label)  # fmt: skip
                label = ""  # a rate stands in the legend once
    _zero(axis, roles)
    count = mine["seed"].nunique()
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    axis.set_xlabel("bits per character, positive: the child is better (95 % over seeds)")
    title(axis, f"What the vigor of {relation.replace('_', ' ')} is made of, {seeds}")
    legend(axis)
    return figure


def generations(lines: Sequence[Mapping[str, Any]], generation: int = 8) -> Any:
    """A search candidate by candidate, from metrics.jsonl: its bpc on select, and the best so far.

    generation is how many children are born at once.
    """
    mine = [one for one in lines if one["kind"] == "search"]
    figure, axis = axes(height=3.2)
    at = np.array([one["step"] for one in mine]) / generation
    axis.plot(at, [one["bpc"] for one in mine], ".", color=CYCLE[5], label="candidates")
    axis.step(at, [one["best"] for one in mine], where="post", color=CYCLE[0], label="best so far")
    axis.set_xlabel(f"generation ({generation} children each)")
    axis.set_ylabel("select loss (bits per character)")
    title(axis, "A search, candidate by candidate")
    legend(axis)
    return figure


def domains(results: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> Any:
    """Who is good at what: mean bpc over the crosses given, individuals by domain.

    names are the individuals shown; None: ancestor, parents, gen-0 child, child.
    """
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in results:
        shown = names or ["ancestor", *one["parents"], "gen-0 child", "child"]
        for domain, bpc in (one.get("domains") or {}).items():
            for name in (name for name in shown if bpc.get(name) is not None):
                table[name][domain].append(bpc[name])
    who, where = list(table), list(dict.fromkeys(d for row in table.values() for d in row))
    values = np.array([[np.mean(table[name][domain]) for domain in where] for name in who])
    figure, axis = axes(width=1.6 + 1.3 * len(where), height=1.2 + 0.42 * len(who))
    image = axis.imshow(values, cmap="cividis_r", aspect="auto")
    middle = (values.min() + values.max()) / 2
    for (row, column), value in np.ndenumerate(values):
        shade = "white" if value > middle else "black"
        axis.text(column, row, f"{value:.3f}", ha="center", va="center", color=shade)
    axis.set_xticks(range(len(where)), where)
    axis.set_yticks(range(len(who)), who)
    title(axis, "Report loss by domain")
    figure.colorbar(image, label="bits per character")
    return figure


def angles(results: Sequence[Mapping[str, Any]], degrees: Mapping[str, float]) -> Any:
    """How far apart the parents are against the child's vigor: degrees is by name of the cross."""
    figure, axis = axes(height=3.4)
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in results:
        if one["name"] in degrees:
            vigor = one["verdict"]["effects"]["better_parent_vigor"]["value"]
            groups[f"{one['relation'].replace('_', ' ')}, {one['rate']}"].append(
                (degrees[one["name"]], vigor)
            )
    for number, (group, points) in enumerate(groups.items()):
        marker = SHAPES[number % len(SHAPES)]
        axis.plot(*zip(*points, strict=True), marker, color=CYCLE[number % len(CYCLE)], label=group)
    axis.axhline(0, color=BLACK, lw=0.6)
    axis.set_xlabel("median angle between the parents' rows (degrees)")
    axis.set_ylabel("better parent vigor (bits per character)")
    title(axis, "Distance of the parents, and what the child gains")
    legend(axis)
    return figure


def _zero(axis: Any, labels: Sequence[str]) -> None:
    axis.axvline(0, color=BLACK, lw=0.6)
    axis.set_yticks(range(len(labels)), labels)
    axis.margins(y=0.5 / max(1, len(labels)))


def _words(relation: str, count: int) -> str:
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    return f"{relation.replace('_', ' ')} ({seeds})"
