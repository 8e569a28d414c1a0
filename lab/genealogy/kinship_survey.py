"""Kinship survey: pedigree and weight kinship of all pairs in the crosses of a folder, as JSON.

Wright 1922; used by `lab.pedigree`. Weights are read once: figures are drawn from this file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.genealogy.kinship import (
    kinship_coefficient,
    median_row_angle,
    relationship_coefficient,
    task_vector_cosines,
)
from lab.genealogy.kinship_report import parents_common_ancestor
from lab.genealogy.kinship_table import to_smallest_vocabulary
from lab.genealogy.registry import Registry
from lab.records.finished_runs import find_finished_runs
from lab.storage import atomic_file


def write_kinship_survey(registry: Registry, names: str) -> Path:
    """Write <root>/kinship.json: every pair of relatives in the crosses whose names match.

    names is a glob pattern. FileNotFoundError where no cross matches.
    """
    pairs = [
        pair
        for folder, result in find_finished_runs(registry.root, names)
        if "verdict" in result
        for pair in kinship_pairs_of_cross(registry, folder.name, result)
    ]
    if not pairs:
        raise FileNotFoundError(
            f"no cross under {registry.root} is called {names}: python -m lab.breed makes them"
        )
    path = registry.root / "kinship.json"
    legend = {
        "wright": "Wright's coefficient of kinship, from the pedigree; null: it is not known",
        "relationship": "Wright's coefficient of relationship, from the pedigree",
        "angle": "median angle between corresponding rows, degrees",
        "cosine": "of what both have learned since the parents' nearest common ancestor",
    }
    atomic_file.write_json_atomic(path, {"about": legend, "pairs": pairs})
    return path


def kinship_pairs_of_cross(
    registry: Registry, cross: str, result: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Return the pairs of one cross: parents, parent and child, ancestor and parent."""
    parents = [parent for parent in result["parents"].values() if parent in registry.pedigree.graph]
    child, ancestor = result["champion"]["id"], parents_common_ancestor(registry, parents)
    pairs = [("parents", a, b) for a, b in zip(parents, parents[1:], strict=False)]
    if child in registry.pedigree.graph and child not in parents:
        pairs += [("parent and child", parent, child) for parent in parents]
    if ancestor:
        pairs += [("ancestor and parent", ancestor, parent) for parent in parents]
    for relation, a, b in pairs:
        has_known_pedigree = not registry.pedigree.missing_certificates(a, b)
        members = [
            registry.load(identity) for identity in (a, b, *([ancestor] if ancestor else []))
        ]
        first, second, *ancestor_genotypes = to_smallest_vocabulary(members)
        has_cosine = ancestor_genotypes and ancestor not in (a, b)
        yield {
            "cross": cross,
            "relation": relation,
            "of": [registry.name(a), registry.name(b)],
            "wright": kinship_coefficient(registry.pedigree, a, b) if has_known_pedigree else None,
            "relationship": relationship_coefficient(registry.pedigree, a, b)
            if has_known_pedigree
            else None,
            "angle": median_row_angle(first, second),
            "cosine": task_vector_cosines(first, second, ancestor_genotypes[0])["all"]
            if has_cosine
            else None,
        }
