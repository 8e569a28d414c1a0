"""Ablations: the same rearing in several ways, over seeds, by held-out loss and by speed.

Runs count as arms of one ablation where corpus, steps and characters are the same; an arm is all
runs whose names differ by their seed alone. Seeds are paired: the same seed draws the same
initial rows and the same batches in every arm.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.models.architecture import Architecture
from lab.training.flops import timed
from lab.training.precision import Arithmetic
from lab.training.runtime_estimate import exercise

SEED = re.compile(r"-seed\.\d+")


@dataclass(frozen=True)
class Rearing:
    """A finished rearing: what it was told (config.yaml) and what came of it (result.json)."""

    config: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def arm(self) -> str:
        """Its name without the seed."""
        return SEED.sub("", str(self.config["name"]))

    @property
    def conditions(self) -> tuple[Any, ...]:
        """What must be the same in every arm: the characters learned from, and how many."""
        return self.result["corpus"]["fingerprint"], self.result["step"], self.result["context"]

    @property
    def architecture(self) -> Architecture:
        """Its shape."""
        return Architecture(vocab_size=self.result["vocabulary"], **self.config["model"])


def compare(rearings: Sequence[Rearing]) -> dict[str, dict[int, float]]:
    """Arm -> seed -> loss on select, nats a character; ValueError where a seed occurs twice."""
    arms: dict[str, dict[int, float]] = defaultdict(dict)
    for one in rearings:
        seed = int(one.config["seed"])
        if seed in arms[one.arm]:
            raise ValueError(f"seed {seed} occurs twice in {one.arm}")
        arms[one.arm][seed] = float(one.result["scores"]["select"]["loss"])
    return dict(arms)


def paces(
    architectures: Mapping[str, Architecture],
    context: int,
    batch: int,
    arithmetic: Arithmetic,
    rounds: int = 9,
) -> dict[str, float]:
    """Characters trained on in a CPU second by each: medians over rounds in which all take a turn.

    On a GPU, of wall time. batch windows of context characters a step, on noise.
    """
    steps = {name: exercise(one, context, batch, arithmetic) for name, one in architectures.items()}
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        for name, step in steps.items():
            taken[name].append(timed(step, arithmetic.device))
    return {name: batch * context / statistics.median(t[1:]) for name, t in taken.items()}
