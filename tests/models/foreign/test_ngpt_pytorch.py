"""To the library's state dict and back: exactly, in both layouts, or with the tensor named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import from_library, library_model, to_library

State = dict[str, Tensor]


@pytest.mark.parametrize("tied", [True, False])
def test_a_round_trip_is_exact_where_nothing_is_normalised(make: Any, tied: bool) -> None:
    born = make(tied=tied)
    back = from_library(born.architecture, to_library(born))
    assert torch.equal(back.scales, born.scales)
    assert float((back.rows - born.rows).abs().max()) < 1e-7


@pytest.mark.parametrize("parametrize", [False, True])
@pytest.mark.parametrize("tied", [True, False])
def test_the_library_reads_every_tensor_that_we_write(
    make: Any, tied: bool, parametrize: bool
) -> None:
    born = make(tied=tied)
    model = library_model(born.architecture, parametrize)
    wanted = {key: value.shape for key, value in model.state_dict().items()}
    found = {key: value.shape for key, value in to_library(born, parametrize).items()}
    assert found == wanted


@pytest.mark.parametrize("parametrize", [False, True])
def test_a_library_model_becomes_a_genotype_that_computes_the_same(parametrize: bool) -> None:
    architecture = Architecture(vocab_size=29, dim=32, depth=2, heads=2, dim_head=16, tied=False)
    model = library_model(architecture, parametrize)
    born = from_library(architecture, model.state_dict())
    again = library_model(architecture, parametrize)
    again.load_state_dict(to_library(born, parametrize))
    ids = torch.arange(20)[None]
    assert torch.allclose(model(ids), again(ids), atol=1e-5)


def test_drifted_parametrised_weights_are_put_on_the_sphere(make: Any) -> None:
    born = make()
    state = {k: v * 3 if "original" in k else v for k, v in to_library(born, True).items()}
    assert torch.allclose(from_library(born.architecture, state).rows, born.rows, atol=1e-6)


Q = "layers.0.0.fn.to_q.linear.weight"
FAULTS: list[tuple[Callable[[State], object], str]] = [
    (lambda state: state.pop(Q), "layers.0.0.fn.to_q"),
    (lambda state: state.pop("logit_scale.scale"), "logit_scale.scale"),
    (lambda state: state.update({Q: state[Q][:-1]}), "layers.0.0.fn.to_q has shape"),
    (lambda state: state.update({Q: state[Q] * 1.5}), "layers.0.0.fn.to_q: .* unit length"),
    (lambda state: state.update({Q: state[Q] * float("nan")}), "layers.0.0.fn.to_q"),
    (lambda state: state.update({"logit_scale.scale": torch.ones(3)}), "logit_scale.scale"),
]


@pytest.mark.parametrize(("damage", "named"), FAULTS)
def test_what_does_not_fit_is_named(
    make: Any, damage: Callable[[State], object], named: str
) -> None:
    born = make()
    state = to_library(born)
    damage(state)
    with pytest.raises(ValueError, match=named):
        from_library(born.architecture, state)


@pytest.mark.parametrize("changes", [{"residual": "geodesic"}, {"rope": "harmonic"}])
def test_what_the_library_does_not_know_is_refused(make: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="nGPT-pytorch has only"):
        library_model(make(**changes).architecture)


def test_more_than_one_hypersphere_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="num_hyperspheres must be 1"):
        make(num_hyperspheres=2)
