"""Pointwise operations: the two sets by their names."""

from __future__ import annotations

from lab.models.numba_pointwise import NUMBA
from lab.models.pointwise import TORCH, get_pointwise


def test_the_operations_go_by_the_name_of_their_kernels() -> None:
    assert get_pointwise("torch") is TORCH
    assert get_pointwise("numba") is NUMBA
