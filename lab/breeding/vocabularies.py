"""Parents of unequal vocabularies: matched by character, never by index, over their union.

A character both know is bred; one that a single parent knows is copied from it. Characters of the
frame (start of label, and so on) are characters like any other.

Each parent is widened by the rows it lacks, taken from one that has them. On such a row all
parents agree, and every crossover returns what its parents agree on (ancestor arithmetic, where
it is told to go beyond them, excepted).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, layout

Characters = Sequence[str]
"""A vocabulary: the character of each id."""


def union(vocabularies: Sequence[Characters]) -> tuple[str, ...]:
    """The first parent's characters in its order, then what each next one adds, in its order."""
    return tuple(dict.fromkeys(character for one in vocabularies for character in one))


def widen(
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
    everyone = [*members, (ancestor, ancestor_vocabulary)] if ancestor is not None else members
    for genotype, characters in everyone:
        _require_fit(genotype, characters)
    characters = union(vocabularies)
    wide = [_widen(genotype, own, characters, members) for genotype, own in everyone]
    return wide[: len(parents)], (wide[-1] if ancestor is not None else None), characters


def narrow(genotype: Genotype, own: Characters, characters: Characters) -> Genotype:
    """The genotype over some of its own characters, in their order; ValueError as in `widen`."""
    _require_fit(genotype, own)
    return _widen(genotype, own, characters, ())


def _require_fit(genotype: Genotype, characters: Characters) -> None:
    if not len(set(characters)) == len(characters) == genotype.architecture.vocab_size:
        raise ValueError(
            f"a vocabulary of {len(characters)} characters does not fit a model of "
            f"{genotype.architecture.vocab_size}"
        )


def _widen(
    genotype: Genotype,
    own: Characters,
    characters: Characters,
    lenders: Sequence[tuple[Genotype, Characters]],
) -> Genotype:
    """The genotype over `characters`: its own rows, else those of the first lender with them."""
    wide = replace(genotype.architecture, vocab_size=len(characters))
    rows, scales = torch.empty(wide.num_rows, wide.dim), torch.empty(wide.num_scales)
    _copy_layers(genotype, wide, rows, scales)
    homes = [(genotype, {character: i for i, character in enumerate(own)})]
    homes += [(one, {character: i for i, character in enumerate(known)}) for one, known in lenders]
    new, multipliers = layout(wide), layout(wide).multipliers().double()
    for i, character in enumerate(characters):
        lender, index = next((one, index) for one, index in homes if character in index)
        source, target = lender.layout.token(index[character]), new.token(i)
        rows[list(target.rows)] = lender.rows[list(source.rows)]
        for raw, at in zip(source.scales, target.scales, strict=True):
            effective = lender.scales[raw].double() * lender.layout.multipliers()[raw].double()
            scales[at] = effective / multipliers[at]
    return Genotype(wide, rows, scales)


def _copy_layers(genotype: Genotype, wide: Architecture, rows: Tensor, scales: Tensor) -> None:
    old, new = genotype.layout, layout(wide)
    for name in (name for name in old.row_blocks if name.startswith("layers.")):
        rows[new.row_blocks[name]] = genotype.rows[old.row_blocks[name]]
    for name in (name for name in old.scale_blocks if name != "s_z"):
        scales[new.scale_blocks[name]] = genotype.scales[old.scale_blocks[name]]
