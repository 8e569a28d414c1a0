"""Parentage verdict: the inferred parents, their confidence and the runner-up, as text.

Confidence is "sure" where the fit explains SURE_SHARE of the squared angle to the nearest parent
and is SURE_Z_SCORE standard errors better than the runner-up, "likely" above LIKELY_SHARE.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from lab.genealogy.pair_shortlist import (
    EQUIVALENCE_FACTOR,
    PairShortlist,
)
from lab.genealogy.parentage_regression import (
    MIN_Z_SCORE,
    ParentMixture,
)
from lab.genealogy.registry import Registry

SURE_Z_SCORE = MIN_Z_SCORE  # standard errors between the parents and the runner-up
# shares of the squared angle to the nearer parent that both parents explain
SURE_SHARE = 0.9
LIKELY_SHARE = 0.5
MAX_LISTED = 3  # equivalent pairs that are printed
# tolerance of a fit, as a fraction of the angle to the nearest parent
SLIGHT_FRACTION = 0.01


def is_mixture_as_good(mixture: ParentMixture, shortlist: PairShortlist) -> bool:
    """Whether a mixture explains a child about as well as the best pair of all candidates."""
    return (
        mixture.residual_angle
        <= EQUIVALENCE_FACTOR * shortlist.residual_angle + SLIGHT_FRACTION * mixture.nearest_angle
    )


def format_mixture_verdict(
    registry: Registry,
    mixture: ParentMixture,
    shortlist: PairShortlist | None,
    lower: Callable[[str], str] = str,
) -> list[str]:
    """Format the parents of a mixture, the confidence, the weakest parent and an equivalent pair.

    lower: lowers a confidence by what else is known. shortlist: the pair on whose circles the child
    may lie, None where one of them is not needed.
    """
    parents, ancestor = split_off_ancestor(registry, mixture.members)
    names = " and ".join(map(registry.label, parents))
    if ancestor is not None:
        names += f", by what they learned since {registry.label(ancestor)}"
    weakest, weakest_angle, z = mixture.weakest_member
    confidence = "sure" if mixture.explained_share >= SURE_SHARE else "likely"
    if mixture.explained_share < LIKELY_SHARE or z <= SURE_Z_SCORE:
        confidence = "not sure: one of them alone, or none, or bred after alignment"
    lines = [
        f"parents: {names}: {lower(confidence)}",
        f"its rows lie {format_degrees(mixture.residual_angle)} off their span",
    ]
    lines[-1] += f", {format_degrees(mixture.nearest_angle)} from the nearest of them"
    lines.append(
        f"without {registry.label(weakest)}: {format_degrees(weakest_angle)} off, z = {z:z.1f}"
    )
    is_close = (
        shortlist is not None
        and shortlist.residual_angle
        <= EQUIVALENCE_FACTOR * mixture.residual_angle + SLIGHT_FRACTION * mixture.nearest_angle
    )
    if shortlist is not None and is_close and not set(parents).issuperset(shortlist.pair):
        lines.append(
            f"on the circles of {' and '.join(map(registry.name, shortlist.pair))} as well"
        )
    return lines


def split_off_ancestor(registry: Registry, members: Sequence[str]) -> tuple[list[str], str | None]:
    """Return (the descendants of one of the members, that member), or (members, None)."""
    for member in members:
        descendants = [descendant for descendant in members if descendant != member]
        if registry.pedigree.descendants(member).issuperset(descendants):
            return descendants, member
    return list(members), None


def format_pair_verdict(
    registry: Registry,
    shortlist: PairShortlist,
    nearest_angle: float,
    mixture_z: float,
    equivalent_pairs: Sequence[tuple[str, str]],
    lower: Callable[[str], str] = str,
) -> list[str]:
    """Format a pair of parents, the confidence, the runner-up and the equivalent pairs.

    nearest_angle: RMS angle in radians to the nearer parent. mixture_z: z score of the weaker
    parent in the mixture, if it consists of the same pair, else 0. equivalent_pairs: pairs on the
    same circles that need both members. lower: lowers a confidence by what else is known.
    """
    explained_share = 1 - (shortlist.residual_angle / nearest_angle) ** 2
    is_explained = explained_share >= LIKELY_SHARE
    confidence = (
        "sure"
        if max(shortlist.z, mixture_z) > SURE_Z_SCORE and explained_share >= SURE_SHARE
        else "likely"
    )
    if not is_explained:
        confidence = (
            "not sure: one of them alone, or none, or bred by task vectors or after alignment"
        )
    elif shortlist.runner_up_residual_angle < shortlist.residual_angle:
        confidence = "not sure: the runner-up lies closer"
    names = " and ".join(map(registry.label, shortlist.pair))
    lines = [
        f"parents: {names}: {lower(confidence)}",
        f"its rows lie {format_degrees(shortlist.residual_angle)} off their circles",
    ]
    lines[-1] += f", {format_degrees(nearest_angle)} from the nearer of them"
    if shortlist.runner_up:
        runner_up = " and ".join(map(registry.label, shortlist.runner_up))
        lines.append(
            f"runner-up: {runner_up}: {format_degrees(shortlist.runner_up_residual_angle)} off, z "
            f"= {shortlist.z:z.1f}"
        )
    if equivalent_pairs and is_explained:
        pairs = [" and ".join(map(registry.name, pair)) for pair in equivalent_pairs[:MAX_LISTED]]
        remainder = (
            f"; {len(equivalent_pairs) - MAX_LISTED} more"
            if len(equivalent_pairs) > MAX_LISTED
            else ""
        )
        lines.append(f"on the same circles, closer together: {'; '.join(pairs)}{remainder}")
    return lines


def format_degrees(angle: float) -> str:
    """Format an angle in radians as degrees."""
    return f"{math.degrees(angle):.3f}°"


def compare_with_certificate(registry: Registry, subject: str, *inferred: Sequence[str]) -> str:
    """Compare the certified parents with the inferred ones, in one line."""
    parents = registry.pedigree.parents(subject)
    if set(parents) in map(set, inferred):
        return "its birth certificate names the same parents"
    names = " and ".join(registry.label(parent) for parent in dict.fromkeys(parents))
    return f"its birth certificate names {names or 'no parents'}"
