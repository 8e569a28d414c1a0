"""Summary workflow: studies and ablations of a folder, seeds that lie there twice, packing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.records.run import Run
from lab.training.seed_ablation import losses_by_arm
from lab.workflows.summarise import (
    find_ablations,
    find_studies,
    pack_study,
    summarise_ablation,
    summarise_root,
)

Config = Callable[..., Any]
MODEL = {"dim": 16, "depth": 1, "heads": 1, "dim_head": 16}


def save_cross(
    root: Path, name: str, arm: str, seed: int, vigor: float, study: str = "demo",
    settings: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the result of a cross, and its config where there are settings."""
    effect = {"value": vigor, "low": vigor - 0.01, "high": vigor + 0.01}
    verdict = {
        "arm": arm, "seed": seed, "windows": 4, "characters": 40, "best_parent": "a",
        "bpc": {"a": 2.5, "b": 2.6, "child": 2.5 - vigor}, "barrier": None,
        "effects": {"better_parent_vigor": effect},
    }  # fmt: skip
    result = {"study": study, "verdict": verdict}
    if settings is not None:
        with Run(root, name, {"name": name, "seed": seed, **settings}) as run:
            run.finish(result)
        return
    (root / name).mkdir(parents=True)
    (root / name / "result.json").write_text(json.dumps(result))


def save_training(
    root: Path, arm: str, seed: int, loss: float, steps: int = 2, batch: int = 2
) -> None:
    name = f"{arm}-seed.{seed}" + ("" if steps == 2 else f"-steps.{steps}")
    config = {
        "name": f"{arm}-seed.{seed}", "seed": seed, "precision": "fp32", "attention": "auto",
        "training": {"context": 16, "batch": batch}, "model": MODEL,
    }  # fmt: skip
    result = {
        "corpus": {"name": "demo", "fingerprint": "f"}, "step": steps, "context": 16,
        "vocabulary": 11, "scores": {"select": {"loss": loss}},
    }  # fmt: skip
    with Run(root, name, config) as run:
        run.finish(result)


def test_a_seed_of_an_arm_that_lies_there_twice_is_refused_by_name(tmp_path: Path) -> None:
    save_cross(tmp_path, "first", "shared", 0, 0.1)
    save_cross(tmp_path, "other", "strangers", 0, 0.1)
    save_cross(tmp_path, "large", "shared", 0, 0.1, study="laptop")
    assert {study: len(found) for study, found in find_studies(tmp_path, "*").items()} == {
        "demo": 2, "laptop": 1,
    }  # fmt: skip
    save_cross(tmp_path, "rerun", "shared", 0, 0.1)
    said = f"first and rerun under {tmp_path} are both seed 0 of arm 'shared'"
    with pytest.raises(ValueError, match=said):
        find_studies(tmp_path, "*")
    assert len(find_studies(tmp_path, "rerun,other")["demo"]) == 2


def test_crosses_bred_otherwise_are_no_seeds_of_one_arm(
    tmp_path: Path, command_config: Config
) -> None:
    arm = "shared_ancestor slerp none constant"
    for seed in range(5):
        save_cross(tmp_path, f"a{seed}", arm, seed, 0.1 + seed / 1000, settings={"alpha": 0.1})
    save_cross(tmp_path, "b0", arm, 0, 0.5, settings={"alpha": 0.9})  # an equal seed is no clash
    save_cross(tmp_path, "c5", arm, 5, 0.7, settings={"alpha": 0.9, "optimizer": {"lr": 0.05}})
    [(_, table, path)] = list(summarise_root(command_config("summarise", f"root={tmp_path}")))
    effects = json.loads(path.read_text())["effects"]["better_parent_vigor"]
    assert {name: (row["seeds"], row["mean"]) for name, row in effects.items()} == {
        f"{arm} alpha=0.1": ([0, 1, 2, 3, 4], pytest.approx(0.102)),
        f"{arm} alpha=0.9": ([0], 0.5),
        f"{arm} alpha=0.9 lr=0.05": ([5], 0.7),
    }
    assert "alpha=0.9 lr=0.05" in table
    assert {one["arm"] for one in find_studies(tmp_path, "a*")["demo"]} == {arm}
    save_cross(tmp_path, "again", arm, 0, 0.5, settings={"alpha": 0.9})
    with pytest.raises(ValueError, match="again and b0 under .* with the same settings: choose"):
        find_studies(tmp_path, "*")


def test_what_is_packed_is_summarised_as_before(tmp_path: Path, command_config: Config) -> None:
    for seed in range(5):
        save_cross(tmp_path, f"s-seed.{seed}", "shared", seed, 0.1 + seed / 1000)
    save_cross(tmp_path, "with-weights", "strangers", 0, -0.2)
    (tmp_path / "with-weights" / "model.safetensors").write_bytes(b"weights")
    config = command_config("summarise", f"root={tmp_path}")
    loose = list(summarise_root(config))
    [(name, _, path)] = loose
    numbers = path.read_bytes()
    assert (name, path) == ("demo", tmp_path / "summary-demo.json")
    mean = json.loads(numbers)["effects"]["better_parent_vigor"]["shared"]["mean"]
    assert mean == pytest.approx(0.102)
    said = pack_study(str(tmp_path))
    assert "holds 6 more files of runs; 1 stay loose, beside weights" in said
    assert [folder.name for folder in tmp_path.glob("*/result.json")] == ["result.json"]
    assert not list(tmp_path.glob("s-seed.*"))
    assert list(summarise_root(config)) == loose and path.read_bytes() == numbers


def test_an_ablation_pairs_its_seeds_with_those_of_the_standard_arm(tmp_path: Path) -> None:
    for seed, loss in enumerate((2.0, 2.25, 2.5)):
        save_training(tmp_path, "standard_g1", seed, loss)
    for seed, loss in ((0, 1.5), (1, 2.0), (7, 9.0)):  # no standard run has seed 7
        save_training(tmp_path, "another", seed, loss)
    [(name, runs)] = find_ablations(tmp_path, "*").items()
    numbers = summarise_ablation(runs)
    assert (name, numbers["against"], numbers["steps"]) == ("ablation-demo", "standard_g1", 2)
    assert list(numbers["arms"]) == ["standard_g1", "another"]
    standard, another = numbers["arms"].values()
    assert standard["mean"] == 2.25 and standard["gain"] is None and standard["slower"] == 1.0
    assert another["seeds"] == [0, 1, 7] and another["loss"] == [1.5, 2.0, 9.0]
    assert another["gain"] == pytest.approx(0.375) and 0 < another["p"] < 1
    low, high = another["interval"]
    assert low < 0.375 < high and another["characters_per_second"] > 0


def test_training_runs_of_one_name_and_other_settings_are_arms_of_their_own(tmp_path: Path) -> None:
    for seed, batch in enumerate((2, 2, 4)):
        save_training(tmp_path, "mine", seed, 2.0 + seed, batch=batch)
    [runs] = find_ablations(tmp_path, "*").values()
    assert losses_by_arm(runs) == {"mine batch=2": {0: 2.0, 1: 3.0}, "mine batch=4": {2: 4.0}}


def test_runs_of_other_lengths_are_other_ablations_and_one_arm_is_none(tmp_path: Path) -> None:
    save_training(tmp_path, "standard_g1", 0, 2.0)
    assert find_ablations(tmp_path, "*") == {}
    save_training(tmp_path, "another", 0, 1.5)
    for arm in ("standard_g1", "another"):
        save_training(tmp_path, arm, 0, 1.0, steps=4)
    assert set(find_ablations(tmp_path, "*")) == {"ablation-demo-2", "ablation-demo-4"}
    assert find_ablations(tmp_path, "standard*") == {}


def test_nothing_to_summarise_is_an_error_that_says_what_makes_it(
    tmp_path: Path, command_config: Config
) -> None:
    config = command_config("summarise", f"root={tmp_path}", "study=x*")
    with pytest.raises(FileNotFoundError, match=r"is called x\*: python -m lab.breed"):
        list(summarise_root(config))
