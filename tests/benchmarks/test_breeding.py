"""The breeding benchmark: what it compares computes what it says, and its figures hang together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.benchmarks.breeding import COLUMNS, SIZES, related_genotypes, run, whole_tensor_slerp
from lab.models.architecture import Architecture

TINY = Architecture(vocab_size=11, dim=16, depth=2, heads=3, dim_head=4)


def test_sizes_are_what_they_are_called() -> None:
    for name, architecture in SIZES.items():
        assert f"{architecture.num_parameters / 1e6:.3g}M" == name


def test_the_peer_is_a_geodesic_of_whole_tensors() -> None:
    a, b = (np.random.default_rng(seed).normal(size=(4, 5)) for seed in (1, 2))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    child = whole_tensor_slerp(0.3, a, b)
    assert np.linalg.norm(child) == pytest.approx(1)
    angle = np.arccos((a * b).sum())
    assert np.arccos((a * child).sum()) == pytest.approx(0.3 * angle)


def test_the_peer_shrinks_opposites() -> None:
    a = np.eye(3)
    assert not whole_tensor_slerp(0.5, a, -a).any()


def test_figures_hang_together(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(rounds=2, sizes={"tiny": TINY})["tiny"]
    assert found["parameters"] == TINY.num_parameters
    assert found["kernel_over_floor"] == pytest.approx(found["kernel_ms"] / found["floor_ms"])
    assert all(value > 0 for value in found.values())
    assert set(found) == {"parameters", *COLUMNS}
    monkeypatch.setattr("lab.benchmarks.breeding.is_numba_installed", lambda: False)
    without = run(rounds=1, sizes={"tiny": TINY})["tiny"]
    assert set(without) == set(found) and without["numba_kernel_ms"] is None
    assert torch.get_num_threads() == 1


def test_relatives_are_related() -> None:
    a, b = related_genotypes(SIZES["3.18M"])
    angles = 2 * torch.asin((a.rows - b.rows).norm(dim=-1) / 2)
    assert 0.25 < float(angles.median()) < 0.35
