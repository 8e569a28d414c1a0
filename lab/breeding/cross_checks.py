"""Cross checks: refusal of an operator, a search and a mutation that do not go together.

All is decided from what these declare (`operator_traits`, `search.search_traits`) and the shape of
the models, before any parent is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.breeding.alpha_field import check_alphas
from lab.breeding.crossover import BoundOperator
from lab.breeding.geometry import require_unit_rows
from lab.breeding.operator_traits import mutation_traits
from lab.breeding.recombination import check_weights
from lab.breeding.search.search_space import SearchSpace
from lab.breeding.search.search_traits import search_traits
from lab.breeding.search.selection import DEFAULT_SELECTION, Selection
from lab.models.architecture import Architecture

Choice = tuple[Callable[..., Any], Mapping[str, Any]]
"""A function that a config names, and the parameters it gives it."""


@dataclass(frozen=True)
class CrossShape:
    """What is known of a cross before its parents are trained: sizes, relation, search bounds."""

    architecture: Architecture
    num_parents: int
    has_ancestor: bool
    low: float = 0.0
    high: float = 1.0


def check_cross(
    operator: BoundOperator,
    search: Choice,
    mutation: Choice | None,
    shape: CrossShape,
    selection: Selection = DEFAULT_SELECTION,
) -> None:
    """ValueError, in one line, for what cannot be bred in this shape; nothing is computed.

    Refused are bounds that do not hold the midpoint, what the operator, the mutation and the
    search declare that they cannot take, and a mutation or a selection other than the default
    beside a search that would never use it.
    """
    size = operator.count_coefficients(shape.architecture, shape.num_parents)
    if shape.num_parents < 2:
        raise ValueError("breeding needs two founders or more")
    SearchSpace(size, shape.low, shape.high)
    for alpha in (0.5, shape.low, shape.high):
        check_operator(operator, shape, alpha=[alpha] * size)
    if mutation is not None:
        check_mutation(mutation, shape.architecture)
    function, parameters = search
    traits = search_traits(function)
    traits.check_call(size, parameters)
    if mutation is not None and not traits.mutates:
        raise ValueError(
            "mutation goes with search=evolution: no other search mutates a child, "
            "leave mutation=none"
        )
    if selection != DEFAULT_SELECTION and not traits.needs_selection:
        raise ValueError(
            f"selection={type(selection).__name__.lower()} goes with search=evolution: no other "
            "search selects who lives and mates"
        )


def check_operator(operator: BoundOperator, shape: CrossShape, alpha: list[float]) -> None:
    """ValueError where the operator cannot cross such parents at these coefficients."""
    traits, name = operator.traits, operator.name
    if traits.needs_unit_rows:
        require_unit_rows(shape.architecture, name)
    check_num_parents(name, traits.parents, shape.num_parents)
    if traits.needs_ancestor and not shape.has_ancestor:
        raise ValueError(f"{name} needs the parents' common ancestor")
    given = operator.parameters_at(shape.architecture, alpha, shape.num_parents)
    parameters = {**traits.defaults, **given}
    traits.check(shape.num_parents, **parameters)
    if traits.coefficient == "alpha":
        value = parameters["alpha"]
        check_alphas(shape.architecture, value if traits.alpha_by_part else {"rest": value})
    if traits.coefficient == "weights" and not traits.absolute_weights:
        check_weights(shape.num_parents, parameters["weights"])


def check_num_parents(name: str, bounds: tuple[int, int | None], count: int) -> None:
    """ValueError for fewer or more parents than an operator takes."""
    fewest, most = bounds
    if fewest == most and count != fewest:
        raise ValueError(f"this crossover takes {fewest} parents, got {count}")
    if count < fewest:
        raise ValueError(f"{name} needs {fewest} parents or more, got {count}")
    if most is not None and count > most:
        raise ValueError(f"{name} takes {most} parents at most, got {count}")


def check_mutation(mutation: Choice, architecture: Architecture) -> None:
    """ValueError where children of this architecture cannot be mutated so."""
    function, parameters = mutation
    traits = mutation_traits(function)
    if traits.needs_unit_rows:
        require_unit_rows(architecture, f"mutation={function.__name__}", "mutation=none")
    traits.check(**{**traits.defaults, **parameters})
