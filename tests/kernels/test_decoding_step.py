"""The parts of a decoding step, each beside torch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.kernels import decoding_step
from lab.models.residual import lerp_residual


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def close(found: np.ndarray, wanted: Tensor) -> bool:
    return bool(np.abs(found - wanted.numpy()).max() < 2e-6 * float(wanted.abs().max()) + 1e-7)


@pytest.mark.parametrize("n", [1, 3, 8, 22])
def test_products(n: int) -> None:
    x, weight, y = drawn(n), drawn(n, 37, seed=1), np.empty(37, np.float32)
    decoding_step.matrix_product(x, weight, y)
    assert np.abs(y - x.astype(np.float64) @ weight).max() < 1e-5


def test_residual_steps() -> None:
    x, y, alpha = drawn(3, 20), drawn(3, 20, seed=1), np.abs(drawn(20, seed=2)) / 3
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    unit = torch.nn.functional.normalize(torch.from_numpy(y), dim=-1)
    wanted = lerp_residual(torch.from_numpy(x), unit, torch.from_numpy(alpha)).clone()
    decoding_step.residual_rows(x, y, alpha)
    assert close(x, wanted)


def test_gates() -> None:
    up, neurons = 30 * drawn(2, 26), np.empty((2, 13), np.float32)
    up[0, 13:16] = (-200, 0, 200)  # silu is nothing, nothing and the gate itself
    hidden, gate = torch.from_numpy(up).chunk(2, dim=-1)
    decoding_step.gate_rows(up, neurons)
    assert close(neurons, torch.nn.functional.silu(gate) * hidden)


def test_attention_over_a_part_of_the_slots() -> None:
    queries, kv, mixed = 3 * drawn(2, 8), drawn(2, 2, 30, 8, seed=1), np.empty((2, 8), np.float32)
    decoding_step.attend_slots(queries, kv, 4, 21, mixed)
    q, (k, v) = torch.from_numpy(queries)[:, None], torch.from_numpy(kv)[:, :, 4:21]
    wanted = torch.nn.functional.scaled_dot_product_attention(q, k, v, scale=1.0)
    assert close(mixed, wanted[:, 0])
