"""LayerNorm layer: attention behind LayerNorm or RMSNorm, as in GPT-2, BERT and LLaMA.

Radford et al. 2019 (GPT-2); Devlin et al. 2018, arXiv 1810.04805 (BERT); Touvron et al. 2023,
arXiv 2302.13971 (LLaMA); Zhang & Sennrich 2019, arXiv 1910.07467 (RMSNorm).

Either norm gives |u|^2 = D var / (var + eps): an input of variance 1 has that budget, exactly. The
stream of nGPT is a unit vector without a norm: its budget is 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from lab.attention_maps.interfaces import CONTRAST_CAP, HeadProjection, PlacedInput
from lab.attention_maps.low_rank_factors import Factors
from lab.attention_maps.minimum_norm_input import find_minimum_norm_input


def layer_fields(layer: LayerNormLayer) -> dict[str, Any]:
    """Return a layer's fields by name, without cached values, to build another class from."""
    return {field.name: getattr(layer, field.name) for field in fields(layer)}


@dataclass(frozen=True)
class LayerNormLayer:
    """An attention layer of norm(x + position_embeddings).

    query [H, d, D] and key [H', d, D] with biases [H, d] and [H', d] or None; H / H' query heads
    share a key head. gain and shift [D] of the norm; centred: LayerNorm, else RMSNorm.
    position_embeddings [N, D] are added to the input first, or None. rotary: tables of cosines and
    sines, or None. scale [H, d] of the products, None: d^-0.5.
    """

    query: Tensor
    key: Tensor
    gain: Tensor
    shift: Tensor | None
    eps: float
    centred: bool
    causal: bool
    query_bias: Tensor | None = None
    key_bias: Tensor | None = None
    position_embeddings: Tensor | None = None
    rotary: tuple[Tensor, Tensor] | None = None
    scale: Tensor | None = None
    unit_norm: bool = False

    @property
    def heads(self) -> int:
        """Number of query heads."""
        return len(self.query)

    @property
    def dim_head(self) -> int:
        """Dimension of a head."""
        return self.query.shape[1]

    @property
    def max_positions(self) -> int:
        """Maximal number of positions."""
        lengths = [len(self.position_embeddings)] if self.position_embeddings is not None else []
        return min([*lengths, *([len(self.rotary[0])] if self.rotary else [])], default=1 << 20)

    @property
    def budget(self) -> float:
        """The squared norm |u|^2 of a normalised input of variance 1, or of a unit vector."""
        return 1.0 if self.unit_norm else self.gain.numel() / (1 + self.eps)

    def key_head(self, head: int) -> int:
        """Return the key head of a query head."""
        return head * len(self.key) // self.heads

    def rank(self) -> int:
        """Return the rank of a picture: d, or d - 1 with a query bias in the null space."""
        biased = self.query_bias is not None or self.shift is not None
        return self.dim_head - int(biased and bool(self._query_biases.abs().max() > 0))

    def max_heads(self) -> int:
        """Return the number of heads of one input: each takes 2 d dimensions, one remains."""
        capacity = (self.gain.numel() - 1 - int(self.centred)) // (2 * self.dim_head)
        return min(capacity, len(self.key))

    def describe_size(self) -> str:
        """Return the dimensions of the layer and of its heads, and what a picture needs of them."""
        return (
            f"its model has dim {self.gain.numel()} and heads of {self.dim_head}, "
            f"and each picture takes {2 * self.dim_head} dimensions, with one to spare"
        )

    @cached_property
    def _query_biases(self) -> Tensor:
        return torch.stack(
            [self.head_projection(head).bias[: self.dim_head] for head in range(self.heads)]
        )

    def head_projection(self, head: int) -> HeadProjection:
        """Return the maps of one head, with the norm's gain and bias folded in."""
        key_head = self.key_head(head)
        matrix = torch.cat([self.query[head], self.key[key_head]])
        bias = torch.zeros_like(matrix[:, 0])
        if self.query_bias is not None and self.key_bias is not None:
            bias = torch.cat([self.query_bias[head], self.key_bias[key_head]])
        if self.shift is not None:
            bias = bias + matrix @ self.shift
        matrix = matrix * self.gain
        if self.centred:
            matrix = matrix - matrix.mean(1, keepdim=True)
        default_scale = torch.full_like(matrix[: self.dim_head, 0], self.dim_head**-0.5)
        return HeadProjection(
            matrix, bias, default_scale if self.scale is None else self.scale[head], self.rotary
        )

    def place(
        self, factors_by_head: Mapping[int, Factors], cap: float = CONTRAST_CAP
    ) -> PlacedInput:
        """Find an input [T, D] in which each head shows its factors times the contrast reached.

        ValueError for too many heads, heads that share keys, or too many positions.
        """
        self.check_heads(factors_by_head, len(next(iter(factors_by_head.values())).q))
        projections = {head: self.head_projection(head) for head in factors_by_head}
        u, contrast, budget_share = find_minimum_norm_input(
            projections, factors_by_head, self.budget, cap
        )
        x = self.invert_norm(self.fill_budget(u, projections)).to(self.query.dtype)
        return PlacedInput(x, contrast, budget_share)

    def fill_budget(self, u: Tensor, projections: Mapping[int, HeadProjection]) -> Tensor:
        """Extend u [T, D] to the full norm in the null space of the chosen heads."""
        directions = torch.cat([projection.matrix for projection in projections.values()]).double()
        if self.centred:
            directions = torch.cat([directions, torch.ones_like(directions[:1])])
        basis = torch.linalg.qr(directions.mT)[0]
        noise = torch.randn(len(directions.mT), generator=torch.Generator().manual_seed(0)).to(
            basis
        )
        orthogonal = noise - basis @ (basis.mT @ noise)
        remaining = (self.budget - u.square().sum(1)).clamp_min(0).sqrt()
        return u + remaining[:, None] * torch.nn.functional.normalize(orthogonal, dim=0)

    def invert_norm(self, u: Tensor) -> Tensor:
        """Return an input [T, D] that the norm maps to u [T, D], before gain and bias."""
        x = u if self.unit_norm else u * (1 + self.eps) ** 0.5
        return (
            x if self.position_embeddings is None else x - self.position_embeddings[: len(x)].to(x)
        )

    def normalise(self, x: Tensor) -> Tensor:
        """Normalise an input with its positions to u [T, D], before gain and bias."""
        if self.unit_norm:
            return x
        x = x if self.position_embeddings is None else x + self.position_embeddings[: len(x)]
        x = x - x.mean(1, keepdim=True) if self.centred else x
        return x * (x.square().mean(1, keepdim=True) + self.eps).rsqrt()

    def scores(self, x: Tensor, head: int) -> Tensor:
        """Compute the scores [T, T] of a head for an input [T, D]."""
        projection = self.head_projection(head)
        q, k = projection.project(self.normalise(x))
        return (q * projection.scale) @ k.mT

    def check_heads(self, heads: Iterable[int], size: int) -> None:
        """Raise ValueError where these heads cannot show pictures of so many rows."""
        heads = list(heads)
        if size > self.max_positions:
            raise ValueError(
                f"this model has {self.max_positions} positions, the picture {size} rows"
            )
        if len(heads) > self.max_heads():
            raise ValueError(
                f"one input serves {self.max_heads()} of this layer's heads, not {len(heads)}"
            )
        if unknown_heads := [head for head in heads if not 0 <= head < self.heads]:
            raise ValueError(f"this layer has heads 0 to {self.heads - 1}, not {unknown_heads[0]}")
        if len({self.key_head(head) for head in heads}) < len(heads):
            raise ValueError("some of these heads share a key head: choose one of each group")
