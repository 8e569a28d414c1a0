"""Q8_0 quantisation: llama2.c's files of version 2, int8 weights with a float32 scale a group.

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

from lab.exports.llama2c import (
    HEADER_BYTES,
    LAYER_MATRICES_V1,
    LAYER_NORMS,
    check_llama2c_shape,
    header_v1,
    read_llama2c_header,
)
from lab.exports.llama_shape import Array, LlamaShape
from lab.exports.numpy_llama import NumpyLlama


@dataclass(frozen=True)
class QuantisedLlama:
    """Norms [dim] in float32, and of every matrix its int8 values and float32 scales, both flat."""

    shape: LlamaShape
    group: int
    norms: Mapping[str, Array]
    values: Mapping[str, Array]
    scales: Mapping[str, Array]

    def dequantise(self) -> NumpyLlama:
        """The model that an engine runs, its weights as float32 again."""
        shapes = self.shape.tensor_shapes()
        arrays = {
            name: (values.reshape(-1, self.group) * self.scales[name][:, None]).reshape(
                shapes[name]
            )
            for name, values in self.values.items()
        }
        return NumpyLlama(self.shape, arrays | dict(self.norms))


def quantise_q80(model: NumpyLlama, max_group: int = 64) -> QuantisedLlama:
    """Round a model's matrices, in the largest groups that fit; ValueError as `check` does."""
    check_llama2c_shape(model.shape)
    group = max_group
    while model.shape.dim % group or model.shape.hidden % group:
        group //= 2
    values, scales = {}, {}
    for name in matrix_tensors(model.shape):
        weights = model.arrays[name].reshape(-1, group)
        scale = np.abs(weights).max(1) / np.float32(127)
        divisor = np.where(scale > 0, scale, np.float32(1))  # a group of zeros stays one
        values[name] = np.round(weights / divisor[:, None]).astype(np.int8).reshape(-1)
        scales[name] = scale
    norms = {name: model.arrays[name] for name in float_tensors(model.shape)}
    return QuantisedLlama(model.shape, group, norms, values, scales)


def write_q80(model: QuantisedLlama) -> bytes:
    """The file of a quantised model."""
    parts = [header_v1(model.shape, 2, struct.pack("<i", model.group))]
    parts += [model.norms[name].astype("<f4").tobytes() for name in float_tensors(model.shape)]
    for name in matrix_tensors(model.shape):
        parts += [model.values[name].tobytes(), model.scales[name].astype("<f4").tobytes()]
    return b"".join(parts)


def read_q80(data: bytes) -> QuantisedLlama:
    """The quantised model in a file; ValueError where it is none, or bytes are left over."""
    version, shape = read_llama2c_header(data)
    group = struct.unpack_from("<i", data, 37)[0]
    if version != 2 or group < 1 or shape.dim % group or shape.hidden % group:
        raise ValueError("this is not a llama2.c file of version 2")
    shapes, offset = shape.tensor_shapes(), HEADER_BYTES
    counts = {name: int(np.prod(dimensions)) for name, dimensions in shapes.items()}
    expected_bytes = HEADER_BYTES + 4 * sum(counts[name] for name in float_tensors(shape))
    expected_bytes += sum(
        counts[name] + 4 * (counts[name] // group) for name in matrix_tensors(shape)
    )
    if len(data) != expected_bytes:
        raise ValueError(
            f"a llama2.c file of this shape has {expected_bytes} bytes, not {len(data)}"
        )
    norms, values, scales = {}, {}, {}
    for name in float_tensors(shape):
        norms[name] = np.frombuffer(data, "<f4", counts[name], offset).astype(np.float32)
        offset += 4 * counts[name]
    for name in matrix_tensors(shape):
        values[name] = np.frombuffer(data, np.int8, counts[name], offset)
        offset += counts[name]
        scale = np.frombuffer(data, "<f4", counts[name] // group, offset)
        scales[name] = scale.astype(np.float32)
        offset += scale.nbytes
    return QuantisedLlama(shape, group, norms, values, scales)


def float_tensors(shape: LlamaShape) -> Iterator[str]:
    """The tensors that stay float32, in their order."""
    yield from (f"{layer}.{kind}" for kind in LAYER_NORMS for layer in range(shape.layers))
    yield "norm"


def matrix_tensors(shape: LlamaShape) -> Iterator[str]:
    """The tensors that are rounded, in their order."""
    yield "embedding"
    yield from (f"{layer}.{kind}" for kind in LAYER_MATRICES_V1 for layer in range(shape.layers))
    if not shape.tied:
        yield "logits"
