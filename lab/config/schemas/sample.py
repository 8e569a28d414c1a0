"""Schema of `lab.sample`: types here, values and their meaning in conf/sample.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.schemas.train import TrackerConfig
from lab.config.text_values import TEXTS
from lab.config.validation import Range, check_choices, check_name, check_ranges


@dataclass
class CorpusPathConfig:
    """The key corpus.path of a command that reads a training corpus again."""

    path: str | None = MISSING


@dataclass
class SampleConfig:
    """The keys of `lab.sample`. SEVERAL take key=a,b as a list, not as a sweep."""

    artist: Any = field(default=MISSING, metadata=TEXTS)
    labels: Any = field(default=MISSING, metadata=TEXTS)
    prompt: str | None = MISSING
    count: int | None = MISSING
    seed: int = MISSING
    temperature: Any = MISSING
    top_k: int = MISSING
    top_p: float = MISSING
    min_p: float = MISSING
    weights: str = MISSING
    max_similarity: float | None = MISSING
    closed: bool | None = MISSING
    gallery: str | None = MISSING
    redraw: Any = MISSING
    view: str = MISSING
    galleries: str = MISSING
    root: str = MISSING
    data: str | None = MISSING
    device: str = MISSING
    threads: int = MISSING
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    corpus: CorpusPathConfig = field(default_factory=CorpusPathConfig)

    SEVERAL: ClassVar[Collection[str]] = ("artist", "labels", "temperature")
    RENAMED: ClassVar[Mapping[str, str]] = {"below": "max_similarity"}
    RANGES: ClassVar[Mapping[str, Range]] = {
        "count": Range(1, 10000),
        "seed": Range(0, 2**31 - 1),
        "temperature": Range(0, 10),
        "top_k": Range(0, 65536),
        "top_p": Range(0, 1, exclude_low=True),
        "min_p": Range(0, 1, exclude_high=True),
        "max_similarity": Range(0, 1),
        "redraw": Range(1),
        "threads": Range(0, 1024),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "device": ("auto", "cpu", "cuda"),
        "weights": ("raw", "ema", "last"),
        "view": ("print", "terminal"),
        "tracker.kind": ("json", "wandb"),
        "tracker.mode": ("auto", "offline", "online", "disabled"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        for temperature in as_list(config["temperature"]):
            point = {**config, "temperature": temperature}
            check_ranges(
                {**point, "redraw": None} if point["redraw"] == "all" else point, cls.RANGES
            )
        if config["gallery"] is not None:
            check_name(config["gallery"])
        elif config["redraw"] is not None:
            raise ValueError("say in which gallery the piece to redraw is: gallery=NAME")
        elif not as_list(config["artist"]):
            raise ValueError("say who draws, artist=NAME, or what to look at, gallery=NAME")
        for key in ("artist", "temperature"):
            if len(set(as_list(config[key]))) < len(as_list(config[key])):
                raise ValueError(f"{key} names one of them twice")


def as_list(value: Any) -> list[Any]:
    """One or several of a key: a list as it is, a text cut at its commas, null as none."""
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, list) else [value]
