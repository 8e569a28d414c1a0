"""Every file under conf/: short, composes, names functions that exist, says what it is."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from lab.config import conf_dir
from lab.config.command import version_base
from lab.config.instantiate import check_node
from lab.config.validation import check_nodes, find_nodes

CONF = conf_dir()


def defaults(path: Path) -> list[Any]:
    """Return a config file's defaults list."""
    return yaml.safe_load(path.read_text()).get("defaults", [])


EXPERIMENTS = sorted(path.stem for path in (CONF / "exp").glob("*.yaml"))
COMMAND = re.compile(r"# python -m lab\.(\w+) \+exp=(\w+)")
FILES = sorted(CONF.rglob("*.yaml"))
DOORS = {  # door: the groups in its primary file's defaults
    path.stem: {group for one in defaults(path) if isinstance(one, dict) for group in one}
    for path in CONF.glob("*.yaml")
    if f"{path.stem}_schema" in defaults(path)
}
OPTIONS = sorted(
    (door, f"{path.parent.name}={path.stem}")
    for door, groups in DOORS.items()
    for path in FILES
    if path.parent.name in groups
)


def composed(door: str, *overrides: str) -> dict[str, Any]:
    """Return a door's resolved config."""
    importlib.import_module(f"lab.{door}")
    with initialize_config_dir(str(CONF), **version_base()):
        plain = OmegaConf.to_container(compose(door, list(overrides)), resolve=True)
    assert isinstance(plain, dict)
    return plain


def door_of(experiment: str) -> str:
    """Return the door that an experiment's second line names."""
    second = (CONF / "exp" / f"{experiment}.yaml").read_text().splitlines()[1]
    found = COMMAND.fullmatch(second)
    assert found and found[2] == experiment, second
    return found[1]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_says_its_package_and_its_command(name: str) -> None:
    assert (CONF / "exp" / f"{name}.yaml").read_text().startswith("# @package _global_\n")
    assert door_of(name)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_composes_and_changes_something(name: str) -> None:
    door = door_of(name)
    with_it, without = composed(door, f"+exp={name}"), composed(door)
    assert with_it != without
    check_nodes(with_it)


@pytest.mark.parametrize(("door", "option"), OPTIONS)
def test_an_option_composes(door: str, option: str) -> None:
    path = ["corpus.path=x"] if option in ("corpus=text", "corpus=drawings") else []
    check_nodes(composed(door, option, *path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CONF).as_posix())
def test_a_file_names_functions_that_exist_and_know_its_keys(path: Path) -> None:
    told = yaml.safe_load(path.read_text()) or {}
    told.pop("defaults", None)  # Hydra's, not the function's
    for key, node in find_nodes({path.stem: told}):
        check_node(key, node)


@pytest.mark.parametrize("name", ["model_stock", "fisher"])
def test_an_operator_without_a_coefficient_searches_nothing_unless_told(name: str) -> None:
    assert (
        composed("breed", f"crossover={name}")["search"]["_target_"]
        == "lab.breeding.search.coefficient_search.none"
    )
    told = composed("breed", f"crossover={name}", "search=grid")
    assert told["search"]["_target_"] == "lab.breeding.search.coefficient_search.grid"


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {str(path): length for path, length in lengths.items() if length > 20} == {}


def test_every_file_says_what_it_is() -> None:
    assert [str(path) for path in FILES if "\n# " not in "\n" + path.read_text()] == []


def test_the_card_is_the_size_of_the_original() -> None:
    artist = composed("train", "scale=card")["model"]
    text = composed("train", "scale=card", "model=text")["model"]
    assert [artist[key] for key in ("dim", "depth", "heads", "dim_head")] == [256, 4, 4, 64]
    assert [text[key] for key in ("dim", "depth", "heads", "dim_head")] == [512, 8, 8, 64]


@pytest.mark.parametrize("scale", ["debug", "demo", "laptop", "card"])
def test_independents_train_as_long_as_ancestor_and_fork(scale: str) -> None:
    steps = {
        name: composed("train", f"+exp={name}", f"scale={scale}")["training"]["steps"]
        for name in ("ancestor", "forkL", "independentL")
    }
    assert steps["independentL"] == steps["ancestor"] + steps["forkL"]


def test_forks_differ_in_their_half_only() -> None:
    left, right = composed("train", "+exp=forkL"), composed("train", "+exp=forkR")
    differing = {key for key in left if left[key] != right[key]}
    assert differing == {"half", "corpus"}


def test_independents_differ_in_seed_and_half_only() -> None:
    left, right = composed("train", "+exp=independentL"), composed("train", "+exp=independentR")
    assert {key for key in left if left[key] != right[key]} == {"half", "corpus", "seed"}


def test_a_size_can_be_set_beside_a_scale() -> None:
    model = composed("train", "scale=demo", "model.dim=96")["model"]
    assert (model["dim"], model["depth"]) == (96, 3)


def test_a_style_takes_its_half_from_any_corpus_of_drawings() -> None:
    assert composed("train", "+exp=styleA")["corpus"]["half"] == "A"
    assert composed("train", "+exp=styleB", "corpus=apehex")["corpus"]["half"] == "B"


def test_data_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    assert composed("train", "corpus=apehex")["corpus"]["data"] == str(tmp_path)
