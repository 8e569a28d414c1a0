import math

import numpy as np
import pytest

from lab.breeding.statistics.window_scores import (
    WindowScores,
    require_same_windows,
    windows_in_share,
)


def test_bpc_weighs_windows_by_their_characters() -> None:
    scores = WindowScores(np.array([math.log(2) * 10, 0.0]), np.array([10, 30]))
    assert scores.bpc == pytest.approx(0.25)
    assert scores.losses == pytest.approx([1.0, 0.0])


def test_packing_is_exact() -> None:
    nats = np.random.default_rng(0).normal(200, 30, 57).astype(np.float32)
    scores = WindowScores(nats, np.arange(1, 58))
    again = WindowScores.unpack(scores.pack())
    assert np.array_equal(again.nats, scores.nats)
    assert np.array_equal(again.characters, scores.characters)


def test_a_diverged_model_scores_infinitely_badly() -> None:
    assert WindowScores(np.array([1.0, np.nan]), np.array([3, 3])).bpc == math.inf


@pytest.mark.parametrize(
    ("nats", "characters"), [([1.0], [1, 2]), ([], []), ([1.0], [0]), ([[1.0]], [[1]])]
)
def test_vectors_that_do_not_fit_are_refused(nats: list, characters: list) -> None:
    with pytest.raises(ValueError):
        WindowScores(np.array(nats), np.array(characters))


def test_a_share_is_a_prefix_of_at_least_one_window() -> None:
    assert [windows_in_share(s, 10) for s in (0.01, 0.25, 1.0)] == [1, 3, 10]
    with pytest.raises(ValueError, match="share"):
        windows_in_share(0.0, 10)


def test_other_windows_are_not_compared() -> None:
    a, b = WindowScores(np.ones(2), np.array([5, 5])), WindowScores(np.ones(2), np.array([5, 6]))
    with pytest.raises(ValueError, match="same windows"):
        require_same_windows(a, b)
