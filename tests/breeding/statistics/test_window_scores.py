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


def counted(correct: list[int] | None = None) -> WindowScores:
    nats = np.array([math.log(4) * 2, math.log(4) * 6])
    return WindowScores(nats, np.array([2, 6]), None if correct is None else np.array(correct))


def test_a_summary_has_the_means_of_all_characters() -> None:
    assert counted([1, 1]).summary() == {
        "loss": pytest.approx(math.log(4)), "bpc": pytest.approx(2.0), "accuracy": 0.25,
        "characters": 8, "windows": 2,
    }  # fmt: skip


def test_without_counts_there_is_a_loss_and_no_accuracy() -> None:
    assert counted().loss == pytest.approx(math.log(4))
    with pytest.raises(ValueError, match="no counts of correct characters"):
        counted().summary()


def test_counts_of_other_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="one number of correct characters per window"):
        counted([1, 1, 1])


def test_counts_follow_their_windows() -> None:
    scores = counted([1, 4])
    first = scores.truncate(1).correct
    both = scores.concatenate(scores.truncate(1)).correct
    assert first is not None and both is not None
    assert first.tolist() == [1] and both.tolist() == [1, 4, 1]
    assert scores.concatenate(counted()).correct is None
    assert WindowScores.unpack(scores.pack()).correct is None  # journals have no counts
