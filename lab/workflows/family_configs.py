"""Family configs: the training config of each member of a family, and the folder they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from lab.config.schemas.breed import BreedConfig
from lab.config.schemas.train import TrainConfig
from lab.records.config_hash import LOGGING_KEYS, config_differences
from lab.records.run import read_config

HALVES = {"text": ("left", "right"), "artist": ("A", "B")}
SEEDS_PER_FAMILY = 100  # seeds that a tree has for its members


def family_folder(config: BreedConfig) -> Path:
    """root/families/<corpus>-<scale>-seed.<k>: the members' folder, shared by their crosses."""
    label = config.family or f"{corpus_label(config)}-{config.scale['name']}-seed.{config.seed}"
    return Path(config.root).expanduser() / "families" / re.sub(r"[^A-Za-z0-9._-]+", "_", label)


def corpus_label(config: BreedConfig) -> str:
    """What the corpus is called in names: that of its function, and of the user's own file."""
    nodes = (config.parents.get("corpora") or {"": config.corpus}).values()
    names = [str(node["_target_"]).rsplit(".", 1)[-1] for node in nodes]
    return "-".join([*names, *(Path(n["path"]).stem for n in nodes if n.get("path"))])


def scored_corpora(config: BreedConfig) -> list[dict[str, Any]]:
    """The corpora that the family is scored on, each whole."""
    return list((config.parents.get("corpora") or {"": config.corpus}).values())


def member_name(config: BreedConfig, name: str, times: int = 1) -> str:
    """A member's name in the store: forkL, forkL-annealed, forkL-twice."""
    annealed = config.fork_schedule == "annealed" and step_budget(config, name) != "ancestor"
    return name + ("-twice" if times == 2 else "") + ("-annealed" if annealed else "")


def step_budget(config: BreedConfig, name: str) -> str:
    """ancestor, fork or both: what a member's steps are counted by."""
    node = config.parents["members"][name]
    return str(node.get("budget") or ("fork" if node.get("parent") else "ancestor"))


def lineage_configs(config: BreedConfig, names: Iterable[str], times: int = 1) -> list[TrainConfig]:
    """The members and those that they descend from, each once, parents first."""
    configs: dict[str, TrainConfig] = {}
    for name in names:
        parent = config.parents["members"][name].get("parent")
        ancestors = lineage_configs(config, [parent]) if parent else []
        configs |= {
            str(train_config.name): train_config
            for train_config in [*ancestors, member_config(config, name, times)]
        }
    return list(configs.values())


def member_config(config: BreedConfig, name: str, times: int = 1) -> TrainConfig:
    """A member's config: the breeder's, with its own parent, data, seed, steps and rate."""
    node = config.parents["members"][name]
    corpus = deepcopy((config.parents.get("corpora") or {}).get(node.get("corpus"), config.corpus))
    half = node.get("half", "all")
    if half != "all":
        half = HALVES[config.size_class][("first", "second").index(half)]
        corpus["half"] = half
    ancestor_steps = int(config.training.steps or 0)
    steps = {
        "ancestor": ancestor_steps,
        "fork": config.fork_steps,
        "both": ancestor_steps + config.fork_steps,
    }
    member_steps = times * steps[step_budget(config, name)]
    values = {field.name: deepcopy(getattr(config, field.name)) for field in fields(TrainConfig)}
    values |= {
        "name": member_name(config, name, times),
        "root": str(family_folder(config)),
        "again": False,
        "seed": SEEDS_PER_FAMILY * config.seed + node.get("seed", 0),
        "parent": member_name(config, node["parent"]) if node.get("parent") else None,
        "half": half,
        "corpus": corpus,
        "training": replace(config.training, steps=member_steps),
    }
    if config.fork_schedule == "annealed" and step_budget(config, name) != "ancestor":
        values["schedule"] = annealed_schedule(min(1.0, times * config.fork_steps / member_steps))
    train_config = TrainConfig(**values)
    TrainConfig.check(asdict(train_config))
    return train_config


def annealed_schedule(share: float) -> dict[str, Any]:
    """The schedule that is constant, then straight down to 0 over the last share of the steps."""
    parameters = {"decay": share, "floor": 0.0, "warmup": 0.0}
    return {"_target_": "lab.training.schedule.linear", "_partial_": True, **parameters}


def unfinished_members(members: Iterable[TrainConfig]) -> list[TrainConfig]:
    """Return the members not finished; ValueError for one that was trained by another config.

    Other logging habits do not make another config.
    """
    unfinished = []
    for member in members:
        folder = Path(member.root) / str(member.name)
        if (folder / "config.yaml").exists():
            current, previous = asdict(member), read_config(folder)
            differences = config_differences(previous, current, LOGGING_KEYS)
            changes = [line for line in differences if "parent_id" not in line]
            if changes:
                raise ValueError(
                    f"{folder} was trained with {'; '.join(changes[:3])}: "
                    "choose another family=NAME"
                )
        if not (folder / "result.json").exists():
            unfinished.append(member)
    return unfinished
