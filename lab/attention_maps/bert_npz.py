"""BERT arrays: the first attention layer of a BERT-like encoder, read from an .npz file.

Names are those of Hugging Face's BERT: embeddings.LayerNorm.weight, ..., and
encoder.layer.0.attention.self.query.weight, ...; token types are 0.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.npz_arrays import read_arrays

ATTENTION = "encoder.layer.0.attention.self."
DIM_HEAD = {384: 32}  # of the small MiniLMs; else 64
TOKEN_TYPES = "embeddings.token_type_embeddings.weight"
EPS = 1e-12  # of BERT's norms


def load_bert_layer(path: Path, heads: int | None = None, device: str = "cpu") -> LayerNormLayer:
    """Read the layer in a file; ValueError where arrays are missing or do not fit.

    heads None: heads have 32 dimensions in a model of 384, else 64. Pickled arrays are refused.
    """
    read = read_arrays(path, REQUIRED_ARRAYS, (TOKEN_TYPES,))
    arrays = {name: torch.from_numpy(array).float().to(device) for name, array in read.items()}
    width = arrays["embeddings.LayerNorm.weight"].numel()
    positions = arrays["embeddings.position_embeddings.weight"]
    expected = {
        "embeddings.LayerNorm.bias": (width,),
        "embeddings.position_embeddings.weight": (*positions.shape[:1], width),
        **{f"{ATTENTION}{kind}.weight": (width, width) for kind in ("query", "key")},
        **{f"{ATTENTION}{kind}.bias": (width,) for kind in ("query", "key")},
    }
    if TOKEN_TYPES in arrays:
        expected[TOKEN_TYPES] = (*arrays[TOKEN_TYPES].shape[:1], width)
    for name, shape in expected.items():
        if tuple(arrays[name].shape) != shape:
            found = list(arrays[name].shape)
            raise ValueError(f"{path}: {name} is {found}, which does not fit a model of {width}")
    heads = heads or width // DIM_HEAD.get(width, 64)

    def split_heads(name: str) -> Tensor:
        part = arrays[ATTENTION + name]
        if part.shape[0] != width or width % heads:
            raise ValueError(f"{path}: {name} does not fit {heads} heads of a model of {width}")
        return part.unflatten(0, (heads, -1))

    token_types = arrays.get(TOKEN_TYPES, torch.zeros(1, width, device=device))
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
