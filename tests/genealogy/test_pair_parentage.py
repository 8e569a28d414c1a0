import math

import pytest
import torch

from lab.genealogy.pair_parentage import rank_candidates_by_angle, rank_parent_pairs
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import nlerp_rows, normalize, slerp_rows

SMALL = Architecture(vocab_size=12, dim=16, depth=2, heads=2, dim_head=4)


def _noised(genotype: Genotype, size: float, seed: int) -> Genotype:
    noise = torch.randn(genotype.rows.shape, generator=torch.Generator().manual_seed(seed))
    rows = normalize(genotype.rows + size * noise / math.sqrt(SMALL.dim))
    return Genotype(SMALL, rows, genotype.scales)


def _candidates() -> dict[str, Genotype]:
    """Four siblings of one ancestor, and a stranger."""
    ancestor = founder(SMALL, torch.Generator().manual_seed(0))
    siblings = {name: _noised(ancestor, 0.4, 10 + i) for i, name in enumerate("ABCD")}
    return {**siblings, "stranger": founder(SMALL, torch.Generator().manual_seed(99))}


CANDIDATES = _candidates()
ALPHAS = {name: 0.1 + 0.8 * i / 14 for i, name in enumerate(CANDIDATES["A"].layout.row_blocks)}


def _child(a: str, b: str, noise: float = 0.0) -> Genotype:
    first, second = CANDIDATES[a], CANDIDATES[b]
    rows = first.rows.clone()
    for name, part in first.layout.row_blocks.items():
        rows[part] = slerp_rows(first.rows[part], second.rows[part], ALPHAS[name])
    return _noised(Genotype(SMALL, rows, first.scales), noise, 7)


def test_a_child_names_its_parents_and_every_alpha() -> None:
    claims = rank_parent_pairs(_child("B", "D"), CANDIDATES)
    assert claims[0].parents == ("B", "D") and len(claims) == 10
    alphas = {name: share.alpha for name, share in claims[0].blocks.items()}
    assert alphas == pytest.approx(ALPHAS, abs=1e-4)
    assert claims[0].residual < 1e-3 < 0.1 < claims[1].residual
    assert claims[0].explained_share == pytest.approx(1.0, abs=1e-4)


def test_mutation_leaves_the_parents_recognisable() -> None:
    best, second = rank_parent_pairs(_child("A", "C", noise=0.1), CANDIDATES)[:2]
    assert best.parents == ("A", "C") and best.residual < 0.7 * second.residual
    for name, share in best.blocks.items():
        assert abs(share.alpha - ALPHAS[name]) < 5 * share.error
        assert share.error < 0.06
    assert best.residual == pytest.approx(0.1, rel=0.15)


def test_rows_taken_whole_show_in_the_spread() -> None:
    a, b = CANDIDATES["A"], CANDIDATES["B"]
    take = torch.rand(len(a.rows), 1, generator=torch.Generator().manual_seed(1)) < 0.5
    child = Genotype(SMALL, torch.where(take, a.rows, b.rows), a.scales)
    best = rank_parent_pairs(child, CANDIDATES)[0]
    assert best.parents == ("A", "B")
    assert all(0.35 < share.spread < 0.55 for share in best.blocks.values())


def test_nlerp_children_lie_on_the_same_circle() -> None:
    a, b = CANDIDATES["A"], CANDIDATES["B"]
    best = rank_parent_pairs(
        Genotype(SMALL, nlerp_rows(a.rows, b.rows, 0.3), a.scales), CANDIDATES
    )[0]
    assert best.parents == ("A", "B") and best.residual < 0.01
    assert all(share.alpha == pytest.approx(0.3, abs=0.03) for share in best.blocks.values())


def test_extrapolation_is_told_by_alpha_beyond_one() -> None:
    a, b = CANDIDATES["A"], CANDIDATES["B"]
    best = rank_parent_pairs(
        Genotype(SMALL, slerp_rows(a.rows, b.rows, 1.25), a.scales), CANDIDATES
    )[0]
    assert all(share.alpha == pytest.approx(1.25, abs=1e-4) for share in best.blocks.values())


def test_a_child_of_one_parent_is_explained_by_no_pair() -> None:
    child = _noised(CANDIDATES["C"], 0.05, 3)
    assert all(claim.explained_share < 0.15 for claim in rank_parent_pairs(child, CANDIDATES))
    assert rank_candidates_by_angle(child, CANDIDATES)[0] == ("C", pytest.approx(0.05, rel=0.2))


def test_equal_candidates_tell_nothing() -> None:
    twins = {"one": CANDIDATES["A"], "two": CANDIDATES["A"].clone()}
    (claim,) = rank_parent_pairs(CANDIDATES["A"], twins)
    assert all(math.isnan(share.alpha) for share in claim.blocks.values())
    assert (claim.residual, claim.explained_share) == (0.0, 0.0)


def test_one_candidate_is_no_test() -> None:
    with pytest.raises(ValueError, match="two candidates"):
        rank_parent_pairs(CANDIDATES["A"], {"A": CANDIDATES["A"]})
