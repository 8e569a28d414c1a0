"""Precision: device, number format, matrix-product setting, and whether a run is compiled.

Every choice follows from the configuration and the machine, never from a timing, so that the
same command gives the same bits.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import torch

from lab.kernels.numba_options import is_numba_installed

COMPILE_PAYS = 1e14  # operations: 15 to 20 minutes of a core; compiling takes 1, saves 2
EXACT_TOLERANCE = 1e-5  # relative error below which float32 products count as float32


@dataclass(frozen=True)
class Arithmetic:
    """How a run computes, as recorded beside its results.

    attention: "blocks" or "fused". kernels: "torch" or "numba", what stands between the matrix
    products. matmul: the float32 setting; matmul_error: its relative error.
    """

    device: torch.device
    dtype: torch.dtype
    compiled: bool
    attention: str
    matmul: str
    matmul_error: float
    kernels: str = "torch"

    def to_dict(self) -> dict[str, object]:
        """Plain data for environment.json."""
        dtype = str(self.dtype).removeprefix("torch.")
        return {**self.__dict__, "device": str(self.device), "dtype": dtype}


def choose_arithmetic(
    device: str,
    precision: str,
    compiling: bool | str,
    attention: str,
    operations: float,
    kernels: str = "torch",
) -> Arithmetic:
    """Resolve auto: bf16 on CUDA, float32 on a CPU, compiled where a run is long enough.

    operations: of the whole run. ValueError where CUDA, a compiler or Numba is asked for and
    missing, and for Numba's kernels elsewhere than on a CPU, in float32, not compiled.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device=cuda, but PyTorch sees no CUDA device here; use device=cpu")
    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    torch_device = torch.device("cuda" if cuda else "cpu")
    bf16 = precision == "bf16" or (precision == "auto" and cuda)
    compiler_found = can_compile(torch_device.type)
    if compiling is True and not compiler_found:
        raise ValueError("compile=true needs a C++ compiler (g++ or clang++) on the PATH")
    worth_compiling = compiling == "auto" and operations > COMPILE_PAYS and compiler_found
    if kernels == "numba":
        check_numba(torch_device, bf16, compiling is True)
        worth_compiling = False
    matmul, error = set_fast_matmul(torch_device)
    kernel = {"auto": "fused" if cuda else "blocks", "sdpa": "fused"}.get(attention, attention)
    dtype = torch.bfloat16 if bf16 else torch.float32
    compiled = compiling is True or worth_compiling
    return Arithmetic(torch_device, dtype, compiled, kernel, matmul, error, kernels)


def check_numba(device: torch.device, bf16: bool, compiling: bool) -> None:
    """Refuse kernels=numba where Numba is missing or its kernels cannot be used: ValueError."""
    if not is_numba_installed():
        raise ValueError("kernels=numba needs Numba: pip install 'model-breeding-lab[fast]'")
    if device.type != "cpu" or bf16 or compiling:
        raise ValueError("kernels=numba is for device=cpu, precision=fp32 and compile=false")


def can_compile(device: str = "cpu") -> bool:
    """Whether PyTorch can compile for a device: for a CPU it needs a C++ compiler."""
    return device == "cuda" or any(shutil.which(compiler) for compiler in ("g++", "clang++"))


def set_fast_matmul(device: torch.device) -> tuple[str, float]:
    """Choose the fastest exact setting for float32 matrix products; return (setting, its error).

    "medium" sends them to oneDNN, 2-3 x faster on many CPUs. Where a device would round them to
    bfloat16 instead, the self-test against float64 sees it and the setting goes back.
    """
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(256, 256, generator=generator) for _ in range(2))
    exact = a.double() @ b.double()
    error = 0.0
    for setting in ("medium", "highest"):
        torch.set_float32_matmul_precision(setting)
        product = a.to(device) @ b.to(device)
        error = float((product.cpu().double() - exact).norm() / exact.norm())
        if error < EXACT_TOLERANCE:
            break
    return setting, error
