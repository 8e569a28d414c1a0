"""Which arithmetic is chosen: by configuration and machine, never by a timing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
import torch

from lab.training import precision
from lab.training.precision import COMPILE_PAYS, EXACT_TOLERANCE, choose_arithmetic, set_fast_matmul


@pytest.fixture(autouse=True)
def same_products_after() -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    yield
    torch.set_float32_matmul_precision(before)


@pytest.fixture
def cuda(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Pretend that there is CUDA, or that there is none."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    monkeypatch.setattr(precision, "set_fast_matmul", lambda device: ("medium", 0.0))
    return bool(request.param)


@pytest.mark.parametrize("cuda", [True, False], indirect=True)
def test_auto_is_the_machines_best(cuda: bool) -> None:
    found = choose_arithmetic("auto", "auto", False, "auto", 0)
    wanted = ("cuda", torch.bfloat16, "fused") if cuda else ("cpu", torch.float32, "blocks")
    assert (found.device.type, found.dtype, found.attention) == wanted


@pytest.mark.parametrize("cuda", [True, False], indirect=True)
def test_what_is_said_is_done(cuda: bool) -> None:
    found = choose_arithmetic("cpu", "bf16", False, "sdpa", 0)
    assert (found.device.type, found.dtype, found.attention) == ("cpu", torch.bfloat16, "fused")
    assert choose_arithmetic("auto", "fp32", False, "blocks", 0).attention == "blocks"


@pytest.mark.parametrize("cuda", [False], indirect=True)
def test_cuda_where_there_is_none_is_refused(cuda: bool) -> None:
    with pytest.raises(ValueError, match="device=cuda, but .* use device=cpu"):
        choose_arithmetic("cuda", "auto", False, "auto", 0)


@pytest.mark.parametrize("compiler", ["/usr/bin/g++", None])
def test_long_runs_compile_where_there_is_a_compiler(
    monkeypatch: pytest.MonkeyPatch, compiler: str | None
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: compiler)
    assert choose_arithmetic("cpu", "auto", "auto", "auto", 2 * COMPILE_PAYS).compiled == bool(
        compiler
    )
    assert not choose_arithmetic("cpu", "auto", "auto", "auto", 0.5 * COMPILE_PAYS).compiled
    assert not choose_arithmetic("cpu", "auto", False, "auto", 2 * COMPILE_PAYS).compiled
    if compiler:
        assert choose_arithmetic("cpu", "auto", True, "auto", 0).compiled
    else:
        with pytest.raises(ValueError, match="needs a C"):
            choose_arithmetic("cpu", "auto", True, "auto", 0)


def test_products_that_would_be_rounded_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    setting, error = set_fast_matmul(torch.device("cpu"))
    assert error < EXACT_TOLERANCE and torch.get_float32_matmul_precision() == setting
    exact = torch.Tensor.__matmul__

    def rounded(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        if a.dtype == torch.float32 and torch.get_float32_matmul_precision() == "medium":
            return exact(a.bfloat16(), b.bfloat16()).float()
        return exact(a, b)

    monkeypatch.setattr(torch.Tensor, "__matmul__", rounded)
    setting, error = set_fast_matmul(torch.device("cpu"))
    assert setting == "highest" == torch.get_float32_matmul_precision() and error < EXACT_TOLERANCE


def test_an_arithmetic_is_recorded_in_plain_words() -> None:
    told = choose_arithmetic("cpu", "bf16", False, "auto", 0).to_dict()
    assert (told["device"], told["dtype"], told["compiled"]) == ("cpu", "bfloat16", False)
    assert set(map(type, told.values())) <= {str, bool, float}


def test_numbas_kernels_are_for_float32_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose_arithmetic("cpu", "fp32", "auto", "auto", 2 * COMPILE_PAYS, "numba")
    assert (found.kernels, found.compiled) == ("numba", False)
    assert found.to_dict()["kernels"] == "numba"
    for number_format, compiling in (("bf16", False), ("fp32", True)):
        monkeypatch.setattr("lab.training.precision.can_compile", lambda _: True)
        with pytest.raises(ValueError, match="kernels=numba is for device=cpu"):
            choose_arithmetic("cpu", number_format, compiling, "auto", 0, "numba")
    monkeypatch.setattr("lab.training.precision.is_numba_installed", lambda: False)
    with pytest.raises(ValueError, match=r"pip install 'model-breeding-lab\[fast\]'"):
        choose_arithmetic("cpu", "fp32", False, "auto", 0, "numba")
