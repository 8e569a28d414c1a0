"""The parentage test over a folder names the parents of a child from the weights alone."""

import math
from typing import Any

import pytest
import torch

from lab.breeding.operators.slerp import slerp
from lab.genealogy.parentage_report import (
    independent_candidates,
    parentage_page,
    sketch_candidates,
)
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


def test_descendants_and_the_subject_are_no_candidates(crossed: Any) -> None:
    ids = crossed.ids
    sketches, mismatched = sketch_candidates(Registry(crossed.root), ids["A"], [])
    assert set(sketches) == {ids["origin"], ids["B"], ids["C"]} and mismatched == 6


def test_a_bred_candidate_is_not_independent_of_its_parents(crossed: Any) -> None:
    ids, registry = crossed.ids, Registry(crossed.root)
    sketches = dict.fromkeys((ids[name] for name in ("A", "B", "cross")), torch.zeros(1))
    assert set(independent_candidates(registry, sketches)) == {ids["A"], ids["B"]}
