"""Search traits: what a search declares of itself, and refuses by it before anything is scored.

@search(max_coefficients=1, min_budget=5, max_children=count_budget)
def golden(space, evaluate, generator, *, budget=20, tolerance=0.01): ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lab.breeding.operator_traits import accept_all
from lab.breeding.search.evaluator import FitnessEvaluator, SearchResult
from lab.breeding.search.racing import Race

SearchFunction = Callable[..., SearchResult]
"""(search space, evaluator, random generator, **parameters) -> result."""


def count_midpoint(size: int, **_: Any) -> int:
    """One child, the midpoint: the children of a search that declares no other number."""
    return 1


def count_budget(size: int, *, budget: int, **_: Any) -> int:
    """The children of a search that stops at its budget."""
    return int(budget)


@dataclass(frozen=True)
class SearchTraits:
    """What a search needs, which search spaces and parameters it takes, how many children it asks.

    varies_coefficients: False leaves the operator its own parameters.
    min_coefficients, max_coefficients: the sizes of search space it takes, None for no bound;
    alternative: what to use for fewer.
    min_budget: the smallest `budget`. races: `shares`, `keep` and `level` are those of a `Race`.
    needs_selection: takes `selection` and `baseline`. mutates: its children may be mutated.
    count_children: count_children(size, **parameters) is the most children it asks for.
    check: check(size, **parameters) raises ValueError for values out of range.
    name, defaults: the function's name and those of its keywords, filled in by the decorator.
    """

    varies_coefficients: bool = True
    min_coefficients: int = 1
    max_coefficients: int | None = None
    alternative: str = ""
    min_budget: int | None = None
    races: bool = False
    needs_selection: bool = False
    mutates: bool = False
    count_children: Callable[..., int] = count_midpoint
    check: Callable[..., None] = accept_all
    name: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def check_call(self, size: int, parameters: Mapping[str, Any]) -> None:
        """ValueError, in one line, for a search space or parameters that the search cannot take."""
        values = {**self.defaults, **parameters}
        if self.max_coefficients is not None and size > self.max_coefficients:
            most = _count_coefficients(self.max_coefficients)
            raise ValueError(f"search={self.name} takes {most}, this cross has {size}")
        if size < self.min_coefficients:
            fewest = _count_coefficients(self.min_coefficients)
            raise ValueError(f"search={self.name} takes {fewest} or more: {self.alternative}")
        if self.min_budget is not None and values["budget"] < self.min_budget:
            raise ValueError(
                f"search={self.name} needs a budget of {self.min_budget} candidates or more, "
                f"got {values['budget']}"
            )
        self.check(size, **values)
        if self.races:
            Race(tuple(values["shares"]), values["keep"], values["level"])

    def max_children(self, size: int, parameters: Mapping[str, Any]) -> int:
        """How many children the search may ask for, varying `size` coefficients."""
        return self.count_children(size, **{**self.defaults, **parameters})


def search(**declared: Any) -> Callable[[SearchFunction], SearchFunction]:
    """Attach SearchTraits to a search, and check each call by them before it scores anything."""

    def declare(function: SearchFunction) -> SearchFunction:
        defaults = dict(getattr(function, "__kwdefaults__", None) or {})
        traits = SearchTraits(**declared, name=function.__name__, defaults=defaults)

        @functools.wraps(function)
        def checked(
            space: Any, evaluate: FitnessEvaluator, generator: np.random.Generator, **values: Any
        ) -> SearchResult:
            traits.check_call(space.size, values)
            return function(space, evaluate, generator, **values)

        vars(checked)["traits"] = traits
        return checked

    return declare


def search_traits(function: Callable[..., Any]) -> SearchTraits:
    """The traits that a search declares; ValueError where it declares none."""
    traits = vars(function).get("traits")
    if not isinstance(traits, SearchTraits):
        raise ValueError(f"{function.__name__} is no search: declare it with @search")
    return traits


def _count_coefficients(count: int) -> str:
    words = {1: "one coefficient", 2: "two coefficients"}
    return words.get(count, f"{count} coefficients")
