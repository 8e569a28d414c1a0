"""Frozen attention: one parent gives the attention whole, the rest is crossed straight.

Keeps intact what reads and writes one basis together: q, k, v, out, the attention's scales and, by
default, the embedding they read.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.breeding.alpha_field import layer_parts
from lab.breeding.operator_traits import operator
from lab.breeding.operators.lerp import geodesic_operator
from lab.models.genotype import Genotype


def check_donor(num_parents: int, *, donor: int, embedding: str, **_: object) -> None:
    """ValueError for a donor that is no parent, or an unknown choice for the embedding."""
    if donor not in (0, 1):
        raise ValueError(f"donor must be 0 or 1, got {donor!r}")
    if embedding not in ("donor", "slerp"):
        raise ValueError(f"embedding must be donor or slerp, got {embedding!r}")


@operator(coefficient="alpha", parents=(2, 2), check=check_donor)
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

    Off the sphere the rest is lerp. What lies outside the layers (embedding, logits, their scales)
    comes from the donor, or with embedding="slerp" is crossed too.
    ValueError for another donor or embedding, and for parents that cannot be crossed.
    """
    check_donor(len(parents), donor=donor, embedding=embedding)
    if not parents:
        raise ValueError("a crossover needs parents, got none")
    a = parents[0].architecture
    donor_alphas = {"outside": float(donor)} if embedding == "donor" else {}
    donor_alphas |= {
        name: float(donor) for name, path in layer_parts(a).items() if path.startswith("attn.")
    }
    return geodesic_operator(a)(parents, alpha=donor_alphas | {"rest": alpha})
