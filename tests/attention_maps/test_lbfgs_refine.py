"""The original's target within the budget: each way is as good as what it builds on."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps import adam_baseline, image_metrics, norm_constrained_lsq
from lab.attention_maps.layernorm_layer import Normed
from lab.attention_maps.lbfgs_refine import descend, polish
from lab.attention_maps.score_targets import original, visible
from tests.attention_maps.conftest import SIZE, normed


def lossy(layer: Normed, u: Tensor, goal: Tensor) -> float:
    x = layer.enter(layer.filled(u.double(), {0: layer.reading(0)})).float()
    assert float(layer.normed(x).square().sum(1).max()) <= layer.gain.numel() + 0.1
    seen = visible(SIZE, layer.causal)
    return image_metrics.loss(layer.scores(x, 0), goal, seen)


def placed(layer: Normed, c: Tensor) -> Tensor:
    read, off = layer.reading(0).read, c - layer.reading(0).bias
    return torch.linalg.solve(read @ read.mT, off.mT).mT @ read


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_prices_keep_within_the_budget_and_polish_lowers_the_loss(
    kind: str, picture: Tensor
) -> None:
    layer, goal = normed(kind), original(picture)
    reading = layer.reading(0)
    c = norm_constrained_lsq.fit(reading, goal, layer.budget, sweeps=4)
    u = placed(layer, c)
    assert float(u.square().sum(1).max()) <= layer.budget
    before = lossy(layer, u, goal)
    after = lossy(layer, polish(reading, c, goal, layer.budget, steps=60), goal)
    assert before < 0.9 * image_metrics.loss(goal * 0, goal, visible(SIZE, True))
    assert after < 0.7 * before


def test_the_original_method_learns_and_ours_is_better(picture: Tensor) -> None:
    layer, goal = normed("gpt2"), original(picture)
    x, losses = adam_baseline.optimise(layer, goal[None], steps=80)
    assert x.shape == (1, SIZE, 192)
    seen = visible(SIZE, True)
    assert image_metrics.loss(layer.scores(x[0], 0), goal, seen) == pytest.approx(
        float(losses[0]), rel=0.5
    )
    assert float(losses[0]) < 0.7 * image_metrics.loss(goal * 0, goal, seen)
    c = norm_constrained_lsq.fit(layer.reading(0), goal, layer.budget, sweeps=4)
    u = polish(layer.reading(0), c, goal, layer.budget, steps=200)
    assert lossy(layer, u, goal) < float(losses[0])


def test_descending_finds_the_bottom_of_a_bowl() -> None:
    level = torch.tensor([1.0, 30.0, 1000.0]).double()

    def slope(x: Tensor) -> tuple[float, Tensor]:
        return float((level * x * x).sum() / 2), level * x

    found = descend(slope, torch.ones(3).double(), 60)
    assert float(found.norm()) < 1e-6
    assert torch.equal(descend(slope, found, 5, enough=1.0), found)
