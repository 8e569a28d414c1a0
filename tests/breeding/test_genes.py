"""Genes against the layout's own list of what belongs together."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.genes import STAYS, UNITS, Genes, anatomy, owner, partition
from lab.models.architecture import Architecture
from lab.models.genotype import Gene, layout
from tests.breeding.families import LLAMA, SANDWICH, TINY, UNTIED


def members(genes: Genes, label: int) -> Gene:
    rows = (genes.rows == label).nonzero().flatten().tolist()
    return Gene(tuple(rows), tuple((genes.scales == label).nonzero().flatten().tolist()))


def test_a_neuron_is_the_layouts_neuron() -> None:
    genes = partition(TINY, "neuron")
    assert genes.count == TINY.depth * TINY.ff
    assert members(genes, TINY.ff + 3) == layout(TINY).neuron(1, 3)


def test_a_token_is_the_layouts_token() -> None:
    genes = partition(UNTIED, "token")
    assert genes.count == UNTIED.vocab_size and members(genes, 5) == layout(UNTIED).token(5)


def test_heads_are_tied_by_the_value_residual() -> None:
    tied, layers = partition(TINY, "head"), layout(TINY)
    assert tied.count == TINY.heads
    both = [layers.head(layer, 1) for layer in range(TINY.depth)]
    assert members(tied, 1).rows == tuple(sorted(i for gene in both for i in gene.rows))
    free = partition(TINY, "head", tied=False)
    assert free.count == TINY.depth * TINY.heads
    assert members(free, 4).rows == tuple(sorted(layers.head(1, 1).rows))
    assert partition(UNTIED, "head").count == UNTIED.depth * UNTIED.heads


def test_queries_that_share_keys_move_with_them() -> None:
    genes, blocks = partition(LLAMA, "head"), layout(LLAMA).row_blocks
    assert genes.count == LLAMA.depth * LLAMA.groups == 4
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
    genes = partition(architecture, unit)
    used = set(torch.cat([genes.rows, genes.scales]).unique().tolist()) - {STAYS}
    assert used == set(range(genes.count))


@SHAPES
@pytest.mark.parametrize("unit", ["gene", "layer", "row"])
def test_some_partitions_cover_everything(architecture: Architecture, unit: str) -> None:
    genes = partition(architecture, unit)
    assert (genes.rows != STAYS).all() and (genes.scales != STAYS).all()


def test_canonical_order_of_genes() -> None:
    genes, blocks = partition(TINY, "gene"), layout(TINY)
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
    genes, blocks = partition(TINY, "layer"), layout(TINY)
    assert genes.count == 3
    assert set(genes.rows[blocks.row_blocks["embed"]].tolist()) == {0}
    assert set(genes.scales[blocks.scale_blocks["layers.1.mlp.s_v"]].tolist()) == {2}


def test_a_mask_spreads_to_what_genes_cover() -> None:
    genes = partition(TINY, "neuron")
    rows, scales = genes.spread(torch.ones(genes.count))
    assert int(rows.sum()) == 3 * TINY.ff * TINY.depth and int(scales.sum()) == 2 * TINY.ff * 2


@SHAPES
def test_owners_have_a_row_for_every_scale(architecture: Architecture) -> None:
    blocks = layout(architecture)
    for name, block in blocks.scale_blocks.items():
        rows = blocks.row_blocks[owner(architecture, name)]
        of_channels = not anatomy(architecture, name).by_row
        assert of_channels or rows.stop - rows.start == block.stop - block.start
    alphas = [name for name in blocks.scale_blocks if not anatomy(architecture, name).by_row]
    assert architecture.kind != "ngpt" or all(name.endswith("alpha") for name in alphas)


def test_unknown_units_are_refused() -> None:
    with pytest.raises(ValueError, match="unit must be one of gene, neuron"):
        partition(TINY, "neurone")
