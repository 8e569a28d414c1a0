"""Family training: who is missing is named and estimated, members are found, domains known."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lab.breeding.statistics.control_arms import ControlArm
from lab.config.instantiate import instantiate
from lab.config.schemas.breed import BreedConfig
from lab.corpora.vocabulary import Vocabulary
from lab.models.individual import Individual
from lab.records.run_lock import RunInUse, RunLock
from lab.workflows.family_configs import family_folder, lineage_configs
from lab.workflows.train_family import (
    common_vocabulary,
    format_training_estimate,
    load_members,
    read_family_datasets,
    train_matched_controls,
    train_member,
    train_missing_members,
    window_domains,
)

MakeConfig = Callable[..., BreedConfig]


def copy_root(config: BreedConfig, folder: Path) -> BreedConfig:
    """The config in a copy of its root, to be trained in."""
    return replace(config, root=str(shutil.copytree(config.root, folder / "experiments")))


def test_an_estimate_names_who_is_trained_on_how_much(breed_config: MakeConfig) -> None:
    config = breed_config()
    missing = lineage_configs(config, ["forkL", "forkR"])
    dataset = read_family_datasets(config, None)[0]
    line = format_training_estimate(config, missing, dataset)
    characters = 4 * 32 * (20 + 10 + 10)
    expected = f"to train ancestor, forkL, forkR; {characters:,} characters, about "
    assert line.startswith(f"shared_ancestor: {expected}") and line[-1] in "sh minutes"


def test_only_missing_members_are_trained(
    breed_config: MakeConfig,
    family: dict[str, Individual],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = copy_root(breed_config("parents=same_data"), tmp_path)
    datasets = read_family_datasets(config, None)
    before = {path: path.stat().st_mtime_ns for path in Path(config.root).rglob("result.json")}
    train_missing_members(config, datasets, [])
    assert ": to train siblingA, siblingB; 2,560 characters" in capsys.readouterr().err
    siblings = load_members(config, ["siblingA", "siblingB"])
    assert {one.birth["parents"][0] for one in siblings.values()} == {family["ancestor"].id}
    train_missing_members(config, datasets, [])
    assert capsys.readouterr().err == ""
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_family_of_other_logging_habits_is_the_same_family(
    breed_config: MakeConfig,
    family: dict[str, Individual],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = copy_root(breed_config(), tmp_path)
    config.training = replace(config.training, log_every=1, evaluate_every=3, samples=1)
    datasets = read_family_datasets(config, None)
    train_missing_members(config, datasets, [])
    assert capsys.readouterr().err == ""  # nobody is missing
    for name in ("ancestor", "forkL"):  # trained again by these habits, they are the same too
        shutil.rmtree(family_folder(config) / name)
    train_missing_members(config, datasets, [])
    assert {one.id for one in load_members(config, ["ancestor", "forkL"]).values()} == {
        family["ancestor"].id,
        family["forkL"].id,
    }


def test_a_member_in_training_elsewhere_is_waited_for_or_refused(
    breed_config: MakeConfig, family: dict[str, Individual], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Two locks of one run are two processes to each other: flock goes by the open file."""
    config = replace(breed_config(), root=str(tmp_path))
    (member,) = lineage_configs(config, ["ancestor"])
    folder = Path(member.root) / str(member.name)
    shutil.copytree(family_folder(breed_config()) / "ancestor", folder)
    held = RunLock(folder)
    held.acquire()
    with pytest.raises(RunInUse, match="ancestor is in use by process"):
        train_member(replace(config, wait=False), member)
    threading.Timer(0.5, held.release).start()
    train_member(replace(config, wait=True), member)
    said = capsys.readouterr().err.splitlines()
    assert "waiting for process" in said[0] and "trains ancestor" in said[0]
    assert said[-1].endswith("ancestor is done already")


def test_a_family_of_another_config_is_refused(
    breed_config: MakeConfig, family: dict[str, Individual]
) -> None:
    config = breed_config()
    config.training.batch = 2
    with pytest.raises(ValueError, match=r"training.batch: 4 -> 2.*choose another family=NAME"):
        train_missing_members(config, read_family_datasets(config, None), [])


def test_members_are_loaded_by_name(
    breed_config: MakeConfig, family: dict[str, Individual]
) -> None:
    loaded = load_members(breed_config(), ["forkR", "forkL"])
    assert {name: one.id for name, one in loaded.items()} == {
        name: family[name].id for name in ("forkR", "forkL")
    }
    with pytest.raises(FileNotFoundError, match="forkL-twice"):
        load_members(breed_config(), ["forkL"], 2)


def test_controls_are_trained_from_the_best_parent_for_more_steps(
    breed_config: MakeConfig, family: dict[str, Individual], tmp_path: Path
) -> None:
    def unused(*_: object) -> None:
        raise AssertionError("training scores nothing")

    twice = ControlArm("best parent twice", "", unused, trained="best parent", times=2)
    union = replace(twice, name="union", trained="siblings")
    excess = replace(twice, name="excess", effect="excess")
    config = copy_root(breed_config("parents=same_data"), tmp_path)  # which has no siblings
    trained = train_matched_controls(config, "siblingB", [twice, union, excess])
    assert list(trained) == ["best parent twice"]
    birth = trained["best parent twice"].birth
    assert birth["name"] == "siblingB-twice" and birth["parents"] == [family["ancestor"].id]
    assert birth["recipe"]["config"]["training.steps"] == 20


def test_report_windows_are_known_by_the_half_they_come_from(breed_config: MakeConfig) -> None:
    config = breed_config()
    (dataset,) = datasets = read_family_datasets(config, None)
    domains = window_domains(config, datasets)
    left = instantiate({**config.corpus, "half": "left"}).report
    own = dataset.vocabulary.decode(np.asarray(left))
    for window, domain in zip(dataset.report, domains, strict=True):
        assert (dataset.vocabulary.decode(window) in own) == (domain == "left")
    assert set(domains) == {"left", "right"} and domains == sorted(domains)
    no_halves = replace(config, corpus={k: v for k, v in config.corpus.items() if k != "half"})
    assert window_domains(no_halves, datasets) == []
    assert window_domains(config, [dataset, dataset]) == ["tale"] * 2 * len(dataset.report)


def test_too_few_windows_to_score_are_refused(breed_config: MakeConfig, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("abba cab\n" * 150)
    config = breed_config()
    config.corpus["path"] = f"{tmp_path}/short.txt"
    with pytest.raises(
        ValueError, match="select of short has fewer than two pieces .* training.context"
    ):
        read_family_datasets(config, None)


def test_unequal_vocabularies_are_united_in_the_parents_order(
    family: dict[str, Individual],
) -> None:
    fork = family["forkL"]
    other = replace(fork, birth={"vocabulary": Vocabulary(tuple("zb")).to_dict()})
    first = replace(fork, birth={"vocabulary": Vocabulary(tuple("ba")).to_dict()})
    assert common_vocabulary([first, other]).characters == tuple("baz")
    assert common_vocabulary([fork, fork]).to_dict() == fork.birth["vocabulary"]
