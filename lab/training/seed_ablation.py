"""Seed ablation: arms of a training experiment over seeds, by held-out loss and by speed.

Runs count as arms of one ablation where corpus, steps and characters are the same; an arm is all
runs whose names and settings differ by their seed alone. Seeds are paired: the same seed draws the
same initial rows and the same batches in every arm.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.models.architecture import Architecture
from lab.training.flops import measure_seconds
from lab.training.precision import Arithmetic
from lab.training.runtime_estimate import make_training_step

SEED = re.compile(r"-seed\.\d+")


@dataclass(frozen=True)
class AblationRun:
    """A finished training run: its config.yaml, its result.json and, where known, its arm."""

    config: Mapping[str, Any]
    result: Mapping[str, Any]
    label: str = ""

    @property
    def arm(self) -> str:
        """The label of the run's arm; without one, the run's name without its seed."""
        return self.label or SEED.sub("", str(self.config["name"]))

    @property
    def conditions(self) -> tuple[Any, ...]:
        """What must be equal in every arm: corpus fingerprint, steps and context."""
        return self.result["corpus"]["fingerprint"], self.result["step"], self.result["context"]

    @property
    def architecture(self) -> Architecture:
        """The architecture of the trained model."""
        return Architecture(vocab_size=self.result["vocabulary"], **self.config["model"])


def losses_by_arm(runs: Sequence[AblationRun]) -> dict[str, dict[int, float]]:
    """Arm -> seed -> loss on select, nats a character; ValueError where a seed occurs twice."""
    arms: dict[str, dict[int, float]] = defaultdict(dict)
    for run in runs:
        seed = int(run.config["seed"])
        if seed in arms[run.arm]:
            raise ValueError(f"seed {seed} occurs twice in {run.arm}")
        arms[run.arm][seed] = float(run.result["scores"]["select"]["loss"])
    return dict(arms)


def measure_speeds(
    architectures: Mapping[str, Architecture],
    context: int,
    batch: int,
    arithmetic: Arithmetic,
    rounds: int = 9,
) -> dict[str, float]:
    """Measure training speed by name, in characters per CPU second (on a GPU, per wall second).

    The median over rounds in which each architecture takes one step of batch windows of noise.
    """
    steps = {
        name: make_training_step(architecture, context, batch, arithmetic)
        for name, architecture in architectures.items()
    }
    durations: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        for name, step in steps.items():
            durations[name].append(measure_seconds(step, arithmetic.device))
    return {name: batch * context / statistics.median(t[1:]) for name, t in durations.items()}
