"""A cross bred in its run's folder: what the result holds, which siblings are searched, labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from lab.breeding.statistics.control_arms import select_arms
from lab.breeding.statistics.report_log import read_evaluations
from lab.config.schemas.breed import BreedConfig
from lab.models.individual import Individual, find_individual
from lab.workflows.breed import breed_run, format_arm_name, read_typed_keys, search_siblings

MakeConfig = Callable[..., BreedConfig]
CHOICES = {
    "parents": "shared_ancestor",
    "crossover": "slerp",
    "search": "golden",
    "mutation": "none",
}


def test_a_result_names_parents_ancestor_and_champion(
    bred: BreedConfig, family: dict[str, Individual]
) -> None:
    folder = Path(bred.root) / "halfway"
    result = json.loads((folder / "result.json").read_text())
    assert result["study"] == "text-debug"
    assert result["parents"] == {name: family[name].id for name in ("forkL", "forkR")}
    assert (result["ancestor"], result["ancestor_name"]) == (family["ancestor"].id, "ancestor")
    champion = find_individual("halfway", Path(bred.root))
    assert result["champion"]["id"] == result["gen-0"]["id"] == champion.id
    assert champion.birth["recipe"]["parameters"] == {"alpha": 0.5}
    assert result["clone_of"] is None and result["search"]["scored"] == 1
    assert set(result["domains"]) == {"left", "right"}
    touched = {
        entry["purpose"].removeprefix("breed halfway: "): entry["candidate"]
        for entry in read_evaluations(Path(bred.root) / "report-touches.jsonl")
        if entry["purpose"].startswith("breed halfway")
    }
    assert touched == result["touched"]


def test_a_finished_run_is_returned_without_its_corpus(
    bred: BreedConfig, breed_config: MakeConfig, tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = breed_config("search=none", "controls=none", "name=halfway")
    hidden = tale.rename(tale.with_suffix(".hidden"))
    try:
        result = breed_run(config)
    finally:
        hidden.rename(tale)
    assert result == json.loads((Path(bred.root) / "halfway" / "result.json").read_text())
    assert "halfway is done already" in capsys.readouterr().err


def test_an_arm_that_is_no_file_is_refused_before_anything_is_made(
    breed_config: MakeConfig, tmp_path: Path
) -> None:
    config = replace(breed_config(), root=f"{tmp_path}/new")
    config.controls["arms"] = ["no_such"]
    with pytest.raises(ValueError, match="no arm 'no_such', choose from "):
        breed_run(config)
    assert not (tmp_path / "new").exists()


def test_a_parent_that_is_not_there_is_refused_before_anything_is_made(
    breed_config: MakeConfig, tmp_path: Path
) -> None:
    config = breed_config("parents=files", "parent_runs=[elder,b]", "controls=none")
    with pytest.raises(FileNotFoundError, match="elder"):
        breed_run(replace(config, root=f"{tmp_path}/new"))
    assert not (tmp_path / "new").exists()


def test_siblings_are_searched_only_for_an_arm_that_compares_with_them(
    breed_config: MakeConfig,
) -> None:
    nothing: Any = None  # neither run nor scorer is read where no sibling is searched
    config = breed_config()
    arms = select_arms(config.controls)
    assert search_siblings(config, nothing, nothing, nothing, arms) is None
    arms = select_arms({**config.controls, "matched": True})
    assert any(arm.effect == "excess" for arm in arms)
    config.parents["siblings"] = []
    assert search_siblings(config, nothing, nothing, nothing, arms) is None


def test_an_arm_is_labelled_by_what_differs_from_the_defaults(breed_config: MakeConfig) -> None:
    config = breed_config()
    assert format_arm_name(config, CHOICES) == "shared_ancestor slerp golden constant"
    config = replace(config, fork_schedule="annealed", alignment="match")
    config.alphas.grain = "layer"
    label = "shared_ancestor slerp evolution annealed tangent aligned layer"
    choices = {**CHOICES, "search": "evolution", "mutation": "tangent"}
    assert format_arm_name(config, choices) == label


def test_typed_keys_are_those_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ["training.context=64", "+search.budget=9", "++name=a=b", "~corpus.half"]
    node = OmegaConf.create({"hydra": {"overrides": {"task": typed}}})
    monkeypatch.setattr(HydraConfig.instance(), "cfg", node)
    assert read_typed_keys() == {"training.context", "search.budget", "name", "corpus.half"}
