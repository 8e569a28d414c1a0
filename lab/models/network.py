"""The network of an architecture: the one place that knows which module computes which kind.

network(a).prepare(a, rows, scales, dtype)              weights as the forward pass uses them
network(a).run(a, weights, ids, table, attend, dtype)   logits, by attention of whatever sort
forward(a, rows, scales, ids)                           both, causal
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from lab.models import causal_attention, llama, ngpt, sandwich
from lab.models.architecture import Architecture
from lab.models.hypersphere import normalize
from lab.models.ngpt import Attend
from lab.models.rotary import piece_positions, rotation_table


class Network(Protocol):
    """The module of a kind. Its weights have `embed`, `layers` and `logits`, both [V, dim]."""

    def prepare(
        self, architecture: Architecture, rows: Tensor, scales: Tensor, dtype: torch.dtype
    ) -> Any:
        """Cut rows [R, dim] and raw scales [S] into layers; logits for a stream of unit length."""

    def run(
        self,
        architecture: Architecture,
        weights: Any,
        ids: Tensor,
        table: tuple[Tensor, Tensor],
        attend: Attend,
        dtype: torch.dtype,
    ) -> Tensor:
        """Logits [B, T, V] of ids [B, T] at the positions whose rotations are in table."""


NETWORKS: dict[str, Network] = {"ngpt": ngpt, "llama": llama, "sandwich": sandwich}


def get_network(architecture: Architecture) -> Network:
    """The module that computes this kind."""
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
) -> Tensor:
    """Logits [B, T, V] (float32) of ids [B, T] under rows [R, dim] and raw scales [S].

    segments [B, T] keeps packed pieces apart, each counted from 0 as if it were alone. Matrix
    products run in dtype; the residual stream, norms and softmax in float32.
    """
    a, module = architecture, get_network(architecture)
    weights = module.prepare(a, rows, scales, dtype)
    table = rotation_table(
        a, ids.shape[1] if segments is None else piece_positions(segments), ids.device
    )
    return module.run(a, weights, ids, table, lambda _, q, k, v: kernel(q, k, v, segments), dtype)


def retract_rows(architecture: Architecture, rows: Tensor) -> None:
    """Put rows that ought to be unit back on the sphere, in place: what follows a step."""
    if architecture.has_unit_rows:
        ngpt.normalize_in_place(rows)


def normalized_rows(architecture: Architecture, rows: Tensor) -> Tensor:
    """Rows that have drifted or were averaged, as an individual has them."""
    return normalize(rows) if architecture.has_unit_rows else rows
