"""Plots of a family: its tree coloured by bpc, and kinship on paper against kinship in weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from lab.figures.axes_style import (
    BLACK,
    COLOURS,
    MARKERS,
    add_legend,
    create_axes,
    set_title,
    value_colours,
)
from lab.genealogy.family_tree import family_subgraph
from lab.genealogy.pedigree import Pedigree


def plot_family_tree(pedigree: Pedigree, subject: str, bpc: Mapping[str, float]) -> Any:
    """The family of a subject (an id): one row a generation, a colour by report loss.

    bpc is by id; individuals without one are left white.
    """
    graph = family_subgraph(pedigree, subject)
    for individual in nx.topological_sort(graph):
        parent_rows = [graph.nodes[parent]["row"] for parent in graph.predecessors(individual)]
        graph.nodes[individual]["row"] = 1 + max(parent_rows, default=-1)
    rows: dict[int, list[str]] = {}
    for individual in sorted(graph, key=lambda i: pedigree.name(i)):
        rows.setdefault(graph.nodes[individual]["row"], []).append(individual)
    positions = {
        individual: ((column + 0.5) / len(row), -number)
        for number, row in rows.items()
        for column, individual in enumerate(row)
    }
    widest = max(map(len, rows.values()))
    figure, axis = create_axes(width=max(5.5, 1.25 * widest), height=0.9 + 0.95 * len(rows))
    scored = [individual for individual in graph if bpc.get(individual) is not None]
    colours = (
        dict(zip(scored, value_colours([bpc[individual] for individual in scored]), strict=True))
        if scored
        else {}
    )
    for a, b in graph.edges:
        axis.plot(*zip(positions[a], positions[b], strict=True), color="0.7", lw=0.8, zorder=1)
    for individual, (x, y) in positions.items():
        edge = COLOURS[1] if individual == subject else "0.3"
        axis.plot(
            x, y, "o", ms=15, mec=edge, mew=1.5, color=colours.get(individual, "white"), zorder=2
        )
        label = pedigree.name(individual) + (
            f"\n{bpc[individual]:.3f}" if individual in colours else ""
        )
        axis.annotate(label, (x, y), (0, -11), textcoords="offset points", ha="center", va="top",
                      fontsize=7)  # fmt: skip
    axis.set(xlim=(0, 1), ylim=(-len(rows) + 0.35, 0.4), xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    set_title(axis, "Report loss in bits per character (darker is higher)")
    return figure


def plot_kinship(pairs: Sequence[Mapping[str, Any]]) -> Any:
    """Wright's coefficient of kinship against the angle between rows, a colour a relation.

    Each pair has relation, wright (0 to 1; None where it is not known) and angle (degrees).
    """
    pairs = [pair for pair in pairs if pair["wright"] is not None]
    figure, axis = create_axes(height=3.6)
    for number, relation in enumerate(dict.fromkeys(pair["relation"] for pair in pairs)):
        group = [pair for pair in pairs if pair["relation"] == relation]
        axis.plot(
            [pair["wright"] for pair in group], [pair["angle"] for pair in group],
            MARKERS[number % len(MARKERS)], color=COLOURS[number % len(COLOURS)], alpha=0.75,
            label=f"{relation} ({len(group)})",
        )  # fmt: skip
    axis.axhline(90, color=BLACK, lw=0.6, ls=":")
    axis.set_xlabel("kinship from the pedigree (Wright's coefficient)")
    axis.set_ylabel("median angle between rows (degrees)")
    set_title(axis, "Kinship on paper, kinship in the weights")
    add_legend(axis)
    return figure
