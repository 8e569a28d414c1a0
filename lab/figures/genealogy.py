"""Plots of a family: its tree coloured by bpc, and kinship on paper against kinship in weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from lab.figures.axes_style import BLACK, CYCLE, SHAPES, axes, legend, shade, title
from lab.genealogy.family_tree import family
from lab.genealogy.pedigree import Pedigree


def tree(pedigree: Pedigree, subject: str, bpc: Mapping[str, float]) -> Any:
    """The family of a subject (an id): one row a generation, a colour by report loss.

    bpc is by id; individuals without one are left white.
    """
    graph = family(pedigree, subject)
    for one in nx.topological_sort(graph):
        above = [graph.nodes[parent]["row"] for parent in graph.predecessors(one)]
        graph.nodes[one]["row"] = 1 + max(above, default=-1)
    rows: dict[int, list[str]] = {}
    for one in sorted(graph, key=lambda i: pedigree.name(i)):
        rows.setdefault(graph.nodes[one]["row"], []).append(one)
    at = {
        one: ((column + 0.5) / len(row), -number)
        for number, row in rows.items()
        for column, one in enumerate(row)
    }
    widest = max(map(len, rows.values()))
    figure, axis = axes(width=max(5.5, 1.25 * widest), height=0.9 + 0.95 * len(rows))
    known = [one for one in graph if bpc.get(one) is not None]
    colours = dict(zip(known, shade([bpc[one] for one in known]), strict=True)) if known else {}
    for a, b in graph.edges:
        axis.plot(*zip(at[a], at[b], strict=True), color="0.7", lw=0.8, zorder=1)
    for one, (x, y) in at.items():
        edge = CYCLE[1] if one == subject else "0.3"
        axis.plot(x, y, "o", ms=15, mec=edge, mew=1.5, color=colours.get(one, "white"), zorder=2)
        said = pedigree.name(one) + (f"\n{bpc[one]:.3f}" if one in colours else "")
        axis.annotate(said, (x, y), (0, -11), textcoords="offset points", ha="center", va="top",
                      fontsize=7)  # fmt: skip
    axis.set(xlim=(0, 1), ylim=(-len(rows) + 0.35, 0.4), xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    title(axis, "Report loss in bits per character (darker is higher)")
    return figure


def kinship(pairs: Sequence[Mapping[str, Any]]) -> Any:
    """Wright's coefficient of kinship against the angle between rows, a colour a relation.

    Each pair has relation, wright (0 to 1; None where it is not known) and angle (degrees).
    """
    pairs = [pair for pair in pairs if pair["wright"] is not None]
    figure, axis = axes(height=3.6)
    for number, relation in enumerate(dict.fromkeys(pair["relation"] for pair in pairs)):
        mine = [pair for pair in pairs if pair["relation"] == relation]
        axis.plot(
            [pair["wright"] for pair in mine], [pair["angle"] for pair in mine],
            SHAPES[number % len(SHAPES)], color=CYCLE[number % len(CYCLE)], alpha=0.75,
            label=f"{relation} ({len(mine)})",
        )  # fmt: skip
    axis.axhline(90, color=BLACK, lw=0.6, ls=":")
    axis.set_xlabel("kinship from the pedigree (Wright's coefficient)")
    axis.set_ylabel("median angle between rows (degrees)")
    title(axis, "Kinship on paper, kinship in the weights")
    legend(axis)
    return figure
