"""Shares: how much of each parent is in each layer of an individual, as tables.

Used by `families.parentage`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from lab.breeding.alpha_field import ROWS
from lab.breeding.geometry import directions
from lab.genealogy.pair_parentage import Claim, Share
from lab.genealogy.parentage_regression import weights
from lab.genealogy.registry import Archive
from lab.models.genotype import Genotype
from lab.terminal.tables import aligned

ALONG = 3.0  # times farther along their circles than beside them
WHOLE = 0.3  # spread of the rows' own coefficients from which they look taken whole


def alpha_table(archive: Archive, claim: Claim, off: float) -> list[str]:
    """Alpha of each kind of tensor in each layer, then of those outside the layers.

    Rows that scatter along their circles, but lie at most `off` beside them, were taken whole.
    """
    first, second = (archive.name(one) for one in claim.parents)
    blocks = claim.blocks.values()
    whole = any(one.spread > WHOLE and one.residual > ALONG * off for one in blocks)
    return [
        *by_kind("alpha", {name: cell(one) for name, one in claim.blocks.items()}),
        f"0: all of {first}, 1: all of {second}" + ("; rows look taken whole" if whole else ""),
    ]


def by_kind(title: str, cells: Mapping[str, str]) -> list[str]:
    """A table of what is told of each block: layers by kinds, then those outside the layers."""
    kinds = {kind: path for branch in ROWS.values() for kind, path in branch.items()}
    layers = {name.split(".")[1] for name in cells if name.startswith("layers.")}
    rows = [[title, *kinds]]
    for layer in sorted(layers, key=int):
        told = [cells[f"layers.{layer}.{path}"] for path in kinds.values()]
        rows.append([f"layer {layer}", *told])
    rows += [[name, told] for name, told in cells.items() if not name.startswith("layers.")]
    wide = max(map(len, rows))
    return aligned([[*row, *[""] * (wide - len(row))] for row in rows], set(range(1, wide)))


def cell(share: Share) -> str:
    """An alpha, with its standard error where that shows."""
    if math.isnan(share.alpha):
        return "-"
    return f"{share.alpha:z.3f}" + (f" ±{share.error:.3f}" if share.error >= 0.0005 else "")


def weight_table(child: Genotype, parents: Mapping[str, Genotype]) -> list[str]:
    """The weight of each parent, by its label, in every block of rows: one table a parent."""
    own, theirs = directions(child), [directions(one) for one in parents.values()]
    found = {
        name: weights([own[part]], [[one[part]] for one in theirs])
        for name, part in child.layout.row_blocks.items()
    }
    lines = []
    for place, parent in enumerate(parents):
        told = {name: _plain(one[place]) for name, one in found.items()}
        lines += [f"weights of {parent}", *by_kind("", told), ""]
    return [*lines, "least squares; the parents' weights in one place sum to 1"]


def _plain(weight: float) -> str:
    return "-" if math.isnan(weight) else f"{weight:z.3f}"
