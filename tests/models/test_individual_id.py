"""Ids: old ones stay as they are, new ones cover what a certificate means and no logging habit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models.genotype import Genotype
from lab.models.individual import DamagedIndividual, Individual, load_individual, save_individual
from lab.models.individual_id import complete_certificate, compute_individual_id, former_ids
from lab.storage.verified_folder import read_verified_folder, readable_json, write_verified_folder

FIRST_ID = "b2a5795eaadabb6bf1575b60dd36503803d86918591de9ab276042c5f724e039"
BIRTH: dict[str, Any] = {
    "name": "it",
    "framing": "conditional",
    "context": 64,
    "parents": [],
    "recipe": {"kind": "trained", "config": {"seed": 0, "training.steps": 3}},
    "vocabulary": {"kind": "characters", "characters": "abc"},
    "logging": {"training.log_every": 10},
}


def exact(make: Any) -> Genotype:
    """Weights whose bytes are the same on every machine."""
    born = make()
    rows, scales = torch.zeros_like(born.rows), torch.ones_like(born.scales)
    rows[:, 0] = 1.0
    return Genotype(born.architecture, rows, scales)


def first_birth() -> dict[str, Any]:
    """The same certificate as the first format wrote it: habits in the recipe, no format 2."""
    config = {**BIRTH["recipe"]["config"], **BIRTH["logging"]}
    birth = {key: value for key, value in BIRTH.items() if key != "logging"}
    return {**birth, "format": 1, "recipe": {"kind": "trained", "config": config}}


def reseal(folder: Path, birth: Mapping[str, Any]) -> None:
    """Write another certificate with a manifest that vouches for it, as a forger would."""
    files = {**read_verified_folder(folder), "birth.json": readable_json(dict(birth))}
    write_verified_folder(folder, files)


def test_an_id_of_the_first_format_is_as_it_was_and_is_read(make: Any, tmp_path: Path) -> None:
    identity = save_individual(tmp_path / "old", exact(make), first_birth())
    assert identity == FIRST_ID
    found = load_individual(tmp_path / "old")
    assert found.id == FIRST_ID and "former_id" not in found.birth
    without = {key: value for key, value in found.birth.items() if key != "format"}
    reseal(tmp_path / "old", without)
    assert load_individual(tmp_path / "old").id == FIRST_ID


def test_a_certificate_keeps_the_id_that_the_first_format_would_have_given(
    make: Any, tmp_path: Path
) -> None:
    identity = save_individual(tmp_path / "new", exact(make), BIRTH)
    birth = load_individual(tmp_path / "new").birth
    assert identity != FIRST_ID and birth["former_id"] == FIRST_ID and birth["format"] == 2


def test_a_child_has_the_former_id_of_a_child_of_former_parents(make: Any) -> None:
    def child(of: Individual) -> dict[str, Any]:
        recipe = {"kind": "bred", "ancestor": of.id}
        return {**BIRTH, "parents": [of.id], "recipe": recipe, "former_ids": former_ids(of)}

    weights = exact(make)
    new, old = (
        Individual(weights, complete_certificate(birth, weights), Path())
        for birth in (BIRTH, first_birth())
    )
    first = complete_certificate({**child(old), "format": 1}, weights)
    second = complete_certificate(child(new), weights)
    assert second["former_id"] == first["id"] != second["id"]
    assert former_ids(old) == {} and former_ids(new) == {new.id: old.id}


def test_logging_habits_are_in_no_id(make: Any) -> None:
    other = {**BIRTH, "logging": {"training.log_every": 1}}
    a, b = (complete_certificate(birth, exact(make)) for birth in (BIRTH, other))
    assert a["id"] == b["id"] and a["former_id"] != b["former_id"]


@pytest.mark.parametrize(
    "forged",
    [
        {"name": "another"},
        {"framing": None},
        {"context": 128},
        {"corpus": {"name": "another"}},
        {"parent_names": ["another"]},
        {"vocabulary": {"kind": "characters", "characters": "abd"}},
        {"format": 1},
        {"former_id": "0" * 64},
        {"logging": {"training.log_every": 1}},
    ],
    ids=str,
)
def test_a_forged_certificate_is_refused_by_its_id(
    make: Any, tmp_path: Path, forged: dict[str, Any]
) -> None:
    save_individual(tmp_path / "it", exact(make), BIRTH)
    reseal(tmp_path / "it", {**load_individual(tmp_path / "it").birth, **forged})
    with pytest.raises(DamagedIndividual, match=r"birth\.json: the (former )?id does not match"):
        load_individual(tmp_path / "it")


@pytest.mark.parametrize("number", [0, 3, "2", True, 2.5, None, [1], {"a": 1}])
def test_a_format_of_a_later_lab_is_named(make: Any, tmp_path: Path, number: Any) -> None:
    save_individual(tmp_path / "it", exact(make), BIRTH)
    reseal(tmp_path / "it", {**load_individual(tmp_path / "it").birth, "format": number})
    with pytest.raises(DamagedIndividual, match=r"birth\.json: its format is .* reads 1 to 2"):
        load_individual(tmp_path / "it")


@pytest.mark.parametrize("former", [7, [], {"a": 7}, "x"], ids=str)
def test_former_ids_of_another_type_are_damage_and_no_traceback(
    make: Any, tmp_path: Path, former: Any
) -> None:
    save_individual(tmp_path / "it", exact(make), {**BIRTH, "parents": ["a"]})
    birth = {**load_individual(tmp_path / "it").birth, "former_ids": former, "former_id": "0"}
    reseal(tmp_path / "it", birth)
    with pytest.raises(DamagedIndividual, match=r"birth\.json"):
        load_individual(tmp_path / "it")


def test_absent_and_empty_meaning_is_the_same(make: Any) -> None:
    weights = exact(make)
    birth = complete_certificate({**BIRTH, "corpus": None}, weights)
    del birth["corpus"]
    assert compute_individual_id(birth, weights) == birth["id"]
