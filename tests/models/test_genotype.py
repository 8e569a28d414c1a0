"""One matrix and one vector: where everything lies, and what belongs to which gene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import Gene, Genotype, compute_layout, founder

TINY = {"vocab_size": 29, "dim": 32, "depth": 2, "heads": 2, "dim_head": 16}


def genes(architecture: Architecture) -> list[Gene]:
    blocks, depth = compute_layout(architecture), range(architecture.depth)
    heads = [blocks.head_gene(i, j) for i in depth for j in range(architecture.heads)]
    neurons = [blocks.neuron_gene(i, j) for i in depth for j in range(architecture.ff)]
    return heads + neurons + [blocks.token_gene(i) for i in range(architecture.vocab_size)]


@pytest.mark.parametrize("tied", [True, False])
def test_genes_part_all_rows_among_them(tied: bool) -> None:
    architecture = Architecture(**TINY, tied=tied)
    held = Counter(row for gene in genes(architecture) for row in gene.rows)
    assert held == Counter(range(architecture.num_rows))


@pytest.mark.parametrize("tied", [True, False])
def test_genes_part_all_scales_but_the_eigen_learning_rates(tied: bool) -> None:
    architecture = Architecture(**TINY, tied=tied)
    blocks = owners(compute_layout(architecture).scale_blocks)
    alphas = {i for i, name in blocks.items() if "alpha" in name}
    held = Counter(scale for gene in genes(architecture) for scale in gene.scales)
    assert held == Counter(set(range(architecture.num_scales)) - alphas)
    assert len(alphas) == 2 * architecture.depth * architecture.dim


def owners(blocks: Mapping[str, slice]) -> dict[int, str]:
    """The block that each index lies in."""
    return {i: name for name, part in blocks.items() for i in range(part.start, part.stop)}


def test_a_gene_holds_what_it_should() -> None:
    blocks = compute_layout(Architecture(**TINY, tied=False))
    where, scale = owners(blocks.row_blocks), owners(blocks.scale_blocks)
    head, neuron, token = blocks.head_gene(1, 1), blocks.neuron_gene(0, 5), blocks.token_gene(7)
    assert Counter(where[row] for row in head.rows) == {
        f"layers.1.attn.{kind}": 16 for kind in ("q", "k", "v", "out")
    }
    assert {scale[i] for i in head.scales} == {"layers.1.attn.s_qk"} and len(head.scales) == 16
    assert [where[row] for row in neuron.rows] == [
        f"layers.0.mlp.{kind}" for kind in ("hidden", "gate", "out")
    ]
    assert [scale[i] for i in neuron.scales] == ["layers.0.mlp.s_u", "layers.0.mlp.s_v"]
    assert [where[row] for row in token.rows] == ["embed", "logits"]
    assert [scale[i] for i in token.scales] == ["s_z"]


def test_a_head_is_one_heads_channels() -> None:
    """What a head's gene holds reaches no other head: swapping two whole heads is free."""
    architecture = Architecture(**TINY, value_residual=False)
    born = founder(architecture, torch.Generator().manual_seed(0))
    born.scales[compute_layout(architecture).scale_blocks["layers.0.attn.s_qk"]] *= (
        torch.rand(32) + 0.5
    )
    one, other = (
        compute_layout(architecture).head_gene(0, 0),
        compute_layout(architecture).head_gene(0, 1),
    )
    rows, scales = born.rows.clone(), born.scales.clone()
    rows[list(one.rows + other.rows)] = born.rows[list(other.rows + one.rows)]
    scales[list(one.scales + other.scales)] = born.scales[list(other.scales + one.scales)]
    assert torch.allclose(logits(born), logits(Genotype(architecture, rows, scales)), atol=1e-5)


def test_a_neuron_is_one_neurons_weights() -> None:
    """The same for two neurons."""
    architecture = Architecture(**TINY)
    born = founder(architecture, torch.Generator().manual_seed(0))
    for kind in ("s_u", "s_v"):
        block = compute_layout(architecture).scale_blocks[f"layers.1.mlp.{kind}"]
        born.scales[block] *= torch.rand(85) + 0.5
    one, other = (
        compute_layout(architecture).neuron_gene(1, 3),
        compute_layout(architecture).neuron_gene(1, 40),
    )
    rows, scales = born.rows.clone(), born.scales.clone()
    rows[list(one.rows + other.rows)] = born.rows[list(other.rows + one.rows)]
    scales[list(one.scales + other.scales)] = born.scales[list(other.scales + one.scales)]
    assert torch.allclose(logits(born), logits(Genotype(architecture, rows, scales)), atol=1e-5)


def logits(genotype: Genotype) -> torch.Tensor:
    from lab.models.network import forward

    ids = torch.arange(12)[None] % 29
    return forward(genotype.architecture, genotype.rows, genotype.scales, ids)


def test_effective_scales_start_at_their_initial_values() -> None:
    born = founder(Architecture(**TINY, s_logit_init=10.0), torch.Generator())
    effective, blocks = born.effective_scales(), born.layout.scale_blocks
    wanted = {"s_z": 10.0, "s_qk": 1.0, "s_u": 1.0, "s_v": 1.0, "alpha": 0.5}
    for name, block in blocks.items():
        target = torch.full_like(effective[block], wanted[name.rsplit(".", 1)[-1]])
        assert torch.allclose(effective[block], target), name


def test_a_founder_is_drawn_from_its_generator_on_the_sphere() -> None:
    one, same, other = (
        founder(Architecture(**TINY), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(one.rows, same.rows) and not torch.equal(one.rows, other.rows)
    assert torch.allclose(one.rows.norm(dim=-1), torch.ones(len(one.rows)))


def test_shapes_must_fit() -> None:
    born = founder(Architecture(**TINY), torch.Generator())
    with pytest.raises(ValueError, match="do not fit"):
        Genotype(born.architecture, born.rows[1:], born.scales)
    with pytest.raises(ValueError, match="do not fit"):
        Genotype(born.architecture, born.rows, born.scales[None])


def test_a_clone_shares_nothing() -> None:
    born = founder(Architecture(**TINY), torch.Generator())
    copy = born.clone()
    copy.rows.zero_()
    copy.scales.zero_()
    assert born.rows.abs().sum() > 0 and born.scales.abs().sum() > 0
