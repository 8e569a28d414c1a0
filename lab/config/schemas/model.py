"""Schema of a model: the keys of `model` in `lab.train` and `lab.breed`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING


@dataclass
class ModelConfig:
    """A model's shape and its forward pass's constants: conf/ngpt.yaml; the last came later."""

    dim: int = MISSING
    depth: int = MISSING
    heads: int = MISSING
    dim_head: int = MISSING
    ff_expand: float = MISSING
    tied: bool = MISSING
    value_residual: bool = MISSING
    norm_qk: bool = MISSING
    residual: str = MISSING
    rope: str = MISSING
    rope_base: float = MISSING
    rope_period: float = MISSING
    s_qk_init: float = MISSING
    s_logit_init: float = MISSING
    alpha_init: float | None = MISSING
    num_hyperspheres: int = MISSING
    kind: str = "ngpt"
    kv_heads: int | None = None
    neurons: int | None = None
    norm_eps: float = 1e-5
