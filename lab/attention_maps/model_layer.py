"""Model layer: an attention layer paired with the forward pass of the model that contains it.

The lab's individuals here; models of Hugging Face in `transformers_models`, arrays in `bert_npz`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lab.attention_maps.interfaces import AttentionLayer, compute_attention
from lab.attention_maps.lab_layers import build_individual_layer
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout
from lab.models.network import get_network
from lab.models.rotary import rotation_table


@dataclass(frozen=True)
class ProbedLayer:
    """A layer and its model's forward pass: input [T, D] -> attention maps [H, T, T]."""

    name: str
    layer: AttentionLayer
    compute_maps: Callable[[Tensor], Tensor]


def probe_individual(name: str, genotype: Genotype, number: int) -> ProbedLayer:
    """Return a layer of one of the lab's individuals; ValueError for a missing layer."""
    depth = genotype.architecture.depth
    if not 0 <= number < depth:
        raise ValueError(f"{name} has layers 0 to {depth - 1}, not {number}")
    layer = build_individual_layer(genotype, number)
    return ProbedLayer(name, layer, lambda x: individual_attention_maps(genotype, number, x))


def individual_attention_maps(genotype: Genotype, number: int, x: Tensor) -> Tensor:
    """Compute the attention maps [H, T, T] of a layer in the lab's forward pass, with input x."""
    a, maps = genotype.architecture, list[Tensor]()

    def attend(_: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        groups = q.shape[1] // k.shape[1]
        k, v = (tensor.repeat_interleave(groups, dim=1) for tensor in (k, v))
        hidden = torch.ones(len(x), len(x), dtype=torch.bool, device=x.device).triu(1)
        weights = (q @ k.mT).masked_fill(hidden, float("-inf")).softmax(-1)
        maps.append(weights[0])
        return weights @ v

    module = get_network(a)
    weights = module.prepare(a, genotype.rows, genotype.scales, torch.float32)
    weights = replace(weights, embed=x, layers=weights.layers[number : number + 1])
    ids = torch.arange(len(x), device=x.device)[None]
    with torch.no_grad():
        module.run(a, weights, ids, rotation_table(a, len(x), x.device), attend, torch.float32)
    return maps[0]


def genotype_of_picture(genotype: Genotype, x: Tensor) -> Genotype:
    """Return an nGPT whose token embeddings are the rows of x [T, D], all else unchanged.

    Its first layer shows the picture when it reads the ids 0, 1, ... in order.
    """
    a = genotype.architecture
    if a.kind != "ngpt" or not a.tied:
        raise ValueError("a picture needs an nGPT with tied embeddings")
    architecture = Architecture.from_dict({**a.to_dict(), "vocab_size": len(x)})
    tokens = compute_layout(a).row_blocks["embed"].stop
    rows = torch.cat([x.to(genotype.rows), genotype.rows[tokens:]])
    scales = torch.cat(
        [genotype.scales[: -a.vocab_size], compute_layout(architecture).initial_scales()[-len(x) :]]
    )
    return Genotype(architecture, rows, scales)


def probe_bare_layer(name: str, layer: AttentionLayer) -> ProbedLayer:
    """Return a layer without its model; its maps are computed from the layer alone."""
    return ProbedLayer(
        name,
        layer,
        lambda x: torch.stack([compute_attention(layer, x, head) for head in range(layer.heads)]),
    )
