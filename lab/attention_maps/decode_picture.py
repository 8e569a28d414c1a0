"""Decoding: attention back into a picture, ours against a white column and the original's look.

The look is that of Braye 2026, https://brayevalerien.com/blog/bad-apple-but-its-gpt2: rows as
z-scores, the 1st to the 99th percentile, a blur of 1.5 pixels, the magma colours.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.attention_maps.score_targets import visible

BLUR = 1.5  # pixels, the original's


def decode(attention: Tensor, contrast: float, causal: bool = True) -> Tensor:
    """The picture [..., T, T] that a target of `linear` times contrast put into attention.

    1 + log(a_ij / a_i0) / contrast, clipped to [0, 1]; the reference column is copied from its
    neighbour. What is hidden is black. Softmax's own sums cancel.
    """
    least = torch.finfo(attention.dtype).tiny
    logs = attention.clamp_min(least).log()
    return level(logs, contrast, causal)


def level(scores: Tensor, contrast: float, causal: bool = True) -> Tensor:
    """The same from scores, or from anything that differs from them by a number a row."""
    picture = (1 + (scores - scores[..., :1]) / contrast).clamp(0, 1)
    picture[..., 0] = picture[..., 1]
    picture[..., 0, 0] = picture[..., 1, 1]
    return picture.masked_fill(~visible(scores.shape[-1], causal, scores.device), 0)


def look(attention: Tensor, blur: float = BLUR) -> Tensor:
    """The original's display of a causal attention map [T, T], in [0, 1]."""
    seen = visible(attention.shape[-1], True, attention.device)
    count = seen.sum(-1, keepdim=True)
    mean = (attention * seen).sum(-1, keepdim=True) / count
    off = (attention - mean) * seen
    spread = (off.square().sum(-1, keepdim=True) / count).sqrt()
    score = torch.where(spread > 1e-10, off / spread.clamp_min(1e-10), torch.zeros_like(off))
    low, high = torch.quantile(score[seen], torch.tensor([0.01, 0.99], dtype=score.dtype).to(score))
    shown = ((score - low) / (high - low).clamp_min(1e-8)).clamp(0, 1)
    return blurred(shown, blur) * seen if blur > 0 else shown * seen


def blurred(picture: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur, cut at 4 sigma, the picture mirrored at its edges."""
    reach = int(4 * sigma + 0.5)
    at = torch.arange(-reach, reach + 1, dtype=picture.dtype, device=picture.device)
    kernel = torch.softmax(-0.5 * (at / sigma).square(), dim=0)
    for _ in range(2):
        edge = torch.cat([picture[:, :reach].flip(1), picture, picture[:, -reach:].flip(1)], dim=1)
        picture = (edge.unfold(1, 2 * reach + 1, 1) @ kernel).mT
    return picture


def magma(picture: Tensor) -> Tensor:
    """Grey [T, T] in the colours of magma, [T, T, 3] in [0, 1], between twelve of its stops."""
    stops = torch.tensor(MAGMA, dtype=picture.dtype, device=picture.device) / 255
    at = picture.clamp(0, 1) * (len(MAGMA) - 1)
    low = at.floor().long().clamp(max=len(MAGMA) - 2)
    share = (at - low)[..., None]
    return stops[low] * (1 - share) + stops[low + 1] * share


MAGMA = (
    (0, 0, 4), (15, 11, 44), (44, 17, 95), (81, 18, 124), (114, 31, 129), (148, 44, 128),
    (183, 55, 121), (217, 70, 107), (241, 96, 93), (252, 139, 97), (254, 176, 120), (252, 253, 191),
)  # fmt: skip
