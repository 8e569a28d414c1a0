"""Panes: whole pictures of two triangles, colours and several pictures in one input."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps import shadow_film
from lab.attention_maps.image_metrics import psnr
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.split_pictures import (
    factorise_panes,
    head_contrasts,
    join_panes,
    place_channels,
    select_heads,
    split_panes,
)
from tests.attention_maps.conftest import normed


def test_cutting_and_joining_is_nothing() -> None:
    channels = torch.rand(3, 8, 8)
    assert torch.equal(join_panes(split_panes(channels, True)), channels)
    assert torch.equal(split_panes(channels, False), channels)


def test_a_whole_picture_stands_in_two_causal_heads(picture: Tensor) -> None:
    layer = normed("gpt2")
    shown = place_channels(layer, picture[None], whole=True)
    maps = torch.stack([compute_attention(layer, shown.placed.x, head) for head in range(4)])
    assert len(shown.heads) == 2 and bool(shown.visible.all())
    assert psnr(shown.decode_maps(maps), picture[None], shown.visible) > 35


@pytest.mark.parametrize("kind", ["gpt2", "bert", "llama"])
@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_picture_of_one_shade_is_one_too(kind: str, shade: float) -> None:
    """A film begins with them; their factors are 0, which any head has room for."""
    layer, blank = normed(kind), torch.full((1, 64, 64), shade)
    shown = place_channels(layer, blank)
    maps = torch.stack([compute_attention(layer, shown.placed.x, head) for head in range(4)])
    assert shown.placed.contrast == 3 and shown.placed.x.isfinite().all()
    assert psnr(shown.decode_maps(maps), blank, shown.visible) > 48


def test_several_pictures_stand_in_heads_of_one_input() -> None:
    channels = torch.stack([shadow_film.render_shadow_frame(number, 64) for number in (3, 60, 130)])
    for kind in ("gpt2", "bert"):
        layer = normed(kind)
        shown = place_channels(layer, channels, [3, 0, 1])
        maps = torch.stack([compute_attention(layer, shown.placed.x, head) for head in range(4)])
        assert psnr(shown.decode_maps(maps), channels, shown.visible) > 24


def test_auto_takes_the_heads_of_most_contrast(picture: Tensor) -> None:
    layer = normed("llama")
    found = factorise_panes(picture[None], layer)
    table = head_contrasts(layer, found[0])
    assert set(table) == {0, 1, 2, 3}
    assert select_heads(layer, found) == (max(table, key=lambda head: table[head]),)
    two = select_heads(layer, [*found, *found])
    assert layer.key_head(two[0]) != layer.key_head(two[1])


def test_too_many_pictures_are_refused(picture: Tensor) -> None:
    layer = normed("llama")
    with pytest.raises(ValueError, match="one input serves 2"):
        place_channels(layer, picture.expand(3, -1, -1))
    with pytest.raises(ValueError, match="takes 1 different heads, not 2"):
        place_channels(layer, picture[None], [0, 1])
