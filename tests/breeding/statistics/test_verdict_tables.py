import numpy as np

from lab.breeding.statistics.across_seeds import summarise_verdicts
from lab.breeding.statistics.verdict_tables import (
    MAX_WIDTH,
    comparison_table,
    summary_table,
    verdict_table,
)
from lab.breeding.statistics.vigor import CrossScores, compute_verdict
from lab.breeding.statistics.window_scores import WindowScores

CHARACTERS = np.full(40, 100)


def _model(bpc: float) -> WindowScores:
    return WindowScores(CHARACTERS * bpc * np.log(2), CHARACTERS)


def _verdict(seed: int = 0) -> dict:
    parents = {"left": _model(2.5), "right": _model(2.625)}
    cross = CrossScores(_model(2.375 + seed / 64), parents)
    curve = [2.5, 2.375, 2.625]
    return compute_verdict(cross, np.random.default_rng(0), arm="slerp", seed=seed, curve=curve)


def test_the_table_of_one_seed() -> None:
    assert verdict_table(_verdict()).splitlines() == [
        "slerp, seed 0: 40 windows, 4,000 characters",
        "                         bpc  minus champion  95 % interval",
        "left (best parent)    2.5000         +0.1250  [+0.1250, +0.1250]",
        "right                 2.6250         +0.2500  [+0.2500, +0.2500]",
        "champion              2.3750",
        "",
        "effect                                in bpc  95 % interval",
        "better parent vigor                  +0.1250  [+0.1250, +0.1250]",
        "hindsight vigor                      +0.1250  [+0.1250, +0.1250]",
        "mid parent heterosis                 +0.1875  [+0.1875, +0.1875]",
        "barrier                              +0.0000  at t = 0.00",
        "dip                                  -0.1875  at t = 0.50",
    ]


def test_a_barrier_of_two_among_more_says_which() -> None:
    found = _verdict()
    found["barrier"]["between"] = ["left", "right"]
    said = verdict_table(found)
    assert "barrier between left and right " in said and "dip between left and right " in said


def test_the_table_of_all_seeds_has_a_line_per_effect_and_arm() -> None:
    summary = summarise_verdicts([_verdict(seed) for seed in range(3)], np.random.default_rng(0))
    lines = summary_table(summary).splitlines()
    assert len(lines) == 1 + 7
    vigor = next(line for line in lines if line.startswith("better parent vigor"))
    assert "+0.1094" in vigor and vigor.endswith("not enough seeds (3 of 5)")


def test_the_demos_two_verdicts_stand_side_by_side() -> None:
    arms = [f"{family} slerp golden constant" for family in ("independent", "shared_ancestor")]
    gap = {"ensemble_gap": {"value": -0.0035, "low": -0.0064, "high": -0.0008}}
    both = [_verdict() | {"arm": arm, "clone_of": "left"} for arm in arms]
    for one in both:
        one["effects"] |= gap
    lines = comparison_table(both).splitlines()
    assert lines[0].split("  ")[-1] == arms[1] and arms[0] in lines[0] and "" not in lines
    assert max(map(len, lines)) <= MAX_WIDTH


def test_nothing_has_no_sign() -> None:
    found = _verdict()
    found["effects"]["better_parent_vigor"] = {"value": -1e-6, "low": -2e-6, "high": 1e-6}
    assert "+0.0000  [+0.0000, +0.0000]" in verdict_table(found)
    assert "-0.0000" not in verdict_table(found)


def test_a_diverged_model_is_named() -> None:
    found = _verdict()
    found["bpc"]["right"] = None
    assert "right" in verdict_table(found) and "diverged" in verdict_table(found)
