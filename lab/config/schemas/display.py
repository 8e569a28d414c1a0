"""Schema of `lab.display`: types here, values and their meaning in conf/display.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.schemas.sample import as_list
from lab.config.text_values import TEXTS
from lab.config.validation import Range, check_choices, check_name, check_ranges


@dataclass
class DisplayConfig:
    """The keys of `lab.display`; `screen` is typed as model=NAME.

    SEVERAL take key=a,b as a list, not as a sweep.
    """

    picture: Any = field(default=MISSING, metadata=TEXTS)
    screen: Any = field(default=MISSING, metadata=TEXTS)
    layer: int = MISSING
    head: Any = MISSING
    size: int = MISSING
    whole: bool | None = MISSING
    colour: bool = MISSING
    contrast: float = MISSING
    sweeps: int = MISSING
    adam: int = MISSING
    invert: bool = MISSING
    fit: str = MISSING
    frames: int | None = MISSING
    rate: float = MISSING
    film: str = MISSING
    inputs: bool = MISSING
    output: str | None = MISSING
    again: bool = MISSING
    root: str = MISSING
    data: str | None = MISSING
    device: str = MISSING
    threads: int = MISSING

    SEVERAL: ClassVar[Mapping[str, str]] = {"picture": "picture", "head": "head", "model": "screen"}
    RENAMED: ClassVar[Mapping[str, str]] = {"to": "output"}
    RANGES: ClassVar[Mapping[str, Range]] = {
        "layer": Range(0, 1000),
        "size": Range(8, 1024),
        "contrast": Range(0, 20, exclude_low=True),
        "sweeps": Range(0, 1000),
        "adam": Range(0, 100000),
        "frames": Range(1),
        "rate": Range(0, 240, exclude_low=True),
        "threads": Range(0, 1024),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "fit": ("pad", "stretch", "inside"),
        "film": ("gif", "mp4"),
        "device": ("auto", "cpu", "cuda"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        for key, typed in (("picture", "picture=FILE"), ("screen", "model=NAME")):
            if not as_list(config[key]):
                raise ValueError(f"say which {typed.partition('=')[0]}: {typed}")
        if config["output"] is not None:
            check_name(config["output"])
        if not config["root"].strip():
            raise ValueError("root must name a folder (got '')")
        if config["head"] != "auto":
            for head in as_list(config["head"]):
                if not str(head).isdigit():
                    raise ValueError(f"head must be auto or numbers, as 0,3 (got {head})")
