"""What `lab.pedigree` may be told: types here, values and their meaning in conf/pedigree.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.checks import Range, check_choices, check_name, check_ranges


@dataclass
class Assume:
    """The user's word for what a checkpoint does not tell; null: the config's, or the default."""

    heads: int | None = MISSING
    norm_qk: bool | None = MISSING
    value_residual: bool | None = MISSING
    s_qk_init: float | None = MISSING
    s_logit_init: float | None = MISSING
    alpha_init: float | None = MISSING
    residual: str | None = MISSING


@dataclass
class Pedigree:
    """Everything `lab.pedigree` may be told: one of VERBS, and what goes with it."""

    adopt: str | None = MISSING
    call: str | None = MISSING
    context: int | None = MISSING
    framing: str | None = MISSING
    assume: Assume = field(default_factory=Assume)
    again: bool = MISSING
    root: str = MISSING

    VERBS: ClassVar[Mapping[str, str]] = {"adopt": "FILE"}
    RANGES: ClassVar[Mapping[str, Range]] = {
        "context": Range(8, 65536),
        "assume.heads": Range(1, 256),
        "assume.s_qk_init": Range(1e-6, 1e6),
        "assume.s_logit_init": Range(1e-6, 1e6),
        "assume.alpha_init": Range(0, 1, above=True),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "framing": ("conditional", "unconditional", "none"),
        "assume.residual": ("lerp", "geodesic"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        given = [verb for verb in cls.VERBS if config[verb] is not None]
        if len(given) != 1:
            choices = ", ".join(f"{verb}={what}" for verb, what in cls.VERBS.items())
            said = f" (got {' and '.join(given)})" if given else ""
            raise ValueError(f"say exactly one of {choices}{said}")
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        if not config[given[0]].strip():
            raise ValueError(f"{given[0]} must name something (got '')")
        if config["call"] is not None:
            check_name(config["call"])
        if not config["root"].strip():
            raise ValueError("root must name a folder (got '')")
