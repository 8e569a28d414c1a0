"""Result tables: the crosses under a folder, one line per effect and seed, or over the seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lab.breeding.statistics.across_seeds import MIN_SEEDS
from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.decomposition import decompose_vigor
from lab.breeding.statistics.hypothesis_tests import t_interval
from lab.records.experiment_arms import label_arms, read_arm_settings
from lab.records.finished_runs import find_finished_runs

ARM_FIELDS = ("relation", "operator", "search", "rate")


def load_crosses(root: Path, names: str = "*") -> list[dict[str, Any]]:
    """Return the results of the finished crosses under root, each with ARM_FIELDS, seed and more.

    "more" is the rest of the arm's recorded name, "settings" what tells the cross from those of the
    same name bred otherwise ("" where all are one arm), "arm" name and settings together. names is
    one pattern or several with commas between. FileNotFoundError if no cross matches.
    """
    runs = [run for run in find_finished_runs(root, names) if "verdict" in run[1]]
    if not runs:
        raise FileNotFoundError(f"no verdict under {root} is called {names}: lab.breed makes them")
    return [
        {**result, **_arm_values(result["verdict"], settings)}
        for (_, result), settings in zip(runs, _settings_that_differ(runs), strict=True)
    ]


def _arm_values(verdict: Mapping[str, Any], settings: str) -> dict[str, Any]:
    words = verdict["arm"].split()
    return dict(zip(ARM_FIELDS, words, strict=False)) | {
        "more": " ".join(words[len(ARM_FIELDS) :]),
        "settings": settings,
        "arm": f"{verdict['arm']} {settings}".strip(),
        "seed": verdict["seed"],
    }


def _settings_that_differ(runs: Sequence[tuple[Path, Mapping[str, Any]]]) -> list[str]:
    """For each run, its study where its arm's name occurs in several, and its differing keys."""
    by_study: dict[str, list[int]] = defaultdict(list)
    studies_by_name: dict[str, set[str]] = defaultdict(set)
    for index, (_, result) in enumerate(runs):
        by_study[result.get("study", "")].append(index)
        studies_by_name[result["verdict"]["arm"]].add(result.get("study", ""))
    settings = [""] * len(runs)
    for study, indices in by_study.items():
        arms = [(runs[i][1]["verdict"]["arm"], read_arm_settings(runs[i][0])) for i in indices]
        for i, (name, _), label in zip(indices, arms, label_arms(arms), strict=True):
            where = study if len(studies_by_name[name]) > 1 else ""
            settings[i] = f"{where} {label.removeprefix(name).strip()}".strip()
    return settings


def effects_table(
    results: Iterable[Mapping[str, Any]], control_arms: Sequence[ControlArm] | None = None
) -> pd.DataFrame:
    """Return one line per cross and role of its decomposition: ARM_FIELDS, arm, seed, effect, bpc.

    control_arms are the lab's by default.
    """
    lines = [
        {**{key: result.get(key, "") for key in (*ARM_FIELDS, "more", "settings", "seed")},
         "arm": result.get("arm", result["verdict"]["arm"]), "effect": role, "bpc": value}
        for result in results
        for role, value in decompose_vigor(result["verdict"], control_arms).items()
    ]  # fmt: skip
    columns = [*ARM_FIELDS, "more", "settings", "seed", "arm", "effect", "bpc"]
    return pd.DataFrame(lines, columns=columns)


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
