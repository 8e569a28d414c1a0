"""Parentage report: a parentage test from weights alone among many candidates, as text.

A pair is tested by circles (`pair_shortlist`), a larger mixture by regression
(`parentage_regression`). Used by `lab.pedigree`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from torch import Tensor

from lab.genealogy.pair_parentage import rank_candidates_by_angle, rank_parent_pairs
from lab.genealogy.pair_shortlist import rms_sketch_angle, shortlist_parent_pairs
from lab.genealogy.parentage_candidates import sketch_candidates, to_child_characters
from lab.genealogy.parentage_doubts import lower_confidence
from lab.genealogy.parentage_regression import (
    are_all_needed,
    fit_parent_mixture,
)
from lab.genealogy.parentage_tables import alpha_table, weight_table
from lab.genealogy.parentage_verdict import (
    compare_with_certificate,
    format_mixture_verdict,
    format_pair_verdict,
    is_mixture_as_good,
    split_off_ancestor,
)
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype
from lab.models.individual import Individual

COPY_ANGLE = 1e-6  # radians; closer candidates are the same individual
MAX_TRIED = 60  # equivalent pairs that are tested


def parentage_page(registry: Registry, subject: str, among: Sequence[str]) -> str:
    """Report the likeliest parents, the confidence, each parent's share, and the runner-up.

    A pair is reported with alpha by layer and kind, a mixture of more parents or of task vectors
    with weights by layer and kind. among names the candidates, empty for all individuals under the
    root; the subject and its descendants are excluded. ValueError for fewer than two candidates.
    """
    child = registry.load(subject)
    tried = sketch_candidates(registry, subject, among)
    child_sketch, sketches, mismatched_count = tried.child, tried.candidates, tried.mismatched_count
    copies = [
        identity
        for identity, rows in sketches.items()
        if rms_sketch_angle(child_sketch, rows) < COPY_ANGLE
    ]
    sketches = {identity: rows for identity, rows in sketches.items() if identity not in copies}
    if len(sketches) < 2:
        raise ValueError(
            f"a paternity test needs two candidates of the architecture of "
            f"{registry.name(subject)}, found {len(sketches)} under {registry.root}"
        )
    mismatch_note = f" ({mismatched_count} of other shapes left out)" if mismatched_count else ""
    lines = [
        f"{registry.label(subject)} beside {len(sketches)} candidates{mismatch_note}",
        *(f"{registry.label(identity)} is a copy of it, and no candidate" for identity in copies),
    ]
    shortlist, mixture = (
        shortlist_parent_pairs(child_sketch, sketches),
        fit_parent_mixture(child_sketch, independent_candidates(registry, sketches)),
    )
    lower = partial(lower_confidence, registry=registry, subject=subject, tried=sketches)
    if set(mixture.members) != set(shortlist.pair) and is_mixture_as_good(mixture, shortlist):
        is_pair_needed = are_all_needed(
            child_sketch, [sketches[member] for member in shortlist.pair]
        )
        lower = partial(lower, members=mixture.members)
        lines += format_mixture_verdict(
            registry, mixture, shortlist if is_pair_needed else None, lower
        )
        return "\n".join([*lines, *_describe_mixture(registry, child, mixture.members)])
    parents = {member: _load_candidate(registry, child, member) for member in shortlist.pair}
    fit = rank_parent_pairs(child.genotype, parents)[0]
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
        rank_candidates_by_angle(child.genotype, parents)[0][1],
        mixture_z,
        equivalent_pairs,
        partial(lower, members=shortlist.pair, blocks=fit.blocks.values()),
    )
    lines.append(compare_with_certificate(registry, subject, shortlist.pair))
    return "\n".join([*lines, "", *alpha_table(registry, fit, shortlist.residual_angle)])


def _describe_mixture(registry: Registry, child: Individual, members: Sequence[str]) -> list[str]:
    """What the certificate says of a mixture's members, and their weights in every block."""
    parents = {
        registry.label(member): _load_candidate(registry, child, member) for member in members
    }
    descendants = split_off_ancestor(registry, members)[0]
    agreement = compare_with_certificate(registry, child.id, members, descendants)
    return [agreement, "", *weight_table(child.genotype, parents)]


def _load_candidate(registry: Registry, child: Individual, identity: str) -> Genotype:
    """The genotype of a candidate that was sketched, over the child's characters."""
    genotype = to_child_characters(child, registry.load(identity))
    assert genotype is not None
    return genotype


def independent_candidates(registry: Registry, sketches: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the candidates not bred from other candidates; all where fewer than two are left."""
    pedigree = registry.pedigree
    independent = {
        identity: rows
        for identity, rows in sketches.items()
        if pedigree.graph.nodes[identity]["kind"] != "bred"
        or not set(sketches).issuperset(pedigree.parents(identity))
    }
    return independent if len(independent) > 1 else dict(sketches)
