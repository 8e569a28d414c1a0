"""Schema of `lab.plot`: types here, values and their meaning in conf/plot.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from omegaconf import MISSING


@dataclass
class PlotConfig:
    """The keys of `lab.plot`."""

    root: str = MISSING
    study: str = MISSING
    gallery: str | None = MISSING
    output: str | None = MISSING

    RENAMED: ClassVar[Mapping[str, str]] = {"to": "output"}

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse what names nothing; ValueError in one line."""
        for key in ("root", "study", "gallery", "output"):
            if config[key] is not None and not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
