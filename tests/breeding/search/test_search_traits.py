"""What a search declares is true of it, for every choice of conf/search."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from lab.breeding.search.search_space import SearchSpace
from lab.breeding.search.search_traits import search_traits
from lab.config.instantiate import instantiate

CHOICES = sorted((Path(__file__).parents[3] / "conf" / "search").glob("*.yaml"))


@pytest.fixture(params=CHOICES, ids=lambda path: path.stem)
def search(request: pytest.FixtureRequest) -> Any:
    node: Any = OmegaConf.to_container(OmegaConf.load(request.param))
    return instantiate(node)


class Scored(Exception):
    """The search has come to its first candidate."""


def run(search: Any, space: SearchSpace, **parameters: Any) -> None:
    def evaluate(*_: Any) -> Any:
        raise Scored

    with pytest.raises(Scored):
        search(space, evaluate, np.random.default_rng(0), **parameters)


def skip_without_package(search: Any) -> None:
    if search.func.__name__ == "cmaes":
        pytest.importorskip("cmaes")


def test_the_sizes_that_it_declares_are_taken_and_no_others(search: Any) -> None:
    skip_without_package(search)
    traits, small = search_traits(search.func), {"points": 2} if "points" in search.keywords else {}
    for size in (1, 2, 3):
        taken = traits.min_coefficients <= size <= (traits.max_coefficients or size)
        if taken:
            run(search, SearchSpace(size), **small)
            continue
        with pytest.raises(ValueError, match=f"search={search.func.__name__} takes"):
            run(search, SearchSpace(size), **small)


def test_what_it_needs_are_its_parameters(search: Any) -> None:
    traits, known = search_traits(search.func), inspect.signature(search.func).parameters
    assert traits.needs_selection == ({"selection", "baseline"} <= set(known))
    assert traits.races == ({"shares", "keep", "level"} <= set(known))
    assert traits.min_budget is None or "budget" in known
    assert traits.varies_coefficients == (search.func.__name__ != "none")
    assert traits.defaults == {
        name: one.default for name, one in known.items() if one.kind is one.KEYWORD_ONLY
    }


def test_a_budget_below_the_declared_one_is_refused(search: Any) -> None:
    fewest = search_traits(search.func).min_budget
    if fewest is None:
        return
    run(search, SearchSpace(1), budget=fewest)
    with pytest.raises(ValueError, match=f"needs a budget of {fewest} candidates or more"):
        run(search, SearchSpace(1), budget=fewest - 1)


@pytest.mark.parametrize(
    ("stem", "size", "children"),
    [
        ("none", 1, 1), ("golden", 1, 20), ("random", 5, 20), ("cmaes", 5, 200),
        ("grid", 1, 21), ("grid", 2, 441), ("evolution", 3, 72),
    ],
)  # fmt: skip
def test_the_most_children_are_counted_from_its_parameters(
    stem: str, size: int, children: int
) -> None:
    path = next(path for path in CHOICES if path.stem == stem)
    node: Any = OmegaConf.to_container(OmegaConf.load(path))
    search = instantiate(node)
    assert search_traits(search.func).max_children(size, search.keywords) == children
