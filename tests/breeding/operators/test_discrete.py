"""Discrete crossover: whole genes, complementary twins, cuts, draws that move with the genes."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.alignment import symmetry
from lab.breeding.genes import UNITS, partition_genes
from lab.breeding.operators.discrete import discrete
from tests.breeding.families import TINY, UNTIED, furthest, seeded, trio


@pytest.mark.parametrize("unit", UNITS)
def test_every_row_and_scale_is_a_parents(unit: str) -> None:
    a, b, _ = trio(UNTIED)
    child = discrete([a, b], unit=unit, generator=seeded(0))
    from_a, from_b = (child.rows == one.rows for one in (a, b))
    assert (from_a.all(-1) | from_b.all(-1)).all() and not from_a.all() and not from_b.all()
    assert ((child.scales == a.scales) | (child.scales == b.scales)).all()


@pytest.mark.parametrize("unit", UNITS)
def test_genes_move_whole(unit: str) -> None:
    a, b, _ = trio()
    genes = partition_genes(TINY, unit)
    child = discrete([a, b], unit=unit, generator=seeded(1))
    second = (child.rows == b.rows).all(-1)
    by_scale = child.scales == b.scales
    for label in range(genes.count):
        parts = torch.cat([second[genes.rows == label], by_scale[genes.scales == label]])
        assert parts.all() or not parts.any()


@pytest.mark.parametrize("cuts", [0, 1, 2])
def test_twins_share_every_gene_between_them(cuts: int) -> None:
    a, b, _ = trio()
    one = discrete([a, b], cuts=cuts, generator=seeded(2))
    other = discrete([a, b], cuts=cuts, twin=True, generator=seeded(2))
    assert torch.equal((one.rows == a.rows).all(-1), (other.rows == b.rows).all(-1))
    assert furthest(other, discrete([b, a], cuts=cuts, generator=seeded(2))) <= 1e-7


@pytest.mark.parametrize(("cuts", "most"), [(1, 1), (2, 2)])
def test_cuts_change_parents_that_often_along_the_genes(cuts: int, most: int) -> None:
    a, b, _ = trio()
    genes = partition_genes(TINY, "gene")
    changes = set()
    for seed in range(30):
        child = discrete([a, b], cuts=cuts, generator=seeded(seed))
        second = (child.scales == b.scales).int()
        order = torch.zeros(genes.count, dtype=torch.int32)
        order[genes.scales] = second
        changes.add(int(order.diff().abs().sum()))
    assert max(changes) == most


def test_share_is_the_chance_of_the_second_parent() -> None:
    a, b, _ = trio()
    counts = [
        (discrete([a, b], unit="row", share=0.2, generator=seeded(s)).rows == b.rows).all(-1)
        for s in range(20)
    ]
    assert float(torch.stack(counts).double().mean()) == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("unit", ["gene", "neuron", "head", "token", "layer"])
@pytest.mark.parametrize("seed", range(3))
def test_it_commutes_with_symmetries_when_the_draw_moves_along(unit: str, seed: int) -> None:
    a, b, _ = trio()
    genes, g = partition_genes(TINY, unit), symmetry.random_symmetry(TINY, seeded(seed))
    mask = torch.rand(genes.count, generator=seeded(seed)) < 0.5
    moved = mask.clone()
    carried = genes.rows[g.rows]  # the gene that now stands where each row was
    covered = genes.rows >= 0
    moved[genes.rows[covered]] = mask[carried[covered]]
    child = discrete([symmetry.apply_symmetry(g, one) for one in (a, b)], unit=unit, mask=moved)
    assert furthest(child, symmetry.apply_symmetry(g, discrete([a, b], unit=unit, mask=mask))) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"share": 1.5}, "share must be in"),
        ({"cuts": 3}, "cuts must be 0, 1 or 2"),
        ({"unit": "cell"}, "unit must be one of"),
        ({"mask": torch.ones(3)}, "mask must have"),
        ({"generator": None}, "needs a generator"),
    ],
)
def test_bad_arguments_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        discrete(trio()[:2], **{"generator": seeded(0), **wrong})  # type: ignore[arg-type]
