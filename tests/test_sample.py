"""The sample door: real pieces from a reared artist, kept in a gallery that draws them again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def lab(door: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"lab.{door}", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("experiments")
    done = lab("train", "+exp=debug", f"root={root}")
    assert done.returncode == 0, done.stderr
    return root


def lines(folder: Path, name: str = "debug") -> list[dict[str, object]]:
    text = (folder / f"{name}.samples.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_gallery_holds_what_draws_it_again(root: Path, tmp_path: Path) -> None:
    words = ("artist=debug", f"root={root}", "count=3", "closed=false", "labels=Cups")
    for folder in ("a", "b"):
        done = lab("sample", *words, f"galleries={tmp_path / folder}")
        assert done.returncode == 0, done.stderr
    first, second = lines(tmp_path / "a"), lines(tmp_path / "b")
    assert first == second and len(first) == 3
    assert {piece["wish"] for piece in first} == {"Cups"}
    assert [piece["seed"] for piece in first] == [0, 1, 2]
    assert (tmp_path / "a" / "debug.md").read_text().count("```text") == 3


def test_no_copy_is_kept_below_a_similarity(root: Path, tmp_path: Path) -> None:
    words = ("artist=debug", f"root={root}", "count=2", "closed=false", "below=0.5")
    lab("sample", *words, f"galleries={tmp_path}")
    nearest = [piece["nearest"]["similarity"] for piece in lines(tmp_path)]  # type: ignore[index]
    assert nearest and max(nearest) < 0.5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("artist=nobody",), "no individual called nobody"),
        (("artist=debug", "labels=Dragons"), "has never seen Dragons"),
        (("artist=debug", "temperature=-1"), "temperature must be at least 0"),
        (("artist=debug", "weights=best"), "weights must be one of raw, ema, last"),
        (("artist=debug", "gallery=../x"), "name must be"),
    ],
)
def test_a_wrong_wish_is_one_line(root: Path, words: tuple[str, ...], said: str) -> None:
    done = lab("sample", *words, f"root={root}")
    assert done.returncode == 2
    assert said in done.stderr and done.stderr.count("\n") == 1
