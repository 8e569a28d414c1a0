"""Child builder: children built from recipes, every recipe kept under its hash.

A recipe is plain data: {"founder": name}, or {"parents": [names], "alpha": [...], "seed": n,
"mutate": bool}. A parent's name is a founder's, or the sha256 of the recipe of an earlier child,
so that recipes form a Merkle DAG and any child can be rebuilt from the founders.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from lab.breeding.search.evaluator import Candidate
from lab.breeding.search.genotype_cache import GenotypeCache
from lab.breeding.search.search_space import SearchSpace
from lab.models.genotype import Genotype
from lab.storage.verified_folder import canonical_json

CrossFunction = Callable[[Sequence[Genotype], Sequence[float], torch.Generator], Genotype]
"""(parents, coefficients of the search space, generator) -> child."""
MutateFunction = Callable[[Genotype, torch.Generator], Genotype]


@dataclass(frozen=True, kw_only=True)
class ChildBuilder(SearchSpace):
    """A search space with the founders crossed in it and the operators that build children.

    cross and mutate must be deterministic under their generator. seed is that of the children of
    a coefficient search, which differ in their coefficients alone; cache holds built children,
    any other is rebuilt on demand. ValueError without two founders.
    """

    founders: Mapping[str, Genotype]
    cross: CrossFunction
    mutate: MutateFunction | None = None
    seed: int = 0
    cache: GenotypeCache = field(default_factory=GenotypeCache, repr=False)
    _recipes: dict[str, Candidate] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """ValueError for fewer than two founders."""
        super().__post_init__()
        if len(self.founders) < 2:
            raise ValueError("breeding needs two founders or more")

    def founder_recipe(self, name: str) -> Candidate:
        """The recipe of a founder."""
        return {"founder": name}

    def candidate(self, alpha: Sequence[float] | np.ndarray) -> Candidate:
        """The child of all founders with these coefficients, not mutated."""
        recipe = super().candidate(alpha)
        return self._register({**recipe, "parents": list(self.founders), "seed": self.seed})

    def draw_child(self, parents: Sequence[Candidate], generator: np.random.Generator) -> Candidate:
        """The recipe of a new child: random coefficients, its own seed, perhaps mutated."""
        alpha = generator.uniform(self.low, self.high, self.size)
        recipe = {
            **super().candidate(alpha),
            "parents": [self.name(parent) for parent in parents],
            "seed": int(generator.integers(2**31)),
            "mutate": self.mutate is not None,
        }
        return self._register(recipe)

    def name(self, candidate: Candidate) -> str:
        """A founder's own name, else the sha256 of the recipe."""
        if "founder" in candidate:
            return str(candidate["founder"])
        return hashlib.sha256(canonical_json(candidate)).hexdigest()

    def build(self, candidate: Candidate) -> Genotype:
        """Build the child of a recipe, and first those of its ancestors that are not cached.

        ValueError names a parent without a recipe here.
        """
        if "founder" in candidate:
            return self._founder_genotype(str(candidate["founder"]))
        name = self.name(candidate)
        if name in self.cache:
            return self.cache.get(name)
        unbuilt = list(self._ancestry(candidate, lambda ancestor: ancestor in self.cache))
        uses = Counter(parent for _, recipe in unbuilt for parent in recipe["parents"])
        at_hand = {n: self.cache.get(n) for n in uses if n in self.cache}
        for child_name, recipe in unbuilt:
            parents = [
                self.founders[parent] if parent in self.founders else at_hand[parent]
                for parent in recipe["parents"]
            ]
            child = at_hand[child_name] = self._breed(recipe, parents)
            self.cache.add(child_name, child)
            uses.subtract(recipe["parents"])
            at_hand = {n: genotype for n, genotype in at_hand.items() if uses[n] > 0}
        return child

    def keep_built(self, candidates: Iterable[Candidate]) -> None:
        """Keep these children built as long as the cache has room for any, and not those before."""
        self.cache.pin(self.name(candidate) for candidate in candidates)

    def key(self, candidate: Candidate) -> str:
        """The content hash of the child."""
        return content_hash(self.build(candidate))

    def steps(self, candidate: Candidate) -> list[dict[str, Any]]:
        """The recipes that lead from the founders to this child, each with its name, in order."""
        if "founder" in candidate:
            return []
        return [{"name": name, **recipe} for name, recipe in self._ancestry(candidate)]

    def register_steps(self, steps: Sequence[Mapping[str, Any]]) -> Candidate:
        """Register the recipes that `steps` listed; return the last, ready to be built."""
        for step in steps:
            last = self._register({key: step[key] for key in step if key != "name"})
        return last

    def _ancestry(
        self, candidate: Candidate, known: Callable[[str], bool] = lambda _: False
    ) -> Iterator[tuple[str, Candidate]]:
        """Yield (name, recipe) of a child and its ancestors, parents first, each of them once.

        Founders, those that are known and the ancestors of these are left out.
        """
        seen = set(self.founders)
        stack = [(self.name(candidate), candidate, False)]
        while stack:
            name, recipe, parents_done = stack.pop()
            if parents_done:
                yield name, recipe
            elif name not in seen and not known(name):
                seen.add(name)
                stack.append((name, recipe, True))
                for parent in reversed(recipe["parents"]):
                    if parent not in seen:
                        stack.append((parent, self._recipe_of(parent), False))

    def _breed(self, candidate: Candidate, parents: Sequence[Genotype]) -> Genotype:
        generator = torch.Generator().manual_seed(int(candidate["seed"]))
        child = self.cross(parents, candidate["alpha"], generator)
        if candidate.get("mutate") and self.mutate is not None:
            child = self.mutate(child, generator)
        return child

    def _founder_genotype(self, name: str) -> Genotype:
        if name not in self.founders:
            raise ValueError(f"no founder is called {name}")
        return self.founders[name]

    def _recipe_of(self, name: str) -> Candidate:
        if name in self.founders:
            return self.founder_recipe(name)
        if name not in self._recipes:
            raise ValueError(f"the child builder knows no parent {name[:12]}")
        return self._recipes[name]

    def _register(self, candidate: Candidate) -> Candidate:
        self._recipes[self.name(candidate)] = candidate
        return candidate


def content_hash(genotype: Genotype) -> str:
    """sha256 over architecture, rows and scales: equal for equal children, however bred."""
    digest = hashlib.sha256(canonical_json(genotype.architecture.to_dict()))
    for tensor in (genotype.rows, genotype.scales):
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
