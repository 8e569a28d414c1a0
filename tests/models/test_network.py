"""The network of a kind: each has the module that computes it, by the same words."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lab.models import network
from lab.models.parameter_spec import PARAMETER_SPECS
from lab.models.rotary import rotation_table

IDS = torch.randint(29, (2, 24), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", sorted(PARAMETER_SPECS))
def test_every_kind_has_a_network_whose_logits_read_a_unit_stream(make: Any, kind: str) -> None:
    """So no logit is larger than the longest row of logits: what sampling goes by."""
    one = make(kind=kind, tied=False)
    a, module = one.architecture, network.get_network(one.architecture)
    weights = module.prepare(a, one.rows, one.scales, torch.float32)
    table = rotation_table(a, IDS.shape[1], IDS.device)
    seen: list[int] = []

    def attend(number: int, q: Any, k: Any, v: Any) -> Any:
        seen.append(number)
        assert q.shape == k.shape == v.shape == (2, a.heads, 24, a.dim_head)
        return v

    logits = module.run(a, weights, IDS, table, attend, torch.float32)
    assert seen == [0, 1] and logits.shape == (2, 24, 29)
    assert float(logits.abs().max()) <= float(weights.logits.norm(dim=1).max()) * (1 + 1e-5)


@pytest.mark.parametrize("kind", sorted(PARAMETER_SPECS))
def test_only_rows_of_a_sphere_are_put_back(make: Any, kind: str) -> None:
    one = make(kind=kind)
    rows = one.rows * 1.5
    network.retract_rows(one.architecture, rows)
    sphere = one.architecture.has_unit_rows
    assert torch.allclose(rows, one.rows if sphere else one.rows * 1.5, atol=1e-6)
    assert torch.equal(network.normalized_rows(one.architecture, rows * 2), rows * 2) is not sphere
