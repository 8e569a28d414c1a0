"""The genotype: a whole nGPT as one matrix of unit rows and one vector of scales.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131.

Every matrix of an nGPT is a stack of unit vectors of length dim: the rows of q, k, v, hidden,
gate and the embedding, and the columns of both out projections, which are therefore stored
transposed. Shapes: rows [R, dim], scales [S]; at the original's size 12,387 x 256 and 8,635.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import torch
from torch import Tensor

from lab.models.architecture import Architecture


@dataclass(frozen=True)
class Gene:
    """The smallest part that moves whole: indices of its unit rows and of its scales."""

    rows: tuple[int, ...]
    scales: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Where each tensor of an architecture lies in the rows and in the scales.

    Row blocks, in order: embed; per layer attn.q, attn.k, attn.v, attn.out (transposed),
    mlp.hidden, mlp.gate, mlp.out (transposed); logits where they are not tied.
    Scale blocks: per layer attn.s_qk, attn.alpha, mlp.s_u, mlp.s_v, mlp.alpha; then s_z.
    """

    architecture: Architecture
    row_blocks: Mapping[str, slice]
    scale_blocks: Mapping[str, slice]

    def initial_scales(self) -> Tensor:
        """Raw scales at birth, [S]: the library's `scale` argument of each block."""
        return self._fill({key: raw for key, (_, raw) in self._scale_constants().items()})

    def multipliers(self) -> Tensor:
        """What each raw scale is multiplied by to give its effective value, [S]."""
        return self._fill({key: init / raw for key, (init, raw) in self._scale_constants().items()})

    def head(self, layer: int, head: int) -> Gene:
        """One attention head: its q, k, v rows, out columns and s_qk."""
        width = self.architecture.dim_head
        part = range(head * width, (head + 1) * width)
        names = [f"layers.{layer}.attn.{kind}" for kind in ("q", "k", "v", "out")]
        rows = [self.row_blocks[name].start + i for name in names for i in part]
        scales = [self.scale_blocks[f"layers.{layer}.attn.s_qk"].start + i for i in part]
        return Gene(tuple(rows), tuple(scales))

    def neuron(self, layer: int, neuron: int) -> Gene:
        """One feed-forward neuron: hidden and gate row, out column, s_u and s_v."""
        mlp = f"layers.{layer}.mlp."
        rows = [self.row_blocks[mlp + kind].start + neuron for kind in ("hidden", "gate", "out")]
        scales = [self.scale_blocks[mlp + kind].start + neuron for kind in ("s_u", "s_v")]
        return Gene(tuple(rows), tuple(scales))

    def token(self, token: int) -> Gene:
        """One character: its embedding row, its logit row where untied, and its s_z."""
        names = ["embed"] if self.architecture.tied else ["embed", "logits"]
        rows = [self.row_blocks[name].start + token for name in names]
        return Gene(tuple(rows), (self.scale_blocks["s_z"].start + token,))

    def _scale_constants(self) -> dict[str, tuple[float, float]]:
        a = self.architecture
        return {
            "s_qk": (a.s_qk_init, 1 / a.dim),
            "alpha": (a.alpha, a.dim**-0.5),
            "s_u": (1.0, 1.0),
            "s_v": (1.0, 1.0),
            "s_z": (a.s_logit_init, a.dim**-0.5),
        }

    def _fill(self, values: dict[str, float]) -> Tensor:
        out = torch.empty(self.architecture.num_scales)
        for name, block in self.scale_blocks.items():
            out[block] = values[name.rsplit(".", 1)[-1]]
        return out


@lru_cache(maxsize=64)
def layout(architecture: Architecture) -> Layout:
    """The layout of an architecture (cached)."""
    a = architecture
    row_sizes: dict[str, int] = {"embed": a.vocab_size}
    scale_sizes: dict[str, int] = {}
    for layer in range(a.depth):
        attn, mlp = f"layers.{layer}.attn.", f"layers.{layer}.mlp."
        row_sizes |= {attn + kind: a.inner for kind in ("q", "k", "v", "out")}
        row_sizes |= {mlp + kind: a.ff for kind in ("hidden", "gate", "out")}
        scale_sizes |= {attn + "s_qk": a.inner, attn + "alpha": a.dim}
        scale_sizes |= {mlp + "s_u": a.ff, mlp + "s_v": a.ff, mlp + "alpha": a.dim}
    if not a.tied:
        row_sizes["logits"] = a.vocab_size
    scale_sizes["s_z"] = a.vocab_size
    return Layout(a, _slices(row_sizes), _slices(scale_sizes))


@dataclass(frozen=True)
class Genotype:
    """One model's inheritance: rows [R, dim] of unit length, raw scales [S], both float32."""

    architecture: Architecture
    rows: Tensor
    scales: Tensor

    def __post_init__(self) -> None:
        """Shapes must fit the architecture."""
        a = self.architecture
        if tuple(self.rows.shape) != (a.num_rows, a.dim) or tuple(self.scales.shape) != (
            a.num_scales,
        ):
            raise ValueError(
                f"rows {tuple(self.rows.shape)} and scales {tuple(self.scales.shape)} do not fit "
                f"an architecture of {a.num_rows} x {a.dim} rows and {a.num_scales} scales"
            )

    @property
    def layout(self) -> Layout:
        """Names of the blocks."""
        return layout(self.architecture)

    def effective_scales(self) -> Tensor:
        """The values the forward pass uses, [S]."""
        return self.scales * self.layout.multipliers().to(self.scales.device)

    def clone(self) -> Genotype:
        """A copy that shares no storage."""
        return Genotype(self.architecture, self.rows.clone(), self.scales.clone())


def founder(architecture: Architecture, generator: torch.Generator) -> Genotype:
    """A random genotype: rows uniform on the sphere, scales at their initial values."""
    rows = torch.randn(architecture.num_rows, architecture.dim, generator=generator)
    scales = layout(architecture).initial_scales()
    return Genotype(architecture, torch.nn.functional.normalize(rows, dim=-1), scales)


def _slices(sizes: dict[str, int]) -> dict[str, slice]:
    ends = accumulate(sizes.values())
    return {
        name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)
    }
