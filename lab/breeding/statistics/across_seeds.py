"""Verdict across seeds: mean, intervals and tests of every effect and arm, and a claim for each.

Efron 1987 (BCa), Student 1908 (paired t), Fisher 1935 (sign flips), Holm 1979, Schuirmann 1987
(equivalence): see `bootstrap` and `hypothesis_tests`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lab.breeding.statistics.bootstrap import bca_interval
from lab.breeding.statistics.hypothesis_tests import (
    EQUIVALENCE_MARGIN,
    MAX_SIGN_FLIP_VALUES,
    equivalence_test,
    holm_correction,
    paired_t_test,
    sign_flip_test,
    t_interval,
)

MIN_SEEDS = 5  # with fewer seeds nothing is tested
SIGNIFICANCE_LEVEL = 0.05
DESCRIPTIVE_EFFECTS = ("barrier", "dip")  # of one sign by definition: nothing to test


def summarise_verdicts(
    results: Sequence[dict[str, Any]],
    generator: np.random.Generator,
    *,
    margin: float = EQUIVALENCE_MARGIN,
    min_seeds: int = MIN_SEEDS,
) -> dict[str, Any]:
    """Turn the verdicts of several seeds into one table: effect -> arm -> numbers and a claim.

    For each effect and arm, over the seeds: mean, BCa interval, Student's interval (BCa covers too
    little at five seeds), two-sided paired t and its p, one-sided exact sign flips, Holm's p over
    the arms of the same effect, p of equivalence to 0 within `margin` bpc. The claim is

        positive, negative     Holm's p < 0.05 and both intervals exclude 0
        ..., within the margin  the same, and equivalence has p < 0.05 too
        none                   only equivalence has p < 0.05
        clones                 none, and every champion is a copy of a parent
        the same               champion and control are the same individual in every seed; no test
        undecided              neither test has
        not enough seeds       fewer than `min_seeds`; no test

    Barrier and dip get mean and intervals only. ValueError where a seed occurs twice in an arm.
    """
    table: dict[str, dict[str, Any]] = {}
    bootstrap_seed = int(generator.integers(2**32))
    clones = _clone_arms(results)
    for (effect, arm), by_seed in sorted(_group_by_effect(results).items()):
        row = _describe(by_seed, np.random.default_rng(bootstrap_seed), min_seeds)
        if "low" in row and effect not in DESCRIPTIVE_EFFECTS and any(row["values"]):
            row |= _run_tests(row["values"], margin)
        table.setdefault(effect, {})[arm] = row
    for effect, arms in table.items():
        _apply_holm(arms)
        for arm, row in arms.items():
            row["claim"] = _format_claim(row, min_seeds, effect, arm in clones)
    return {
        "seeds_needed": min_seeds,
        "margin": margin,
        "interval": "95 % BCa bootstrap of the mean over seeds; t_low, t_high: Student's",
        "effects": table,
    }


def _group_by_effect(
    results: Sequence[dict[str, Any]],
) -> dict[tuple[str, str], dict[int, float | None]]:
    grouped: dict[tuple[str, str], dict[int, float | None]] = {}
    for result in results:
        effects = {name: effect["value"] for name, effect in result["effects"].items()}
        if result.get("barrier"):
            effects |= {name: result["barrier"][name] for name in ("barrier", "dip")}
        for effect, value in effects.items():
            by_seed = grouped.setdefault((effect, result["arm"]), {})
            if result["seed"] in by_seed:
                raise ValueError(f"seed {result['seed']} occurs twice in arm {result['arm']!r}")
            by_seed[result["seed"]] = value
    return grouped


def _describe(
    by_seed: dict[int, float | None], generator: np.random.Generator, min_seeds: int
) -> dict[str, Any]:
    seeds = sorted(by_seed)
    values = [value for seed in seeds if (value := by_seed[seed]) is not None]
    row: dict[str, Any] = {
        "seeds": seeds,
        "values": [by_seed[seed] for seed in seeds],
        "diverged": len(seeds) - len(values),
        "mean": float(np.mean(values)) if values else None,
    }
    if len(seeds) >= min_seeds and not row["diverged"]:
        row["low"], row["high"] = bca_interval(np.array(values), generator)
        row["t_low"], row["t_high"] = t_interval(values)
    return row


def _run_tests(values: Sequence[float], margin: float) -> dict[str, float | None]:
    t, p = paired_t_test(values)
    return {
        "t": t if np.isfinite(t) else None,
        "p": p,
        "p_sign_flip": sign_flip_test(values) if len(values) <= MAX_SIGN_FLIP_VALUES else None,
        "p_equivalent": equivalence_test(values, margin=margin),
    }


def _apply_holm(arms: dict[str, Any]) -> None:
    tested_rows = [row for row in arms.values() if "p" in row]
    for row, adjusted in zip(
        tested_rows, holm_correction([row["p"] for row in tested_rows]), strict=True
    ):
        row["p_holm"] = adjusted


def _clone_arms(results: Sequence[dict[str, Any]]) -> set[str]:
    """The arms in which every champion is a copy of a parent."""
    all_clones: dict[str, bool] = {}
    for result in results:
        arm = result["arm"]
        all_clones[arm] = all_clones.get(arm, True) and bool(result.get("clone_of"))
    return {arm for arm, all_cloned in all_clones.items() if all_cloned}


def _format_claim(row: dict[str, Any], min_seeds: int, effect: str, clones: bool) -> str:
    if len(row["seeds"]) < min_seeds:
        return f"not enough seeds ({len(row['seeds'])} of {min_seeds})"
    if row["diverged"]:
        return f"{row['diverged']} of {len(row['seeds'])} diverged"
    if effect in DESCRIPTIVE_EFFECTS:
        return "described only"
    if "p" not in row:
        return "clones" if clones else "the same"
    equivalent = row["p_equivalent"] < SIGNIFICANCE_LEVEL
    ends = (row["low"], row["t_low"]), (row["high"], row["t_high"])
    if row["p_holm"] < SIGNIFICANCE_LEVEL and (min(ends[0]) > 0 or max(ends[1]) < 0):
        side = "positive" if row["mean"] > 0 else "negative"
        return f"{side}, within the margin" if equivalent else side
    if equivalent:
        return "clones" if clones else "none"
    return "undecided"
