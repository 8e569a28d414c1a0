"""Numbers that are too small: zero for as long as that is asked, and no longer."""

from __future__ import annotations

import pytest
import torch

from lab.attention_maps.denormals import flush_denormals


def denormal() -> bool:
    return bool((torch.tensor([1e-40]) * 0.5)[0] > 0)


def test_they_are_zero_while_it_lasts_whatever_happens() -> None:
    assert denormal()
    with flush_denormals():
        assert not denormal()
    assert denormal()
    with pytest.raises(KeyError), flush_denormals():
        raise KeyError
    assert denormal()
