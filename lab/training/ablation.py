"""Ablations: the same rearing in several ways, over seeds, by held-out loss and by speed.

Runs count as arms of one ablation where corpus, steps and characters are the same; an arm is all
runs whose names differ by their seed alone. Seeds are paired: the same seed draws the same
initial rows and the same batches in every arm.
"""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from lab.corpora.batches import TextBatches
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.training.learner import Averaging, Learner
from lab.training.optimizers import adam
from lab.training.precision import Arithmetic

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
    noise = np.random.default_rng(0)
    learners, data = {}, {}
    for name, one in architectures.items():
        start = founder(one, torch.Generator().manual_seed(0))
        make = partial(adam, lr=1e-3, beta1=0.9, beta2=0.99, eps=1e-8)
        learners[name] = Learner(start, make, arithmetic, Averaging(0.9, last=1, every=1))
        ids = noise.integers(0, one.vocab_size, 2 * batch * context + 1)
        data[name] = TextBatches(ids, context, batch, seed=0)
    cuda = arithmetic.device.type == "cuda"
    clock = time.perf_counter if cuda else time.process_time
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        for name, learner in learners.items():
            began = clock()
            learner.step(data[name].next(), factor=1.0, clip=1.0, accumulate=1)
            if cuda:
                torch.cuda.synchronize()
            taken[name].append(clock() - began)
    return {name: batch * context / statistics.median(t[1:]) for name, t in taken.items()}
