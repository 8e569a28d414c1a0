"""Tables of parentage: a row a layer, a column a kind of tensor."""

import math
from typing import Any

import pytest
import torch

from lab.breeding.operators.slerp import slerp
from lab.genealogy.pair_parentage import BlockFit, rank_parent_pairs
from lab.genealogy.parentage_tables import alpha_table, format_alpha, weight_table
from lab.genealogy.registry import Registry
from lab.models.genotype import Architecture, founder

SMALL = Architecture(vocab_size=12, dim=16, depth=2, heads=2, dim_head=4)
A, B = (founder(SMALL, torch.Generator().manual_seed(seed)) for seed in (0, 1))


@pytest.mark.parametrize(
    ("alpha", "error", "text"),
    [(0.25, 0.0, "0.250"), (0.25, 0.01, "0.250 ±0.010"), (math.nan, 0.0, "-"), (-1e-9, 0, "0.000")],
)
def test_an_alpha_shows_its_error_where_it_is_visible(
    alpha: float, error: float, text: str
) -> None:
    assert format_alpha(BlockFit(alpha=alpha, error=error, spread=0.0, residual=0.0)) == text


def test_the_alpha_of_a_slerp_stands_in_every_cell(family: Any) -> None:
    registry, ids = Registry(family.root), family.ids
    parents = {ids["left"]: A, ids["right"]: B}
    fit = rank_parent_pairs(slerp([A, B], alpha=0.25), parents)[0]
    *table, legend = alpha_table(registry, fit, 0.0)
    cells = [cell for line in table[1:] for cell in line.split() if "." in cell]
    assert len(cells) == len(A.layout.row_blocks) and set(cells) == {"0.250"}
    assert legend.startswith("0: all of left, 1: all of right")


def test_the_weight_of_the_only_parent_is_one() -> None:
    lines = weight_table(A, {"A": A, "B": B})
    assert lines[0] == "weights of A"
    first = lines[1 : lines.index("")]
    assert {cell for line in first[1:] for cell in line.split() if "." in cell} == {"1.000"}
