import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.breeding.search import coefficient_search
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator, SearchResult
from lab.breeding.search.search_log import SearchLog
from lab.breeding.search.search_space import SearchSpace

Search = Callable[..., SearchResult]
Run = Callable[..., tuple[SearchResult, Any]]
SEARCHES: list[tuple[Search, int]] = [
    (coefficient_search.none, 2),
    (partial(coefficient_search.grid, points=4, shares=(0.25, 1.0)), 2),
    (partial(coefficient_search.random_draws, budget=6), 2),
    (partial(coefficient_search.golden, budget=8), 1),
    (partial(coefficient_search.cmaes, budget=13, shares=(0.25, 0.5, 1.0)), 2),
]


@pytest.fixture
def run(toy: Any) -> Run:
    def _run(kind: Search, size: int, best: float = 0.7, path: Path | None = None) -> tuple:
        evaluate = toy.counting(toy.bowl(*[best] * size))
        judge = FitnessEvaluator(evaluate, key=str, log=SearchLog(path, {}) if path else None)
        return kind(SearchSpace(size), judge, np.random.default_rng(5)), evaluate

    return _run


@pytest.mark.parametrize(("kind", "size"), SEARCHES)
def test_a_killed_search_finds_the_same_champion(
    run: Run, kind: Search, size: int, tmp_path: Path
) -> None:
    whole, evaluate = run(kind, size, path=tmp_path / "whole")
    lines = (tmp_path / "whole").read_bytes().splitlines(keepends=True)
    for done in range(len(lines) + 1):
        path = tmp_path / "killed"
        path.write_bytes(b"".join(lines[:done]) + b'{"torn')
        again, rest = run(kind, size, path=path)
        assert again.record == whole.record and again.champion == whole.champion
        assert np.array_equal(again.scores.nats, whole.scores.nats)
        assert path.read_bytes() == b"".join(lines)
    assert not rest.seen and evaluate.seen


@pytest.mark.parametrize(("kind", "size"), SEARCHES)
def test_nothing_is_scored_twice_and_the_first_is_the_middle(
    run: Run, kind: Search, size: int
) -> None:
    found, evaluate = run(kind, size)
    assert set(evaluate.seen.values()) == {1}
    assert found.record[0]["candidate"] == {"alpha": [0.5] * size}
    assert found.scores.bpc <= found.midpoint_scores.bpc
    assert found.cost == pytest.approx(sum(e["share"] for e in found.record if e["scored"]))


def test_golden_section_finds_the_valley(run: Run) -> None:
    found, _ = run(partial(coefficient_search.golden, budget=30, tolerance=1e-3), 1, best=0.314)
    assert found.champion["alpha"][0] == pytest.approx(0.314, abs=1e-3)
    assert len(found.record) < 22


@pytest.mark.parametrize("better", [0.0, 1.0])
def test_across_a_barrier_golden_section_ends_in_the_better_parent(toy: Any, better: float) -> None:
    def barrier(candidate: Candidate) -> float:
        away = abs(candidate["alpha"][0] - better)
        return 2 + away * (1 - away) + 0.01 * away

    judge = FitnessEvaluator(toy.counting(barrier), key=str)
    found = coefficient_search.golden(SearchSpace(), judge, np.random.default_rng(0))
    assert found.champion == {"alpha": [better]}


def test_cmaes_finds_the_valley_and_stays_in_bounds(run: Run) -> None:
    found, _ = run(partial(coefficient_search.cmaes, budget=300), 3, best=0.9)
    assert found.champion["alpha"] == pytest.approx([0.9] * 3, abs=0.02)
    assert all(0 <= x <= 1 for e in found.record for x in e["candidate"]["alpha"])


@pytest.mark.parametrize(("kind", "size"), SEARCHES[1:])
@pytest.mark.parametrize("diverged", [math.inf, math.nan])
def test_a_diverged_child_never_wins_a_search(
    toy: Any, kind: Search, size: int, diverged: float
) -> None:
    """All but the children next to the first parent diverge, the gen-0 child too."""

    def loss(candidate: Candidate) -> float:
        return 9.0 if max(candidate["alpha"]) < 0.45 else diverged

    judge = FitnessEvaluator(toy.counting(loss), key=str)
    found = kind(SearchSpace(size), judge, np.random.default_rng(5))
    assert math.isfinite(found.scores.bpc) and max(found.champion["alpha"]) < 0.45


@pytest.mark.parametrize("budget", [7, 13, 14, 20])
def test_cmaes_spends_no_more_than_its_budget(toy: Any, budget: int) -> None:
    judge = FitnessEvaluator(toy.counting(toy.bowl(0.7, 0.2)), key=str)
    found = coefficient_search.cmaes(SearchSpace(2), judge, np.random.default_rng(5), budget=budget)
    assert budget - 6 < found.num_children <= budget  # whole generations of 6, and the first child


def test_cmaes_draws_from_its_generator(toy: Any) -> None:
    def drawn(seed: int) -> list[Any]:
        judge = FitnessEvaluator(toy.counting(toy.bowl(0.7, 0.2)), key=str)
        generator = np.random.default_rng(seed)
        found = coefficient_search.cmaes(SearchSpace(2), judge, generator, budget=7)
        return [entry["candidate"] for entry in found.record]

    assert drawn(1) == drawn(1) != drawn(2)


def test_where_both_sides_are_as_good_golden_section_stays_by_the_first_parent(toy: Any) -> None:
    """Any choice would do; another one than ever would make other children of old seeds."""
    judge = FitnessEvaluator(toy.counting(lambda _: 2.0), key=str)
    found = coefficient_search.golden(SearchSpace(), judge, np.random.default_rng(0), budget=7)
    asked = [entry["candidate"]["alpha"][0] for entry in found.record]
    assert asked == pytest.approx([0.5, 0, 1, 0.382, 0.618, 0.236, 0.146], abs=1e-3)


def test_racing_costs_less_than_scoring_whole(run: Run) -> None:
    raced, _ = run(partial(coefficient_search.cmaes, budget=60, shares=(0.1, 0.4, 1.0)), 2)
    whole, _ = run(partial(coefficient_search.cmaes, budget=60), 2)
    assert raced.cost < 0.7 * whole.cost
    assert raced.scores.bpc == pytest.approx(whole.scores.bpc, abs=0.01)


def test_random_draws_depend_on_the_generator_alone(run: Run) -> None:
    (a, _), (b, _) = (run(partial(coefficient_search.random_draws, budget=4), 2) for _ in range(2))
    assert a.record == b.record
    assert len({str(entry["candidate"]) for entry in a.record}) == 5


def test_what_a_search_cannot_do_is_said(run: Run) -> None:
    with pytest.raises(ValueError, match="golden takes one coefficient"):
        run(coefficient_search.golden, 2)
    with pytest.raises(ValueError, match="use search=golden"):
        run(coefficient_search.cmaes, 1)
    with pytest.raises(ValueError, match="less than the first child and one generation"):
        run(partial(coefficient_search.cmaes, budget=6), 2)
    with pytest.raises(ValueError, match="budget of 5"):
        run(partial(coefficient_search.golden, budget=4), 1)
    with pytest.raises(ValueError, match="at most 1000 candidates"):
        run(coefficient_search.grid, 5)
    with pytest.raises(ValueError, match="bounds around 0.5"):
        SearchSpace(1, 0.6, 0.9)


def test_without_the_package_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(ValueError, match=r"pip install 'model-breeding-lab\[evolve\]'"):
        run(coefficient_search.cmaes, 2)
