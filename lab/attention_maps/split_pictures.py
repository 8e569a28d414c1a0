"""Split pictures: images cut into the lower triangles that causal heads show, and rejoined.

A causal head shows a lower triangle. A whole picture takes two: the second shows it transposed, and
gives the upper triangle. Colours and several pictures are more channels, each with heads of its own
in one input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.decode_picture import decode_attention
from lab.attention_maps.interfaces import CONTRAST_CAP, AttentionLayer, PlacedInput
from lab.attention_maps.low_rank_factors import Factors, factorise_scores
from lab.attention_maps.score_targets import linear_target, visible_entries

SWEEPS, NONCAUSAL_SWEEP_FACTOR = 6, 10


@dataclass(frozen=True)
class PlacedPictures:
    """Pictures placed in an input: the heads that show the triangles, in order; whole: in pairs."""

    placed: PlacedInput
    heads: tuple[int, ...]
    whole: bool
    causal: bool

    def decode_maps(self, maps: Tensor) -> Tensor:
        """Decode channels [C, T, T] from the attention maps [H, T, T] of all heads."""
        panes = decode_attention(maps[list(self.heads)].float(), self.placed.contrast, self.causal)
        return join_panes(panes) if self.whole else panes

    @property
    def visible(self) -> Tensor:
        """The visible pixels, [T, T] bool."""
        return visible_entries(len(self.placed.x), self.causal and not self.whole)


def split_panes(channels: Tensor, whole: bool) -> Tensor:
    """Split channels [C, T, T] into triangles [P, T, T]: each, and its transpose if whole."""
    return torch.stack([channels, channels.mT], 1).flatten(0, 1) if whole else channels


def join_panes(panes: Tensor) -> Tensor:
    """Join pairs of triangles to channels [C, T, T]: the first is lower, the second upper."""
    lower, upper = panes[0::2], panes[1::2].mT
    return torch.where(visible_entries(panes.shape[-1], True, panes.device), lower, upper)


def factorise_panes(panes: Tensor, layer: AttentionLayer, sweeps: int = SWEEPS) -> list[Factors]:
    """Fit factors of contrast 1 to each triangle, of the rank of the layer's heads.

    A layer that is not causal takes ten times the sweeps: its rows share one normal matrix.
    """
    sweeps = sweeps if layer.causal else NONCAUSAL_SWEEP_FACTOR * sweeps
    rank = min(layer.rank(), panes.shape[-1])
    return [
        factorise_scores(linear_target(pane), rank, causal=layer.causal, sweeps=sweeps)
        for pane in panes
    ]


def place_channels(
    layer: AttentionLayer,
    channels: Tensor,
    heads: Sequence[int] | None = None,
    *,
    whole: bool = False,
    sweeps: int = SWEEPS,
    cap: float = CONTRAST_CAP,
) -> PlacedPictures:
    """Place channels [C, T, T] in one input; heads None: those with the most contrast.

    whole is for causal layers; others show whole pictures in one head. ValueError where the layer
    has too few heads, or the norm budget is exceeded.
    """
    whole = whole and layer.causal
    factors = factorise_panes(split_panes(channels, whole), layer, sweeps)
    head_numbers = tuple(heads) if heads is not None else select_heads(layer, factors, cap)
    if len(head_numbers) != len(factors) or len(set(head_numbers)) < len(head_numbers):
        raise ValueError(f"this takes {len(factors)} different heads, not {len(head_numbers)}")
    placed = layer.place(dict(zip(head_numbers, factors, strict=True)), cap)
    return PlacedPictures(placed, head_numbers, whole, layer.causal)


def select_heads(
    layer: AttentionLayer, factors: Sequence[Factors], cap: float = CONTRAST_CAP
) -> tuple[int, ...]:
    """Select the heads with the most contrast for the first factors, one of each key group."""
    if len(factors) > layer.max_heads():
        raise ValueError(
            f"one input serves {layer.max_heads()} of this layer's heads; this takes "
            f"{len(factors)}: {layer.describe_size()}"
        )
    contrast_of_head = head_contrasts(layer, factors[0], cap=max(cap, 100.0))
    ordered = sorted(contrast_of_head, key=lambda head: -contrast_of_head[head])
    groups: dict[int, int] = {}
    for head in ordered:
        groups.setdefault(layer.key_head(head), head)
    head_numbers = tuple(groups.values())[: len(factors)]
    if len(head_numbers) < len(factors):
        raise ValueError(
            f"{len(head_numbers)} heads of this layer can show a picture, not {len(factors)}"
        )
    return head_numbers


def head_contrasts(
    layer: AttentionLayer, factors: Factors, cap: float = 100.0
) -> Mapping[int, float]:
    """Return the contrast in nats of a picture in each head alone; heads without any are absent.

    It depends on the conditioning of a head's maps and the size of its biases.
    """
    contrast_of_head = {}
    for head in range(layer.heads):
        try:
            contrast_of_head[head] = layer.place({head: factors}, cap).contrast
        except ValueError:
            continue
    return contrast_of_head
