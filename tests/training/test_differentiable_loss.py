"""Losses that a genotype can be differentiated by."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lab.breeding.operators.fisher import fisher_information
from lab.models import network
from lab.models.genotype import Architecture, founder
from lab.training.differentiable_loss import differentiable_losses

SHAPE = Architecture(vocab_size=5, dim=8, depth=1, heads=1, dim_head=4)


def test_a_loss_is_the_nats_of_its_window() -> None:
    one, window = founder(SHAPE, torch.Generator().manual_seed(0)), np.array([1, 4, 2], np.uint8)
    logits = network.forward(SHAPE, one.rows, one.scales, torch.tensor([[1, 4]]))
    wanted = F.cross_entropy(logits[0], torch.tensor([4, 2]), reduction="sum")
    assert float(differentiable_losses([window])[0](one)) == pytest.approx(float(wanted))


def test_a_row_that_no_window_uses_matters_less() -> None:
    one = founder(SHAPE, torch.Generator().manual_seed(0))
    known = fisher_information(one, differentiable_losses([np.array([1, 1, 1, 1], np.uint8)]))
    assert known[1] > known[3] > 0
