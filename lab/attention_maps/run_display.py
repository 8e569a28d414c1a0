"""Showing: pictures placed in a model's input, run through the real model, read and measured."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lab.attention_maps import image_metrics
from lab.attention_maps.adam_baseline import optimise
from lab.attention_maps.decode_picture import look, magma
from lab.attention_maps.interfaces import attention
from lab.attention_maps.layernorm_layer import Normed
from lab.attention_maps.model_layer import Screen
from lab.attention_maps.score_targets import original
from lab.attention_maps.split_pictures import Shown, show


def present(
    screen: Screen,
    channels: Tensor,
    heads: Sequence[int] | None,
    whole: bool | None,
    sweeps: int,
    cap: float,
) -> tuple[Shown, Tensor, Tensor, dict[str, float]]:
    """What is placed, the channels [C, T, T] shown, all maps [H, T, T], and measures.ABOUT.

    whole None: whole pictures where one input serves heads enough, else triangles of causal ones.
    The maps are the real model's; `apart` tells how far those used are from our own algebra's.
    """
    start = time.process_time()
    if whole is None:
        many = 2 * len(channels) if heads is None else len(heads)
        whole = 2 * len(channels) == many <= screen.layer.together()
    shown = show(screen.layer, channels, heads, whole=whole, sweeps=sweeps, cap=cap)
    taken = time.process_time() - start
    maps = screen.real(shown.placed.x)
    images, seen = shown.pictures(maps), shown.seen.to(channels.device)
    ours = torch.stack([attention(screen.layer, shown.placed.x, head) for head in shown.heads])
    measured = {
        "psnr": image_metrics.psnr(images, channels, seen),
        "ssim": image_metrics.ssim(images, channels, seen),
        "iou": image_metrics.iou(images, channels, seen),
        "contrast": shown.placed.contrast,
        "use": shown.placed.use,
        "apart": float((maps[list(shown.heads)] - ours).abs().max()),
        "cpu": taken,
    }
    return shown, images, maps, measured


def by_adam(
    screen: Screen, picture: Tensor, head: int, steps: int
) -> tuple[Tensor, dict[str, float]]:
    """A picture [T, T] by the original's method, target and look: colours [T, T, 3], measures.

    ValueError for layers that it was not made for.
    """
    layer = screen.layer
    if not isinstance(layer, Normed) or not (layer.centred and layer.causal):
        raise ValueError("the original's method is for GPT-2: adam=0 leaves it out")
    start = time.process_time()
    x, losses = optimise(layer, original(picture)[None], head, steps)
    taken = time.process_time() - start
    grey = look(screen.real(x[0])[head].float())
    told = {**image_metrics.measures(grey, picture), "loss": float(losses[0]), "cpu": taken}
    return magma(grey), told


def line(name: str, heads: Sequence[int], measured: Mapping[str, float]) -> str:
    """The measures for people."""
    return (
        f"{name}, heads {', '.join(map(str, heads))}: {measured['psnr']:.1f} dB, "
        f"ssim {measured['ssim']:.3f}, iou {measured['iou']:.4f}, contrast "
        f"{measured['contrast']:.2f} nats, {100 * measured['use']:.0f} % of the room, "
        f"{measured['cpu']:.2f} s of CPU"
    )


def table(heads: Mapping[str, Mapping[int, float]]) -> list[str]:
    """The contrast that each head can give, models beside each other."""
    numbers = sorted({head for one in heads.values() for head in one})
    widths = [max(8, len(name)) for name in heads]
    named = " ".join(name.rjust(width) for name, width in zip(heads, widths, strict=True))
    lines = ["", "contrast of each head in nats:", f"head {named}"]
    for head in numbers:
        cells = [f"{one[head]:.2f}" if head in one else "-" for one in heads.values()]
        row = " ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{head:4d} {row}")
    return lines
