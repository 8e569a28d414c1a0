"""Every kind of layer: what is asked for is read, within the room, and shows the picture."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.attention_maps import image_metrics, split_pictures
from lab.attention_maps.interfaces import AttentionLayer, compute_attention
from lab.attention_maps.lab_layers import build_individual_layer
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.low_rank_factors import Factors, factorise_scores
from lab.attention_maps.minimum_norm_input import cholesky_of_heads
from lab.attention_maps.qknorm_layer import QKNormLayer
from lab.attention_maps.score_targets import centre_rows, linear_target, visible_entries
from tests.attention_maps.conftest import SIZE, individual, normed, qwen


def test_a_head_shows_a_silhouette_within_its_room(layer: AttentionLayer, picture: Tensor) -> None:
    shown = split_pictures.place_channels(layer, picture[None])
    assert 0 < shown.placed.budget_share <= 1 and shown.placed.contrast > 0.5
    maps = torch.stack(
        [compute_attention(layer, shown.placed.x, head) for head in range(layer.heads)]
    )
    image = shown.decode_maps(maps)
    assert image_metrics.psnr(image, picture[None], shown.visible) > (35 if layer.causal else 25)
    assert image_metrics.iou(image, picture[None], shown.visible) > 0.98


def test_the_scores_read_are_the_factors_times_the_contrast(
    layer: AttentionLayer, picture: Tensor
) -> None:
    found = factorise_scores(linear_target(picture), layer.rank(), causal=layer.causal)
    placed = layer.place({1: found})
    seen = visible_entries(SIZE, layer.causal)
    wanted = centre_rows(placed.contrast * found.scores, seen)
    assert torch.allclose(centre_rows(layer.scores(placed.x, 1), seen), wanted, atol=1e-3)


@pytest.mark.parametrize("kind", ["gpt2", "bert", "llama"])
def test_any_queries_and_keys_can_be_read(kind: str) -> None:
    """The norm of what is entered, times the maps, is what was asked for, the length included."""
    layer = normed(kind)
    reading = layer.head_projection(2).double()
    wanted = 0.3 * torch.randn(SIZE, 32, generator=torch.Generator().manual_seed(1)).double()
    root = cholesky_of_heads([reading])
    off = torch.linalg.solve_triangular(root, (wanted - reading.bias).mT, upper=False)
    u = torch.linalg.solve_triangular(root.mT, off, upper=True).mT @ reading.matrix
    assert float(u.square().sum(1).max()) < layer.budget
    x = layer.invert_norm(layer.fill_budget(u, {2: reading}))
    heard = F.layer_norm if layer.centred else F.rms_norm
    placed = x if layer.position_embeddings is None else x + layer.position_embeddings[:SIZE]
    if layer.centred:
        normal = heard(placed, (192,), layer.gain.double(), layer.shift.double(), layer.eps)
    else:
        normal = heard(placed, (192,), layer.gain.double(), layer.eps)
    key = layer.key_head(2)
    q, k = normal @ layer.query[2].double().mT, normal @ layer.key[key].double().mT
    if layer.query_bias is not None and layer.key_bias is not None:
        q, k = q + layer.query_bias[2], k + layer.key_bias[key]
    assert torch.allclose(torch.cat([q, k], 1), wanted, atol=1e-4)


def test_an_input_of_ngpt_lies_on_the_sphere(picture: Tensor) -> None:
    layer = build_individual_layer(individual(), 1)
    found = factorise_scores(linear_target(picture), layer.rank())
    placed = layer.place({0: found, 1: found})
    assert isinstance(layer, QKNormLayer)
    assert torch.allclose(placed.x.norm(dim=1), torch.ones(SIZE), atol=1e-6)


@pytest.mark.parametrize("little", [0.0, 1e-5, 1.0])
def test_what_a_norm_of_queries_takes_is_made_good(little: float, picture: Tensor) -> None:
    """The eps under a norm of queries and keys shortens them: rows are asked for longer."""
    layer = qwen(little)
    found = factorise_scores(linear_target(picture), layer.rank())
    placed, seen = layer.place({0: found, 3: found}, 100.0), visible_entries(SIZE, True)
    wanted = centre_rows(placed.contrast * found.scores, seen)
    for head in (0, 3):
        assert torch.allclose(centre_rows(layer.scores(placed.x, head), seen), wanted, atol=1e-3)


def test_contrast_is_capped_and_else_fills_the_room(layer: AttentionLayer, picture: Tensor) -> None:
    found = factorise_scores(linear_target(picture), layer.rank(), causal=layer.causal)
    small, large = layer.place({0: found}, 0.1), layer.place({0: found}, 1e6)
    assert small.contrast == pytest.approx(0.1) and small.budget_share < large.budget_share
    assert large.budget_share == pytest.approx(
        1.0 if isinstance(layer, QKNormLayer) else 0.97, abs=1e-6
    )


def test_a_query_bias_is_left_alone_where_that_pays(picture: Tensor) -> None:
    """A bias far out of the budget would leave no room if it had to be cancelled."""
    layer = normed("gpt2")
    assert layer.query_bias is not None
    biased = LayerNormLayer(**{**layer.__dict__, "query_bias": 20 * layer.query_bias})
    found = factorise_scores(linear_target(picture), biased.rank())
    assert biased.rank() == 15
    assert biased.place({0: found}, 100.0).contrast > 1
    with pytest.raises(ValueError, match="exceed the norm budget"):
        biased.place({0: Factors(*(F.pad(one, (0, 1)) for one in (found.q, found.k)))}, 100.0)


def test_what_cannot_be_is_one_line(picture: Tensor) -> None:
    found = factorise_scores(linear_target(picture), 16)
    layer = normed("llama")
    for wanted, line in (
        ({0: found, 1: found}, "share a key head"),
        ({9: found}, "heads 0 to 3, not 9"),
        ({0: found, 1: found, 2: found}, "one input serves 2"),
    ):
        with pytest.raises(ValueError, match=line):
            layer.place(wanted)
    with pytest.raises(ValueError, match="128 positions"):
        layer.place({0: Factors(torch.randn(200, 16), torch.randn(200, 16))})
