"""Individual evaluation: the record of a split, its known loss, and the log of report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lab.breeding.statistics.report_log import read_evaluations
from lab.corpora.drawing_corpus import drawings
from lab.corpora.framing import conditional
from lab.models.individual import Individual
from lab.models.network import forward
from lab.workflows import evaluate_individual as workflow
from lab.workflows.evaluate_individual import evaluate_individual

Save = Callable[..., Individual]
Config = Callable[..., Any]
LOG = Path("experiments/report-touches.jsonl")


def test_the_loss_is_the_mean_over_the_characters_of_the_split(
    save_artist: Save, command_config: Config, bars: Path
) -> None:
    artist = save_artist("artist")
    result, stem = evaluate_individual(command_config("evaluate", "artist=artist"))
    genotype, corpus = artist.genotype, drawings(bars)
    nats = []
    for piece in corpus.select:
        ids = torch.from_numpy(corpus.vocabulary.encode(conditional(piece)).astype(np.int64))
        logits = forward(genotype.architecture, genotype.rows, genotype.scales, ids[None, :-1])[0]
        nats += cross_entropy(logits, ids[1:], reduction="none").tolist()
    assert result["characters"] == len(nats) and result["windows"] == len(corpus.select)
    assert result["loss"] == pytest.approx(np.mean(nats), rel=1e-5)
    assert result["bpc"] == pytest.approx(np.mean(nats) / np.log(2), rel=1e-5)
    assert stem == Path("experiments/artist/evaluations/select")
    assert json.loads(stem.with_suffix(".json").read_text())["loss"] == result["loss"]
    assert not LOG.exists()


def test_what_was_scored_is_on_the_record(
    save_artist: Save, command_config: Config, bars: Path
) -> None:
    artist = save_artist("artist")
    words = ("artist=artist", "split=train", "windows=3")
    result, _ = evaluate_individual(command_config("evaluate", *words))
    assert (result["individual"], result["name"]) == (artist.id, "artist")
    assert (result["split"], result["windows"], result["context"]) == ("train", 3, 48)
    assert result["corpus"]["fingerprint"] == drawings(bars).fingerprint
    assert "freely" not in result  # of films alone


def test_report_is_logged_before_it_is_scored(
    save_artist: Save, command_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = save_artist("artist")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workflow, "score", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate_individual(command_config("evaluate", "artist=artist", "split=report"))
    assert [line["candidate"] for line in read_evaluations(LOG)] == [artist.id]
    assert not Path("experiments/artist/evaluations/report.json").exists()


def test_an_unknown_artist_is_named(command_config: Config) -> None:
    with pytest.raises(FileNotFoundError, match="no individual called nobody"):
        evaluate_individual(command_config("evaluate", "artist=nobody"))
