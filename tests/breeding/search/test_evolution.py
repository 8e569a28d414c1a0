from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator, SearchResult
from lab.breeding.search.evolution import evolution
from lab.breeding.search.search_log import SearchLog
from lab.breeding.search.selection import Niches, Selection, Tournament, Truncation
from lab.models.hypersphere import angle

Evolve = Callable[..., tuple[SearchResult, Any]]
SHORT: dict[str, Any] = {"population": 4, "generations": 3, "children": 3, "shares": (0.25, 1.0)}


def _loss(place: ChildBuilder, candidate: Candidate) -> float:
    """Distance to a point near the parents' geodesic: a child can be better than both."""
    a, b = place.founders.values()
    child = place.build(candidate)
    return 2 + float((angle(child.rows, a.rows) - 0.3 * angle(a.rows, b.rows)).abs().mean())


@pytest.fixture
def evolve(toy: Any, nursery: Callable[..., ChildBuilder]) -> Evolve:
    def run(path: Path | None = None, **more: object) -> tuple[SearchResult, Any]:
        place = nursery()
        evaluate = toy.counting(partial(_loss, place))
        judge = FitnessEvaluator(evaluate, place.key, SearchLog(path, {}) if path else None)
        return evolution(place, judge, np.random.default_rng(3), **{**SHORT, **more}), evaluate

    return run


@pytest.mark.parametrize("selection", [Truncation(), Niches()])
def test_a_killed_evolution_finds_the_same_champion(
    evolve: Evolve, selection: Selection, tmp_path: Path
) -> None:
    whole, _ = evolve(tmp_path / "whole", selection=selection)
    lines = (tmp_path / "whole").read_bytes().splitlines(keepends=True)
    for done in range(len(lines) + 1):
        path = tmp_path / "killed"
        path.write_bytes(b"".join(lines[:done]))
        again, _ = evolve(path, selection=selection)
        assert (again.champion, again.key) == (whole.champion, whole.key)
        assert again.record == whole.record
        assert path.read_bytes() == b"".join(lines)


@pytest.mark.parametrize("selection", [Truncation(), Tournament(size=2), Niches()])
def test_generations_improve_on_the_first_child(evolve: Evolve, selection: Selection) -> None:
    found, evaluate = evolve(generations=8, selection=selection)
    assert found.scores.bpc < found.midpoint_scores.bpc - 0.01
    assert set(evaluate.seen.values()) == {1}


def test_the_elite_is_never_lost(evolve: Evolve) -> None:
    found, _ = evolve(generations=6, elite=1)
    whole = [entry["bpc"] for entry in found.record if entry["share"] == 1.0]
    assert found.scores.bpc == min(whole)


def test_founders_take_part(toy: Any, nursery: Callable[..., ChildBuilder]) -> None:
    place = nursery()
    judge = FitnessEvaluator(
        lambda c, share: toy.scores(1.0 if c == {"founder": "B"} else 2.0, share), place.key
    )
    judge.clone_of = lambda candidate: candidate.get("founder")
    found = evolution(place, judge, np.random.default_rng(0), **SHORT)
    assert found.clone_of == "B"


def test_twins_have_nobody_to_breed_with(toy: Any, nursery: Callable[..., ChildBuilder]) -> None:
    place = nursery()
    twins = dict.fromkeys("AB", place.founders["A"])
    place = ChildBuilder(founders=twins, cross=lambda parents, *_: parents[0].clone())
    judge = FitnessEvaluator(toy.counting(lambda _: 2.0), place.key)
    found = evolution(place, judge, np.random.default_rng(0), **SHORT)
    assert found.cost == 1.0


@pytest.mark.parametrize("population, generations", [(50, 16), (200, 6)])
def test_crosses_are_as_many_as_children(
    toy: Any, nursery: Callable[..., ChildBuilder], population: int, generations: int
) -> None:
    """A child's parents are the population: kept built, no child is crossed twice."""
    crosses = 0
    place = nursery()
    cross = place.cross

    def count_cross(*arguments: Any) -> Any:
        nonlocal crosses
        crosses += 1
        return cross(*arguments)

    object.__setattr__(place, "cross", count_cross)
    a, b = place.founders.values()

    def loss(candidate: Candidate) -> float:
        child = place.build(candidate)
        return 2 + float(abs(child.scales[0] - a.scales.lerp(b.scales, 0.3)[0]))

    judge = FitnessEvaluator(lambda c, share: toy.scores(loss(c), share), place.key)
    numbers = {"population": population, "generations": generations, "children": population}
    evolution(place, judge, np.random.default_rng(0), **numbers, shares=(0.25, 1.0))
    assert crosses <= 1.05 * population * (generations + 1)


def test_numbers_that_make_no_evolution_are_refused(evolve: Evolve) -> None:
    with pytest.raises(ValueError, match="elite within the population"):
        evolve(elite=5)
