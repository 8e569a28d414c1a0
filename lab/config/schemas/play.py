"""Schema of `lab.play`: types here, values and their meaning in conf/play.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.schemas.sample import CorpusPathConfig
from lab.config.validation import Range, check_choices, check_ranges


@dataclass
class PlayConfig:
    """The keys of `lab.play`."""

    artist: str = MISSING
    first: int = MISSING
    last: int | None = MISSING
    every: int = MISSING
    rate: float | None = MISSING
    truth: bool = MISSING
    live: bool = MISSING
    engine: bool = MISSING
    view: str = MISSING
    weights: str = MISSING
    galleries: str = MISSING
    root: str = MISSING
    data: str | None = MISSING
    device: str = MISSING
    threads: int = MISSING
    corpus: CorpusPathConfig = field(default_factory=CorpusPathConfig)

    RANGES: ClassVar[Mapping[str, Range]] = {
        "first": Range(0),
        "last": Range(0),
        "every": Range(1),
        "rate": Range(0, 1000, exclude_low=True),
        "threads": Range(0, 1024),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "device": ("auto", "cpu", "cuda"),
        "weights": ("raw", "ema", "last"),
        "view": ("terminal", "print", "gif", "mp4"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        if config["last"] is not None and config["last"] < config["first"]:
            raise ValueError(f"last={config['last']} is before first={config['first']}")
        for key in ("artist", "galleries", "root"):
            if not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
