"""Let an individual draw, and keep what it draws in a gallery.

python -m lab.sample artist=styleA                     sixteen pieces, every label in turn
python -m lab.sample artist=styleA labels=Cats count=4
python -m lab.sample artist=styleA below=0.8           only such as are no copies
python -m lab.sample artist=ancestor prompt='The '     running text goes on
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from lab.config import door
from lab.config.recall import corpus_of
from lab.config.sample import Sample
from lab.corpora.framing import unframe
from lab.corpora.vocabulary import Vocabulary
from lab.galleries import sheet
from lab.galleries.decoding import Sampling
from lab.galleries.drawing import pieces
from lab.galleries.review import Library
from lab.galleries.terminal import side_by_side
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records import warn

TRIES = 20  # draws a wanted piece, before giving up on `below` and `closed`
TOGETHER = 32  # pieces drawn in one batch


@door("sample", Sample)
def main(config: Sample) -> None:
    """Draw, show the pieces, and write the gallery."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    artist = individual.find(config.artist, Path(config.root), warn)
    kept = [piece for piece, _ in zip(drawn(config, artist), range(config.count), strict=False)]
    if len(kept) < config.count:
        warn(f"only {len(kept)} of {config.count} pieces came out as asked")
    name = config.gallery or str(artist.birth.get("name") or Path(config.artist).name)
    command = shlex.join(["python", "-m", "lab.sample", *sys.argv[1:]])
    written = sheet.write(Path(config.galleries), name, kept, command)
    print(side_by_side([piece["text"] for piece in kept]))
    print("\nwritten to " + " and ".join(map(str, written)))


def drawn(config: Sample, artist: Individual) -> Iterator[dict[str, Any]]:
    """Pieces that are as the config wants them, from one seed on."""
    genotype, framing = weights(config, artist), artist.birth.get("framing")
    vocabulary = Vocabulary.from_dict(artist.birth["vocabulary"])
    corpus = corpus_of(artist.birth, config.data)
    library = Library([piece.art for piece in corpus.train]) if framing else None
    wishes = asked(config, artist, corpus)
    settings = Sampling(config.temperature, config.top_k, config.top_p, config.min_p)
    length = int(artist.birth["context"])
    for first in range(config.seed, config.seed + TRIES * config.count, TOGETHER):
        seeds = range(first, first + TOGETHER)
        batch = [wishes[(seed - config.seed) % len(wishes)] for seed in seeds]
        texts = pieces(
            genotype, vocabulary, framing, batch, seeds, length=length, sampling=settings
        )
        for seed, wish, text in zip(seeds, batch, texts, strict=True):
            taken = unframe(text)
            if framing and ((config.closed and not taken.closed) or not taken.art.strip()):
                continue
            nearest = library.nearest(taken.art) if library else None
            if nearest and config.below is not None and nearest.similarity >= config.below:
                continue
            yield {
                "artist": artist.birth.get("name"),
                "individual": artist.id,
                "weights": config.weights,
                "seed": seed,
                "sampling": settings.__dict__,
                "length": length,
                "framing": framing,
                "wish": wish,
                "label": taken.label if framing else None,
                "closed": taken.closed,
                "text": taken.art if framing else text,
                "nearest": nearest
                and {"similarity": round(nearest.similarity, 4), "verdict": nearest.verdict},
            }


def asked(config: Sample, artist: Individual, corpus: Any) -> Sequence[str]:
    """What to draw in turn: labels, nothing, or the beginnings of unseen text."""
    framing = artist.birth.get("framing")
    if framing is None:
        length = int(artist.birth["context"])
        start = corpus.vocabulary.decode(corpus.select[: min(64, length // 4)])
        return [start if config.prompt is None else config.prompt]
    if framing == "unconditional":
        return [""]
    known = {piece.label for piece in corpus.train}
    labels = config.labels.split(",") if config.labels else sorted(known)
    if strange := [label for label in labels if label not in known]:
        raise ValueError(f"{config.artist} has never seen {', '.join(strange)}")
    return labels


def weights(config: Sample, artist: Individual) -> Genotype:
    """The weights of the last step, or an average kept beside them."""
    if config.weights == "raw":
        return artist.genotype
    kept = individual.load_averages(artist.path)
    if not kept:
        raise ValueError(f"{config.artist} keeps no averages: weights=raw")
    rows, scales = kept[f"{config.weights}.rows"], kept[f"{config.weights}.scales"]
    return Genotype(artist.genotype.architecture, rows, scales)


if __name__ == "__main__":
    main()
