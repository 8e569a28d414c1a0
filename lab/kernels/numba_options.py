"""Numba options: whether the extra `fast` is installed, and how its functions are compiled.

Sums may be reordered and fused, so results differ from torch's in the last bits, and from machine
to machine. NaN and infinity keep their meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

OPTIONS: dict[str, Any] = {"fastmath": {"contract", "reassoc", "nsz"}, "cache": True, "nogil": True}


def is_numba_installed() -> bool:
    """Whether Numba can be imported: pip install 'model-breeding-lab[fast]'."""
    return find_spec("numba") is not None


def compile_kernel(function: Callable[..., Any]) -> Any:
    """Compile a function at its first call; its machine code is kept on the disk beside it."""
    import numba

    return numba.njit(error_model="numpy", **OPTIONS)(function)
