"""Shares: how much of each parent is in each layer of an individual, as tables.

Used by `families.parentage`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from lab.breeding.alphas import ROWS
from lab.breeding.geometry import directions
from lab.breeding.paternity import Claim, Share
from lab.breeding.spans import weights
from lab.breeding.tables import aligned
from lab.families.archive import Archive
from lab.models.genotype import Genotype

ALONG = 3.0  # times farther along their circles than beside them
WHOLE = 0.3  # spread of the rows' own coefficients from which they look taken whole


def alpha_table(archive: Archive, claim: Claim, off: float) -> list[str]:
    """Alpha of each kind of tensor in each layer, then of those outside the layers.

    Rows that scatter along their circles, but lie at most `off` beside them, were taken whole.
    """
    kinds = {kind: path for branch in ROWS.values() for kind, path in branch.items()}
    layers = {name.split(".")[1] for name in claim.blocks if name.startswith("layers.")}
    first, second = (archive.name(one) for one in claim.parents)
    rows = [["alpha", *kinds]]
    for layer in sorted(layers, key=int):
        shares = [claim.blocks[f"layers.{layer}.{path}"] for path in kinds.values()]
        rows.append([f"layer {layer}", *map(cell, shares)])
    outside = [name for name in claim.blocks if not name.startswith("layers.")]
    rows += [[name, cell(claim.blocks[name])] for name in outside]
    wide = max(map(len, rows))
    rows = [[*row, *[""] * (wide - len(row))] for row in rows]
    blocks = claim.blocks.values()
    whole = any(one.spread > WHOLE and one.residual > ALONG * off for one in blocks)
    return [
        *aligned(rows, set(range(1, wide))),
        f"0: all of {first}, 1: all of {second}" + ("; rows look taken whole" if whole else ""),
    ]


def cell(share: Share) -> str:
    """An alpha, with its standard error where that shows."""
    if math.isnan(share.alpha):
        return "-"
    return f"{share.alpha:.3f}" + (f" ±{share.error:.3f}" if share.error >= 0.0005 else "")


def weight_table(child: Genotype, parents: Mapping[str, Genotype]) -> list[str]:
    """The weight of each parent, by name, in each layer, then in what lies outside the layers."""
    layers: dict[str, list[slice]] = {}
    for name, part in child.layout.row_blocks.items():
        outside = not name.startswith("layers.")
        layers.setdefault(name if outside else f"layer {name.split('.')[1]}", []).append(part)
    own, theirs = directions(child), [directions(one) for one in parents.values()]

    def told(parts: Sequence[slice]) -> list[str]:
        found = weights([own[x] for x in parts], [[one[x] for x in parts] for one in theirs])
        return ["-" if math.isnan(one) else f"{one:.3f}" for one in found]

    order = sorted(layers, key=lambda name: (not name.startswith("layer "), len(name), name))
    rows = [["weights", *parents], *([name, *told(layers[name])] for name in order)]
    return [*aligned(rows, set(range(1, len(rows[0])))), "least squares; 1 in each line together"]
