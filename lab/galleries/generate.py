"""Generation of pieces: prompts encoded, sampled and decoded, by label, freely or from a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.corpora.framing import check_no_framing, conditional_prefix, unconditional_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.sampler import Sampling, sample
from lab.models.genotype import Genotype


def build_prefix(framing: str | None, prompt: str, start: str = "") -> str:
    """Return the prefix of a piece: the framed label or SOL alone, and the start of its art.

    Without framing it is the prompt itself. ValueError for a framing character in prompt or start.
    """
    if framing is None:
        return prompt
    if framing in ("frame", "row"):
        raise ValueError("this individual was trained on a film: use python -m lab.play")
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
    """Sample a piece for each prompt and seed, framing included, at most `length` characters.

    A prompt is a label, "" (unconditional), or the start of a text; start is that of a drawing.
    ValueError where the vocabulary lacks one of their characters.
    """
    prefixes = [vocabulary.encode(build_prefix(framing, prompt, start)) for prompt in prompts]
    stop = vocabulary.characters.index(EOA) if framing else None
    sampled = sample(
        genotype, prefixes, seeds, sampling or Sampling(),
        length=length, stop=stop, device=device,
    )  # fmt: skip
    return [vocabulary.decode(ids) for ids in sampled]
