"""Genes: the units of a genotype that move whole, as a label for every row and every scale.

A neuron is its hidden and gate row, its out column, its s_u and s_v; a head its q, k and v rows,
its out columns and s_qk; a token its embedding (and logit) row and s_z. The value residual adds
the first layer's values of a head to every later layer's, so heads are one gene over all layers.

Canonical order of genes, which cuts count along: tokens; tied heads; then layer by layer its
heads where untied, its alpha_attn, its neurons, its alpha_mlp.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Gene, layout

UNITS = ("gene", "neuron", "head", "token", "layer", "row")
STAYS = -1  # the label of what no gene of a partition covers


@dataclass(frozen=True)
class Genes:
    """The gene that each row [R] and each scale [S] belongs to; 0 to count - 1, or STAYS."""

    rows: Tensor
    scales: Tensor
    count: int

    def spread(self, drawn: Tensor) -> tuple[Tensor, Tensor]:
        """A mask over genes [count] as masks over rows [R] and scales [S]; False where STAYS."""
        padded = torch.cat([drawn.bool(), torch.zeros(1, dtype=torch.bool)])
        return padded[self.rows], padded[self.scales]


@lru_cache(maxsize=32)
def partition(architecture: Architecture, unit: str, tied: bool | None = None) -> Genes:
    """The genes of an architecture by unit; what they do not cover stays with the first parent.

    gene: every token, head, neuron, and the two alphas of every layer, which covers all.
    neuron, head, token: those alone. layer: each layer whole, and what is outside as gene 0.
    row: every row of every tensor for itself, with the scale that multiplies it; then the alphas.
    tied: one head in all layers is one gene; by default where there is a value residual.
    ValueError for another unit.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    labels = _Labels(architecture, architecture.value_residual if tied is None else tied)
    if unit in ("gene", "token"):
        labels.tokens()
    if unit in ("gene", "head") and labels.tied:
        labels.heads(range(architecture.depth))
    for layer in range(architecture.depth):
        if unit in ("gene", "head") and not labels.tied:
            labels.heads([layer])
        if unit == "gene":
            labels.scale_block(f"layers.{layer}.attn.alpha")
        if unit in ("gene", "neuron"):
            labels.neurons(layer)
        if unit == "gene":
            labels.scale_block(f"layers.{layer}.mlp.alpha")
    if unit == "layer":
        labels.layers()
    if unit == "row":
        labels.every_row()
    return Genes(labels.rows, labels.scales, labels.count)


class _Labels:
    """Labels in the making: each method appends genes behind those there are."""

    def __init__(self, architecture: Architecture, tied: bool) -> None:
        self.architecture, self.layout, self.tied = architecture, layout(architecture), tied
        self.rows = torch.full((architecture.num_rows,), STAYS)
        self.scales = torch.full((architecture.num_scales,), STAYS)
        self.count = 0

    def tokens(self) -> None:
        self._repeat([self.layout.token(0)], self.architecture.vocab_size, stride=1)

    def neurons(self, layer: int) -> None:
        self._repeat([self.layout.neuron(layer, 0)], self.architecture.ff, stride=1)

    def heads(self, layers: range | list[int]) -> None:
        first = [self.layout.head(layer, 0) for layer in layers]
        self._repeat(first, self.architecture.heads, stride=self.architecture.dim_head)

    def scale_block(self, name: str) -> None:
        self.scales[self.layout.scale_blocks[name]] = self.count
        self.count += 1

    def layers(self) -> None:
        for labels, blocks in (
            (self.rows, self.layout.row_blocks),
            (self.scales, self.layout.scale_blocks),
        ):
            for name, block in blocks.items():
                labels[block] = int(name.split(".")[1]) + 1 if name.startswith("layers.") else 0
        self.count = self.architecture.depth + 1

    def every_row(self) -> None:
        rows, scales = self.layout.row_blocks, self.layout.scale_blocks
        self.rows = torch.arange(self.architecture.num_rows)
        self.count = self.architecture.num_rows
        for name, block in scales.items():
            if name.endswith(".alpha"):
                self.scale_block(name)
            else:
                self.scales[block] = self.rows[rows[owner(self.architecture, name)]]

    def _repeat(self, first: list[Gene], count: int, stride: int) -> None:
        """Label `count` units, each `stride` rows and scales behind the one before."""
        index = torch.arange(count).unsqueeze(-1)
        for labels, parts in (
            (self.rows, [i for gene in first for i in gene.rows]),
            (self.scales, [i for gene in first for i in gene.scales]),
        ):
            labels[torch.tensor(parts) + index * stride] = self.count + index
        self.count += count


def owner(architecture: Architecture, scale_block: str) -> str:
    """The row block that a scale block goes with: q, hidden, gate, the logits, or the branch's out.

    Of as many rows as the block has scales, save for the alphas.
    """
    if scale_block == "s_z":
        return "embed" if architecture.tied else "logits"
    branch, _, kind = scale_block.rpartition(".")
    return f"{branch}." + {"s_qk": "q", "alpha": "out", "s_u": "hidden", "s_v": "gate"}[kind]
