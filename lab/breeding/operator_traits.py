"""Operator traits: what a crossover or mutation operator declares of itself, by a decorator.

    @operator(coefficient="weights", needs_ancestor=True, check=check_density)
    def ties(parents, *, density=0.5, weights=None, ancestor=None, generator=None): ...

Whether an operator goes with a config is decided from here, before any parent is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

MIDPOINT_VALUES = {"alpha": 0.5, "weights": None, "share": 0.5}
"""The parameters that a search can vary: the value of each halfway between the parents."""

F = TypeVar("F", bound=Callable[..., Any])


def accept_all(*_: Any, **__: Any) -> None:
    """Refuse nothing: the check of a function whose parameters need none."""


@dataclass(frozen=True)
class OperatorTraits:
    """What a crossover operator needs, which coefficient it has, and what its children are.

    coefficient: the parameter that a search varies: "alpha", "weights", "share", or None.
    alpha_by_part: alpha may differ by layer and kind (`alpha_field`), not only be one number.
    parents: the fewest and the most it takes; None is any number.
    unit_rows: children of parents on the sphere lie on the sphere, and so can be kept.
    needs_unit_rows: parents off the sphere are refused.
    needs_ancestor, needs_importance: the argument of this name must be given.
    absolute_weights: weights are taken as they are, not as shares of their sum.
    has_numba_kernel: it takes kernel="numba", whose children have other last bits.
    check: check(number of parents, **parameters) raises ValueError for values out of range.
    defaults: those of the function's keywords, filled in by the decorator.
    """

    coefficient: str | None = None
    alpha_by_part: bool = False
    parents: tuple[int, int | None] = (1, None)
    unit_rows: bool = True
    needs_unit_rows: bool = False
    needs_ancestor: bool = False
    needs_importance: bool = False
    absolute_weights: bool = False
    has_numba_kernel: bool = False
    check: Callable[..., None] = accept_all
    defaults: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """ValueError for a coefficient that no search varies."""
        if self.coefficient is not None and self.coefficient not in MIDPOINT_VALUES:
            known = ", ".join(MIDPOINT_VALUES)
            raise ValueError(f"coefficient must be one of {known}, got {self.coefficient!r}")


@dataclass(frozen=True)
class MutationTraits:
    """What a mutation operator needs: unit rows or not, and parameters that its check accepts."""

    needs_unit_rows: bool = False
    check: Callable[..., None] = accept_all
    defaults: Mapping[str, Any] = field(default_factory=dict, repr=False)


def operator(**declared: Any) -> Callable[[F], F]:
    """Attach OperatorTraits to a crossover operator, which is otherwise returned as it is."""
    return _attach(OperatorTraits, declared)


def mutation_operator(**declared: Any) -> Callable[[F], F]:
    """Attach MutationTraits to a mutation operator, which is otherwise returned as it is."""
    return _attach(MutationTraits, declared)


def operator_traits(function: Callable[..., Any]) -> OperatorTraits:
    """The traits that a crossover operator declares; ValueError where it declares none."""
    traits = vars(function).get("traits")
    if not isinstance(traits, OperatorTraits):
        raise ValueError(f"{function.__name__} is no crossover operator: declare it with @operator")
    return traits


def mutation_traits(function: Callable[..., Any]) -> MutationTraits:
    """The traits that a mutation operator declares; ValueError where it declares none."""
    traits = vars(function).get("traits")
    if not isinstance(traits, MutationTraits):
        name = function.__name__
        raise ValueError(f"{name} is no mutation operator: declare it with @mutation_operator")
    return traits


def _attach(traits: Callable[..., Any], declared: Mapping[str, Any]) -> Callable[[F], F]:
    def declare(function: F) -> F:
        defaults = dict(getattr(function, "__kwdefaults__", None) or {})
        vars(function)["traits"] = traits(**declared, defaults=defaults)
        return function

    return declare
