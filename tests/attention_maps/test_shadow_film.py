"""The shadow film: scenes by formula, in [0, 1], every other one inverted."""

import math

import torch

from lab.attention_maps.shadow_film import (
    SCENE_FRAMES,
    SCENES,
    circle_distance,
    render_shadow_film,
    render_shadow_frame,
    segment_distance,
)


def test_every_scene_shows_both_shades() -> None:
    for scene in range(len(SCENES)):
        frame = render_shadow_frame(scene * SCENE_FRAMES + SCENE_FRAMES // 2, 32)
        assert frame.shape == (32, 32) and 0 <= frame.min() <= frame.max() <= 1
        assert float(frame.min()) < 0.1 and float(frame.max()) > 0.9


def test_the_film_is_its_frames() -> None:
    film = render_shadow_film(3, 16, start=23)
    assert torch.equal(film, torch.stack([render_shadow_frame(n, 16) for n in (23, 24, 25)]))


def test_distances_are_those_of_the_shapes() -> None:
    x, y = torch.tensor([0.0, 3.0]), torch.tensor([0.0, 4.0])
    torch.testing.assert_close(circle_distance(x, y, 1.0), torch.tensor([-1.0, 4.0]))
    distance = segment_distance(x, y, (0.0, 0.0), (1.0, 0.0), 0.5)
    torch.testing.assert_close(distance, torch.tensor([-0.5, math.hypot(2, 4) - 0.5]))
