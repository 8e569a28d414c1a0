"""Numba's options: what is missing is said by a flag, not by a failed import."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from lab.kernels.numba_options import compile_kernel, is_numba_installed


def test_a_missing_package_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_numba_installed()
    monkeypatch.setattr("lab.kernels.numba_options.find_spec", lambda name: None)
    assert not is_numba_installed()
    assert importlib.util.find_spec("numba") is not None


def test_infinity_keeps_its_meaning() -> None:
    @compile_kernel
    def largest(x):  # type: ignore[no-untyped-def]
        value = np.float32(-np.inf)
        for i in range(len(x)):
            value = max(value, x[i])
        return value

    assert largest(np.array([-np.inf, -1], np.float32)) == -1
    assert largest(np.array([-np.inf], np.float32)) == -np.inf
