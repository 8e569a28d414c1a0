import json
from collections.abc import Sequence
from typing import Any

import pytest
import torch

from lab.genealogy.registry import Registry
from lab.genealogy.replay import Operator, genotype_differences, replay
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.hypersphere import exp_map, slerp_rows, tangent_rows
from lab.models.individual import Individual
from lab.storage.verified_folder import (
    read_verified_folder,
    readable_json,
    write_verified_folder,
)


def _slerp(
    parents: Sequence[Genotype], *, alpha: float, ancestor: Genotype | None, generator: object
) -> Genotype:
    a, b = parents
    scales = a.scales.lerp(b.scales, alpha)
    return Genotype(a.architecture, slerp_rows(a.rows, b.rows, alpha), scales)


def _tangent(child: Genotype, *, sigma: float, generator: torch.Generator) -> Genotype:
    step = sigma * torch.randn(child.rows.shape, generator=generator)
    rows = exp_map(child.rows, tangent_rows(child.rows, step))
    return Genotype(child.architecture, rows, child.scales)


OPERATORS: dict[str, Operator] = {"slerp": _slerp, "tangent": _tangent}
RECIPE: dict[str, Any] = {
    "kind": "bred",
    "operator": "slerp",
    "parameters": {"alpha": 0.3},
    "seed": 11,
    "mutation": {"operator": "tangent", "parameters": {"sigma": 0.01}},
}


def _bred(family: Any, recipe: dict[str, Any] = RECIPE, **wrong: Any) -> Individual:
    """A child of left and right on disk, bred by the recipe, whose certificate says `wrong`."""
    a, b = family.weights["left"], family.weights["right"]
    child = _slerp([a, b], alpha=0.3, ancestor=None, generator=None)
    child = _tangent(child, sigma=0.01, generator=torch.Generator().manual_seed(11))
    family.born("bred", "left", "right", weights=child, **{**recipe, **wrong})
    return individual.find_individual("bred", family.root)


def _parents(family: Any) -> Any:
    def find(identity: str) -> Individual:
        names = [name for name, known in family.ids.items() if known == identity]
        return individual.find_individual(names[0] if names else identity, family.root)

    return find


def test_a_bred_child_is_made_again_bit_for_bit(family: Any) -> None:
    child = _bred(family)
    found = replay(child, _parents(family), OPERATORS)
    assert found == {"same": True, "differs": [], "id": child.id}


def test_another_parameter_is_seen_block_by_block(family: Any) -> None:
    child = _bred(family, parameters={"alpha": 0.31})
    found = replay(child, _parents(family), OPERATORS, code="v2")
    assert not found["same"]
    assert any(line.startswith("rows of layers.0.attn.q differ") for line in found["differs"])
    assert found["differs"][-1] == "bred by version None, replayed by v2"


def test_another_seed_is_seen(family: Any) -> None:
    assert not replay(_bred(family, seed=12), _parents(family), OPERATORS)["same"]


def test_generations_between_are_made_again_too(family: Any) -> None:
    cross = {"operator": "slerp", "parameters": {"alpha": 0.3}, "seed": None}
    left, right = family.weights["left"], family.weights["right"]
    first = _slerp([left, right], alpha=0.3, ancestor=None, generator=None)
    second = _slerp([first, right], alpha=0.3, ancestor=None, generator=None)
    steps = [
        {"name": "one", "parents": [family.ids["left"], family.ids["right"]], **cross},
        {"name": "two", "parents": ["one", family.ids["right"]], **cross},
    ]
    family.born("champion", "left", "right", weights=second, kind="bred", steps=steps)
    child = individual.find_individual("champion", family.root)
    assert replay(child, _parents(family), OPERATORS)["same"]


def test_a_lost_parent_is_named(family: Any) -> None:
    child = _bred(family)
    lost = family.ids.pop("left")
    found = replay(child, _parents(family), OPERATORS)
    assert found["id"] is None and len(found["differs"]) == 1
    assert found["differs"][0].startswith(f"{lost[:12]} is not there any more: ")


def test_a_damaged_parent_is_named(family: Any) -> None:
    child = _bred(family)
    weights = family.root / "left" / "checkpoint" / "step-00000000" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    found = replay(child, _parents(family), OPERATORS)
    assert found["differs"][0].startswith(f"{family.ids['left'][:12]} is damaged: ")


def test_a_parent_that_trained_on_is_named(family: Any) -> None:
    child, old = _bred(family), family.ids["left"]
    family.born("left", "ancestor", step=5)
    changed = individual.find_individual("left", family.root)
    found = replay(child, lambda _: changed, OPERATORS)
    assert found["differs"] == [f"{old[:12]} has changed: it is {changed.id[:12]} now"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"operator": "os.system"}, "this lab has no operator 'os.system', only slerp, tangent"),
        ({"parameters": {"beta": 1}}, "the operator slerp no longer takes these parameters"),
    ],
)
def test_what_this_lab_cannot_do_is_named(family: Any, wrong: dict, message: str) -> None:
    found = replay(_bred(family, **wrong), _parents(family), OPERATORS)
    assert found["differs"][0].startswith(message)


@pytest.mark.parametrize("wrong", [{"operator": 3}, {"parameters": [1]}, {"seed": "x"}])
def test_a_malformed_recipe_is_refused(family: Any, wrong: dict) -> None:
    with pytest.raises(ValueError, match="the recipe is malformed"):
        replay(_bred(family, **wrong), _parents(family), OPERATORS)


def test_only_bred_children_are_replayed(family: Any) -> None:
    with pytest.raises(ValueError, match="was trained, not bred"):
        replay(individual.find_individual("left", family.root), _parents(family), OPERATORS)


def test_differences_name_rows_and_scales(family: Any) -> None:
    a = family.weights["left"]
    b = a.clone()
    b.scales[-1] += 0.5
    assert genotype_differences(a, a.clone()) == []
    assert genotype_differences(a, b) == ["scales of s_z differ by up to 0.5"]


@pytest.mark.parametrize("forged", [{"name": "another"}, {"context": 7}, {"framing": "x"}], ids=str)
def test_a_parent_whose_certificate_was_edited_under_its_id_is_named(
    family: Any, forged: dict[str, Any]
) -> None:
    child = _bred(family)
    folder = family.root / "left" / "checkpoint" / "step-00000000"
    files = read_verified_folder(folder)
    birth = {**json.loads(files["birth.json"]), **forged}
    write_verified_folder(folder, {**files, "birth.json": readable_json(birth)})
    found = replay(child, Registry(family.root).load, OPERATORS)
    assert not found["same"] and "the id does not match" in found["differs"][0]
