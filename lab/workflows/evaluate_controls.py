"""Control evaluation: a child beside its parents and its control arms, scored on the report split.

Only individuals that stand in the verdict's table are scored on report; the random children and
the curve between the parents are measured on select.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.lerp import geodesic_operator
from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.coefficient_search import grid
from lab.breeding.statistics.control_arms import ControlArm, select_arms
from lab.breeding.statistics.vigor import compute_verdict
from lab.workflows.control_setting import ControlSetting
from lab.workflows.run_search import run_search
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer


def evaluate_controls(
    searched: SearchedCross,
    siblings: SearchedCross | None,
    scorer: SplitScorer,
    options: Mapping[str, Any],
    folder: Path,
    *,
    verdict_arm: str,
    seed: int,
    arms: Sequence[ControlArm] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the verdict with the control arms that are asked for, and what select was used for.

    options is the `controls` node, verdict_arm the label of the cross in tables over seeds, seed
    the whole tree's. arms replaces the arms that options asks for.
    """
    child = searched.score_cross(scorer, "child")
    setting = ControlSetting(searched, siblings, scorer, child, options, folder, seed)
    scores = score_arms(setting, select_arms(options) if arms is None else arms)
    curve = geodesic_curve(setting, options["points"]) if options["points"] else None
    verdict = compute_verdict(
        child,
        np.random.default_rng(seed),
        arm=verdict_arm,
        seed=seed,
        siblings=next(iter(scores["excess"].values()), None),
        controls=scores["advantage"],
        ensemble=next(iter(scores["gap"].values()), None),
        curve=curve,
    )
    if verdict["barrier"] and len(searched.cross.individuals) > 2:
        verdict["barrier"]["between"] = list(searched.cross.individuals)[:2]
    on_select = {name: scores.bpc for name, scores in searched.select_scores.items()}
    measured = {"select": on_select, "random": None, "geodesic": curve}
    return verdict, measured | setting.on_select


def score_arms(setting: ControlSetting, arms: Sequence[ControlArm]) -> dict[str, dict[str, Any]]:
    """Return the scores of every arm by effect and label; per-parent arms go parent by parent."""
    scores: dict[str, dict[str, Any]] = {"advantage": {}, "gap": {}, "excess": {}}
    for per_parent, group in groupby(arms, key=lambda arm: arm.per_parent):
        members = list(group)
        if per_parent:
            tasks = [
                (arm, arm.label(parent), partial(arm.scores, setting, parent))
                for parent in setting.cross.individuals
                for arm in members
            ]
        else:
            tasks = [(arm, arm.name, partial(arm.scores, setting)) for arm in members]
        for arm, label, compute in tasks:
            if (arm_scores := compute()) is not None:
                scores[arm.effect][label] = arm_scores
    return scores


def geodesic_curve(setting: ControlSetting, points: int) -> list[float] | None:
    """Return bpc on select at even steps between the first two parents; None where infinite."""
    cross = setting.cross
    founders = dict(list(cross.builder.founders.items())[:2])
    operator = geodesic_operator(cross.prepared.parents[0].architecture)
    builder = ChildBuilder(founders=founders, cross=BoundOperator(operator, {}))
    log, search = setting.folder / "geodesic.jsonl", partial(grid, points=points)
    result = run_search(setting.scorer, search, builder, log, {"parents": list(founders)}, 0)
    curve = [entry["bpc"] for entry in result.record[1:]]
    return None if None in curve else curve
