"""A family of six on disk, with weights of the smallest size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch

from lab.genealogy.pedigree import Pedigree
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


@pytest.fixture
def line_of_descent() -> Callable[[int, int], Pedigree]:
    """A function: a pedigree of so many generations, each of so many sibs of all of the last."""

    def build(generations: int, sibs: int) -> Pedigree:
        graph, parents = nx.DiGraph(), tuple[str, ...]()
        for generation in range(generations):
            members = tuple(f"g{generation:04d}-{sib}" for sib in range(sibs if generation else 1))
            for name in members:
                kind = "bred" if parents else "founder"
                graph.add_node(name, name=name, kind=kind, parents=parents, birth=None, path=None)
                graph.add_edges_from((parent, name) for parent in parents)
            parents = members
        return Pedigree(graph)

    return build
