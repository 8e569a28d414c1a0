"""The NumPy reference: the lab's own numbers, with and without a cache, and refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from lab.exports.numpy_llama import NumpyLlama, apply_rotary_angles, attend, rotary_angle_table
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from lab.models.network import forward

IDS = np.random.default_rng(1).integers(0, 12, 40)


@pytest.mark.parametrize("kind", ["llama", "sandwich"])
@pytest.mark.parametrize("changes", [{}, {"kv_heads": 2, "tied": False}, {"rope_base": 500.0}])
def test_it_gives_the_labs_own_logits(
    make: Callable[..., Genotype], kind: str, changes: dict[str, object]
) -> None:
    one = make(kind, **changes)
    wanted = forward(one.architecture, one.rows, one.scales, torch.tensor(IDS)[None])[0]
    found = convert_to_llama(one, 64).forward(IDS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted.detach().numpy(), atol=1e-5, rtol=0)
    assert wanted.std() > 0.05  # otherwise it says nothing


@pytest.mark.parametrize("sandwich", [False, True])
def test_a_cache_changes_nothing(random: Callable[..., NumpyLlama], sandwich: bool) -> None:
    model = random(sandwich=sandwich)
    cache: dict[str, np.ndarray] = {}
    parts = [model.forward(part, cache) for part in np.split(IDS, [1, 2, 30])]
    np.testing.assert_allclose(np.concatenate(parts), model.forward(IDS), atol=1e-4)


def test_greedy_is_the_likeliest_step_by_step(random: Callable[..., NumpyLlama]) -> None:
    model, text = random(), [3, 1]
    said = model.generate_greedy(text, 5)
    for one in said:
        assert one == int(model.forward(np.array(text))[-1].argmax())
        text = [*text, one]
    assert model.generate_greedy([3, 1], 5, frozenset([said[2]])) == said[: said.index(said[2])]


def test_queries_of_a_group_share_their_keys() -> None:
    chance = np.random.default_rng(0)
    q, k, v = (chance.standard_normal((5, n, 8)).astype(np.float32) for n in (4, 2, 2))
    wide = attend(q, k.repeat(2, axis=1), v.repeat(2, axis=1))
    np.testing.assert_array_equal(attend(q, k, v), wide)


def test_turning_keeps_lengths_and_sees_distances_only() -> None:
    chance = np.random.default_rng(0)
    q, k = (chance.standard_normal((1, 1, 8)).astype(np.float32) for _ in range(2))
    angle = rotary_angle_table(64, 8, 10000.0)
    products = [
        float(
            (
                apply_rotary_angles(q, angle[at : at + 1])
                * apply_rotary_angles(k, angle[at + 7 : at + 8])
            ).sum()
        )
        for at in (0, 20, 50)
    ]
    assert products == pytest.approx([products[0]] * 3, abs=1e-5)


def test_what_does_not_fit_is_refused(random: Callable[..., NumpyLlama]) -> None:
    model = random(seq_len=8)
    with pytest.raises(ValueError, match="9 tokens do not fit a context of 8"):
        model.forward(np.zeros(9, int))
    with pytest.raises(ValueError, match="tensors missing or too many: norm"):
        NumpyLlama(
            model.shape, {name: model.arrays[name] for name in model.arrays if name != "norm"}
        )
    with pytest.raises(ValueError, match="norm is float64"):
        NumpyLlama(model.shape, dict(model.arrays) | {"norm": np.ones(32)})
    with pytest.raises(ValueError, match="norm is not finite"):
        NumpyLlama(model.shape, dict(model.arrays) | {"norm": np.full(32, np.nan, np.float32)})
    with pytest.raises(ValueError, match="4 heads of 8 cannot share 3 key heads"):
        random(kv_heads=3)
