"""Missing weights: a run whose weights are not kept is called that, with the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.models.individual import find_individual
from lab.models.missing_weights import require_weights
from lab.storage.packed_records import pack_records, remove_packed_files

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


def finished(root: Path, name: str, **result: Any) -> Path:
    (root / name).mkdir(parents=True)
    (root / name / "config.yaml").write_text("# hash: 1\n")
    (root / name / "result.json").write_text(json.dumps({"individual": "ab" * 32} | result))
    return root / name


def test_a_committed_artist_is_named_with_its_command() -> None:
    with pytest.raises(FileNotFoundError) as error:
        find_individual("styleA-bestiary", EXPERIMENTS)
    said = str(error.value)
    assert said.startswith("the weights of styleA-bestiary are not here") and "\n" not in said
    assert said.endswith("python -m lab.train +exp=styleA name=styleA-bestiary "
                         "training.samples=8 again=true")  # fmt: skip
    assert "damaged" not in said


def test_a_certificate_without_weights_is_not_called_damaged() -> None:
    for name in ("shared_ancestor-constant-seed.0", "families/enwik8-laptop-seed.0/forkL"):
        with pytest.raises(FileNotFoundError, match=f"the weights of {name} are not here"):
            find_individual(name, EXPERIMENTS / "vigor-laptop")


@pytest.mark.parametrize("packed", [False, True])
def test_the_command_is_of_this_run_and_root(tmp_path: Path, packed: bool) -> None:
    finished(tmp_path / "study", "a")
    command = "python -m lab.train +exp=demo name=a"
    (tmp_path / "README.md").write_text(
        f"`python -m lab.train name=ab root=study` `{command}` `{command} seed=1 root=x/study` |"
    )
    if packed:
        remove_packed_files(tmp_path / "study", pack_records(tmp_path / "study"))
    with pytest.raises(FileNotFoundError) as error:
        find_individual("a", tmp_path / "study")
    assert str(error.value).endswith(f"make them with: {command} seed=1 root=x/study again=true")


def test_without_a_page_it_says_which_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="lab.train or lab.breed, name=a"):
        require_weights("a", finished(tmp_path / "x" / "y" / "z", "a"))


def test_a_run_that_kept_none_is_no_such_case(tmp_path: Path) -> None:
    finished(tmp_path, "lean", individual=None, champion={"id": None, "path": None})
    with pytest.raises(FileNotFoundError, match="no individual called lean"):
        find_individual("lean", tmp_path)
