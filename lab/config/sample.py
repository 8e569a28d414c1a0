"""What `lab.sample` may be told: types here, values and their meaning in conf/sample.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.checks import Range, check_choices, check_name, check_ranges


@dataclass
class Sample:
    """Everything `lab.sample` may be told."""

    artist: str = MISSING
    labels: str | None = MISSING
    prompt: str | None = MISSING
    count: int = MISSING
    seed: int = MISSING
    temperature: float = MISSING
    top_k: int = MISSING
    top_p: float = MISSING
    min_p: float = MISSING
    weights: str = MISSING
    below: float | None = MISSING
    closed: bool = MISSING
    gallery: str | None = MISSING
    galleries: str = MISSING
    root: str = MISSING
    data: str | None = MISSING
    device: str = MISSING
    threads: int = MISSING

    RANGES: ClassVar[Mapping[str, Range]] = {
        "count": Range(1, 10000),
        "seed": Range(0, 2**31 - 1),
        "temperature": Range(0, 10),
        "top_k": Range(0, 65536),
        "top_p": Range(0, 1, above=True),
        "min_p": Range(0, 1, below=True),
        "below": Range(0, 1),
        "threads": Range(0, 1024),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "device": ("auto", "cpu", "cuda"),
        "weights": ("raw", "ema", "last"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        if config["gallery"] is not None:
            check_name(config["gallery"])
        if config["labels"] is not None and config["prompt"] is not None:
            raise ValueError("labels are for artists and prompt for running text: give one of them")
