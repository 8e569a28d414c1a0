"""The parentage test over a folder names the parents of a child from the weights alone."""

import math
from typing import Any

import pytest
import torch

from lab.breeding.operators.slerp import slerp
from lab.genealogy.parentage_report import independent_candidates, parentage_page
from lab.genealogy.registry import Registry
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import normalize

SMALL = Architecture(vocab_size=5, dim=16, depth=2, heads=2, dim_head=4)
ROOT_GENOTYPE = founder(SMALL, torch.Generator().manual_seed(0))


def noised(seed: int) -> Genotype:
    noise = torch.randn(ROOT_GENOTYPE.rows.shape, generator=torch.Generator().manual_seed(seed))
    rows = normalize(ROOT_GENOTYPE.rows + 0.4 * noise / math.sqrt(SMALL.dim))
    return Genotype(SMALL, rows, ROOT_GENOTYPE.scales)


@pytest.fixture
def crossed(family: Any) -> Any:
    """Forks A, B and C of one origin, and the child of A and B, beside a family of other shape."""
    family.born("origin", weights=ROOT_GENOTYPE)
    for seed, name in enumerate("ABC"):
        family.born(name, "origin", weights=noised(seed))
    weights = slerp([family.weights["A"], family.weights["B"]], alpha=0.3)
    family.born("cross", "A", "B", operator="slerp", weights=weights)
    return family


def test_the_parents_are_sure_and_confirmed(crossed: Any) -> None:
    registry = Registry(crossed.root)
    lines = parentage_page(registry, crossed.ids["cross"], []).splitlines()
    names = " and ".join(registry.label(crossed.ids[name]) for name in "AB")
    assert lines[0].endswith("beside 4 candidates (6 of other shapes left out)")
    assert lines[1] == f"parents: {names}: sure"
    assert "its birth certificate names the same parents" in lines


def test_fewer_than_two_candidates_are_refused(crossed: Any) -> None:
    with pytest.raises(ValueError, match="a paternity test needs two candidates"):
        parentage_page(Registry(crossed.root), crossed.ids["cross"], ["A"])


def test_a_bred_candidate_is_not_independent_of_its_parents(crossed: Any) -> None:
    ids, registry = crossed.ids, Registry(crossed.root)
    sketches = dict.fromkeys((ids[name] for name in ("A", "B", "cross")), torch.zeros(1))
    assert set(independent_candidates(registry, sketches)) == {ids["A"], ids["B"]}


def test_three_children_of_one_cross_are_not_sure_of_each_other(crossed: Any) -> None:
    """Extrapolated, by layers and between: as siblings they fit, and no parent is tried."""
    parents = [crossed.weights["A"], crossed.weights["B"]]
    for name, alpha in (("g1", 2.0), ("g2", 0.4), ("g9", 0.8)):
        crossed.born(name, "A", "B", operator="slerp", weights=slerp(parents, alpha=alpha))
    registry, ids = Registry(crossed.root), crossed.ids
    for subject in ("g1", "g2"):
        others = [name for name in ("g1", "g2", "g9") if name != subject]
        line = parentage_page(registry, ids[subject], others).splitlines()[1]
        assert line.endswith(": not sure: lies on the circles of its siblings")
        line = parentage_page(registry, ids[subject], []).splitlines()[1]
        names = " and ".join(registry.label(ids[name]) for name in "AB")
        assert line.startswith(f"parents: {names}: ") and "not sure" not in line


def test_a_certificate_of_other_parents_is_weighed(crossed: Any) -> None:
    weights = slerp([crossed.weights["A"], crossed.weights["B"]], alpha=0.6)
    crossed.born("forged", "A", "C", operator="slerp", weights=weights)
    registry, identity = Registry(crossed.root), crossed.ids["forged"]
    line = parentage_page(registry, identity, ["A", "B", "C"]).splitlines()[1]
    assert line.endswith(": likely, against its birth certificate")
    line = parentage_page(registry, identity, ["A", "B"]).splitlines()[1]
    assert line.endswith(": not sure: its birth certificate names others, which were not tried")
