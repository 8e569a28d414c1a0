"""Home advantage: the committed record follows from its own scores, and models are scored."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import save_individual
from lab.workflows import home_advantage
from lab.workflows.home_advantage import home_effects, measure_home_advantage

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "vigor-laptop"
SHAPE = Architecture(vocab_size=9, dim=8, depth=1, heads=2, dim_head=4)


def test_the_committed_effects_follow_from_the_committed_scores() -> None:
    record = json.loads((STUDY / "home.json").read_text())
    for rate in ("constant", "annealed"):
        for name, effect in home_effects(record[rate]["bpc"]).items():
            kept = record[rate]["effects"][name]
            assert list(effect) == list(kept)
            for key, value in effect.items():
                assert value == pytest.approx(kept[key], rel=1e-9), (rate, name, key)


def bpc(left: float, right: float) -> dict[str, float]:
    return {"left": left, "right": right}


def test_forks_at_home_and_a_child_that_gains_no_more_than_siblings_do() -> None:
    seeds = [
        {
            "forkL": bpc(2.0, 2.2 + noise), "forkR": bpc(2.2, 2.0),
            "siblingA": bpc(2.1, 2.1), "siblingB": bpc(2.1, 2.1 + noise),
            "shared_ancestor child": bpc(2.0, 2.0), "same_data child": bpc(2.0, 2.0),
        }
        for noise in (0.0, 0.01, 0.02)
    ]  # fmt: skip
    effects = home_effects(seeds)
    assert effects["home advantage"]["values"] == pytest.approx([0.2, 0.205, 0.21])
    assert effects["mid parent vigor, same_data"]["values"] == pytest.approx([0.1, 0.1025, 0.105])
    assert effects["mid parent excess"]["values"] == pytest.approx([0, 0, 0], abs=1e-12)


def test_every_individual_is_scored_on_both_sides(tmp_path: Path) -> None:
    names = [n for rate in ("constant", "annealed") for s in range(2)
             for n in home_advantage._individual_names(rate, s).values()]  # fmt: skip
    for number, name in enumerate(names):
        genotype = founder(SHAPE, torch.Generator().manual_seed(number))
        birth: dict[str, Any] = {
            "name": Path(name).name,
            "vocabulary": {},
            "parents": [],
            "recipe": {},
        }
        save_individual(tmp_path / name / "checkpoint" / "step-00000001", genotype, birth)
    generator = np.random.default_rng(0)
    windows = {side: list(generator.integers(0, 9, (3, 6))) for side in ("left", "right")}
    record = measure_home_advantage(tmp_path, windows, seeds=range(2))
    for rate in ("constant", "annealed"):
        assert [sorted(one) for one in record[rate]["bpc"]] == [
            sorted(home_advantage._individual_names(rate, 0))
        ] * 2
        scores = [sides for one in record[rate]["bpc"] for sides in one.values()]
        assert all(sides["left"] != sides["right"] for sides in scores)
        assert record[rate]["effects"] == home_effects(record[rate]["bpc"])


def test_weights_that_are_not_here_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError, match="the weights of .*forkL are not here"):
        measure_home_advantage(STUDY, {}, seeds=range(1))
    monkeypatch.setattr(sys, "argv", ["home_advantage"])
    with pytest.raises(SystemExit, match="say the study's folder"):
        home_advantage.main()
