"""A select split made of arithmetic, and a nursery of tiny genotypes."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate
from lab.breeding.statistics.window_scores import WindowScores, windows_in_share
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import normalize, slerp_rows

WINDOWS = 40
LENGTHS = 20 + np.arange(WINDOWS) % 7
TINY = Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2)


class Toy:
    """Scores of imaginary children: the loss is a function of the candidate."""

    @staticmethod
    def scores(bpc: float, share: float = 1.0) -> WindowScores:
        """Windows of unequal difficulty whose mean moves with bpc."""
        n = windows_in_share(share, WINDOWS)
        hardness = 0.3 * np.sin(np.arange(n))
        return WindowScores(math.log(2) * LENGTHS[:n] * (bpc + hardness), LENGTHS[:n])

    @staticmethod
    def bowl(*best: float) -> Callable[[Candidate], float]:
        """bpc = 2 + the squared distance of the coefficients from the best ones."""
        return lambda candidate: (
            2 + sum((x - b) ** 2 for x, b in zip(candidate["alpha"], best, strict=True))
        )

    @staticmethod
    def counting(loss: Callable[[Candidate], float]) -> "Counting":
        """An evaluate function that counts how often each candidate is scored."""
        return Counting(loss)


class Counting:
    """evaluate(candidate, share); seen counts its calls."""

    def __init__(self, loss: Callable[[Candidate], float]) -> None:
        self.loss, self.seen = loss, Counter[tuple[str, float]]()

    def __call__(self, candidate: Candidate, share: float) -> WindowScores:
        self.seen[str(candidate), share] += 1
        return Toy.scores(self.loss(candidate), share)


@pytest.fixture
def toy() -> type[Toy]:
    """Imaginary children and their scores."""
    return Toy


def cross(
    parents: Sequence[Genotype], alpha: Sequence[float], generator: torch.Generator
) -> Genotype:
    a, b = parents
    scales = a.scales.lerp(b.scales, alpha[0])
    return Genotype(TINY, slerp_rows(a.rows, b.rows, alpha[0]), scales)


def mutate(child: Genotype, generator: torch.Generator) -> Genotype:
    noise = 0.01 * torch.randn(child.rows.shape, generator=generator)
    return Genotype(TINY, normalize(child.rows + noise), child.scales)


@pytest.fixture
def nursery() -> Callable[..., ChildBuilder]:
    """Makes a nursery of two tiny founders, A and B."""

    def make(**more: object) -> ChildBuilder:
        seeds = {name: torch.Generator().manual_seed(i) for i, name in enumerate("AB")}
        founders = {name: founder(TINY, seed) for name, seed in seeds.items()}
        return ChildBuilder(**{"founders": founders, "cross": cross, "mutate": mutate, **more})

    return make
