"""Measures: known answers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps.image_metrics import centred_score_loss, iou, measure_images, psnr, ssim
from lab.attention_maps.score_targets import log_probability_target, visible_entries

ALL = visible_entries(64, False)


def test_the_same_picture_is_perfect(picture: Tensor) -> None:
    assert measure_images(picture, picture) == {
        "psnr": 100.0,
        "ssim": pytest.approx(1.0),
        "iou": 1.0,
    }


def test_decibels_of_an_even_error(picture: Tensor) -> None:
    assert psnr(picture + 0.1, picture, ALL) == pytest.approx(20.0, abs=1e-3)


def test_overlap_counts_white_pixels() -> None:
    one, other = torch.zeros(64, 64), torch.zeros(64, 64)
    one[:2], other[1:3] = 1, 1
    assert iou(one, other, ALL) == pytest.approx(1 / 3)
    assert iou(one * 0, other * 0, ALL) == 1.0


def test_structure_lost_is_seen(picture: Tensor) -> None:
    assert ssim(picture * 0 + 0.5, picture, ALL) < 0.7


def test_the_loss_forgets_a_number_a_row(picture: Tensor) -> None:
    goal = log_probability_target(picture)
    assert centred_score_loss(goal + torch.randn(64, 1), goal, visible_entries(64, True)) < 1e-10
    assert centred_score_loss(torch.zeros(64, 64), goal, visible_entries(64, True)) > 1
