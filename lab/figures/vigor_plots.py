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
from lab.figures.axes_style import BLACK, COLOURS, MARKERS, add_legend, create_axes, set_title
from lab.figures.results import average_over_seeds


def plot_interpolation(results: Sequence[Mapping[str, Any]], rate: str = "constant") -> Any:
    """bpc along the geodesic from parent to parent: one line a seed, a colour a relation."""
    figure, axis = create_axes(height=3.4)
    curves = [result for result in results if result.get("geodesic") and result["rate"] == rate]
    for colour, relation in zip(
        COLOURS, dict.fromkeys(result["relation"] for result in curves), strict=False
    ):
        group = [result for result in curves if result["relation"] == relation]
        for number, result in enumerate(group):
            positions = np.linspace(0, 1, len(result["geodesic"]))
            label = _relation_label(relation, len(group)) if number == 0 else None
            axis.plot(positions, result["geodesic"], color=colour, lw=1.2, alpha=0.8, label=label)
    axis.set_xlabel("place on the geodesic between the parents (0: first, 1: second)")
    axis.set_ylabel("select loss (bits per character)")
    set_title(axis, f"From one parent to the other, {rate} rate")
    add_legend(axis)
    return figure


def plot_forest(frame: pd.DataFrame, effect: str = "better parent vigor") -> Any:
    """One effect over arms: mean over seeds with its interval, and every seed as a dot."""
    selected = frame[frame["effect"] == effect]
    rows = average_over_seeds(selected, ("arm",)).sort_values("mean").reset_index(drop=True)
    figure, axis = create_axes(width=8.4, height=1.1 + 0.28 * len(rows))
    for place, row in rows.iterrows():
        seeds = selected[selected["arm"] == row["arm"]]["bpc"]
        axis.plot(seeds, [place] * len(seeds), ".", color=COLOURS[0], alpha=0.45, ms=5)
        axis.plot([row["low"], row["high"]], [place] * 2, "-", color=BLACK, lw=1.4)
        axis.plot(row["mean"], place, "|", color=BLACK, ms=11, mew=1.8)
    _label_effect_rows(axis, [f"{row['arm']}  (n = {row['seeds']})" for _, row in rows.iterrows()])
    axis.set_xlabel("bits per character, positive: the child is better")
    set_title(axis, f"{effect[0].upper()}{effect[1:]}: {ROLES.get(effect, '')}")
    return figure


def select_searched(frame: pd.DataFrame, relation: str) -> pd.DataFrame:
    """The effects of a relation's plain crosses whose coefficients were searched."""
    plain = (frame["relation"] == relation) & (frame["more"] == "")
    return frame[plain & (frame["search"] != "none")]


def plot_decomposition(frame: pd.DataFrame, relation: str = "shared_ancestor") -> Any:
    """What vigor is made of: every role of a relation, one colour and shape a learning rate."""
    selected = select_searched(frame, relation)
    roles = [role for role in ROLES if role in set(selected["effect"])][::-1]
    figure, axis = create_axes(width=7.2, height=1.1 + 0.34 * len(roles))
    rates = sorted(selected["rate"].unique(), reverse=True)
    for number, rate in enumerate(rates):
        rows = average_over_seeds(selected[selected["rate"] == rate], ("effect",)).set_index(
            "effect"
        )
        shift, label = 0.16 * (number - (len(rates) - 1) / 2), f"{rate} rate"
        for place, role in enumerate(roles):
            if role in rows.index:
                row = rows.loc[role]
                axis.plot([row["low"], row["high"]], [place - shift] * 2, color=COLOURS[number])
                axis.plot(row["mean"], place - shift, MARKERS[number], color=COLOURS[number], ms=5,
                          label=label)  # fmt: skip
                label = ""  # a rate stands in the legend once
    _label_effect_rows(axis, roles)
    count = selected["seed"].nunique()
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    axis.set_xlabel("bits per character, positive: the child is better (95 % over seeds)")
    set_title(axis, f"What the vigor of {relation.replace('_', ' ')} is made of, {seeds}")
    add_legend(axis)
    return figure


def plot_generations(lines: Sequence[Mapping[str, Any]], generation: int = 8) -> Any:
    """A search candidate by candidate, from metrics.jsonl: its bpc on select, and the best so far.

    generation is how many children are born at once.
    """
    candidates = [line for line in lines if line["kind"] == "search"]
    figure, axis = create_axes(height=3.2)
    positions = np.array([candidate["step"] for candidate in candidates]) / generation
    axis.plot(
        positions,
        [candidate["bpc"] for candidate in candidates],
        ".",
        color=COLOURS[5],
        label="candidates",
    )
    axis.step(
        positions,
        [candidate["best"] for candidate in candidates],
        where="post",
        color=COLOURS[0],
        label="best so far",
    )
    axis.set_xlabel(f"generation ({generation} children each)")
    axis.set_ylabel("select loss (bits per character)")
    set_title(axis, "A search, candidate by candidate")
    add_legend(axis)
    return figure


def plot_domains(results: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> Any:
    """Who is good at what: mean bpc over the crosses given, individuals by domain.

    names are the individuals shown; None: ancestor, parents, gen-0 child, child.
    """
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        included = names or ["ancestor", *result["parents"], "gen-0 child", "child"]
        for domain, bpc in (result.get("domains") or {}).items():
            for name in (name for name in included if bpc.get(name) is not None):
                table[name][domain].append(bpc[name])
    individuals, domain_names = (
        list(table),
        list(dict.fromkeys(d for row in table.values() for d in row)),
    )
    values = np.array(
        [[np.mean(table[name][domain]) for domain in domain_names] for name in individuals]
    )
    figure, axis = create_axes(
        width=1.6 + 1.3 * len(domain_names), height=1.2 + 0.42 * len(individuals)
    )
    image = axis.imshow(values, cmap="cividis_r", aspect="auto")
    midpoint = (values.min() + values.max()) / 2
    for (row, column), value in np.ndenumerate(values):
        text_colour = "white" if value > midpoint else "black"
        axis.text(column, row, f"{value:.3f}", ha="center", va="center", color=text_colour)
    axis.set_xticks(range(len(domain_names)), domain_names)
    axis.set_yticks(range(len(individuals)), individuals)
    set_title(axis, "Report loss by domain")
    figure.colorbar(image, label="bits per character")
    return figure


def plot_parent_angles(results: Sequence[Mapping[str, Any]], degrees: Mapping[str, float]) -> Any:
    """How far apart the parents are against the child's vigor: degrees is by name of the cross."""
    figure, axis = create_axes(height=3.4)
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for result in results:
        if result["name"] in degrees:
            vigor = result["verdict"]["effects"]["better_parent_vigor"]["value"]
            groups[f"{result['relation'].replace('_', ' ')}, {result['rate']}"].append(
                (degrees[result["name"]], vigor)
            )
    for number, (group, points) in enumerate(groups.items()):
        marker = MARKERS[number % len(MARKERS)]
        axis.plot(
            *zip(*points, strict=True), marker, color=COLOURS[number % len(COLOURS)], label=group
        )
    axis.axhline(0, color=BLACK, lw=0.6)
    axis.set_xlabel("median angle between the parents' rows (degrees)")
    axis.set_ylabel("better parent vigor (bits per character)")
    set_title(axis, "Distance of the parents, and what the child gains")
    add_legend(axis)
    return figure


def _label_effect_rows(axis: Any, labels: Sequence[str]) -> None:
    axis.axvline(0, color=BLACK, lw=0.6)
    axis.set_yticks(range(len(labels)), labels)
    axis.margins(y=0.5 / max(1, len(labels)))


def _relation_label(relation: str, count: int) -> str:
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    return f"{relation.replace('_', ' ')} ({seeds})"
