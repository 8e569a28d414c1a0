"""Individual evaluation: load a model and its dataset, score every window, write the record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from lab.config.schemas.evaluate import EvaluateConfig
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


def evaluate_individual(config: EvaluateConfig) -> tuple[dict[str, Any], Path | None]:
    """Return the record of an evaluation and the path of its files, without their endings, if any.

    An evaluation on the report split is logged before it happens.
    """
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
    return result, stem if write_evaluation(stem, scores, result) else None
