"""Real forward passes of the lab's individuals and of nGPT-pytorch attend as our algebra says."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.attention_maps.image_metrics import psnr
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.model_layer import (
    genotype_of_picture,
    individual_attention_maps,
    probe_individual,
)
from lab.attention_maps.split_pictures import place_channels
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from tests.attention_maps.conftest import INDIVIDUALS, SIZE, individual


@pytest.mark.parametrize("kind", INDIVIDUALS)
@pytest.mark.parametrize("number", [0, 1])
def test_an_individual_shows_a_picture(kind: str, number: int, picture: Tensor) -> None:
    screen = probe_individual("it", individual(**INDIVIDUALS[kind]), number)
    shown = place_channels(screen.layer, picture[None], [2])
    maps = screen.compute_maps(shown.placed.x)
    ours = torch.stack([compute_attention(screen.layer, shown.placed.x, head) for head in range(4)])
    assert torch.allclose(maps, ours, atol=1e-5)
    assert psnr(shown.decode_maps(maps), picture[None], shown.visible) > 30


def test_the_library_shows_it_too(picture: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame as an individual: nGPT-pytorch reads its characters in order, q and k are caught."""
    genotype = individual()
    screen = probe_individual("it", genotype, 0)
    shown = place_channels(screen.layer, picture[None], whole=True)
    frame = genotype_of_picture(genotype, shown.placed.x)
    model = library_model(frame.architecture).eval()
    model.load_state_dict(to_library(frame))
    caught, real = list[Tensor](), F.scaled_dot_product_attention

    def catching(q: Tensor, k: Tensor, v: Tensor, *more: object, **named: object) -> Tensor:
        scale = named.get("scale") or q.shape[-1] ** -0.5
        scores = (q @ k.mT) * float(str(scale))
        hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
        caught.append(scores.masked_fill(hidden, float("-inf")).softmax(-1)[0])
        return real(q, k, v, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(F, "scaled_dot_product_attention", catching)
    with torch.no_grad():
        model(torch.arange(SIZE)[None])
    assert len(caught) == 2
    assert psnr(shown.decode_maps(caught[0].float()), picture[None], shown.visible) > 30
    assert torch.allclose(
        caught[0], individual_attention_maps(genotype, 0, shown.placed.x), atol=1e-4
    )


def test_what_has_no_display_is_one_line() -> None:
    with pytest.raises(ValueError, match="layers 0 to 1, not 2"):
        probe_individual("it", individual(), 2)
    with pytest.raises(ValueError, match="tied embeddings"):
        genotype_of_picture(individual("llama"), torch.zeros(4, 64))
