"""Frozen attention: one parent gives the attention whole, the rest is crossed on the geodesic.

Keeps intact what reads and writes one basis together: q, k, v, out, s_qk, the attention's alpha
and, by default, the embedding they read.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.breeding.alphas import OUTSIDE
from lab.breeding.operators.slerp import slerp
from lab.models.genotype import Genotype

ATTENTION = ("q", "k", "v", "out", "s_qk", "alpha_attn")


def frozen_attention(
    parents: Sequence[Genotype],
    *,
    donor: int = 0,
    alpha: float = 0.5,
    embedding: str = "donor",
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """Attention from parent `donor` (0 or 1; its reciprocal cross is the other), the rest slerp.

    embedding, logits and s_z come from the donor, or with embedding="slerp" are crossed too.
    ValueError for another donor or embedding, and for parents that cannot be crossed.
    """
    if donor not in (0, 1):
        raise ValueError(f"donor must be 0 or 1, got {donor!r}")
    if embedding not in ("donor", "slerp"):
        raise ValueError(f"embedding must be donor or slerp, got {embedding!r}")
    frozen = ATTENTION + (OUTSIDE if embedding == "donor" else ())
    tied = bool(parents) and parents[0].architecture.tied
    field = {kind: float(donor) for kind in frozen if not (tied and kind == "logits")}
    return slerp(parents, alpha=field | {"rest": alpha})
