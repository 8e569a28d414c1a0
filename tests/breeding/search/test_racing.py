import math
from typing import Any

import numpy as np
import pytest

from lab.breeding.search.evaluator import FitnessEvaluator
from lab.breeding.search.racing import Race, worse_p_value
from lab.breeding.statistics.window_scores import WindowScores


def _run(toy: Any, race: Race, losses: list[float]) -> tuple[list[int], Any]:
    evaluate = toy.counting(lambda candidate: candidate["bpc"])
    judge = FitnessEvaluator(evaluate, key=str)
    order, finalists = race.run([{"bpc": bpc} for bpc in losses], judge)
    assert [f.bpc for f in finalists] == sorted(f.bpc for f in finalists)
    return order, evaluate


def test_halving_keeps_the_better_half_at_each_share(toy: Any) -> None:
    order, evaluate = _run(toy, Race((0.25, 0.5, 1.0)), [2.4, 2.1, 2.3, 2.2, 2.8, 2.6, 2.5, 2.7])
    assert order == [1, 3, 2, 0, 6, 5, 7, 4]
    by_share = [
        sum(n for (_, s), n in evaluate.seen.items() if s == share) for share in (0.25, 0.5, 1)
    ]
    assert by_share == [8, 4, 2]


def test_one_share_is_no_race(toy: Any) -> None:
    order, evaluate = _run(toy, Race(), [2.4, 2.1, 2.3])
    assert (order, sum(evaluate.seen.values())) == ([1, 2, 0], 3)


def test_ties_go_by_number(toy: Any) -> None:
    assert _run(toy, Race((0.5, 1.0)), [2.0, 2.0, 2.0])[0] == [0, 1, 2]


def _noisy(mean: float, seed: int) -> WindowScores:
    bits = np.random.default_rng(seed).normal(mean, 0.3, 200) * 30
    return WindowScores(bits * math.log(2), np.full(200, 30))


def test_the_paired_test_spares_who_may_be_as_good() -> None:
    children = [_noisy(2.0, 1), _noisy(2.02, 2), _noisy(2.3, 3)]
    judge = FitnessEvaluator(lambda c, share: children[c["n"]].truncate(int(200 * share)), key=str)
    order, finalists = Race((0.5, 1.0), keep=0.0, level=0.01).run(
        [{"n": n} for n in range(3)], judge
    )
    assert sorted(order[:2]) == [0, 1] and len(finalists) == 2


def test_paired_p_is_uniform_where_nobody_is_worse() -> None:
    p = [worse_p_value(_noisy(2.0, 2 * seed), _noisy(2.0, 2 * seed + 1)) for seed in range(200)]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_a_diverged_child_leaves_at_once(toy: Any) -> None:
    assert worse_p_value(toy.scores(2.0), toy.scores(math.inf)) == 0.0
    assert worse_p_value(toy.scores(2.0, 0.25), toy.scores(2.5, 0.25)) == 1.0  # one block: no test


@pytest.mark.parametrize(
    "rules",
    [{"shares": (0.5,)}, {"shares": (0.5, 0.5, 1)}, {"shares": ()}, {"keep": 2}, {"level": 0}],
)
def test_rules_that_make_no_race_are_refused(rules: dict) -> None:
    with pytest.raises(ValueError):
        Race(**rules)
