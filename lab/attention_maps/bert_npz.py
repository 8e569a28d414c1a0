"""BERT arrays: the first attention layer of a BERT-like encoder, read from an .npz file.

Names are those of Hugging Face's BERT: embeddings.LayerNorm.weight, ..., and
encoder.layer.0.attention.self.query.weight, ...; token types are 0.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lab.attention_maps.layernorm_layer import LayerNormLayer

ATTENTION = "encoder.layer.0.attention.self."
DIM_HEAD = {384: 32}  # of the small MiniLMs; else 64
EPS = 1e-12  # of BERT's norms


def load_bert_layer(path: Path, heads: int | None = None, device: str = "cpu") -> LayerNormLayer:
    """Read the layer in a file; ValueError where arrays are missing or do not fit.

    heads None: heads have 32 dimensions in a model of 384, else 64. Pickled arrays are refused.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: torch.from_numpy(file[name]).float().to(device) for name in file.files}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path} is no file of arrays: {error}") from None
    missing = [name for name in REQUIRED_ARRAYS if name not in arrays]
    if missing:
        raise ValueError(f"{path} has no {missing[0]}")
    width = arrays["embeddings.LayerNorm.weight"].numel()
    heads = heads or width // DIM_HEAD.get(width, 64)

    def split_heads(name: str) -> Tensor:
        part = arrays[ATTENTION + name]
        if part.shape[0] != width or width % heads:
            raise ValueError(f"{path}: {name} does not fit {heads} heads of a model of {width}")
        return part.unflatten(0, (heads, -1))

    token_types = arrays.get(
        "embeddings.token_type_embeddings.weight", torch.zeros(1, width, device=device)
    )
    return LayerNormLayer(
        query=split_heads("query.weight"),
        key=split_heads("key.weight"),
        gain=arrays["embeddings.LayerNorm.weight"],
        shift=arrays["embeddings.LayerNorm.bias"],
        eps=EPS,
        centred=True,
        causal=False,
        query_bias=split_heads("query.bias"),
        key_bias=split_heads("key.bias"),
        position_embeddings=arrays["embeddings.position_embeddings.weight"] + token_types[0],
    )


REQUIRED_ARRAYS = (
    "embeddings.LayerNorm.weight",
    "embeddings.LayerNorm.bias",
    "embeddings.position_embeddings.weight",
    *(f"{ATTENTION}{kind}.{part}" for kind in ("query", "key") for part in ("weight", "bias")),
)
