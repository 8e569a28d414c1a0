"""A cross made ready: individuals of one family, brought together so that a search can vary them.

Used by `lab.breed`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding import mutation
from lab.breeding.alignment.alignment import require_symmetry
from lab.breeding.crossover import Crossing, rehearse
from lab.breeding.operators.fisher import Importance, information
from lab.breeding.prepare_parents import Prepared, prepare
from lab.breeding.search import coefficient_search
from lab.breeding.search.child_builder import Nursery
from lab.breeding.search.evaluator import Candidate, Found
from lab.breeding.statistics.window_scores import Scores
from lab.config.instantiate import find, instantiate
from lab.config.schemas.breed import Breed
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.kinship import clone_of
from lab.genealogy.pedigree import scan
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records.config_hash import as_hashed
from lab.training.differentiable_loss import losses
from lab.workflows import calibration


@dataclass(frozen=True)
class Party:
    """Who is crossed: individuals by name, their genotypes as prepared, and what breeds them.

    shown: what a recipe says of the training windows, None where the operator needs no data.
    """

    individuals: Mapping[str, Individual]
    ancestor: Individual | None
    prepared: Prepared
    crossing: Crossing
    nursery: Nursery
    header: Mapping[str, Any]
    shown: Mapping[str, Any] | None = None

    @property
    def genotypes(self) -> dict[str, Genotype]:
        """The parents by name, as they are crossed."""
        return dict(zip(self.individuals, self.prepared.parents, strict=True))

    def name(self, identity: str | None) -> str | None:
        """What a parent of this id is called."""
        return next((n for n, one in self.individuals.items() if one.id == identity), None)

    def clone(self, candidate: Candidate) -> str | None:
        """The name of the parent that a candidate's child is a copy of."""
        if "founder" in candidate:
            return self.name(candidate["founder"])
        return clone_of(self.nursery.build(candidate), self.genotypes)


def operator(node: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The function that a node names, and its parameters."""
    told = {key: value for key, value in node.items() if not key.startswith("_")}
    return find("crossover", str(node["_target_"])), told


def crossing(config: Breed, ancestor: Genotype | None, importance: Importance) -> Crossing:
    """The operator as the search of this config sees it."""
    function, told = operator(config.crossover)
    varied = find("search", config.search["_target_"]) is not coefficient_search.none
    return Crossing(function, told, config.alphas.grain, varied, ancestor, importance)


def mutate(config: Breed) -> Callable[..., Genotype] | None:
    """The mutation as a nursery takes it, None where there is none."""
    function, told = operator(config.mutation)
    if function is mutation.none:
        return None
    return lambda genotype, generator: function(genotype, generator=generator, **told)


def searcher(config: Breed, baseline: Scores | None = None) -> Callable[..., Found]:
    """The search, with selection and baseline where it takes them."""
    chosen = instantiate(config.search)
    if "selection" in inspect.signature(chosen).parameters:
        chosen = partial(chosen, selection=instantiate(config.selection), baseline=baseline)
    return chosen


def most(told: Mapping[str, Any], size: int) -> int:
    """How many children the search of this node may ask for, varying `size` coefficients."""
    if "generations" in told:
        return int(told["population"] + told["generations"] * told["children"])
    return int(told["points"] ** size if "points" in told else told.get("budget", 1))


def audition(config: Breed, guests: Mapping[str, Individual] | None = None) -> None:
    """Refuse operators, fields and searches that do not go together, before anything is reared.

    guests are the parents where they are files.
    """
    told = config.parents["members"]
    names = config.parents["cross"]
    related = all(told[one].get("parent") for one in names)
    kind, depth = config.model.kind, config.model.depth
    if guests:
        related = common_ancestor(config, [one.id for one in guests.values()]) is not None
        shape = next(iter(guests.values())).genotype.architecture
        kind, depth = shape.kind, shape.depth
    if config.alignment == "match":
        require_symmetry(kind)
    rehearse(
        partial(crossing, config),
        searcher(config),
        mutate(config),
        depth=depth,
        kind=kind,
        parents=len(guests or names),
        ancestor=related,
        low=config.alphas.low,
        high=config.alphas.high,
        selection=instantiate(config.selection),
    )


def assemble(
    config: Breed, individuals: Mapping[str, Individual], shown: Sequence[np.ndarray]
) -> Party:
    """Bring individuals together; `shown` are training windows, for operators that need data.

    ValueError for parents that are strangers, one and the same, or cannot be crossed.
    """
    ids = [one.id for one in individuals.values()]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{' and '.join(individuals)} are one and the same individual")
    ancestor = common_ancestor(config, ids)
    everyone = [*individuals.values(), *([ancestor] if ancestor else [])]
    known = [Vocabulary.from_dict(one.birth["vocabulary"]).characters for one in everyone]
    prepared = prepare(
        [one.genotype for one in individuals.values()],
        known[: len(ids)],
        ancestor.genotype if ancestor else None,
        known[-1],
        match=config.alignment == "match",
    )
    function = crossing(
        config, prepared.ancestor, lambda genotype: information(genotype, losses(shown))
    )
    nursery = Nursery(
        size=function.size(prepared.parents[0].architecture, len(ids)),
        low=config.alphas.low,
        high=config.alphas.high,
        founders=dict(zip(ids, prepared.parents, strict=True)),
        cross=function,
        mutate=mutate(config),
        seed=config.seed,
    )
    header = {
        "parents": ids,
        "ancestor": ancestor.id if ancestor else None,
        "alphas": asdict(config.alphas),
        "alignment": config.alignment,
        "crossover": as_hashed(config.crossover),
        "mutation": as_hashed(config.mutation),
        "search": as_hashed(config.search),
        "selection": as_hashed(config.selection),
    }
    seen = calibration.told(config, shown) if function.informed else None
    return Party(individuals, ancestor, prepared, function, nursery, header, seen)


def common_ancestor(config: Breed, ids: Sequence[str]) -> Individual | None:
    """The nearest common ancestor, None where unrelated parents may be crossed; else ValueError."""
    pedigree = scan(Path(config.root))
    if strange := [one for one in ids if one not in pedigree.graph]:
        if config.unrelated:
            return None
        raise ValueError(
            f"{strange[0][:12]} lies outside {config.root}, so its ancestors cannot be read: "
            "cross it all the same with unrelated=true"
        )
    for other in ids[1:]:
        pedigree.require_related(ids[0], other, unrelated=config.unrelated)
    nearest = pedigree.nearest_common_ancestor(*ids)
    path = pedigree.graph.nodes[nearest]["path"] if nearest else None
    return individual.load(path) if path else None
