"""Packed records: equal bytes back, loose files first, nothing removed that is not packed."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest

from lab.storage.packed_records import (
    SCORES_PACK,
    TEXT_PACK,
    pack_records,
    packed_paths,
    read_pack,
    read_record,
    remove_packed_files,
    require_record,
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Two finished runs, one of them of a family, an unfinished one, and files of the study."""
    for run in ("a-seed.0", "families/seed.0/fork"):
        folder = tmp_path / run
        (folder / "checkpoint" / "step-00000001").mkdir(parents=True)
        (folder / "config.yaml").write_bytes(f"# hash: 1\nname: {run} é\n".encode())
        (folder / "result.json").write_text('{"name": 1}\n')
        (folder / "metrics.jsonl").write_bytes(b'{"kind": "train"}\n{"kind": "torn')
        (folder / "checkpoint" / "step-00000001" / "birth.json").write_text('{"id": "x"}')
        np.savez_compressed(folder / "scores.npz", nats=np.arange(9.0))
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "config.yaml").write_text("a: 1\n")
    (tmp_path / "summary-x.json").write_text("{}")
    (tmp_path / "report-touches.jsonl").write_text("{}\n")
    return tmp_path


def loose(root: Path) -> dict[str, bytes]:
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if path.name not in PACKS}


PACKS = (TEXT_PACK, SCORES_PACK)


def test_what_is_packed_comes_back_byte_for_byte(study: Path) -> None:
    before = loose(study)
    removed = remove_packed_files(study, pack_records(study))
    assert len(removed) == 10 and read_pack(study) | loose(study) == before
    assert sorted(loose(study)) == [
        "report-touches.jsonl", "summary-x.json", "unfinished/config.yaml"
    ]  # fmt: skip
    assert not (study / "a-seed.0").exists() and not (study / "families").exists()
    for name, data in before.items():
        assert read_record(study / name) == data == require_record(study / name)


def test_equal_records_give_equal_packs(study: Path) -> None:
    packed = pack_records(study)
    first = [(study / name).read_bytes() for name in PACKS]
    remove_packed_files(study, packed)
    assert pack_records(study) == []
    assert [(study / name).read_bytes() for name in PACKS] == first


def test_a_loose_file_is_read_first_and_packed_anew(study: Path) -> None:
    remove_packed_files(study, pack_records(study))
    (study / "a-seed.0").mkdir()
    (study / "a-seed.0" / "result.json").write_text('{"name": 2}\n')
    assert read_record(study / "a-seed.0" / "result.json") == b'{"name": 2}\n'
    remove_packed_files(study, pack_records(study))
    assert not (study / "a-seed.0").exists()
    assert read_record(study / "a-seed.0" / "result.json") == b'{"name": 2}\n'
    assert read_record(study / "a-seed.0" / "config.yaml") is not None


def test_a_run_whose_weights_are_here_keeps_its_files(study: Path) -> None:
    (study / "a-seed.0" / "checkpoint" / "step-00000001" / "model.safetensors").write_bytes(b"w")
    remove_packed_files(study, pack_records(study))
    assert len([name for name in loose(study) if name.startswith("a-seed.0/")]) == 6
    assert not (study / "families").exists()


def test_a_file_changed_since_it_was_packed_is_not_removed(study: Path) -> None:
    packed = pack_records(study)
    (study / "a-seed.0" / "result.json").write_text("{}")
    assert study / "a-seed.0" / "result.json" not in remove_packed_files(study, packed)
    assert (study / "a-seed.0" / "result.json").read_text() == "{}"


def test_what_is_not_there_is_nothing_or_an_error(study: Path) -> None:
    remove_packed_files(study, pack_records(study))
    assert read_record(study / "b" / "result.json") is None
    with pytest.raises(FileNotFoundError):
        require_record(study / "b" / "result.json")
    assert [path.parent.parent.parent.name for path in packed_paths(study, "birth.json")] == [
        "a-seed.0", "fork"
    ]  # fmt: skip


@pytest.mark.parametrize("damage", [b"", b"no xz", lzma.compress(b'{"run": 1}\n')])
def test_a_damaged_pack_is_named(study: Path, damage: bytes) -> None:
    pack_records(study)
    (study / TEXT_PACK).write_bytes(damage)
    with pytest.raises(ValueError, match=r"runs\.jsonl\.xz is damaged"):
        read_pack(study)
