"""Schema of `lab.train`: the types here, the values and their meaning in conf/train.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from omegaconf import MISSING

from lab.config.conf_folder import model_kinds
from lab.config.legal_values import Range
from lab.config.schemas.model import ModelConfig
from lab.config.validation import check_choices, check_nodes, check_ranges, check_values_of_nodes

STOPS = ("steps", "tokens", "minutes")


@dataclass
class TrainingConfig:
    """How long, how much at a time, what is written when: conf/training/standard.yaml."""

    context: int = MISSING
    batch: int = MISSING
    accumulate: int = MISSING
    steps: int | None = MISSING
    tokens: int | None = MISSING
    minutes: float | None = MISSING
    target_loss: float | None = MISSING
    clip: float = MISSING
    log_every: int = MISSING
    evaluate_every: int = MISSING
    evaluate_windows: int | None = MISSING
    checkpoint_every: int = MISSING
    sample_every: int | None = MISSING
    samples: int = MISSING
    average_every: int = MISSING
    average_last: int = MISSING
    ema: float = MISSING
    keep: int = MISSING


@dataclass
class TrackerConfig:
    """Where the record is mirrored: conf/tracker/."""

    kind: str = MISSING
    project: str = MISSING
    mode: str = MISSING
    entity: str | None = MISSING


@dataclass
class TrainConfig:
    """The keys of `lab.train`; a node typed Any names a function of the lab."""

    name: str = MISSING
    root: str = MISSING
    data: str | None = MISSING
    again: bool = MISSING
    device: str = MISSING
    threads: int = MISSING
    seed: int = MISSING
    size_class: str = MISSING
    parent: str | None = MISSING
    half: str = MISSING
    precision: str = MISSING
    compile: bool | str = MISSING
    attention: str = MISSING
    kernels: str = MISSING
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    scale: Any = None
    corpus: Any = None
    framing: Any = None
    optimizer: Any = None
    schedule: Any = None

    RENAMED: ClassVar[Mapping[str, str]] = {"kind": "size_class"}
    RANGES: ClassVar[Mapping[str, Range]] = {
        "seed": Range(0, 2**63 - 1),
        "threads": Range(0, 1024),
        "model.dim": Range(8, 16384),
        "model.depth": Range(1, 256),
        "model.heads": Range(1, 256),
        "model.dim_head": Range(2, 1024),
        "model.ff_expand": Range(0.25, 64),
        "model.rope_base": Range(1, 1e9),
        "model.rope_period": Range(1, 1e6),
        "model.s_qk_init": Range(1e-6, 1e6),
        "model.s_logit_init": Range(1e-6, 1e6),
        "model.alpha_init": Range(0, 1, exclude_low=True),
        "model.num_hyperspheres": Range(1, 1),
        "model.kv_heads": Range(1, 256),
        "model.neurons": Range(1, 2**20),
        "model.norm_eps": Range(0, 1e-2, exclude_low=True),
        "training.context": Range(8, 65536),
        "training.batch": Range(1, 65536),
        "training.accumulate": Range(1, 65536),
        "training.steps": Range(1, 10**9),
        "training.tokens": Range(1),
        "training.minutes": Range(0, exclude_low=True),
        "training.target_loss": Range(0, exclude_low=True),
        "training.clip": Range(0, exclude_low=True),
        "training.log_every": Range(1),
        "training.evaluate_every": Range(1),
        "training.evaluate_windows": Range(1),
        "training.checkpoint_every": Range(1),
        "training.sample_every": Range(1),
        "training.samples": Range(0, 64),
        "training.average_every": Range(1),
        "training.average_last": Range(1, 1024),
        "training.ema": Range(0, 1, exclude_high=True),
        "training.keep": Range(1, 1000),
    }
    CHOICES: ClassVar[Mapping[str, Collection[Any]]] = {
        "device": ("auto", "cpu", "cuda"),
        "size_class": ("artist", "text", "film", "rows"),
        "half": ("all", "A", "B", "left", "right"),
        "precision": ("auto", "fp32", "bf16"),
        "compile": ("auto", True, False),
        "attention": ("auto", "blocks", "sdpa"),
        "kernels": ("torch", "numba"),
        "model.kind": model_kinds(),
        "model.residual": ("lerp", "geodesic"),
        "model.rope": ("geometric", "harmonic"),
        "tracker.kind": ("json", "wandb"),
        "tracker.mode": ("auto", "offline", "online", "disabled"),
    }

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config (as a plain dict) that cannot work; ValueError in one line."""
        check_choices(config, cls.CHOICES)
        check_ranges(config, cls.RANGES)
        for key in ("corpus", "optimizer", "schedule"):
            if not config[key]:
                raise ValueError(f"{key} is missing: pick one with {key}=...")
        check_values_of_nodes(config)
        cls.check_relations(config)
        check_nodes(config)

    @classmethod
    def check_relations(cls, config: Mapping[str, Any]) -> None:
        """Refuse keys that contradict each other; ValueError names both."""
        model, training = config["model"], config["training"]
        if model["dim_head"] % 2:
            raise ValueError(f"model.dim_head must be even, for rotary (got {model['dim_head']})")
        if (groups := model.get("kv_heads")) and model["kind"] == "ngpt":
            raise ValueError("model.kv_heads is for model=llama and model=sandwich")
        if groups and model["heads"] % groups:
            raise ValueError(
                f"model.kv_heads must divide model.heads, {model['heads']} (got {groups})"
            )
        if all(training[stop] is None for stop in STOPS):
            raise ValueError(
                f"nothing ends this run: set one of training.{', training.'.join(STOPS)}"
            )
        is_film = target_name(config.get("corpus")) == "frames"
        if is_film != (target_name(config.get("framing")) in ("frame", "row")):
            hint = "a film needs framing=frame or framing=row"
            raise ValueError(
                hint if is_film else "framing=frame and framing=row are for corpus=frames"
            )
        if config["half"] != "all" and "half" not in config["corpus"]:
            raise ValueError(f"half={config['half']} means nothing to this corpus: leave half=all")
        if not config["root"].strip():
            raise ValueError("root must name a folder (got '')")
        if config["parent"] is not None and not config["parent"].strip():
            raise ValueError("parent must be null, a finished run's name or a folder (got '')")


def target_name(node: Mapping[str, Any] | None) -> str:
    """The function that a node names, "" for none."""
    return str((node or {}).get("_target_", "")).rpartition(".")[2]
