"""llama2.c's model files: version 0 (what run.c reads) and version 1, written and read.

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

from lab.exports.llama_shape import Array, Sizes
from lab.exports.numpy_llama import Llama

MAGIC = 0x616B3432  # "ak42"
HEADER = 256
KINDS_0 = (
    "attention_norm", "wq", "wk", "wv", "wo", "ffn_norm", "w1", "w2", "w3",
)  # fmt: skip
KINDS_1 = ("wq", "wk", "wv", "wo", "w1", "w2", "w3")
NORMS = ("attention_norm", "ffn_norm")


def write(model: Llama, version: int = 0) -> bytes:
    """The file of a model; ValueError where the engine's constants are not the model's."""
    check(model.sizes)
    head = header_0(model.sizes) if version == 0 else header_1(model.sizes, 1, b"")
    return head + b"".join(
        table(model.sizes) if name == "tables" else model.arrays[name].astype("<f4").tobytes()
        for name in order(model.sizes, version)
    )


def read(data: bytes) -> Llama:
    """The model in a file of version 0 or 1; ValueError where it is none, or bytes are left."""
    version, sizes = read_header(data)
    if version not in (0, 1):
        raise ValueError(f"a llama2.c file of version {version} is not read here")
    shapes = sizes.shapes() | {"tables": (2, sizes.seq_len, sizes.head_dim // 2)}
    names = list(order(sizes, version))
    start = 28 if version == 0 else HEADER
    wanted = start + 4 * sum(int(np.prod(shapes[name])) for name in names)
    if len(data) != wanted:
        raise ValueError(f"a llama2.c file of this shape has {wanted} bytes, not {len(data)}")
    arrays: dict[str, Array] = {}
    for name in names:
        count = int(np.prod(shapes[name]))
        part = np.frombuffer(data, "<f4", count, start).reshape(shapes[name])
        arrays[name] = part.astype(np.float32)
        start += 4 * count
    arrays.pop("tables", None)  # of use to nobody: engines reckon the angles themselves
    return Llama(sizes, arrays)


def order(sizes: Sizes, version: int) -> Iterator[str]:
    """The names of a file's tensors, as they follow each other."""
    layers = range(sizes.layers)
    if version == 0:
        yield "embedding"
        yield from (f"{layer}.{kind}" for kind in KINDS_0 for layer in layers)
        yield from ("norm", "tables")
    else:
        yield from (f"{layer}.{kind}" for kind in NORMS for layer in layers)
        yield from ("norm", "embedding")
        yield from (f"{layer}.{kind}" for kind in KINDS_1 for layer in layers)
    if not sizes.tied:
        yield "logits"


def header_0(sizes: Sizes) -> bytes:
    """The first 28 bytes of version 0."""
    vocab = sizes.vocab if sizes.tied else -sizes.vocab
    return struct.pack("<6i", *shape(sizes)[:5], vocab) + struct.pack("<i", sizes.seq_len)


def header_1(sizes: Sizes, version: int, more: bytes) -> bytes:
    """The first 256 bytes of versions 1 and 2; more: what version 2 adds."""
    head = struct.pack("<Ii7iB", MAGIC, version, *shape(sizes), sizes.tied) + more
    return head.ljust(HEADER, b"\0")


def read_header(data: bytes) -> tuple[int, Sizes]:
    """Version and sizes of a file; ValueError where it cannot be one."""
    if len(data) < HEADER:
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
    return version, Sizes(
        dim, hidden, layers, heads, kv_heads, dim // heads, abs(vocab), seq_len, tied=tied
    )


def shape(sizes: Sizes) -> tuple[int, ...]:
    """The seven numbers of every header."""
    s = sizes
    return (s.dim, s.hidden, s.layers, s.heads, s.kv_heads, s.vocab, s.seq_len)


def table(sizes: Sizes) -> bytes:
    """Cosines, then sines of every position and rotary pair; run.c skips them.

    Reckoned by torch in float32, as the format's own writer does: the last bits are torch's.
    """
    pairs = torch.arange(0, sizes.head_dim, 2).float() / sizes.head_dim
    angle = torch.outer(torch.arange(sizes.seq_len), 1 / sizes.rope_base**pairs).float()
    return torch.stack([angle.cos(), angle.sin()]).numpy().astype("<f4").tobytes()


def check(sizes: Sizes) -> None:
    """Refuse what llama2.c would run wrongly: its constants are in its code; ValueError."""
    if sizes.sandwich:
        raise ValueError("llama2.c runs no sandwich: format=gguf or format=hub")
    for name, wanted in (("rope_base", 10000.0), ("norm_eps", 1e-5)):
        if getattr(sizes, name) != wanted:
            raise ValueError(f"llama2.c has {name} {wanted:g} only, not {getattr(sizes, name):g}")
    if sizes.heads * sizes.head_dim != sizes.dim:
        raise ValueError(
            f"llama2.c needs heads x head_dim = dim: {sizes.heads} x {sizes.head_dim} is not "
            f"{sizes.dim}; format=gguf has room for it"
        )
