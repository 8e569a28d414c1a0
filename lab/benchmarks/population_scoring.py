"""Population scoring: the time to score children one by one, or by racing.

Karnin, Koren & Somekh 2013, "Almost optimal exploration in multi-armed bandits" (halving).
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from lab.benchmarks.scorers import (
    Scorer,
    Windows,
    benchmark_clock,
)
from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator
from lab.breeding.search.racing import Race
from lab.breeding.statistics.window_scores import WindowScores, windows_in_share
from lab.models.genotype import Genotype
from lab.training.compiled_scoring import Predictor
from lab.training.precision import Arithmetic
from lab.training.scoring import score


def score_one_by_one(
    scorers: dict[str, Scorer], population: Sequence[Genotype], windows: Windows
) -> dict[str, dict[str, Any]]:
    """Time every scorer on every child in turn, after one child to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in scorers}
    losses: dict[str, list[float]] = {name: [] for name in scorers}
    first_call_seconds: dict[str, float] = {}
    for name, scorer in scorers.items():
        start_time = time.perf_counter()
        scorer(population[0], windows[:8])
        first_call_seconds[name] = time.perf_counter() - start_time
    for child in population:
        for name, scorer in scorers.items():
            start = benchmark_clock()
            losses[name].append(scorer(child, windows))
            seconds[name].append(benchmark_clock() - start)
    best = min(losses["ours fp32"])
    return {
        name: {
            "children_per_s": 1 / statistics.median(taken),
            "seconds_before": first_call_seconds[name],
            "seconds": statistics.median(taken) * len(population),
            "passes": float(len(population)),
            "loss_gap": float(np.abs(np.subtract(losses[name], losses["library"])).max()),
            "behind_best": (losses["ours fp32"][int(np.argmin(losses[name]))] - best) / math.log(2),
        }
        for name, taken in seconds.items()
    }


def run_race(
    builder: ChildBuilder,
    race: Race,
    candidates: list[Candidate],
    windows: Windows,
    arithmetic: Arithmetic,
    batch: int,
    predictors: Predictor,
) -> tuple[dict[str, Any], dict[str, WindowScores]]:
    """Time a race, breeding and hashing included; also return the full scores by key."""
    fresh = replace(builder)  # with an empty cache

    def score_candidate(
        candidate: Candidate, share: float, previous: WindowScores | None = None
    ) -> WindowScores:
        remaining_windows = windows[
            len(previous) if previous else 0 : windows_in_share(share, len(windows))
        ]
        scores = score(
            predictors(fresh.build(candidate)), remaining_windows, arithmetic.device, batch
        )
        return previous.concatenate(scores) if previous else scores

    torch.set_float32_matmul_precision(arithmetic.matmul)
    evaluate = FitnessEvaluator(score_candidate, fresh.key, extend=score_candidate)
    start = benchmark_clock()
    order, scores = race.run(candidates, evaluate)
    seconds = benchmark_clock() - start
    passes = evaluate.result().cost
    row = {"children_per_s": len(candidates) / seconds, "seconds": seconds, "passes": passes}
    return row, {
        evaluate.child_key(candidates[i]): child_scores
        for i, child_scores in zip(order, scores, strict=False)
    }
