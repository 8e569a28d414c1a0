"""Parentage: who the parents of an individual are, by weights alone, among many.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from lab.genealogy.pair_parentage import infer, nearest
from lab.genealogy.pair_shortlist import ALIKE, Shortlist, apart, shortlist, sketch
from lab.genealogy.parentage_regression import CERTAIN, Span, needed, span
from lab.genealogy.parentage_tables import alpha_table, weight_table
from lab.genealogy.registry import Archive
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual

COPY = 1e-6  # radians; nearer than that is the same individual
SURE = CERTAIN  # standard errors between the parents and the runner-up
MOST, LEAST = 0.9, 0.5  # of the squared angle to the nearer parent that both account for
LISTED, TRIED = 3, 60  # pairs on the same circles: named, and looked at
SLIGHT = 0.01  # of the angle to the nearest parent: founders that miss no more do as well as others


def parentage_page(archive: Archive, subject: str, among: Sequence[str]) -> str:
    """The likeliest parents, how sure they are, how much of each, and the runner-up.

    Two are told by circles, and alpha by layer and kind; more, or task vectors since an ancestor,
    by the span of those who were reared, and weights by layer and kind. among names the
    candidates; empty: everybody under the root. The subject itself and its descendants are none.
    ValueError where fewer than two are left.
    """
    child = archive.load(subject).genotype
    chosen, left_out = candidates(archive, subject, among)
    own = sketch(child)
    copies = [one for one, rows in chosen.items() if apart(own, rows) < COPY]
    chosen = {one: rows for one, rows in chosen.items() if one not in copies}
    if len(chosen) < 2:
        raise ValueError(
            f"a paternity test needs two candidates of the architecture and characters of "
            f"{archive.name(subject)}, found {len(chosen)} under {archive.root}"
        )
    shapes = f" ({left_out} of other shapes left out)" if left_out else ""
    lines = [f"{archive.label(subject)} beside {len(chosen)} candidates{shapes}"]
    lines += [f"{archive.label(one)} is a copy of it, and no candidate" for one in copies]
    pair, mixed = shortlist(own, chosen), span(own, reared(archive, chosen))
    if set(mixed.members) != set(pair.pair) and as_well(mixed, pair):
        parents = {archive.label(one): archive.load(one).genotype for one in mixed.members}
        also = needed(own, [chosen[one] for one in pair.pair])
        lines += mixture_verdict(archive, mixed, pair if also else None)
        since = told_apart(archive, mixed.members)[0]
        lines.append(certified(archive, subject, mixed.members, since))
        return "\n".join([*lines, "", *weight_table(child, parents)])
    parents = {one: archive.load(one).genotype for one in pair.pair}
    claim = infer(child, parents)[0]
    agreed = mixed.weakest[2] if set(mixed.members) == set(pair.pair) else 0.0
    tried = pair.alike[:TRIED]
    alike = [two for two in tried if needed(own, [chosen[one] for one in two])]
    lines += verdict(archive, pair, nearest(child, parents)[0][1], agreed, alike)
    lines.append(certified(archive, subject, pair.pair))
    return "\n".join([*lines, "", *alpha_table(archive, claim, pair.off)])


def as_well(mixed: Span, pair: Shortlist) -> bool:
    """Whether the reared account for a child as well as the best pair of all, or nearly."""
    return mixed.off <= ALIKE * pair.off + SLIGHT * mixed.distance


def mixture_verdict(archive: Archive, mixed: Span, pair: Shortlist | None) -> list[str]:
    """The parents and how sure they are, what the least of them accounts for, who does as well.

    pair: two others on whose circles the child may lie, None where one of them is not needed.
    """
    parents, base = told_apart(archive, mixed.members)
    who = " and ".join(map(archive.label, parents))
    if base is not None:
        who += f", by what they learned since {archive.label(base)}"
    least, without, z = mixed.weakest
    sure = "sure" if mixed.account >= MOST else "likely"
    if mixed.account < LEAST or z <= SURE:
        sure = "not sure: one of them alone, or none, or bred after alignment"
    lines = [f"parents: {who}: {sure}", f"its rows lie {degrees(mixed.off)} off their span"]
    lines[-1] += f", {degrees(mixed.distance)} from the nearest of them"
    lines.append(f"without {archive.label(least)}: {degrees(without)} off, z = {z:z.1f}")
    close = pair is not None and pair.off <= ALIKE * mixed.off + SLIGHT * mixed.distance
    if pair is not None and close and not set(parents).issuperset(pair.pair):
        lines.append(f"on the circles of {' and '.join(map(archive.name, pair.pair))} as well")
    return lines


def told_apart(archive: Archive, members: Sequence[str]) -> tuple[list[str], str | None]:
    """(those who descend from one of the members, that one); (all of them, None) without one."""
    for one in members:
        others = [other for other in members if other != one]
        if archive.pedigree.descendants(one).issuperset(others):
            return others, one
    return list(members), None


def reared(archive: Archive, chosen: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The candidates that were not bred from other candidates; all of them where that is one."""
    pedigree = archive.pedigree
    found = {
        one: rows
        for one, rows in chosen.items()
        if pedigree.graph.nodes[one]["kind"] != "bred"
        or not set(chosen).issuperset(pedigree.parents(one))
    }
    return found if len(found) > 1 else dict(chosen)


def verdict(
    archive: Archive,
    found: Shortlist,
    distance: float,
    agreed: float,
    alike: Sequence[tuple[str, str]],
) -> list[str]:
    """The parents and how sure they are, the runner-up, and who does as well.

    distance: RMS angle to the nearer of the parents, which a circle through both accounts for.
    agreed: standard errors by which both are needed among those who were reared, if it is they.
    alike: pairs on the same circles that need both of their members.
    """
    account = 1 - (found.off / distance) ** 2
    known = account >= LEAST
    sure = "sure" if max(found.z, agreed) > SURE and account >= MOST else "likely"
    if not known:
        sure = "not sure: one of them alone, or none, or bred by task vectors or after alignment"
    elif found.runner_up_off < found.off:
        sure = "not sure: the runner-up lies closer"
    who = " and ".join(map(archive.label, found.pair))
    lines = [f"parents: {who}: {sure}", f"its rows lie {degrees(found.off)} off their circles"]
    lines[-1] += f", {degrees(distance)} from the nearer of them"
    if found.runner_up:
        other = " and ".join(map(archive.label, found.runner_up))
        lines.append(f"runner-up: {other}: {degrees(found.runner_up_off)} off, z = {found.z:z.1f}")
    if alike and known:
        pairs = [" and ".join(map(archive.name, pair)) for pair in alike[:LISTED]]
        more = f"; {len(alike) - LISTED} more" if len(alike) > LISTED else ""
        lines.append(f"on the same circles, closer together: {'; '.join(pairs)}{more}")
    return lines


def degrees(angle: float) -> str:
    """An angle in radians as people read it."""
    return f"{math.degrees(angle):.3f}°"


def certified(archive: Archive, subject: str, *told: Sequence[str]) -> str:
    """What the birth certificate says of the parents; told: what the weights say, in any way."""
    parents = archive.pedigree.parents(subject)
    if set(parents) in map(set, told):
        return "its birth certificate names the same parents"
    who = " and ".join(archive.label(one) for one in dict.fromkeys(parents))
    return f"its birth certificate names {who or 'no parents'}"


def candidates(
    archive: Archive, subject: str, among: Sequence[str]
) -> tuple[dict[str, Tensor], int]:
    """A sketch of each who may be a parent, by id; and how many of other shapes were left out."""
    pedigree, child = archive.pedigree, archive.load(subject)
    everyone = [archive.find(name) for name in among] or [
        one for one, node in pedigree.graph.nodes.items() if node["path"] is not None
    ]
    never = pedigree.descendants(subject) | {subject}
    alike, left_out, absent = dict[str, Tensor](), 0, list[str]()
    for one in sorted(set(everyone) - never, key=lambda one: (pedigree.name(one), one)):
        try:
            grown = archive.load(one)
        except FileNotFoundError:
            absent.append(archive.label(one))
            continue
        except DamagedIndividual as error:
            warn(f"skipping a damaged candidate: {error}")
            continue
        if (
            grown.genotype.architecture == child.genotype.architecture
            and grown.birth["vocabulary"] == child.birth["vocabulary"]
        ):
            alike[one] = sketch(grown.genotype)
        else:
            left_out += 1
    if absent:
        warn(f"candidates without weights here are left out: {', '.join(absent)}")
    return alike, left_out
