"""Parentage doubts: why parents that fit are not certain, from relatives, alphas and certificate.

Every child of a cross lies on the circles of any two of its siblings, and on those of a sibling
and a parent. So a good fit is certain only beside the alternatives that were tried.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import permutations

from lab.genealogy.pair_parentage import BlockFit
from lab.genealogy.parentage_verdict import split_off_ancestor
from lab.genealogy.registry import Registry

ALPHA_MARGIN = 0.02  # of a block's alpha beyond 0 to 1, besides its own standard errors
ALPHA_ERRORS = 3.0  # standard errors


def lower_confidence(
    confidence: str,
    registry: Registry,
    subject: str,
    members: Sequence[str],
    tried: Collection[str],
    blocks: Iterable[BlockFit] = (),
) -> str:
    """Return the confidence in inferred parents (ids), lowered where something speaks against it.

    tried: ids of all candidates. blocks: the pair's fits, for alphas beyond 0 to 1. What is "not
    sure" stays as it is.
    """
    if confidence.startswith("not sure"):
        return confidence
    if relatives := describe_relatives(registry, members, tried):
        return f"not sure: {relatives}"
    certified = set(registry.pedigree.parents(subject))
    is_certified = certified in (set(), set(members), set(split_off_ancestor(registry, members)[0]))
    if not is_certified and not certified <= set(tried):
        return "not sure: its birth certificate names others, which were not tried"
    if not is_certified:
        return "likely, against its birth certificate"
    if any(map(is_beyond_parents, blocks)):
        return "likely: alphas beyond 0 to 1, as of an extrapolation or of siblings"
    return confidence


def describe_relatives(registry: Registry, members: Sequence[str], tried: Collection[str]) -> str:
    """Say why a child on the circles of these may be of their own parents, not tried; else ""."""
    pedigree = registry.pedigree
    for a, b in permutations(members, 2):
        parents = set(pedigree.parents(a))
        if len(parents) < 2 or parents <= set(tried):
            continue
        if parents == set(pedigree.parents(b)):
            return "lies on the circles of its siblings"
        if b in parents:
            return (
                f"lies on the circles of {registry.name(b)} and its child {registry.name(a)}, "
                "whose other parent was not tried"
            )
    return ""


def is_beyond_parents(block: BlockFit) -> bool:
    """Whether a block's alpha lies beyond both parents by more than its error."""
    if math.isnan(block.alpha):
        return False
    margin = ALPHA_MARGIN + ALPHA_ERRORS * block.error
    return not -margin <= block.alpha <= 1 + margin
