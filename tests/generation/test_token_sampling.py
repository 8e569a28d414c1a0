"""Drawing one character: the settings do what they say, and what is sure is sure."""

from __future__ import annotations

import numpy as np
import pytest

from lab.generation.token_sampling import Sampling, sample_tokens, uniform_stream

P = np.array([0.4, 0.1, 0.3, 0.2])  # ids 0, 2, 3, 1 from the likeliest on


def chosen(sampling: Sampling, chances: int = 1000) -> list[float]:
    """The share of evenly spaced chances that each id gets."""
    chance = (np.arange(chances) + 0.5) / chances
    ids, _ = sample_tokens(np.tile(np.log(P), (chances, 1)), chance, sampling)
    return [round(float((ids == i).mean()), 3) for i in range(4)]


@pytest.mark.parametrize(
    ("sampling", "shares"),
    [
        (Sampling(1.0, 0), [0.4, 0.1, 0.3, 0.2]),
        (Sampling(0.5, 0), [0.533, 0.033, 0.3, 0.133]),
        (Sampling(1.0, 2), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 1), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 99), [0.4, 0.1, 0.3, 0.2]),
        (Sampling(1.0, 0, top_p=0.6), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 1, top_p=0.6), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 0, top_p=0.39), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 0, top_p=1e-9), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 0, min_p=0.6), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 0, min_p=0.45), [0.444, 0.0, 0.333, 0.222]),
        (Sampling(0.0), [1.0, 0.0, 0.0, 0.0]),
    ],
    ids=str,
)
def test_settings_do_what_they_say(sampling: Sampling, shares: list[float]) -> None:
    assert chosen(sampling) == pytest.approx(shares, abs=0.0021)


def test_the_ends_of_chance_are_ids_that_are_left() -> None:
    edge = np.array([0.0, float(np.nextafter(1.0, 0.0)), 1.0])
    assert sample_tokens(np.tile(np.log(P), (3, 1)), edge, Sampling(1.0, 2))[0].tolist() == [
        0,
        2,
        2,
    ]


def test_ties_go_to_the_lower_id() -> None:
    even = np.zeros((1, 4))
    assert sample_tokens(even, np.array([0.3]), Sampling(1.0, 0))[0].tolist() == [1]
    assert sample_tokens(even, np.array([0.9]), Sampling(0.0))[0].tolist() == [0]


SETTINGS = [
    Sampling(0.0), Sampling(1.0, 0), Sampling(0.6, 20), Sampling(0.6, 3), Sampling(1.0, 0, 0.8),
    Sampling(0.8, 0, 1.0, 0.05), Sampling(0.9, 7, 0.9, 0.02),
]  # fmt: skip


@pytest.mark.parametrize("sampling", SETTINGS, ids=str)
@pytest.mark.parametrize("error", [1e-3, 0.05])
def test_what_is_sure_stays_under_any_error(sampling: Sampling, error: float) -> None:
    """Rows are crowded, so that errors of this size change many of the draws that are not sure."""
    random = np.random.default_rng(0)
    logits, chance = random.normal(size=(2000, 12)) * 2, random.random(2000)
    ids, sure = sample_tokens(logits, chance, sampling, error)
    moved = np.zeros(2000, bool)
    for turn in range(40):
        signs = random.choice([-1.0, 1.0], size=logits.shape)
        if turn == 0:  # one id up, all others down: what moves a draw most
            signs = np.where(np.arange(12) == ids[:, None], -1.0, 1.0)
        moved |= sample_tokens(logits + error * signs, chance, sampling)[0] != ids
    assert moved.any() and not (moved & sure).any()
    assert sure.mean() > (0.05 if error > 0.01 else 0.9)


def test_what_is_no_number_is_never_sure() -> None:
    logits = np.full((1, 5), np.nan)
    for sampling in SETTINGS:
        assert not sample_tokens(logits, np.array([0.5]), sampling, 1e-6)[1].any()


def test_a_row_is_drawn_as_it_is_alone() -> None:
    random = np.random.default_rng(1)
    logits, chance = random.normal(size=(50, 30)), random.random(50)
    for sampling in SETTINGS:
        ids, sure = sample_tokens(logits, chance, sampling, 0.01)
        for row in range(50):
            one = sample_tokens(logits[row : row + 1], chance[row : row + 1], sampling, 0.01)
            assert (one[0][0], one[1][0]) == (ids[row], sure[row])


def test_a_stream_is_of_its_seed_and_longer_ones_go_on() -> None:
    assert np.array_equal(uniform_stream(3, 40)[:20], uniform_stream(3, 20))
    assert not np.array_equal(uniform_stream(3, 20), uniform_stream(4, 20))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1), ("temperature", float("nan")), ("top_k", -1), ("top_p", 0.0),
        ("top_p", 1.1), ("min_p", 1.0), ("min_p", -0.1),
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Sampling(**{name: value})  # type: ignore[arg-type]
