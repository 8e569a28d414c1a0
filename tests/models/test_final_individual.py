"""Final individual: a finished run is what its result names, and no older checkpoint of it."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from lab.models.final_individual import describe_remaking, final_identity
from lab.models.individual import (
    DamagedIndividual,
    find_individual,
    load_final_individual,
    save_individual,
)

BIRTH: dict[str, Any] = {
    "name": "it", "parents": [], "recipe": {"kind": "trained", "steps": 3},
    "vocabulary": {"kind": "characters", "characters": "abcdefghijklmnopqrstuvwxyz\n /"},
    "framing": None, "context": 16,
}  # fmt: skip
DAMAGE = ("weights", "birth", "folder", "other weights")


@pytest.fixture
def run(make: Any, tmp_path: Path) -> Path:
    """experiments/it with the checkpoints of steps 1 and 2, not finished."""
    folder = tmp_path / "here" / "experiments" / "it"
    for step in (1, 2):
        save_individual(folder / "checkpoint" / f"step-{step:08d}", make(step), BIRTH)
    return folder


def finish(run: Path) -> str:
    """Write the result of the run: it ended in its newest checkpoint."""
    birth = json.loads((run / "checkpoint" / "step-00000002" / "birth.json").read_text())
    (run / "result.json").write_text(json.dumps({"individual": birth["id"], "step": 2}))
    return str(birth["id"])


def damage(run: Path, how: str, make: Any) -> None:
    """Damage the newest checkpoint of a run."""
    last = run / "checkpoint" / "step-00000002"
    if how == "weights":
        data = bytearray((last / "model.safetensors").read_bytes())
        data[-1] ^= 1
        (last / "model.safetensors").write_bytes(data)
    elif how == "birth":
        (last / "birth.json").write_text("{}")
    elif how == "folder":
        shutil.rmtree(last)
    else:
        save_individual(last, make(5), BIRTH)


def test_a_sound_run_is_found_as_before(run: Path) -> None:
    assert final_identity(run) is None
    identity = finish(run)
    assert final_identity(run) == identity
    assert find_individual("it", run.parent).id == identity
    (run / "checkpoint" / "step-00000002").rename(run / "checkpoint" / "step-00000000")
    (run / "checkpoint" / "step-00000001" / "birth.json").write_text("{}")
    said: list[str] = []
    assert load_final_individual(run, identity, said.append).path.name == "step-00000000"
    assert len(said) == 1 and said[0].startswith("skipping a damaged checkpoint: ")


@pytest.mark.parametrize("how", DAMAGE)
def test_a_finished_run_is_no_older_checkpoint(run: Path, make: Any, how: str) -> None:
    identity = finish(run)
    damage(run, how, make)
    said: list[str] = []
    with pytest.raises(DamagedIndividual) as error:
        find_individual("it", run.parent, said.append)
    text = str(error.value)
    assert not said and "\n" not in text and text.startswith(f"{run} ended in {identity[:12]}, and")
    assert text.endswith("make it again with the run's command (lab.train or lab.breed, name=it) "
                         "again=true")  # fmt: skip
    older = run / "checkpoint" / "step-00000001"
    assert find_individual(str(older), run.parent).path == older  # asked for by its own folder


@pytest.mark.parametrize("how", ["weights", "birth", "folder"])
def test_an_unfinished_run_goes_on_from_its_older_checkpoint(
    run: Path, make: Any, how: str
) -> None:
    damage(run, how, make)
    said: list[str] = []
    assert find_individual("it", run.parent, said.append).path.name == "step-00000001"
    assert len(said) == (how != "folder")


@pytest.mark.parametrize("text", ["{", "[]", '{"champion": 5}', "[" * 10**5])
def test_a_damaged_result_is_refused(run: Path, text: str) -> None:
    (run / "result.json").write_text(text)
    with pytest.raises(DamagedIndividual, match="ended in is not known: make it again"):
        find_individual("it", run.parent)


def test_a_cross_that_kept_no_child_of_its_own_names_none(tmp_path: Path) -> None:
    for champion in ({"id": "ab", "path": None}, None, {}):
        (tmp_path / "result.json").write_text(json.dumps({"champion": champion}))
        assert final_identity(tmp_path) is None
    (tmp_path / "result.json").write_text(json.dumps({"champion": {"id": "ab", "path": "x"}}))
    assert final_identity(tmp_path) == "ab"


def test_a_family_member_is_trained_by_its_cross() -> None:
    member = Path("experiments/families/text-debug-seed.0/forkL")
    assert describe_remaking(member).startswith(f"by moving {member} away and repeating its cross")


@pytest.mark.parametrize("how", ["weights", "birth"])
@pytest.mark.parametrize(
    "words",
    [
        "evaluate artist=it", "sample artist=it", "export artist=it format=hub",
        "play artist=it", "pedigree of=it", "pedigree paternity=it",
        "display model=it picture=x.png",
        "breed parents=files parent_runs=[it,it2] name=x", "train parent=it name=x corpus=enwik8",
    ],
)  # fmt: skip
def test_every_command_refuses_it_in_one_line(
    run: Path,
    make: Any,
    words: str,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    finish(run)
    damage(run, how, make)
    save_individual(run.with_name("it2") / "checkpoint" / "step-00000001", make(9), BIRTH)
    command, *arguments = words.split()
    monkeypatch.setattr(sys, "argv", [f"lab.{command}", *arguments])
    if words == "pedigree of=it" and how == "weights":
        pytest.skip("reads the certificate alone, which is sound")
    with pytest.raises(SystemExit) as left:
        importlib.import_module(f"lab.{command}").main()
    lines = capsys.readouterr().err.splitlines()
    assert left.value.code == 2 and "make it again with the run's command" in lines[-1]
    assert "Traceback" not in "".join(lines) and not Path("experiments/x").exists()
