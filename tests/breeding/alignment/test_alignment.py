"""Alignment undoes a hidden symmetry and never harms."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.alignment import symmetry
from lab.breeding.alignment.alignment import align
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from tests.breeding.alignment.test_symmetry import changed, logits
from tests.breeding.families import TINY, UNTIED, fork, furthest, individual, seeded

ROOMY = Architecture(vocab_size=40, dim=32, depth=2, heads=2, dim_head=8, ff_expand=1.5)
LOOSE = Architecture(**{**ROOMY.to_dict(), "value_residual": False, "tied": False})


@pytest.mark.parametrize("architecture", [ROOMY, LOOSE], ids=["tied", "untied"])
def test_a_disguised_clone_is_recognised(architecture: Architecture) -> None:
    a = individual(architecture)
    disguised = symmetry.apply_symmetry(symmetry.random_symmetry(architecture, seeded(3)), a)
    g, report = align(a, disguised, sweeps=1)
    assert furthest(symmetry.apply_symmetry(g, disguised), a) == 0
    assert report["cosines"][-1] == pytest.approx(1.0) and report["before"] < 0.3


@pytest.mark.parametrize("architecture", [ROOMY, LOOSE], ids=["tied", "untied"])
def test_a_disguised_sibling_is_brought_home(architecture: Architecture) -> None:
    a = individual(architecture)
    sibling = fork(a, 5)
    disguised = symmetry.apply_symmetry(symmetry.random_symmetry(architecture, seeded(4)), sibling)
    g, _ = align(a, disguised)
    assert furthest(symmetry.apply_symmetry(g, disguised), sibling) == 0


@pytest.mark.parametrize("architecture", [TINY, UNTIED], ids=["tied", "untied"])
def test_strangers_come_nearer_and_keep_their_function(architecture: Architecture) -> None:
    a, b = individual(architecture, 1), individual(architecture, 2)
    g, report = align(a, b)
    assert changed(b, symmetry.apply_symmetry(g, b)) < 1e-5
    path = [report["before"], *report["cosines"]]
    assert path[-1] > path[0] + 0.05
    assert all(later >= earlier - 1e-9 for earlier, later in zip(path[1:], path[2:], strict=False))


@pytest.mark.parametrize("seed", range(3))
def test_a_trained_like_function_is_kept_to_a_share_of_its_largest_logit(seed: int) -> None:
    a, b = individual(ROOMY, 1), individual(ROOMY, seed + 2)
    sharp = Genotype(b.architecture, b.rows, b.scales.clone())
    sharp.scales[sharp.layout.scale_blocks["s_z"]] *= 25 / logits(b).abs().max()  # as in training
    before = logits(sharp)
    assert before.abs().max() == pytest.approx(25)
    g, _ = align(a, sharp)
    assert changed(sharp, symmetry.apply_symmetry(g, sharp)) < 1e-5 * float(before.abs().max())


def test_what_is_aligned_stays() -> None:
    a = individual()
    g, report = align(a, a)
    assert torch.equal(g.rows, torch.arange(TINY.num_rows)) and report["before"] == pytest.approx(1)


def test_unlike_genotypes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in"):
        align(individual(), individual(ROOMY))
