"""Embedded film: an animation drawn from signed distance functions, 72 frames of characters.

Shapes are drawn on a plane of 50 x 40 (a character is twice as high as wide), sampled 2 x 4 times
a character, and are ink where they cover half of it. Nothing is stored and nothing is random.
Signed shapes as in I. Quilez, https://iquilezles.org/articles/distfunctions2d.
"""

from __future__ import annotations

import numpy as np

from lab.corpora.film import Film

HEIGHT, WIDTH, COUNT, RATE = 20, 50, 72, 12.0
CATCH_FRAME = 40  # the frame in which the apple is caught; then the colours invert
GROUND = 37.5

across, down = np.meshgrid(np.arange(0.25, 50, 0.5), np.arange(0.25, 40, 0.5))
Point = tuple[float, float]


def draw_silhouettes() -> Film:
    """Draw the film: 72 frames of 20 lines of 50 characters, ink `@` and paper `.`, 12 a second."""
    return Film("silhouettes", tuple(map(_draw_frame, range(COUNT))), RATE)


def _draw_frame(number: int) -> str:
    ink = _draw_scene(number)
    if number > CATCH_FRAME:  # a circle that grows from the apple turns night into day
        ink ^= _disc_mask(_hands_position(number), 4.5 * (number - CATCH_FRAME))
    cells = ink.reshape(HEIGHT, 4, WIDTH, 2).mean((1, 3)) >= 0.5
    return "\n".join("".join(".@"[cell] for cell in row) for row in cells.astype(int))


def _draw_scene(number: int) -> np.ndarray:
    """All that is ink before the colours turn."""
    beat = 2 * np.pi * number / 24
    ink = down > GROUND + 0.6 * np.sin(across / 5)
    ink |= _disc_mask((38, 10), 7.5) & ~_disc_mask((35.5, 8.5), 6.5)  # the moon
    ink |= _line_mask((0, 2.5), (13, 4.5), 1.0) | _line_mask((9, 4), (14, 8), 0.6)  # the branch
    for leaf in range(4):
        ink |= _disc_mask((2.5 + 3.2 * leaf, 5.2 + 0.4 * np.sin(beat + leaf)), 1.3)
    for bird in range(2):
        at = (55 - 0.9 * number - 7 * bird, 7 + 4 * bird + np.sin(beat))
        wing = 1.6 * np.sin(3 * beat + bird)
        ink |= _line_mask(at, (at[0] - 2.2, at[1] - wing), 0.45)
        ink |= _line_mask(at, (at[0] + 2.2, at[1] - wing), 0.45)
    ink |= _draw_dancer(number)
    apple = _apple_position(number)
    ink |= _disc_mask(apple, 1.7) | _line_mask(apple, (apple[0] + 0.7, apple[1] - 2.8), 0.4)
    return ink


def _hip_position(number: int) -> Point:
    """Where the dancer is: she walks in from the right until the apple is caught, then turns."""
    beat = 2 * np.pi * number / 12
    if number <= CATCH_FRAME:
        return 46 - 0.8 * number, 27 + 0.5 * float(np.cos(2 * beat))
    since = number - CATCH_FRAME
    return 14 + 11 * float(np.sin(np.pi * since / 64)), 27 - 1.2 * abs(float(np.sin(beat)))


def _hands_position(number: int) -> Point:
    """Where both of the dancer's hands meet, over her head."""
    x, y = _hip_position(number)
    return x + 1.5 * float(np.sin(2 * np.pi * number / 12)), y - 16.5


def _apple_position(number: int) -> Point:
    """It hangs, falls as things fall, and from then on flies and is caught every 12 frames."""
    if number <= CATCH_FRAME:
        end, fall_fraction = _hands_position(CATCH_FRAME), max(0, number - 28) / (CATCH_FRAME - 28)
        return 14 + (end[0] - 14) * fall_fraction, 9.5 + (end[1] - 1 - 9.5) * fall_fraction**2
    x, y = _hands_position(number)
    flight_fraction = (number - CATCH_FRAME) % 12 / 12
    return x, y - 1 - 16 * flight_fraction * (1 - flight_fraction)


def _draw_dancer(number: int) -> np.ndarray:
    """Head, hair, a dress that swings, legs that walk, arms that swing and then reach up."""
    x, y = _hip_position(number)
    stride = float(np.sin(2 * np.pi * number / 12))
    neck, sway = (x - 0.2, y - 8.5), 1.6 * stride
    ink = _disc_mask((x - 0.3, y - 11.4), 2.5)
    ink |= _line_mask((x + 1.2, y - 12), (x + 3.4, y - 8 + 0.8 * stride), 1.0)
    ink |= _line_mask(neck, (x, y - 2), 1.5)
    slope = np.clip((down - (y - 4)) / 8.5, 0, 1)  # the dress: wider and further swung below
    ink |= (
        (abs(across - x - sway * slope**2) < 1.2 + 4.2 * slope) & (down >= y - 4) & (down < y + 4.5)
    )
    for side in (-1, 1):
        foot = (x + side * 2.6 * stride + 0.4 * side, GROUND - max(0.0, side * stride))
        knee = (x + side * 1.6 * stride, y + 5.5)
        ink |= _line_mask((x, y + 2), knee, 0.8) | _line_mask(knee, foot, 0.7)
        reach = min(1.0, max(0.0, (number - 30) / (CATCH_FRAME - 30)))
        hang, up = (x + side * (2.5 + 2 * stride), y - 1.5), _hands_position(number)
        hand = (hang[0] + (up[0] - hang[0]) * reach, hang[1] + (up[1] - hang[1]) * reach)
        elbow = (x + side * (3 + reach), y - 5 - 5 * reach)
        ink |= _line_mask((x, y - 8), elbow, 0.7) | _line_mask(elbow, hand, 0.6)
    return ink


def _disc_mask(centre: Point, radius: float) -> np.ndarray:
    near: np.ndarray = (across - centre[0]) ** 2 + (down - centre[1]) ** 2 < radius**2
    return near


def _line_mask(start: Point, end: Point, radius: float) -> np.ndarray:
    """All points nearer than radius to the straight line between two."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((across - start[0]) * dx + (down - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = np.clip(along, 0, 1)
    near: np.ndarray = (
        np.hypot(across - start[0] - along * dx, down - start[1] - along * dy) < radius
    )
    return near
