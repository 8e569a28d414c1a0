"""Measures: how like its target a displayed picture is, and the original's loss.

Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity",
https://doi.org/10.1109/TIP.2003.819861.

psnr    decibels: -10 log10 of the mean squared error, pixels in [0, 1]; at most 100
ssim    structural similarity, a Gaussian window of 1.5 pixels; at most 1
iou     of the sets of white pixels (above one half): shared / either; 1 where both are empty
loss    the original's: mean squared error of row-centred scores, in nats squared
All but ssim count what a head can show alone; the hidden triangle is left out.
"""

from __future__ import annotations

import math

from torch import Tensor

from lab.attention_maps.decode_picture import blurred
from lab.attention_maps.score_targets import centred, visible

ABOUT = ("psnr", "ssim", "iou", "contrast", "use", "apart", "cpu")  # what a frame is told by
BEST = 100.0  # decibels of a picture without error


def psnr(shown: Tensor, target: Tensor, seen: Tensor) -> float:
    """Decibels over the entries seen."""
    error = float((shown - target).double().square()[..., seen].mean())
    return BEST if error < 10 ** (-BEST / 10) else -10 * math.log10(error)


def iou(shown: Tensor, target: Tensor, seen: Tensor) -> float:
    """Intersection over union of the white pixels, over the entries seen."""
    ours, theirs = (shown > 0.5)[..., seen], (target > 0.5)[..., seen]
    either = int((ours | theirs).sum())
    return int((ours & theirs).sum()) / either if either else 1.0


def ssim(shown: Tensor, target: Tensor, seen: Tensor) -> float:
    """Mean structural similarity of the pictures, what is hidden black in both."""
    x, y = (one.double().reshape(-1, *one.shape[-2:]) * seen for one in (shown, target))
    return sum(_ssim(a, b) for a, b in zip(x, y, strict=True)) / len(x)


def _ssim(x: Tensor, y: Tensor) -> float:
    mx, my = blurred(x, 1.5), blurred(y, 1.5)
    vx, vy = blurred(x * x, 1.5) - mx * mx, blurred(y * y, 1.5) - my * my
    both = blurred(x * y, 1.5) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    likeness = (2 * mx * my + c1) * (2 * both + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return float(likeness.mean())


def loss(scores: Tensor, target: Tensor, seen: Tensor) -> float:
    """The original's loss of scores [T, T] beside a centred target."""
    return float((centred(scores, seen) - target)[seen].square().mean())


def measures(shown: Tensor, target: Tensor, causal: bool = True) -> dict[str, float]:
    """psnr, ssim and iou of a picture, or of some together; [..., T, T] each."""
    seen = visible(target.shape[-1], causal, target.device)
    return {
        "psnr": psnr(shown, target, seen),
        "ssim": ssim(shown, target, seen),
        "iou": iou(shown, target, seen),
    }
