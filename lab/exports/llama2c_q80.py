"""llama2.c's model files of version 2: Q8_0, an int8 a weight and a float32 scale a group.

Karpathy 2023, llama2.c (export.py, runq.c), https://github.com/karpathy/llama2.c.

w ~ scale * q with scale = max |w| / 127 over `group` weights in a row and q = round(w / scale).
Norms stay float32. runq.c splits every row into whole groups, so `group` divides dim and hidden: it
is 1, and nothing is saved, where the number of neurons is odd.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lab.exports.llama2c import HEADER, KINDS_1, NORMS, check, header_1, read_header
from lab.exports.llama_shape import Array, Sizes
from lab.exports.numpy_llama import Llama


@dataclass(frozen=True)
class Quantised:
    """Norms [dim] in float32, and of every matrix its int8 values and float32 scales, both flat."""

    sizes: Sizes
    group: int
    norms: Mapping[str, Array]
    values: Mapping[str, Array]
    scales: Mapping[str, Array]

    def llama(self) -> Llama:
        """The model that an engine runs, its weights as float32 again."""
        shapes = self.sizes.shapes()
        arrays = {
            name: (values.reshape(-1, self.group) * self.scales[name][:, None]).reshape(
                shapes[name]
            )
            for name, values in self.values.items()
        }
        return Llama(self.sizes, arrays | dict(self.norms))


def quantise(model: Llama, largest: int = 64) -> Quantised:
    """Round a model's matrices, in the largest groups that fit; ValueError as `check` does."""
    check(model.sizes)
    group = largest
    while model.sizes.dim % group or model.sizes.hidden % group:
        group //= 2
    values, scales = {}, {}
    for name in matrices(model.sizes):
        weights = model.arrays[name].reshape(-1, group)
        scale = np.abs(weights).max(1) / np.float32(127)
        divisor = np.where(scale > 0, scale, np.float32(1))  # a group of zeros stays one
        values[name] = np.round(weights / divisor[:, None]).astype(np.int8).reshape(-1)
        scales[name] = scale
    norms = {name: model.arrays[name] for name in floats(model.sizes)}
    return Quantised(model.sizes, group, norms, values, scales)


def write(model: Quantised) -> bytes:
    """The file of a quantised model."""
    parts = [header_1(model.sizes, 2, struct.pack("<i", model.group))]
    parts += [model.norms[name].astype("<f4").tobytes() for name in floats(model.sizes)]
    for name in matrices(model.sizes):
        parts += [model.values[name].tobytes(), model.scales[name].astype("<f4").tobytes()]
    return b"".join(parts)


def read(data: bytes) -> Quantised:
    """The quantised model in a file; ValueError where it is none, or bytes are left over."""
    version, sizes = read_header(data)
    group = struct.unpack_from("<i", data, 37)[0]
    if version != 2 or group < 1 or sizes.dim % group or sizes.hidden % group:
        raise ValueError("this is not a llama2.c file of version 2")
    shapes, start = sizes.shapes(), HEADER
    counts = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    wanted = HEADER + 4 * sum(counts[name] for name in floats(sizes))
    wanted += sum(counts[name] + 4 * (counts[name] // group) for name in matrices(sizes))
    if len(data) != wanted:
        raise ValueError(f"a llama2.c file of this shape has {wanted} bytes, not {len(data)}")
    norms, values, scales = {}, {}, {}
    for name in floats(sizes):
        norms[name] = np.frombuffer(data, "<f4", counts[name], start).astype(np.float32)
        start += 4 * counts[name]
    for name in matrices(sizes):
        values[name] = np.frombuffer(data, np.int8, counts[name], start)
        start += counts[name]
        scale = np.frombuffer(data, "<f4", counts[name] // group, start)
        scales[name] = scale.astype(np.float32)
        start += scale.nbytes
    return Quantised(sizes, group, norms, values, scales)


def floats(sizes: Sizes) -> Iterator[str]:
    """The tensors that stay float32, in their order."""
    yield from (f"{layer}.{kind}" for kind in NORMS for layer in range(sizes.layers))
    yield "norm"


def matrices(sizes: Sizes) -> Iterator[str]:
    """The tensors that are rounded, in their order."""
    yield "embedding"
    yield from (f"{layer}.{kind}" for kind in KINDS_1 for layer in range(sizes.layers))
    if not sizes.tied:
        yield "logits"
