"""nGPT's layers: an input on the unit sphere, queries and keys that are normalised themselves.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131.

q = s * normalize(turn(R_q x)), k = normalize(turn(R_k x)): all is homogeneous in x, so any input of
the right direction will do and there is no budget of length. Instead |q| = |k| = 1: two of a head's
dimensions take what a row leaves, one for queries and one for keys, where the other has nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention.factor import Factors
from lab.attention.gauge import Coupling, balanced
from lab.attention.heads import CAP, Placed, Reading
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.hypersphere import normalize
from lab.models.ngpt import prepare
from lab.models.rotary import rotation

SPARE = 2  # dimensions of a head that take what rows leave


@dataclass(frozen=True)
class Sphere:
    """An nGPT layer: query and key [H, d, D], their scales [H, d], rotary tables [T, d / 2]."""

    query: Tensor
    key: Tensor
    scale: Tensor
    turns: tuple[Tensor, Tensor]
    causal: bool = True

    @property
    def heads(self) -> int:
        """Heads."""
        return len(self.query)

    @property
    def dim_head(self) -> int:
        """Dimensions of a head."""
        return self.query.shape[1]

    @property
    def longest(self) -> int:
        """Positions at most."""
        return len(self.turns[0])

    def group(self, head: int) -> int:
        """Each head has keys of its own."""
        return head

    def rank(self) -> int:
        """Dimensions that a picture can have in a head."""
        return self.dim_head - SPARE

    def together(self) -> int:
        """How many heads one input can serve: each takes 2 d of its dimensions."""
        return min(self.heads, self.query.shape[2] // (2 * self.dim_head))

    def reading(self, head: int) -> Reading:
        """The maps of one head."""
        read = torch.cat([self.query[head], self.key[head]])
        return Reading(read, torch.zeros_like(read[:, 0]), self.scale[head], self.turns)

    def place(self, wanted: Mapping[int, Factors], cap: float = CAP) -> Placed:
        """An input [T, D] of unit rows in which each head shows its factors times the contrast."""
        size = len(next(iter(wanted.values())).q)
        if size > self.longest:
            raise ValueError(f"{size} rows are too many: the model's rotary table ends before")
        if len(wanted) > self.together():
            raise ValueError(
                f"one input serves {self.together()} of this layer's heads, not {len(wanted)}"
            )
        readings = {head: self.reading(head).double() for head in wanted}
        units = {head: units_of(readings[head], one) for head, one in wanted.items()}
        reached = min(one[2] for one in units.values())
        contrast = min(cap, reached)
        rows = []
        for head, (x, y, most) in units.items():
            q, k = padded(readings[head], x, y, contrast / most)
            rows += [readings[head].turned(q, back=True), readings[head].turned(k, back=True)]
        read = torch.cat([one.read for one in readings.values()])
        root, failed = torch.linalg.cholesky_ex(read @ read.mT)
        if int(failed):
            raise ValueError("these heads do not read independent directions: choose others")
        x = torch.cholesky_solve(torch.cat(rows, dim=1).mT, root).mT @ read
        return Placed(normalize(x).to(self.query.dtype), contrast, contrast / reached)

    def scores(self, x: Tensor, head: int) -> Tensor:
        """The scores [T, T] of a head for an input [T, D]."""
        q, k = self.reading(head).hear(x)
        return (normalize(q) * self.scale[head]) @ normalize(k).mT


def units_of(reading: Reading, factors: Factors) -> tuple[Tensor, Tensor, float]:
    """Queries and keys [T, d], longest row 1, and the contrast that they have so."""
    order, rank = strongest(reading), factors.q.shape[1]
    some = torch.eye(reading.width).to(reading.scale)[:, order[:rank]]
    through = Coupling(
        some * reading.scale.sign()[:, None], reading.scale[order[:rank]].abs(), some
    )
    wanted = Factors(factors.q.double(), factors.k.double())
    x, y = balanced(wanted, through, ends=True)
    a, b = (max(float(one.norm(dim=1).max()), 1e-9) for one in (x, y))
    return x @ through.left.mT / a, y @ through.right.mT / b, 1 / (a * b)


def strongest(reading: Reading) -> Tensor:
    """A head's dimensions, the one of the largest scale first."""
    return reading.scale.abs().argsort(descending=True, stable=True)


def padded(reading: Reading, q: Tensor, k: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Unit rows q, k [T, d] with share of the contrast; what is left goes to the spare dimensions.

    The two weakest dimensions of the head are spare.
    """
    first, second = strongest(reading)[-SPARE:].tolist()
    q, k = q * share**0.5, k * share**0.5
    q[:, first] = (1 - q.square().sum(1)).clamp_min(0).sqrt()
    k[:, second] = (1 - k.square().sum(1)).clamp_min(0).sqrt()
    return q, k


def layer_of(genotype: Genotype, number: int, positions: int = 1024) -> Sphere:
    """A layer of an nGPT individual; ValueError for one that does not normalise q and k."""
    a: Architecture = genotype.architecture
    if not a.norm_qk:
        raise ValueError("this individual does not normalise queries and keys (norm_qk=false)")
    if not 0 <= number < a.depth:
        raise ValueError(f"this individual has layers 0 to {a.depth - 1}, not {number}")
    one = prepare(a, genotype.rows, genotype.scales, torch.float32).layers[number]
    query, key, _ = one.qkv.view(3, a.heads, a.dim_head, a.dim)
    turns = rotation(a, positions, genotype.rows.device)
    return Sphere(query, key, one.s_qk[:, 0], turns)
