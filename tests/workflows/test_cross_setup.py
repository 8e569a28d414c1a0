"""Cross setup: who may be crossed, what a config resolves to, which children are copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from lab.breeding.statistics.window_scores import WindowScores
from lab.config.schemas.breed import BreedConfig
from lab.corpora.vocabulary import Vocabulary
from lab.models.individual import Individual
from lab.workflows.cross_setup import (
    bind_mutation,
    check_compatible,
    count_max_children,
    find_common_ancestor,
    prepare_cross,
    resolve_operator,
    resolve_search,
)

MakeConfig = Callable[..., BreedConfig]


@pytest.fixture
def forks(family: dict[str, Individual]) -> dict[str, Individual]:
    return {name: family[name] for name in ("forkL", "forkR")}


def test_a_cross_is_between_forks_of_their_nearest_ancestor(
    breed_config: MakeConfig, family: dict[str, Individual], forks: dict[str, Individual]
) -> None:
    cross = prepare_cross(breed_config(), forks, [])
    assert cross.ancestor is not None and cross.ancestor.id == family["ancestor"].id
    assert cross.header["parents"] == [parent.id for parent in forks.values()]
    assert cross.header["ancestor"] == family["ancestor"].id
    assert cross.header["crossover"]["_target_"].endswith("slerp")
    assert (cross.builder.size, cross.calibration_record) == (1, None)
    assert cross.parent_name(forks["forkR"].id) == "forkR" and cross.parent_name("x") is None
    vocabulary = Vocabulary.from_dict(forks["forkL"].birth["vocabulary"])
    assert cross.prepared.characters == tuple(vocabulary.characters)


def test_identical_parents_are_refused(
    breed_config: MakeConfig, family: dict[str, Individual]
) -> None:
    twins = {"left": family["forkL"], "right": family["forkL"]}
    with pytest.raises(ValueError, match="left and right are one and the same individual"):
        prepare_cross(replace(breed_config(), unrelated=True), twins, [])
    left = family["forkL"]
    copy = Individual(left.genotype, {**left.birth, "name": "copy", "id": "0" * 64}, left.path)
    with pytest.raises(ValueError, match="left and copy are one and the same individual"):
        prepare_cross(replace(breed_config(), unrelated=True), {"left": left, "copy": copy}, [])


def test_a_parent_outside_the_root_is_crossed_only_if_asked(
    breed_config: MakeConfig, forks: dict[str, Individual]
) -> None:
    stranger = replace(forks["forkR"], birth={**forks["forkR"].birth, "id": "f" * 64})
    pair = {"forkL": forks["forkL"], "stranger": stranger}
    with pytest.raises(ValueError, match="ffffffffffff lies outside .* with unrelated=true"):
        prepare_cross(breed_config(), pair, [])
    cross = prepare_cross(replace(breed_config(), unrelated=True), pair, [])
    assert cross.ancestor is None and cross.header["ancestor"] is None


def test_a_parent_and_its_child_have_the_parent_as_ancestor(
    breed_config: MakeConfig, family: dict[str, Individual]
) -> None:
    pair = {name: family[name] for name in ("ancestor", "forkR")}
    found = find_common_ancestor(breed_config(), pair)
    assert found is not None and found.id == family["ancestor"].id


def test_children_at_the_ends_are_copies_of_a_parent(
    breed_config: MakeConfig, forks: dict[str, Individual]
) -> None:
    cross = prepare_cross(breed_config(), forks, [])
    names = [cross.find_clone(cross.builder.candidate([alpha])) for alpha in (0, 0.5, 1)]
    assert names == ["forkL", None, "forkR"]
    assert cross.find_clone({"founder": forks["forkR"].id}) == "forkR"
    rows = cross.builder.build(cross.builder.candidate([1])).rows
    assert torch.equal(rows, cross.genotypes["forkR"].rows)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("search=cmaes",), "use search=golden for one"),
        (("mutation=tangent",), "mutation goes with search=evolution"),
        (("parents=independent", "crossover=ties"), "ties needs the parents' common ancestor"),
    ],
)
def test_what_does_not_go_together_is_refused_before_training(
    breed_config: MakeConfig, overrides: tuple[str, ...], message: str
) -> None:
    check_compatible(breed_config())
    with pytest.raises(ValueError, match=message):
        check_compatible(breed_config(*overrides))


def test_external_parents_need_a_common_ancestor_for_an_operator_that_does(
    breed_config: MakeConfig, forks: dict[str, Individual]
) -> None:
    files = ("parents=files", "parent_runs=[a,b]", "controls=none", "crossover=ties")
    check_compatible(breed_config(*files), forks)
    stranger = replace(forks["forkR"], birth={**forks["forkR"].birth, "id": "f" * 64})
    pair = {"forkL": forks["forkL"], "stranger": stranger}
    with pytest.raises(ValueError, match="ties needs the parents' common ancestor"):
        check_compatible(replace(breed_config(*files), unrelated=True), pair)


def test_a_search_says_how_many_children_it_asks_for(breed_config: MakeConfig) -> None:
    golden = breed_config()
    assert count_max_children({**golden.search, "budget": 7}, 1) == 7
    evolution = breed_config("search=evolution", "mutation=tangent")
    sizes = {"population": 4, "generations": 2, "children": 8}
    assert count_max_children({**evolution.search, **sizes}, 1) == 4 + 2 * 8
    assert bind_mutation(golden) is None and bind_mutation(evolution) is not None


def test_selection_and_baseline_go_to_the_search_that_needs_them(
    breed_config: MakeConfig,
) -> None:
    baseline = WindowScores([1.0], [1])  # type: ignore[arg-type]
    evolution: Any = resolve_search(breed_config("search=evolution", "mutation=tangent"), baseline)
    assert evolution.keywords["baseline"] is baseline and "selection" in evolution.keywords
    golden: Any = resolve_search(breed_config(), baseline)
    assert set(golden.keywords) == {"budget", "tolerance"}
    function, parameters = resolve_operator(breed_config().crossover)
    assert function.__name__ == "slerp" and set(parameters) == {"alpha"}


def test_the_kernel_is_part_of_the_recipe_and_of_the_child(
    breed_config: MakeConfig, forks: dict[str, Individual]
) -> None:
    """Numba's children have other last bits: their parameters say so, torch's are as they were."""
    by_torch, by_numba = (
        prepare_cross(breed_config(f"kernels={kernels}"), forks, [])
        for kernels in ("torch", "numba")
    )
    architecture, candidate = by_torch.prepared.parents[0].architecture, [0.3]
    found = [c.operator.parameters_at(architecture, candidate, 2) for c in (by_torch, by_numba)]
    assert found == [{"alpha": 0.3}, {"alpha": 0.3, "kernel": "numba"}], found
    children = [c.builder.build(c.builder.candidate(candidate)) for c in (by_torch, by_numba)]
    assert not torch.equal(children[0].rows, children[1].rows)
    assert torch.allclose(children[0].rows, children[1].rows, atol=1e-6)
    others = prepare_cross(breed_config("crossover=nlerp", "kernels=numba"), forks, [])
    assert "kernel" not in others.operator.parameters
