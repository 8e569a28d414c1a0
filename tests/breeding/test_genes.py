"""Genes against the layout's own list of what belongs together."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.genes import (
    FIRST_PARENT,
    UNITS,
    Genes,
    partition_genes,
    scale_block_spec,
    scaled_row_block,
)
from lab.models.architecture import Architecture
from lab.models.genotype import Gene, compute_layout
from tests.breeding.families import LLAMA, SANDWICH, TINY, UNTIED


def members(genes: Genes, label: int) -> Gene:
    rows = (genes.rows == label).nonzero().flatten().tolist()
    return Gene(tuple(rows), tuple((genes.scales == label).nonzero().flatten().tolist()))


def test_a_neuron_is_the_layouts_neuron() -> None:
    genes = partition_genes(TINY, "neuron")
    assert genes.count == TINY.depth * TINY.ff
    assert members(genes, TINY.ff + 3) == compute_layout(TINY).neuron_gene(1, 3)


def test_a_token_is_the_layouts_token() -> None:
    genes = partition_genes(UNTIED, "token")
    assert genes.count == UNTIED.vocab_size and members(genes, 5) == compute_layout(
        UNTIED
    ).token_gene(5)


def test_heads_are_tied_by_the_value_residual() -> None:
    tied, layers = partition_genes(TINY, "head"), compute_layout(TINY)
    assert tied.count == TINY.heads
    both = [layers.head_gene(layer, 1) for layer in range(TINY.depth)]
    assert members(tied, 1).rows == tuple(sorted(i for gene in both for i in gene.rows))
    free = partition_genes(TINY, "head", tied=False)
    assert free.count == TINY.depth * TINY.heads
    assert members(free, 4).rows == tuple(sorted(layers.head_gene(1, 1).rows))
    assert partition_genes(UNTIED, "head").count == UNTIED.depth * UNTIED.heads


def test_queries_that_share_keys_move_with_them() -> None:
    genes, blocks = partition_genes(LLAMA, "head"), compute_layout(LLAMA).row_blocks
    assert genes.count == LLAMA.depth * LLAMA.num_kv_heads == 4
    gene = members(genes, 3)  # the second pair of the second layer
    widths = {"q": 8, "k": 4, "v": 4, "out": 8}
    ends = {name: blocks[f"layers.1.attn.{name}"].stop for name in widths}
    rows = [i for name, width in widths.items() for i in range(ends[name] - width, ends[name])]
    assert gene == Gene(tuple(sorted(rows)), ())


SHAPES = pytest.mark.parametrize(
    "architecture", [TINY, UNTIED, LLAMA, SANDWICH], ids=["tied", "untied", "llama", "sandwich"]
)


@SHAPES
@pytest.mark.parametrize("unit", UNITS)
def test_labels_are_dense(architecture: Architecture, unit: str) -> None:
    genes = partition_genes(architecture, unit)
    used = set(torch.cat([genes.rows, genes.scales]).unique().tolist()) - {FIRST_PARENT}
    assert used == set(range(genes.count))


@SHAPES
@pytest.mark.parametrize("unit", ["gene", "layer", "row"])
def test_some_partitions_cover_everything(architecture: Architecture, unit: str) -> None:
    genes = partition_genes(architecture, unit)
    assert (genes.rows != FIRST_PARENT).all() and (genes.scales != FIRST_PARENT).all()


def test_canonical_order_of_genes() -> None:
    genes, blocks = partition_genes(TINY, "gene"), compute_layout(TINY)
    tokens, heads = TINY.vocab_size, TINY.heads
    assert genes.scales[blocks.scale_blocks["s_z"]].tolist() == list(range(tokens))
    assert genes.rows[blocks.row_blocks["layers.0.attn.q"]][0] == tokens
    assert set(genes.scales[blocks.scale_blocks["layers.0.attn.alpha"]].tolist()) == {
        tokens + heads
    }
    assert genes.rows[blocks.row_blocks["layers.0.mlp.gate"]][0] == tokens + heads + 1
    assert set(genes.scales[blocks.scale_blocks["layers.1.mlp.alpha"]].tolist()) == {
        genes.count - 1
    }


def test_the_layer_of_a_row() -> None:
    genes, blocks = partition_genes(TINY, "layer"), compute_layout(TINY)
    assert genes.count == 3
    assert set(genes.rows[blocks.row_blocks["embed"]].tolist()) == {0}
    assert set(genes.scales[blocks.scale_blocks["layers.1.mlp.s_v"]].tolist()) == {2}


def test_a_mask_spreads_to_what_genes_cover() -> None:
    genes = partition_genes(TINY, "neuron")
    rows, scales = genes.expand_mask(torch.ones(genes.count))
    assert int(rows.sum()) == 3 * TINY.ff * TINY.depth and int(scales.sum()) == 2 * TINY.ff * 2


@SHAPES
def test_owners_have_a_row_for_every_scale(architecture: Architecture) -> None:
    blocks = compute_layout(architecture)
    for name, block in blocks.scale_blocks.items():
        rows = blocks.row_blocks[scaled_row_block(architecture, name)]
        of_channels = not scale_block_spec(architecture, name).by_row
        assert of_channels or rows.stop - rows.start == block.stop - block.start
    alphas = [
        name for name in blocks.scale_blocks if not scale_block_spec(architecture, name).by_row
    ]
    assert architecture.kind != "ngpt" or all(name.endswith("alpha") for name in alphas)


def test_unknown_units_are_refused() -> None:
    with pytest.raises(ValueError, match="unit must be one of gene, neuron"):
        partition_genes(TINY, "neurone")
