"""Panes: pictures cut into what single heads can show, and put together again.

A causal head shows a lower triangle. A whole picture takes two: the second shows it transposed, and
gives the upper triangle. Colours and several pictures are more channels, each with heads of its own
in one input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.decode_picture import decode
from lab.attention_maps.interfaces import CAP, Layer, Placed
from lab.attention_maps.low_rank_factors import Factors, factor
from lab.attention_maps.score_targets import linear, visible

SWEEPS, TOGETHER = 6, 10


@dataclass(frozen=True)
class Shown:
    """Pictures placed in an input: which heads show the panes, in order, and whether in pairs."""

    placed: Placed
    heads: tuple[int, ...]
    whole: bool
    causal: bool

    def pictures(self, maps: Tensor) -> Tensor:
        """The channels [C, T, T] decoded from attention maps [H, T, T] of all heads."""
        panes = decode(maps[list(self.heads)].float(), self.placed.contrast, self.causal)
        return joined(panes) if self.whole else panes

    @property
    def seen(self) -> Tensor:
        """Which pixels are shown, [T, T] bool."""
        return visible(len(self.placed.x), self.causal and not self.whole)


def cut(channels: Tensor, whole: bool) -> Tensor:
    """Panes [P, T, T] of channels [C, T, T]: themselves, or each and its transpose in turn."""
    return torch.stack([channels, channels.mT], 1).flatten(0, 1) if whole else channels


def joined(panes: Tensor) -> Tensor:
    """Channels [C, T, T] of panes in pairs: the first's lower triangle, the second's as upper."""
    lower, upper = panes[0::2], panes[1::2].mT
    return torch.where(visible(panes.shape[-1], True, panes.device), lower, upper)


def factored(panes: Tensor, layer: Layer, sweeps: int = SWEEPS) -> list[Factors]:
    """Factors of contrast 1 of each pane, of the rank that the layer's heads have.

    A layer that is not causal takes ten sweeps for one: all its rows share one normal matrix.
    """
    sweeps = sweeps if layer.causal else TOGETHER * sweeps
    rank = min(layer.rank(), panes.shape[-1])
    return [factor(linear(one), rank, causal=layer.causal, sweeps=sweeps) for one in panes]


def show(
    layer: Layer,
    channels: Tensor,
    heads: Sequence[int] | None = None,
    *,
    whole: bool = False,
    sweeps: int = SWEEPS,
    cap: float = CAP,
) -> Shown:
    """Place channels [C, T, T] in one input; heads None: those with the most contrast.

    whole is for causal layers; others show whole pictures in one head. ValueError where the layer
    has not enough heads, or not the room.
    """
    whole = whole and layer.causal
    found = factored(cut(channels, whole), layer, sweeps)
    chosen = tuple(heads) if heads is not None else best(layer, found, cap)
    if len(chosen) != len(found) or len(set(chosen)) < len(chosen):
        raise ValueError(f"this takes {len(found)} different heads, not {len(chosen)}")
    placed = layer.place(dict(zip(chosen, found, strict=True)), cap)
    return Shown(placed, chosen, whole, layer.causal)


def best(layer: Layer, found: Sequence[Factors], cap: float = CAP) -> tuple[int, ...]:
    """The heads with the most contrast for the first of some panes, one of each key group."""
    if len(found) > layer.together():
        raise ValueError(
            f"one input serves {layer.together()} of this layer's heads; this takes {len(found)}"
        )
    reached = contrasts(layer, found[0], cap=max(cap, 100.0))
    ordered = sorted(reached, key=lambda head: -reached[head])
    groups: dict[int, int] = {}
    for head in ordered:
        groups.setdefault(layer.group(head), head)
    chosen = tuple(groups.values())[: len(found)]
    if len(chosen) < len(found):
        raise ValueError(f"{len(chosen)} heads of this layer can show a picture, not {len(found)}")
    return chosen


def contrasts(layer: Layer, one: Factors, cap: float = 100.0) -> Mapping[int, float]:
    """The contrast in nats that each head alone can give a picture; heads that cannot are absent.

    A head's phenotype: it tells how well conditioned its maps are, and how large its biases.
    """
    reached = {}
    for head in range(layer.heads):
        try:
            reached[head] = layer.place({head: one}, cap).contrast
        except ValueError:
            continue
    return reached
