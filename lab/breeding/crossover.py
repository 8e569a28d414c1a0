"""A crossing: an operator with its parameters, and what the coefficients of a search mean to it.

One coefficient lies between 0, the first parent, and 1, the second. An operator that knows alpha
takes it, by part where the grain says so; one that knows weights takes (1 - a, a), or one
coefficient a parent where there are more than two, each then a share of their sum, so that equal
coefficients are the parents' mean; discrete takes it for its share of genes.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from lab.breeding.alpha_field import coefficient_names, name_coefficients
from lab.breeding.operators.fisher import Importance
from lab.breeding.search.child_builder import ChildBuilder, MutateFunction
from lab.breeding.search.selection import DEFAULT_SELECTION, Selection
from lab.models.genotype import Architecture, Genotype, founder

MIDPOINT_VALUES = {
    "alpha": 0.5,
    "weights": None,
    "share": 0.5,
}  # what is varied: its value in the middle


@dataclass(frozen=True)
class BoundOperator:
    """An operator to be called with coefficients; varied False keeps its own parameters.

    ValueError where the grain means nothing to the operator, where it has no coefficient, where
    one is set that a search would choose, or where a grain is given and nothing varied.
    """

    operator: Callable[..., Genotype]
    parameters: Mapping[str, Any]
    grain: str = "one"
    varied: bool = True
    ancestor: Genotype | None = None
    importance: Importance | None = None

    def __post_init__(self) -> None:
        """Check what is varied."""
        takes_alpha_field = (
            "alpha" in self._signature and str(self._signature["alpha"].annotation) == "Alpha"
        )
        if self.grain != "one" and not takes_alpha_field:
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
    def variable(self) -> str | None:
        """The parameter that coefficients stand for, None where there is none."""
        return next((name for name in MIDPOINT_VALUES if name in self._signature), None)

    @property
    def keeps_unit_rows(self) -> bool:
        """Whether children of parents on the sphere lie there too, and so can be kept."""
        return bool(getattr(sys.modules[self.operator.__module__], "UNIT_ROWS", True))

    @property
    def needs_data(self) -> bool:
        """Whether the operator needs data."""
        return "importance" in self._signature

    def count_coefficients(self, architecture: Architecture, parents: int) -> int:
        """How many coefficients there are."""
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
        """Weights of coefficients, one a parent; those of nobody are everybody's.

        Operators scale their weights to sum 1 themselves, save one that takes them as they are.
        """
        value, total = list(map(float, coefficients)), sum(map(float, coefficients))
        if not any(value):
            return None
        if not getattr(sys.modules[self.operator.__module__], "ABSOLUTE", False):
            return value
        if min(value) < 0:
            raise ValueError(
                f"a search of {self.name} over more than two parents needs alphas.low of 0 or "
                f"more: coefficients are shares, got {value}"
            )
        return [weight / total for weight in value]

    @property
    def _signature(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.operator).parameters


class _StopDryRun(Exception):  # noqa: N818 - it never leaves this module
    """The rehearsal has come as far as the first judgement."""


def dry_run(
    bind_operator: Callable[[Genotype | None, Importance], BoundOperator],
    search: Callable[..., Any],
    mutate: MutateFunction | None,
    *,
    depth: int,
    parents: int,
    ancestor: bool,
    low: float,
    high: float,
    kind: str = "ngpt",
    selection: Selection = DEFAULT_SELECTION,
) -> None:
    """Cross strangers of the smallest size, so that what cannot work is refused before any rearing.

    kind is the architecture's; make gives the crossing for an ancestor and an importance.
    ValueError as the operator or the search raises it, and for a mutation or a selection (other
    than the plain one) beside a search that breeds no generations, and so would never use it.
    """
    architecture = Architecture(vocab_size=4, dim=8, depth=depth, heads=1, dim_head=4, kind=kind)
    generator = torch.Generator().manual_seed(0)
    genotypes = [founder(architecture, generator) for _ in range(parents + 1)]
    num_values = architecture.num_rows + architecture.num_scales
    operator = bind_operator(genotypes[-1] if ancestor else None, lambda _: torch.ones(num_values))
    founders = {str(number): genotype for number, genotype in enumerate(genotypes[:-1])}
    size = operator.count_coefficients(architecture, parents)
    builder = ChildBuilder(size=size, low=low, high=high, founders=founders, cross=operator)
    for alpha in (0.5, low, high):
        child = builder.build(builder.candidate([alpha] * size))
    if mutate is not None:
        mutate(child, generator)

    def stop(*_: Any) -> Any:
        raise _StopDryRun

    with suppress(_StopDryRun):
        search(builder, stop, np.random.default_rng(0))
    if "selection" in inspect.signature(search).parameters:
        return
    if mutate is not None:
        raise ValueError(
            "mutation goes with search=evolution: no other search mutates a child, "
            "leave mutation=none"
        )
    if selection != DEFAULT_SELECTION:
        raise ValueError(
            f"selection={type(selection).__name__.lower()} goes with search=evolution: no other "
            "search selects who lives and mates"
        )
