"""Parentage: who the parents of an individual are, by weights alone, among many.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from lab.genealogy.pair_parentage import rank_candidates_by_angle, rank_parent_pairs
from lab.genealogy.pair_shortlist import (
    EQUIVALENCE_FACTOR,
    PairShortlist,
    rms_sketch_angle,
    shortlist_parent_pairs,
    sketch_rows,
)
from lab.genealogy.parentage_regression import (
    MIN_Z_SCORE,
    ParentMixture,
    are_all_needed,
    fit_parent_mixture,
)
from lab.genealogy.parentage_tables import alpha_table, weight_table
from lab.genealogy.registry import Registry
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual

COPY_ANGLE = 1e-6  # radians; nearer than that is the same individual
SURE_Z_SCORE = MIN_Z_SCORE  # standard errors between the parents and the runner-up
SURE_SHARE, LIKELY_SHARE = (
    0.9,
    0.5,
)  # of the squared angle to the nearer parent that both account for
MAX_LISTED, MAX_TRIED = 3, 60  # pairs on the same circles: named, and looked at
SLIGHT_FRACTION = (
    0.01  # of the angle to the nearest parent: founders that miss no more do as well as others
)


def parentage_page(registry: Registry, subject: str, among: Sequence[str]) -> str:
    """The likeliest parents, how sure they are, how much of each, and the runner-up.

    Two are told by circles, and alpha by layer and kind; more, or task vectors since an ancestor,
    by the span of those who were reared, and weights by layer and kind. among names the
    candidates; empty: everybody under the root. The subject itself and its descendants are none.
    ValueError where fewer than two are left.
    """
    child = registry.load(subject).genotype
    sketches, mismatched_count = sketch_candidates(registry, subject, among)
    child_sketch = sketch_rows(child)
    copies = [
        identity
        for identity, rows in sketches.items()
        if rms_sketch_angle(child_sketch, rows) < COPY_ANGLE
    ]
    sketches = {identity: rows for identity, rows in sketches.items() if identity not in copies}
    if len(sketches) < 2:
        raise ValueError(
            f"a paternity test needs two candidates of the architecture and characters of "
            f"{registry.name(subject)}, found {len(sketches)} under {registry.root}"
        )
    mismatch_note = f" ({mismatched_count} of other shapes left out)" if mismatched_count else ""
    lines = [f"{registry.label(subject)} beside {len(sketches)} candidates{mismatch_note}"]
    lines += [
        f"{registry.label(identity)} is a copy of it, and no candidate" for identity in copies
    ]
    shortlist, mixture = (
        shortlist_parent_pairs(child_sketch, sketches),
        fit_parent_mixture(child_sketch, independent_candidates(registry, sketches)),
    )
    if set(mixture.members) != set(shortlist.pair) and is_mixture_as_good(mixture, shortlist):
        parents = {
            registry.label(member): registry.load(member).genotype for member in mixture.members
        }
        is_pair_needed = are_all_needed(
            child_sketch, [sketches[member] for member in shortlist.pair]
        )
        lines += format_mixture_verdict(registry, mixture, shortlist if is_pair_needed else None)
        ancestor = split_off_ancestor(registry, mixture.members)[0]
        lines.append(compare_with_certificate(registry, subject, mixture.members, ancestor))
        return "\n".join([*lines, "", *weight_table(child, parents)])
    parents = {member: registry.load(member).genotype for member in shortlist.pair}
    fit = rank_parent_pairs(child, parents)[0]
    mixture_z = mixture.weakest_member[2] if set(mixture.members) == set(shortlist.pair) else 0.0
    tried_pairs = shortlist.equivalent_pairs[:MAX_TRIED]
    equivalent_pairs = [
        pair
        for pair in tried_pairs
        if are_all_needed(child_sketch, [sketches[member] for member in pair])
    ]
    lines += format_pair_verdict(
        registry,
        shortlist,
        rank_candidates_by_angle(child, parents)[0][1],
        mixture_z,
        equivalent_pairs,
    )
    lines.append(compare_with_certificate(registry, subject, shortlist.pair))
    return "\n".join([*lines, "", *alpha_table(registry, fit, shortlist.residual_angle)])


def is_mixture_as_good(mixture: ParentMixture, shortlist: PairShortlist) -> bool:
    """Whether the reared account for a child as well as the best pair of all, or nearly."""
    return (
        mixture.residual_angle
        <= EQUIVALENCE_FACTOR * shortlist.residual_angle + SLIGHT_FRACTION * mixture.nearest_angle
    )


def format_mixture_verdict(
    registry: Registry, mixture: ParentMixture, shortlist: PairShortlist | None
) -> list[str]:
    """The parents and how sure they are, what the least of them accounts for, who does as well.

    pair: two others on whose circles the child may lie, None where one of them is not needed.
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
        f"parents: {names}: {confidence}",
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
    """(those who descend from one of the members, that one); (all of them, None) without one."""
    for member in members:
        descendants = [descendant for descendant in members if descendant != member]
        if registry.pedigree.descendants(member).issuperset(descendants):
            return descendants, member
    return list(members), None


def independent_candidates(registry: Registry, sketches: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The candidates that were not bred from other candidates; all of them where that is one."""
    pedigree = registry.pedigree
    independent = {
        identity: rows
        for identity, rows in sketches.items()
        if pedigree.graph.nodes[identity]["kind"] != "bred"
        or not set(sketches).issuperset(pedigree.parents(identity))
    }
    return independent if len(independent) > 1 else dict(sketches)


def format_pair_verdict(
    registry: Registry,
    shortlist: PairShortlist,
    nearest_angle: float,
    mixture_z: float,
    equivalent_pairs: Sequence[tuple[str, str]],
) -> list[str]:
    """The parents and how sure they are, the runner-up, and who does as well.

    distance: RMS angle to the nearer of the parents, which a circle through both accounts for.
    agreed: standard errors by which both are needed among those who were reared, if it is they.
    alike: pairs on the same circles that need both of their members.
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
        f"parents: {names}: {confidence}",
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
    """An angle in radians as people read it."""
    return f"{math.degrees(angle):.3f}°"


def compare_with_certificate(registry: Registry, subject: str, *inferred: Sequence[str]) -> str:
    """What the birth certificate says of the parents; told: what the weights say, in any way."""
    parents = registry.pedigree.parents(subject)
    if set(parents) in map(set, inferred):
        return "its birth certificate names the same parents"
    names = " and ".join(registry.label(parent) for parent in dict.fromkeys(parents))
    return f"its birth certificate names {names or 'no parents'}"


def sketch_candidates(
    registry: Registry, subject: str, among: Sequence[str]
) -> tuple[dict[str, Tensor], int]:
    """A sketch of each who may be a parent, by id; and how many of other shapes were left out."""
    pedigree, child = registry.pedigree, registry.load(subject)
    identities = [registry.find(name) for name in among] or [
        identity for identity, node in pedigree.graph.nodes.items() if node["path"] is not None
    ]
    excluded = pedigree.descendants(subject) | {subject}
    sketches, mismatched_count, missing = dict[str, Tensor](), 0, list[str]()
    for identity in sorted(
        set(identities) - excluded, key=lambda identity: (pedigree.name(identity), identity)
    ):
        try:
            candidate = registry.load(identity)
        except FileNotFoundError:
            missing.append(registry.label(identity))
            continue
        except DamagedIndividual as error:
            warn(f"skipping a damaged candidate: {error}")
            continue
        if (
            candidate.genotype.architecture == child.genotype.architecture
            and candidate.birth["vocabulary"] == child.birth["vocabulary"]
        ):
            sketches[identity] = sketch_rows(candidate.genotype)
        else:
            mismatched_count += 1
    if missing:
        warn(f"candidates without weights here are left out: {', '.join(missing)}")
    return sketches, mismatched_count
