"""Picture decoding: attention maps back to pixels, by our reference column or by z-scores.

The original's display is that of Braye 2026,
https://brayevalerien.com/blog/bad-apple-but-its-gpt2: rows as z-scores, the 1st to the 99th
percentile, a blur of 1.5 pixels, the magma colour map.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.attention_maps.score_targets import visible_entries

BLUR = 1.5  # pixels, the original's


def decode_attention(attention: Tensor, contrast: float, causal: bool = True) -> Tensor:
    """Decode the picture [..., T, T] that `linear_target` times contrast encodes in attention.

    1 + log(a_ij / a_i0) / contrast, clipped to [0, 1]; the reference column is copied from its
    neighbour. Masked entries are black. Softmax's normalisation cancels.
    """
    smallest = torch.finfo(attention.dtype).tiny
    logs = attention.clamp_min(smallest).log()
    return decode_scores(logs, contrast, causal)


def decode_scores(scores: Tensor, contrast: float, causal: bool = True) -> Tensor:
    """Decode a picture from scores, which may differ by a constant per row."""
    picture = (1 + (scores - scores[..., :1]) / contrast).clamp(0, 1)
    picture[..., 0] = picture[..., 1]
    picture[..., 0, 0] = picture[..., 1, 1]
    return picture.masked_fill(~visible_entries(scores.shape[-1], causal, scores.device), 0)


def render_zscores(attention: Tensor, blur: float = BLUR) -> Tensor:
    """Render a causal attention map [T, T] as the original does, in [0, 1]."""
    visible = visible_entries(attention.shape[-1], True, attention.device)
    count = visible.sum(-1, keepdim=True)
    mean = (attention * visible).sum(-1, keepdim=True) / count
    deviation = (attention - mean) * visible
    spread = (deviation.square().sum(-1, keepdim=True) / count).sqrt()
    score = torch.where(
        spread > 1e-10, deviation / spread.clamp_min(1e-10), torch.zeros_like(deviation)
    )
    low, high = torch.quantile(
        score[visible], torch.tensor([0.01, 0.99], dtype=score.dtype).to(score)
    )
    stretched = ((score - low) / (high - low).clamp_min(1e-8)).clamp(0, 1)
    return gaussian_blur(stretched, blur) * visible if blur > 0 else stretched * visible


def gaussian_blur(picture: Tensor, sigma: float) -> Tensor:
    """Blur a picture by a Gaussian, cut at 4 sigma, mirrored at the edges."""
    reach = int(4 * sigma + 0.5)
    offsets = torch.arange(-reach, reach + 1, dtype=picture.dtype, device=picture.device)
    kernel = torch.softmax(-0.5 * (offsets / sigma).square(), dim=0)
    for _ in range(2):
        edge = torch.cat([picture[:, :reach].flip(1), picture, picture[:, -reach:].flip(1)], dim=1)
        picture = (edge.unfold(1, 2 * reach + 1, 1) @ kernel).mT
    return picture


def apply_magma(picture: Tensor) -> Tensor:
    """Map grey [T, T] to the magma colours, [T, T, 3] in [0, 1], between twelve stops."""
    stops = torch.tensor(MAGMA_STOPS, dtype=picture.dtype, device=picture.device) / 255
    position = picture.clamp(0, 1) * (len(MAGMA_STOPS) - 1)
    low = position.floor().long().clamp(max=len(MAGMA_STOPS) - 2)
    share = (position - low)[..., None]
    return stops[low] * (1 - share) + stops[low + 1] * share


MAGMA_STOPS = (
    (0, 0, 4), (15, 11, 44), (44, 17, 95), (81, 18, 124), (114, 31, 129), (148, 44, 128),
    (183, 55, 121), (217, 70, 107), (241, 96, 93), (252, 139, 97), (254, 176, 120), (252, 253, 191),
)  # fmt: skip
