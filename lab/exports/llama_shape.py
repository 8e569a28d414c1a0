"""LLaMA shape: sizes of a LLaMA or a sandwich, and the names and shapes of its tensors.

Matrices are [out, in], rotary pairs lie side by side (2 i, 2 i + 1), everything is float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class LlamaShape:
    """The shape of a LLaMA and the constants of its forward pass."""

    dim: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int
    seq_len: int
    rope_base: float = 10000.0
    norm_eps: float = 1e-5
    tied: bool = True
    sandwich: bool = False

    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every tensor's name and shape, [out, in] where it is a matrix."""
        query_width, kv_width = self.heads * self.head_dim, self.kv_heads * self.head_dim
        shapes: dict[str, tuple[int, ...]] = {"embedding": (self.vocab, self.dim)}
        for layer in range(self.layers):
            shapes |= {
                f"{layer}.attention_norm": (self.dim,),
                f"{layer}.wq": (query_width, self.dim),
                f"{layer}.wk": (kv_width, self.dim),
                f"{layer}.wv": (kv_width, self.dim),
                f"{layer}.wo": (self.dim, query_width),
                f"{layer}.ffn_norm": (self.dim,),
                f"{layer}.w1": (self.hidden, self.dim),
                f"{layer}.w2": (self.dim, self.hidden),
                f"{layer}.w3": (self.hidden, self.dim),
            }
            if self.sandwich:
                shapes |= {f"{layer}.{name}_norm": (self.head_dim,) for name in "qk"}
                shapes |= {f"{layer}.{name}_gain": (self.dim,) for name in ("attention", "ffn")}
        shapes["norm"] = (self.dim,)
        return shapes if self.tied else shapes | {"logits": (self.vocab, self.dim)}


def check_llama_shape(shape: LlamaShape) -> None:
    """Refuse sizes that no model has; ValueError in one line."""
    for field in fields(shape):
        value = getattr(shape, field.name)
        if not isinstance(value, bool) and not 0 < value < 2**31:
            raise ValueError(f"{field.name} must be positive, got {value}")
    if shape.heads % shape.kv_heads or shape.head_dim % 2:
        raise ValueError(
            f"{shape.heads} heads of {shape.head_dim} cannot share {shape.kv_heads} key heads, "
            "or have no rotary pairs"
        )


def check_llama_arrays(shapes: Mapping[str, tuple[int, ...]], arrays: Mapping[str, Array]) -> None:
    """Refuse arrays of other names, shapes or types, or that are not finite; ValueError."""
    if mismatched := sorted(set(shapes) ^ set(arrays)):
        raise ValueError(f"tensors missing or too many: {', '.join(mismatched[:5])}")
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(f"{name} is {array.dtype} {array.shape}, not float32 {shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} is not finite")
