"""Averages: the weight averages kept beside an individual, as genotypes."""

from __future__ import annotations

from lab.models.genotype import Genotype
from lab.models.individual import Individual, load_averages


def average_genotypes(individual: Individual) -> dict[str, Genotype]:
    """An individual's own weight averages, ema and last, where it was trained."""
    tensors, architecture = load_averages(individual.path), individual.genotype.architecture
    kinds = sorted({name.split(".")[0] for name in tensors})
    return {
        kind: Genotype(architecture, tensors[f"{kind}.rows"], tensors[f"{kind}.scales"])
        for kind in kinds
    }


def select_weights(individual: Individual, weights: str, name: str) -> Genotype:
    """The weights of the last step (raw), or an average kept beside them; ValueError for none."""
    if weights == "raw":
        return individual.genotype
    averages = average_genotypes(individual)
    if weights not in averages:
        raise ValueError(f"{name} keeps no averages: weights=raw")
    return averages[weights]
