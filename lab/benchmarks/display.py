"""Benchmark: the attention display beside the original's Adam, on the same frames and head.

Braye 2026, "Bad Apple but it's GPT-2 XL attention maps",
https://brayevalerien.com/blog/bad-apple-but-its-gpt2: 3 seeds x 375 + 1,125 steps of Adam a frame,
rewritten in `attention.adam`. The head has the shapes and the initial weights of GPT-2 (deviation
0.02, no biases); trained weights are not at hand. Both see the same frames of 256 x 256: our own
shadows, and those of a film of characters, enlarged with edges a pixel or two soft.

Seconds are of one thread's process time (on CUDA wall time), a frame, the input included.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lab.attention_maps import (
    adam_baseline,
    decode_picture,
    image_metrics,
    lbfgs_refine,
    norm_constrained_lsq,
    score_targets,
    shadow_film,
    split_pictures,
    transformers_models,
)
from lab.attention_maps.denormals import flush_denormals
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.benchmarks import scorers
from lab.corpora.film_corpus import frames as characters
from lab.training.flops import measure_seconds

SHAPES = {"debug": (64, 8)} | {
    size: transformers_models.GPT2_SHAPES[size] for size in ("gpt2", "gpt2-xl")
}
DEBUG_EDGE = 32  # positions of the smallest, 256 of the others
ORIGINAL_FRAMES = 3286  # frames of the original's film
OWN_FILM = "shadows"

COLUMNS = {
    "frames": "how many were shown",
    "cpu": "seconds of one thread a frame",
    "faster": "the original's seconds over these",
    "loss": "mean of the original's loss (nats^2) over frames, where its target was the goal",
    "loss_median": "median of the same",
    "psnr": "median of frames, dB, over what the head can show; the original's in its own look",
    "psnr_least": "the worst frame",
    "ssim": "mean structural similarity",
    "iou": "mean overlap of the white pixels",
    "use": "largest share of the norm's budget of any row",
    "minutes": f"of one thread for {ORIGINAL_FRAMES:,} frames, extrapolated from cpu",
}


@flush_denormals()
def run(
    size: str = "gpt2-xl",
    films: Sequence[str] = (OWN_FILM,),
    frames: int = 6,
    longer: int = 24,
    steps: int = adam_baseline.STEPS,
    polishing: int = 200,
    data: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Rows of COLUMNS for each film: the original's, ours, a whole frame, a longer film.

    films: `shadows`, or a film of characters in the folder of data. ValueError for an unknown size.
    """
    if size not in SHAPES:
        raise ValueError(f"subject.size: no {size}, choose of {', '.join(SHAPES)}")
    if min(frames, longer, steps // 4) < 1 or not films:
        raise ValueError("subject: a film, a frame and 4 steps at least")
    device = scorers.benchmark_device()
    layer, edge = initial_head(size, device), DEBUG_EDGE if size == "debug" else 256
    rows = {}
    for name in films:
        film_name = Path(name).name.partition(".")[0]
        few_frames, many_frames = (
            load_film_frames(name, count, edge, data).to(device) for count in (frames, longer)
        )
        results = _compare_original_target(layer, few_frames, steps, polishing, device)
        results |= _measure_our_target(layer, few_frames, many_frames, device)
        seconds = results["original, Adam"]["cpu"]
        for kind, row in results.items():
            filled = {
                **row,
                "faster": seconds / row["cpu"],
                "minutes": row["cpu"] * ORIGINAL_FRAMES / 60,
            }
            rows[f"{film_name}: {kind}"] = {column: filled.get(column) for column in COLUMNS}
    return rows


def initial_head(size: str, device: torch.device) -> LayerNormLayer:
    """A first layer of these shapes with GPT-2's initial weights."""
    width, heads = SHAPES[size]
    generator = torch.Generator().manual_seed(0)

    def random_weights(*shape: int) -> Tensor:
        return (0.02 * torch.randn(*shape, generator=generator)).to(device)

    query, key = (random_weights(heads, width // heads, width) for _ in range(2))
    zero_bias = torch.zeros(heads, width // heads, device=device)
    return LayerNormLayer(
        query, key, torch.ones(width, device=device), torch.zeros(width, device=device), 1e-5,
        True, True, zero_bias, zero_bias, random_weights(1024, width),
    )  # fmt: skip


def load_film_frames(name: str, count: int, edge: int, data: str | None) -> Tensor:
    """Frames [N, edge, edge] spread evenly over a film, 0 to 1."""
    if name == OWN_FILM:
        period = shadow_film.SCENE_FRAMES * len(shadow_film.SCENES)
        indices = [round((number + 0.5) * period / count) for number in range(count)]
        return torch.stack([shadow_film.render_shadow_frame(index, edge) for index in indices])
    path = Path(data or ".").expanduser() / name
    film = characters(path=path if path.is_file() else name).film.frames
    texts = [film[int((number + 0.5) * len(film) / count)] for number in range(count)]
    cells = [
        [[float(character == "@") for character in row] for row in text.split("\n")]
        for text in texts
    ]
    large = F.interpolate(torch.tensor(cells)[:, None], (edge, edge), mode="bicubic")[:, 0]
    return ((large - 0.5) * 4 + 0.5).clamp(0, 1)


def _compare_original_target(
    layer: LayerNormLayer, few_frames: Tensor, steps: int, polishing: int, device: torch.device
) -> dict[str, dict[str, Any]]:
    """The original's target: by Adam, all frames at once, and by ours, one after the other."""
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
        rows[name] = _row(pictures, few_frames, seconds, max(uses)) | {
            "loss": statistics.fmean(losses),
            "loss_median": statistics.median(losses),
        }
    return rows


def _measure_our_target(
    layer: LayerNormLayer, few_frames: Tensor, many_frames: Tensor, device: torch.device
) -> dict[str, dict[str, Any]]:
    """Our target: the triangle in one head, whole frames in two, more frames in two sweeps."""
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
        rows[name] = _row(pictures, frames, seconds / len(frames), use, whole=solutions[0].whole)
    return rows


def _row(
    pictures: Sequence[Tensor], frames: Tensor, seconds: float, use: float, whole: bool = False
) -> dict[str, Any]:
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
