"""Kinship report: an individual's closest relatives and common ancestors, as text.

Wright 1922, "Coefficients of inbreeding and relationship". Used by `lab.pedigree`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from lab.genealogy.kinship import (
    inbreeding_coefficient,
    relationship_coefficients,
)
from lab.genealogy.kinship_table import kinship_table
from lab.genealogy.registry import Registry

MAX_RELATIVES = 12  # in a table


def family_page(registry: Registry, subject: str) -> str:
    """Describe the parentage of an individual (an id), with a table of its kinship."""
    parents = list(dict.fromkeys(registry.pedigree.parents(subject)))
    lines = [_describe_parentage(registry, subject, parents)]
    pairs = [*islice(combinations(parents, 2), MAX_RELATIVES)]
    pairs += [(subject, relative) for relative in closest_relatives(registry, subject)]
    if pairs:
        lines += ["", *kinship_table(registry, pairs, parents_common_ancestor(registry, parents))]
    recipe = (registry.pedigree.graph.nodes[subject]["birth"] or {}).get("recipe", {})
    if recipe.get("alignment") == "match":
        lines.append(
            "its later parents were aligned to the first before the cross; "
            "angles and cosines are of the weights as they lie on disk"
        )
    return "\n".join(lines)


def pair_page(registry: Registry, a: str, b: str) -> str:
    """Describe the nearest common ancestor of two individuals (ids), and their kinship."""
    group_name = f"{registry.label(a)} and {registry.label(b)}"
    table = kinship_table(registry, [(a, b)], parents_common_ancestor(registry, [a, b]))
    return "\n".join([describe_common_ancestry(registry, [a, b], group_name), "", *table])


def describe_common_ancestry(
    registry: Registry, individuals: Sequence[str], group_name: str
) -> str:
    """Name the nearest common ancestor of several individuals, in one line.

    Full siblings have two equally near ancestors: both are named, and then their common ancestor.
    """
    nearest_ancestors = registry.pedigree.nearest_common_ancestors(*individuals)
    if len(nearest_ancestors) == 1:
        return f"nearest common ancestor of {group_name}: {registry.label(nearest_ancestors[0])}"
    if nearest_ancestors:
        shared_ancestor = registry.pedigree.nearest_common_ancestor(*individuals)
        ancestor_note = f"; theirs: {registry.label(shared_ancestor)}" if shared_ancestor else ""
        if not shared_ancestor and (missing := registry.describe_missing(*individuals)):
            ancestor_note = f"; theirs is not known: {missing}"
        names = " and ".join(map(registry.label, nearest_ancestors))
        return f"nearest common ancestors of {group_name}, equally near: {names}{ancestor_note}"
    if missing := registry.describe_missing(*individuals):
        return f"whether {group_name} have a common ancestor is not known: {missing}"
    return f"{group_name} have no common ancestor"


def closest_relatives(registry: Registry, subject: str) -> list[str]:
    """Return the closest relatives by Wright's r, after the parents and their ancestor."""
    pedigree = registry.pedigree
    parents = list(dict.fromkeys(pedigree.parents(subject)))
    ancestor = parents_common_ancestor(registry, parents)
    direct_relatives = list(dict.fromkeys([*parents, *([ancestor] if ancestor else [])]))
    lineage = pedigree.lineage(subject)
    founders = [member for member in lineage if not pedigree.parents(member)]
    kin = lineage.union(*map(pedigree.descendants, founders)) - {subject, *direct_relatives}
    relationships = relationship_coefficients(pedigree, subject, kin)
    rest = sorted(
        kin, key=lambda relative: (-relationships[relative], pedigree.name(relative), relative)
    )
    return [*direct_relatives, *rest][:MAX_RELATIVES]


def parents_common_ancestor(registry: Registry, parents: Sequence[str]) -> str | None:
    """Return the nearest common ancestor of two or more parents, else None."""
    return registry.pedigree.nearest_common_ancestor(*parents) if len(parents) > 1 else None


def _describe_parentage(registry: Registry, subject: str, parents: list[str]) -> str:
    if registry.pedigree.graph.nodes[subject]["path"] is None:
        return f"its parents are not known: {registry.describe_missing(subject)}"
    if not parents:
        return "it is a founder: it has no parents"
    if len(parents) == 1:
        return f"it has one parent: {registry.label(parents[0])}"
    names = " and ".join(registry.name(parent) for parent in parents)
    description = describe_common_ancestry(registry, parents, f"its parents {names}")
    if registry.pedigree.missing_certificates(subject):
        return (
            description if " is not known: " in description else f"{description}\ninbreeding F = -"
        )
    if not registry.pedigree.nearest_common_ancestors(*parents):
        return description
    return f"{description}\ninbreeding F = {inbreeding_coefficient(registry.pedigree, subject):.3f}"
