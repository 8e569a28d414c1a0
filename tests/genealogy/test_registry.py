"""The registry finds individuals by name, folder and id prefix, and loads their weights."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.genealogy.registry import Registry
from lab.models import individual

MISSING = "f" * 64


def test_an_individual_is_found_by_name_folder_and_id_prefix(family: Any) -> None:
    registry, identity = Registry(family.root), family.ids["left"]
    folder = family.root / "left"
    assert {registry.find(key) for key in ("left", str(folder), identity, identity[:6])} == {
        identity
    }


def test_a_near_miss_is_suggested(family: Any) -> None:
    with pytest.raises(ValueError, match="has no individual called lefts; did you mean left?"):
        Registry(family.root).find("lefts")


def test_two_individuals_of_one_name_are_listed_with_their_folders(family: Any) -> None:
    shutil.copytree(family.root / "right", family.root / "elsewhere" / "right")
    family.born("right", "stranger")
    shutil.move(family.root / "right", family.root / "moved")
    with pytest.raises(ValueError, match="right means 2 individuals, say which by folder or id"):
        Registry(family.root).find("right")


def test_of_two_equal_runs_the_one_that_was_typed_is_named(family: Any) -> None:
    shutil.copytree(family.root / "stranger", family.root / "uni2")  # read last, so it has the id
    registry, identity = Registry(family.root), family.ids["stranger"]
    registry.pedigree.use_names({identity: "uni2"})
    assert registry.find("uni2") == identity and registry.name(identity) == "uni2"
    assert registry.find("stranger") == identity and registry.name(identity) == "stranger"
    assert registry.label(identity).startswith("stranger (")


def test_strangers_are_called_what_the_user_called_them(family: Any) -> None:
    pedigree, ids = Registry(family.root).pedigree, family.ids
    pedigree.use_names({ids["stranger"]: "uni1", "f" * 64: "nobody"})
    with pytest.raises(ValueError, match="child and uni1 have no common ancestor"):
        pedigree.require_related(ids["child"], ids["stranger"])


def test_an_empty_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no individual lies under .*: train one"):
        Registry(tmp_path)


def test_the_weights_loaded_are_those_saved(family: Any) -> None:
    loaded = Registry(family.root).load(family.ids["child"])
    assert torch.equal(loaded.genotype.rows, family.weights["child"].rows)


def test_an_older_checkpoint_is_loaded_by_its_id(family: Any) -> None:
    old = family.ids["left"]
    family.born("left", "ancestor", step=7)
    assert Registry(family.root).load(old).id == old


def test_missing_weights_are_named(family: Any) -> None:
    (family.root / "left" / "checkpoint" / "step-00000000" / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"the weights of left \(\w{8}\) are not here"):
        Registry(family.root).load(family.ids["left"])


def test_a_missing_certificate_is_described(family: Any) -> None:
    orphan = family.born("orphan", MISSING)
    registry = Registry(family.root)
    assert registry.folder_of(MISSING) == "nowhere"
    assert registry.describe_missing(orphan) == "the certificate of unknown (ffffffff) is missing"
    assert registry.describe_missing(family.ids["child"]) == ""


def test_a_parent_with_another_id_is_found_by_its_name(family: Any) -> None:
    birth = {
        "name": "heir",
        "vocabulary": {},
        "parents": [MISSING],
        "parent_names": ["left"],
        "recipe": {},
    }
    folder = family.root / "heir"
    individual.save_individual(folder, family.weights["left"], birth)
    heir = individual.load_individual(folder)
    assert Registry(family.root).load_parent(heir, MISSING).id == family.ids["left"]
