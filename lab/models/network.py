"""Network: the forward pass of an architecture, dispatched to the module of its kind.

get_network(a).prepare(a, rows, scales, dtype)              weights as the forward pass uses them
get_network(a).run(a, weights, ids, table, attend, dtype)   logits, by any attention function
forward(a, rows, scales, ids)                               both, with causal attention
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from lab.models import causal_attention, llama, ngpt, sandwich
from lab.models.architecture import Architecture
from lab.models.hypersphere import normalize
from lab.models.ngpt import Attend
from lab.models.pointwise import TORCH, Pointwise
from lab.models.rotary import piece_positions, rotation_table


class Network(Protocol):
    """The interface of a model kind; its weights have `layers`, `embed` and `logits` [V, dim]."""

    def prepare(
        self, architecture: Architecture, rows: Tensor, scales: Tensor, dtype: torch.dtype
    ) -> Any:
        """Split rows [R, dim], raw scales [S] into layers; logits for a stream of unit length."""

    def run(
        self,
        architecture: Architecture,
        weights: Any,
        ids: Tensor,
        table: tuple[Tensor, Tensor],
        attend: Attend,
        dtype: torch.dtype,
        pointwise: Pointwise = TORCH,
    ) -> Tensor:
        """Compute logits [B, T, V] of ids [B, T] at the positions whose rotations are in table."""


NETWORKS: dict[str, Network] = {"ngpt": ngpt, "llama": llama, "sandwich": sandwich}


def get_network(architecture: Architecture) -> Network:
    """Return the module that computes this kind."""
    return NETWORKS[architecture.kind]


def forward(
    architecture: Architecture,
    rows: Tensor,
    scales: Tensor,
    ids: Tensor,
    *,
    segments: Tensor | None = None,
    kernel: causal_attention.Kernel = causal_attention.blockwise_attention,
    dtype: torch.dtype = torch.float32,
    pointwise: Pointwise = TORCH,
) -> Tensor:
    """Compute logits [B, T, V] (float32) of ids [B, T] under rows [R, dim] and raw scales [S].

    segments [B, T] separates packed pieces; positions of each count from 0. Matrix
    products run in dtype; the residual stream, norms and softmax in float32.
    """
    a, module = architecture, get_network(architecture)
    weights = module.prepare(a, rows, scales, dtype)
    table = rotation_table(
        a, ids.shape[1] if segments is None else piece_positions(segments), ids.device
    )
    return module.run(
        a, weights, ids, table, lambda _, q, k, v: kernel(q, k, v, segments), dtype, pointwise
    )


def retract_rows(architecture: Architecture, rows: Tensor) -> None:
    """Normalize unit rows in place, the retraction after an optimizer step; free rows stay."""
    if architecture.has_unit_rows:
        ngpt.normalize_in_place(rows)


def normalized_rows(architecture: Architecture, rows: Tensor) -> Tensor:
    """Return rows that have drifted or were averaged, normalized where they must be unit."""
    return normalize(rows) if architecture.has_unit_rows else rows
