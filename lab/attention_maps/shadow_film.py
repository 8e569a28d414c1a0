"""Shadow film: a test animation of six scenes drawn from signed distance functions.

Quilez, "2D distance functions", https://iquilezles.org/articles/distfunctions2d.

A scene is a signed distance function on a square of side 2, negative inside; edges are one pixel
soft.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Scene = Callable[[Tensor, Tensor, float], Tensor]
"""(x, y, phase in [0, 1)) -> signed distance, x and y in [-1, 1], y downwards."""


def render_shadow_film(frames: int, size: int = 256, start: int = 0) -> Tensor:
    """Render frames [N, size, size] in [0, 1] of all SCENES in turn, deterministically."""
    return torch.stack([render_shadow_frame(start + offset, size) for offset in range(frames)])


def render_shadow_frame(number: int, size: int = 256) -> Tensor:
    """Render one frame: scenes change every 24 frames, and every other one is white on black."""
    scene = SCENES[number // SCENE_FRAMES % len(SCENES)]
    phase = number % SCENE_FRAMES / SCENE_FRAMES
    across = (torch.arange(size) + 0.5) * 2 / size - 1
    y, x = torch.meshgrid(across, across, indexing="ij")
    inside = (0.5 - scene(x, y, phase) * size / 2).clamp(0, 1)
    return inside if number // SCENE_FRAMES % 2 else 1 - inside


def apple_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """An apple that falls, with its leaf; and one bite less than whole."""
    y = y + 0.5 - 1.1 * phase**2
    x = x + 0.15 - 0.3 * phase
    body = torch.minimum(circle_distance(x - 0.16, y, 0.36), circle_distance(x + 0.16, y, 0.36))
    body = torch.maximum(body, -circle_distance(x - 0.52, y + 0.05, 0.2))
    stalk = segment_distance(x, y, (0.0, -0.25), (0.08, -0.52), 0.03)
    leaf = torch.maximum(
        circle_distance(x - 0.16, y + 0.36, 0.19), circle_distance(x - 0.3, y + 0.58, 0.19)
    )
    return torch.minimum(torch.minimum(body, stalk), leaf)


def walker_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """A figure that walks from left to right."""
    x = x + 0.55 - 1.1 * phase
    step = 0.35 * math.sin(4 * math.pi * phase)
    parts = [
        circle_distance(x, y + 0.55, 0.14),
        segment_distance(x, y, (0.0, -0.4), (0.0, 0.05), 0.11),
        segment_distance(x, y, (0.0, 0.05), (step, 0.62), 0.06),
        segment_distance(x, y, (0.0, 0.05), (-step, 0.62), 0.06),
        segment_distance(x, y, (0.0, -0.33), (-step, 0.02), 0.045),
        segment_distance(x, y, (0.0, -0.33), (step, 0.02), 0.045),
    ]
    return torch.stack(parts).amin(0) + 0 * y


def moon_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """A moon that wanes over two hills."""
    disc = circle_distance(x - 0.1, y + 0.3, 0.45)
    dark = circle_distance(x - 0.1 - 1.1 * (1 - phase) + 0.2, y + 0.3, 0.42)
    hills = y - 0.55 + 0.12 * torch.cos(4 * x + 2 * math.pi * phase)
    return torch.minimum(torch.maximum(disc, -dark), -hills * 0.9)


def wheel_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """A wheel of seven spokes that turns."""
    radius = (x * x + y * y).sqrt()
    turn = torch.atan2(y, x) + 2 * math.pi * phase / 7
    spokes = radius * ((turn * 7 / 2).sin().abs()) / 3.5 - 0.035
    rim = (radius - 0.72).abs() - 0.07
    spokes = torch.maximum(spokes, radius - 0.72)
    return torch.minimum(torch.minimum(rim, spokes), radius - 0.16)


def bird_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """A bird that beats its wings."""
    lift = 0.5 * math.sin(2 * math.pi * phase)
    x, y = x - 0.2 + 0.4 * phase, y - 0.15
    parts = [
        segment_distance(x, y, (-0.3, 0.05), (0.25, 0.0), 0.09),
        circle_distance(x - 0.34, y + 0.06, 0.1),
        segment_distance(x, y, (0.42, -0.05), (0.52, -0.03), 0.025),
        segment_distance(x, y, (0.1, 0.0), (-0.12, -lift), 0.07),
        segment_distance(x, y, (-0.12, -lift), (-0.45, -0.6 * lift - 0.1), 0.045),
        segment_distance(x, y, (-0.3, 0.05), (-0.6, 0.12), 0.04),
    ]
    return torch.stack(parts).amin(0)


def flower_distance(x: Tensor, y: Tensor, phase: float) -> Tensor:
    """A flower that opens, a hole in its middle."""
    radius, turn = (x * x + y * y).sqrt(), torch.atan2(y, x)
    petals = radius - (0.25 + 0.45 * phase) - 0.18 * torch.cos(6 * turn + 3 * phase)
    return torch.maximum(petals * 0.7, 0.12 - radius)


def circle_distance(x: Tensor, y: Tensor, radius: float) -> Tensor:
    """Return the distance from a disc around 0."""
    return (x * x + y * y).sqrt() - radius


def segment_distance(
    x: Tensor, y: Tensor, a: tuple[float, float], b: tuple[float, float], radius: float
) -> Tensor:
    """Return the distance from a segment a to b with round ends of a radius."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = (((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy + 1e-12)).clamp(0, 1)
    return ((x - a[0] - along * dx).square() + (y - a[1] - along * dy).square()).sqrt() - radius


SCENE_FRAMES = 24  # frames of a scene
SCENES: tuple[Scene, ...] = (
    apple_distance,
    walker_distance,
    moon_distance,
    wheel_distance,
    bird_distance,
    flower_distance,
)
