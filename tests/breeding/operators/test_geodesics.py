"""Known answers of the operators that walk between parents: slerp, nlerp, lerp, karcher, fisher."""

from __future__ import annotations

import math

import pytest
import torch

from lab.breeding.operators.fisher import fisher, fisher_information
from lab.breeding.operators.frozen_attention import frozen_attention
from lab.breeding.operators.karcher import karcher
from lab.breeding.operators.lerp import lerp
from lab.breeding.operators.nlerp import nlerp
from lab.breeding.operators.slerp import slerp
from lab.models import hypersphere, network
from lab.models.genotype import Genotype
from tests.breeding.families import TINY, furthest, individual, seeded, trio

PARTS = (0.1, 0.25, 0.5, 0.8)


@pytest.mark.parametrize("alpha", [*PARTS, -0.25, 1.25])
def test_slerp_divides_the_angle(alpha: float) -> None:
    a, b, _ = trio()
    child = slerp([a, b], alpha=alpha)
    whole = hypersphere.angle(a.rows, b.rows)
    assert torch.allclose(hypersphere.angle(a.rows, child.rows), abs(alpha) * whole, atol=1e-6)
    assert torch.allclose(hypersphere.angle(child.rows, b.rows), abs(1 - alpha) * whole, atol=1e-6)


def test_slerp_follows_its_field() -> None:
    a, b, _ = trio()
    child = slerp([a, b], alpha={"hidden": 1.0, "s_z": 1.0, "rest": 0.0})
    crossed = a.layout.row_blocks["layers.1.mlp.hidden"]
    assert torch.allclose(child.rows[crossed], b.rows[crossed], atol=1e-7)
    assert torch.equal(child.scales[a.layout.scale_blocks["s_z"]], b.scales[-11:])
    kept = a.layout.row_blocks["layers.1.mlp.gate"]
    assert torch.allclose(child.rows[kept], a.rows[kept], atol=1e-7)


def test_nlerp_is_slerp_halfway_and_near_it_elsewhere() -> None:
    a, b, _ = trio()
    assert furthest(nlerp([a, b]), slerp([a, b])) <= 2e-7
    quarter, other = nlerp([a, b], alpha=0.25), slerp([a, b], alpha=0.25)
    apart = hypersphere.angle(quarter.rows, other.rows) / hypersphere.angle(a.rows, b.rows)
    assert 1e-5 < float(apart.median()) < 0.01


def test_lerp_is_as_short_as_the_chord_is_deep() -> None:
    a, b, _ = trio()
    depth = (hypersphere.angle(a.rows, b.rows) / 2).cos()
    assert torch.allclose(lerp([a, b]).rows.double().norm(dim=-1), depth, atol=1e-6)
    assert torch.allclose(hypersphere.normalize(lerp([a, b]).rows), nlerp([a, b]).rows, atol=1e-6)


def test_antipodal_rows_go_where_each_operator_says() -> None:
    a, _, _ = trio()
    b = Genotype(TINY, -a.rows, a.scales)
    assert torch.allclose(slerp([a, b], alpha=0.49).rows, a.rows, atol=1e-7)
    assert torch.allclose(slerp([a, b], alpha=0.51).rows, b.rows, atol=1e-7)
    for operator in (nlerp, karcher):
        assert torch.allclose(operator([a, b]).rows, a.rows, atol=1e-7)
    assert not lerp([a, b]).rows.any()


@pytest.mark.parametrize("alpha", PARTS)
def test_the_karcher_mean_of_two_is_slerp(alpha: float) -> None:
    a, b, _ = trio()
    assert furthest(karcher([a, b], weights=(1 - alpha, alpha)), slerp([a, b], alpha=alpha)) <= 1e-6


def test_the_karcher_mean_is_where_the_pulls_cancel() -> None:
    family = trio()
    weights = (0.5, 0.3, 0.2)
    child = karcher(family, weights=weights)
    pulls = [
        w * hypersphere.log_map(child.rows.double(), one.rows.double())
        for w, one in zip(weights, family, strict=True)
    ]
    assert float(torch.stack(pulls).sum(0).norm(dim=-1).max()) < 1e-6


def test_the_karcher_mean_knows_no_order() -> None:
    a, b, c = trio()
    assert furthest(karcher([a, b, c]), karcher([c, a, b])) <= 5e-7


def test_fisher_goes_by_importance() -> None:
    a, b, _ = trio()
    size = TINY.num_rows + TINY.num_scales
    weight = torch.rand(size, generator=seeded(1))
    child = fisher([a, b], importance=[1 - weight, weight])
    by_row = hypersphere.slerp_rows(a.rows, b.rows, weight[: TINY.num_rows])
    assert torch.allclose(child.rows, by_row, atol=1e-6)
    nothing = torch.zeros(size)
    assert furthest(fisher([a, b], importance=[nothing, nothing]), slerp([a, b])) <= 1e-6


@pytest.mark.parametrize(
    ("importance", "message"),
    [
        (None, "needs importance"),
        ([torch.ones(3), torch.ones(3)], "must be 2 tensors"),
        ([-torch.ones(TINY.num_rows + TINY.num_scales)] * 2, "not negative"),
    ],
)
def test_fisher_refuses_bad_importance(importance: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fisher(trio()[:2], importance=importance)  # type: ignore[arg-type]


def test_information_is_the_squared_gradient_along_the_sphere() -> None:
    a, pull = individual(), torch.randn(TINY.num_rows, TINY.dim, generator=seeded(1))
    found = fisher_information(a, [lambda g: (g.rows * pull).sum() + 3 * g.scales.sum()] * 2)
    along = hypersphere.tangent_rows(a.rows, pull).square().sum(-1)
    assert torch.allclose(found[: TINY.num_rows], along, rtol=1e-5)
    assert (found[TINY.num_rows :] == 9).all()
    with pytest.raises(ValueError, match="at least one loss"):
        fisher_information(a, [])


def test_information_of_a_real_loss_weighs_what_was_read() -> None:
    a, ids = individual(), torch.tensor([[1, 2, 3, 1, 2, 3]])

    def loss(g: Genotype) -> torch.Tensor:
        logits = network.forward(g.architecture, g.rows, g.scales, ids[:, :-1])
        return torch.nn.functional.cross_entropy(logits[0], ids[0, 1:])

    found = fisher_information(a, [loss])
    assert found.isfinite().all() and (found >= 0).all() and found[2] > 0


@pytest.mark.parametrize("donor", [0, 1])
def test_frozen_attention_comes_whole_from_the_donor(donor: int) -> None:
    a, b, _ = trio()
    child, giver = frozen_attention([a, b], donor=donor), (a, b)[donor]
    for name, block in a.layout.row_blocks.items():
        same = torch.allclose(child.rows[block], giver.rows[block], atol=1e-7)
        assert same == ("attn" in name or name == "embed")
    for name, block in a.layout.scale_blocks.items():
        assert torch.equal(child.scales[block], giver.scales[block]) == (
            "attn" in name or name == "s_z"
        )


def test_frozen_attention_can_cross_the_embedding() -> None:
    a, b, _ = trio()
    child = frozen_attention([a, b], embedding="slerp")
    assert torch.allclose(child.rows[:11], slerp([a, b]).rows[:11], atol=1e-7)
    for wrong in ({"donor": 2}, {"embedding": "none"}):
        with pytest.raises(ValueError, match="must be"):
            frozen_attention([a, b], **wrong)


@pytest.mark.parametrize("operator", [slerp, nlerp, lerp, frozen_attention])
def test_pairs_are_pairs(operator: object) -> None:
    with pytest.raises(ValueError, match="takes 2 parents, got 3"):
        operator(trio())  # type: ignore[operator]
    with pytest.raises(ValueError, match="must be a finite number"):
        operator(trio()[:2], alpha=math.inf)  # type: ignore[operator]
