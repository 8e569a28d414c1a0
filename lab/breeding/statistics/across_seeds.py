"""The verdict over seeds: every effect of every arm, with tests that hold, or no claim at all.

Efron 1987 (BCa), Student 1908 (paired t), Fisher 1935 (sign flips), Holm 1979, Schuirmann 1987
(equivalence): `bootstrap` and `statistics` have them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lab.breeding.statistics.bootstrap import bca
from lab.breeding.statistics.hypothesis_tests import (
    MARGIN,
    MOST_SEEDS,
    equivalence,
    holm,
    paired_t,
    sign_flip,
    t_interval,
)

ENOUGH = 5  # seeds
SIGNIFICANT = 0.05
DESCRIBED = ("barrier", "dip")  # one is never negative, the other never positive: nothing to test


def summarise(
    results: Sequence[dict[str, Any]],
    generator: np.random.Generator,
    *,
    margin: float = MARGIN,
    enough: int = ENOUGH,
) -> dict[str, Any]:
    """Turn the verdicts of several seeds into one table: effect -> arm -> numbers and a claim.

    For each effect and arm, over the seeds: mean, BCa interval, two-sided paired t and its p,
    one-sided exact sign flips, Holm's p over the arms of the same effect, p of equivalence to 0
    within `margin` bpc; beside BCa, which covers too little at five seeds (`bootstrap.bca`),
    Student's interval. The claim is "positive" or "negative" where Holm's p is below 0.05 and
    both intervals exclude 0, with "within the margin" where equivalence has p < 0.05 too; "none"
    where only equivalence has, otherwise "undecided"; below `enough` seeds it is "not enough
    seeds" and nothing is tested. Where champion and control are one in every seed it is "the
    same", and where every champion is a parent's clone "none" is "clones": neither says what a
    test says, and the former is no part of Holm's family. Barrier and dip get mean and intervals
    only. ValueError where a seed occurs twice in an arm.
    """
    table: dict[str, dict[str, Any]] = {}
    draws = int(generator.integers(2**32))
    clones = _clones(results)
    for (effect, arm), by_seed in sorted(_by_effect(results).items()):
        row = _describe(by_seed, np.random.default_rng(draws), enough)
        if "low" in row and effect not in DESCRIBED and any(row["values"]):
            row |= _tests(row["values"], margin)
        table.setdefault(effect, {})[arm] = row
    for effect, arms in table.items():
        _correct(arms)
        for arm, row in arms.items():
            row["claim"] = _claim(row, enough, effect, arm in clones)
    return {
        "seeds_needed": enough,
        "margin": margin,
        "interval": "95 % BCa bootstrap of the mean over seeds; t_low, t_high: Student's",
        "effects": table,
    }


def _by_effect(
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
    by_seed: dict[int, float | None], generator: np.random.Generator, enough: int
) -> dict[str, Any]:
    seeds = sorted(by_seed)
    values = [value for seed in seeds if (value := by_seed[seed]) is not None]
    row: dict[str, Any] = {
        "seeds": seeds,
        "values": [by_seed[seed] for seed in seeds],
        "diverged": len(seeds) - len(values),
        "mean": float(np.mean(values)) if values else None,
    }
    if len(seeds) >= enough and not row["diverged"]:
        row["low"], row["high"] = bca(np.array(values), generator)
        row["t_low"], row["t_high"] = t_interval(values)
    return row


def _tests(values: Sequence[float], margin: float) -> dict[str, float | None]:
    t, p = paired_t(values)
    return {
        "t": t if np.isfinite(t) else None,
        "p": p,
        "p_sign_flip": sign_flip(values) if len(values) <= MOST_SEEDS else None,
        "p_equivalent": equivalence(values, margin=margin),
    }


def _correct(arms: dict[str, Any]) -> None:
    tested = [row for row in arms.values() if "p" in row]
    for row, adjusted in zip(tested, holm([row["p"] for row in tested]), strict=True):
        row["p_holm"] = adjusted


def _clones(results: Sequence[dict[str, Any]]) -> set[str]:
    """The arms in which every champion is a copy of a parent."""
    found: dict[str, bool] = {}
    for result in results:
        arm = result["arm"]
        found[arm] = found.get(arm, True) and bool(result.get("clone_of"))
    return {arm for arm, always in found.items() if always}


def _claim(row: dict[str, Any], enough: int, effect: str, clones: bool) -> str:
    if len(row["seeds"]) < enough:
        return f"not enough seeds ({len(row['seeds'])} of {enough})"
    if row["diverged"]:
        return f"{row['diverged']} of {len(row['seeds'])} diverged"
    if effect in DESCRIBED:
        return "described only"
    if "p" not in row:
        return "clones" if clones else "the same"
    alike = row["p_equivalent"] < SIGNIFICANT
    ends = (row["low"], row["t_low"]), (row["high"], row["t_high"])
    if row["p_holm"] < SIGNIFICANT and (min(ends[0]) > 0 or max(ends[1]) < 0):
        side = "positive" if row["mean"] > 0 else "negative"
        return f"{side}, within the margin" if alike else side
    if alike:
        return "clones" if clones else "none"
    return "undecided"
