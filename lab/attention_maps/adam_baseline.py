"""Adam baseline: the original method, Adam on every number of an input.

Braye 2026, "Bad Apple but it's GPT-2 XL attention maps",
https://brayevalerien.com/blog/bad-apple-but-its-gpt2, rewritten here from what it computes.

A quarter of the steps from each of three random inputs, then the rest from the best of them; the
learning rate falls from 0.1 along cosines with warm restarts. The loss is
`image_metrics.centred_score_loss`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.score_targets import visible_entries

STEPS, SEEDS = 1500, 3  # the published ones; 3 x 375 + 1,125 steps are taken
RATE, LOWEST_RATE, INITIAL_SCALE = 0.1, 1e-4, 0.1


def optimise_inputs(
    layer: LayerNormLayer, targets: Tensor, head: int = 0, steps: int = STEPS, seeds: int = SEEDS
) -> tuple[Tensor, Tensor]:
    """Optimise inputs [B, T, D] for centred targets [B, T, T]; also return the losses [B]."""
    explore, best, best_loss = steps // 4, None, float("inf")
    shape = (len(targets), targets.shape[-1], layer.gain.numel())
    for seed in range(seeds):
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(targets)
        inputs, losses = run_adam(layer, targets, head, INITIAL_SCALE * noise, explore)
        if best is None or float(losses.mean()) < best_loss:
            best, best_loss = inputs, float(losses.mean())
    assert best is not None
    return run_adam(layer, targets, head, best, steps - explore)


def run_adam(
    layer: LayerNormLayer, targets: Tensor, head: int, x: Tensor, steps: int
) -> tuple[Tensor, Tensor]:
    """Run some steps of Adam; return the inputs and the losses [B] before the last step."""
    x = x.clone().requires_grad_()
    adam = torch.optim.Adam([x], lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
        adam, T_0=max(steps // 4, 50), eta_min=LOWEST_RATE
    )
    visible = visible_entries(targets.shape[-1], layer.causal, targets.device).to(targets)
    losses = torch.zeros(len(targets))
    for _ in range(steps):
        adam.zero_grad()
        scores = batch_scores(layer, head, x)
        mean = (scores * visible).sum(-1, keepdim=True) / visible.sum(-1, keepdim=True)
        losses = ((scores - mean - targets).square() * visible).sum((-1, -2)) / visible.sum()
        losses.mean().backward()
        adam.step()
        schedule.step()
    return x.detach(), losses.detach()


def batch_scores(layer: LayerNormLayer, head: int, x: Tensor) -> Tensor:
    """Compute the scores [B, T, T] of a head of a layer with LayerNorm and learned positions."""
    key_head = layer.key_head(head)
    x = x if layer.position_embeddings is None else x + layer.position_embeddings[: x.shape[-2]]
    u = F.layer_norm(x, x.shape[-1:], layer.gain, layer.shift, layer.eps)
    q, k = u @ layer.query[head].mT, u @ layer.key[key_head].mT
    if layer.query_bias is not None and layer.key_bias is not None:
        q, k = q + layer.query_bias[head], k + layer.key_bias[key_head]
    return q @ k.mT / layer.dim_head**0.5
