"""The fitness benchmark: all scorers agree, races spend what they say, figures hang together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lab.benchmarks.fitness import COLUMNS, run, windows_saved
from lab.benchmarks.related_models import held_out_windows, train_related_parents
from lab.benchmarks.scorers import benchmark_arithmetics
from lab.benchmarks.training import SIZES
from lab.breeding.statistics.window_scores import WindowScores
from lab.training.precision import can_compile


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_figures_hang_together() -> None:
    table = run(size="debug", children=5, windows=16, context=32, steps=4)
    assert all(list(row) == list(COLUMNS) for row in table.values())
    assert table["library"]["ratio"] == 1.0
    assert table["library, manual"]["loss_gap"] < 1e-5
    assert table["ours fp32"]["loss_gap"] < 1e-5
    assert 0 < table["ours bf16"]["loss_gap"] < 1e-2
    assert table["ours fp32, a fifth repeated"]["passes"] == 5
    if can_compile():
        assert 0 < table["ours fp32, compiled"]["loss_gap"] < 1e-5
        halved = table["ours fp32, halving where p < 0.1"]["passes"]
        assert table["ours fp32, compiled, racing"]["passes"] == halved
    # 5, 3, 2 and 1 children come to an eighth, a quarter, a half and all of the windows
    assert table["ours fp32, halving"]["passes"] == 5 / 8 + 3 / 8 + 2 / 4 + 1 / 2
    assert table["ours fp32, halving where p < 0.1"]["passes"] <= 5
    assert all(row["behind_best"] >= 0 for row in table.values())
    assert table["ours fp32, a fifth repeated"]["behind_best"] == 0.0


def test_pairing_takes_out_what_windows_have_in_common() -> None:
    generator = np.random.default_rng(0)
    hard = generator.normal(100, 10, 400)
    population = [
        WindowScores(hard + generator.normal(0, 1, 400), np.full(400, 10, np.int64))
        for _ in range(5)
    ]
    assert windows_saved(population) == pytest.approx(202 / 2, rel=0.2)


def test_the_parents_are_relatives_who_have_learned_apart() -> None:
    exact, _ = benchmark_arithmetics()
    a, b = train_related_parents(SIZES["debug"], 4, exact)
    cosines = (a.rows * b.rows).sum(-1)
    assert float(cosines.min()) > 0.5 and float(cosines.mean()) < 0.99999


def test_windows_are_full_and_always_the_same() -> None:
    first, again = held_out_windows(128), held_out_windows(128)
    assert len(first) > 96 and {len(window) for window in first} == {129}
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("wrong", [{"size": "huge"}, {"children": 3}, {"windows": 2}])
def test_what_cannot_be_measured_is_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="subject"):
        run(**wrong)
