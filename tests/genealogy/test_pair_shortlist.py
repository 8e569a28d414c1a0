import pytest
import torch

from lab.genealogy.pair_shortlist import pair_residual_angles, shortlist_parent_pairs, sketch_rows
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import normalize, slerp_rows

SMALL = Architecture(vocab_size=12, dim=16, depth=2, heads=2, dim_head=4)


def _noised(genotype: Genotype, size: float, seed: int) -> Genotype:
    noise = torch.randn(genotype.rows.shape, generator=torch.Generator().manual_seed(seed))
    rows = normalize(genotype.rows + size * noise / SMALL.dim**0.5)
    return Genotype(SMALL, rows, genotype.scales)


def _between(a: Genotype, b: Genotype, alpha: float) -> Genotype:
    return Genotype(SMALL, slerp_rows(a.rows, b.rows, alpha), a.scales)


def _family() -> dict[str, Genotype]:
    """Three siblings, two children of A and B, a stranger."""
    ancestor = founder(SMALL, torch.Generator().manual_seed(0))
    grown = {name: _noised(ancestor, 0.4, 10 + i) for i, name in enumerate("ABC")}
    children = {f"child {x}": _between(grown["A"], grown["B"], x) for x in (0.3, 0.6)}
    return {**children, **grown, "stranger": founder(SMALL, torch.Generator().manual_seed(99))}


FAMILY = _family()
SKETCHES = {name: sketch_rows(one) for name, one in FAMILY.items()}


def test_the_widest_pair_of_those_that_do_as_well_is_taken() -> None:
    found = shortlist_parent_pairs(sketch_rows(_between(FAMILY["A"], FAMILY["B"], 0.5)), SKETCHES)
    assert set(found.pair) == {"A", "B"} and found.residual_angle < 1e-5
    assert {frozenset(pair) for pair in found.equivalent_pairs} == {
        frozenset(pair)
        for pair in (
            ("A", "child 0.3"),
            ("A", "child 0.6"),
            ("B", "child 0.3"),
            ("B", "child 0.6"),
            ("child 0.3", "child 0.6"),
        )
    }
    assert found.z > 5 and found.runner_up_residual_angle > 0.01


def test_rows_taken_whole_lie_on_the_circles() -> None:
    a, b = FAMILY["A"], FAMILY["B"]
    take = torch.rand(len(a.rows), 1, generator=torch.Generator().manual_seed(1)) < 0.5
    found = shortlist_parent_pairs(
        sketch_rows(Genotype(SMALL, torch.where(take, a.rows, b.rows), a.scales)), SKETCHES
    )
    assert set(found.pair) == {"A", "B"} and found.residual_angle < 1e-5


def test_a_mutated_child_is_not_given_to_a_stranger() -> None:
    found = shortlist_parent_pairs(
        sketch_rows(_noised(_between(FAMILY["A"], FAMILY["C"], 0.5), 0.1, 3)), SKETCHES
    )
    assert set(found.pair) == {"A", "C"} and found.z > 5
    assert found.residual_angle == pytest.approx(0.1, rel=0.1)


def test_a_circle_of_one_point_is_that_point() -> None:
    a, c = SKETCHES["A"], SKETCHES["C"]
    off = pair_residual_angles(c, torch.stack([a, a]))[0, 1]
    apart = torch.acos((a * c).sum(-1)).square().mean().sqrt()
    assert float(off) == pytest.approx(float(apart))


def test_a_sketch_has_rows_of_every_block() -> None:
    few = sketch_rows(FAMILY["A"], 2)
    assert few.shape == (2 * len(FAMILY["A"].layout.row_blocks), SMALL.dim)
    assert torch.allclose(few[1].float(), FAMILY["A"].rows[11])
    assert torch.allclose(few[-1].float(), FAMILY["A"].rows[-1])


def test_one_candidate_is_no_test() -> None:
    with pytest.raises(ValueError, match="two candidates"):
        shortlist_parent_pairs(SKETCHES["A"], {"B": SKETCHES["B"]})
