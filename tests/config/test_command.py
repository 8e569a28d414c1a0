"""The door: what a user gets wrong is one line and exit code 2, before anything is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.config import command, conf_dir
from lab.config.command import join_lists
from lab.config.schemas.train import TrainConfig

Knock = Callable[..., tuple[int, str, list[str]]]
SCRIPT = """'''Rear nothing.'''
import sys
from lab.config import command
from lab.config.schemas.train import TrainConfig
@command("train", TrainConfig)
def main(config):
    print("entered", config.name)
    if config.seed == 7:
        raise ValueError("seven is unlucky")
    if config.seed == 8:
        raise ZeroDivisionError("a bug")
main()
"""

BAD = {  # what is typed: what the line must say
    "model.dim=-5": "model.dim must be at least 8 and at most 16384 (got -5)",
    "model.dim=abc": "model.dim: Value 'abc'",
    "model.dim=2.5": "model.dim: Value '2.5'",
    "model.dim=null": "'model.dim' is not Optional",
    "model.dimm=5": "unknown key model.dimm; did you mean model.dim?",
    "trainig.steps=5": "unknown key trainig",
    "model.dim_head=7": "model.dim_head must be even",
    "model.num_hyperspheres=2": "model.num_hyperspheres must be 1 (got 2)",
    "model.residual=slurp": "model.residual must be one of lerp, geodesic (got slurp)",
    "model.alpha_init=1.5": "model.alpha_init must be above 0 and at most 1",
    "model.tied=maybe": "model.tied: Value 'maybe'",
    "model.dim=${nope}": "model.dim: Interpolation key 'nope' not found",
    "~model.dim": "model.dim: Model",
    "model=gpt": "there is no model=gpt: choose one of artist, llama",
    "scale=dmeo": "did you mean demo?",
    "scale=demo,card": "Ambiguous value",
    "corpus=apehx": "did you mean apehex?",
    "corpus=text": "corpus.path is missing: set it with corpus.path=...",
    "+corpus.halff=A": "bestiary knows no corpus.halff; did you mean corpus.half?",
    "corpus._target_=os.system": "corpus._target_ must be a function of the lab",
    "corpus._target_=lab.config.command.os": "there is no function",
    "corpus._target_=lab.nowhere.at_all": "there is no function lab.nowhere.at_all",
    "optimizer.lr=nan": "optimizer.lr must be above 0 and at most 1 (got nan)",
    "optimizer.lr=-1": "optimizer.lr must be above 0",
    "optimizer.lr=fast": "optimizer.lr must be above 0 and at most 1 (got fast)",
    "optimizer.beta2=1": "optimizer.beta2 must be at least 0 and below 1",
    "training.steps=0": "training.steps must be at least 1",
    "training.steps=null": "nothing ends this run",
    "training.batch=1000000": "training.batch must be at least 1 and at most 65536",
    "training.ema=1": "training.ema must be",
    "seed=-1": "seed must be at least 0",
    "seed=1.5": "seed: Value '1.5'",
    "threads=true": "threads: Value 'True'",
    "device=gpu": "device must be one of auto, cpu, cuda (got gpu); did you mean cpu?",
    "compile=perhaps": "compile must be one of auto, true, false",
    "half=C": "half must be one of all, A, B",
    "half=A corpus=mrzjy": "half=A means nothing to this corpus",
    "name=../../x": "name must be 1 to 64",
    "name=-rf": "name must be 1 to 64",
    "name=.hidden": "name must be 1 to 64",
    "name=" + "x" * 65: "name must be 1 to 64",
    "root=": "root must name a folder",
    "tracker.mode=of": "tracker.mode must be one of auto, offline",
    "+exp=stylA": "did you mean styleA?",
    "exp=styleA": "use +exp=styleA",
    "+prompt=(^.^)": "cannot read '+prompt=(^.^)'",
    "nonsense": "cannot read 'nonsense'",
    "--nonsense": "unrecognized arguments: --nonsense",
    "--experimental-rerun=x.pickle": "no pickle is read",
    "--config-dir=/nowhere": "'/nowhere' not found",
    "-m model.dim=abc,64": "model.dim: Value 'abc'",
}

FILES = {  # a user's own experiment file: what the line must say
    "seed: 1\nseed: 2\n": "found duplicate key seed",
    "seed: [1\n": "line 3",
    "\tseed: 1\n": "cannot start any token",
    "seed: !!python/object/apply:os.system ['touch hit']\n": "could not determine a constructor",
    "sead: 1\n": "exp/mine: unknown key sead; did you mean seed?",
    "model: {dim: wide}\n": "model.dim: Value 'wide'",
    "training: 5\n": "exp/mine: Merge error: int is not a subclass of Training",
    "defaults:\n  - override /scale: huge\n": "there is no scale=huge",
}


@pytest.fixture
def knock(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Knock:
    """Run a command of what is typed; return its exit code, its output and its lines on stderr."""

    @command("train", TrainConfig)
    def main(config: TrainConfig) -> None:
        print("entered", config.name)
        if config.seed == 7:
            raise ValueError("seven\nis unlucky \x1b[2J")
        if config.seed == 9:
            raise KeyboardInterrupt

    def run(*typed: str) -> tuple[int, str, list[str]]:
        monkeypatch.setattr(sys, "argv", ["lab-train", *typed])
        code: Any = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        out, err = capfd.readouterr()
        return code, out, err.splitlines()

    return run


@pytest.mark.parametrize("typed", BAD)
def test_a_mistake_is_one_line(knock: Knock, typed: str) -> None:
    code, out, lines = knock(*typed.split(" "))
    assert (code, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("lab: ") and BAD[typed] in lines[0]
    assert os.listdir() == []


@pytest.mark.parametrize("text", FILES)
def test_a_mistake_in_a_file_is_one_line(knock: Knock, tmp_path: Path, text: str) -> None:
    (tmp_path / "mine" / "exp").mkdir(parents=True)
    (tmp_path / "mine" / "exp" / "mine.yaml").write_text(f"# @package _global_\n{text}")
    code, out, lines = knock("--config-dir", str(tmp_path / "mine"), "+exp=mine")
    assert (code, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("lab: ") and FILES[text] in lines[0]
    assert os.listdir() == []


def test_a_sound_config_enters_and_leaves_nothing_behind(knock: Knock) -> None:
    assert knock("+exp=styleA", "training.steps=3") == (0, "entered styleA\n", [])
    assert os.listdir() == []


def test_a_run_without_a_name_is_called_by_its_corpus(knock: Knock) -> None:
    assert knock("corpus=drawings", "corpus.path=x")[1] == "entered drawings\n"


def test_an_error_of_the_command_is_one_printable_line(knock: Knock) -> None:
    assert knock("seed=7")[::2] == (2, ["lab: seven is unlucky \\x1b[2J"])


def test_an_interrupt_is_130(knock: Knock) -> None:
    assert knock("seed=9")[::2] == (130, ["lab: interrupted"])


def test_a_sweep_names_its_jobs_and_goes_on_after_a_failure(knock: Knock) -> None:
    code, out, lines = knock("-m", "+exp=styleA,styleB", "seed=1,7,-1", "threads=2")
    names = [line.split()[1] for line in out.splitlines()]
    assert names == ["styleA-seed.1", "styleA-seed.7", "styleB-seed.1", "styleB-seed.7"]
    assert (code, len(lines)) == (2, 4)
    assert os.listdir() == []


def test_help_is_about_this_program(knock: Knock) -> None:
    code, out, _ = knock("--help")
    assert code == 0 and out.startswith("The door: what a user gets wrong")
    assert "+exp       ancestor" in out and "Powered by Hydra" not in out


def test_the_config_can_be_looked_at(knock: Knock) -> None:
    code, out, _ = knock("--cfg", "job", "--resolve", "scale=debug")
    assert code == 0 and "dim: 32" in out and "hydra:" not in out


def test_the_primary_files_are_found() -> None:
    assert (conf_dir() / "train.yaml").is_file()


def process(typed: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    Path("probe.py").write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": str(conf_dir().parent), **env}
    command = [sys.executable, "probe.py", typed]
    return subprocess.run(command, env=env, capture_output=True, text=True)


def test_a_process_ends_with_one_line_and_exit_code_2() -> None:
    done = process("seed=7")
    assert (done.returncode, done.stderr) == (2, "lab: seven is unlucky\n")


def test_debugging_shows_where_it_came_from() -> None:
    done = process("seed=7", LAB_DEBUG="1")
    assert done.returncode == 2 and done.stderr.startswith("Traceback")
    assert done.stderr.endswith("\nlab: seven is unlucky\n")


def test_a_bug_is_not_hidden() -> None:
    done = process("seed=8")
    assert done.returncode == 1 and "ZeroDivisionError: a bug" in done.stderr


def test_commas_make_a_list_of_keys_that_take_several() -> None:
    words = ["artist=a,b", "labels=Cats,Sea Horses", "seed=1,2", "temperature=0.5", "artist=[a,b]"]
    assert join_lists(words, ("artist", "labels")) == [
        "artist=[a,b]", "labels=[Cats,Sea Horses]", *words[2:]
    ]  # fmt: skip
    assert join_lists(["-m", *words], ("artist",)) == ["-m", *words]
    assert join_lists(words, ()) == words
