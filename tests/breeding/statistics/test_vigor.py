import json
import math
from typing import Any

import numpy as np
import pytest

from lab.breeding.statistics.vigor import CrossScores, compute_barrier, compute_verdict
from lab.breeding.statistics.window_scores import WindowScores

CHARACTERS = np.tile([20, 60], 100)
NOISE = np.random.default_rng(0).normal(0, 0.4, 200)


def model(bpc: float, seed: int = 0) -> WindowScores:
    """Windows whose difficulty all models share, with a little noise of the model's own."""
    own = np.random.default_rng(seed).normal(0, 0.02, 200)
    losses = NOISE + own - np.average(NOISE + own, weights=CHARACTERS) + bpc
    return WindowScores(losses * CHARACTERS * math.log(2), CHARACTERS)


CROSS = CrossScores(model(2.4, 1), {"left": model(2.5, 2), "right": model(2.6, 3)})


def _verdict(cross: CrossScores = CROSS, **more: Any) -> dict[str, Any]:
    return compute_verdict(cross, np.random.default_rng(0), arm="slerp", seed=0, **more)


def test_each_effect_is_its_formula() -> None:
    siblings = CrossScores(model(2.46, 4), {"one": model(2.52, 5), "other": model(2.55, 6)})
    controls = {"ancestor": model(2.9, 7), "twice the tokens": model(2.35, 8)}
    found = _verdict(siblings=siblings, controls=controls, ensemble=model(2.38, 9))
    values = {name: effect["value"] for name, effect in found["effects"].items()}
    assert values == pytest.approx(
        {
            "better_parent_vigor": 0.1,
            "hindsight_vigor": 0.1,
            "mid_parent_heterosis": 0.15,
            "specialisation_excess": 0.1 - 0.06,
            "mid_parent_excess": 0.15 - 0.075,
            "advantage_over.left": 0.1,
            "advantage_over.right": 0.2,
            "advantage_over.ancestor": 0.5,
            "advantage_over.twice the tokens": -0.05,
            "ensemble_gap": 0.02,
        },
        abs=1e-6,
    )


def test_pairing_makes_the_interval_narrow() -> None:
    effect = _verdict()["effects"]["better_parent_vigor"]
    assert 0.09 < effect["low"] < 0.1 < effect["high"] < 0.11


def test_the_best_parent_is_chosen_on_select() -> None:
    select = {"left": model(2.7), "right": model(2.3)}
    found = _verdict(CrossScores(CROSS.child, CROSS.parents, select))
    assert (found["best_parent"], found["best_parent_chosen_on"]) == ("right", "select")
    assert found["effects"]["better_parent_vigor"]["value"] == pytest.approx(0.2, abs=1e-6)
    assert found["effects"]["hindsight_vigor"]["value"] == pytest.approx(0.1, abs=1e-6)
    assert _verdict()["best_parent_chosen_on"] == "report"


def test_a_parent_missing_on_select_is_refused() -> None:
    with pytest.raises(ValueError, match="same parents"):
        CrossScores(CROSS.child, CROSS.parents, {"left": model(2.0)}).best_parent()


def test_scores_on_other_windows_are_refused() -> None:
    shorter = CROSS.child.truncate(100)
    with pytest.raises(ValueError, match="same windows"):
        _verdict(controls={"shorter": shorter})


def test_a_diverged_child_is_null_in_json() -> None:
    diverged = WindowScores(np.full(200, np.inf), CHARACTERS)
    found = _verdict(
        CrossScores(diverged, CROSS.parents), siblings=CrossScores(diverged, CROSS.parents)
    )
    assert found["effects"]["better_parent_vigor"] == {"value": None, "low": None, "high": None}
    assert json.loads(json.dumps(found, allow_nan=False))["bpc"]["child"] is None


def test_the_barrier_of_a_hump_and_a_valley() -> None:
    t = np.linspace(0, 1, 21)
    line = 2.0 + 0.5 * t
    hump = compute_barrier((line + t * (1 - t)).tolist())
    assert hump == pytest.approx(
        {"barrier": 0.25, "barrier_at": 0.5, "dip": 0.0, "dip_at": 0.0}, abs=1e-12
    )
    valley = compute_barrier((line - t * (1 - t)).tolist())
    assert (valley["barrier"], valley["dip"], valley["dip_at"]) == pytest.approx((0, -0.25, 0.5))


def test_a_barrier_needs_points_between_the_ends() -> None:
    for curve in ([2.0, 2.0], [2.0, math.inf, 2.0]):
        with pytest.raises(ValueError, match="three points"):
            compute_barrier(curve)
