"""The estimate of the next scale: its size and a duration, nothing at the largest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from lab.config.schemas.train import TrainConfig
from lab.models.architecture import Architecture
from lab.terminal.progress import format_duration
from lab.workflows import next_scale
from lab.workflows.next_scale import estimate_next_scale


def test_the_next_scale_is_named_with_its_size_and_duration(
    train_config: Callable[..., TrainConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = train_config("+exp=debug")
    monkeypatch.setattr(next_scale, "seconds_per_character", lambda *_: 1e-3)
    line = estimate_next_scale(config, {"vocabulary": 29})
    larger = next_scale.load_scale(config.scale["next"], "artist")
    duration = format_duration(1e-3 * larger["steps"] * larger["batch"] * larger["context"])
    assert line.startswith(f"scale={config.scale['next']} (")
    assert line.endswith(f" parameters) would take about {duration} here\n")


def test_a_real_estimate_is_a_line_with_the_size_of_the_larger_model(
    train_config: Callable[..., TrainConfig],
) -> None:
    config = train_config("+exp=debug")
    line = estimate_next_scale(config, {"vocabulary": 29})
    assert (found := re.search(r"\(([\d,]+) parameters\) would take about \d", line))
    smaller = Architecture(vocab_size=29, **vars(config.model))
    assert int(found[1].replace(",", "")) > smaller.num_parameters


def test_the_largest_scale_has_no_next(train_config: Callable[..., TrainConfig]) -> None:
    config = train_config("+exp=debug")
    assert estimate_next_scale(replace(config, scale={"next": None}), {"vocabulary": 29}) == ""
