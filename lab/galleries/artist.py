"""Artist: an individual with its training corpora, and the pieces that it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import torch

from lab.corpora.framing import unframe
from lab.corpora.vocabulary import Vocabulary
from lab.galleries.generate import generate_pieces
from lab.galleries.reference_corpora import ReferenceCorpora
from lab.generation.sampler import Sampling
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.locate import hub_revision
from lab.models.weight_averages import select_weights


@dataclass(frozen=True)
class Artist:
    """An artist: its name, the individual, the choice of weights, its training corpora."""

    name: str
    individual: Individual
    weights: str
    reference: ReferenceCorpora

    @cached_property
    def genotype(self) -> Genotype:
        """The weights of the last step, or a saved average; ValueError for none."""
        return select_weights(self.individual, self.weights, self.name)

    @property
    def framing(self) -> str | None:
        """conditional, unconditional, or None for running text."""
        framing = self.individual.birth.get("framing")
        return None if framing is None else str(framing)

    @property
    def length(self) -> int:
        """The maximal characters of a piece: its context."""
        return int(self.individual.birth["context"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its vocabulary."""
        return Vocabulary.from_dict(self.individual.birth["vocabulary"])

    def held_out_prompt(self) -> str:
        """The start of a held-out text: whole words from the beginning of a line.

        ValueError where its corpora are not recorded.
        """
        for corpus in self.reference.texts:
            unseen = corpus.vocabulary.decode(corpus.select[:4096])
            line = next(
                (
                    candidate
                    for candidate in unseen.split("\n")[1:]
                    if len(candidate) > self.length // 4
                ),
                "",
            )
            start = (line or unseen)[: min(64, self.length // 4)]
            return start.rpartition(" ")[0] or start
        raise ValueError(f"{self.name} has no recorded training corpus: set prompt=...")

    def draw(
        self,
        prompts: Sequence[str],
        seeds: Sequence[int],
        sampling: Sampling,
        start: str = "",
        length: int | None = None,
        device: torch.device | None = None,
    ) -> list[dict[str, Any]]:
        """Draw a piece for each prompt and seed; return lines of a gallery, see `sheet`."""
        framing, length = self.framing, length or self.length
        if framing == "unconditional":
            prompts = [""] * len(prompts)
        texts = generate_pieces(
            self.genotype, self.vocabulary, framing, prompts, seeds,
            length=length, sampling=sampling, device=device, start=start,
        )  # fmt: skip
        source = hub_revision(self.individual.path)
        from_hub = {"hub": source} if source else {}
        lines = []
        for seed, prompt, text in zip(seeds, prompts, texts, strict=True):
            unframed = unframe(text)
            art = unframed.art if framing else text
            line = {
                "artist": self.name,
                "individual": self.individual.id,
                **from_hub,
                "weights": self.weights,
                "seed": seed,
                "sampling": asdict(sampling),
                "length": length,
                "framing": framing,
                "wish": prompt,
                "start": start,
                "label": unframed.label if framing else None,
                "closed": unframed.closed if framing else False,
                "text": art,
            }
            unmeasured = {"nearest": None, "validity": None}
            lines.append(
                line
                | (self.reference.measure_drawing(art, unframed.closed) if framing else unmeasured)
            )
        return lines

    def redraw(self, line: Mapping[str, Any], device: torch.device | None = None) -> dict[str, Any]:
        """Draw the piece of a gallery's line again."""
        sampling, seeds = Sampling(**line["sampling"]), [int(line["seed"])]
        start, length = str(line.get("start", "")), int(line["length"])
        return self.draw([line["wish"]], seeds, sampling, start, length, device)[0]
