"""On what a run ran: versions and machine, and no secret."""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from lab.records.environment import environment, git_commit, installed_version


def test_versions_are_those_installed() -> None:
    assert environment()["packages"]["torch"] == version("torch")
    assert installed_version("no-such-package") is None


def test_what_the_caller_measured_is_in() -> None:
    assert environment(threads=2)["threads"] == 2
    json.dumps(environment())


def test_secrets_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "s3cret")
    monkeypatch.setenv("HF_TOKEN", "s3cret")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    recorded = environment()
    assert "s3cret" not in json.dumps(recorded)
    assert recorded["variables"]["OMP_NUM_THREADS"] == "1"


def test_the_commit_says_whether_files_differ(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", "-C", str(tmp_path), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert git_commit(tmp_path) is None
    (tmp_path / "x").write_text("1")
    git("init")
    git("add", "x")
    git("commit", "-m", "x")
    assert git_commit(tmp_path) == git("rev-parse", "HEAD")
    (tmp_path / "x").write_text("2")
    assert git_commit(tmp_path) == git("rev-parse", "HEAD") + "+"
