"""Schema of `lab.evaluate`: types here, values and their meaning in conf/evaluate.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.validation import Range, check_choices, check_nodes, check_ranges


@dataclass
class EvaluateConfig:
    """The keys of `lab.evaluate`; corpus names a function of the lab, or nothing."""

    artist: str = MISSING
    split: str = MISSING
    windows: int | None = MISSING
    half: str = MISSING
    device: str = MISSING
    precision: str = MISSING
    root: str = MISSING
    data: str | None = MISSING
    threads: int = MISSING
    corpus: dict[str, Any] = field(default_factory=dict)
    scale: dict[str, Any] = field(default_factory=dict)
    training: dict[str, int] = field(default_factory=dict)

    RANGES: ClassVar[Mapping[str, Range]] = {
        "windows": Range(1),
        "threads": Range(0, 1024),
        "training.context": Range(8, 65536),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "split": ("train", "select", "report"),
        "half": ("all", "A", "B", "left", "right"),
        "device": ("auto", "cpu", "cuda"),
        "precision": ("auto", "fp32", "bf16"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        check_nodes(config)
        if config["half"] != "all" and not config["corpus"]:
            raise ValueError(f"half={config['half']} belongs to a corpus: name one with corpus=...")
        for key in ("artist", "root"):
            if not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
