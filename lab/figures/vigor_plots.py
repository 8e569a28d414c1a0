"""Vigor plots: effects, decompositions, domains and angles of crosses, from their result tables.

Each function returns a figure, those of interpolation and generations too, which have files of
their own. Effects are in bits per character, positive if the child is better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.decomposition import describe_roles
from lab.breeding.statistics.verdict_order import leading_names
from lab.figures.axes_style import BLACK, COLOURS, MARKERS, add_legend, create_axes, set_title
from lab.figures.generations_plot import plot_generations as plot_generations
from lab.figures.interpolation_plot import plot_interpolation as plot_interpolation
from lab.figures.results import average_over_seeds


def plot_forest(
    frame: pd.DataFrame,
    effect: str = "better parent vigor",
    control_arms: Sequence[ControlArm] | None = None,
) -> Any:
    """Plot one effect by arm: its mean over seeds with its interval, every seed as a dot."""
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
    set_title(
        axis, f"{effect[0].upper()}{effect[1:]}: {describe_roles(control_arms).get(effect, '')}"
    )
    return figure


def select_searched(frame: pd.DataFrame, relation: str) -> pd.DataFrame:
    """Return the effects of a relation's searched crosses: of its best-studied operator and search.

    Options beyond operator, search and rate are left out, and of crosses bred with several settings
    the best-studied are taken, so each seed occurs once at each rate.
    """
    plain = (frame["relation"] == relation) & (frame["more"] == "")
    searched = frame[plain & (frame["search"] != "none")]
    if searched.empty:
        return searched
    counts = searched.groupby(["operator", "search", "settings"], sort=False).size()
    operator, search, settings = counts.idxmax()
    alike = (searched["operator"] == operator) & (searched["search"] == search)
    return searched[alike & (searched["settings"] == settings)]


def plot_decomposition(
    frame: pd.DataFrame,
    relation: str = "shared_ancestor",
    control_arms: Sequence[ControlArm] | None = None,
) -> Any:
    """Plot every role of a relation's decomposition, one colour and marker a learning rate."""
    selected = select_searched(frame, relation)
    roles = [role for role in describe_roles(control_arms) if role in set(selected["effect"])][::-1]
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
                label = ""  # one legend entry a rate
    _label_effect_rows(axis, roles)
    count = selected["seed"].nunique()
    seeds = "1 seed" if count == 1 else f"{count} seeds"
    axis.set_xlabel("bits per character, positive: the child is better (95 % over seeds)")
    names = " ".join(dict.fromkeys(selected["operator"] + ", " + selected["search"]))
    names += " ".join(["", *filter(None, dict.fromkeys(selected["settings"]))])
    title = f"What the vigor of {relation.replace('_', ' ')} is made of"
    set_title(axis, f"{title} ({names}; {seeds})" if names else title)
    add_legend(axis)
    return figure


def plot_domains(results: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> Any:
    """Plot mean bpc over the crosses given, which are seeds of one arm, individuals by domain.

    names are the individuals to plot, by default ancestor, parents, gen-0 child and child.
    ValueError for crosses of several arms, whose mean is of nothing.
    """
    arms = list(dict.fromkeys(result.get("arm", result["verdict"]["arm"]) for result in results))
    if len(arms) > 1:
        raise ValueError(f"domains are a mean over seeds of one arm, not of: {'; '.join(arms)}")
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        included = names or leading_names(list(result["parents"]))
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
    """Plot a child's vigor against the angle between its parents, degrees by name of the cross."""
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
