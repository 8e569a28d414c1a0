"""Scores: known answers, whatever the batch and the number of ranks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.training import distributed
from lab.training.learner import Learner
from lab.training.scoring import score

CPU = torch.device("cpu")


def constant(logits: list[float]) -> Callable[[Tensor], Tensor]:
    return lambda ids: torch.tensor(logits).expand(*ids.shape, -1)


@pytest.mark.parametrize("size", [2, 29, 256])
def test_uniform_logits_score_log2_of_the_vocabulary(size: int, drawn: Any) -> None:
    windows = [piece.astype(int) % size for piece in drawn()]
    found = score(constant([0.0] * size), windows, CPU)
    assert found.bpc == pytest.approx(math.log2(size), abs=1e-6)
    assert found.characters.tolist() == [len(window) - 1 for window in windows]


def test_a_known_distribution_scores_its_cross_entropy() -> None:
    windows = [np.array([0, 0, 1, 0]), np.array([1, 0])]
    found = score(constant([math.log(3), 0.0]), windows, CPU)  # 3/4 and 1/4
    bits = [-math.log2(0.75) * 2 - math.log2(0.25), -math.log2(0.75)]
    assert (found.nats / math.log(2)).tolist() == pytest.approx(bits, rel=1e-6)
    assert found.bpc == pytest.approx(sum(bits) / 4)
    assert found.accuracy == 0.75
    assert found.correct.tolist() == [2, 1]


@pytest.mark.parametrize("budget", [1, 50, 300, 10**6])
def test_padded_batches_score_as_one_by_one(learner: Any, drawn: Any, budget: int) -> None:
    predict, windows = learner().predict, drawn(30)
    together = score(predict, windows, CPU, budget)
    alone = [score(predict, [window], CPU) for window in windows]
    assert together.nats.tolist() == pytest.approx([float(one.nats[0]) for one in alone], rel=1e-5)
    assert together.correct.tolist() == [int(one.correct[0]) for one in alone]


def test_the_first_character_is_not_scored_and_the_last_is(learner: Any) -> None:
    model: Learner = learner()
    window = np.arange(10)
    logits = model.predict(torch.arange(9)[None]).detach()
    wanted = torch.nn.functional.cross_entropy(logits[0], torch.arange(1, 10), reduction="sum")
    assert float(score(model.predict, [window], CPU).nats[0]) == pytest.approx(float(wanted))


def test_ranks_share_the_windows(learner: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    predict, windows = learner().predict, drawn(17)
    tables: list[Tensor] = []

    def share(tensors: list[Tensor]) -> None:
        """Keep a rank's own part, then give it the sum, which is that of one rank alone."""
        tables.append(tensors[0].clone())
        tensors[0].copy_(tables[0])

    monkeypatch.setattr(distributed, "all_reduce_sum", share)
    whole = score(predict, windows, CPU)
    monkeypatch.setattr(distributed, "world_size", lambda: 3)
    for rank in range(3):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        assert score(predict, windows, CPU).nats.tolist() == whole.nats.tolist()
    parts = tables[1:]
    assert torch.stack(parts).sum(0)[0].tolist() == pytest.approx(whole.nats.tolist(), rel=1e-5)
    assert ((torch.stack(parts)[:, 1] > 0).sum(0) == 1).all()


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to score"):
        score(constant([0.0, 0.0]), [], CPU)


def test_a_summary_is_plain_and_whole() -> None:
    summary = score(constant([0.0] * 4), [np.array([0, 1, 2])], CPU).summary()
    assert summary == {
        "loss": pytest.approx(math.log(4)), "bpc": pytest.approx(2.0), "accuracy": 0.0,
        "characters": 2, "windows": 1,
    }  # fmt: skip
