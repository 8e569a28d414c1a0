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

from lab.breeding.alpha_field import field, names
from lab.breeding.operators.fisher import Importance
from lab.breeding.search.child_builder import Mutate, Nursery
from lab.breeding.search.selection import PLAIN, Selection
from lab.models.genotype import Architecture, Genotype, founder

HALFWAY = {"alpha": 0.5, "weights": None, "share": 0.5}  # what is varied: its value in the middle


@dataclass(frozen=True)
class Crossing:
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
        fine = "alpha" in self._known and str(self._known["alpha"].annotation) == "Alpha"
        if self.grain != "one" and not fine:
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
        if self.parameters.get(self.variable, HALFWAY[self.variable]) != HALFWAY[self.variable]:
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
        return next((name for name in HALFWAY if name in self._known), None)

    @property
    def unit_rows(self) -> bool:
        """Whether children of parents on the sphere lie there too, and so can be kept."""
        return bool(getattr(sys.modules[self.operator.__module__], "UNIT_ROWS", True))

    @property
    def informed(self) -> bool:
        """Whether the operator needs data."""
        return "importance" in self._known

    def size(self, architecture: Architecture, parents: int) -> int:
        """How many coefficients there are."""
        if self.variable == "weights" and parents > 2:
            return parents
        return len(names(architecture, self.grain))

    def told(
        self, architecture: Architecture, alpha: Sequence[float], parents: int
    ) -> dict[str, Any]:
        """The operator's parameters at these coefficients, as plain data."""
        if not self.varied:
            return dict(self.parameters)
        value: Any = float(alpha[0])
        if self.grain != "one":
            value = field(architecture, alpha, self.grain)
        elif self.variable == "weights":
            value = [1 - value, value] if len(alpha) == 1 else self._shares(alpha[:parents])
        return {**self.parameters, str(self.variable): value}

    def __call__(
        self, parents: Sequence[Genotype], alpha: Sequence[float], generator: torch.Generator
    ) -> Genotype:
        """The child of these parents at these coefficients."""
        more: dict[str, Any] = {"ancestor": self.ancestor, "generator": generator}
        if self.informed:
            more["importance"] = self.importance
        told = self.told(parents[0].architecture, alpha, len(parents))
        return self.operator(parents, **told, **more)

    def _shares(self, given: Sequence[float]) -> list[float] | None:
        """Weights of coefficients, one a parent; those of nobody are everybody's.

        Operators scale their weights to sum 1 themselves, save one that takes them as they are.
        """
        value, total = list(map(float, given)), sum(map(float, given))
        if not any(value):
            return None
        if not getattr(sys.modules[self.operator.__module__], "ABSOLUTE", False):
            return value
        if min(value) < 0:
            raise ValueError(
                f"a search of {self.name} over more than two parents needs alphas.low of 0 or "
                f"more: coefficients are shares, got {value}"
            )
        return [one / total for one in value]

    @property
    def _known(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.operator).parameters


class _Enough(Exception):  # noqa: N818 - it never leaves this module
    """The rehearsal has come as far as the first judgement."""


def rehearse(
    make: Callable[[Genotype | None, Importance], Crossing],
    search: Callable[..., Any],
    mutate: Mutate | None,
    *,
    depth: int,
    parents: int,
    ancestor: bool,
    low: float,
    high: float,
    kind: str = "ngpt",
    selection: Selection = PLAIN,
) -> None:
    """Cross strangers of the smallest size, so that what cannot work is refused before any rearing.

    kind is the architecture's; make gives the crossing for an ancestor and an importance.
    ValueError as the operator or the search raises it, and for a mutation or a selection (other
    than the plain one) beside a search that breeds no generations, and so would never use it.
    """
    tiny = Architecture(vocab_size=4, dim=8, depth=depth, heads=1, dim_head=4, kind=kind)
    generator = torch.Generator().manual_seed(0)
    family = [founder(tiny, generator) for _ in range(parents + 1)]
    numbers = tiny.num_rows + tiny.num_scales
    crossing = make(family[-1] if ancestor else None, lambda _: torch.ones(numbers))
    founders = {str(number): one for number, one in enumerate(family[:-1])}
    size = crossing.size(tiny, parents)
    nursery = Nursery(size=size, low=low, high=high, founders=founders, cross=crossing)
    for alpha in (0.5, low, high):
        child = nursery.build(nursery.candidate([alpha] * size))
    if mutate is not None:
        mutate(child, generator)

    def stop(*_: Any) -> Any:
        raise _Enough

    with suppress(_Enough):
        search(nursery, stop, np.random.default_rng(0))
    if "selection" in inspect.signature(search).parameters:
        return
    if mutate is not None:
        raise ValueError(
            "mutation goes with search=evolution: no other search mutates a child, "
            "leave mutation=none"
        )
    if selection != PLAIN:
        raise ValueError(
            f"selection={type(selection).__name__.lower()} goes with search=evolution: no other "
            "search selects who lives and mates"
        )
