"""Verdicts of many runs in one table: side by side, or over seeds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import lab.summarise
import lab.train


def verdict(arm: str, seed: int, vigor: float) -> dict[str, Any]:
    effect = {"value": vigor, "low": vigor - 0.01, "high": vigor + 0.01}
    return {
        "arm": arm, "seed": seed, "windows": 4, "characters": 40, "best_parent": "a",
        "bpc": {"a": 2.5, "b": 2.6, "child": 2.5 - vigor}, "barrier": None,
        "effects": {"better_parent_vigor": effect, "advantage_over.a": effect},
    }  # fmt: skip


def keep(root: Path, name: str, one: dict[str, Any], study: str = "enwik8-demo") -> None:
    (root / name).mkdir(parents=True)
    (root / name / "result.json").write_text(json.dumps({"study": study, "verdict": one}))


def summarise(monkeypatch: pytest.MonkeyPatch, root: Path, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab.summarise", f"root={root}", *words])
    try:
        lab.summarise.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_arms_of_one_seed_stand_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, "shared", verdict("shared", 0, 0.1))
    keep(tmp_path, "independent", verdict("independent", 0, -0.2))
    assert summarise(monkeypatch, tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["enwik8-demo", lines[1]] and lines[1].split() == ["independent", "shared"]
    best = next(line for line in lines if line.startswith("champion"))
    assert best.split() == ["champion", "2.7000", "2.4000"]


def test_five_seeds_make_a_claim_and_runs_set_aside_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(5):
        keep(tmp_path, f"s-seed.{seed}", verdict("shared", seed, 0.1 + seed / 1000))
    keep(tmp_path, "s-seed.0.20260101-120000", verdict("shared", 0, 9.0))
    keep(tmp_path, "other", verdict("shared", 0, 9.0), study="enwik8-laptop")
    assert summarise(monkeypatch, tmp_path, "study=s-*") == 0
    out = capsys.readouterr().out
    assert "positive" in out and "+0.1020" in out and "enwik8-laptop" not in out
    told = json.loads((tmp_path / "summary-enwik8-demo.json").read_text())
    assert told["effects"]["better_parent_vigor"]["shared"]["claim"] == "positive"


def test_a_seed_that_lies_there_twice_is_named_with_both_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, "first", verdict("shared", 0, 0.1))
    keep(tmp_path, "rerun", verdict("shared", 0, 0.1))
    assert summarise(monkeypatch, tmp_path) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert "first and rerun under" in said and "both seed 0 of arm 'shared'" in said
    assert "study='first,...'" in said and not list(tmp_path.glob("summary-*"))
    assert summarise(monkeypatch, tmp_path, "study=rerun") == 0


def test_many_arms_are_lines_and_not_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arms = [f"shared_ancestor slerp golden {n}" for n in range(5)]
    for number, arm in enumerate(arms):
        keep(tmp_path, f"run-{number}", verdict(arm, 0, number / 10))
    assert summarise(monkeypatch, tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()[1:-1]
    assert max(map(len, lines)) <= 100
    told = [line for line in lines if line.startswith(arms[3])]
    assert len(told) > 1 and "2.2000" in " ".join(told)
    assert "+0.3000 [+0.2900, +0.3100]" in " ".join(told)


def test_no_verdict_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert summarise(monkeypatch, tmp_path, "study=x*") == 2
    assert "no verdict and no ablation under" in capsys.readouterr().err


def test_an_ablation_is_one_table_of_loss_and_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for exp in ("standard_g1", "smith"):
        words = [f"+exp={exp}", "scale=debug", "training.steps=2", f"root={tmp_path}", "seed=1"]
        monkeypatch.setattr(sys, "argv", ["lab.train", *words, f"name={exp}"])
        lab.train.main()
    capsys.readouterr()
    assert summarise(monkeypatch, tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["standard_g1", "smith"]
    kept = json.loads((tmp_path / "summary-ablation-bestiary.json").read_text())
    losses = {name: arm["loss"] for name, arm in kept["arms"].items()}
    assert losses["standard_g1"] != losses["smith"]
    assert kept["arms"]["smith"]["gain"] == losses["standard_g1"][0] - losses["smith"][0]


def test_a_packed_study_gives_the_same_numbers_as_its_loose_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(5):
        keep(tmp_path, f"s-seed.{seed}", verdict("shared", seed, 0.1 + seed / 1000))
    assert summarise(monkeypatch, tmp_path) == 0
    loose = capsys.readouterr().out
    kept = (tmp_path / "summary-enwik8-demo.json").read_bytes()
    assert summarise(monkeypatch, tmp_path, "pack=true") == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert "holds 5 more files of runs" in first and rest == loose.splitlines()
    assert not list(tmp_path.glob("s-seed.*"))
    assert summarise(monkeypatch, tmp_path) == 0
    assert capsys.readouterr().out == loose
    assert (tmp_path / "summary-enwik8-demo.json").read_bytes() == kept
