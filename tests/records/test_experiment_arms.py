"""Experiment arms: what makes two runs seeds of one arm, and what tells other arms apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.records.experiment_arms import (
    NO_SETTINGS,
    arm_settings,
    label_arms,
    label_differences,
    read_arm_settings,
)
from lab.records.run import Run

NAME = "shared_ancestor slerp none constant"


def config(**changes: Any) -> dict[str, Any]:
    """A small breeding config; a double underscore in a key is a dot."""
    made: dict[str, Any] = {
        "name": "x", "root": "experiments", "seed": 0, "threads": 1, "fork_steps": 3,
        "parent": None,
        "training": {"steps": 3, "log_every": 10, "keep": 2, "samples": 4},
        "crossover": {"_target_": "lab.breeding.operators.slerp.slerp", "alpha": 0.5},
        "optimizer": {"_target_": "lab.training.optimizers.adam", "lr": 0.01, "eps": 1e-8},
        "corpus": {"_target_": "lab.corpora.enwik8.enwik8", "limit": 1000},
    }  # fmt: skip
    for key, value in changes.items():
        node, _, inner = key.rpartition("__")
        (made[node] if node else made)[inner] = value
    return made


def labels(*configs: dict[str, Any] | None) -> list[str]:
    """Labels of crosses of one recorded name, without that name."""
    runs = [(NAME, None if one is None else arm_settings(one)) for one in configs]
    return [label.removeprefix(NAME).strip() for label in label_arms(runs)]


def test_seed_names_and_log_habits_are_no_arm_of_their_own() -> None:
    habits = [config(training__log_every=1), config(training__samples=0), config(training__keep=9)]
    names = [config(name="y"), config(root="elsewhere"), config(family="mine"), config(seed=7)]
    assert labels(config(), *habits, *names) == [""] * 8


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ({"crossover__alpha": 0.9}, "alpha=0.5", "alpha=0.9"),
        ({"optimizer__lr": 0.05}, "lr=0.01", "lr=0.05"),
        ({"corpus__limit": 2000}, "limit=1000", "limit=2000"),
        ({"training__steps": 4}, "steps=3", "steps=4"),
        ({"fork_steps": 5}, "fork_steps=3", "fork_steps=5"),
        ({"threads": 2}, "threads=1", "threads=2"),
        ({"crossover__alpha": [0.1, 0.2]}, "alpha=0.5", "alpha=[0.1,0.2]"),
        ({"crossover__drop": 0.1}, "drop=unset", "drop=0.1"),
    ],
)
def test_any_other_key_tells_two_arms_apart(
    changes: dict[str, Any], first: str, second: str
) -> None:
    assert labels(config(), config(**changes)) == [first, second]


def test_another_function_stands_for_the_keys_that_came_with_it() -> None:
    muon = {"_target_": "lab.training.optimizers.muon", "lr": 0.02, "momentum": 0.95}
    unlike = [config(), config(optimizer=muon), config(optimizer=muon | {"lr": 0.04})]
    assert labels(*unlike) == [
        "optimizer=adam lr=0.01", "optimizer=muon lr=0.02", "optimizer=muon lr=0.04",
    ]  # fmt: skip
    assert labels(*unlike[:2]) == ["optimizer=adam", "optimizer=muon"]


def test_keys_of_one_ending_are_told_by_more_of_their_name() -> None:
    other = config(optimizer__decay=0.1, crossover__decay=0.1)
    assert labels(config(optimizer__decay=0, crossover__decay=0), other) == [
        "crossover.decay=0 optimizer.decay=0", "crossover.decay=0.1 optimizer.decay=0.1",
    ]  # fmt: skip


def test_whole_floats_are_integers_and_true_is_no_number() -> None:
    assert labels(config(crossover__alpha=1), config(crossover__alpha=1.0)) == ["", ""]
    assert labels(config(threads=1), config(threads=True)) == ["threads=1", "threads=true"]


def test_a_parent_that_bears_the_runs_own_seed_is_the_same_parent() -> None:
    assert labels(config(parent="a-seed.0"), config(parent="a-seed.1", seed=1)) == ["", ""]
    assert labels(config(parent="a-seed.0"), config(parent="a-seed.0", seed=1)) == [
        "parent=a-seed.*", "parent=a-seed.0",
    ]  # fmt: skip
    files = [config(parent_runs=["a", "b"]), config(parent_runs=["a", "c"])]
    assert labels(*files) == ['parent_runs=["a","b"]', 'parent_runs=["a","c"]']


def test_no_two_labels_are_equal_and_none_holds_what_a_terminal_obeys() -> None:
    deep = [config(corpus__path=f"/{n}/" + "deep/" * 20 + "x\x1b[31m.txt") for n in "ab"]
    first, second = labels(*deep)
    assert first != second and first.startswith("path=…") and len(first) < 60
    assert "\x1b" not in first + second


def test_runs_without_settings_are_the_arm_of_their_name() -> None:
    assert labels(None, None) == ["", ""]
    assert labels(None, config()) == [NO_SETTINGS, ""]
    assert label_differences([]) == [] and label_differences([None]) == [""]
    assert label_arms([("a", None), ("b", arm_settings(config()))]) == ["a", "b"]


def test_settings_are_read_where_they_are_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_arm_settings(tmp_path / "none") is None
    with Run(tmp_path, "x", config()) as run:
        run.finish({})
    assert read_arm_settings(tmp_path / "x") == arm_settings(config())
    path = tmp_path / "x" / "config.yaml"
    path.write_text(path.read_text().replace("alpha: 0.5", "alpha: 0.6"))
    assert read_arm_settings(tmp_path / "x") is None
    assert "x is an arm of its own" in capsys.readouterr().err
