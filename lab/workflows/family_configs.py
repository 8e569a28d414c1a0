"""A family: its members' own configs, made of the breeder's, and the folder that they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from lab.config.schemas.breed import Breed
from lab.config.schemas.train import Train
from lab.records.config_hash import differences
from lab.records.run import read_config

HALVES = {"text": ("left", "right"), "artist": ("A", "B")}
TREES = 100  # seeds that a tree has for its members


def store(config: Breed) -> Path:
    """root/families/<corpus>-<scale>-seed.<k>: where the members lie, whoever crosses them."""
    label = config.family or f"{corpus_label(config)}-{config.scale['name']}-seed.{config.seed}"
    return Path(config.root).expanduser() / "families" / re.sub(r"[^A-Za-z0-9._-]+", "_", label)


def corpus_label(config: Breed) -> str:
    """What the corpus is called in names: that of its function, and of the user's own file."""
    nodes = (config.parents.get("corpora") or {"": config.corpus}).values()
    names = [str(node["_target_"]).rsplit(".", 1)[-1] for node in nodes]
    return "-".join([*names, *(Path(n["path"]).stem for n in nodes if n.get("path"))])


def corpora(config: Breed) -> list[dict[str, Any]]:
    """The corpora that the family is scored on, each whole."""
    return list((config.parents.get("corpora") or {"": config.corpus}).values())


def called(config: Breed, name: str, times: int = 1) -> str:
    """A member's name in the store: forkL, forkL-annealed, forkL-twice."""
    annealed = config.rate == "annealed" and budget(config, name) != "ancestor"
    return name + ("-twice" if times == 2 else "") + ("-annealed" if annealed else "")


def budget(config: Breed, name: str) -> str:
    """ancestor, fork or both: what a member's steps are counted by."""
    told = config.parents["members"][name]
    return str(told.get("budget") or ("fork" if told.get("parent") else "ancestor"))


def lineage(config: Breed, names: Iterable[str], times: int = 1) -> list[Train]:
    """The members and those that they descend from, each once, parents first."""
    found: dict[str, Train] = {}
    for name in names:
        parent = config.parents["members"][name].get("parent")
        before = lineage(config, [parent]) if parent else []
        found |= {str(one.name): one for one in [*before, member(config, name, times)]}
    return list(found.values())


def member(config: Breed, name: str, times: int = 1) -> Train:
    """A member's config: the breeder's, with its own parent, data, seed, steps and rate."""
    told = config.parents["members"][name]
    corpus = deepcopy((config.parents.get("corpora") or {}).get(told.get("corpus"), config.corpus))
    half = told.get("half", "all")
    if half != "all":
        half = HALVES[config.kind][("first", "second").index(half)]
        corpus["half"] = half
    whole = int(config.training.steps or 0)
    steps = {"ancestor": whole, "fork": config.apart, "both": whole + config.apart}
    mine = times * steps[budget(config, name)]
    own = {one.name: deepcopy(getattr(config, one.name)) for one in fields(Train)}
    own |= {
        "name": called(config, name, times),
        "root": str(store(config)),
        "again": False,
        "seed": TREES * config.seed + told.get("seed", 0),
        "parent": called(config, told["parent"]) if told.get("parent") else None,
        "half": half,
        "corpus": corpus,
        "training": replace(config.training, steps=mine),
    }
    if config.rate == "annealed" and budget(config, name) != "ancestor":
        own["schedule"] = descent(min(1.0, times * config.apart / mine))
    reared = Train(**own)
    Train.check(asdict(reared))
    return reared


def descent(share: float) -> dict[str, Any]:
    """The schedule that is constant, then straight down to 0 over the last share of the steps."""
    straight = {"decay": share, "floor": 0.0, "warmup": 0.0}
    return {"_target_": "lab.training.schedule.linear", "_partial_": True, **straight}


def missing(members: Iterable[Train]) -> list[Train]:
    """Those not finished; ValueError where one lies there that was reared otherwise."""
    absent = []
    for one in members:
        folder = Path(one.root) / str(one.name)
        if (folder / "config.yaml").exists():
            told, before = asdict(one), read_config(folder)
            changed = [line for line in differences(before, told) if "parent_id" not in line]
            if changed:
                raise ValueError(
                    f"{folder} was reared with {'; '.join(changed[:3])}: choose another family=NAME"
                )
        if not (folder / "result.json").exists():
            absent.append(one)
    return absent
