"""Alpha field: interpolation coefficients from the first parent (0) to the second (1), by part.

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
from lab.models.genotype import compute_layout

LAYER_ROW_BLOCKS = {  # name of a tensor of a layer: its block there
    "attn": {"q": "attn.q", "k": "attn.k", "v": "attn.v", "out": "attn.out"},
    "mlp": {"hidden": "mlp.hidden", "gate": "mlp.gate", "mlp_out": "mlp.out"},
}
GRAINS = ("one", "layer", "kind", "layer_and_kind")


@dataclass(frozen=True)
class AlphaField:
    """One alpha a row, [R], and one a scale, [S]; float64."""

    rows: Tensor
    scales: Tensor


Alpha = float | Sequence[float] | Tensor | Mapping[str, float] | AlphaField
"""The forms of alpha that an operator accepts: see `expand_alphas`."""


def coefficient_names(architecture: Architecture, grain: str) -> tuple[str, ...]:
    """The names of the coefficients of a grain, in order.

    one: rest. layer: outside (embedding, logits, s_z), then layers.0, layers.1, ... kind: the
    `layer_parts`, then those outside. layer_and_kind: layers.0.q, ..., then those outside.
    ValueError for another grain.
    """
    if grain not in GRAINS:
        raise ValueError(f"grain must be one of {', '.join(GRAINS)}, got {grain!r}")
    if grain == "one":
        return ("rest",)
    layers, outside = range(architecture.depth), _outside_parts(architecture)
    kinds = layer_parts(architecture)
    if grain == "layer":
        return ("outside", *(f"layers.{layer}" for layer in layers))
    if grain == "kind":
        return (*kinds, *outside)
    return (*(f"layers.{layer}.{kind}" for layer in layers for kind in kinds), *outside)


def layer_parts(architecture: Architecture) -> dict[str, str]:
    """The names of a layer's tensors and scales, in order, and their blocks in the layer.

    Of an nGPT q, k, v, out, s_qk, alpha_attn, hidden, gate, mlp_out, s_u, s_v, alpha_mlp.
    """
    scales = architecture.parameter_spec.layer_scales.items()
    return {
        name: path
        for branch, rows in LAYER_ROW_BLOCKS.items()
        for name, path in (
            *rows.items(),
            *((block.name, path) for path, block in scales if path.startswith(branch)),
        )
    }


def name_coefficients(
    architecture: Architecture, vector: Sequence[float], grain: str
) -> dict[str, float]:
    """The alpha field whose coefficients, in the order of `coefficient_names`, are the vector."""
    coefficients = coefficient_names(architecture, grain)
    if len(vector) != len(coefficients):
        raise ValueError(
            f"an alpha field by {grain} has {len(coefficients)} coefficients, got {len(vector)}; "
            f"they are {', '.join(coefficients)}"
        )
    return dict(zip(coefficients, vector, strict=True))


def expand_alphas(architecture: Architecture, alpha: Alpha) -> AlphaField:
    """Expand an alpha to one number a row and a scale.

    A number is for all. A list or tensor is by layer: depth + 1 numbers, the first for what lies
    outside the layers. A mapping names parts, the more specific name wins: layers.2.q, then q,
    then layers.2 (or outside), then rest. ValueError for unknown names, parts that no name
    covers, and numbers that are not finite.
    """
    if isinstance(alpha, AlphaField):
        return alpha
    alphas = _parse_alphas(architecture, alpha)
    blocks = compute_layout(architecture)
    rows = torch.empty(architecture.num_rows, dtype=torch.float64)
    scales = torch.empty(architecture.num_scales, dtype=torch.float64)
    for name, path in _iterate_coefficients(architecture):
        value = _lookup_alpha(alphas, name)
        if path in blocks.row_blocks:
            rows[blocks.row_blocks[path]] = value
        else:
            scales[blocks.scale_blocks[path]] = value
    return AlphaField(rows, scales)


def check_alphas(architecture: Architecture, alpha: Alpha) -> None:
    """ValueError, as `expand_alphas` raises it, for an alpha that is none of this architecture."""
    if isinstance(alpha, AlphaField):
        return
    alphas = _parse_alphas(architecture, alpha)
    for name, _ in _iterate_coefficients(architecture):
        _lookup_alpha(alphas, name)


def _parse_alphas(
    architecture: Architecture, alpha: float | Sequence[float] | Tensor | Mapping[str, float]
) -> dict[str, float]:
    alphas = _as_mapping(architecture, alpha.tolist() if isinstance(alpha, Tensor) else alpha)
    valid_names = {name for grain in GRAINS for name in coefficient_names(architecture, grain)}
    if unknown := sorted(set(alphas) - valid_names):
        main_names = [
            "rest",
            *coefficient_names(architecture, "layer"),
            *coefficient_names(architecture, "kind"),
        ]
        raise ValueError(
            f"alpha names no part of this model: {', '.join(unknown)}; it has "
            f"{', '.join(main_names)}, "
            "and those of one layer, as in layers.0.q"
        )
    for name, value in alphas.items():
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"alpha must be a finite number, for {name} it is {value!r}")
    return alphas


def _as_mapping(architecture: Architecture, alpha: object) -> dict[str, float]:
    if isinstance(alpha, int | float):
        return {"rest": alpha}
    if isinstance(alpha, Mapping):
        return {str(name): value for name, value in alpha.items()}
    if isinstance(alpha, Sequence) and not isinstance(alpha, str):
        return name_coefficients(architecture, alpha, "layer")
    raise ValueError(f"alpha must be a number, a list by layer, or named parts, got {alpha!r}")


def _lookup_alpha(alphas: Mapping[str, float], name: str) -> float:
    layer, _, kind = name.rpartition(".")
    for candidate in (name, kind, layer or "outside", "rest"):
        if candidate in alphas:
            return alphas[candidate]
    raise ValueError(f"alpha says nothing for {name}; name it, or give rest a value")


def _iterate_coefficients(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """(name of the finest coefficient, block of the layout)."""
    for layer in range(architecture.depth):
        for kind, path in layer_parts(architecture).items():
            yield f"layers.{layer}.{kind}", f"layers.{layer}.{path}"
    for kind in _outside_parts(architecture):
        yield kind, kind


def _outside_parts(architecture: Architecture) -> tuple[str, ...]:
    tensors = ("embed",) if architecture.tied else ("embed", "logits")
    return (*tensors, *(block.name for block in architecture.parameter_spec.global_scales.values()))
