"""Averages: the weight averages kept beside an individual, as genotypes."""

from __future__ import annotations

from lab.models.genotype import Genotype
from lab.models.individual import Individual, load_averages


def averages(one: Individual) -> dict[str, Genotype]:
    """An individual's own weight averages, ema and last, where it was trained."""
    kept, shape = load_averages(one.path), one.genotype.architecture
    kinds = sorted({name.split(".")[0] for name in kept})
    return {kind: Genotype(shape, kept[f"{kind}.rows"], kept[f"{kind}.scales"]) for kind in kinds}


def chosen(one: Individual, weights: str, name: str) -> Genotype:
    """The weights of the last step (raw), or an average kept beside them; ValueError for none."""
    if weights == "raw":
        return one.genotype
    kept = averages(one)
    if weights not in kept:
        raise ValueError(f"{name} keeps no averages: weights=raw")
    return kept[weights]
