"""Run ending: samples and free-running evaluation of a trained individual, by corpus kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from lab.corpora.dataset import Dataset, subsample_evenly
from lab.films.accuracy import evaluate_film, format_film_scores
from lab.films.frame_generator import FrameGenerator
from lab.galleries.generate import generate_pieces
from lab.models.genotype import Genotype
from lab.training.flops import flops_per_character

MAX_CPU_OPERATIONS = 1e13  # on a CPU a longer evaluation is left to `lab.evaluate split=report`


@dataclass(frozen=True)
class RunEnding:
    """The ending of runs on drawings and on text: pieces by prompt, no free-running evaluation.

    samples: how many pieces are drawn. thorough: evaluate everything; None: where it is affordable.
    A corpus kind with another ending is a subclass in ENDINGS.
    """

    dataset: Dataset
    framing: str | None
    context: int
    device: torch.device
    samples: int
    thorough: bool | None = None

    @property
    def prompts(self) -> list[str]:
        """The prompts of the samples, evenly spaced among the dataset's."""
        return list(subsample_evenly(self.dataset.prompts, self.samples))

    def draw(self, genotype: Genotype) -> list[str]:
        """Sample one piece a prompt, framing characters included."""
        arguments = (self.dataset.vocabulary, self.framing, self.prompts, range(len(self.prompts)))
        return generate_pieces(genotype, *arguments, length=self.context, device=self.device)

    def evaluate(self, genotype: Genotype) -> dict[str, Any]:
        """Score free-running generation, name -> figures; empty where it is not scored."""
        return {}

    @staticmethod
    def describe(scores: Mapping[str, Any]) -> str:
        """The scores of `evaluate` as lines for people."""
        return ""


class FilmEnding(RunEnding):
    """The ending of runs on a film: frames generated from their numbers, and their accuracy."""

    def draw(self, genotype: Genotype) -> list[str]:
        """Generate one frame a prompt, a prompt being the frame's number."""
        return list(self._generator(genotype).frames(self.prompts))

    def evaluate(self, genotype: Genotype) -> dict[str, Any]:
        """Score every 25th frame and, where thorough, all of them, as `evaluate_film` does."""
        film = self.dataset.film or ()
        thorough = self._is_affordable(genotype) if self.thorough is None else self.thorough
        return evaluate_film(self._generator(genotype), film, everything=thorough)

    @staticmethod
    def describe(scores: Mapping[str, Any]) -> str:
        """One line for each set of frames."""
        return "".join(f"freely, {format_film_scores(*entry)}\n" for entry in scores.items())

    def _generator(self, genotype: Genotype) -> FrameGenerator:
        return FrameGenerator(
            genotype, self.dataset.vocabulary, str(self.framing), self.context + 1, self.device,
            drafting=self.device.type == "cpu",
        )  # fmt: skip

    def _is_affordable(self, genotype: Genotype) -> bool:
        film = self.dataset.film or ()
        characters = len(film) * len(film[0]) if film else 0
        operations = characters * flops_per_character(genotype.architecture, self.context)
        return self.device.type != "cpu" or operations < MAX_CPU_OPERATIONS


ENDINGS: dict[str, type[RunEnding]] = {"frames": FilmEnding}
"""Corpus kind -> its ending; RunEnding for any other."""


def make_run_ending(
    dataset: Dataset,
    framing: str | None,
    context: int,
    device: torch.device,
    samples: int = 0,
    thorough: bool | None = None,
) -> RunEnding:
    """The ending that the dataset's corpus kind has."""
    ending = ENDINGS.get(dataset.provenance["kind"], RunEnding)
    return ending(dataset, framing, context, device, samples, thorough)


def format_run_ending(result: Mapping[str, Any]) -> str:
    """Lines for people on the free-running evaluation in a result.json; "" where it has none."""
    ending = ENDINGS.get(result["corpus"]["kind"], RunEnding)
    return ending.describe(result.get("freely", {}))
