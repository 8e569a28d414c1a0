"""Export schema: keys, types and ranges of `lab.export`; conf/export.yaml says what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.validation import Range, check_choices, check_nodes, check_ranges


@dataclass
class ExportConfig:
    """The keys of `lab.export`; format is a choice of conf/format."""

    artist: str = MISSING
    format: Any = None
    output: str | None = MISSING
    weights: str = MISSING
    version: int = MISSING
    wish: str | None = MISSING
    engine: bool = MISSING
    count: int = MISSING
    again: bool = MISSING
    root: str = MISSING
    data: str | None = MISSING

    RENAMED: ClassVar[Mapping[str, str]] = {"to": "output"}
    RANGES: ClassVar[Mapping[str, Range]] = {"count": Range(1, 65536), "version": Range(0, 2)}
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "weights": ("raw", "ema", "last"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        if not config["format"]:
            raise ValueError("format is missing: pick one with format=...")
        check_nodes(config)
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        for key in ("artist", "output", "root"):
            if config[key] is not None and not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
