"""Decoding step: one character of an nGPT with a KV cache, or what stands between its products.

Row by row, everything of a layer stays in the processor's cache. For one sequence the products
are made here too, as torch's read the weights more slowly; for many, torch's are faster.

Shapes: B sequences, L layers, H heads, D = dim_head, N neurons, V vocabulary, T slots. qkv
[B, 3 H D] holds queries, keys and values with rotary pairs side by side; kv is the cache
[B, 2, H, T, D] of a layer. All float32 and contiguous in the last axis.
"""

from __future__ import annotations

import numpy as np

from lab.kernels.numba_options import compile_kernel
from lab.kernels.vector_math import exp_in_place, norm

TINY = np.float32(1e-12)  # the least length divided by


@compile_kernel
def matrix_product(x, weight, y):  # type: ignore[no-untyped-def]
    """Write x [n] times weight [n, m] into y [m]; four rows of the weight at a time."""
    y[:] = 0
    whole = len(x) // 4 * 4
    for i in range(0, whole, 4):
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        first, second, third, fourth = weight[i], weight[i + 1], weight[i + 2], weight[i + 3]
        for j in range(len(y)):
            y[j] += a * first[j] + b * second[j] + c * third[j] + d * fourth[j]
    for i in range(whole, len(x)):
        for j in range(len(y)):
            y[j] += x[i] * weight[i, j]


@compile_kernel
def residual_step(x, y, alpha):  # type: ignore[no-untyped-def]
    """Move x [dim] to normalize(x + alpha (normalize(y) - x))."""
    factor = np.float32(1.0) / max(norm(y), TINY)
    for i in range(len(x)):
        x[i] += alpha[i] * (y[i] * factor - x[i])
    factor = np.float32(1.0) / max(norm(x), TINY)
    for i in range(len(x)):
        x[i] *= factor


@compile_kernel
def gate_neurons(up, neurons):  # type: ignore[no-untyped-def]
    """Write hidden times silu(gate) into neurons [N]; up [2 N] is hidden, then gate."""
    size = len(neurons)
    hidden, gate = up[:size], up[size:]
    powers = np.empty(size, np.int32)
    for i in range(size):
        neurons[i] = min(-gate[i], np.float32(87.0))
    exp_in_place(neurons, powers)
    for i in range(size):
        neurons[i] = hidden[i] * gate[i] / (np.float32(1.0) + neurons[i])


@compile_kernel
def rotate_and_store(qkv, cosine, sine, s_qk, norm_qk, first_values, mixes, kv, slot):  # type: ignore[no-untyped-def]
    """Rotate and normalize queries and keys in qkv [3, H, D]; store key and value in kv.

    cosine, sine [D / 2]; s_qk [H, D] scales the queries. mixes: the first layer's values, halved
    weights already applied to the others', are added at half.
    """
    for head in range(qkv.shape[1]):
        for part in range(2):
            row = qkv[part, head]
            for pair in range(len(cosine)):
                x, y = row[2 * pair], row[2 * pair + 1]
                row[2 * pair] = x * cosine[pair] - y * sine[pair]
                row[2 * pair + 1] = x * sine[pair] + y * cosine[pair]
            if norm_qk:
                factor = np.float32(1.0) / norm(row)
                for i in range(len(row)):
                    row[i] *= factor
        value = qkv[2, head]
        for i in range(len(value)):
            qkv[0, head, i] *= s_qk[head, i]
            if mixes:
                value[i] += np.float32(0.5) * first_values[head, i]
            kv[0, head, slot, i] = qkv[1, head, i]
            kv[1, head, slot, i] = value[i]


@compile_kernel
def attend_slots(queries, kv, start, end, mixed):  # type: ignore[no-untyped-def]
    """Write softmax attention of queries [H, D] over slots start..end of kv into mixed [H, D]."""
    scores, powers = np.empty(end - start, np.float32), np.empty(end - start, np.int32)
    for head in range(queries.shape[0]):
        query, keys, values = queries[head], kv[0, head], kv[1, head]
        largest = np.float32(-np.inf)
        for slot in range(start, end):
            score, key = np.float32(0.0), keys[slot]
            for i in range(len(query)):
                score += query[i] * key[i]
            scores[slot - start] = score
            largest = max(largest, score)
        for t in range(len(scores)):
            scores[t] -= largest
        exp_in_place(scores, powers)
        total = np.float32(0.0)
        for t in range(len(scores)):
            total += scores[t]
        out = mixed[head]
        out[:] = 0
        for t in range(len(scores)):
            weight, value = scores[t] / total, values[start + t]
            for i in range(len(out)):
                out[i] += weight * value[i]


@compile_kernel
def attend_rows(qkv, cosine, sine, s_qk, norm_qk, first_values, mixes, kv, starts, slot, mixed):  # type: ignore[no-untyped-def]
    """Rotate, store and attend for every row of qkv [B, 3, H, D]; mixed [B, H, D] is written.

    cosine, sine [B, D / 2]; starts [B]: the first slot of each row; slot: where the new one goes.
    """
    for b in range(qkv.shape[0]):
        rotate_and_store(
            qkv[b], cosine[b], sine[b], s_qk, norm_qk, first_values[b], mixes, kv[b], slot
        )
        attend_slots(qkv[b, 0], kv[b], starts[b], slot + 1, mixed[b])


@compile_kernel
def residual_rows(x, y, alpha):  # type: ignore[no-untyped-def]
    """Apply `residual_step` to every row of x and y [B, dim]."""
    for b in range(x.shape[0]):
        residual_step(x[b], y[b], alpha)


@compile_kernel
def gate_rows(up, neurons):  # type: ignore[no-untyped-def]
    """Apply `gate_neurons` to every row of up [B, 2 N] and neurons [B, N]."""
    for b in range(up.shape[0]):
        gate_neurons(up[b], neurons[b])


@compile_kernel
def layer_of_one(  # type: ignore[no-untyped-def]
    x, qkv, qkv_weight, cosine, sine, s_qk, norm_qk, first_values, mixes, kv, start, slot,
    mixed, out, alpha_attn, y, up, up_weight, neurons, down, alpha_mlp,
):  # fmt: skip
    """Apply a whole layer to one sequence's x [dim], products included."""
    matrix_product(x, qkv_weight, qkv.reshape(-1))
    rotate_and_store(qkv, cosine, sine, s_qk, norm_qk, first_values, mixes, kv, slot)
    attend_slots(qkv[0], kv, start, slot + 1, mixed)
    matrix_product(mixed.reshape(-1), out, y)
    residual_step(x, y, alpha_attn)
    matrix_product(x, up_weight, up)
    gate_neurons(up, neurons)
    matrix_product(neurons, down, y)
    residual_step(x, y, alpha_mlp)
