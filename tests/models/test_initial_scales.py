"""Initial scales: the effective value of every block is the constant that its kind names."""

from typing import Any

import pytest
import torch

from lab.models.initial_scales import scale_constants
from lab.models.parameter_spec import PARAMETER_SPECS


@pytest.mark.parametrize("kind", sorted(PARAMETER_SPECS))
def test_effective_scales_are_the_constants(make: Any, kind: str) -> None:
    one = make(kind=kind)
    layout, constants = one.layout, scale_constants(one.architecture)
    effective = layout.initial_scales() * layout.multipliers()
    for name, block in layout.scale_blocks.items():
        value, _ = constants[name.rsplit(".", 1)[-1]]
        torch.testing.assert_close(effective[block], torch.full_like(effective[block], value))


def test_nested_constants_are_those_of_the_paper(make: Any) -> None:
    a = make().architecture
    constants = scale_constants(a)
    assert constants["alpha"] == (a.alpha, a.dim**-0.5) and constants["s_u"] == (1.0, 1.0)
