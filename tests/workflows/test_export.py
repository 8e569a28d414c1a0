"""Export workflow: files beside a record that is written last, ancestors by generation, scores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.exports.formats import format_traits
from lab.exports.hub_folder import hub_bundle
from lab.genealogy.pedigree import read_pedigree
from lab.models.individual import Individual, compute_individual_id, find_individual
from lab.storage.verified_folder import DamagedIndividual, readable_json, write_verified_folder
from lab.workflows.export import (
    export_artist,
    find_engines,
    list_ancestors,
    prepare_source,
    publish_bundle,
    read_score_records,
)

Save = Callable[..., Individual]
Config = Callable[..., Any]
ROOT = Path("experiments")


def test_a_folder_of_the_hub_is_the_same_individual(
    save_artist: Save, command_config: Config
) -> None:
    artist = save_artist("a")
    config = command_config("export", "artist=a", "format=hub")
    lines = export_artist(config, ["artist=a", "format=hub"])
    folder = ROOT / "a" / "hub"
    record = json.loads((folder / "export.json").read_text())
    assert record["command"] == "python -m lab.export artist=a format=hub"
    assert (record["artist"], record["individual"], record["engines"]) == ("a", artist.id, [])
    for name, file in record["files"].items():
        data = (folder / name).read_bytes()
        assert file == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        assert f"{folder / name}  {len(data):,} bytes" in lines
    assert find_individual(str(folder), ROOT).id == artist.id


def test_a_link_under_root_is_not_written_through(
    save_artist: Save, command_config: Config
) -> None:
    save_artist("a")
    Path("elsewhere").mkdir()
    (ROOT / "a" / "hub").symlink_to(Path("elsewhere").resolve())
    with pytest.raises(ValueError, match="experiments/a/hub is a link"):
        export_artist(command_config("export", "artist=a", "format=hub"), [])
    assert not list(Path("elsewhere").iterdir())


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a\x1b[2J\nb"])
def test_a_certificate_s_name_is_no_path(
    save_artist: Save, command_config: Config, name: str
) -> None:
    artist = save_artist("a")
    birth = {**artist.birth, "name": name}
    birth["id"] = compute_individual_id(birth, artist.genotype)  # sealed, as a stranger's is
    model = (artist.path / "model.safetensors").read_bytes()
    files = {"model.safetensors": model, "birth.json": readable_json(birth)}
    write_verified_folder(artist.path, files)
    before = sorted(Path.cwd().parent.rglob("*"))
    with pytest.raises(DamagedIndividual, match="no intact checkpoint"):
        export_artist(command_config("export", "artist=a", "format=hub"), [])
    with pytest.raises(DamagedIndividual, match=r"its name '.*' is no run's name"):
        export_artist(command_config("export", f"artist={artist.path}", "format=hub"), [])
    assert not read_pedigree(ROOT).graph  # skipped, and nobody else is stopped
    assert sorted(Path.cwd().parent.rglob("*")) == before


def test_nothing_is_written_over_and_an_unfinished_export_has_no_record() -> None:
    folder = Path("out")
    publish_bundle(folder, {"a/x.bin": b"1"}, again=False)
    (folder / "export.json").write_text("{}")
    with pytest.raises(ValueError, match=r"out/a/x.bin is there already: again=true writes over"):
        publish_bundle(folder, {"new.bin": b"2", "a/x.bin": b"2"}, again=False)
    assert (folder / "a/x.bin").read_bytes() == b"1" and not (folder / "new.bin").exists()
    with pytest.raises(ValueError, match="out/export.json is there already"):
        publish_bundle(folder, {"new.bin": b"2"}, again=False)
    publish_bundle(folder, {"a/x.bin": b"2"}, again=True)
    assert (folder / "a/x.bin").read_bytes() == b"2" and not (folder / "export.json").exists()


def test_ancestors_are_listed_once_nearest_first(save_artist: Save) -> None:
    old = save_artist("old", 0)
    left, right = (
        save_artist(name, i, parents=[old.id]) for i, name in ((1, "left"), (2, "right"))
    )
    child = save_artist("child", 3, parents=[left.id, "e" * 64, right.id], recipe={"kind": "bred"})
    again = save_artist("again", 4, parents=[child.id, left.id], recipe={"kind": "bred"})
    listed = [(a["generation"], a["name"], a["kind"]) for a in list_ancestors(child, ROOT)]
    assert listed == [
        (1, "left", "trained"), (1, "unknown eeeeeeee", "unknown"), (1, "right", "trained"),
        (2, "old", "founder"),
    ]  # fmt: skip
    ids = [ancestor["id"] for ancestor in list_ancestors(again, ROOT)]
    assert ids[:2] == [child.id, left.id] and len(ids) == len(set(ids)) == 5
    elsewhere = list_ancestors(child, Path("nowhere"))
    assert [(a["generation"], a["name"]) for a in elsewhere] == [(1, "not at hand")] * 3


def test_scores_come_from_training_and_evaluations_and_damage_is_passed_over(
    save_artist: Save,
) -> None:
    artist = save_artist("a")
    assert read_score_records(artist) == []
    report = {"bpc": 1.5, "accuracy": 0.75, "loss": 1.0}
    scores = {"select": {"bpc": 1.0}, "report": report, "train": None}
    (ROOT / "a" / "result.json").write_text(json.dumps({"scores": scores}))
    folder = ROOT / "a" / "evaluations"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "select.json").write_text("{torn")
    (folder / "list.json").write_text("[1]")
    assert read_score_records(artist) == [
        ("report", 1.5, 0.75), ("report (evaluated)", 1.5, 0.75),
    ]  # fmt: skip


def test_weights_and_engines_that_are_not_there_are_named(
    save_artist: Save, command_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_artist("a")
    config = command_config("export", "artist=a", "format=hub", "weights=ema")
    with pytest.raises(ValueError, match="a keeps no averages"):
        prepare_source(config, ROOT)
    monkeypatch.setenv("LAB_ENGINES", str(tmp_path))  # an empty folder
    config = command_config("export", "artist=a", "format=gguf", "engine=true")
    with pytest.raises(ValueError, match="engine=true belongs to format=gguf"):
        find_engines(config, format_traits(hub_bundle))


def test_a_prompt_is_one_of_the_artists_labels(
    save_artist: Save, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artist("a")
    assert prepare_source(command_config("export", "artist=a", "format=hub"), ROOT).prompt == (
        "\x02bar\x03"
    )
    with pytest.raises(ValueError, match="it has never seen ba: its labels are bar, box"):
        prepare_source(command_config("export", "artist=a", "format=hub", "wish=ba"), ROOT)
    gone = {"corpus._target_": "lab.corpora.drawing_corpus.drawings", "corpus.path": "gone.txt"}
    save_artist("b", recipe={"kind": "trained", "config": gone})
    source = prepare_source(command_config("export", "artist=b", "format=hub", "wish=ba"), ROOT)
    assert source.prompt == "\x02ba\x03"
    assert "its labels are not at hand, so that no wish is checked" in capsys.readouterr().err
