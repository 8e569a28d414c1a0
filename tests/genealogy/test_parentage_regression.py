import math

import pytest
import torch

from lab.breeding.operators.ancestor_arithmetic import ancestor_arithmetic
from lab.breeding.operators.dare import dare
from lab.breeding.operators.discrete import discrete
from lab.breeding.operators.karcher import karcher
from lab.breeding.operators.model_stock import model_stock
from lab.breeding.operators.slerp import slerp
from lab.breeding.operators.ties import ties
from lab.genealogy.pair_shortlist import sketch_rows
from lab.genealogy.parentage_regression import (
    ParentMixture,
    are_all_needed,
    fit_parent_mixture,
    mixture_weights,
)
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import normalize

SMALL = Architecture(vocab_size=12, dim=16, depth=2, heads=2, dim_head=4)


def _noised(genotype: Genotype, size: float, seed: int) -> Genotype:
    noise = torch.randn(genotype.rows.shape, generator=torch.Generator().manual_seed(seed))
    rows = normalize(genotype.rows + size * noise / math.sqrt(SMALL.dim))
    return Genotype(SMALL, rows, genotype.scales)


ANCESTOR = founder(SMALL, torch.Generator().manual_seed(0))
A, B, C, D = (_noised(ANCESTOR, 0.4, 10 + i) for i in range(4))
STRANGER = founder(SMALL, torch.Generator().manual_seed(99))
EVERYONE = {"old": ANCESTOR, "A": A, "B": B, "C": C, "D": D, "stranger": STRANGER}
SKETCHES = {name: sketch_rows(one) for name, one in EVERYONE.items()}
RANDOM = torch.Generator()


def test_a_stranger_beside_a_near_copy_is_not_needed() -> None:
    child = sketch_rows(slerp([A, B], alpha=0.4))
    copy = sketch_rows(_noised(slerp([A, B], alpha=0.4), 0.05, 5))
    assert are_all_needed(child, [SKETCHES["A"], SKETCHES["B"]])
    assert not are_all_needed(child, [SKETCHES["stranger"], copy])
    assert not are_all_needed(child, [SKETCHES["A"], SKETCHES["B"], SKETCHES["stranger"]])


def _found(child: Genotype) -> ParentMixture:
    return fit_parent_mixture(sketch_rows(child), SKETCHES)


def _shares(child: Genotype, *names: str) -> list[float]:
    return mixture_weights([child.rows], [[EVERYONE[name].rows] for name in names])


def test_three_parents_and_their_weights_are_told() -> None:
    child = karcher([A, B, D], weights=[0.6, 0.1, 0.3])
    found = _found(child)
    assert (
        set(found.members) == {"A", "B", "D"}
        and found.residual_angle < 1e-5 < 0.1 < found.nearest_angle
    )
    assert (
        found.weakest_member[0] == "B"
        and found.weakest_member[1] > 0.01
        and found.weakest_member[2] > 5
    )
    assert _shares(child, "A", "B", "D") == pytest.approx([0.6, 0.1, 0.3], abs=0.01)


def test_two_parents_are_two() -> None:
    child = slerp([A, C], alpha=0.3)
    found = _found(child)
    assert set(found.members) == {"A", "C"} and found.residual_angle < 1e-5
    assert _shares(child, "A", "C") == pytest.approx([0.7, 0.3], abs=0.01)
    assert set(_found(discrete([A, C], generator=RANDOM.manual_seed(1))).members) == {"A", "C"}


@pytest.mark.parametrize("operator", [dare, model_stock, ties])
def test_task_vectors_start_from_the_ancestor(operator) -> None:
    child = operator([B, D], ancestor=ANCESTOR, generator=RANDOM.manual_seed(2))
    found = _found(child)
    assert set(found.members) == {"old", "B", "D"}
    assert found.explained_share > 0.5
    old, b, d = _shares(child, "old", "B", "D")
    assert b == pytest.approx(d, abs=0.1) and b > 0.02 and old + b + d == pytest.approx(1)


def test_what_is_taken_away_has_a_negative_weight() -> None:
    child = ancestor_arithmetic([A, B], ancestor=ANCESTOR, weights=[1.0, -0.5])
    assert set(_found(child).members) == {"old", "A", "B"}
    old, a, b = _shares(child, "old", "A", "B")
    assert a > 0.8 and b < -0.3 and old > 0.3


def test_a_mutated_child_has_no_more_parents_than_it_had() -> None:
    found = _found(_noised(karcher([A, B, C]), 0.1, 3))
    assert set(found.members) == {"A", "B", "C"}
    assert found.residual_angle == pytest.approx(0.1, rel=0.15)


def test_a_mutated_copy_has_one() -> None:
    found = _found(_noised(C, 0.05, 3))
    assert "C" in found.members and found.weakest_member[2] < 5


def test_nobodys_child_is_far_off_every_span() -> None:
    found = _found(founder(SMALL, torch.Generator().manual_seed(5)))
    assert found.explained_share < 0.2


def test_the_members_come_by_what_they_account_for() -> None:
    assert _found(karcher([C, A, B], weights=[0.2, 0.5, 0.3])).members == ("A", "B", "C")


def test_one_candidate_is_no_test() -> None:
    with pytest.raises(ValueError, match="two candidates"):
        fit_parent_mixture(SKETCHES["A"], {"B": SKETCHES["B"]})


def test_members_that_say_nothing_have_no_weights() -> None:
    x, y = torch.eye(4)[:1], torch.eye(4)[1:2]
    assert all(math.isnan(one) for one in mixture_weights([x], [[y], [y]]))
