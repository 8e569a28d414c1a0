"""Asking an individual for pieces: by label, freely, or as the continuation of a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.corpora.framing import check_no_framing, conditional_prefix, unconditional_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.sampler import Sampling, sample
from lab.models.genotype import Genotype


def build_prefix(framing: str | None, prompt: str, start: str = "") -> str:
    """What a piece starts with: the framed label or SOL alone, and how its art starts.

    Without framing the wish itself, which is how a text starts. ValueError for a framing character
    in wish or start.
    """
    if framing is None:
        return prompt
    if framing in ("frame", "row"):
        raise ValueError("this one knows a film and draws nothing else: python -m lab.play")
    frame = conditional_prefix(prompt) if framing == "conditional" else unconditional_prefix()
    return frame + check_no_framing(start, "prompt")


def generate_pieces(
    genotype: Genotype,
    vocabulary: Vocabulary,
    framing: str | None,
    prompts: Sequence[str],
    seeds: Sequence[int],
    *,
    length: int,
    sampling: Sampling | None = None,
    device: torch.device | None = None,
    start: str = "",
) -> list[str]:
    """One piece a wish and seed, framing characters included, at most `length` characters long.

    A wish is a label, nothing (unconditional), or the start of a text; start is that of a drawing.
    ValueError where the vocabulary lacks one of their characters.
    """
    prefixes = [vocabulary.encode(build_prefix(framing, prompt, start)) for prompt in prompts]
    stop = vocabulary.characters.index(EOA) if framing else None
    sampled = sample(
        genotype, prefixes, seeds, sampling or Sampling(),
        length=length, stop=stop, device=device,
    )  # fmt: skip
    return [vocabulary.decode(ids) for ids in sampled]
