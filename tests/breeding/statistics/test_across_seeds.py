import json
from typing import Any

import numpy as np
import pytest

from lab.breeding.statistics.across_seeds import summarise_verdicts


def _result(arm: str, seed: int, value: float | None) -> dict[str, Any]:
    effect = {"value": value, "low": None, "high": None}
    path = {"barrier": 0.1 + seed / 100, "dip": 0.0, "barrier_at": 0.5, "dip_at": 0.0}
    return {"arm": arm, "seed": seed, "effects": {"vigor": effect}, "barrier": path}


def _rows(**arms: list[float | None]) -> dict[str, Any]:
    results = [_result(arm, i, v) for arm, values in arms.items() for i, v in enumerate(values)]
    summary = summarise_verdicts(results, np.random.default_rng(0))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    return summary["effects"]


CLEAR = [0.10, 0.12, 0.09, 0.11, 0.10]


def test_four_seeds_are_not_enough() -> None:
    row = _rows(slerp=CLEAR[:4])["vigor"]["slerp"]
    assert row["claim"] == "not enough seeds (4 of 5)"
    assert row["mean"] == pytest.approx(0.105) and "p" not in row and "low" not in row


def test_claims_follow_the_numbers() -> None:
    rows = _rows(
        gains=CLEAR,
        loses=[-v for v in CLEAR],
        nothing=[0.001, -0.001, 0.0005, -0.0004, 0.0],
        unclear=[0.1, -0.08, 0.03, -0.02, 0.05],
    )["vigor"]
    claims = {arm: row["claim"] for arm, row in rows.items()}
    assert claims == {
        "gains": "positive",
        "loses": "negative",
        "nothing": "none",
        "unclear": "undecided",
    }


def test_a_difference_of_no_interest_is_called_so() -> None:
    row = _rows(a=[0.0002, 0.0003, 0.0002, 0.0003, 0.00025])["vigor"]["a"]
    assert row["claim"] == "positive, within the margin"


def test_what_cannot_differ_is_not_tested_and_weighs_on_nobody() -> None:
    rows = _rows(same=[0.0] * 5, a=CLEAR)["vigor"]
    assert rows["same"]["claim"] == "the same" and "p" not in rows["same"]
    assert rows["a"]["p_holm"] == rows["a"]["p"]


def test_clones_are_no_finding() -> None:
    values = [0.0, -0.0004, 0.0, 0.0, 0.0]
    clones = [_result("a", i, v) | {"clone_of": "left"} for i, v in enumerate(values)]
    once = [*clones[:4], _result("a", 4, 0.0)]
    found = [
        summarise_verdicts(one, np.random.default_rng(0))["effects"]["vigor"]
        for one in (clones, once)
    ]
    assert [one["a"]["claim"] for one in found] == ["clones", "none"]
    dull = [one | {"effects": {"vigor": {"value": 0.0}}} for one in clones]
    assert (
        summarise_verdicts(dull, np.random.default_rng(0))["effects"]["vigor"]["a"]["claim"]
        == "clones"
    )


def test_both_intervals_are_told() -> None:
    row = _rows(a=CLEAR)["vigor"]["a"]
    assert row["t_low"] < row["low"] < row["mean"] < row["high"] < row["t_high"]


def test_holm_counts_the_arms_of_an_effect() -> None:
    alone = _rows(a=CLEAR)["vigor"]["a"]
    among = _rows(a=CLEAR, b=[0.1, -0.08, 0.03, -0.02, 0.05])["vigor"]["a"]
    assert alone["p_holm"] == alone["p"] == among["p"]
    assert among["p_holm"] == pytest.approx(2 * alone["p"])


def test_five_seeds_of_one_sign_flip_to_one_in_32() -> None:
    row = _rows(a=CLEAR)["vigor"]["a"]
    assert row["p_sign_flip"] == 1 / 32
    assert row["low"] < row["mean"] < row["high"]


def test_the_barrier_is_described_but_not_tested() -> None:
    row = _rows(a=CLEAR)["barrier"]["a"]
    assert row["claim"] == "described only" and "p" not in row
    assert row["low"] < 0.12 < row["high"]


def test_a_diverged_seed_forbids_a_claim() -> None:
    row = _rows(a=[*CLEAR, None])["vigor"]["a"]
    assert row["claim"] == "1 of 6 diverged" and row["values"][-1] is None


def test_a_seed_counted_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="seed 1 occurs twice in arm 'a'"):
        summarise_verdicts([_result("a", 1, 0.1), _result("a", 1, 0.1)], np.random.default_rng(0))
