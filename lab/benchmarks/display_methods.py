"""Display methods: the original's Adam and our solvers, timed and measured on frames."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lab.attention_maps import (
    adam_baseline,
    decode_picture,
    image_metrics,
    lbfgs_refine,
    norm_constrained_lsq,
    score_targets,
    split_pictures,
)
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.training.flops import measure_seconds


def compare_original_target(
    layer: LayerNormLayer, few_frames: Tensor, steps: int, polishing: int, device: torch.device
) -> dict[str, dict[str, Any]]:
    """Measure the original's target, solved by Adam in a batch and by L-BFGS frame by frame."""
    targets = torch.stack([score_targets.log_probability_target(frame) for frame in few_frames])
    inputs = dict[str, list[Tensor]]()

    def solve_by_adam() -> None:
        inputs["original, Adam"] = list(
            adam_baseline.optimise_inputs(layer, targets, steps=steps)[0]
        )

    def solve_by_lbfgs() -> None:
        projection, placed_inputs = layer.head_projection(0), []
        for target in targets:
            c = norm_constrained_lsq.fit_within_budget(projection, target, layer.budget, sweeps=3)
            u = lbfgs_refine.refine_input(projection, c, target, layer.budget, steps=polishing)
            full = layer.fill_budget(u.double(), {0: projection})
            placed_inputs.append(layer.invert_norm(full).to(target))
        inputs["ours, its target"] = placed_inputs

    frame_seconds = [
        measure_seconds(job, device) / len(few_frames) for job in (solve_by_adam, solve_by_lbfgs)
    ]
    rows = {}
    for (name, placed_inputs), seconds in zip(inputs.items(), frame_seconds, strict=True):
        maps = [compute_attention(layer, x, 0) for x in placed_inputs]
        visible = score_targets.visible_entries(few_frames.shape[-1], True, few_frames.device)
        losses = [
            image_metrics.centred_score_loss(layer.scores(x, 0), target, visible)
            for x, target in zip(placed_inputs, targets, strict=True)
        ]
        uses = [
            float(layer.normalise(x).square().sum(1).max()) / layer.gain.numel()
            for x in placed_inputs
        ]
        pictures = [decode_picture.render_zscores(attention_map) for attention_map in maps]
        rows[name] = summarise_frames(pictures, few_frames, seconds, max(uses)) | {
            "loss": statistics.fmean(losses),
            "loss_median": statistics.median(losses),
        }
    return rows


def measure_our_target(
    layer: LayerNormLayer, few_frames: Tensor, many_frames: Tensor, device: torch.device
) -> dict[str, dict[str, Any]]:
    """Measure our target: a triangle in one head, whole frames in two heads, two sweeps."""
    kinds: dict[str, tuple[Tensor, dict[str, Any]]] = {
        "ours": (few_frames, {"heads": [0]}),
        "ours, whole frame in two heads": (few_frames, {"heads": [0, 1], "whole": True}),
        "ours, two sweeps": (many_frames, {"heads": [0], "sweeps": 2}),
    }
    rows = {}
    for name, (frames, options) in kinds.items():
        solutions = list[split_pictures.PlacedPictures]()

        def job(
            frames: Tensor = frames,
            options: dict[str, Any] = options,
            solutions: list[split_pictures.PlacedPictures] = solutions,
        ) -> None:
            solutions += [
                split_pictures.place_channels(layer, frame[None], **options) for frame in frames
            ]

        seconds = measure_seconds(job, device)
        pictures = []
        for solution in solutions:
            maps = [
                compute_attention(layer, solution.placed.x, head)
                for head in range(max(solution.heads) + 1)
            ]
            pictures.append(solution.decode_maps(torch.stack(maps))[0])
        use = max(solution.placed.budget_share for solution in solutions)
        rows[name] = summarise_frames(
            pictures, frames, seconds / len(frames), use, whole=solutions[0].whole
        )
    return rows


def summarise_frames(
    pictures: Sequence[Tensor], frames: Tensor, seconds: float, use: float, whole: bool = False
) -> dict[str, Any]:
    """Return the frame count, seconds a frame, and mean, median or worst image metrics.

    pictures and frames are [T, T] each in [0, 1]; use is a share of the norm's budget.
    """
    frame_metrics = [
        image_metrics.measure_images(picture, frame, causal=not whole)
        for picture, frame in zip(pictures, frames, strict=True)
    ]
    return {
        "frames": len(pictures),
        "cpu": seconds,
        "psnr": statistics.median(metrics["psnr"] for metrics in frame_metrics),
        "psnr_least": min(metrics["psnr"] for metrics in frame_metrics),
        "ssim": statistics.fmean(metrics["ssim"] for metrics in frame_metrics),
        "iou": statistics.fmean(metrics["iou"] for metrics in frame_metrics),
        "use": use,
    }
