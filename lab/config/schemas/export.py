"""What `lab.export` may be told: types here, values and their meaning in conf/export.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.validation import Range, check_choices, check_ranges


@dataclass
class ExportConfig:
    """Everything `lab.export` may be told."""

    artist: str = MISSING
    format: str = MISSING
    output: str | None = MISSING
    weights: str = MISSING
    version: int = MISSING
    wish: str | None = MISSING
    engine: bool = MISSING
    count: int = MISSING
    again: bool = MISSING
    root: str = MISSING

    RENAMED: ClassVar[Mapping[str, str]] = {"to": "output"}
    RANGES: ClassVar[Mapping[str, Range]] = {"count": Range(1, 65536), "version": Range(0, 2)}
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "format": ("gguf", "llama2c", "hub"),
        "weights": ("raw", "ema", "last"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        for key in ("artist", "output", "root"):
            if config[key] is not None and not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
        if config["engine"] and config["format"] != "gguf":
            raise ValueError("engine=true belongs to format=gguf: the engines read nothing else")
