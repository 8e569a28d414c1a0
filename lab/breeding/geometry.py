"""Geometry: log map, exp map and mean of rows, on the unit sphere or in flat space.

Sphere: Karcher 1977 (means), log and exp map in place of minus and plus. Flat: Ilharco et al.
2022, "Editing models with task arithmetic", arXiv 2212.04089.

Operators that know both take their geometry from here; the sphere's own refuse all else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from lab.models import hypersphere
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype

MAX_MEAN_STEPS = 100  # of a Karcher mean's iteration
CONVERGED_RADIANS = 1e-10  # radians; a mean that moves less has arrived


class Geometry(Protocol):
    """Rows are [n, dim]; everything is float64 inside."""

    def log(self, origin: Tensor, x: Tensor) -> Tensor:
        """The vector at the origin that points to x and is as long as the way there."""

    def exp(self, origin: Tensor, v: Tensor) -> Tensor:
        """The point reached from the origin along v."""

    def tangent(self, base: Tensor, v: Tensor) -> Tensor:
        """The part of v along which base may move."""

    def mean(self, points: Tensor, weights: Tensor) -> Tensor:
        """The nearest point to all of [K, n, dim], by weights [K] or [K, n] of sum 1."""

    def max_stretch(self, lengths: Tensor) -> Tensor:
        """The largest lengths that vectors of these lengths may be stretched to."""

    def angle(self, a: Tensor, b: Tensor) -> Tensor:
        """Radians between the directions of a and b."""


class SphereGeometry:
    """Unit rows."""

    log = staticmethod(hypersphere.log_map)
    tangent = staticmethod(hypersphere.tangent_rows)
    angle = staticmethod(hypersphere.angle)

    def exp(self, origin: Tensor, v: Tensor) -> Tensor:
        """exp_o(v), with v cut at half a turn, from where a geodesic comes back."""
        length = v.norm(dim=-1, keepdim=True)
        return hypersphere.exp_map(origin, v * (math.pi / length.clamp_min(math.pi)))

    def mean(self, points: Tensor, weights: Tensor) -> Tensor:
        """The Karcher mean: from the normalised average, u <- exp_u(sum_k w_k log_u(x_k)).

        Rows that cancel give the first parent's.
        """
        points, w = points.double(), weights.double().to(points.device)
        w = w.reshape(len(points), -1, 1)
        start = (w * points).sum(0)
        cancelled = start.norm(dim=-1, keepdim=True) < 1e-7
        u = hypersphere.normalize(torch.where(cancelled, points[0], start))
        for _ in range(MAX_MEAN_STEPS):
            logs = (w[k] * hypersphere.log_map(u, x) for k, x in enumerate(points))
            step = torch.where(cancelled, 0.0, sum(logs, torch.zeros_like(u)))
            u = hypersphere.exp_map(u, step)
            if step.norm(dim=-1).max() < CONVERGED_RADIANS:
                break
        return u

    def max_stretch(self, lengths: Tensor) -> Tensor:
        """To a quarter turn, or where they were longer, not at all."""
        return lengths.clamp_min(math.pi / 2)


class FlatGeometry:
    """Rows of any length."""

    def log(self, origin: Tensor, x: Tensor) -> Tensor:
        """x - o."""
        return x.double() - origin.double()

    def exp(self, origin: Tensor, v: Tensor) -> Tensor:
        """o + v."""
        return origin.double() + v.double()

    def tangent(self, base: Tensor, v: Tensor) -> Tensor:
        """All of v."""
        return v

    def mean(self, points: Tensor, weights: Tensor) -> Tensor:
        """The weighted mean."""
        w = weights.double().to(points.device).reshape(len(points), -1, 1)
        return (w * points.double()).sum(0)

    def max_stretch(self, lengths: Tensor) -> Tensor:
        """Without end."""
        return torch.full_like(lengths, torch.inf)

    def angle(self, a: Tensor, b: Tensor) -> Tensor:
        """As between unit vectors; 0 where one has no direction and the other neither."""
        return hypersphere.angle(*(hypersphere.normalize(x.double()) for x in (a, b)))


SPHERE, FLAT = SphereGeometry(), FlatGeometry()


def geometry(architecture: Architecture) -> Geometry:
    """The geometry of the rows of this kind of model."""
    return SPHERE if architecture.has_unit_rows else FLAT


def directions(genotype: Genotype) -> Tensor:
    """The rows [R, dim] in float64, of unit length."""
    rows = genotype.rows.double()
    return rows if genotype.architecture.has_unit_rows else hypersphere.normalize(rows)


def require_sphere(
    parents: Sequence[Genotype], operator: str, alternative: str = "crossover=lerp"
) -> None:
    """ValueError, in one line, unless the parents have unit rows."""
    if parents:
        require_unit_rows(parents[0].architecture, operator, alternative)


def require_unit_rows(
    architecture: Architecture, operator: str, alternative: str = "crossover=lerp"
) -> None:
    """ValueError, in one line, unless models of this architecture have unit rows."""
    if not architecture.has_unit_rows:
        kind = architecture.kind
        raise ValueError(
            f"{operator} needs rows of unit length, which a {kind} has not: try {alternative}"
        )
