"""Score an individual on a split: how well it knows what it never learned from.

    python -m lab.evaluate artist=styleA                    on select, the split to choose by
    python -m lab.evaluate artist=styleA split=report       on report: every touch is written down
    python -m lab.evaluate artist=oldA corpus=apehex half=A one whose corpus is not on its record

It reads with the context and framing that it was trained with. The scores of every window go to
experiments/<name>/evaluations/, so that two individuals can be compared window by window. Of a film
it is also told how much comes out right without help: of every 25th frame on select, else of all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from lab.config import command
from lab.config.schemas.evaluate import Evaluate
from lab.films.accuracy import verdict
from lab.models import individual
from lab.records import warn
from lab.training.learner import predictor
from lab.training.precision import choose
from lab.training.scoring import score
from lab.workflows.evaluate import (
    chosen,
    exam,
    freely,
    keep,
    label,
    place,
    stride,
    typed_command,
    unseal,
)


@command("evaluate", Evaluate)
def main(config: Evaluate) -> None:
    """Score, write the scores down, print the means."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    artist = individual.find(config.artist, Path(config.root), warn)
    taught = exam(config, artist)
    windows = chosen(config, artist, taught)
    if config.split == "report":
        unseal(config, artist, taught)
    arithmetic = choose(config.device, config.precision, False, "auto", 0.0)
    scores = score(predictor(artist.genotype, arithmetic), windows, arithmetic.device)
    stem = place(config, artist, taught)
    free = freely(config, artist, taught, arithmetic.device)
    result = {
        "individual": artist.id,
        "name": label(artist),
        "split": config.split,
        "context": artist.birth["context"],
        "stride": stride(artist),
        **scores.summary(),
        **({"freely": free} if free else {}),
        "corpus": dict(taught.about),
        "left out": taught.left_out,
        "arithmetic": arithmetic.to_dict(),
        "command": typed_command(),
    }
    keep(stem, scores, result)
    print(card(result, stem))


def card(result: dict[str, Any], stem: Path) -> str:
    """The means for people."""
    film = "".join(f"freely, {verdict(*one)}\n" for one in result.get("freely", {}).items())
    return (
        f"{result['name']} on {result['split']} of {result['corpus']['name']}\n"
        f"loss {result['loss']:.4f} nats, {result['bpc']:.4f} bits per character, "
        f"next character right {100 * result['accuracy']:.2f} %\n"
        f"{result['characters']:,} characters in {result['windows']:,} windows, "
        f"context {result['context']}, stride {result['stride']}\n{film}"
        f"written to {stem}.json and .npz"
    )


if __name__ == "__main__":
    main()
