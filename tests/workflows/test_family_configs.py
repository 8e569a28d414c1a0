"""A family's members: their names, seeds, data, steps and rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import lab.breed  # noqa: F401 - stores the schema
from lab.config import conf_dir
from lab.config.command import version_base
from lab.config.schemas.breed import BreedConfig
from lab.records.config_hash import config_differences
from lab.workflows.family_configs import family_folder, lineage_configs, member_config, member_name


def told(*overrides: str) -> BreedConfig:
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose("breed", ["scale=debug", *overrides])
    BreedConfig.check(OmegaConf.to_container(composed, resolve=True))  # type: ignore[arg-type]
    return OmegaConf.to_object(composed)  # type: ignore[return-value]


def test_forks_go_on_from_their_ancestor_on_halves() -> None:
    ancestor, left, right = lineage_configs(told("seed=3"), ["forkL", "forkR"])
    assert [one.name for one in (ancestor, left, right)] == ["ancestor", "forkL", "forkR"]
    assert (left.parent, left.half, left.corpus["half"]) == ("ancestor", "left", "left")
    assert (right.half, ancestor.half, ancestor.parent) == ("right", "all", None)
    assert (ancestor.training.steps, left.training.steps) == (20, 10)
    assert [one.seed for one in (ancestor, left, right)] == [300, 301, 302]


def test_the_store_says_corpus_scale_and_seed() -> None:
    assert family_folder(told("seed=2", "root=x")) == Path("x/families/enwik8-debug-seed.2")
    assert family_folder(told("family=mine", "root=x")) == Path("x/families/mine")
    assert family_folder(told("parents=domains", "root=x")).name == "apehex-mrzjy-debug-seed.0"


@pytest.mark.parametrize("name", ["independent", "shared_ancestor", "styles", "domains"])
def test_only_the_last_steps_are_annealed(name: str) -> None:
    config = told(f"parents={name}", "fork_schedule=annealed")
    for one in config.parents["cross"]:
        reared = member_config(config, one)
        assert (
            reared.name.endswith("-annealed")
            and reared.schedule["decay"] * reared.training.steps == 10
        )
    ancestors = [
        one for one in lineage_configs(config, config.parents["cross"]) if one.name == "ancestor"
    ]
    assert all(one.schedule["_target_"].endswith("constant") for one in ancestors)


def test_twice_is_the_same_fork_for_twice_the_steps() -> None:
    config = told()
    once, twice = member_config(config, "forkL"), member_config(config, "forkL", 2)
    assert member_name(config, "forkL", 2) == "forkL-twice" == twice.name
    changed = config_differences(
        vars(once) | {"training": vars(once.training), "model": {}, "tracker": {}},
        vars(twice) | {"training": vars(twice.training), "model": {}, "tracker": {}},
    )
    assert changed == ["training.steps: 10 -> 20"]


def test_styles_are_halves_of_drawings() -> None:
    left, right = lineage_configs(told("parents=styles"), ["styleA", "styleB"])[1:]
    assert (left.size_class, left.half, right.half) == ("artist", "A", "B")


def test_families_share_their_members() -> None:
    names = [
        lineage_configs(told(f"parents={one}"), ["siblingA"])
        for one in ("shared_ancestor", "same_data")
    ]
    assert names[0] == names[1]
