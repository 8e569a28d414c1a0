"""Crosses under a folder as tidy tables: one line an effect and a seed, or over the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lab.breeding.statistics.across_seeds import ENOUGH
from lab.breeding.statistics.decomposition import decompose
from lab.breeding.statistics.hypothesis_tests import t_interval
from lab.records.finished_runs import finished

TOLD = ("relation", "operator", "search", "rate")


def crosses(root: Path, names: str = "*") -> list[dict[str, Any]]:
    """Results of the finished crosses under root whose names fit, each with TOLD and seed.

    names may be several patterns with commas between. FileNotFoundError where there is none.
    """
    found = []
    for _, result in finished(root, names):
        if "verdict" in result:
            words = result["verdict"]["arm"].split()
            told = dict(zip(TOLD, words, strict=False)) | {"more": " ".join(words[len(TOLD) :])}
            found.append({**result, **told, "seed": result["verdict"]["seed"]})
    if not found:
        raise FileNotFoundError(f"no verdict under {root} is called {names}: lab.breed makes them")
    return found


def effects(results: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """One line per cross and role of `decomposition.ROLES`: TOLD, arm, seed, effect, bpc."""
    lines = [
        {**{key: one.get(key, "") for key in (*TOLD, "more", "seed")},
         "arm": one["verdict"]["arm"], "effect": role, "bpc": value}
        for one in results
        for role, value in decompose(one["verdict"]).items()
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=[*TOLD, "more", "seed", "arm", "effect", "bpc"])


def over_seeds(frame: pd.DataFrame, by: Sequence[str] = ("arm", "effect")) -> pd.DataFrame:
    """Mean over seeds of each group, Student's 95 % interval from ENOUGH seeds on, and how many."""
    lines = []
    for key, group in frame.groupby(list(by), sort=False):
        values = group["bpc"].to_numpy(float)
        low = high = float("nan")
        if len(values) >= ENOUGH:
            low, high = t_interval(values)
        told = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        lines.append(
            {**told, "mean": values.mean(), "low": low, "high": high, "seeds": len(values)}
        )
    return pd.DataFrame(lines)
