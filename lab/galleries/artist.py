"""An artist at work: an individual, the corpora it learned from, and pieces with their measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import torch

from lab.corpora.drawings import Drawing, Drawings
from lab.corpora.framing import unframe
from lab.corpora.text import Text
from lab.corpora.vocabulary import Vocabulary
from lab.galleries.decoding import Sampling
from lab.galleries.drawing import pieces
from lab.galleries.review import Library
from lab.galleries.standard import Standard
from lab.models.averages import chosen
from lab.models.genotype import Genotype
from lab.models.individual import Individual


class School:
    """What corpora teach: labels, training pieces, a standard; nothing where there are none."""

    def __init__(self, corpora: Sequence[Any]) -> None:
        self.texts = [corpus for corpus in corpora if isinstance(corpus, Text)]
        self.drawings = [corpus for corpus in corpora if isinstance(corpus, Drawings)]
        self.labels = sorted({label for corpus in self.drawings for label in corpus.labels})
        self.pieces: list[tuple[Drawing, Drawings]] = [
            (piece, corpus) for corpus in self.drawings for piece in corpus.train
        ]

    @cached_property
    def collection(self) -> Library:
        """The training pieces, ready to be compared with."""
        return Library([piece.art for piece, _ in self.pieces])

    @cached_property
    def standard(self) -> Standard:
        """The widest of the corpora's limits, all of their characters and signatures."""
        limits = [corpus.provenance.get("limits", {}) for corpus in self.drawings]
        width = max((int(limit.get("max_width", 0)) for limit in limits), default=0)
        return Standard.of([piece for piece, _ in self.pieces], width or None)

    def measures(self, art: str, closed: bool) -> dict[str, Any]:
        """nearest and validity of a drawing as `sheet` describes them; None without a corpus."""
        if not self.pieces:
            return {"nearest": None, "validity": None}
        found = self.collection.nearest(art)
        piece, corpus = self.pieces[found.index]
        nearest = {
            "similarity": round(found.similarity, 4),
            "verdict": found.verdict,
            "label": piece.label,
        }
        if corpus.provenance.get("licence") == "MIT":  # others' work is not copied
            nearest["text"] = piece.art
        return {"nearest": nearest, "validity": self.standard.measure(art, closed)}


@dataclass(frozen=True)
class Artist:
    """Who draws: its name, the individual, which of its weights, what it learned."""

    name: str
    individual: Individual
    weights: str
    school: School

    @cached_property
    def genotype(self) -> Genotype:
        """The weights of the last step, or an average kept beside them; ValueError for none."""
        return chosen(self.individual, self.weights, self.name)

    @property
    def framing(self) -> str | None:
        """conditional, unconditional, or None for running text."""
        framing = self.individual.birth.get("framing")
        return None if framing is None else str(framing)

    @property
    def length(self) -> int:
        """The characters of a piece at most: its context."""
        return int(self.individual.birth["context"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters that it knows."""
        return Vocabulary.from_dict(self.individual.birth["vocabulary"])

    def opening(self) -> str:
        """How a text starts that it has not seen: whole words from the beginning of a line.

        ValueError where no corpus of its is known.
        """
        for corpus in self.school.texts:
            unseen = corpus.vocabulary.decode(corpus.select[:4096])
            line = next((one for one in unseen.split("\n")[1:] if len(one) > self.length // 4), "")
            start = (line or unseen)[: min(64, self.length // 4)]
            return start.rpartition(" ")[0] or start
        raise ValueError(f"{self.name} does not tell what it learned from: say prompt=...")

    def draw(
        self,
        wishes: Sequence[str],
        seeds: Sequence[int],
        sampling: Sampling,
        start: str = "",
        length: int | None = None,
        device: torch.device | None = None,
    ) -> list[dict[str, Any]]:
        """One line of a gallery for each wish and seed: see `sheet`."""
        framing, length = self.framing, length or self.length
        if framing == "unconditional":
            wishes = [""] * len(wishes)
        texts = pieces(
            self.genotype, self.vocabulary, framing, wishes, seeds,
            length=length, sampling=sampling, device=device, start=start,
        )  # fmt: skip
        lines = []
        for seed, wish, text in zip(seeds, wishes, texts, strict=True):
            taken = unframe(text)
            art = taken.art if framing else text
            line = {
                "artist": self.name,
                "individual": self.individual.id,
                "weights": self.weights,
                "seed": seed,
                "sampling": asdict(sampling),
                "length": length,
                "framing": framing,
                "wish": wish,
                "start": start,
                "label": taken.label if framing else None,
                "closed": taken.closed if framing else False,
                "text": art,
            }
            none = {"nearest": None, "validity": None}
            lines.append(line | (self.school.measures(art, taken.closed) if framing else none))
        return lines

    def redraw(self, line: Mapping[str, Any], device: torch.device | None = None) -> dict[str, Any]:
        """The piece of a gallery's line, drawn again."""
        sampling, seeds = Sampling(**line["sampling"]), [int(line["seed"])]
        start, length = str(line.get("start", "")), int(line["length"])
        return self.draw([line["wish"]], seeds, sampling, start, length, device)[0]
