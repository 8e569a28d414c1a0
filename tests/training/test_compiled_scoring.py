"""One graph scores as the eager forward does, is compiled once, and only where that pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lab.training import compiled_scoring
from lab.training.compiled_scoring import compiled_predictor, is_worth_compiling
from lab.training.learner import predictor
from lab.training.precision import Arithmetic, can_compile
from lab.training.scoring import score

quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning")
compiling = pytest.mark.skipif(not can_compile(), reason="needs g++ or clang++")


def texts(count: int, length: int = 33) -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.integers(0, 29, length) for _ in range(count)]


@quiet
@compiling
def test_one_graph_scores_every_child_as_the_eager_forward_does(
    genotype: Any, arithmetic: Arithmetic
) -> None:
    windows = [*texts(10), *texts(9, 20)]  # of the shorter more fit a batch than the graph takes
    predictors = compiled_predictor(windows, arithmetic, budget=4 * 32)

    def check(seed: int) -> float:
        child = genotype(seed, depth=1)
        eager = score(predictor(child, arithmetic), windows, arithmetic.device, 4 * 32)
        found = score(predictors(child), windows, arithmetic.device, 4 * 32)
        assert found.characters.tolist() == eager.characters.tolist()
        assert float(np.abs((found.nats - eager.nats) / eager.characters).max()) <= 1e-5
        part = score(predictors(child), windows[4:7], arithmetic.device, 4 * 32)
        assert part.nats.tolist() == found.nats[4:7].tolist()
        return found.loss

    first = check(0)
    with torch._dynamo.config.patch(error_on_recompile=True):
        assert first != check(1) != check(2)  # the weights are arguments, not constants


def test_a_graph_pays_for_long_searches_on_even_windows(
    genotype: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    architecture, windows = genotype().architecture, texts(40)
    assert not is_worth_compiling(architecture, windows, 10**3)
    assert is_worth_compiling(architecture, windows, 10**8) and is_worth_compiling(
        architecture, 10**3 * windows, 10**5
    )
    monkeypatch.setattr(compiled_scoring, "GRAPH_MIN_OPERATIONS", 0.0)
    assert is_worth_compiling(architecture, windows, 1) and is_worth_compiling(
        architecture, [*windows, *texts(1, 5)], 1
    )
    assert not is_worth_compiling(
        architecture, drawn(40), 1
    )  # drawings: half of every batch would be padding
