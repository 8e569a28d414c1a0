"""Pointwise math: what stands between the matrix products of an nGPT, and its gradients.

Each function reads its rows once and writes them once; torch's operators read and write them once
each. Shapes: B sequences, T characters, H heads, D = dim_head, N neurons; float32, contiguous.
Sums over rows (gradients of scales) are of BLOCK rows in float32, then in float64.
"""

from __future__ import annotations

import numpy as np

from lab.kernels.numba_options import compile_kernel
from lab.kernels.vector_math import exp_in_place, norm

BLOCK = 32
TINY = np.float32(1e-12)  # the least length divided by


@compile_kernel
def rotate_heads(qkv, cosine, sine, s_qk, has_norm, q, k, v, inverse):  # type: ignore[no-untyped-def]
    """Write rotated, normalized queries and keys and the values of qkv [B, T, 3, H, D].

    q, k, v [B, H, T, D]; pairs are (i, i + D / 2); cosine, sine [1 or B, T, D / 2]; s_qk [H, D]
    scales the queries. inverse [2, B, H, T] receives 1 / length of each query and key.
    """
    batch, length, _, heads, width = qkv.shape
    half = width // 2
    for b in range(batch):
        table = b if len(cosine) > 1 else 0
        for t in range(length):
            c, s = cosine[table, t], sine[table, t]
            for h in range(heads):
                for part in range(2):
                    row, out = qkv[b, t, part, h], q[b, h, t] if part == 0 else k[b, h, t]
                    factor = np.float32(1.0)
                    if has_norm:
                        factor = np.float32(1.0) / max(norm(row), TINY)
                    inverse[part, b, h, t] = factor
                    for i in range(half):
                        x, y = row[i] * factor, row[half + i] * factor
                        out[i] = x * c[i] - y * s[i]
                        out[half + i] = y * c[i] + x * s[i]
                queries, values, source = q[b, h, t], v[b, h, t], qkv[b, t, 2, h]
                for i in range(width):
                    queries[i] *= s_qk[h, i]
                    values[i] = source[i]


@compile_kernel
def rotate_heads_gradient(  # type: ignore[no-untyped-def]
    qkv, cosine, sine, s_qk, has_norm, inverse, grad_q, grad_k, grad_v, grad_qkv, grad_s
):
    """Write the gradients of `rotate_heads` for qkv and, float64, for s_qk."""
    batch, length, _, heads, width = qkv.shape
    half = width // 2
    unit, grad = np.empty(width, np.float32), np.empty(width, np.float32)
    sums, rows = np.zeros((heads, width), np.float32), 0
    grad_s[:] = 0
    for b in range(batch):
        table = b if len(cosine) > 1 else 0
        for t in range(length):
            c, s = cosine[table, t], sine[table, t]
            for h in range(heads):
                for part in range(2):
                    row, out = qkv[b, t, part, h], grad_qkv[b, t, part, h]
                    given = grad_q[b, h, t] if part == 0 else grad_k[b, h, t]
                    factor = inverse[part, b, h, t]
                    for i in range(half):
                        x, y = row[i] * factor, row[half + i] * factor
                        unit[i] = x * c[i] - y * s[i]
                        unit[half + i] = y * c[i] + x * s[i]
                    if part == 0:
                        for i in range(width):
                            sums[h, i] += given[i] * unit[i]
                            grad[i] = given[i] * s_qk[h, i]
                    else:
                        for i in range(width):
                            grad[i] = given[i]
                    if has_norm:
                        along = np.float32(0.0)
                        for i in range(width):
                            along += grad[i] * unit[i]
                        for i in range(width):
                            grad[i] = (grad[i] - along * unit[i]) * factor
                    for i in range(half):
                        x, y = grad[i], grad[half + i]
                        out[i] = x * c[i] + y * s[i]
                        out[half + i] = y * c[i] - x * s[i]
                source, values = grad_v[b, h, t], grad_qkv[b, t, 2, h]
                for i in range(width):
                    values[i] = source[i]
            rows += 1
            if rows % BLOCK == 0:
                grad_s += sums
                sums[:] = 0
    grad_s += sums


@compile_kernel
def residual_forward(x, y, alpha, out, inverse):  # type: ignore[no-untyped-def]
    """Write normalize(x + alpha (normalize(y) - x)) of rows [n, dim] into out.

    inverse [2, n] receives 1 / length of y and of the sum.
    """
    for row in range(len(x)):
        start, branch, end = x[row], y[row], out[row]
        factor = np.float32(1.0) / max(norm(branch), TINY)
        inverse[0, row] = factor
        for i in range(len(end)):
            end[i] = start[i] + alpha[i] * (branch[i] * factor - start[i])
        factor = np.float32(1.0) / max(norm(end), TINY)
        inverse[1, row] = factor
        for i in range(len(end)):
            end[i] *= factor


@compile_kernel
def residual_gradient(x, y, alpha, out, inverse, grad, grad_x, grad_y, grad_alpha):  # type: ignore[no-untyped-def]
    """Write the gradients of `residual_forward` for x and y [n, dim] and, float64, for alpha."""
    sums = np.zeros(x.shape[1], np.float32)
    grad_alpha[:] = 0
    for row in range(len(x)):
        start, branch, end, given = x[row], y[row], out[row], grad[row]
        to_x, to_y = grad_x[row], grad_y[row]
        unit_factor, end_factor = inverse[0, row], inverse[1, row]
        along = np.float32(0.0)
        for i in range(len(end)):
            along += given[i] * end[i]
        along_unit = np.float32(0.0)
        for i in range(len(end)):
            g, unit = (given[i] - along * end[i]) * end_factor, branch[i] * unit_factor
            sums[i] += g * (unit - start[i])
            to_x[i] = g * (np.float32(1.0) - alpha[i])
            to_y[i] = g * alpha[i]
            along_unit += to_y[i] * unit
        for i in range(len(end)):
            to_y[i] = (to_y[i] - along_unit * branch[i] * unit_factor) * unit_factor
        if row % BLOCK == BLOCK - 1:
            grad_alpha += sums
            sums[:] = 0
    grad_alpha += sums


@compile_kernel
def swiglu_forward(up, out):  # type: ignore[no-untyped-def]
    """Write hidden times silu(gate) into out [n, N]; up [n, 2 N] is hidden, then gate."""
    size = out.shape[1]
    powers = np.empty(size, np.int32)
    for row in range(len(out)):
        hidden, gate, neurons = up[row, :size], up[row, size:], out[row]
        for i in range(size):
            neurons[i] = min(-gate[i], np.float32(87.0))
        exp_in_place(neurons, powers)
        for i in range(size):
            neurons[i] = hidden[i] * gate[i] / (np.float32(1.0) + neurons[i])


@compile_kernel
def swiglu_gradient(up, grad, grad_up):  # type: ignore[no-untyped-def]
    """Write the gradient of `swiglu_forward` into grad_up [n, 2 N]; grad [n, N]."""
    size = grad.shape[1]
    powers, share = np.empty(size, np.int32), np.empty(size, np.float32)
    for row in range(len(grad)):
        hidden, gate, given = up[row, :size], up[row, size:], grad[row]
        to_hidden, to_gate = grad_up[row, :size], grad_up[row, size:]
        for i in range(size):
            share[i] = min(-gate[i], np.float32(87.0))
        exp_in_place(share, powers)
        for i in range(size):
            sigmoid = np.float32(1.0) / (np.float32(1.0) + share[i])
            to_hidden[i] = given[i] * gate[i] * sigmoid
            to_gate[i] = (
                given[i] * hidden[i] * sigmoid
                * (np.float32(1.0) + gate[i] * (np.float32(1.0) - sigmoid))
            )  # fmt: skip
