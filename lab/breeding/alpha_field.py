"""An alpha field: how far a child lies from its first parent (0) to its second (1), part by part.

One alpha for all, or one a layer, a kind of tensor, or both; spread here, and only here, over the
unit rows [R] and the scales [S]. A search varies the coefficients of a grain as one vector.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import layout

ROWS = {  # what a tensor of a layer is called: its block there
    "attn": {"q": "attn.q", "k": "attn.k", "v": "attn.v", "out": "attn.out"},
    "mlp": {"hidden": "mlp.hidden", "gate": "mlp.gate", "mlp_out": "mlp.out"},
}
GRAINS = ("one", "layer", "kind", "layer_and_kind")


@dataclass(frozen=True)
class Alphas:
    """One alpha a row, [R], and one a scale, [S]; float64."""

    rows: Tensor
    scales: Tensor


Alpha = float | Sequence[float] | Tensor | Mapping[str, float] | Alphas
"""What an operator accepts: see `expand`."""


def names(architecture: Architecture, grain: str) -> tuple[str, ...]:
    """What the coefficients of a grain are called, in order; their number is its length.

    one: rest. layer: outside (embedding, logits, s_z), then layers.0, layers.1, ... kind: the
    `parts` of a layer, then those outside. layer_and_kind: layers.0.q, ..., then those outside.
    ValueError for another grain.
    """
    if grain not in GRAINS:
        raise ValueError(f"grain must be one of {', '.join(GRAINS)}, got {grain!r}")
    if grain == "one":
        return ("rest",)
    layers, outside = range(architecture.depth), _outside(architecture)
    kinds = parts(architecture)
    if grain == "layer":
        return ("outside", *(f"layers.{layer}" for layer in layers))
    if grain == "kind":
        return (*kinds, *outside)
    return (*(f"layers.{layer}.{kind}" for layer in layers for kind in kinds), *outside)


def parts(architecture: Architecture) -> dict[str, str]:
    """What the tensors and scales of a layer are called, in order: their blocks in the layer.

    Of an nGPT q, k, v, out, s_qk, alpha_attn, hidden, gate, mlp_out, s_u, s_v, alpha_mlp.
    """
    scales = architecture.anatomy.layer.items()
    return {
        name: path
        for branch, rows in ROWS.items()
        for name, path in (
            *rows.items(),
            *((block.name, path) for path, block in scales if path.startswith(branch)),
        )
    }


def field(architecture: Architecture, vector: Sequence[float], grain: str) -> dict[str, float]:
    """The alpha field whose coefficients, in the order of `names`, are the vector."""
    known = names(architecture, grain)
    if len(vector) != len(known):
        raise ValueError(
            f"a field by {grain} has {len(known)} coefficients, got {len(vector)}; they are "
            f"{', '.join(known)}"
        )
    return dict(zip(known, vector, strict=True))


def expand(architecture: Architecture, alpha: Alpha) -> Alphas:
    """One alpha a row and a scale.

    A number is for all. A list or tensor is by layer: depth + 1 numbers, the first for what lies
    outside the layers. A mapping names parts, the more specific name wins: layers.2.q, then q,
    then layers.2 (or outside), then rest. ValueError for unknown names, parts that no name
    covers, and numbers that are not finite.
    """
    if isinstance(alpha, Alphas):
        return alpha
    named = _named(architecture, alpha)
    blocks = layout(architecture)
    rows = torch.empty(architecture.num_rows, dtype=torch.float64)
    scales = torch.empty(architecture.num_scales, dtype=torch.float64)
    for name, path in _everything(architecture):
        value = _look_up(named, name)
        if path in blocks.row_blocks:
            rows[blocks.row_blocks[path]] = value
        else:
            scales[blocks.scale_blocks[path]] = value
    return Alphas(rows, scales)


def _named(
    architecture: Architecture, alpha: float | Sequence[float] | Tensor | Mapping[str, float]
) -> dict[str, float]:
    named = _spelled_out(architecture, alpha.tolist() if isinstance(alpha, Tensor) else alpha)
    known = {name for grain in GRAINS for name in names(architecture, grain)}
    if unknown := sorted(set(named) - known):
        whole = ["rest", *names(architecture, "layer"), *names(architecture, "kind")]
        raise ValueError(
            f"alpha names no part of this model: {', '.join(unknown)}; it has {', '.join(whole)}, "
            "and those of one layer, as in layers.0.q"
        )
    for name, value in named.items():
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"alpha must be a finite number, for {name} it is {value!r}")
    return named


def _spelled_out(architecture: Architecture, alpha: object) -> dict[str, float]:
    if isinstance(alpha, int | float):
        return {"rest": alpha}
    if isinstance(alpha, Mapping):
        return {str(name): value for name, value in alpha.items()}
    if isinstance(alpha, Sequence) and not isinstance(alpha, str):
        return field(architecture, alpha, "layer")
    raise ValueError(f"alpha must be a number, a list by layer, or named parts, got {alpha!r}")


def _look_up(named: Mapping[str, float], name: str) -> float:
    layer, _, kind = name.rpartition(".")
    for candidate in (name, kind, layer or "outside", "rest"):
        if candidate in named:
            return named[candidate]
    raise ValueError(f"alpha says nothing for {name}; name it, or give rest a value")


def _everything(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """(name of the finest coefficient, block of the layout)."""
    for layer in range(architecture.depth):
        for kind, path in parts(architecture).items():
            yield f"layers.{layer}.{kind}", f"layers.{layer}.{path}"
    for kind in _outside(architecture):
        yield kind, kind


def _outside(architecture: Architecture) -> tuple[str, ...]:
    tensors = ("embed",) if architecture.tied else ("embed", "logits")
    return (*tensors, *(block.name for block in architecture.anatomy.outside.values()))
