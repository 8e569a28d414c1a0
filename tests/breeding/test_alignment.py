"""Alignment undoes a hidden symmetry and never harms."""

from __future__ import annotations

import pytest
import torch

from lab.breeding import symmetry
from lab.breeding.alignment import align
from lab.models.architecture import Architecture
from tests.breeding.families import TINY, UNTIED, fork, furthest, individual, seeded
from tests.breeding.test_symmetry import changed

ROOMY = Architecture(vocab_size=40, dim=32, depth=2, heads=2, dim_head=8, ff_expand=1.5)
LOOSE = Architecture(**{**ROOMY.to_dict(), "value_residual": False, "tied": False})


@pytest.mark.parametrize("architecture", [ROOMY, LOOSE], ids=["tied", "untied"])
def test_a_disguised_clone_is_recognised(architecture: Architecture) -> None:
    a = individual(architecture)
    disguised = symmetry.apply(symmetry.random(architecture, seeded(3)), a)
    g, report = align(a, disguised, sweeps=1)
    assert furthest(symmetry.apply(g, disguised), a) == 0
    assert report["cosines"][-1] == pytest.approx(1.0) and report["before"] < 0.3


@pytest.mark.parametrize("architecture", [ROOMY, LOOSE], ids=["tied", "untied"])
def test_a_disguised_sibling_is_brought_home(architecture: Architecture) -> None:
    a = individual(architecture)
    sibling = fork(a, 5)
    disguised = symmetry.apply(symmetry.random(architecture, seeded(4)), sibling)
    g, _ = align(a, disguised)
    assert furthest(symmetry.apply(g, disguised), sibling) == 0


@pytest.mark.parametrize("architecture", [TINY, UNTIED], ids=["tied", "untied"])
def test_strangers_come_nearer_and_keep_their_function(architecture: Architecture) -> None:
    a, b = individual(architecture, 1), individual(architecture, 2)
    g, report = align(a, b)
    assert changed(b, symmetry.apply(g, b)) < 1e-5
    path = [report["before"], *report["cosines"]]
    assert path[-1] > path[0] + 0.05
    assert all(later >= earlier - 1e-9 for earlier, later in zip(path[1:], path[2:], strict=False))


def test_what_is_aligned_stays() -> None:
    a = individual()
    g, report = align(a, a)
    assert torch.equal(g.rows, torch.arange(TINY.num_rows)) and report["before"] == pytest.approx(1)


def test_unlike_genotypes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in"):
        align(individual(), individual(ROOMY))
