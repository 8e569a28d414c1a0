"""Cross setup: parents, operator, mutation and search of a breeding config, checked and bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding import mutation
from lab.breeding.alignment.alignment import require_symmetry
from lab.breeding.cross_checks import CrossShape, check_cross
from lab.breeding.crossover import BoundOperator
from lab.breeding.operator_traits import operator_traits
from lab.breeding.operators.fisher import Importance, fisher_information
from lab.breeding.prepare_parents import PreparedParents, prepare_parents
from lab.breeding.search.child_builder import ChildBuilder, content_hash
from lab.breeding.search.evaluator import Candidate, SearchResult
from lab.breeding.search.search_traits import search_traits
from lab.breeding.statistics.window_scores import WindowScores
from lab.config.instantiate import find_function, instantiate
from lab.config.schemas.breed import BreedConfig
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.kinship import find_cloned_parent
from lab.genealogy.pedigree import read_pedigree
from lab.models import individual
from lab.models.genotype import Architecture, Genotype
from lab.models.individual import Individual
from lab.records.config_hash import to_hashed_names
from lab.training.differentiable_loss import differentiable_losses
from lab.workflows import calibration


@dataclass(frozen=True)
class PreparedCross:
    """The parents by name, their prepared genotypes, and the operator and builder of children.

    calibration_record: a recipe's entry on training windows, None where the operator needs none.
    """

    individuals: Mapping[str, Individual]
    ancestor: Individual | None
    prepared: PreparedParents
    operator: BoundOperator
    builder: ChildBuilder
    header: Mapping[str, Any]
    calibration_record: Mapping[str, Any] | None = None

    @property
    def genotypes(self) -> dict[str, Genotype]:
        """The parents by name, as they are crossed."""
        return dict(zip(self.individuals, self.prepared.parents, strict=True))

    def parent_name(self, identity: str | None) -> str | None:
        """The name of the parent with this id."""
        return next(
            (name for name, parent in self.individuals.items() if parent.id == identity), None
        )

    def find_clone(self, candidate: Candidate) -> str | None:
        """The name of the parent that a candidate's child is a copy of."""
        if "founder" in candidate:
            return self.parent_name(candidate["founder"])
        return find_cloned_parent(self.builder.build(candidate), self.genotypes)


def resolve_operator(node: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The function that a config node names, and its parameters."""
    parameters = {key: value for key, value in node.items() if not key.startswith("_")}
    return find_function("this node", str(node["_target_"])), parameters


def bind_operator(
    config: BreedConfig, ancestor: Genotype | None, importance: Importance | None
) -> BoundOperator:
    """The operator as the search of this config sees it."""
    function, parameters = resolve_operator(config.crossover)
    if config.kernels == "numba" and operator_traits(function).has_numba_kernel:
        parameters["kernel"] = config.kernels  # it is part of the recipe: other bits, another child
    varied = search_traits(resolve_operator(config.search)[0]).varies_coefficients
    return BoundOperator(function, parameters, config.alphas.grain, varied, ancestor, importance)


def bind_mutation(config: BreedConfig) -> Callable[..., Genotype] | None:
    """The mutation as a child builder takes it, None for mutation=none."""
    function, parameters = resolve_operator(config.mutation)
    if function is mutation.none:
        return None
    return lambda genotype, generator: function(genotype, generator=generator, **parameters)


def resolve_search(
    config: BreedConfig, baseline: WindowScores | None = None
) -> Callable[..., SearchResult]:
    """The search, with selection and baseline where it needs them."""
    function, parameters = resolve_operator(config.search)
    if search_traits(function).needs_selection:
        parameters |= {"selection": instantiate(config.selection), "baseline": baseline}
    return partial(function, **parameters)


def count_max_children(search_config: Mapping[str, Any], size: int) -> int:
    """How many children the search of this node may ask for, varying `size` coefficients."""
    function, parameters = resolve_operator(search_config)
    return search_traits(function).max_children(size, parameters)


def check_compatible(
    config: BreedConfig, external_parents: Mapping[str, Individual] | None = None
) -> None:
    """ValueError for an operator, search and mutation that do not go together; nothing is trained.

    external_parents are those of parents=files, None where a family is trained.
    """
    members, names = config.parents["members"], config.parents["cross"]
    related = all(members[name].get("parent") for name in names)
    kind, depth, tied = config.model.kind, config.model.depth, config.model.tied
    architecture = Architecture(4, 8, depth, 1, 4, kind=kind, tied=tied)  # other sizes have no say
    if external_parents:
        related = find_common_ancestor(config, external_parents) is not None
        architecture = next(iter(external_parents.values())).genotype.architecture
    if config.alignment == "match":
        require_symmetry(architecture.kind)
    bounds = config.alphas.low, config.alphas.high
    check_cross(
        bind_operator(config, None, None),
        resolve_operator(config.search),
        None if bind_mutation(config) is None else resolve_operator(config.mutation),
        CrossShape(architecture, len(external_parents or names), related, *bounds),
        instantiate(config.selection),
    )


def prepare_cross(
    config: BreedConfig, individuals: Mapping[str, Individual], windows: Sequence[np.ndarray]
) -> PreparedCross:
    """Prepare individuals as parents of a cross; windows: of training, for a Fisher importance.

    ValueError for parents that are unrelated, one and the same, or cannot be crossed.
    """
    ids = [parent.id for parent in individuals.values()]
    if len({content_hash(parent.genotype) for parent in individuals.values()}) < len(ids):
        raise ValueError(f"{' and '.join(individuals)} are one and the same individual")
    ancestor = find_common_ancestor(config, individuals)
    members = [*individuals.values(), *([ancestor] if ancestor else [])]
    alphabets = [Vocabulary.from_dict(member.birth["vocabulary"]).characters for member in members]
    prepared = prepare_parents(
        [parent.genotype for parent in individuals.values()],
        alphabets[: len(ids)],
        ancestor.genotype if ancestor else None,
        alphabets[-1],
        align_to_first=config.alignment == "match",
    )
    operator = bind_operator(
        config,
        prepared.ancestor,
        lambda genotype: fisher_information(genotype, differentiable_losses(windows)),
    )
    builder = ChildBuilder(
        size=operator.count_coefficients(prepared.parents[0].architecture, len(ids)),
        low=config.alphas.low,
        high=config.alphas.high,
        founders=dict(zip(ids, prepared.parents, strict=True)),
        cross=operator,
        mutate=bind_mutation(config),
        seed=config.seed,
    )
    header = {
        "parents": ids,
        "ancestor": ancestor.id if ancestor else None,
        "alphas": asdict(config.alphas),
        "alignment": config.alignment,
        "crossover": to_hashed_names(config.crossover),
        "mutation": to_hashed_names(config.mutation),
        "search": to_hashed_names(config.search),
        "selection": to_hashed_names(config.selection),
    }
    record = calibration.describe_windows(config, windows) if operator.needs_data else None
    return PreparedCross(individuals, ancestor, prepared, operator, builder, header, record)


def find_common_ancestor(
    config: BreedConfig, parents: Mapping[str, Individual]
) -> Individual | None:
    """The nearest common ancestor, None where unrelated parents may be crossed; else ValueError."""
    pedigree, ids = read_pedigree(Path(config.root)), [parent.id for parent in parents.values()]
    pedigree.use_names(dict(zip(ids, parents, strict=True)))
    if unknown_ids := [identity for identity in ids if identity not in pedigree.graph]:
        if config.unrelated:
            return None
        where = f"{unknown_ids[0][:12]} lies outside {config.root}, so its ancestors cannot be read"
        raise ValueError(f"{where}: cross it all the same with unrelated=true")
    for other_id in ids[1:]:
        pedigree.require_related(ids[0], other_id, unrelated=config.unrelated)
    nearest = pedigree.nearest_common_ancestor(*ids)
    path = pedigree.graph.nodes[nearest]["path"] if nearest else None
    return individual.load_individual(path) if path else None
