"""Extracts: a file of arrays is the layer that the whole model has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.attention_maps import bert_npz
from lab.attention_maps.image_metrics import psnr
from lab.attention_maps.split_pictures import place_channels


def arrays(width: int = 384) -> dict[str, np.ndarray]:
    g = np.random.default_rng(0)
    shapes = {"query.weight": (width, width), "key.weight": (width, width)}
    shapes |= {"query.bias": (width,), "key.bias": (width,)}
    found = {bert_npz.ATTENTION + name: 0.1 * g.standard_normal(s) for name, s in shapes.items()}
    found |= {f"embeddings.LayerNorm.{part}": np.ones(width) for part in ("weight", "bias")}
    found["embeddings.position_embeddings.weight"] = 0.1 * g.standard_normal((512, width))
    return {name: part.astype(np.float32) for name, part in found.items()}


def test_a_head_of_an_extract_shows_a_picture(tmp_path: Path, picture: Tensor) -> None:
    np.savez(tmp_path / "it.npz", **arrays())
    layer = bert_npz.load_bert_layer(tmp_path / "it.npz")
    assert (layer.heads, layer.dim_head, layer.causal) == (12, 32, False)
    shown = place_channels(layer, picture[None], [4])
    maps = torch.stack([layer.scores(shown.placed.x, head).softmax(-1) for head in range(12)])
    assert psnr(shown.decode_maps(maps), picture[None], shown.visible) > 35


def test_a_damaged_extract_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "it.npz"
    path.write_bytes(b"no zip")
    with pytest.raises(ValueError, match="no file of arrays"):
        bert_npz.load_bert_layer(path)
    np.savez(path, **{key: part for key, part in arrays().items() if "query.bias" not in key})
    with pytest.raises(ValueError, match=r"it has no encoder.layer.0.attention.self.query.bias"):
        bert_npz.load_bert_layer(path)
    np.savez(path, **(arrays() | {bert_npz.ATTENTION + "key.bias": np.zeros(5, np.float32)}))
    with pytest.raises(ValueError, match="does not fit"):
        bert_npz.load_bert_layer(path)
