"""Ablations: which runs are arms of one, and how fast each is."""

from __future__ import annotations

from typing import Any

import pytest

from lab.models.architecture import Architecture
from lab.training.precision import choose_arithmetic
from lab.training.seed_ablation import AblationRun, losses_by_arm, measure_speeds


def rearing(name: str, seed: int, loss: float, fingerprint: str = "a") -> AblationRun:
    result: dict[str, Any] = {
        "scores": {"select": {"loss": loss}},
        "corpus": {"fingerprint": fingerprint}, "step": 4, "context": 8,
    }  # fmt: skip
    return AblationRun({"name": name, "seed": seed}, result)


def test_seeds_are_told_apart_from_arms() -> None:
    runs = [rearing("smith-seed.0", 0, 1.5), rearing("smith-seed.1", 1, 1.25)]
    runs.append(rearing("standard_g1-seed.1-scale.debug", 1, 1.0))
    assert losses_by_arm(runs) == {
        "smith": {0: 1.5, 1: 1.25},
        "standard_g1-scale.debug": {1: 1.0},
    }


def test_a_seed_counts_once() -> None:
    with pytest.raises(ValueError, match="seed 0 occurs twice in smith"):
        losses_by_arm([rearing("smith-seed.0", 0, 1.5), rearing("smith", 0, 1.25)])


def test_other_data_is_another_ablation() -> None:
    assert rearing("a", 0, 1.0).conditions != rearing("a", 0, 1.0, "b").conditions


def test_a_model_of_more_work_is_slower() -> None:
    small = Architecture(vocab_size=16, dim=16, depth=1, heads=1, dim_head=16)
    large = Architecture(vocab_size=16, dim=64, depth=8, heads=4, dim_head=16)
    exact = choose_arithmetic("cpu", "fp32", False, "auto", 0)
    pace = measure_speeds({"small": small, "large": large}, 32, 4, exact, rounds=3)
    assert pace["small"] > pace["large"] > 0
