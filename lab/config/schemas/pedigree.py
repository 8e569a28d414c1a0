"""Schema of `lab.pedigree`: types here, values and their meaning in conf/pedigree.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.validation import Range, check_choices, check_name, check_ranges


@dataclass
class AssumeConfig:
    """Values that a checkpoint does not hold; null: those of its config, else the defaults."""

    heads: int | None = MISSING
    norm_qk: bool | None = MISSING
    value_residual: bool | None = MISSING
    s_qk_init: float | None = MISSING
    s_logit_init: float | None = MISSING
    alpha_init: float | None = MISSING
    residual: str | None = MISSING


@dataclass
class PedigreeConfig:
    """The keys of `lab.pedigree`: one of VERBS, and what goes with it."""

    of: str | None = MISSING
    beside: str | None = MISSING
    view: str = MISSING
    output: str | None = MISSING
    replay: str | None = MISSING
    paternity: str | None = MISSING
    among: list[str] = MISSING
    survey: str | None = MISSING
    adopt: str | None = MISSING
    as_name: str | None = MISSING
    context: int | None = MISSING
    as_framing: str | None = MISSING
    assume: AssumeConfig = field(default_factory=AssumeConfig)
    again: bool = MISSING
    root: str = MISSING
    data: str | None = MISSING

    VERBS: ClassVar[Mapping[str, str]] = {
        "adopt": "FILE",
        "of": "NAME",
        "replay": "NAME",
        "paternity": "NAME",
        "survey": "NAMES",
    }
    COMPANIONS: ClassVar[Mapping[str, str]] = {
        "beside": "of",
        "output": "of",
        "among": "paternity",
        "as_name": "adopt",
        "context": "adopt",
        "as_framing": "adopt",
    }
    RENAMED: ClassVar[Mapping[str, str]] = {
        "to": "output",
        "call": "as_name",
        "framing": "as_framing",
    }
    RANGES: ClassVar[Mapping[str, Range]] = {
        "context": Range(8, 65536),
        "assume.heads": Range(1, 256),
        "assume.s_qk_init": Range(1e-6, 1e6),
        "assume.s_logit_init": Range(1e-6, 1e6),
        "assume.alpha_init": Range(0, 1, exclude_low=True),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "view": ("text", "mermaid", "svg"),
        "as_framing": ("conditional", "unconditional", "none"),
        "assume.residual": ("lerp", "geodesic"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        verbs = [verb for verb in cls.VERBS if config[verb] is not None]
        if len(verbs) != 1:
            choices = ", ".join(f"{verb}={placeholder}" for verb, placeholder in cls.VERBS.items())
            received = f" (got {' and '.join(verbs)})" if verbs else ""
            raise ValueError(f"say exactly one of {choices}{received}")
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        for key in (verbs[0], "root", "beside", "output"):
            if config[key] is not None and not config[key].strip():
                raise ValueError(f"{key} must name something (got '')")
        for key, verb in cls.COMPANIONS.items():
            if config[key] and verbs != [verb]:
                raise ValueError(f"{key} goes with {verb}={cls.VERBS[verb]}, not {verbs[0]}=")
        if config["view"] != "text" and (config["beside"] or verbs != ["of"]):
            raise ValueError(f"view={config['view']} draws one family tree: of=NAME alone")
        if config["output"] and config["view"] != "svg":
            raise ValueError("output=FILE is where the picture goes: view=svg")
        if config["as_name"] is not None:
            check_name(config["as_name"])
