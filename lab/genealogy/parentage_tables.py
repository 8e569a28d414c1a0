"""Parentage tables: each parent's coefficient in every layer and kind of tensor.

Used by `parentage_report`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from lab.breeding.alpha_field import LAYER_ROW_BLOCKS
from lab.breeding.geometry import directions
from lab.genealogy.pair_parentage import BlockFit, PairFit
from lab.genealogy.parentage_regression import mixture_weights
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype
from lab.terminal.tables import align_columns

CIRCLE_SCATTER_RATIO = 3.0  # scatter along the circles over the distance from them
WHOLE_ROW_SPREAD = 0.3  # spread of the rows' own coefficients above which rows look inherited whole


def alpha_table(registry: Registry, fit: PairFit, residual_angle: float) -> list[str]:
    """Tabulate alpha by kind of tensor and layer, then of the tensors outside the layers.

    residual_angle: distance of the rows from their circles. Rows that scatter along their circles
    far more than that were inherited whole.
    """
    first, second = (registry.name(parent) for parent in fit.parents)
    blocks = fit.blocks.values()
    has_whole_rows = any(
        block.spread > WHOLE_ROW_SPREAD and block.residual > CIRCLE_SCATTER_RATIO * residual_angle
        for block in blocks
    )
    return [
        *tabulate_by_kind(
            "alpha", {name: format_alpha(block) for name, block in fit.blocks.items()}
        ),
        f"0: all of {first}, 1: all of {second}"
        + ("; rows look taken whole" if has_whole_rows else ""),
    ]


def tabulate_by_kind(title: str, cells: Mapping[str, str]) -> list[str]:
    """Tabulate a text of each block: layers by kinds, then the blocks outside the layers."""
    kinds = {kind: path for branch in LAYER_ROW_BLOCKS.values() for kind, path in branch.items()}
    layers = {name.split(".")[1] for name in cells if name.startswith("layers.")}
    rows = [[title, *kinds]]
    for layer in sorted(layers, key=int):
        layer_cells = [cells[f"layers.{layer}.{path}"] for path in kinds.values()]
        rows.append([f"layer {layer}", *layer_cells])
    rows += [
        [name, cell_text] for name, cell_text in cells.items() if not name.startswith("layers.")
    ]
    width = max(map(len, rows))
    return align_columns([[*row, *[""] * (width - len(row))] for row in rows], set(range(1, width)))


def format_alpha(block_fit: BlockFit) -> str:
    """Format an alpha, with its standard error where it is visible."""
    if math.isnan(block_fit.alpha):
        return "-"
    return f"{block_fit.alpha:z.3f}" + (
        f" ±{block_fit.error:.3f}" if block_fit.error >= 0.0005 else ""
    )


def weight_table(child: Genotype, parents: Mapping[str, Genotype]) -> list[str]:
    """Tabulate the weight of each parent, by its label, in every block: one table a parent."""
    child_rows, parent_rows = directions(child), [directions(parent) for parent in parents.values()]
    block_weights = {
        name: mixture_weights([child_rows[part]], [[rows[part]] for rows in parent_rows])
        for name, part in child.layout.row_blocks.items()
    }
    lines = []
    for index, parent in enumerate(parents):
        cells = {name: _format_weight(weights[index]) for name, weights in block_weights.items()}
        lines += [f"weights of {parent}", *tabulate_by_kind("", cells), ""]
    return [*lines, "least squares; the parents' weights in one place sum to 1"]


def _format_weight(weight: float) -> str:
    return "-" if math.isnan(weight) else f"{weight:z.3f}"
