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
from lab.config.schemas.evaluate import EvaluateConfig
from lab.films.accuracy import format_film_scores
from lab.models import individual
from lab.records import warn
from lab.training.learner import predictor
from lab.training.precision import choose_arithmetic
from lab.training.scoring import score
from lab.workflows.evaluate import (
    evaluate_film_recall,
    evaluation_path,
    individual_label,
    log_report_access,
    read_evaluation_dataset,
    read_typed_command,
    split_windows,
    window_stride,
    write_evaluation,
)


@command("evaluate", EvaluateConfig)
def main(config: EvaluateConfig) -> None:
    """Score, write the scores down, print the means."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    artist = individual.find_individual(config.artist, Path(config.root), warn)
    dataset = read_evaluation_dataset(config, artist)
    windows = split_windows(config, artist, dataset)
    if config.split == "report":
        log_report_access(config, artist, dataset)
    arithmetic = choose_arithmetic(config.device, config.precision, False, "auto", 0.0)
    scores = score(predictor(artist.genotype, arithmetic), windows, arithmetic.device)
    stem = evaluation_path(config, artist, dataset)
    film_results = evaluate_film_recall(config, artist, dataset, arithmetic.device)
    result = {
        "individual": artist.id,
        "name": individual_label(artist),
        "split": config.split,
        "context": artist.birth["context"],
        "stride": window_stride(artist),
        **scores.summary(),
        **({"freely": film_results} if film_results else {}),
        "corpus": dict(dataset.provenance),
        "left out": dataset.left_out,
        "arithmetic": arithmetic.to_dict(),
        "command": read_typed_command(),
    }
    write_evaluation(stem, scores, result)
    print(format_evaluation_card(result, stem))


def format_evaluation_card(result: dict[str, Any], stem: Path) -> str:
    """The means for people."""
    film = "".join(
        f"freely, {format_film_scores(*entry)}\n" for entry in result.get("freely", {}).items()
    )
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
