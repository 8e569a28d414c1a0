"""Image metrics: PSNR, SSIM and IoU of a displayed picture, and the original's loss.

Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity",
https://doi.org/10.1109/TIP.2003.819861.

psnr    decibels: -10 log10 of the mean squared error, pixels in [0, 1]; at most 100
ssim    structural similarity, a Gaussian window of 1.5 pixels; at most 1
iou     of the sets of white pixels (above one half): shared / either; 1 where both are empty
loss    the original's: mean squared error of row-centred scores, in nats squared
All but ssim count the visible entries of a head alone, without the masked triangle.
"""

from __future__ import annotations

import math

from torch import Tensor

from lab.attention_maps.decode_picture import gaussian_blur
from lab.attention_maps.score_targets import centre_rows, visible_entries

MEASURES = ("psnr", "ssim", "iou", "contrast", "use", "apart", "cpu")  # the metrics of a frame
MAX_PSNR = 100.0  # decibels of a picture without error


def psnr(image: Tensor, target: Tensor, visible: Tensor) -> float:
    """Return the peak signal-to-noise ratio in decibels over the visible entries."""
    error = float((image - target).double().square()[..., visible].mean())
    return MAX_PSNR if error < 10 ** (-MAX_PSNR / 10) else -10 * math.log10(error)


def iou(image: Tensor, target: Tensor, visible: Tensor) -> float:
    """Return the intersection over union of the white pixels, over the visible entries."""
    image_white, target_white = (image > 0.5)[..., visible], (target > 0.5)[..., visible]
    either = int((image_white | target_white).sum())
    return int((image_white & target_white).sum()) / either if either else 1.0


def ssim(image: Tensor, target: Tensor, visible: Tensor) -> float:
    """Return the mean structural similarity of the pictures, masked entries black in both."""
    x, y = (
        pictures.double().reshape(-1, *pictures.shape[-2:]) * visible
        for pictures in (image, target)
    )
    return sum(_channel_ssim(a, b) for a, b in zip(x, y, strict=True)) / len(x)


def _channel_ssim(x: Tensor, y: Tensor) -> float:
    mx, my = gaussian_blur(x, 1.5), gaussian_blur(y, 1.5)
    vx, vy = gaussian_blur(x * x, 1.5) - mx * mx, gaussian_blur(y * y, 1.5) - my * my
    covariance = gaussian_blur(x * y, 1.5) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    similarity = (
        (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    )
    return float(similarity.mean())


def centred_score_loss(scores: Tensor, target: Tensor, visible: Tensor) -> float:
    """Return the original's loss of scores [T, T] against a centred target."""
    return float((centre_rows(scores, visible) - target)[visible].square().mean())


def measure_images(image: Tensor, target: Tensor, causal: bool = True) -> dict[str, float]:
    """Return psnr, ssim and iou of pictures and targets [..., T, T]."""
    visible = visible_entries(target.shape[-1], causal, target.device)
    return {
        "psnr": psnr(image, target, visible),
        "ssim": ssim(image, target, visible),
        "iou": iou(image, target, visible),
    }
