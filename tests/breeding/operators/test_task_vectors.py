"""Known answers of those that start at the ancestor: arithmetic, ties, dare, model stock."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from lab.breeding.operators.ancestor_arithmetic import ancestor_arithmetic
from lab.breeding.operators.dare import dare
from lab.breeding.operators.model_stock import model_stock
from lab.breeding.operators.ties import ties
from lab.breeding.task_vectors import apply_task_vectors, task_vectors
from lab.models import hypersphere
from lab.models.genotype import Genotype
from tests.breeding.families import TINY, furthest, individual, seeded, trio

NEEDS_ANCESTOR = [ancestor_arithmetic, ties, dare, model_stock]


def toward(origin: Genotype, axis: int, angle: float = 0.3) -> Genotype:
    """A relative that went `angle` along one coordinate axis from every row of origin."""
    direction = torch.zeros(TINY.num_rows, TINY.dim, dtype=torch.float64)
    direction[:, axis] = 1
    v = hypersphere.normalize(hypersphere.tangent_rows(origin.rows.double(), direction)) * angle
    return Genotype(TINY, hypersphere.exp_map(origin.rows, v), origin.scales)


@pytest.mark.parametrize("operator", NEEDS_ANCESTOR)
def test_the_ancestor_is_needed(operator: Callable[..., Genotype]) -> None:
    with pytest.raises(ValueError, match="needs the parents' common ancestor"):
        operator(trio()[:2], generator=seeded(0))


def test_log_and_exp_are_inverse() -> None:
    a, _, o = trio()
    vectors = task_vectors(a.rows.unsqueeze(0), o.rows)[0]
    assert torch.allclose(apply_task_vectors(o.rows, vectors), a.rows, atol=1e-6)
    assert torch.allclose(vectors.norm(dim=-1), hypersphere.angle(o.rows, a.rows), atol=1e-9)


def test_a_walk_stops_at_half_a_turn() -> None:
    origin, v = torch.eye(4)[:1], torch.tensor([[0.0, 7.0, 0.0, 0.0]])
    assert torch.allclose(apply_task_vectors(origin, v), -origin, atol=1e-6)


@pytest.mark.parametrize("strength", [-0.5, 0.0, 0.5, 2.0])
def test_arithmetic_with_one_parent_walks_its_geodesic(strength: float) -> None:
    a, _, o = trio()
    child = ancestor_arithmetic([a], strength=strength, ancestor=o)
    assert torch.allclose(child.rows, hypersphere.slerp_rows(o.rows, a.rows, strength), atol=1e-6)
    factor = a.effective_scales() / o.effective_scales()
    wanted = o.effective_scales() * factor**strength
    assert torch.allclose(child.effective_scales(), wanted, rtol=1e-5)


def test_what_is_added_and_negated_cancels() -> None:
    a, b, o = trio()
    assert furthest(ancestor_arithmetic([a, a], weights=(1, -1), ancestor=o), o) <= 1e-6
    both = ancestor_arithmetic([a, b], weights=(1, 1), ancestor=o)
    vectors = task_vectors(torch.stack([a.rows, b.rows]), o.rows).sum(0)
    assert torch.allclose(both.rows, apply_task_vectors(o.rows, vectors), atol=1e-6)


@pytest.mark.parametrize("weights", [(1.0,), (1.0, math.nan)])
def test_arithmetic_refuses_bad_weights(weights: tuple[float, ...]) -> None:
    a, b, o = trio()
    with pytest.raises(ValueError, match="2 parents need as many finite weights"):
        ancestor_arithmetic([a, b], weights=weights, ancestor=o)


def test_ties_of_whole_agreement_is_arithmetic() -> None:
    """Three that went nearly the same way: every sign is agreed, so nothing is left out."""
    o = individual()
    step = torch.full((TINY.num_rows, TINY.dim), 0.05, dtype=torch.float64)
    v = hypersphere.tangent_rows(o.rows.double(), step)
    kin = [Genotype(TINY, hypersphere.exp_map(o.rows, f * v), o.scales) for f in (0.8, 1.0, 1.2)]
    merged = ties(kin, density=1.0, ancestor=o)
    assert furthest(merged, ancestor_arithmetic(kin, ancestor=o)) <= 1e-6


def test_ties_keeps_the_rows_that_moved_most() -> None:
    a, _, o = trio()
    still = Genotype(TINY, o.rows.clone(), o.scales)  # a second parent that learned nothing
    child = ties([a, still], density=0.25, ancestor=o)
    block = o.layout.row_blocks["layers.0.mlp.gate"]
    learned = hypersphere.angle(a.rows[block], o.rows[block])
    moved = (child.rows[block] - o.rows[block]).norm(dim=-1) > 1e-6
    count = round(0.25 * len(learned))
    assert int(moved.sum()) == count and bool(moved[learned.topk(count).indices].all())


def test_ties_leaves_out_the_minority() -> None:
    """Where two of three go one way along an axis, the third's opposite step is not averaged in."""
    o = individual()
    pro, against = toward(o, 2, 0.3), toward(o, 2, -0.2)
    child = ties([pro, pro.clone(), against], density=1.0, ancestor=o)
    along = task_vectors(child.rows.unsqueeze(0), o.rows)[0].norm(dim=-1)
    mean = ancestor_arithmetic([pro, pro, against], ancestor=o)
    averaged = task_vectors(mean.rows.unsqueeze(0), o.rows)[0].norm(dim=-1)
    assert torch.allclose(along, torch.tensor(0.3).double(), atol=1e-5)
    assert torch.allclose(averaged, torch.tensor(0.4 / 3).double(), atol=1e-5)


@pytest.mark.parametrize("density", [0.0, 1.5])
def test_ties_refuses_a_bad_density(density: float) -> None:
    a, b, o = trio()
    with pytest.raises(ValueError, match="density must be in"):
        ties([a, b], density=density, ancestor=o)


def test_dare_without_drops_is_arithmetic() -> None:
    a, b, o = trio()
    child = dare([a, b], drop=0.0, ancestor=o, generator=seeded(0))
    assert furthest(child, ancestor_arithmetic([a, b], ancestor=o)) <= 1e-6


def test_dare_drops_its_share_and_stretches_the_rest() -> None:
    o = individual()
    a, still = toward(o, 1), Genotype(TINY, o.rows.clone(), o.scales)
    child = dare([a, still], drop=0.75, ancestor=o, generator=seeded(3))
    walked = task_vectors(child.rows.unsqueeze(0), o.rows)[0].norm(dim=-1)
    dropped = walked < 1e-6
    assert 0.6 < float(dropped.double().mean()) < 0.9
    assert torch.allclose(walked[~dropped], torch.tensor(0.6).double(), atol=1e-5)  # 4 x 0.3 / 2


def test_dare_stretches_to_a_quarter_turn_at_most() -> None:
    o = individual()
    a, still = toward(o, 1, 0.9), Genotype(TINY, o.rows.clone(), o.scales)
    child = dare([a, still], drop=0.75, ancestor=o, generator=seeded(3))
    walked = task_vectors(child.rows.unsqueeze(0), o.rows)[0].norm(dim=-1)
    assert float(walked.max()) == pytest.approx(math.pi / 4, abs=1e-5)


def test_dare_refuses_bad_arguments() -> None:
    a, b, o = trio()
    with pytest.raises(ValueError, match="needs a generator"):
        dare([a, b], ancestor=o)
    with pytest.raises(ValueError, match="drop must be in"):
        dare([a, b], drop=1.0, ancestor=o, generator=seeded(0))


def test_model_stock_follows_agreement_and_not_discord() -> None:
    o = individual()
    a = toward(o, 1)
    back = Genotype(TINY, hypersphere.slerp_rows(o.rows, a.rows, -1.0), o.scales)
    assert furthest(model_stock([a, back], ancestor=o), o) <= 1e-6
    nearly = toward(o, 1, 0.3001)
    assert furthest(model_stock([a, nearly], ancestor=o), a) <= 1e-4


def test_model_stock_at_a_known_angle() -> None:
    """Task vectors 60 degrees apart: c = 1/2, so t = 2 c / (1 + c) = 2/3 for two parents."""
    o, frame = individual(), torch.zeros(TINY.num_rows, TINY.dim, dtype=torch.float64)
    u = hypersphere.normalize(
        hypersphere.tangent_rows(o.rows.double(), frame.index_fill(1, torch.tensor([0]), 1))
    )
    w = frame.index_fill(1, torch.tensor([1]), 1)
    w = hypersphere.tangent_rows(o.rows.double(), w)
    w = hypersphere.normalize(w - (w * u).sum(-1, keepdim=True) * u)
    ends = [0.2 * u, 0.2 * (0.5 * u + math.sqrt(0.75) * w)]
    parents = [Genotype(TINY, hypersphere.exp_map(o.rows, v), o.scales) for v in ends]
    wanted = apply_task_vectors(o.rows, 2 / 3 * (ends[0] + ends[1]) / 2)
    assert torch.allclose(model_stock(parents, ancestor=o).rows, wanted, atol=1e-6)


def test_model_stock_needs_two() -> None:
    a, _, o = trio()
    with pytest.raises(ValueError, match="two parents or more"):
        model_stock([a], ancestor=o)
