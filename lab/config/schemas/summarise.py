"""Schema of `lab.summarise`: types here, values and their meaning in conf/summarise.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING


@dataclass
class SummariseConfig:
    """The keys of `lab.summarise`."""

    root: str = MISSING
    study: str = MISSING
    pack: bool = MISSING

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse an empty root or study; ValueError in one line."""
        for key in ("root", "study"):
            if not config[key].strip():
                raise ValueError(f"{key} must not be empty")
