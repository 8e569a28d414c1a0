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
from lab.attention_maps.denormals import flushed
from lab.attention_maps.interfaces import attention
from lab.attention_maps.layernorm_layer import Normed
from lab.benchmarks import scorers
from lab.corpora.film_corpus import frames as characters
from lab.training.flops import timed

SHAPES = {"debug": (64, 8)} | {
    size: transformers_models.SHAPES[size] for size in ("gpt2", "gpt2-xl")
}
EDGE = 32  # positions of the smallest, 256 of the others
WHOLE_FILM = 3286  # frames of the original's film
OWN = "shadows"

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
    "minutes": f"of one thread for {WHOLE_FILM:,} frames, extrapolated from cpu",
}


@flushed()
def run(
    size: str = "gpt2-xl",
    films: Sequence[str] = (OWN,),
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
    device = scorers.device()
    layer, edge = head_of(size, device), EDGE if size == "debug" else 256
    rows = {}
    for name in films:
        told = Path(name).name.partition(".")[0]
        few, many = (scenes(name, count, edge, data).to(device) for count in (frames, longer))
        found = _both(layer, few, steps, polishing, device)
        found |= _ours(layer, few, many, device)
        seconds = found["original, Adam"]["cpu"]
        for kind, row in found.items():
            filled = {
                **row,
                "faster": seconds / row["cpu"],
                "minutes": row["cpu"] * WHOLE_FILM / 60,
            }
            rows[f"{told}: {kind}"] = {column: filled.get(column) for column in COLUMNS}
    return rows


def head_of(size: str, device: torch.device) -> Normed:
    """A first layer of these shapes with GPT-2's initial weights."""
    width, heads = SHAPES[size]
    chance = torch.Generator().manual_seed(0)

    def drawn(*shape: int) -> Tensor:
        return (0.02 * torch.randn(*shape, generator=chance)).to(device)

    query, key = (drawn(heads, width // heads, width) for _ in range(2))
    none = torch.zeros(heads, width // heads, device=device)
    return Normed(
        query, key, torch.ones(width, device=device), torch.zeros(width, device=device), 1e-5,
        True, True, none, none, drawn(1024, width),
    )  # fmt: skip


def scenes(name: str, count: int, edge: int, data: str | None) -> Tensor:
    """Frames [N, edge, edge] spread evenly over a film, 0 to 1."""
    if name == OWN:
        period = shadow_film.LENGTH * len(shadow_film.SCENES)
        at = [round((number + 0.5) * period / count) for number in range(count)]
        return torch.stack([shadow_film.frame(one, edge) for one in at])
    path = Path(data or ".").expanduser() / name
    film = characters(path=path if path.is_file() else name).film.frames
    chosen = [film[int((number + 0.5) * len(film) / count)] for number in range(count)]
    cells = [[[float(sign == "@") for sign in row] for row in one.split("\n")] for one in chosen]
    large = F.interpolate(torch.tensor(cells)[:, None], (edge, edge), mode="bicubic")[:, 0]
    return ((large - 0.5) * 4 + 0.5).clamp(0, 1)


def _both(
    layer: Normed, few: Tensor, steps: int, polishing: int, device: torch.device
) -> dict[str, dict[str, Any]]:
    """The original's target: by Adam, all frames at once, and by ours, one after the other."""
    goals = torch.stack([score_targets.original(one) for one in few])
    inputs = dict[str, list[Tensor]]()

    def original() -> None:
        inputs["original, Adam"] = list(adam_baseline.optimise(layer, goals, steps=steps)[0])

    def ours() -> None:
        reading, found = layer.reading(0), []
        for goal in goals:
            c = norm_constrained_lsq.fit(reading, goal, layer.budget, sweeps=3)
            u = lbfgs_refine.polish(reading, c, goal, layer.budget, steps=polishing)
            full = layer.filled(u.double(), {0: reading})
            found.append(layer.enter(full).to(goal))
        inputs["ours, its target"] = found

    taken = [timed(job, device) / len(few) for job in (original, ours)]
    rows = {}
    for (name, found), seconds in zip(inputs.items(), taken, strict=True):
        maps = [attention(layer, x, 0) for x in found]
        seen = score_targets.visible(few.shape[-1], True, few.device)
        losses = [
            image_metrics.loss(layer.scores(x, 0), goal, seen)
            for x, goal in zip(found, goals, strict=True)
        ]
        uses = [float(layer.normed(x).square().sum(1).max()) / layer.gain.numel() for x in found]
        told = [decode_picture.look(one) for one in maps]
        rows[name] = _row(told, few, seconds, max(uses)) | {
            "loss": statistics.fmean(losses),
            "loss_median": statistics.median(losses),
        }
    return rows


def _ours(
    layer: Normed, few: Tensor, many: Tensor, device: torch.device
) -> dict[str, dict[str, Any]]:
    """Our target: the triangle in one head, whole frames in two, more frames in two sweeps."""
    kinds: dict[str, tuple[Tensor, dict[str, Any]]] = {
        "ours": (few, {"heads": [0]}),
        "ours, whole frame in two heads": (few, {"heads": [0, 1], "whole": True}),
        "ours, two sweeps": (many, {"heads": [0], "sweeps": 2}),
    }
    rows = {}
    for name, (frames, options) in kinds.items():
        shown = list[split_pictures.Shown]()

        def job(
            frames: Tensor = frames,
            options: dict[str, Any] = options,
            shown: list[split_pictures.Shown] = shown,
        ) -> None:
            shown += [split_pictures.show(layer, one[None], **options) for one in frames]

        seconds = timed(job, device)
        told = []
        for one in shown:
            maps = [attention(layer, one.placed.x, head) for head in range(max(one.heads) + 1)]
            told.append(one.pictures(torch.stack(maps))[0])
        use = max(one.placed.use for one in shown)
        rows[name] = _row(told, frames, seconds / len(frames), use, whole=shown[0].whole)
    return rows


def _row(
    told: Sequence[Tensor], frames: Tensor, seconds: float, use: float, whole: bool = False
) -> dict[str, Any]:
    found = [
        image_metrics.measures(one, frame, causal=not whole)
        for one, frame in zip(told, frames, strict=True)
    ]
    return {
        "frames": len(told),
        "cpu": seconds,
        "psnr": statistics.median(one["psnr"] for one in found),
        "psnr_least": min(one["psnr"] for one in found),
        "ssim": statistics.fmean(one["ssim"] for one in found),
        "iou": statistics.fmean(one["iou"] for one in found),
        "use": use,
    }
