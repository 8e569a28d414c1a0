"""Genes: the units of a genotype that move whole, as a label for every row and every scale.

A neuron is its hidden and gate row, its out column, its s_u and s_v; a head its q, k and v rows,
its out columns and s_qk; a token its embedding (and logit) row and s_z, as far as its kind of model
has them. Queries that share keys are one head. The value residual adds the first layer's values
of a head to every later layer's, so heads are one gene over all layers.

Canonical order of genes, which cuts count along: tokens; tied heads; then layer by layer its
heads where untied, its alpha_attn, its neurons, its alpha_mlp, or what else scales channels; last
such a scale of no layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Gene, compute_layout
from lab.models.parameter_spec import ScaleBlock

UNITS = ("gene", "neuron", "head", "token", "layer", "row")
FIRST_PARENT = -1  # the label of what no gene of a partition covers


@dataclass(frozen=True)
class Genes:
    """The gene that each row [R] and scale [S] belongs to: 0 to count - 1, or FIRST_PARENT."""

    rows: Tensor
    scales: Tensor
    count: int

    def expand_mask(self, mask: Tensor) -> tuple[Tensor, Tensor]:
        """A mask over genes [count] as masks over rows [R] and scales [S], False for no gene."""
        padded = torch.cat([mask.bool(), torch.zeros(1, dtype=torch.bool)])
        return padded[self.rows], padded[self.scales]


def check_unit(unit: str) -> None:
    """ValueError for a unit that genes cannot be partitioned by."""
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")


@lru_cache(maxsize=32)
def partition_genes(architecture: Architecture, unit: str, tied: bool | None = None) -> Genes:
    """The genes of an architecture by unit; what they do not cover stays with the first parent.

    gene: every token, head, neuron, and each scale of channels (the alphas), which covers all.
    neuron, head, token: those alone. layer: each layer whole, and what is outside as gene 0.
    row: every row of every tensor for itself, with the scale that multiplies it; then each scale of
    channels.
    tied: one head in all layers is one gene; by default where there is a value residual.
    ValueError for another unit.
    """
    check_unit(unit)
    labels = _GeneLabels(architecture, architecture.tied_heads if tied is None else tied)
    if unit in ("gene", "token"):
        labels.label_tokens()
    if unit in ("gene", "head") and labels.tied:
        labels.label_heads(range(architecture.depth))
    for layer in range(architecture.depth):
        if unit in ("gene", "head") and not labels.tied:
            labels.label_heads([layer])
        if unit == "gene":
            labels.label_channel_scales(f"layers.{layer}.attn.")
        if unit in ("gene", "neuron"):
            labels.label_neurons(layer)
        if unit == "gene":
            labels.label_channel_scales(f"layers.{layer}.mlp.")
    if unit == "gene":
        labels.label_channel_scales("norm")
    if unit == "layer":
        labels.label_layers()
    if unit == "row":
        labels.label_rows()
    return Genes(labels.rows, labels.scales, labels.count)


class _GeneLabels:
    """Labels under construction: each method appends genes behind those there are."""

    def __init__(self, architecture: Architecture, tied: bool) -> None:
        self.architecture, self.layout, self.tied = architecture, compute_layout(architecture), tied
        self.rows = torch.full((architecture.num_rows,), FIRST_PARENT)
        self.scales = torch.full((architecture.num_scales,), FIRST_PARENT)
        self.count = 0

    def label_tokens(self) -> None:
        self._label_units(self.layout.token_gene(0), self.architecture.vocab_size)

    def label_neurons(self, layer: int) -> None:
        self._label_units(self.layout.neuron_gene(layer, 0), self.architecture.ff)

    def label_heads(self, layers: range | list[int]) -> None:
        for head in range(self.architecture.num_kv_heads):
            for gene in (self.layout.head_gene(layer, head) for layer in layers):
                self.rows[list(gene.rows)] = self.count
                self.scales[list(gene.scales)] = self.count
            self.count += 1

    def label_channel_scales(self, prefix: str) -> None:
        """Each block of scales of channels whose name starts so."""
        for name, block in self.layout.scale_blocks.items():
            if name.startswith(prefix) and not scale_block_spec(self.architecture, name).by_row:
                self.scales[block] = self.count
                self.count += 1

    def label_layers(self) -> None:
        for labels, blocks in (
            (self.rows, self.layout.row_blocks),
            (self.scales, self.layout.scale_blocks),
        ):
            for name, block in blocks.items():
                labels[block] = int(name.split(".")[1]) + 1 if name.startswith("layers.") else 0
        self.count = self.architecture.depth + 1

    def label_rows(self) -> None:
        rows, scales = self.layout.row_blocks, self.layout.scale_blocks
        self.rows = torch.arange(self.architecture.num_rows)
        self.count = self.architecture.num_rows
        for name, block in scales.items():
            if scale_block_spec(self.architecture, name).by_row:
                self.scales[block] = self.rows[rows[scaled_row_block(self.architecture, name)]]
            else:
                self.scales[block] = self.count
                self.count += 1

    def _label_units(self, first_unit: Gene, count: int) -> None:
        """Label `count` units, each one row and one scale behind the one before."""
        index = torch.arange(count).unsqueeze(-1)
        for labels, indices in ((self.rows, first_unit.rows), (self.scales, first_unit.scales)):
            labels[torch.tensor(indices, dtype=torch.long) + index] = self.count + index
        self.count += count


def scaled_row_block(architecture: Architecture, scale_block: str) -> str:
    """The row block that a scale block goes with: q, hidden, gate, the logits, or the branch's out.

    Of as many rows as the block has scales, save for scales of channels.
    """
    block = scale_block_spec(architecture, scale_block)
    if block.owner == "logits":
        return "embed" if architecture.tied else "logits"
    return ".".join([*scale_block.split(".")[:2], block.owner])


def scale_block_spec(architecture: Architecture, scale_block: str) -> ScaleBlock:
    """What a scale block is, from its name in the layout."""
    spec = architecture.parameter_spec
    if scale_block in spec.global_scales:
        return spec.global_scales[scale_block]
    return spec.layer_scales[scale_block.split(".", 2)[2]]
