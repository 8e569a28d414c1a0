"""Crosses under a folder as tidy tables: one line an effect and a seed, or over the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lab.breeding.statistics.across_seeds import MIN_SEEDS
from lab.breeding.statistics.decomposition import decompose_vigor
from lab.breeding.statistics.hypothesis_tests import t_interval
from lab.records.finished_runs import find_finished_runs

ARM_FIELDS = ("relation", "operator", "search", "rate")


def load_crosses(root: Path, names: str = "*") -> list[dict[str, Any]]:
    """Results of the finished crosses under root whose names fit, each with TOLD and seed.

    names may be several patterns with commas between. FileNotFoundError where there is none.
    """
    crosses = []
    for _, result in find_finished_runs(root, names):
        if "verdict" in result:
            words = result["verdict"]["arm"].split()
            arm_values = dict(zip(ARM_FIELDS, words, strict=False)) | {
                "more": " ".join(words[len(ARM_FIELDS) :])
            }
            crosses.append({**result, **arm_values, "seed": result["verdict"]["seed"]})
    if not crosses:
        raise FileNotFoundError(f"no verdict under {root} is called {names}: lab.breed makes them")
    return crosses


def effects_table(results: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """One line per cross and role of `decomposition.ROLES`: TOLD, arm, seed, effect, bpc."""
    lines = [
        {**{key: result.get(key, "") for key in (*ARM_FIELDS, "more", "seed")},
         "arm": result["verdict"]["arm"], "effect": role, "bpc": value}
        for result in results
        for role, value in decompose_vigor(result["verdict"]).items()
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=[*ARM_FIELDS, "more", "seed", "arm", "effect", "bpc"])


def average_over_seeds(frame: pd.DataFrame, by: Sequence[str] = ("arm", "effect")) -> pd.DataFrame:
    """Mean over seeds of each group, Student's 95 % interval from ENOUGH seeds on, and how many."""
    lines = []
    for key, group in frame.groupby(list(by), sort=False):
        values = group["bpc"].to_numpy(float)
        low = high = float("nan")
        if len(values) >= MIN_SEEDS:
            low, high = t_interval(values)
        group_values = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        lines.append(
            {**group_values, "mean": values.mean(), "low": low, "high": high, "seeds": len(values)}
        )
    return pd.DataFrame(lines)
