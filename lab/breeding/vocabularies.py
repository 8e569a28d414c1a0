"""Vocabularies: parents of unequal ones matched by character, never by index, over the union.

A character both know is bred; one that a single parent knows is copied from it. Characters of the
frame (start of label, and so on) are characters like any other.

Each parent is widened by the rows it lacks, taken from one that has them. On such a row all
parents agree, and every crossover returns what its parents agree on (ancestor arithmetic, where
its weights go beyond them, excepted).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout

Characters = Sequence[str]
"""A vocabulary: the character of each id."""


def union_vocabulary(vocabularies: Sequence[Characters]) -> tuple[str, ...]:
    """The first parent's characters in its order, then what each next one adds, in its order."""
    return tuple(
        dict.fromkeys(character for vocabulary in vocabularies for character in vocabulary)
    )


def widen_vocabularies(
    parents: Sequence[Genotype],
    vocabularies: Sequence[Characters],
    ancestor: Genotype | None = None,
    ancestor_vocabulary: Characters = (),
) -> tuple[list[Genotype], Genotype | None, tuple[str, ...]]:
    """The parents and their ancestor over the union of the parents' vocabularies, and that union.

    A character that a parent (or the ancestor) lacks gets its rows, and its s_z by effective
    value, from the first parent that knows it; the ancestor's own further characters are left
    out. Align unrelated parents first, so that a lent row is in the borrower's basis.
    ValueError for a vocabulary that does not fit its genotype.
    """
    members = list(zip(parents, vocabularies, strict=True))
    members_and_ancestor = (
        [*members, (ancestor, ancestor_vocabulary)] if ancestor is not None else members
    )
    for genotype, characters in members_and_ancestor:
        _check_vocabulary_size(genotype, characters)
    characters = union_vocabulary(vocabularies)
    wide = [
        _change_vocabulary(genotype, vocabulary, characters, members)
        for genotype, vocabulary in members_and_ancestor
    ]
    return wide[: len(parents)], (wide[-1] if ancestor is not None else None), characters


def narrow_vocabulary(
    genotype: Genotype, vocabulary: Characters, characters: Characters
) -> Genotype:
    """The genotype over some of its own characters, in their order; ValueError as in `widen`."""
    _check_vocabulary_size(genotype, vocabulary)
    return _change_vocabulary(genotype, vocabulary, characters, ())


def _check_vocabulary_size(genotype: Genotype, characters: Characters) -> None:
    if not len(set(characters)) == len(characters) == genotype.architecture.vocab_size:
        raise ValueError(
            f"a vocabulary of {len(characters)} characters does not fit a model of "
            f"{genotype.architecture.vocab_size}"
        )


def _change_vocabulary(
    genotype: Genotype,
    vocabulary: Characters,
    characters: Characters,
    lenders: Sequence[tuple[Genotype, Characters]],
) -> Genotype:
    """The genotype over `characters`: its own rows, else those of the first lender with them."""
    architecture = replace(genotype.architecture, vocab_size=len(characters))
    rows, scales = (
        torch.empty(architecture.num_rows, architecture.dim),
        torch.empty(architecture.num_scales),
    )
    _copy_layers(genotype, architecture, rows, scales)
    indexed_sources = [(genotype, {character: i for i, character in enumerate(vocabulary)})]
    indexed_sources += [
        (donor, {character: i for i, character in enumerate(lender_vocabulary)})
        for donor, lender_vocabulary in lenders
    ]
    new, multipliers = (
        compute_layout(architecture),
        compute_layout(architecture).multipliers().double(),
    )
    for i, character in enumerate(characters):
        lender, index = next(
            (member, index) for member, index in indexed_sources if character in index
        )
        source, target = lender.layout.token_gene(index[character]), new.token_gene(i)
        rows[list(target.rows)] = lender.rows[list(source.rows)]
        for source_index, target_index in zip(source.scales, target.scales, strict=True):
            effective = (
                lender.scales[source_index].double()
                * lender.layout.multipliers()[source_index].double()
            )
            scales[target_index] = effective / multipliers[target_index]
    return Genotype(architecture, rows, scales)


def _copy_layers(
    genotype: Genotype, architecture: Architecture, rows: Tensor, scales: Tensor
) -> None:
    old, new = genotype.layout, compute_layout(architecture)
    for name in (name for name in old.row_blocks if name.startswith("layers.")):
        rows[new.row_blocks[name]] = genotype.rows[old.row_blocks[name]]
    for name in (name for name in old.scale_blocks if name != "s_z"):
        scales[new.scale_blocks[name]] = genotype.scales[old.scale_blocks[name]]
