"""Placing: the least normalised input from which some heads read the wanted queries and keys.

With R all chosen heads' maps and R R^T = L L^T, u = R^T L^-T z reads L z: |z|^2 is what it costs
of the budget D. Keys may all move by one vector, and a query by what no key answers to: both only
move rows of scores, which softmax forgets, and are used to make z short.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from lab.attention_maps.gauge import Coupling, balanced, coupling
from lab.attention_maps.interfaces import Reading
from lab.attention_maps.low_rank_factors import Factors

FULL = 0.97  # share of the budget that the longest row may use: room for rounding


def least(
    readings: Mapping[int, Reading], wanted: Mapping[int, Factors], budget: float, cap: float
) -> tuple[Tensor, float, float]:
    """(u [T, D] without its filling, contrast, largest share of the budget).

    Each head is tried with its query bias left alone and with it cancelled; whatever gives more
    contrast stays. ValueError where even no contrast would not fit.
    """
    names = list(wanted)
    heads = [readings[name].double() for name in names]
    factors = [Factors(wanted[name].q.double(), wanted[name].k.double()) for name in names]
    root = root_of(heads)
    best: tuple[float, Tensor, Tensor] | None = None
    for spared in (True, False):
        alpha, beta = costs(heads, factors, root, spared)
        contrast = room(alpha, beta, budget)
        if best is None or contrast > best[0]:
            best = (contrast, alpha, beta)
    assert best is not None
    contrast, alpha, beta = best
    if contrast <= 0:
        raise ValueError("the biases of these heads leave no room for a picture: choose others")
    contrast = min(contrast, cap)
    z = contrast**0.5 * alpha - beta
    read = torch.cat([one.read for one in heads])
    u = torch.linalg.solve_triangular(root.mT, z.mT, upper=True).mT @ read
    return u, contrast, float(z.square().sum(1).max()) / budget


def root_of(heads: Iterable[Reading]) -> Tensor:
    """L of the heads' R R^T; ValueError where they read linearly dependent directions."""
    read = torch.cat([one.read for one in heads])
    root, failed = torch.linalg.cholesky_ex(read @ read.mT)
    if int(failed):
        raise ValueError("these heads do not read independent directions: choose others or fewer")
    return root


def costs(
    heads: Sequence[Reading], factors: Sequence[Factors], root: Tensor, spared: bool
) -> tuple[Tensor, Tensor]:
    """alpha, beta [T, 2 d n]: at contrast c the cost's root is sqrt(c) alpha - beta."""
    size, width = len(factors[0].q), heads[0].width
    inverse = torch.cholesky_inverse(root)
    wanted, common, own = [], [], []
    for number, (head, one) in enumerate(zip(heads, factors, strict=True)):
        at = 2 * width * number
        block = inverse[at : at + 2 * width, at : at + 2 * width]
        through, lq, lk = channel(head, block, one.q.shape[1], size, spared)
        x, y = balanced(one, through, ends=False)
        spoken = lk @ through.right
        wanted += [head.turned(x @ (lq @ through.left).mT, back=True)]
        wanted += [head.turned(y @ spoken.mT, back=True)]
        unheard = torch.linalg.svd(head.scale[:, None] * spoken)[0][:, through.size.numel() :]
        own.append(spread(head, unheard, at, size, root))
        common.append(spread(head, torch.eye(width).to(root), at + width, size, root))
    alpha = shorten(torch.cat(wanted, dim=1), root)
    beta = shorten(torch.cat([one.bias for one in heads]).expand_as(alpha), root)
    moves, free = torch.cat(common, dim=1), torch.cat(own, dim=1)
    moves = without(moves, free)
    return together(without(alpha, free), moves), together(without(beta, free), moves)


def channel(
    head: Reading, inverse: Tensor, rank: int, size: int, spared: bool
) -> tuple[Coupling, Tensor, Tensor]:
    """The coupling of a head, and L_q, L_k: the roots of what queries and keys cost on average."""
    width = head.width
    lq = average(head, inverse[:width, :width], size)
    lk = average(head, inverse[width:, width:], size)
    n = lq.mT @ (head.scale[:, None] * lk)
    silent = None
    if spared and rank < width:
        silent = torch.linalg.solve_triangular(lq, head.bias[:width, None], upper=False)[:, 0]
    return coupling(n, rank, silent), lq, lk


def average(head: Reading, metric: Tensor, size: int) -> Tensor:
    """L with L L^T the inverse of the metric [d, d], averaged over all positions' turns."""
    if head.turns is not None:
        turned = [head.turned(row.expand(size, -1)) for row in torch.linalg.cholesky(metric).mT]
        metric = sum((one.mT @ one for one in turned), torch.zeros_like(metric)) / size
    return torch.linalg.cholesky(torch.linalg.inv(metric))


def spread(head: Reading, vectors: Tensor, at: int, size: int, root: Tensor) -> Tensor:
    """What moves of one head's queries or keys along vectors [d, n] cost, [T or 1, n, 2 d n']."""
    places = 1 if head.turns is None else size
    out = torch.zeros(places, vectors.shape[1], len(root), dtype=root.dtype, device=root.device)
    for number, vector in enumerate(vectors.mT):
        out[:, number, at : at + head.width] = head.turned(vector.expand(places, -1), back=True)
    return shorten(out, root)


def shorten(x: Tensor, root: Tensor) -> Tensor:
    """L^-1 x for the last dimension of x."""
    flat = x.reshape(-1, x.shape[-1])
    return torch.linalg.solve_triangular(root, flat.mT, upper=False).mT.reshape(x.shape)


def without(z: Tensor, free: Tensor) -> Tensor:
    """z [T, m] or [T, n, m] less what lies along the free directions [T or 1, n', m]."""
    if not free.shape[1]:
        return z
    basis = torch.linalg.qr(free.mT)[0]
    rows = z[:, None] if z.ndim == 2 else z
    return (rows - (rows @ basis) @ basis.mT).reshape(z.shape)


def together(z: Tensor, moves: Tensor) -> Tensor:
    """z [T, m] after the one combination of moves [T or 1, n, m] that makes all rows shortest."""
    normal = (moves @ moves.mT).sum(0) * (len(z) / len(moves))
    right = (moves @ z[..., None])[..., 0].sum(0) if len(moves) > 1 else moves[0] @ z.sum(0)
    step = torch.linalg.pinv(normal, rtol=1e-10, hermitian=True) @ right
    return z - (step @ moves if len(moves) == 1 else torch.einsum("n,tnm->tm", step, moves))


def room(alpha: Tensor, beta: Tensor, budget: float) -> float:
    """The largest contrast at which no row's |sqrt(c) alpha - beta|^2 exceeds its share; or 0.

    A row that shows nothing (alpha 0: one shade) fits at any contrast: infinity where all do.
    """
    a, b = alpha.square().sum(1), (alpha * beta).sum(1)
    rest = FULL * budget - beta.square().sum(1)
    inside = b.square() + a * rest
    least, blank = a.clamp_min(1e-30), a < 1e-30
    if bool((inside < 0).any()) or bool((blank & (rest < 0)).any()):
        return 0.0
    high = ((b + inside.sqrt()) / least).masked_fill(blank, math.inf).min()
    low = ((b - inside.sqrt()) / least).masked_fill(blank, -math.inf).max()
    return float(high) ** 2 if high > max(float(low), 0.0) else 0.0
