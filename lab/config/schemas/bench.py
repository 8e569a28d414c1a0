"""Schema of `lab.bench`: the types here, the values and their meaning in conf/bench.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.validation import Range, check_nodes, check_ranges


@dataclass
class BenchConfig:
    """The keys of `lab.bench`; subject names a function of the lab."""

    root: str = MISSING
    threads: int = MISSING
    subject: dict[str, Any] = field(default_factory=dict)

    RANGES: ClassVar[Mapping[str, Range]] = {
        "threads": Range(1, 1024),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_ranges(config, cls.RANGES)
        check_nodes(config)
        if not config["root"].strip():
            raise ValueError("root must name a folder (got '')")
