"""Schema of `lab.breed`: all of `lab.train`'s keys, and those of family and cross."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.legal_values import Range
from lab.config.node_values import CONTROLS, check_key_values
from lab.config.schemas.train import TrainConfig

GRAINS = ("one", "layer", "kind", "layer_and_kind")


@dataclass
class AlphasConfig:
    """What a search varies: one coefficient, or one a layer, a kind, or both; between bounds."""

    grain: str = MISSING
    low: float = MISSING
    high: float = MISSING


@dataclass
class BreedConfig(TrainConfig):
    """The keys of `lab.breed`; a node typed Any is a choice under conf/."""

    fork_steps: int = MISSING
    fork_schedule: str = MISSING
    unrelated: bool = MISSING
    wait: bool = MISSING
    alignment: str = MISSING
    family: str | None = MISSING
    parent_runs: list[str] = MISSING
    alphas: AlphasConfig = field(default_factory=AlphasConfig)
    parents: Any = None
    crossover: Any = None
    mutation: Any = None
    search: Any = None
    selection: Any = None
    controls: Any = None

    RENAMED: ClassVar[Mapping[str, str]] = {
        **TrainConfig.RENAMED,
        "apart": "fork_steps",
        "rate": "fork_schedule",
        "files": "parent_runs",
    }
    RANGES: ClassVar[Mapping[str, Range]] = {
        **TrainConfig.RANGES,
        "seed": Range(0, 10**15),
        "fork_steps": Range(1, 10**9),
        "alphas.low": Range(-2, 0.5, exclude_high=True),
        "alphas.high": Range(0.5, 3, exclude_low=True),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        **TrainConfig.CHOICES,
        "fork_schedule": ("constant", "annealed"),
        "alignment": ("none", "match"),
        "alphas.grain": GRAINS,
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        for key in ("parents", "crossover", "mutation", "search", "selection", "controls"):
            if not config[key]:
                raise ValueError(f"{key} is missing: pick one with {key}=...")
        check_key_values("controls", config["controls"], CONTROLS, {})
        super().check(config)

    @classmethod
    def check_relations(cls, config: Mapping[str, Any]) -> None:
        """Refuse keys that contradict each other; ValueError names both."""
        super().check_relations(config)
        check_family(config)


def check_family(config: Mapping[str, Any]) -> None:
    """Refuse a family that cannot be: of too few, with halves of what has none, of one parent."""
    family, files = config["parents"], config["parent_runs"]
    if bool(files) == bool(family["members"]):
        raise ValueError(
            "parents=files needs parent_runs=[NAME,NAME], and parent_runs=[...] parents=files"
        )
    if files and len(files) < 2:
        raise ValueError(f"a cross needs two parents or more, got parent_runs=[{files[0]}]")
    if files and config["controls"]["matched"]:
        raise ValueError(
            "parents=files has no family to train controls=matched from: set controls=cheap"
        )
    if config["parent"] is not None or config["half"] != "all":
        hint = f"; parents={config['parent']} chooses a family" if config["parent"] else ""
        raise ValueError(
            f"a family names its own parents and halves: leave parent and half alone{hint}"
        )
    if config["training"]["steps"] is None:
        raise ValueError("a family is trained by steps: set training.steps and fork_steps")
    members_with_half = [name for name in family["cross"] if "half" in family["members"][name]]
    if members_with_half and "half" not in config["corpus"]:
        raise ValueError(
            f"this corpus has no halves for {' and '.join(members_with_half)}: parents=same_data"
        )
    if config["controls"]["points"] in (1, 2):
        raise ValueError("controls.points must be 0, for no barrier, or at least 3")
    ancestors = {family["members"][name].get("parent") for name in family["cross"]}
    if not config["unrelated"] and (None in ancestors or len(ancestors) > 1):
        raise ValueError(
            f"{' and '.join(family['cross'])} have no common ancestor, so their neurons do not "
            "correspond: cross them all the same with unrelated=true"
        )
