"""Help page: each command's own groups and keys, values resolved, YAML comments beside them."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.config.conf_folder import conf_dir
from lab.config.help import HYDRA_FLAGS, WIDTH, help_page, wants_help

COMMANDS = (
    "bench", "breed", "display", "evaluate", "export", "pedigree", "play", "plot", "sample",
    "summarise", "train",
)  # fmt: skip


def page(command: str, *typed: str) -> str:
    importlib.import_module(f"lab.{command}")  # stores its schema
    from lab.config.command import hydra_environment

    with hydra_environment("About it."):
        return help_page(command, "About it.", typed)


def entry(text: str, key: str) -> str:
    """Return the line of a key without its runs of blanks."""
    lines = [line for line in text.splitlines() if line.startswith(f"  {key} ")]
    assert len(lines) == 1, (key, lines)
    return " ".join(lines[0].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_is_complete_narrow_and_resolved(command: str) -> None:
    text = page(command)
    assert text.startswith("About it.\n\n") and text.endswith(HYDRA_FLAGS)
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []
    assert "${" not in text and "_target_" not in text and "$APP" not in text


def test_a_value_is_resolved_and_a_comment_is_its_meaning() -> None:
    text = page("train")
    steps = entry(text, "training.steps")
    assert steps.startswith("training.steps 2000 ") and "null: no limit" in steps
    assert entry(page("train", "scale=debug"), "training.steps").split()[1] == "20"


def test_a_command_shows_its_own_groups_only() -> None:
    assert "crossover" not in page("train") and "crossover" in page("breed")
    assert entry(page("breed"), "crossover").startswith("crossover slerp | ancestor_arithmetic")
    assert entry(page("train", "corpus=enwik8"), "corpus").startswith("corpus enwik8 | apehex")
    assert "Groups" not in page("plot")
    assert "+exp" in page("train") and "+exp" not in page("sample")
    assert entry(page("evaluate"), "corpus").startswith("corpus null | apehex")


def test_the_comment_of_a_chosen_option_heads_its_keys() -> None:
    text = page("train", "schedule=cosine")
    first = (conf_dir() / "schedule" / "cosine.yaml").read_text().splitlines()[0]
    assert f"schedule=cosine: {first[2:]}" in text


def test_a_key_is_shown_as_it_is_typed() -> None:
    importlib.import_module("lab.display")
    text = help_page("display", "", (), {"picture": "picture", "model": "screen"})
    assert entry(text, "model").startswith("model null")
    assert "\n  screen " not in text


def test_a_folder_of_the_users_own_counts(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "mine.yaml").write_text(
        "# @package _global_\n# python -m lab.train +exp=mine\n"
    )
    (tmp_path / "schedule").mkdir()
    (tmp_path / "schedule" / "mine.yaml").write_text("# Mine alone.\nrate: 0.25  # of everything\n")
    text = page("train", "--help", "--config-dir", str(tmp_path), "schedule=mine")
    assert "schedule=mine: Mine alone." in text
    assert entry(text, "schedule.rate") == "schedule.rate 0.25 of everything"
    assert " mine |" in text.partition("Keys")[0]


def test_help_is_asked_for_by_either_flag() -> None:
    assert wants_help(["seed=1", "--help"]) and wants_help(["-h"])
    assert not wants_help(["--hydra-help"]) and not wants_help([])


HEAVY = "{'torch', 'numpy', 'pandas', 'scipy', 'wandb', 'matplotlib'}"


def heavy_modules(script: str, **env: str) -> str:
    """The last line of a script that prints which heavy packages it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{script}\nprint(sorted({HEAVY} & set(sys.modules)))"],
        check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(conf_dir().parent), **env},
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_imports_what_is_heavy(command: str) -> None:
    assert heavy_modules(f"import lab.{command}") == "[]"


@pytest.mark.parametrize("words", ["'--help'", "'-sc', 'query=bash'"])
def test_help_and_completion_import_nothing_heavy(words: str) -> None:
    script = f"import lab.train\nsys.argv = ['lab.train', {words}]\n"
    script += "try:\n    lab.train.main()\nexcept SystemExit:\n    pass"
    assert heavy_modules(script, COMP_LINE="lab-train mod", COMP_POINT="13") == "[]"
