"""Asking an individual for pieces: by label, freely, or as the continuation of a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.corpora.framing import conditional_prefix, unconditional_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.galleries.decoding import Sampling, sample
from lab.models.genotype import Genotype


def prefix(framing: str | None, wish: str) -> str:
    """What a piece starts with: the framed label, SOL alone, or the wish itself for a text."""
    if framing == "conditional":
        return conditional_prefix(wish)
    return unconditional_prefix() if framing == "unconditional" else wish


def pieces(
    genotype: Genotype,
    vocabulary: Vocabulary,
    framing: str | None,
    wishes: Sequence[str],
    seeds: Sequence[int],
    *,
    length: int,
    sampling: Sampling | None = None,
    device: torch.device | None = None,
) -> list[str]:
    """One piece a wish and seed, framing characters included, at most `length` characters long.

    A wish is a label, nothing (unconditional), or the start of a text. ValueError where the
    vocabulary lacks one of its characters.
    """
    prefixes = [vocabulary.encode(prefix(framing, wish)) for wish in wishes]
    stop = vocabulary.characters.index(EOA) if framing else None
    drawn = sample(
        genotype, prefixes, seeds, sampling or Sampling(),
        length=length, stop=stop, device=device,
    )  # fmt: skip
    return [vocabulary.decode(ids) for ids in drawn]
