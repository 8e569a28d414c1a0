"""Crossover: an operator bound to its parameters, and what the coefficients of a search mean to it.

A coefficient lies between 0, the first parent, and 1, the second. An operator whose coefficient is
alpha takes it, by part where the grain says so; one of weights takes (1 - a, a), or one coefficient
a parent where there are more than two, each then a share of their sum, so that equal coefficients
are the parents' mean; one of a share takes it as the share of genes from the second parent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from lab.breeding.alpha_field import coefficient_names, name_coefficients
from lab.breeding.operator_traits import MIDPOINT_VALUES, OperatorTraits, operator_traits
from lab.breeding.operators.fisher import Importance
from lab.models.genotype import Architecture, Genotype


@dataclass(frozen=True)
class BoundOperator:
    """An operator to be called with coefficients; varied False keeps its own parameters.

    ValueError where the operator has no alpha by part for the grain, no coefficient to vary, a
    coefficient set that a search would choose, or where a grain is given and nothing is varied.
    """

    operator: Callable[..., Genotype]
    parameters: Mapping[str, Any]
    grain: str = "one"
    varied: bool = True
    ancestor: Genotype | None = None
    importance: Importance | None = None

    def __post_init__(self) -> None:
        """Check the coefficients against the operator's declaration."""
        if self.grain != "one" and not self.traits.alpha_by_part:
            raise ValueError(f"{self.name} takes one coefficient, not one by {self.grain}")
        if not self.varied:
            if self.grain != "one":
                raise ValueError(
                    f"alphas.grain={self.grain} goes with a search: search=none varies no "
                    "coefficient, set crossover.alpha by part instead"
                )
            return
        if self.variable is None:
            raise ValueError(f"{self.name} has no coefficient to search: search=none")
        if (
            self.parameters.get(self.variable, MIDPOINT_VALUES[self.variable])
            != MIDPOINT_VALUES[self.variable]
        ):
            raise ValueError(
                f"a search chooses {self.variable}: leave crossover.{self.variable} as it is, "
                "or give search=none"
            )

    @property
    def name(self) -> str:
        """The operator's name."""
        return self.operator.__name__

    @property
    def traits(self) -> OperatorTraits:
        """What the operator declares."""
        return operator_traits(self.operator)

    @property
    def variable(self) -> str | None:
        """The parameter that coefficients stand for, None where there is none."""
        return self.traits.coefficient

    @property
    def keeps_unit_rows(self) -> bool:
        """Whether children of parents on the sphere lie there too, and so can be kept."""
        return self.traits.unit_rows

    @property
    def needs_data(self) -> bool:
        """Whether the operator needs an importance, which is computed from training windows."""
        return self.traits.needs_importance

    def count_coefficients(self, architecture: Architecture, parents: int) -> int:
        """The number of coefficients that a search varies."""
        if self.variable == "weights" and parents > 2:
            return parents
        return len(coefficient_names(architecture, self.grain))

    def parameters_at(
        self, architecture: Architecture, alpha: Sequence[float], parents: int
    ) -> dict[str, Any]:
        """The operator's parameters at these coefficients, as plain data."""
        if not self.varied:
            return dict(self.parameters)
        value: Any = float(alpha[0])
        if self.grain != "one":
            value = name_coefficients(architecture, alpha, self.grain)
        elif self.variable == "weights":
            value = [1 - value, value] if len(alpha) == 1 else self._scale_weights(alpha[:parents])
        return {**self.parameters, str(self.variable): value}

    def __call__(
        self, parents: Sequence[Genotype], alpha: Sequence[float], generator: torch.Generator
    ) -> Genotype:
        """The child of these parents at these coefficients."""
        context: dict[str, Any] = {"ancestor": self.ancestor, "generator": generator}
        if self.needs_data:
            context["importance"] = self.importance
        parameters = self.parameters_at(parents[0].architecture, alpha, len(parents))
        return self.operator(parents, **parameters, **context)

    def _scale_weights(self, coefficients: Sequence[float]) -> list[float] | None:
        """Weights from coefficients, one a parent; None, equal weights, where all are 0.

        Operators scale their weights to sum 1 themselves, but for those of absolute weights.
        """
        value, total = list(map(float, coefficients)), sum(map(float, coefficients))
        if not any(value):
            return None
        if not self.traits.absolute_weights:
            return value
        if min(value) < 0:
            raise ValueError(
                f"a search of {self.name} over more than two parents needs alphas.low of 0 or "
                f"more: coefficients are shares, got {value}"
            )
        return [weight / total for weight in value]
