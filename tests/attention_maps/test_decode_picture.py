"""Decoding: what a target puts into attention comes out; the original's look loses levels."""

from __future__ import annotations

import torch
from torch import Tensor

from lab.attention_maps.decode_picture import (
    apply_magma,
    decode_attention,
    gaussian_blur,
    render_zscores,
)
from lab.attention_maps.image_metrics import psnr
from lab.attention_maps.score_targets import linear_target, log_probability_target, visible_entries


def softmax(scores: Tensor, causal: bool) -> Tensor:
    return scores.masked_fill(~visible_entries(len(scores), causal), float("-inf")).softmax(-1)


def test_decoding_undoes_the_target(picture: Tensor) -> None:
    for causal in (True, False):
        noise = torch.randn(64, 1)  # softmax forgets it
        shown = decode_attention(softmax(3 * linear_target(picture) + noise, causal), 3.0, causal)
        assert psnr(shown[:, 1:], picture[:, 1:], visible_entries(64, causal)[:, 1:]) > 90
        assert torch.equal(shown[1:, 0], shown[1:, 1])
    assert bool(
        (
            decode_attention(softmax(linear_target(picture), True), 1.0)[~visible_entries(64, True)]
            == 0
        ).all()
    )


def test_the_original_look_is_far_from_the_picture_even_with_perfect_scores(
    picture: Tensor,
) -> None:
    shown = render_zscores(softmax(log_probability_target(picture), True))
    assert float(shown.min()) >= 0 and float(shown.max()) <= 1
    assert psnr(shown, picture, visible_entries(64, True)) < 20


def test_a_blur_keeps_the_light() -> None:
    spot = torch.zeros(31, 31)
    spot[15, 15] = 1
    soft = gaussian_blur(spot, 1.5)
    assert abs(float(soft.sum()) - 1) < 1e-5 and torch.allclose(soft, soft.mT, atol=1e-7)


def test_magma_goes_from_black_to_pale() -> None:
    colours = apply_magma(torch.tensor([[0.0, 0.5, 1.0]]))
    assert colours.shape == (1, 3, 3)
    assert colours.sum(-1)[0].tolist() == sorted(colours.sum(-1)[0].tolist())
