from collections import Counter

import numpy as np
import pytest

from lab.breeding.search.selection import (
    Niches,
    PopulationScores,
    Selection,
    Tournament,
    Truncation,
)

LOSSES = np.array([[1.0, 3.0], [3.0, 1.0], [1.1, 3.0], [2.9, 2.9]])


def _standing(losses: np.ndarray = LOSSES) -> PopulationScores:
    return PopulationScores(losses, np.ones(losses.shape[1]), np.full(losses.shape[1], 3.0))


@pytest.mark.parametrize("kind", [Truncation(), Tournament(), Niches()])
def test_mates_are_two_different_individuals_and_reproducible(kind: Selection) -> None:
    pairs = kind.select_mates(_standing(), 50, np.random.default_rng(0))
    assert len(pairs) == 50 and all(a != b for a, b in pairs)
    assert pairs == kind.select_mates(_standing(), 50, np.random.default_rng(0))


def test_truncation_mates_only_the_best() -> None:
    losses = np.array([[2.0], [1.0], [4.0], [3.0]])
    pairs = Truncation(share=0.5).select_mates(_standing(losses), 30, np.random.default_rng(1))
    assert {individual for pair in pairs for individual in pair} == {0, 1}


def test_a_tournament_of_all_is_won_by_the_two_best() -> None:
    losses = np.array([[2.0], [1.0], [4.0], [3.0]])
    assert (
        Tournament(size=4).select_mates(_standing(losses), 3, np.random.default_rng(1))
        == [(1, 0)] * 3
    )


def test_plain_fitness_weighs_windows_and_drops_the_diverged() -> None:
    standing = PopulationScores(np.array([[1.0, 2.0], [np.nan, 1.0]]), np.array([1, 3]), np.ones(2))
    assert standing.negative_bpc().tolist() == [-1.75, -np.inf]


def test_competition_is_the_formula() -> None:
    s = np.array([[2.0, 0.0], [0.0, 2.0], [1.9, 0.0], [0.1, 0.1]])
    z = s.sum(axis=0) + 1e-6
    assert Niches().fitness(_standing()) == pytest.approx((s / z).sum(axis=1))
    assert Niches(exponent=0.0).fitness(_standing()) == pytest.approx(s.sum(axis=1))


def test_who_is_alone_in_a_niche_is_worth_most() -> None:
    assert int(np.argmax(Niches().fitness(_standing()))) == 1


def test_attraction_goes_to_what_one_lacks() -> None:
    s = np.array([[2.0, 0.0], [0.0, 2.0], [1.9, 0.0], [0.1, 0.1]])
    z = s.sum(axis=0) + 1e-6
    offered = np.array([0.0, 2.0 / z[1], 0.0, 0.1 / z[1]])
    expected = offered / offered.sum()
    assert Niches().attraction(_standing(), 0) == pytest.approx(expected)


def test_attraction_is_even_where_nobody_has_more_to_offer() -> None:
    standing = _standing(np.array([[1.0], [2.0], [2.5]]))
    assert Niches().attraction(standing, 0).tolist() == [0.0, 0.5, 0.5]


def test_nobody_better_than_the_ancestor_still_mates() -> None:
    pairs = Niches().select_mates(_standing(np.full((3, 2), 5.0)), 300, np.random.default_rng(0))
    assert set(Counter(a for a, _ in pairs)) == {0, 1, 2}
