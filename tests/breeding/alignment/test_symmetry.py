"""Symmetries keep an nGPT's function and nothing more is one: by its own forward pass."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.alignment import symmetry
from lab.models import network
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from tests.breeding.families import TINY, UNTIED, furthest, individual, seeded

GEODESIC = Architecture(**{**TINY.to_dict(), "residual": "geodesic", "rope": "harmonic"})
PLAIN = Architecture(**{**TINY.to_dict(), "norm_qk": False})
SHAPES = pytest.mark.parametrize(
    "architecture", [TINY, UNTIED, GEODESIC, PLAIN], ids=["tied", "untied", "geodesic", "plain"]
)


def logits(genotype: Genotype) -> torch.Tensor:
    ids = torch.randint(11, (2, 12), generator=seeded(7))
    return network.forward(genotype.architecture, genotype.rows, genotype.scales, ids)


def changed(a: Genotype, b: Genotype) -> float:
    return float((logits(a) - logits(b)).abs().max())


@SHAPES
@pytest.mark.parametrize("seed", range(4))
def test_a_symmetry_keeps_the_function(architecture: Architecture, seed: int) -> None:
    a = individual(architecture, seed)
    moved = symmetry.apply_symmetry(symmetry.random_symmetry(architecture, seeded(seed)), a)
    assert changed(a, moved) < 1e-5
    assert furthest(a, moved) > 0.5  # and it did move


@pytest.mark.parametrize("seed", range(3))
def test_in_place_symmetries_leave_rows_where_they_are(seed: int) -> None:
    a = individual()
    g = symmetry.random_symmetry(TINY, seeded(seed), in_place=True)
    assert torch.equal(g.rows, torch.arange(TINY.num_rows))
    assert changed(a, symmetry.apply_symmetry(g, a)) < 1e-5


@SHAPES
def test_symmetries_compose(architecture: Architecture) -> None:
    a = individual(architecture)
    g, h = (symmetry.random_symmetry(architecture, seeded(seed)) for seed in (1, 2))
    in_turn = symmetry.apply_symmetry(h, symmetry.apply_symmetry(g, a))
    assert furthest(symmetry.apply_symmetry(g.compose(h), a), in_turn) == 0


def test_the_identity_moves_nothing() -> None:
    assert (
        furthest(
            symmetry.apply_symmetry(symmetry.identity_symmetry(TINY), individual()), individual()
        )
        == 0
    )


def test_heads_cannot_move_in_one_layer_under_a_value_residual() -> None:
    order, a = torch.tensor([1, 2, 0]), individual()
    with pytest.raises(ValueError, match="ties heads"):
        symmetry.head_symmetry(TINY, order, [1])
    with pytest.raises(ValueError, match="ties heads"):
        symmetry.value_symmetry(TINY, torch.arange(4).repeat(3, 1), torch.ones(3, 4), [0])
    free = Architecture(**{**TINY.to_dict(), "value_residual": False})
    g = symmetry.head_symmetry(free, order, [1])
    b = Genotype(free, a.rows, a.scales)
    assert changed(b, symmetry.apply_symmetry(g, b)) < 1e-5
    assert changed(a, Genotype(TINY, *moved(g, b))) > 1e-3


def moved(g: symmetry.Symmetry, genotype: Genotype) -> tuple[torch.Tensor, torch.Tensor]:
    found = symmetry.apply_symmetry(g, genotype)
    return found.rows, found.scales


def test_a_single_sign_of_q_and_k_is_no_symmetry() -> None:
    a = individual()
    b = a.clone()
    for name in ("layers.0.attn.q", "layers.0.attn.k"):
        b.rows[a.layout.row_blocks[name].start] *= -1
    assert changed(a, b) > 1e-3


def test_a_quarter_turn_is_a_half_of_a_half_turn() -> None:
    quarter = torch.ones(3, 2, dtype=torch.long)
    g = symmetry.rotary_symmetry(TINY, 0, quarter)
    half = symmetry.rotary_symmetry(TINY, 0, 2 * quarter)
    a = individual()
    assert furthest(symmetry.apply_symmetry(g.compose(g), a), symmetry.apply_symmetry(half, a)) == 0
    assert furthest(symmetry.apply_symmetry(half.compose(half), a), a) == 0


def test_a_quarter_turn_takes_x_y_to_minus_y_x() -> None:
    a, quarters = individual(), torch.zeros(3, 2, dtype=torch.long)
    quarters[0, 0] = 1
    turned, q = (
        symmetry.apply_symmetry(symmetry.rotary_symmetry(TINY, 0, quarters), a),
        11,
    )  # the first row of q
    assert torch.equal(
        turned.rows[q : q + 3], torch.stack([-a.rows[q + 1], a.rows[q], a.rows[q + 2]])
    )
    assert turned.scales[:4].tolist() == a.scales[[1, 0, 2, 3]].tolist()
