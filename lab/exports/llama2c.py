"""llama2.c model files: version 0, which run.c reads, and version 1, written and read.

Karpathy 2023, llama2.c, https://github.com/karpathy/llama2.c (export.py says the layouts).

Little endian. Version 0: seven int32, then every float32 tensor, each kind for all layers, the
rotary tables, and the head where it is not tied (a negative vocabulary says so). Version 1: 256
bytes of header that begin with "ak42", norms first, no tables. Version 2 is `q80`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import torch

from lab.exports.llama_shape import Array, LlamaShape
from lab.exports.numpy_llama import NumpyLlama

MAGIC = 0x616B3432  # "ak42"
HEADER_BYTES = 256
LAYER_TENSORS_V0 = (
    "attention_norm", "wq", "wk", "wv", "wo", "ffn_norm", "w1", "w2", "w3",
)  # fmt: skip
LAYER_MATRICES_V1 = ("wq", "wk", "wv", "wo", "w1", "w2", "w3")
LAYER_NORMS = ("attention_norm", "ffn_norm")


def write_llama2c(model: NumpyLlama, version: int = 0) -> bytes:
    """The file of a model; ValueError where the engine's constants are not the model's."""
    check_llama2c_shape(model.shape)
    header = header_v0(model.shape) if version == 0 else header_v1(model.shape, 1, b"")
    return header + b"".join(
        rotary_tables(model.shape)
        if name == "tables"
        else model.arrays[name].astype("<f4").tobytes()
        for name in tensor_order(model.shape, version)
    )


def read_llama2c(data: bytes) -> NumpyLlama:
    """The model in a file of version 0 or 1; ValueError where it is none, or bytes are left."""
    version, shape = read_llama2c_header(data)
    if version not in (0, 1):
        raise ValueError(f"a llama2.c file of version {version} is not read here")
    shapes = shape.tensor_shapes() | {"tables": (2, shape.seq_len, shape.head_dim // 2)}
    names = list(tensor_order(shape, version))
    offset = 28 if version == 0 else HEADER_BYTES
    expected_bytes = offset + 4 * sum(int(np.prod(shapes[name])) for name in names)
    if len(data) != expected_bytes:
        raise ValueError(
            f"a llama2.c file of this shape has {expected_bytes} bytes, not {len(data)}"
        )
    arrays: dict[str, Array] = {}
    for name in names:
        count = int(np.prod(shapes[name]))
        part = np.frombuffer(data, "<f4", count, offset).reshape(shapes[name])
        arrays[name] = part.astype(np.float32)
        offset += 4 * count
    arrays.pop("tables", None)  # of use to nobody: engines reckon the angles themselves
    return NumpyLlama(shape, arrays)


def tensor_order(shape: LlamaShape, version: int) -> Iterator[str]:
    """The names of a file's tensors, as they follow each other."""
    layers = range(shape.layers)
    if version == 0:
        yield "embedding"
        yield from (f"{layer}.{kind}" for kind in LAYER_TENSORS_V0 for layer in layers)
        yield from ("norm", "tables")
    else:
        yield from (f"{layer}.{kind}" for kind in LAYER_NORMS for layer in layers)
        yield from ("norm", "embedding")
        yield from (f"{layer}.{kind}" for kind in LAYER_MATRICES_V1 for layer in layers)
    if not shape.tied:
        yield "logits"


def header_v0(shape: LlamaShape) -> bytes:
    """The first 28 bytes of version 0."""
    vocab = shape.vocab if shape.tied else -shape.vocab
    return struct.pack("<6i", *header_fields(shape)[:5], vocab) + struct.pack("<i", shape.seq_len)


def header_v1(shape: LlamaShape, version: int, extra: bytes) -> bytes:
    """The first 256 bytes of versions 1 and 2; more: what version 2 adds."""
    header = struct.pack("<Ii7iB", MAGIC, version, *header_fields(shape), shape.tied) + extra
    return header.ljust(HEADER_BYTES, b"\0")


def read_llama2c_header(data: bytes) -> tuple[int, LlamaShape]:
    """Version and sizes of a file; ValueError where it cannot be one."""
    if len(data) < HEADER_BYTES:
        raise ValueError("this file is too short to be one of llama2.c's")
    magic, version = struct.unpack_from("<Ii", data)
    if magic != MAGIC:
        version, numbers = 0, struct.unpack_from("<7i", data)
        tied = numbers[5] > 0
    else:
        numbers, tied = struct.unpack_from("<7i", data, 8), bool(data[36])
    dim, hidden, layers, heads, kv_heads, vocab, seq_len = numbers
    if heads < 1 or kv_heads < 1 or dim % heads:
        raise ValueError("this file is not one of llama2.c's: its first numbers are no model's")
    return version, LlamaShape(
        dim, hidden, layers, heads, kv_heads, dim // heads, abs(vocab), seq_len, tied=tied
    )


def header_fields(shape: LlamaShape) -> tuple[int, ...]:
    """The seven numbers of every header."""
    s = shape
    return (s.dim, s.hidden, s.layers, s.heads, s.kv_heads, s.vocab, s.seq_len)


def rotary_tables(shape: LlamaShape) -> bytes:
    """Cosines, then sines of every position and rotary pair; run.c skips them.

    Reckoned by torch in float32, as the format's own writer does: the last bits are torch's.
    """
    pairs = torch.arange(0, shape.head_dim, 2).float() / shape.head_dim
    angle = torch.outer(torch.arange(shape.seq_len), 1 / shape.rope_base**pairs).float()
    return torch.stack([angle.cos(), angle.sin()]).numpy().astype("<f4").tobytes()


def check_llama2c_shape(shape: LlamaShape) -> None:
    """Refuse what llama2.c would run wrongly: its constants are in its code; ValueError."""
    if shape.sandwich:
        raise ValueError("llama2.c runs no sandwich: format=gguf or format=hub")
    for name, required in (("rope_base", 10000.0), ("norm_eps", 1e-5)):
        if getattr(shape, name) != required:
            raise ValueError(f"llama2.c has {name} {required:g} only, not {getattr(shape, name):g}")
    if shape.heads * shape.head_dim != shape.dim:
        raise ValueError(
            f"llama2.c needs heads x head_dim = dim: {shape.heads} x {shape.head_dim} is not "
            f"{shape.dim}; format=gguf has room for it"
        )
