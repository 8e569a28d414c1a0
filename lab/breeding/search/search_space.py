"""Search space: a vector of coefficients between bounds, with the midpoint 0.5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.breeding.search.evaluator import Candidate


@dataclass(frozen=True)
class SearchSpace:
    """A vector of `size` coefficients, each in [low, high]: 0 is the first parent, 1 the other."""

    size: int = 1
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """ValueError for a space of no coefficients, or bounds that do not hold the midpoint."""
        if self.size < 1 or not self.low < 0.5 < self.high:
            raise ValueError(
                f"a search space needs a coefficient and bounds around 0.5, "
                f"got size {self.size} in [{self.low}, {self.high}]"
            )

    def candidate(self, alpha: Sequence[float] | np.ndarray) -> Candidate:
        """The recipe of the child with these coefficients, kept within the bounds."""
        values = np.clip(np.asarray(alpha, np.float64), self.low, self.high)
        return {"alpha": [float(value) for value in values]}

    def midpoint(self) -> Candidate:
        """The gen-0 child: every coefficient 0.5."""
        return self.candidate([0.5] * self.size)

    def draw(self, generator: np.random.Generator) -> Candidate:
        """A child with uniformly random coefficients."""
        return self.candidate(generator.uniform(self.low, self.high, self.size))
