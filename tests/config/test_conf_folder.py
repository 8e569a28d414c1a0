"""Config folder: beside lab/ in a checkout, inside it in a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from lab.config.conf_folder import conf_dir, model_kinds, version_base
from lab.models.network import NETWORKS


def test_the_primary_files_are_found() -> None:
    assert (conf_dir() / "train.yaml").is_file()


def test_hydra_is_told_which_rules_hold() -> None:
    assert version_base() in ({}, {"version_base": "1.3"})


def test_a_wheel_holds_the_files_inside_lab_and_helps_from_there(tmp_path: Path) -> None:
    shutil.copytree(conf_dir().parent / "lab", tmp_path / "lab")
    shutil.copytree(conf_dir(), tmp_path / "lab" / "conf")
    done = subprocess.run(
        [sys.executable, "-m", "lab.plot", "--help"], cwd=tmp_path, env={"PYTHONPATH": "."},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and "\n  study " in done.stdout, done.stderr


def test_the_kinds_of_model_are_those_with_a_forward_pass() -> None:
    assert set(model_kinds()) == set(NETWORKS)
