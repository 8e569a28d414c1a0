"""A family of six on disk, with weights of the smallest size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models import individual
from lab.models.genotype import Architecture, Genotype, founder

TINY = Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2)


class Family:
    """Individuals on disk under root: ids by name."""

    def __init__(self, root: Path) -> None:
        self.root, self.ids = root, dict[str, str]()
        self.weights: dict[str, Genotype] = {}

    def born(self, name: str, *parents: str, step: int = 0, **recipe: Any) -> str:
        """Save an individual of this name; its parents are named, or ids that nobody has."""
        seed = torch.Generator().manual_seed(len(self.weights))
        weights = recipe.pop("weights", None) or founder(TINY, seed)
        birth = {
            "name": name,
            "vocabulary": {"kind": "characters", "characters": "abcde"},
            "parents": [self.ids.get(parent, parent) for parent in parents],
            "recipe": {"kind": "bred" if len(parents) > 1 else "trained", **recipe},
        }
        self.weights[name] = weights
        folder = self.root / name / "checkpoint" / f"step-{step:08d}"
        self.ids[name] = individual.save_individual(folder, self.weights[name], birth)
        return self.ids[name]


@pytest.fixture
def family(tmp_path: Path) -> Family:
    """ancestor -> left, right -> child -> grandchild (by stranger); stranger has no parents."""
    tree = Family(tmp_path / "experiments")
    tree.born("ancestor")
    tree.born("left", "ancestor")
    tree.born("right", "ancestor")
    tree.born("child", "left", "right", operator="slerp")
    tree.born("stranger")
    tree.born("grandchild", "child", "stranger", operator="nlerp")
    return tree
