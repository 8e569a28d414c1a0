"""The search space: candidates within its bounds, the midpoint first, draws by the generator."""

from __future__ import annotations

import numpy as np
import pytest

from lab.breeding.search.search_space import SearchSpace


def test_candidates_are_kept_within_the_bounds() -> None:
    space = SearchSpace(3, low=0.1, high=0.9)
    assert space.candidate([-1.0, 0.5, 1.5]) == {"alpha": [0.1, 0.5, 0.9]}
    assert space.midpoint() == {"alpha": [0.5, 0.5, 0.5]}


def test_draws_are_uniform_and_the_generator_s_own() -> None:
    space = SearchSpace(2, low=-0.5, high=1.5)
    generator, again = np.random.default_rng(3), np.random.default_rng(3)
    drawn = np.array([space.draw(generator)["alpha"] for _ in range(400)])
    assert (drawn == [space.draw(again)["alpha"] for _ in range(400)]).all()
    assert drawn.min() < -0.45 and drawn.max() > 1.45 and abs(drawn.mean() - 0.5) < 0.1


@pytest.mark.parametrize(("size", "low", "high"), [(0, 0, 1), (1, 0.5, 1), (1, 0.6, 0.9)])
def test_a_space_without_its_midpoint_is_refused(size: int, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="bounds around 0.5"):
        SearchSpace(size, low, high)
