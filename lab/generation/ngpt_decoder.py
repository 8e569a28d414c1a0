"""nGPT decoder: the KV-cached decoding step of an nGPT, written out with reused buffers.

Pope et al. 2022, "Efficiently scaling transformer inference", arXiv 2211.05102. Models of other
kinds are decoded by their forward pass: `batch_decoder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.generation.batch_decoder import BatchDecoder
from lab.models import ngpt
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.hypersphere import normalize
from lab.models.residual import RESIDUAL_STEPS
from lab.models.rotary import interleave_pairs, rotation_table


@dataclass(frozen=True)
class DecoderLayer:
    """The weights of a layer as [in, out], contiguous: twice as fast to read for few rows.

    q and k have their rotary pairs side by side, to be rotated as complex numbers.
    """

    qkv: Tensor
    s_qk: Tensor  # [H, D]
    out: Tensor
    alpha_attn: Tensor
    up: Tensor
    down: Tensor
    alpha_mlp: Tensor

    @classmethod
    def from_layer(cls, a: Architecture, layer: ngpt.NgptLayer, halved: bool) -> DecoderLayer:
        """Return a layer's weights; halved: values are averaged with the first layer's."""
        q, k, v = layer.qkv.unflatten(0, (3, a.heads, a.dim_head))
        q, k = (interleave_pairs(part.mT).mT for part in (q, k))
        qkv = torch.stack([q, k, 0.5 * v if halved else v]).flatten(0, 2)
        return cls(
            qkv.T.contiguous(), interleave_pairs(layer.s_qk)[:, 0].contiguous(),
            layer.out.contiguous(),
            layer.alpha_attn, layer.up.T.contiguous(), layer.down.contiguous(), layer.alpha_mlp,
        )  # fmt: skip


class Workspace:
    """Buffers for one step of B rows, reallocated when rows are dropped."""

    def __init__(self, a: Architecture, rows: int, device: torch.device) -> None:
        def allocate(*shape: int) -> Tensor:
            return torch.empty(rows, *shape, device=device)

        self.x, self.y, self.norm = allocate(a.dim), allocate(a.dim), allocate(1)
        self.qkv, self.up, self.logits = (
            allocate(3 * a.inner),
            allocate(2 * a.ff),
            allocate(a.vocab_size),
        )
        heads = self.qkv.view(rows, 3, a.heads, a.dim_head)
        self.qk, self.kv = heads[:, :2], heads[:, 1:]
        self.q, self.v = heads[:, 0], heads[:, 2]
        self.pairs = torch.view_as_complex(self.qk.unflatten(-1, (-1, 2)))
        self.norms = allocate(2, a.heads, 1)
        self.hidden, self.gate = self.up.chunk(2, dim=-1)


class NgptDecoder(BatchDecoder):
    """A batch decoder of an nGPT; its keys have their rotary pairs side by side."""

    def __init__(
        self, genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
    ) -> None:
        """Allocate room for prefixes to become `length` ids long; call `prefill` first."""
        super().__init__(genotype, prefixes, length, device)
        a = self.a
        has_value_residual = [a.value_residual and number > 0 for number in range(a.depth)]
        pairs = zip(self.weights.layers, has_value_residual, strict=True)
        self.layers = [DecoderLayer.from_layer(a, layer, halved) for layer, halved in pairs]
        self.logits = self.weights.logits.T.contiguous()
        self.rotary_table = torch.complex(*rotation_table(a, length, device))  # [length, D / 2]
        self.workspace = Workspace(a, len(prefixes), device)

    def write_kv(self, layer_index: int, slots: slice, k: Tensor, v: Tensor) -> None:
        """Store keys, paired, and values of a layer in slots of the cache."""
        super().write_kv(layer_index, slots, interleave_pairs(k), v)

    def step(self, ids: np.ndarray) -> Tensor:
        """Append one id [B] to each sequence; logits [B, V], valid until the next step."""
        a, workspace = self.a, self.workspace
        torch.index_select(
            self.weights.embed, 0, torch.from_numpy(ids).to(self.device), out=workspace.x
        )
        rotations = self.rotary_table.index_select(0, self.positions)[:, None, None]
        cached = self.kv.narrow(4, 0, self.next_slot + 1)
        bias = None if self.bias is None else self.bias[..., : self.next_slot + 1]
        new_kv = self.kv.select(4, self.next_slot).unbind(0)
        caches = zip(
            new_kv, cached.select(2, 0).unbind(0), cached.select(2, 1).unbind(0), strict=True
        )
        for layer_index, (layer, (layer_kv, keys, values)) in enumerate(
            zip(self.layers, caches, strict=True)
        ):
            torch.mm(workspace.x, layer.qkv, out=workspace.qkv)
            workspace.pairs.mul_(rotations)
            if a.norm_qk:
                torch.linalg.vector_norm(workspace.qk, dim=-1, keepdim=True, out=workspace.norms)
                workspace.qk.div_(workspace.norms)
            workspace.q.mul_(layer.s_qk)
            if a.value_residual and layer_index:
                workspace.v.add_(new_kv[0][:, 1], alpha=0.5)
            layer_kv.copy_(workspace.kv)
            attended = F.scaled_dot_product_attention(
                workspace.q.unsqueeze(2), keys, values, attn_mask=bias, scale=1.0
            )
            self._residual_step(
                torch.mm(attended.view(len(ids), -1), layer.out, out=workspace.y), layer.alpha_attn
            )
            torch.mm(workspace.x, layer.up, out=workspace.up)
            F.silu(workspace.gate, inplace=True).mul_(workspace.hidden)
            self._residual_step(
                torch.mm(workspace.gate, layer.down, out=workspace.y), layer.alpha_mlp
            )
        self.positions += 1
        self.next_slot += 1
        return torch.mm(workspace.x, self.logits, out=workspace.logits)

    def _residual_step(self, y: Tensor, alpha: Tensor) -> None:
        """The residual step to y, in place where it is linear."""
        x, norm = self.workspace.x, self.workspace.norm
        if self.a.residual != "lerp":
            x.copy_(RESIDUAL_STEPS[self.a.residual](x, normalize(y), alpha))
            return
        y.div_(torch.linalg.vector_norm(y, dim=-1, keepdim=True, out=norm))
        x.lerp_(y, alpha)
        x.div_(torch.linalg.vector_norm(x, dim=-1, keepdim=True, out=norm))

    def drop_rows(self, done: np.ndarray) -> np.ndarray:
        """Drop the finished rows; the last rows take their places."""
        order = super().drop_rows(done)
        self.workspace = Workspace(self.a, len(order), self.device)
        return order
