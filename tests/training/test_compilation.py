"""Compilation: the same values as the eager function, or a refusal."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.training.compilation import compile_function
from lab.training.precision import can_compile

pytestmark = [
    pytest.mark.skipif(not can_compile(), reason="there is no C++ compiler here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # PyTorch's own, on import
]


def test_a_compiled_function_computes_the_same() -> None:
    def function(x: Tensor) -> Tensor:
        return (x.sin() + 1).sum()

    x = torch.linspace(0, 1, 64)
    assert float(compile_function(function)(x)) == pytest.approx(float(function(x)), rel=1e-6)


def test_a_whole_graph_is_not_broken_silently() -> None:
    def function(x: Tensor) -> Tensor:
        torch._dynamo.graph_break()
        return x + 1

    with pytest.raises(torch._dynamo.exc.Unsupported):
        compile_function(function, fullgraph=True)(torch.zeros(3))
