"""Next scale: the estimated training time of the next larger model on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lab.config.scales import load_scale
from lab.config.schemas.train import TrainConfig
from lab.models.architecture import Architecture
from lab.terminal.progress import format_duration
from lab.training.precision import choose_arithmetic
from lab.training.runtime_estimate import seconds_per_character


def estimate_next_scale(config: TrainConfig, result: Mapping[str, Any]) -> str:
    """Time a few real steps of the next scale up; return a line for people, "" at the largest."""
    if not config.scale.get("next"):
        return ""
    larger = load_scale(config.scale["next"], config.size_class)
    size = {key: larger[key] for key in ("dim", "depth", "heads", "dim_head")}
    settings = {**asdict(config.model), **size, "kv_heads": None, "neurons": None}
    architecture = Architecture(vocab_size=result["vocabulary"], **settings)
    arithmetic = choose_arithmetic(
        config.device, config.precision, False, config.attention, 0, config.kernels
    )
    seconds_each = seconds_per_character(architecture, larger["context"], arithmetic)
    characters = larger["steps"] * larger["batch"] * larger["context"]
    name, parameters = config.scale["next"], architecture.num_parameters
    duration = format_duration(seconds_each * characters)
    return f"scale={name} ({parameters:,} parameters) would take about {duration} here\n"
