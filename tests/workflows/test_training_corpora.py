"""Training corpora: those of an individual or of its ancestors, and no file that is no corpus."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.corpora.drawing_corpus import drawings
from lab.models.individual import Individual
from lab.workflows.training_corpora import find_artist, read_training_corpora

Save = Callable[..., Individual]
ROOT = Path("experiments")
DRAWINGS = "lab.corpora.drawing_corpus.drawings"


def recipe(path: Path) -> dict[str, Any]:
    config = {"corpus._target_": DRAWINGS, "corpus.path": str(path)}
    return {"kind": "trained", "config": config, "corpus": drawings(path).fingerprint}


@pytest.fixture
def dashes(tmp_path: Path) -> Path:
    path = tmp_path / "dashes.jsonl"
    pieces = [{"label": "dash", "art": f"<{'=' * n}>"} for n in range(1, 30)]
    path.write_text("\n".join(map(json.dumps, pieces)))
    return path


def test_a_bred_child_has_the_corpora_of_its_nearest_trained_ancestors(
    save_artist: Save, bars: Path, dashes: Path
) -> None:
    ancestor = save_artist("ancestor")
    left = save_artist("left", 1, parents=[ancestor.id])
    right = save_artist("right", 2, parents=[ancestor.id], recipe=recipe(dashes))
    child = save_artist("child", 3, parents=[left.id, right.id], recipe={"kind": "bred"})
    again = save_artist("again", 4, parents=[child.id, left.id], recipe={"kind": "bred"})
    expected = [drawings(bars).fingerprint, drawings(dashes).fingerprint]
    for bred in (child, again):  # each corpus once, though two ancestors learned the bars
        corpora = read_training_corpora(bred, ROOT, None)
        assert sorted(corpus.fingerprint for corpus in corpora) == sorted(expected)
    assert [c.fingerprint for c in read_training_corpora(right, ROOT, None)] == expected[1:]


def test_an_import_has_no_corpus(save_artist: Save) -> None:
    assert read_training_corpora(save_artist("a", recipe={"kind": "adopted"}), ROOT, None) == []


def test_a_file_that_changed_is_left_out_unless_the_user_names_it(
    save_artist: Save, bars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    artist = save_artist("a")
    before = bars.read_text()
    bars.write_text(before.replace('"bar"', '"rod"'))
    assert read_training_corpora(artist, ROOT, None) == []
    err = capsys.readouterr().err
    assert "bars is no longer what a learned from" in err and "corpus.path=FILE" in err
    named = read_training_corpora(artist, ROOT, None, str(bars))
    assert named[0].labels == ("box", "rod")


def test_an_artist_is_found_by_the_id_that_the_first_format_gave_it(save_artist: Save) -> None:
    """A committed gallery names its artists so; they may have been trained again since."""
    new = save_artist("a", 0)
    former = str(new.birth["former_id"])
    assert former != new.id and find_artist("a", ROOT, former).id == new.id
    assert find_artist("elsewhere", ROOT, former).id == new.id


def test_an_artist_is_found_by_the_id_of_an_older_checkpoint(save_artist: Save) -> None:
    old, new = save_artist("a", 0), save_artist("a", 1, step=10)
    other = save_artist("other", 2)
    assert find_artist("a", ROOT).id == new.id
    assert find_artist("a", ROOT, old.id).id == old.id
    assert find_artist("a", ROOT, other.id).id == other.id  # drawn when it was called a
    with pytest.raises(ValueError, match="no checkpoint of that id is under experiments"):
        find_artist("a", ROOT, "0" * 64)
    with pytest.raises(FileNotFoundError, match="no individual called nobody"):
        find_artist("nobody", ROOT)


def test_a_committed_gallery_says_how_its_weights_are_made(tmp_path: Path) -> None:
    """A fresh clone has the records of the artists and not their weights."""
    tree = Path(__file__).parents[2]
    shutil.copytree(tree / "experiments" / "styles-laptop", tmp_path / "styles-laptop")
    (tmp_path / "README.md").write_text((tree / "experiments" / "README.md").read_text())
    piece = json.loads((tree / "galleries" / "styles.samples.jsonl").read_text().split("\n")[0])
    with pytest.raises(FileNotFoundError, match=r"weights of .* are not here.*make them "):
        find_artist(piece["artist"], tmp_path, piece["individual"])
