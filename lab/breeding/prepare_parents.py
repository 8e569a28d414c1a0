"""Parent preparation: parents brought to one vocabulary and, if asked, aligned to one basis.

Vocabularies are matched by character (`vocabularies`); alignment moves every parent but the first
by the symmetry of the model that brings it nearest to the first (`alignment`), computed
on the characters that both have. Neither changes what a parent predicts of its own characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.breeding.alignment import symmetry
from lab.breeding.alignment.alignment import align
from lab.breeding.compatibility import check_parents
from lab.breeding.vocabularies import Characters, narrow_vocabulary, widen_vocabularies
from lab.models.genotype import Genotype


@dataclass(frozen=True)
class PreparedParents:
    """Parents and ancestor as they are crossed, over `characters`; one report an alignment."""

    parents: list[Genotype]
    ancestor: Genotype | None
    characters: tuple[str, ...]
    alignments: list[dict[str, Any]]


def prepare_parents(
    parents: Sequence[Genotype],
    vocabularies: Sequence[Characters],
    ancestor: Genotype | None = None,
    ancestor_vocabulary: Characters = (),
    *,
    align_to_first: bool = False,
) -> PreparedParents:
    """Widen the parents to the union of their vocabularies, if asked aligned to the first.

    Rows are copied between parents after alignment, in the receiver's basis. ValueError for
    parents that cannot be crossed.
    """
    aligned, reports = list(parents), []
    for number in range(1, len(parents)) if align_to_first else ():
        aligned[number], report = _align_on_shared(
            aligned[0], vocabularies[0], aligned[number], vocabularies[number]
        )
        reports.append(report)
    all_vocabularies = [*vocabularies, *([ancestor_vocabulary] if ancestor else [])]
    if all(tuple(vocabulary) == tuple(all_vocabularies[0]) for vocabulary in all_vocabularies):
        check_parents(aligned, ancestor)
        return PreparedParents(aligned, ancestor, tuple(all_vocabularies[0]), reports)
    wide, ancestor, characters = widen_vocabularies(
        aligned, vocabularies, ancestor, ancestor_vocabulary
    )
    check_parents(wide, ancestor)
    return PreparedParents(wide, ancestor, characters, reports)


def fit_vocabulary(
    genotype: Genotype, vocabulary: Characters, lenders: Sequence[Genotype], characters: Characters
) -> Genotype:
    """A genotype over `characters`, the rows it lacks copied from the first of the lenders."""
    if tuple(vocabulary) == tuple(characters):
        return genotype
    lender_vocabularies = [characters] * len(lenders)
    wide = widen_vocabularies(lenders, lender_vocabularies, genotype, vocabulary)[1]
    assert wide is not None
    return wide


def _align_on_shared(
    a: Genotype, characters: Characters, b: Genotype, vocabulary: Characters
) -> tuple[Genotype, dict[str, Any]]:
    """b moved next to a, over its own vocabulary still, and the report of the alignment.

    The move is computed on shared characters: a copied row would be in its lender's basis.
    """
    shared = [character for character in characters if character in set(vocabulary)]
    if not shared:
        raise ValueError("alignment=match goes by shared characters, and these parents share none")
    shared_b = narrow_vocabulary(b, vocabulary, shared)
    move, report = align(narrow_vocabulary(a, characters, shared), shared_b)
    move = symmetry.transfer_symmetry(move, shared_b.architecture, b.architecture)
    return symmetry.apply_symmetry(move, b), report
