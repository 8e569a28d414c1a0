"""Display run: pictures placed in a model's input, run through the real model and measured."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lab.attention_maps import image_metrics
from lab.attention_maps.adam_baseline import optimise_inputs
from lab.attention_maps.decode_picture import apply_magma, render_zscores
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.model_layer import ProbedLayer
from lab.attention_maps.score_targets import log_probability_target
from lab.attention_maps.split_pictures import PlacedPictures, place_channels


def display_channels(
    probed: ProbedLayer,
    channels: Tensor,
    heads: Sequence[int] | None,
    whole: bool | None,
    sweeps: int,
    cap: float,
) -> tuple[PlacedPictures, Tensor, Tensor, dict[str, float]]:
    """Display channels; return the placement, channels [C, T, T], maps [H, T, T] and measures.

    whole None: whole pictures where one input serves enough heads, else triangles of causal heads.
    The maps are the real model's; `apart` is their largest difference from the layer's algebra.
    """
    start = time.process_time()
    if whole is None:
        needed_heads = 2 * len(channels) if heads is None else len(heads)
        whole = 2 * len(channels) == needed_heads <= probed.layer.max_heads()
    pictures = place_channels(probed.layer, channels, heads, whole=whole, sweeps=sweeps, cap=cap)
    cpu_seconds = time.process_time() - start
    maps = probed.compute_maps(pictures.placed.x)
    decoded, visible = pictures.decode_maps(maps), pictures.visible.to(channels.device)
    expected_maps = torch.stack(
        [compute_attention(probed.layer, pictures.placed.x, head) for head in pictures.heads]
    )
    measures = {
        "psnr": image_metrics.psnr(decoded, channels, visible),
        "ssim": image_metrics.ssim(decoded, channels, visible),
        "iou": image_metrics.iou(decoded, channels, visible),
        "contrast": pictures.placed.contrast,
        "use": pictures.placed.budget_share,
        "apart": float((maps[list(pictures.heads)] - expected_maps).abs().max()),
        "cpu": cpu_seconds,
    }
    return pictures, decoded, maps, measures


def display_by_adam(
    probed: ProbedLayer, picture: Tensor, head: int, steps: int
) -> tuple[Tensor, dict[str, float]]:
    """Display a picture [T, T] by the original's method; colours [T, T, 3] and measures.

    ValueError for layers that the method does not support.
    """
    layer = probed.layer
    if not isinstance(layer, LayerNormLayer) or not (layer.centred and layer.causal):
        raise ValueError("the original's method is for GPT-2: set adam=0 to leave it out")
    start = time.process_time()
    x, losses = optimise_inputs(layer, log_probability_target(picture)[None], head, steps)
    cpu_seconds = time.process_time() - start
    grey = render_zscores(probed.compute_maps(x[0])[head].float())
    measures = {
        **image_metrics.measure_images(grey, picture),
        "loss": float(losses[0]),
        "cpu": cpu_seconds,
    }
    return apply_magma(grey), measures


def format_measures(name: str, heads: Sequence[int], measures: Mapping[str, float]) -> str:
    """Format the measures as one line."""
    return (
        f"{name}, heads {', '.join(map(str, heads))}: {measures['psnr']:.1f} dB, "
        f"ssim {measures['ssim']:.3f}, iou {measures['iou']:.4f}, contrast "
        f"{measures['contrast']:.2f} nats, {100 * measures['use']:.0f} % of the room, "
        f"{measures['cpu']:.2f} s of CPU"
    )


def format_contrast_table(contrasts: Mapping[str, Mapping[int, float]]) -> list[str]:
    """Format the contrast of each head in nats, models side by side."""
    numbers = sorted({head for values in contrasts.values() for head in values})
    widths = [max(8, len(name)) for name in contrasts]
    header = " ".join(name.rjust(width) for name, width in zip(contrasts, widths, strict=True))
    lines = ["", "contrast of each head in nats:", f"head {header}"]
    for head in numbers:
        cells = [f"{values[head]:.2f}" if head in values else "-" for values in contrasts.values()]
        row = " ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{head:4d} {row}")
    return lines
