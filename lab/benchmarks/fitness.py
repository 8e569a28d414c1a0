"""Fitness benchmark: children scored per second, beside nGPT-pytorch's own model one by one.

Karnin, Koren & Somekh 2013 (successive halving); lucidrains, nGPT-pytorch 0.2.16.

Two related models, trained for a minute on the two halves of the bestiary, are crossed at evenly
spaced alphas; every child is scored on the same held-out windows. The scorers alternate child by
child on one thread; seconds are process CPU time, wall time on CUDA. The library scores batches of
the same windows with its own forward pass and loss, after loading the child's weights. Compiled,
ours is one graph for all children; seconds_before is the time to build it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from lab.benchmarks.population_scoring import run_race, score_one_by_one
from lab.benchmarks.related_models import held_out_windows, train_related_parents
from lab.benchmarks.scorers import (
    Scorer,
    benchmark_arithmetics,
    lab_scorer,
    library_scorer,
    make_compiled_predictor,
    make_eager_predictor,
)
from lab.benchmarks.training import SIZES
from lab.breeding.operators.slerp import slerp
from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate
from lab.breeding.search.racing import Race
from lab.breeding.statistics.window_scores import WindowScores
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.training.compiled_scoring import Predictor

COLUMNS = {
    "children_per_s": "children asked for in a second",
    "ratio": "that over the library's, in its default mode",
    "seconds_before": "wall seconds of the first call on 8 windows, compiling included",
    "seconds": "for the population; where scored one by one, the median child times their number",
    "passes": "children scored on all windows; parts of the windows count as parts",
    "loss_gap": "largest |loss - the library's| of a child, in nats",
    "behind_best": "bpc of its best child over that of the best by full scoring; 0: the same child",
    "windows_saved": "unpaired over paired variance of bpc differences between neighbouring alphas",
}


def run(
    size: str = "3.18M",
    children: int = 16,
    windows: int = 96,
    context: int = 128,
    steps: int = 60,
    batch: int = 1536,
    compiled: bool = True,
) -> dict[str, dict[str, Any]]:
    """Measure each scoring method on one population; return rows of COLUMNS.

    windows are of context characters each. steps are training steps of the parents' ancestor;
    each parent is trained for half as many more. batch is the characters of a forward pass.
    compiled adds the rows of the compiled forward, where there is a C++ compiler.
    ValueError for an unknown size, or too few children, windows or steps.
    """
    if size not in SIZES:
        raise ValueError(f"subject.size: no {size}, choose one of {', '.join(SIZES)}")
    if children < 4 or windows < 8 or steps < 2:
        raise ValueError("subject: at least 4 children, 8 windows and 2 steps are needed")
    model_size = replace(SIZES[size], rows=8, context=context)
    exact, _ = benchmark_arithmetics()
    parents = train_related_parents(model_size, steps, exact)
    builder = ChildBuilder(founders=dict(zip("ab", parents, strict=True)), cross=_cross)
    candidates = [builder.candidate([alpha]) for alpha in np.linspace(0, 1, children)]
    scored_windows = held_out_windows(context)[:windows]
    fp32_eager, fp32_compiled = (
        make_eager_predictor(exact),
        make_compiled_predictor(exact, scored_windows, batch) if compiled else None,
    )
    scorers = _build_scorers(model_size.architecture, fp32_eager, fp32_compiled, batch)
    races = _build_races(candidates, fp32_eager, fp32_compiled)
    table = score_one_by_one(
        scorers, [builder.build(candidate) for candidate in candidates], scored_windows
    )
    raced = {
        name: run_race(builder, race, race_candidates, scored_windows, exact, batch, predictors)
        for name, (race, race_candidates, predictors) in races.items()
    }
    table |= {name: row for name, (row, _) in raced.items()}
    for row in table.values():
        row["ratio"] = row["children_per_s"] / table["library"]["children_per_s"]
    all_scores = raced["ours fp32, a fifth repeated"][1]
    child_scores = [all_scores[builder.key(candidate)] for candidate in candidates]
    table["ours fp32"]["windows_saved"] = windows_saved(child_scores)
    best = min(child_scores, key=lambda child: child.bpc).bpc
    for name, (_, scores) in raced.items():
        best_key = min(scores, key=lambda key: scores[key].bpc)
        table[name]["behind_best"] = all_scores[best_key].bpc - best
    return {name: {column: row.get(column) for column in COLUMNS} for name, row in table.items()}


def _build_scorers(
    architecture: Architecture, eager: Predictor, compiled: Predictor | None, batch: int
) -> dict[str, Scorer]:
    """Return a scorer by the name of its row: the library's in both modes, then the lab's."""
    exact, rounded = benchmark_arithmetics()
    scorers = {
        "library": library_scorer(architecture, True, batch),
        "library, manual": library_scorer(architecture, False, batch),
        "ours fp32": lab_scorer(eager, exact, batch),
        "ours bf16": lab_scorer(make_eager_predictor(rounded), rounded, batch),
    }
    return scorers | (
        {"ours fp32, compiled": lab_scorer(compiled, exact, batch)} if compiled else {}
    )


def _build_races(
    candidates: list[Candidate], eager: Predictor, compiled: Predictor | None
) -> dict[str, tuple[Race, list[Candidate], Predictor]]:
    """Return (race, candidates, predictor) by the name of its row; repeats test the cache."""
    repeats = [{**candidate, "seed": 1} for candidate in candidates[::4]]
    shares = (0.125, 0.25, 0.5, 1.0)
    races = {
        "ours fp32, a fifth repeated": (Race(), candidates + repeats, eager),
        "ours fp32, halving": (Race(shares), candidates, eager),
        "ours fp32, halving where p < 0.1": (Race(shares, level=0.1), candidates, eager),
    }
    if compiled:
        races["ours fp32, compiled, racing"] = (Race(shares, level=0.1), candidates, compiled)
    return races


def windows_saved(scores: Sequence[WindowScores]) -> float:
    """Return the factor of windows saved by scoring neighbours on the same windows.

    The median over neighbours of [var x + var y] / var (x - y), x and y bpc window by window.
    """
    losses = [child_scores.losses for child_scores in scores]
    return statistics.median(
        float((x.var() + y.var()) / max((x - y).var(), 1e-300))
        for x, y in zip(losses, losses[1:], strict=False)
    )


def _cross(parents: Sequence[Genotype], alpha: Sequence[float], _: torch.Generator) -> Genotype:
    return slerp(parents, alpha=alpha[0])
