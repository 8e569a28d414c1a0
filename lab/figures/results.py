"""Result tables: the crosses under a folder, one line per effect and seed, or over the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lab.breeding.statistics.across_seeds import MIN_SEEDS
from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.decomposition import decompose_vigor
from lab.breeding.statistics.hypothesis_tests import t_interval
from lab.records.finished_runs import find_finished_runs

ARM_FIELDS = ("relation", "operator", "search", "rate")


def load_crosses(root: Path, names: str = "*") -> list[dict[str, Any]]:
    """Return the results of the finished crosses under root, each with ARM_FIELDS, more and seed.

    names is one pattern or several with commas between. FileNotFoundError if no cross matches.
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


def effects_table(
    results: Iterable[Mapping[str, Any]], control_arms: Sequence[ControlArm] | None = None
) -> pd.DataFrame:
    """Return one line per cross and role of its decomposition: ARM_FIELDS, seed, effect, bpc.

    control_arms are the lab's by default.
    """
    lines = [
        {**{key: result.get(key, "") for key in (*ARM_FIELDS, "more", "seed")},
         "arm": result["verdict"]["arm"], "effect": role, "bpc": value}
        for result in results
        for role, value in decompose_vigor(result["verdict"], control_arms).items()
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=[*ARM_FIELDS, "more", "seed", "arm", "effect", "bpc"])


def average_over_seeds(frame: pd.DataFrame, by: Sequence[str] = ("arm", "effect")) -> pd.DataFrame:
    """Return each group's mean over seeds, Student's 95 % interval from MIN_SEEDS on, and count.

    ValueError for a group in which a seed occurs twice: its rows are not independent.
    """
    lines = []
    for key, group in frame.groupby(list(by), sort=False):
        if (repeated := group["seed"][group["seed"].duplicated()]).size:
            label = " ".join(map(str, key if isinstance(key, tuple) else (key,)))
            raise ValueError(
                f"seed {repeated.iloc[0]} occurs {(group['seed'] == repeated.iloc[0]).sum()} times "
                f"in {label!r}: choose one arm, or group by more than {', '.join(by)}"
            )
        values = group["bpc"].to_numpy(float)
        low = high = float("nan")
        if len(values) >= MIN_SEEDS:
            low, high = t_interval(values)
        group_values = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        lines.append(
            {**group_values, "mean": values.mean(), "low": low, "high": high, "seeds": len(values)}
        )
    return pd.DataFrame(lines)
