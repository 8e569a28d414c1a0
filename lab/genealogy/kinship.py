"""Kinship: Wright's coefficients of a pedigree, and row angles and task-vector cosines of weights.

Wright 1922, "Coefficients of inbreeding and relationship"; cosines of task vectors as in Hu et
al. 2024, "Exploring model kinship for merging large language models", arXiv 2410.12613.

By pedigree. f(x, y) is the chance that a gene drawn from x and one drawn from y, each parent of an
individual being equally likely to have passed it on, are copies of one ancestral gene:

    f(x, y) = mean over the parents p of x of f(p, y)        x no ancestor of y
    f(x, x) = (1 + F(x)) / 2,    F(x) = mean over pairs of parents of f(p, q)
    r(x, y) = 2 f(x, y) / sqrt((1 + F(x)) (1 + F(y)))        Wright's relationship

Founders are unrelated to each other and F = 0. A fork, trained on from one parent, has that parent
and, as the other one, its data, an unrelated founder of its own. So a fork is to its ancestor as
child to parent (r = 1/2), two forks of one ancestor are half siblings (1/4), and the child of two
forks is bred from half siblings (F = 1/8).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import combinations

import networkx as nx
import numpy as np

from lab.breeding.geometry import geometry
from lab.genealogy.pedigree import Pedigree
from lab.models.genotype import Genotype

CLONE_THRESHOLD = 0.05  # of a parent's angle to the nearest other parent; a closer child is a copy


def kinship_coefficient(pedigree: Pedigree, a: str, b: str) -> float:
    """Return Wright's kinship f(a, b) of two ids, as defined above."""
    position, f = kinship_matrix(pedigree, [a, b])
    return float(f[position[a], position[b]])


def kinship_matrix(
    pedigree: Pedigree, identities: Collection[str]
) -> tuple[dict[str, int], np.ndarray]:
    """Return the kinship of individuals and their ancestors: the place of each id, and f.

    f is a float64 array, a row and a column an individual. By the tabular method (Cruden 1949):
    parents before children, one row of the table at a time.
    """
    order = list(nx.topological_sort(pedigree.graph.subgraph(pedigree.lineage(*identities))))
    position = {identity: x for x, identity in enumerate(order)}
    f = np.zeros((len(order), len(order)))
    for x, identity in enumerate(order):
        parents = [position[parent] for parent in pedigree.parents(identity)]
        f[x, :x] = f[:x, x] = f[parents, :x].sum(axis=0) / max(2, len(parents))
        pairs = list(combinations(parents, 2))
        inbreeding = sum(f[p, q] for p, q in pairs) / len(pairs) if pairs else 0.0
        f[x, x] = (1 + inbreeding) / 2
    return position, f


def inbreeding_coefficient(pedigree: Pedigree, a: str) -> float:
    """Return F(a), the kinship of a's parents; 0 for founders and individuals with one parent."""
    return 2 * kinship_coefficient(pedigree, a, a) - 1


def relationship_coefficient(pedigree: Pedigree, a: str, b: str) -> float:
    """Return Wright's relationship r(a, b): 1 for an individual and itself."""
    return relationship_coefficients(pedigree, a, [b])[b]


def relationship_coefficients(
    pedigree: Pedigree, a: str, others: Collection[str]
) -> dict[str, float]:
    """Return Wright's relationship r(a, b) to each of the others, from one table of kinship."""
    position, f = kinship_matrix(pedigree, {a, *others})
    x = position[a]
    return {
        b: float(f[x, position[b]]) / math.sqrt(f[x, x] * f[position[b], position[b]])
        for b in others
    }


def block_rms_angles(a: Genotype, b: Genotype) -> dict[str, float]:
    """Return the RMS angle between corresponding rows in radians: per block, and "all".

    ValueError unless both have the same architecture; widen vocabularies to their union first.
    """
    _require_same_architecture(a, b)
    squared = geometry(a.architecture).angle(a.rows, b.rows) ** 2
    block_angles = {
        name: float(squared[part].mean().sqrt()) for name, part in _row_blocks(a).items()
    }
    return block_angles | {"all": float(squared.mean().sqrt())}


def median_row_angle(a: Genotype, b: Genotype) -> float:
    """Return the median row angle in degrees; ValueError as `block_rms_angles`."""
    _require_same_architecture(a, b)
    return math.degrees(float(geometry(a.architecture).angle(a.rows, b.rows).median()))


def task_vector_cosines(a: Genotype, b: Genotype, ancestor: Genotype) -> dict[str, float]:
    """Return the cosine of the task vectors of a and b: per block, and "all".

    <log_o a, log_o b> / (|log_o a| |log_o b|), summed over the rows of a block; 0 where one of
    them equals the ancestor o. 1: equal changes; 0: orthogonal changes.
    """
    _require_same_architecture(a, ancestor)
    _require_same_architecture(b, ancestor)
    space = geometry(a.architecture)
    u, v = space.log(ancestor.rows, a.rows), space.log(ancestor.rows, b.rows)
    dot, uu, vv = ((x * y).sum(-1) for x, y in ((u, v), (u, u), (v, v)))

    def cosine(part: slice) -> float:
        norm = float((uu[part].sum() * vv[part].sum()).sqrt())
        return float(dot[part].sum()) / norm if norm > 0 else 0.0

    return {name: cosine(part) for name, part in _row_blocks(a).items()} | {
        "all": cosine(slice(None))
    }


def find_cloned_parent(
    child: Genotype, parents: Mapping[str, Genotype], *, threshold: float = CLONE_THRESHOLD
) -> str | None:
    """Return the name of the parent that the child is a copy of, or None.

    A copy is within `threshold` of the RMS angle that separates that parent from the nearest
    other one, so that siblings a few degrees apart and unrelated parents at 90 have one criterion.
    """
    nearest = min(parents, key=lambda name: block_rms_angles(child, parents[name])["all"])
    angles_to_others = [
        block_rms_angles(parents[nearest], p)["all"] for n, p in parents.items() if n != nearest
    ]
    max_angle = threshold * min(angles_to_others, default=math.pi / 2)
    return nearest if block_rms_angles(child, parents[nearest])["all"] <= max_angle else None


def _row_blocks(genotype: Genotype) -> Mapping[str, slice]:
    return genotype.layout.row_blocks


def _require_same_architecture(a: Genotype, b: Genotype) -> None:
    if a.architecture != b.architecture:
        raise ValueError("only individuals of one architecture and vocabulary can be compared")
