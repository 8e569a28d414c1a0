"""The run logger: measurements in the run's folder, forgotten past a checkpoint, time left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.records import Run
from lab.workflows.run_logger import RunLogger

CPU = torch.device("cpu")
TRAIN = {"loss": 2.0, "speed": 100.0}


def describe(genotype: Genotype) -> list[str]:
    return [f"{genotype.architecture.dim} wide"]


def recorded() -> list[dict[str, object]]:
    text = Path("experiments/run/metrics.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_measurements_and_samples_are_recorded() -> None:
    genotype = founder(Architecture(29, 16, 1, 1, 16), torch.Generator().manual_seed(0))
    with Run("experiments", "run", {"seed": 1}) as run:
        logger = RunLogger("run", CPU, run, describe)
        logger.log("train", 1, seconds=2.0, spent=0.25, **TRAIN)
        logger.draw(genotype, 2)
    first, second = recorded()
    assert first["left"] == pytest.approx(6.0) and int(str(first["memory"])) > 0
    assert (second["kind"], second["step"], second["texts"]) == ("sample", 2, ["16 wide"])


def test_resuming_drops_what_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    with Run("experiments", "run", {"seed": 1}) as run:
        logger = RunLogger("run", CPU, run, describe)
        for step in (1, 2, 3):
            logger.log("evaluate", step, bpc=1.0, accuracy=0.5)
        logger.resume(2)
    assert [line["step"] for line in recorded()] == [1, 2]
    assert "going on from step 2" in capsys.readouterr().err


def test_time_left_follows_the_latest_pace() -> None:
    logger = RunLogger("run", CPU, None, describe)
    assert logger.remaining_seconds(10.0, 0.5) == pytest.approx(10.0)  # from the start
    assert logger.remaining_seconds(40.0, 0.75) == pytest.approx(30.0)  # 30 s a quarter of late


def test_a_rank_that_does_not_write_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    logger = RunLogger("run", CPU, None, describe)
    logger.log("train", 1, seconds=2.0, spent=0.25, **TRAIN)
    logger.resume(1)
    logger.warn("nothing")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "") and not Path("experiments").exists()
