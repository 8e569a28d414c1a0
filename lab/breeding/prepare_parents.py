"""Before a cross: parents brought to one vocabulary and, where asked, to one basis.

Vocabularies are matched by character (`vocabularies`); alignment moves every parent but the first
by the symmetry of the model that brings it nearest to the first (`alignment`), as far as the
characters that both know tell. Neither changes what a parent predicts of characters that it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.breeding.alignment import symmetry
from lab.breeding.alignment.alignment import align
from lab.breeding.compatibility import check
from lab.breeding.vocabularies import Characters, narrow, widen
from lab.models.genotype import Genotype


@dataclass(frozen=True)
class Prepared:
    """Parents and ancestor as they are crossed, over `characters`; one report an alignment."""

    parents: list[Genotype]
    ancestor: Genotype | None
    characters: tuple[str, ...]
    alignments: list[dict[str, Any]]


def prepare(
    parents: Sequence[Genotype],
    vocabularies: Sequence[Characters],
    ancestor: Genotype | None = None,
    ancestor_vocabulary: Characters = (),
    *,
    match: bool = False,
) -> Prepared:
    """Widen the parents to the union of their vocabularies, aligned to the first where `match`.

    Lent rows are lent after alignment, in the borrower's basis. ValueError for parents that
    cannot be crossed.
    """
    moved, reports = list(parents), []
    for number in range(1, len(parents)) if match else ():
        moved[number], report = _matched(
            moved[0], vocabularies[0], moved[number], vocabularies[number]
        )
        reports.append(report)
    known = [*vocabularies, *([ancestor_vocabulary] if ancestor else [])]
    if all(tuple(one) == tuple(known[0]) for one in known):
        check(moved, ancestor)
        return Prepared(moved, ancestor, tuple(known[0]), reports)
    wide, ancestor, characters = widen(moved, vocabularies, ancestor, ancestor_vocabulary)
    check(wide, ancestor)
    return Prepared(wide, ancestor, characters, reports)


def fitted(
    genotype: Genotype, own: Characters, lenders: Sequence[Genotype], characters: Characters
) -> Genotype:
    """A genotype over `characters`, with what it lacks from the first lender, all over those."""
    if tuple(own) == tuple(characters):
        return genotype
    spoken = [characters] * len(lenders)
    wide = widen(lenders, spoken, genotype, own)[1]
    assert wide is not None
    return wide


def _matched(
    a: Genotype, characters: Characters, b: Genotype, own: Characters
) -> tuple[Genotype, dict[str, Any]]:
    """b moved next to a, over its own vocabulary still, and the report of the alignment.

    The move is found on the characters that both know: a lent row would be in its lender's basis.
    """
    shared = [character for character in characters if character in set(own)]
    if not shared:
        raise ValueError("alignment=match goes by shared characters, and these parents share none")
    near = narrow(b, own, shared)
    move, report = align(narrow(a, characters, shared), near)
    move = symmetry.carried(move, near.architecture, b.architecture)
    return symmetry.apply(move, b), report
