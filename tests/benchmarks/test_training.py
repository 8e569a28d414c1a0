"""The training benchmark compares like with like: same losses, every figure defined."""

from __future__ import annotations

import pytest
import torch

from lab.benchmarks.loops import TrainingLoop, training_loops
from lab.benchmarks.training import COLUMNS, SIZES, random_batches, run

CPU = torch.device("cpu")


def losses(loop: TrainingLoop, steps: int = 6) -> list[float]:
    step = loop.build_step(SIZES["debug"].architecture, CPU)
    return [step(ids) for ids in random_batches(SIZES["debug"], steps)]


@pytest.mark.parametrize("normalization", ["graph", "step"])
def test_ours_loses_what_the_library_loses(normalization: str) -> None:
    ours, library = (
        losses(TrainingLoop(normalization, torch.float32)),
        losses(TrainingLoop(normalization)),
    )
    assert ours == pytest.approx(library, abs=1e-5)
    assert ours[-1] != pytest.approx(ours[0], abs=1e-2)


def test_the_two_modes_are_different_optimizers() -> None:
    assert losses(TrainingLoop("graph"))[-1] != pytest.approx(
        losses(TrainingLoop("step"))[-1], abs=1e-4
    )


def test_bf16_stays_near() -> None:
    assert losses(TrainingLoop("step", torch.bfloat16)) == pytest.approx(
        losses(TrainingLoop("step")), abs=0.02
    )


def test_every_loop_has_a_name_of_its_own() -> None:
    names = [loop.name for loop in training_loops(compiled=True)]
    assert len(set(names)) == len(names) == 11
    assert {"library", "library, manual", "ours fp32 compiled", "ours bf16 eager, graph"} <= {
        *names
    }


def test_every_figure_is_defined_and_the_peer_is_the_unit() -> None:
    before = torch.get_float32_matmul_precision()
    rows = run(["debug"], rounds=2, memory=False)
    assert torch.get_float32_matmul_precision() == before
    assert {column for row in rows.values() for column in row} == set(COLUMNS)
    assert rows["debug library"]["ratio"] == 1.0
    assert rows["debug library"]["loss_gap"] == 0.0
    assert rows["debug ours fp32 eager, graph"]["loss_gap"] < 1e-5
    for row in rows.values():
        assert row["of_replay"] == pytest.approx(row["replay_ms"] / row["cpu_ms"])
        assert row["of_floor"] == pytest.approx(row["floor_ms"] / row["cpu_ms"])
        assert row["speed"] == pytest.approx(4 * 64 / row["cpu_ms"] * 1e3)


@pytest.mark.parametrize("wrong", [{"sizes": ["huge"]}, {"sizes": []}])
def test_an_unknown_size_is_one_line(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="subject"):
        run(**wrong)
