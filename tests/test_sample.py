"""The sample door: real pieces from reared artists, kept in a gallery that draws them again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab.breeding.operators.slerp import slerp
from lab.models import individual
from lab.sample import main
from lab.train import main as train


def knock(monkeypatch: pytest.MonkeyPatch, *words: str, door: Any = main) -> int:
    monkeypatch.setattr(sys, "argv", ["lab", *words])
    try:
        door()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two artists and a child of both."""
    root = tmp_path_factory.mktemp("experiments")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for seed, name in enumerate(("debug", "other")):
            words = ("+exp=debug", f"root={root}", f"seed={seed}", f"name={name}")
            assert knock(patch, *words, door=train) == 0
    a, b = (individual.find_individual(name, root) for name in ("debug", "other"))
    birth = {key: a.birth[key] for key in ("vocabulary", "framing", "context")}
    birth |= {"name": "child", "parents": [a.id, b.id], "recipe": {"kind": "bred"}}
    child = slerp([a.genotype, b.genotype], alpha=0.5)
    individual.save_individual(root / "child" / "checkpoint" / "step-00000000", child, birth)
    return root


def lines(folder: Path, name: str = "debug") -> list[dict[str, Any]]:
    text = (folder / f"{name}.samples.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_gallery_holds_what_draws_it_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("artist=debug", f"root={root}", "count=3", "closed=false", "labels=Cups")
    assert knock(monkeypatch, *words, f"galleries={tmp_path}") == 0
    kept = lines(tmp_path)
    assert {piece["wish"] for piece in kept} == {"Cups"}
    assert [piece["seed"] for piece in kept] == [0, 1, 2]
    assert all(
        set(one["validity"]) == {"valid", "width", "fits", "strange", "signature"} for one in kept
    )
    assert all({"similarity", "verdict", "label", "text"} == set(one["nearest"]) for one in kept)
    assert (tmp_path / "debug.md").read_text().count("```text") == 3
    capsys.readouterr()
    again = ("gallery=debug", f"galleries={tmp_path}", f"root={root}")
    assert knock(monkeypatch, *again, "redraw=all") == 0
    assert capsys.readouterr().out.count("the same, byte for byte") == 3
    assert knock(monkeypatch, *again) == 0
    assert "Cups" not in capsys.readouterr().err
    changed = [*kept[:2], {**kept[2], "text": kept[2]["text"] + "\x1b[2J"}]
    text = "\n".join(map(json.dumps, changed))
    (tmp_path / "debug.samples.jsonl").write_text(text)
    assert knock(monkeypatch, *again, "redraw=3") == 1
    out = capsys.readouterr().out
    assert out.startswith("line 3: another text") and "␛[2J" in out and "\x1b" not in out


def test_parents_and_child_stand_side_by_side(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("artist=debug,child,other", "labels=Cups,Trees", "count=2", "temperature=0.5,0.9")
    assert knock(monkeypatch, *words, f"root={root}", f"galleries={tmp_path}") == 0
    kept = lines(tmp_path, "debug-child-other")
    assert [one["artist"] for one in kept[:6:2]] == ["debug", "child", "other"]
    for row, (wish, seed) in enumerate([("Cups", 0), ("Trees", 1)]):
        part = kept[6 * row : 6 * row + 6]
        assert {(one["wish"], one["seed"]) for one in part} == {(wish, seed)}
        assert [one["sampling"]["temperature"] for one in part] == [0.5, 0.9] * 3
        assert len({one["individual"] for one in part}) == 3
    printed = capsys.readouterr().out
    assert "Cups, seed 0" in printed and "child, temperature 0.5" in printed
    assert (tmp_path / "debug-child-other.md").read_text().count("```text") == 2
    alone = ("artist=child", "labels=Cups", "count=1", "temperature=0.9", "closed=false")
    assert knock(monkeypatch, *alone, f"root={root}", f"galleries={tmp_path}") == 0
    assert lines(tmp_path, "child") == [kept[3]]


def test_a_folder_and_all_labels_and_a_start(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (f"artist={root / 'child'}", "labels=all", "closed=false", "prompt=/", "gallery=all")
    assert knock(monkeypatch, *words, f"root={root}", f"galleries={tmp_path}") == 0
    kept = lines(tmp_path, "all")
    assert len({one["wish"] for one in kept}) == len(kept) > 10
    assert all(one["text"].startswith("/") and one["start"] == "/" for one in kept)


def test_no_copy_is_kept_below_a_similarity(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("artist=debug", f"root={root}", "count=2", "closed=false", "max_similarity=0.5")
    knock(monkeypatch, *words, f"galleries={tmp_path}")
    nearest = [piece["nearest"]["similarity"] for piece in lines(tmp_path)]
    assert nearest and max(nearest) < 0.5


def test_a_piece_whose_artist_has_changed_is_not_drawn(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("artist=debug", "count=1", "closed=false", f"galleries={tmp_path}", f"root={root}")
    assert knock(monkeypatch, *words) == 0
    line = lines(tmp_path)[0]
    again = ("gallery=debug", "redraw=1", f"galleries={tmp_path}", f"root={root}")
    (tmp_path / "debug.samples.jsonl").write_text(json.dumps({**line, "artist": "other"}))
    assert knock(monkeypatch, *again) == 0  # found by its id
    (tmp_path / "debug.samples.jsonl").write_text(json.dumps({**line, "individual": "0" * 64}))
    capsys.readouterr()
    assert knock(monkeypatch, *again) == 2
    said = capsys.readouterr().err
    assert "no checkpoint of that id" in said and said.count("\n") == 1
    for key in ("seed", "sampling", "length"):
        (tmp_path / "debug.samples.jsonl").write_text(json.dumps({**line, key: None}))
        assert knock(monkeypatch, *again) == 2
        assert f"its {key} is missing or wrong" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("artist=nobody",), "no individual called nobody"),
        (("artist=debug", "labels=Dragons"), "has never seen Dragons"),
        (("artist=debug,nobody",), "no individual called nobody"),
        (("artist=debug,debug",), "artist names one of them twice"),
        (("artist=debug", "temperature=-1"), "temperature must be at least 0"),
        (("artist=debug", "temperature=0.5,11"), "temperature must be at least 0 and at most 10"),
        (("artist=debug", "weights=best"), "weights must be one of raw, ema, last"),
        (("artist=debug", "gallery=../x"), "name must be"),
        (("artist=child", "weights=ema", "labels=Cups"), "child keeps no averages: weights=raw"),
        ((), "say who draws, artist=NAME"),
        (("redraw=1",), "gallery=NAME"),
        (("gallery=none",), "none.samples.jsonl: No such file"),
    ],
)
def test_a_wrong_wish_is_one_line(
    root: Path,
    words: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert knock(monkeypatch, *words, f"root={root}") == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


GALLERIES = Path(__file__).parents[1] / "galleries"
LISTED = ["git", "ls-files", "*.samples.jsonl"]  # not what the reader's own commands left there
COMMITTED = [
    GALLERIES / name for name in subprocess.check_output(LISTED, cwd=GALLERIES, text=True).split()
]


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
@pytest.mark.parametrize("view", ["print", "terminal"])
def test_committed_galleries_can_be_looked_at(path: Path, view: str) -> None:
    command = [sys.executable, "-m", "lab.sample", f"gallery={path.name.split('.')[0]}"]
    command += [f"galleries={path.parent}", f"view={view}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 20 and "\x1b" not in done.stdout
