"""Alignment: the symmetry that brings one parent nearest to another before they are crossed.

Ainsworth et al. 2022, "Git re-basin", arXiv 2209.04836 (coordinate ascent over assignments).

Unrelated parents have learned in different bases. Aligning them keeps the second one's function
(in float32 its logits change by less than 1e-5 of the largest) and narrows the barrier between
them (by a quarter in our pilot); it promises no good child.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lab.breeding.alignment import symmetry
from lab.breeding.alignment.linear_assignment import solve_assignment
from lab.breeding.alignment.symmetry import Symmetry
from lab.breeding.compatibility import check_parents
from lab.models.genotype import Genotype

MIN_GAIN = 1e-6  # mean cosine; a sweep that gains less is the last


def align(a: Genotype, b: Genotype, sweeps: int = 5) -> tuple[Symmetry, dict[str, Any]]:
    """The symmetry g for which g b comes near to a, and a report.

    Maximises the mean cosine between rows of a and of g b. Starts from the signed permutation of
    the residual stream that matches the embeddings, whose rows are characters in both; then
    sweeps over neurons, heads with their channels and turns, and the residual stream, each
    matched exactly while the others stay. A local optimum, deterministic, never below its start.
    The report holds the mean cosine before, after the embeddings and after each sweep, and how
    many sweeps were made. ValueError for genotypes that cannot be crossed.
    """
    require_symmetry(a.architecture.kind)
    check_parents([a, b])
    g = symmetry.identity_symmetry(a.architecture)
    initial_cosine = _cosine(a, b)
    g = g.compose(_match_residual(a, b, embedding_only=True))
    current = symmetry.apply_symmetry(g, b)
    cosines = [_cosine(a, current)]
    for _ in range(sweeps):
        for match in (_match_neurons, _match_heads, _match_residual):
            g = g.compose(match(a, current))
            current = symmetry.apply_symmetry(g, b)
        cosines.append(_cosine(a, current))
        if cosines[-1] - cosines[-2] < MIN_GAIN:
            break
    if initial_cosine >= cosines[-1]:
        g, cosines = symmetry.identity_symmetry(a.architecture), [initial_cosine]
    return g, {"before": initial_cosine, "cosines": cosines, "sweeps": len(cosines) - 1}


def require_symmetry(kind: str) -> None:
    """ValueError for a kind whose symmetries are not known here: all but nGPT."""
    if kind != "ngpt":
        raise ValueError(f"alignment=match is for nGPTs, a {kind} has other symmetries: leave it")


def _cosine(a: Genotype, b: Genotype) -> float:
    return float((a.rows * b.rows).sum(dtype=torch.float64) / len(a.rows))


def _signed_match(score: Tensor) -> tuple[Tensor, Tensor]:
    """Order and signs [n] that maximise sum_i signs[i] * score[i, order[i]]."""
    order = solve_assignment(score.abs())
    return order, torch.where(score[torch.arange(len(score)), order] < 0, -1.0, 1.0)


def _match_residual(a: Genotype, b: Genotype, embedding_only: bool = False) -> Symmetry:
    part = a.layout.row_blocks["embed"] if embedding_only else slice(None)
    return symmetry.residual_symmetry(a.architecture, *_signed_match(a.rows[part].T @ b.rows[part]))


def _match_neurons(a: Genotype, b: Genotype) -> Symmetry:
    g = symmetry.identity_symmetry(a.architecture)
    for layer in range(a.architecture.depth):
        score = {kind: _gram(a, b, f"layers.{layer}.mlp.{kind}") for kind in ("hidden", "out")}
        signed = score["hidden"] + score["out"]
        order = solve_assignment(signed.abs() + _gram(a, b, f"layers.{layer}.mlp.gate"))
        signs = torch.where(signed[torch.arange(len(order)), order] < 0, -1.0, 1.0)
        g = g.compose(symmetry.neuron_symmetry(a.architecture, layer, order, signs))
    return g


def _match_heads(a: Genotype, b: Genotype) -> Symmetry:
    """Heads by the best their channels and turns can reach, then those channels and turns."""
    shape, g = a.architecture, symmetry.identity_symmetry(a.architecture)
    for group in symmetry.tied_layers(shape):
        vo = [f"layers.{layer}.attn.{kind}" for layer in group for kind in ("v", "out")]
        channels = _by_head(torch.stack([_gram(a, b, name) for name in vo]).sum(0), a)
        best = {
            (h, j): _signed_match(channels[h, j])
            for h in range(shape.heads)
            for j in range(shape.heads)
        }
        score = torch.zeros(shape.heads, shape.heads)
        for (h, j), (order, signs) in best.items():
            score[h, j] = (signs * channels[h, j][torch.arange(shape.dim_head), order]).sum()
        turn_scores = {layer: _turn_scores(a, b, layer) for layer in group}
        for scores in turn_scores.values():
            score += scores.max(-1).values.sum(-1)
        order = solve_assignment(score)
        pairs = list(enumerate(order.tolist()))
        g = g.compose(symmetry.head_symmetry(shape, order, group))
        inner = [torch.stack([best[pair][i] for pair in pairs]) for i in (0, 1)]
        g = g.compose(symmetry.value_symmetry(shape, inner[0], inner[1], group))
        for layer, scores in turn_scores.items():
            quarters = torch.stack([scores[pair].argmax(-1) for pair in pairs])
            g = g.compose(symmetry.rotary_symmetry(shape, layer, quarters))
    return g


def _gram(a: Genotype, b: Genotype, name: str) -> Tensor:
    block = a.layout.row_blocks[name]
    return a.rows[block] @ b.rows[block].T


def _by_head(gram: Tensor, genotype: Genotype) -> Tensor:
    """[inner, inner] as [head of a, head of b, channel of a, channel of b]."""
    shape = (genotype.architecture.heads, genotype.architecture.dim_head)
    return gram.unflatten(1, shape).unflatten(0, shape).permute(0, 2, 1, 3)


def _turn_scores(a: Genotype, b: Genotype, layer: int) -> Tensor:
    """What each quarter turn of b's pairs would score, [heads of a, of b, pairs, 4]."""
    gram = _by_head(
        _gram(a, b, f"layers.{layer}.attn.q") + _gram(a, b, f"layers.{layer}.attn.k"), a
    )
    pairs = gram.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).diagonal(dim1=2, dim2=4)
    xx, xy, yx, yy = pairs[:, :, 0, 0], pairs[:, :, 0, 1], pairs[:, :, 1, 0], pairs[:, :, 1, 1]
    straight, turned = xx + yy, yx - xy
    return torch.stack([straight, turned, -straight, -turned], dim=-1)
