"""Weight averages: the running averages (ema, last) saved beside an individual, as genotypes."""

from __future__ import annotations

from lab.models.genotype import Genotype
from lab.models.individual import Individual, load_averages


def average_genotypes(individual: Individual) -> dict[str, Genotype]:
    """Return an individual's weight averages, ema and last; empty where it was not trained."""
    tensors, architecture = load_averages(individual.path), individual.genotype.architecture
    kinds = sorted({name.split(".")[0] for name in tensors})
    return {
        kind: Genotype(architecture, tensors[f"{kind}.rows"], tensors[f"{kind}.scales"])
        for kind in kinds
    }


def select_weights(individual: Individual, weights: str, name: str) -> Genotype:
    """Return the weights of the last step (raw), or a saved average; ValueError for none."""
    if weights == "raw":
        return individual.genotype
    averages = average_genotypes(individual)
    if weights not in averages:
        raise ValueError(f"{name} keeps no averages: weights=raw")
    return averages[weights]
