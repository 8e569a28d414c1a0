"""An ensemble predicts by the mean of its members' probabilities."""

from __future__ import annotations

import torch
from torch import Tensor

from lab.training.ensemble import ensemble


def always(*chances: float) -> Tensor:
    return torch.tensor(chances).log().expand(1, 2, -1)


def test_probabilities_are_averaged() -> None:
    both = ensemble([lambda _: always(0.8, 0.2) + 3.0, lambda _: always(0.2, 0.8)])
    torch.testing.assert_close(both(torch.zeros(1, 2)).exp(), torch.full((1, 2, 2), 0.5))


def test_one_alone_is_itself() -> None:
    alone = ensemble([lambda _: always(0.7, 0.3)])
    torch.testing.assert_close(alone(torch.zeros(1, 2)), always(0.7, 0.3))
