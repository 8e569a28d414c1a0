"""Targets: linear in the pixels beside a white column; the original's as it was published."""

from __future__ import annotations

import math

import torch

from lab.attention_maps.score_targets import (
    centre_rows,
    linear_target,
    log_probability_target,
    relax_saturated_target,
    visible_entries,
)


def test_a_causal_head_shows_the_lower_triangle() -> None:
    assert visible_entries(3, True).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert bool(visible_entries(3, False).all())


def test_white_is_nought_black_one_nat_below_and_the_first_column_white() -> None:
    picture = torch.tensor([[0.0, 1.0], [0.25, 0.0]])
    assert linear_target(picture).tolist() == [[0, 0], [0, -1]]
    assert picture[0, 0] == 0  # untouched


def test_the_original_target_is_the_log_of_row_shares() -> None:
    scores = log_probability_target(torch.tensor([[1.0, 0.0], [1.0, 0.0]]).double())
    black = math.log(1e-8 / (1 + 2e-8) + 1e-8)
    assert scores[1].tolist() == [-black / 2, black / 2] or torch.allclose(
        scores[1], torch.tensor([-black / 2, black / 2]).double()
    )
    assert scores[0].tolist() == [0, 0]


def test_centred_rows_have_no_mean_where_they_are_seen() -> None:
    seen = visible_entries(5, True)
    scores = centre_rows(torch.randn(5, 5), seen)
    assert torch.allclose(scores.sum(1), torch.zeros(5), atol=1e-6)
    assert bool((scores[~seen] == 0).all())


def test_saturated_pixels_may_overshoot_and_grey_ones_may_not() -> None:
    target = torch.tensor([[0.0, 0.0, -1.0, -0.5]])
    eased = relax_saturated_target(target, torch.tensor([[0.3, 0.4, -1.7, 0.2]]))
    assert torch.allclose(eased, torch.tensor([[0.0, 0.4, -1.7, -0.5]]))
    short = relax_saturated_target(target, torch.tensor([[0.0, -0.4, -0.7, -0.5]]))
    assert torch.equal(short, target)
