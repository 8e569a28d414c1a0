"""NumPy LLaMA: forward pass of a LLaMA or a sandwich, which every exported file is read into.

Touvron et al. 2023, "LLaMA: open and efficient foundation language models", arXiv 2302.13971;
rotary pairs side by side, as Meta's code and Karpathy's llama2.c, https://github.com/karpathy/llama2.c.

Per layer x += wo attend(rope(wq n), rope(wk n), wv n) with n = rms(x) attention_norm, then
x += w2 (silu(w1 n) w3 n) with n = rms(x) ffn_norm; logits = head (rms(x) norm). A sandwich
norms what it writes too: x += rms(...) gain in place of x += ..., and q and k (each head's, times
q_norm and k_norm) before they turn. Shapes: T characters, V vocabulary, H heads, D head_dim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lab.exports.llama_shape import Array, LlamaShape, check_llama_arrays, check_llama_shape

NumpyKVCache = dict[str, Array]
"""Keys and values seen so far, by layer: [T, kv_heads, D] each; `forward` adds to it."""


@dataclass(frozen=True)
class NumpyLlama:
    """Sizes and named float32 arrays; ValueError where a name or a shape is wrong."""

    shape: LlamaShape
    arrays: Mapping[str, Array]

    def __post_init__(self) -> None:
        """Check every number and every shape, so that no reader hands on half a model."""
        check_llama_shape(self.shape)
        check_llama_arrays(self.shape.tensor_shapes(), self.arrays)

    @property
    def head(self) -> Array:
        """What turns a state into logits, [V, dim]: the embedding itself where they are tied."""
        return self.arrays["embedding" if self.shape.tied else "logits"]

    @cached_property
    def angles(self) -> Array:
        """Angle of each position and rotary pair, [seq_len, D / 2]."""
        return rotary_angle_table(self.shape.seq_len, self.shape.head_dim, self.shape.rope_base)

    def forward(self, ids: Array, cache: NumpyKVCache | None = None) -> Array:
        """Logits [T, V] of ids [T], which follow what is in cache; ValueError past seq_len."""
        s, a = self.shape, self.arrays
        cache = {} if cache is None else cache
        start = len(cache["0.k"]) if cache else 0
        if start + len(ids) > s.seq_len:
            raise ValueError(f"{start + len(ids)} tokens do not fit a context of {s.seq_len}")
        angle = self.angles[start : start + len(ids)]
        x = a["embedding"][ids]
        for layer in range(s.layers):
            n = rms_normalise(x, s.norm_eps) * a[f"{layer}.attention_norm"]
            q, k, v = (
                (n @ a[f"{layer}.{name}"].T).reshape(len(ids), -1, s.head_dim)
                for name in ("wq", "wk", "wv")
            )
            if s.sandwich:
                q = rms_normalise(q, s.norm_eps) * a[f"{layer}.q_norm"]
                k = rms_normalise(k, s.norm_eps) * a[f"{layer}.k_norm"]
            k, v = append_to_cache(cache, layer, apply_rotary_angles(k, angle), v)
            x = x + self._branch_output(
                layer, "attention", attend(apply_rotary_angles(q, angle), k, v), "wo"
            )
            n = rms_normalise(x, s.norm_eps) * a[f"{layer}.ffn_norm"]
            gated = silu(n @ a[f"{layer}.w1"].T) * (n @ a[f"{layer}.w3"].T)
            x = x + self._branch_output(layer, "ffn", gated, "w2")
        return (rms_normalise(x, s.norm_eps) * a["norm"]) @ self.head.T

    def _branch_output(self, layer: int, branch: str, x: Array, weight_name: str) -> Array:
        """What a branch adds to the stream; a sandwich adds its direction only, times a gain."""
        output = x @ self.arrays[f"{layer}.{weight_name}"].T
        if self.shape.sandwich:
            output = (
                rms_normalise(output, self.shape.norm_eps) * self.arrays[f"{layer}.{branch}_gain"]
            )
        return output

    def generate_greedy(
        self, ids: list[int], count: int, stop: frozenset[int] = frozenset()
    ) -> list[int]:
        """The likeliest token after ids, `count` times at most; a token of stop ends it unsaid."""
        cache: NumpyKVCache = {}
        generated, inputs = [], np.array(ids)
        for _ in range(count):
            best = int(self.forward(inputs, cache)[-1].argmax())
            if best in stop:
                break
            generated.append(best)
            inputs = np.array([best])
        return generated


def rms_normalise(x: Array, eps: float) -> Array:
    """x / sqrt(mean(x^2) + eps) along the last axis."""
    return x / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + np.float32(eps))


def silu(x: Array) -> Array:
    """x / (1 + exp(-x)), silent where exp overflows to the right limit."""
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-x))


def rotary_angle_table(length: int, head_dim: int, base: float) -> Array:
    """position * base^(-2 i / D) of each position and pair i, [length, D / 2]."""
    rates = base ** (-np.arange(0, head_dim, 2) / head_dim)
    return np.outer(np.arange(length), rates).astype(np.float32)


def apply_rotary_angles(x: Array, angle: Array) -> Array:
    """Turn the pairs (2 i, 2 i + 1) of x [T, H, D] by angle [T, D / 2]."""
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    even, odd = x[..., 0::2], x[..., 1::2]
    return np.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1).reshape(x.shape)


def append_to_cache(cache: NumpyKVCache, layer: int, k: Array, v: Array) -> tuple[Array, Array]:
    """Add keys and values of a layer to the cache; return all of them."""
    for name, new in (("k", k), ("v", v)):
        old = cache.get(f"{layer}.{name}")
        cache[f"{layer}.{name}"] = new if old is None else np.concatenate([old, new])
    return cache[f"{layer}.k"], cache[f"{layer}.v"]


def attend(q: Array, k: Array, v: Array) -> Array:
    """Causal attention [T, H D] of the last T of S positions: q [T, H, D], k, v [S, kv_heads, D].

    Query head h reads key head h // (H / kv_heads).
    """
    group_size = q.shape[1] // k.shape[1]
    k, v = (np.repeat(array, group_size, axis=1).transpose(1, 0, 2) for array in (k, v))
    scores = q.transpose(1, 0, 2) @ k.transpose(0, 2, 1) / np.float32(np.sqrt(q.shape[-1]))
    future_mask = (
        np.arange(k.shape[1])[None] > np.arange(k.shape[1] - q.shape[0], k.shape[1])[:, None]
    )
    scores = np.where(future_mask, np.float32(-np.inf), scores)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return (weights @ v).transpose(1, 0, 2).reshape(q.shape[0], -1)
