"""Selection: survival and mating in an evolving population, by truncation, tournament or niches.

Abrantes, Lange & Tang 2025, "Competition and attraction improve model fusion" (M2N2),
arXiv 2508.16204, made continuous for `Niches`: its scores are 0 or 1, ours bits gained.

N individuals on J windows. Each kind has `fitness` (the highest survive) and `select_mates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

Pair = tuple[int, int]


@dataclass(frozen=True)
class PopulationScores:
    """The scores of a population: losses [N, J] in bpc per window, weights [J] in characters.

    baseline [J] are the common ancestor's losses on the same windows.
    """

    losses: np.ndarray
    weights: np.ndarray
    baseline: np.ndarray

    def __len__(self) -> int:
        """Number of individuals."""
        return len(self.losses)

    def negative_bpc(self) -> np.ndarray:
        """-bpc of each individual, [N]; -inf where a loss is not finite."""
        return -np.average(np.nan_to_num(self.losses, nan=np.inf), axis=1, weights=self.weights)

    def gains(self) -> np.ndarray:
        """s_ij = max(0, l_ancestor,j - l_ij): bpc gained on each window, [N, J]."""
        return np.maximum(0.0, self.baseline - np.nan_to_num(self.losses, nan=np.inf))


class Selection(Protocol):
    """The two functions that evolution needs of a kind of selection."""

    def fitness(self, scores: PopulationScores) -> np.ndarray:
        """One number per individual, [N]; the highest survive."""

    def select_mates(
        self, scores: PopulationScores, count: int, generator: np.random.Generator
    ) -> list[Pair]:
        """`count` pairs of two different individuals, by number."""


@dataclass(frozen=True)
class Truncation:
    """The best `share` of the population mates, every pair equally likely."""

    share: float = 0.5

    def fitness(self, scores: PopulationScores) -> np.ndarray:
        """-bpc."""
        return scores.negative_bpc()

    def select_mates(
        self, scores: PopulationScores, count: int, generator: np.random.Generator
    ) -> list[Pair]:
        """Pairs among the best max(2, share * N)."""
        order = np.argsort(-self.fitness(scores), kind="stable")
        best = order[: max(2, round(self.share * len(order)))]
        pairs = [generator.choice(best, size=2, replace=False) for _ in range(count)]
        return [(int(a), int(b)) for a, b in pairs]


DEFAULT_SELECTION = Truncation()


@dataclass(frozen=True)
class Tournament:
    """Each mate is the best of `size` individuals drawn at random."""

    size: int = 3

    def fitness(self, scores: PopulationScores) -> np.ndarray:
        """-bpc."""
        return scores.negative_bpc()

    def select_mates(
        self, scores: PopulationScores, count: int, generator: np.random.Generator
    ) -> list[Pair]:
        """The second tournament of a pair is held without the winner of the first."""
        fitness, population = self.fitness(scores), np.arange(len(scores))
        pairs = []
        for _ in range(count):
            first = self._winner(population, fitness, generator)
            pairs.append((first, self._winner(np.delete(population, first), fitness, generator)))
        return pairs

    def _winner(
        self, entrants: np.ndarray, fitness: np.ndarray, generator: np.random.Generator
    ) -> int:
        contestants = generator.choice(entrants, size=min(self.size, len(entrants)), replace=False)
        return int(contestants[np.argmax(fitness[contestants])])


@dataclass(frozen=True)
class Niches:
    """Individuals compete for each window, and seek a mate that is good where they are not.

    exponent a says how strongly those who do well on a window share its worth; 0 is no
    competition. epsilon (bpc) keeps a window that nobody improves on from dividing by zero.
    """

    exponent: float = 1.0
    epsilon: float = 1e-6

    def fitness(self, scores: PopulationScores) -> np.ndarray:
        """sum_j s_ij / z_j^a, with z_j = sum_k s_kj + epsilon."""
        return np.asarray((scores.gains() / self._capacity(scores)).sum(axis=1))

    def select_mates(
        self, scores: PopulationScores, count: int, generator: np.random.Generator
    ) -> list[Pair]:
        """The first in proportion to its fitness, the second as the first is attracted to it."""
        probabilities = _to_probabilities(self.fitness(scores), np.ones(len(scores)))
        pairs = []
        for _ in range(count):
            first = int(generator.choice(len(probabilities), p=probabilities))
            mate_probabilities = self.attraction(scores, first)
            pairs.append((first, int(generator.choice(len(probabilities), p=mate_probabilities))))
        return pairs

    def attraction(self, scores: PopulationScores, first: int) -> np.ndarray:
        """Chance of each individual B to be chosen by A = first, [N]; A's own is 0.

        In proportion to sum_j max(0, s_Bj - s_Aj) / z_j^a; even where nobody has more to offer.
        """
        gains = scores.gains()
        offers = np.maximum(0, gains - gains[first]) / self._capacity(scores)
        fallback = (np.arange(len(gains)) != first).astype(np.float64)
        return _to_probabilities(offers.sum(axis=1), fallback)

    def _capacity(self, scores: PopulationScores) -> np.ndarray:
        return np.asarray((scores.gains().sum(axis=0) + self.epsilon) ** self.exponent)


def _to_probabilities(values: np.ndarray, fallback: np.ndarray) -> np.ndarray:
    weights = values if values.sum() > 0 else fallback
    return np.asarray(weights / weights.sum())
