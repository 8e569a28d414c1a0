"""Display benchmark: attention-map display beside the original's Adam, on the same frames.

Braye 2026, "Bad Apple but it's GPT-2 XL attention maps",
https://brayevalerien.com/blog/bad-apple-but-its-gpt2: 3 seeds x 375 + 1,125 steps of Adam a frame,
rewritten in `adam_baseline`. The head has the shapes and the initial weights of GPT-2 (deviation
0.02, no biases), not trained ones. Both display the same frames of 256 x 256: the shadow film, and
a film of characters, enlarged with edges a pixel or two soft.

Seconds a frame are process time of one thread (wall time on CUDA), the input included.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lab.attention_maps import (
    adam_baseline,
    shadow_film,
    transformers_models,
)
from lab.attention_maps.denormals import flush_denormals
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.benchmarks import scorers
from lab.benchmarks.display_methods import compare_original_target, measure_our_target
from lab.corpora.film_corpus import frames as characters

SHAPES = {"debug": (64, 8)} | {
    size: transformers_models.GPT2_SHAPES[size] for size in ("gpt2", "gpt2-xl")
}
DEBUG_EDGE = 32  # positions of the debug size; 256 of the others
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
    """Measure each film; return rows of COLUMNS: the original, ours, a whole frame, more frames.

    films: `shadows`, or a film of characters in the data folder. ValueError for an unknown size.
    """
    if size not in SHAPES:
        raise ValueError(f"subject.size: no {size}, choose one of {', '.join(SHAPES)}")
    if min(frames, longer, steps // 4) < 1 or not films:
        raise ValueError("subject: at least one film, one frame and 4 steps are needed")
    device = scorers.benchmark_device()
    layer, edge = initial_head(size, device), DEBUG_EDGE if size == "debug" else 256
    rows = {}
    for name in films:
        film_name = Path(name).name.partition(".")[0]
        few_frames, many_frames = (
            load_film_frames(name, count, edge, data).to(device) for count in (frames, longer)
        )
        results = compare_original_target(layer, few_frames, steps, polishing, device)
        results |= measure_our_target(layer, few_frames, many_frames, device)
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
    """Return a first layer of a size with GPT-2's initial weights."""
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
    """Return frames [N, edge, edge] spread evenly over a film, 0 to 1."""
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
