"""Genotype: all weights of a model as one matrix of rows and one vector of scales.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131.

Every matrix of an nGPT is a stack of unit vectors of length dim: the rows of q, k, v, hidden,
gate and the embedding, and the columns of both out projections, which are therefore stored
transposed. Shapes: rows [R, dim], scales [S]; at the original's size 12,387 x 256 and 8,635.
Other kinds have the same blocks of rows, of unit length or not: see `parameter_spec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.initial_scales import scale_constants

INIT_STD = 0.02  # standard deviation of a free row's numbers at initialisation


@dataclass(frozen=True)
class Gene:
    """A gene: the indices of the rows and scales that are inherited together."""

    rows: tuple[int, ...]
    scales: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """The layout of an architecture: the slices of its tensors in the rows and in the scales.

    Row blocks, in order: embed; per layer attn.q, attn.k, attn.v, attn.out (transposed),
    mlp.hidden, mlp.gate, mlp.out (transposed); logits where they are not tied.
    attn.k and attn.v are as wide as there are key-value heads. Scale blocks are those of
    `parameter_spec`: nGPT has per layer attn.s_qk, attn.alpha, mlp.s_u, mlp.s_v, mlp.alpha,
    then s_z.
    """

    architecture: Architecture
    row_blocks: Mapping[str, slice]
    scale_blocks: Mapping[str, slice]

    @property
    def matrices(self) -> list[slice]:
        """Row slices of the layers' matrices: all but embedding and logits."""
        return [self.row_blocks[name] for name in self.row_blocks if name.startswith("layers.")]

    def initial_scales(self) -> Tensor:
        """Return the initial raw scales, [S]: the library's `scale` argument of each block."""
        return self._fill_scales(
            {key: raw for key, (_, raw) in scale_constants(self.architecture).items()}
        )

    def multipliers(self) -> Tensor:
        """Return the factors from raw to effective scales, [S]."""
        constants = scale_constants(self.architecture)
        return self._fill_scales({key: init / raw for key, (init, raw) in constants.items()})

    def head_gene(self, layer: int, head: int) -> Gene:
        """Return the gene of an attention head: its q, k, v rows, out columns and s_qk.

        head counts key-value heads; the query heads that share one belong to its gene.
        """
        a, attn = self.architecture, f"layers.{layer}.attn."
        widths = {"q": a.inner, "k": a.kv_inner, "v": a.kv_inner, "out": a.inner}
        parts = {kind: width // a.num_kv_heads for kind, width in widths.items()}
        rows = [
            self.row_blocks[attn + kind].start + head * part + i
            for kind, part in parts.items()
            for i in range(part)
        ]
        return Gene(tuple(rows), self._row_scales(layer, "attn.", head * parts["q"], parts["q"]))

    def neuron_gene(self, layer: int, neuron: int) -> Gene:
        """Return a feed-forward neuron's gene: hidden and gate row, out column, s_u and s_v."""
        mlp = f"layers.{layer}.mlp."
        rows = [self.row_blocks[mlp + kind].start + neuron for kind in ("hidden", "gate", "out")]
        return Gene(tuple(rows), self._row_scales(layer, "mlp.", neuron, 1))

    def token_gene(self, token: int) -> Gene:
        """Return a character's gene: its embedding row, its logit row if untied, and its s_z."""
        names = ["embed"] if self.architecture.tied else ["embed", "logits"]
        rows = [self.row_blocks[name].start + token for name in names]
        global_blocks = self.architecture.parameter_spec.global_scales.items()
        scales = [
            self.scale_blocks[name].start + token for name, block in global_blocks if block.by_row
        ]
        return Gene(tuple(rows), tuple(scales))

    def _row_scales(self, layer: int, branch: str, first: int, count: int) -> tuple[int, ...]:
        """Return the scale indices of `count` rows of a branch."""
        names = [
            f"layers.{layer}.{name}"
            for name, block in self.architecture.parameter_spec.layer_scales.items()
            if block.by_row and name.startswith(branch)
        ]
        starts = [self.scale_blocks[name].start + first for name in names]
        return tuple(start + i for start in starts for i in range(count))

    def _fill_scales(self, values: dict[str, float]) -> Tensor:
        scales = torch.empty(self.architecture.num_scales)
        for name, block in self.scale_blocks.items():
            scales[block] = values[name.rsplit(".", 1)[-1]]
        return scales


@lru_cache(maxsize=64)
def compute_layout(architecture: Architecture) -> Layout:
    """Return the layout of an architecture (cached)."""
    a = architecture
    row_sizes: dict[str, int] = {"embed": a.vocab_size}
    scale_sizes: dict[str, int] = {}
    widths = {"q": a.inner, "k": a.kv_inner, "v": a.kv_inner, "out": a.inner}
    for layer in range(a.depth):
        prefix = f"layers.{layer}."
        row_sizes |= {f"{prefix}attn.{kind}": width for kind, width in widths.items()}
        row_sizes |= {f"{prefix}mlp.{kind}": a.ff for kind in ("hidden", "gate", "out")}
        scale_sizes |= {
            prefix + n: getattr(a, block.width)
            for n, block in a.parameter_spec.layer_scales.items()
        }
    if not a.tied:
        row_sizes["logits"] = a.vocab_size
    scale_sizes |= {
        name: getattr(a, block.width) for name, block in a.parameter_spec.global_scales.items()
    }
    return Layout(a, _slices(row_sizes), _slices(scale_sizes))


@dataclass(frozen=True)
class Genotype:
    """All weights of a model: rows [R, dim], unit on a sphere, and raw scales [S], both float32."""

    architecture: Architecture
    rows: Tensor
    scales: Tensor

    def __post_init__(self) -> None:
        """Check the shapes; ValueError where they do not fit the architecture."""
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
        """The layout of the rows and scales."""
        return compute_layout(self.architecture)

    def effective_scales(self) -> Tensor:
        """Return the scales as the forward pass uses them, [S]."""
        return self.scales * self.layout.multipliers().to(self.scales.device)

    def clone(self) -> Genotype:
        """Return a copy that shares no storage."""
        return Genotype(self.architecture, self.rows.clone(), self.scales.clone())


def founder(architecture: Architecture, generator: torch.Generator) -> Genotype:
    """Return a random genotype: rows uniform on the sphere, scales at their initial values.

    Off the sphere rows are normal with deviation 0.02, those that write to the residual stream
    smaller by sqrt(2 depth) (Radford et al. 2019, "Language models are unsupervised multitask
    learners").
    """
    a, layout = architecture, compute_layout(architecture)
    rows = torch.randn(a.num_rows, a.dim, generator=generator)
    if a.has_unit_rows:
        return Genotype(a, torch.nn.functional.normalize(rows, dim=-1), layout.initial_scales())
    rows *= INIT_STD
    for name, block in layout.row_blocks.items():
        if name.endswith(".out"):
            rows[block] /= (2 * a.depth) ** 0.5
    return Genotype(a, rows, layout.initial_scales())


def _slices(sizes: dict[str, int]) -> dict[str, slice]:
    ends = accumulate(sizes.values())
    return {
        name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)
    }
