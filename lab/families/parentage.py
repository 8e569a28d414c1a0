"""Parentage: who the parents of an individual are, by weights alone, among many.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from lab.breeding.alphas import ROWS
from lab.breeding.paternity import Claim, Share, infer, nearest
from lab.breeding.shortlist import Shortlist, apart, shortlist, sketch
from lab.breeding.tables import aligned
from lab.families.archive import Archive
from lab.models.sealed import DamagedIndividual
from lab.records import warn

COPY = 1e-6  # radians; nearer than that is the same individual
SURE = 5.0  # standard errors between the parents and the runner-up
MOST, LEAST = 0.9, 0.5  # of the squared angle to the nearer parent that both account for
ALONG = 3.0  # times farther along their circles than beside them
LISTED = 3  # pairs on the same circles
WHOLE = 0.3  # spread of the rows' own coefficients from which they look taken whole


def parentage_page(archive: Archive, subject: str, among: Sequence[str]) -> str:
    """The likeliest parents, how sure they are, alpha by layer and kind, and the runner-up.

    among names the candidates; empty: everybody under the root. The subject itself and its
    descendants are none. ValueError where fewer than two are left.
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
    found = shortlist(own, chosen)
    parents = {one: archive.load(one).genotype for one in found.pair}
    claim = infer(child, parents)[0]
    distance = nearest(child, parents)[0][1]
    shapes = f" ({left_out} of other shapes left out)" if left_out else ""
    lines = [f"{archive.label(subject)} beside {len(chosen)} candidates{shapes}"]
    lines += [f"{archive.label(one)} is a copy of it, and no candidate" for one in copies]
    lines += verdict(archive, found, distance)
    lines.append(certified(archive, subject, found.pair))
    return "\n".join([*lines, "", *alpha_table(archive, claim, found.off)])


def verdict(archive: Archive, found: Shortlist, distance: float) -> list[str]:
    """The parents and how sure they are, the runner-up, and who does as well.

    distance: RMS angle to the nearer of the parents, which a circle through both accounts for.
    """
    account = 1 - (found.off / distance) ** 2
    known = account >= LEAST
    sure = "sure" if found.z > SURE and account >= MOST else "likely"
    if not known:
        sure = "not sure: one of them alone, or none, or bred by task vectors or after alignment"
    who = " and ".join(map(archive.label, found.pair))
    lines = [f"parents: {who}: {sure}", f"its rows lie {degrees(found.off)} off their circles"]
    lines[-1] += f", {degrees(distance)} from the nearer of them"
    if found.runner_up:
        other = " and ".join(map(archive.label, found.runner_up))
        lines.append(f"runner-up: {other}: {degrees(found.runner_up_off)} off, z = {found.z:.1f}")
    if found.alike and known:
        pairs = [" and ".join(map(archive.name, pair)) for pair in found.alike[:LISTED]]
        more = f"; {len(found.alike) - LISTED} more" if len(found.alike) > LISTED else ""
        lines.append(f"on the same circles, closer together: {'; '.join(pairs)}{more}")
    return lines


def degrees(angle: float) -> str:
    """An angle in radians as people read it."""
    return f"{math.degrees(angle):.3f}°"


def certified(archive: Archive, subject: str, pair: tuple[str, str]) -> str:
    """What the birth certificate says of the parents, beside what the weights say."""
    parents = archive.pedigree.parents(subject)
    if set(parents) == set(pair):
        return "its birth certificate names the same parents"
    who = " and ".join(archive.label(one) for one in dict.fromkeys(parents))
    return f"its birth certificate names {who or 'no parents'}"


def alpha_table(archive: Archive, claim: Claim, off: float) -> list[str]:
    """Alpha of each kind of tensor in each layer, then of those outside the layers.

    Rows that scatter along their circles, but lie at most `off` beside them, were taken whole.
    """
    kinds = {kind: path for branch in ROWS.values() for kind, path in branch.items()}
    layers = {name.split(".")[1] for name in claim.blocks if name.startswith("layers.")}
    first, second = (archive.name(one) for one in claim.parents)
    rows = [["alpha", *kinds]]
    for layer in sorted(layers, key=int):
        shares = [claim.blocks[f"layers.{layer}.{path}"] for path in kinds.values()]
        rows.append([f"layer {layer}", *map(cell, shares)])
    outside = [name for name in claim.blocks if not name.startswith("layers.")]
    rows += [[name, cell(claim.blocks[name])] for name in outside]
    wide = max(map(len, rows))
    rows = [[*row, *[""] * (wide - len(row))] for row in rows]
    blocks = claim.blocks.values()
    whole = any(one.spread > WHOLE and one.residual > ALONG * off for one in blocks)
    return [
        *aligned(rows, set(range(1, wide))),
        f"0: all of {first}, 1: all of {second}" + ("; rows look taken whole" if whole else ""),
    ]


def cell(share: Share) -> str:
    """An alpha, with its standard error where that shows."""
    if math.isnan(share.alpha):
        return "-"
    return f"{share.alpha:.3f}" + (f" ±{share.error:.3f}" if share.error >= 0.0005 else "")


def candidates(
    archive: Archive, subject: str, among: Sequence[str]
) -> tuple[dict[str, Tensor], int]:
    """A sketch of each who may be a parent, by id; and how many of other shapes were left out."""
    pedigree, child = archive.pedigree, archive.load(subject)
    everyone = [archive.find(name) for name in among] or [
        one for one, node in pedigree.graph.nodes.items() if node["path"] is not None
    ]
    never = pedigree.descendants(subject) | {subject}
    alike, left_out = dict[str, Tensor](), 0
    for one in sorted(set(everyone) - never, key=lambda one: (pedigree.name(one), one)):
        try:
            grown = archive.load(one)
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
    return alike, left_out
