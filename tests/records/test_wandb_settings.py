"""What a run is called, and where it belongs, in Weights & Biases."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lab.records.run import set_aside
from lab.records.wandb_settings import (
    clean_project_name,
    job_type,
    keep_run_id,
    resolve_wandb_mode,
    study_group,
)

BESTIARY = {"_target_": "lab.corpora.bestiary.bestiary"}
TEXT = {"_target_": "lab.corpora.text.text", "path": "/data/my book.txt"}


def test_an_id_follows_from_name_and_config(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    first = keep_run_id(folder, "a", "12ab")
    assert keep_run_id(folder, "a", "12ab") == first and len(first) == 16
    shutil.rmtree(folder / "wandb")
    assert keep_run_id(folder, "a", "12ab") == first
    others = []
    for name, config_hash in (("b", "12ab"), ("a", "34cd")):
        shutil.rmtree(folder / "wandb")
        others.append(keep_run_id(folder, name, config_hash))
    assert len({first, *others}) == 3


def test_a_run_again_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]"
    folder.mkdir()
    first = keep_run_id(folder, "a", "12ab")
    set_aside(folder)
    folder.mkdir()
    second = keep_run_id(folder, "a", "12ab")
    assert second != first
    for aside in tmp_path.glob("a*.*"):
        shutil.rmtree(aside)
    assert keep_run_id(folder, "a", "12ab") == second


def test_a_damaged_id_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    first = keep_run_id(folder, "a", "12ab")
    for damage in (b"", b"../../x", b"\xff\xfe"):
        (folder / "wandb" / "run-id").write_bytes(damage)
        assert keep_run_id(folder, "a", "12ab") == first


@pytest.mark.parametrize(
    ("folder", "config", "group"),
    [
        ("e/a", {"corpus": BESTIARY, "scale": {"name": "debug"}}, "bestiary-debug"),
        ("e/a", {"corpus": BESTIARY, "family": None, "parents": {}}, "bestiary"),
        ("e/a", {"corpus": TEXT, "scale": {"name": "full"}}, "text-my_book-full"),
        (
            "e/a",
            {"corpus": {}, "parents": {"corpora": {"x": BESTIARY, "y": TEXT}}},
            "bestiary-text-my_book",
        ),
        ("e/a", {"corpus": BESTIARY, "family": "lions-seed.12"}, "lions"),
        ("e/families/bestiary-debug-seed.3/forkL", {"corpus": BESTIARY}, "bestiary-debug"),
        ("e/a", {"corpus": BESTIARY, "family": "x" * 200}, "x" * 128),
        ("e/a", {"artist": "a"}, None),
    ],
)
def test_all_seeds_of_a_study_are_one_group(
    folder: str, config: dict[str, Any], group: str | None
) -> None:
    assert study_group(Path(folder), config) == group


def test_a_job_is_the_command() -> None:
    assert job_type({"training": 1, "crossover": 1}) == "breed"
    assert job_type({"training": 1}) == "train"
    assert (job_type({"artist": "a"}), job_type({})) == ("sample", "run")


def test_auto_follows_the_environment_then_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    assert (resolve_wandb_mode("auto"), resolve_wandb_mode("offline")) == ("disabled", "offline")
    monkeypatch.delenv("WANDB_MODE")
    assert resolve_wandb_mode("auto") == "offline"
    monkeypatch.setenv("WANDB_API_KEY", "x" * 40)
    assert resolve_wandb_mode("auto") == "online"
    monkeypatch.delenv("WANDB_API_KEY")
    netrc = Path.home() / ".netrc"
    netrc.write_text("machine api.wandb.ai\n  login user\n  password x\n")
    netrc.chmod(0o600)
    assert resolve_wandb_mode("auto") == "online"


@pytest.mark.parametrize(("wanted", "name"), [("a/b: c", "a-b-c"), ("?", "model-breeding-lab")])
def test_project_names_are_made_legal(wanted: str, name: str) -> None:
    assert clean_project_name(wanted) == name
