"""The original's target within the budget: each way is as good as what it builds on."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps import adam_baseline, image_metrics, norm_constrained_lsq
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.lbfgs_refine import minimise_lbfgs, refine_input
from lab.attention_maps.score_targets import log_probability_target, visible_entries
from tests.attention_maps.conftest import SIZE, normed


def lossy(layer: LayerNormLayer, u: Tensor, goal: Tensor) -> float:
    x = layer.invert_norm(layer.fill_budget(u.double(), {0: layer.head_projection(0)})).float()
    assert float(layer.normalise(x).square().sum(1).max()) <= layer.gain.numel() + 0.1
    seen = visible_entries(SIZE, layer.causal)
    return image_metrics.centred_score_loss(layer.scores(x, 0), goal, seen)


def placed(layer: LayerNormLayer, c: Tensor) -> Tensor:
    read, off = layer.head_projection(0).matrix, c - layer.head_projection(0).bias
    return torch.linalg.solve(read @ read.mT, off.mT).mT @ read


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_prices_keep_within_the_budget_and_polish_lowers_the_loss(
    kind: str, picture: Tensor
) -> None:
    layer, goal = normed(kind), log_probability_target(picture)
    reading = layer.head_projection(0)
    c = norm_constrained_lsq.fit_within_budget(reading, goal, layer.budget, sweeps=4)
    u = placed(layer, c)
    assert float(u.square().sum(1).max()) <= layer.budget
    before = lossy(layer, u, goal)
    after = lossy(layer, refine_input(reading, c, goal, layer.budget, steps=60), goal)
    assert before < 0.9 * image_metrics.centred_score_loss(
        goal * 0, goal, visible_entries(SIZE, True)
    )
    assert after < 0.7 * before


def test_the_original_method_learns_and_ours_is_better(picture: Tensor) -> None:
    layer, goal = normed("gpt2"), log_probability_target(picture)
    x, losses = adam_baseline.optimise_inputs(layer, goal[None], steps=80)
    assert x.shape == (1, SIZE, 192)
    seen = visible_entries(SIZE, True)
    assert image_metrics.centred_score_loss(layer.scores(x[0], 0), goal, seen) == pytest.approx(
        float(losses[0]), rel=0.5
    )
    assert float(losses[0]) < 0.7 * image_metrics.centred_score_loss(goal * 0, goal, seen)
    c = norm_constrained_lsq.fit_within_budget(
        layer.head_projection(0), goal, layer.budget, sweeps=4
    )
    u = refine_input(layer.head_projection(0), c, goal, layer.budget, steps=200)
    assert lossy(layer, u, goal) < float(losses[0])


def test_descending_finds_the_bottom_of_a_bowl() -> None:
    level = torch.tensor([1.0, 30.0, 1000.0]).double()

    def slope(x: Tensor) -> tuple[float, Tensor]:
        return float((level * x * x).sum() / 2), level * x

    found = minimise_lbfgs(slope, torch.ones(3).double(), 60)
    assert float(found.norm()) < 1e-6
    assert torch.equal(minimise_lbfgs(slope, found, 5, tolerance=1.0), found)
