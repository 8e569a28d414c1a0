"""Replay verification: the same bits, other bits, a missing input, and who was never bred."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.config import conf_dir
from lab.config.schemas.breed import BreedConfig
from lab.genealogy.registry import Registry
from lab.models.individual import Individual, find_individual, save_individual
from lab.workflows.calibration import hash_windows
from lab.workflows.verify_replay import describe_reproduction, load_operators, verify_replay

Verify = Callable[[str], tuple[bool, str]]


@pytest.fixture
def root(bred: BreedConfig, tmp_path: Path) -> Path:
    """A copy of the tale's root, to be damaged."""
    return shutil.copytree(bred.root, tmp_path / "experiments")


def verify(root: Path, name: str) -> tuple[bool, str]:
    registry = Registry(root)
    return verify_replay(registry, registry.find(name), None)


def save_as(root: Path, name: str, one: Individual, **changes: Any) -> str:
    """Save an individual with another certificate as a run of this name."""
    folder = root / name / "checkpoint" / "step-00000000"
    return save_individual(folder, one.genotype, {**one.birth, "name": name, **changes})


def test_a_child_is_the_same_bit_for_bit(root: Path) -> None:
    same, report = verify(root, "halfway")
    child = find_individual("halfway", root)
    left, right = (identity[:8] for identity in child.birth["parents"])
    assert same and report.splitlines() == [
        f"halfway ({child.id[:8]}): the same, bit for bit",
        f"bred again from forkL ({left}) and forkR ({right}): {child.id}",
    ]


def test_a_child_of_another_recipe_is_told_block_by_block(root: Path) -> None:
    child = find_individual("halfway", root)
    recipe = {**child.birth["recipe"], "parameters": {"alpha": 0.25}}
    save_as(root, "forged", child, recipe=recipe, torch="0.1")
    same, report = verify(root, "forged")
    head, *lines = report.splitlines()
    assert not same and head.startswith("forged (") and "recipe make now:" in head
    assert "  rows of embed differ, RMS angle " in lines[0] + lines[1]
    assert lines[-1] == f"  bred with torch 0.1, replayed with {torch.__version__}"


def test_a_parent_that_is_gone_is_named(root: Path) -> None:
    (folder,) = (root / "families").glob("*/forkL")
    identity = find_individual("forkL", folder.parent).id
    shutil.rmtree(folder)
    same, report = verify(root, "halfway")
    head, line = report.splitlines()
    assert not same and head.endswith(") cannot be bred again:") and head.startswith("halfway (")
    assert line.startswith(f"  {identity[:12]} is not there any more: forkL (")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"kind": "trained"}, r"was trained, not bred: lab\.train with the keys of .*/own/config"),
        (
            {"kind": "adopted", "file": "old.pt"},
            "was adopted, not bred: python -m lab.pedigree adopt=old.pt as_name=own",
        ),
    ],
)
def test_who_was_not_bred_is_told_how_to_be_made_again(
    root: Path, kind: dict[str, str], reason: str
) -> None:
    fork = find_individual("halfway", root)
    save_as(root, "own", fork, recipe=kind, parents=[])
    with pytest.raises(ValueError, match=f"^own {reason}"):
        verify(root, "own")


def test_a_member_of_a_family_is_trained_again_by_the_command_that_bred(root: Path) -> None:
    registry = Registry(root)
    fork = registry.load(registry.find("forkL"))
    text = describe_reproduction(registry, fork)
    assert text.startswith(f"with {registry.folder_of(fork.id)} set aside, the lab.breed command")


def test_a_child_by_importance_needs_its_training_windows(root: Path) -> None:
    child = find_individual("halfway", root)
    recipe = {**child.birth["recipe"], "operator": "fisher", "parameters": {}}
    save_as(root, "informed", child, recipe=recipe)
    same, report = verify(root, "informed")
    assert not same and "does not say which training windows it was bred by" in report
    shown = {"sha256": "0" * 64, "each": 64, "threads": 7, "corpora": []}
    save_as(root, "other", child, recipe={**recipe, "shown": shown})
    same, report = verify(root, "other")
    assert not same and "are others than those it was bred by" in report


def test_a_replay_leaves_the_number_of_threads_as_it_was(root: Path) -> None:
    child = find_individual("halfway", root)
    shown = {"sha256": hash_windows([]), "each": 64, "threads": 2, "corpora": []}
    save_as(root, "threaded", child, recipe={**child.birth["recipe"], "shown": shown})
    assert verify(root, "threaded")[0]
    assert torch.get_num_threads() == 1


def test_every_operator_and_mutation_can_be_replayed() -> None:
    operators = load_operators([])
    choices = {path.stem for path in (conf_dir() / "mutation").glob("*.yaml")}
    assert choices <= operators.keys()
    targets = [
        path.read_text().split("_target_: ")[1].split()[0].rsplit(".", 1)[-1]
        for path in (conf_dir() / "crossover").glob("*.yaml")
    ]
    assert len(targets) > 10 and set(targets) <= operators.keys()
