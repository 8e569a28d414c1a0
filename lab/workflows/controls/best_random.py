"""Control arm best random: the best on select of children with random coefficients."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores | None:
    """Draw and score children on select, the best one on report; None without coefficients."""
    from lab.breeding.search.coefficient_search import random_draws
    from lab.workflows.run_search import run_search

    cross, draws = setting.cross, setting.options["draws"]
    if not cross.operator.varied:
        return None
    search, log = partial(random_draws, budget=draws), setting.folder / "random.jsonl"
    result = run_search(setting.scorer, search, cross.builder, log, cross.header, setting.seed)
    entries = result.record[1:]  # the first is the gen-0 child
    setting.on_select["random"] = {"draws": draws, "bpc": [entry["bpc"] for entry in entries]}
    best = min(entries, key=lambda entry: inf if entry["bpc"] is None else entry["bpc"])
    return setting.score_genotype(ARM.name, cross.builder.build(best["candidate"]))


ARM = ControlArm(
    name="best random",
    says="over the best of random alphas",
    scores=scores,
    role="over random alphas",
    needs="draws",
    order=70,
)
