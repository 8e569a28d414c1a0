"""Folders that are there whole or not at all, and tell when they were damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lab.storage import verified_folder
from lab.storage.verified_folder import (
    DamagedIndividual,
    canonical_json,
    read_verified_folder,
    readable_json,
    write_verified_folder,
)

FILES = {"one.bin": bytes(range(256)) * 40, "two.json": b"{}\n"}


def published(tmp_path: Path) -> Path:
    write_verified_folder(tmp_path / "here" / "it", FILES)
    return tmp_path / "here" / "it"


def test_what_was_sealed_is_read_back(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert read_verified_folder(folder) == FILES
    assert sorted(os.listdir(folder.parent)) == ["it"]
    assert sorted(os.listdir(folder)) == ["manifest.json", "one.bin", "two.json"]


def test_a_newer_folder_replaces_an_older_one(tmp_path: Path) -> None:
    folder = published(tmp_path)
    write_verified_folder(folder, {"three": b"3"})
    assert read_verified_folder(folder) == {"three": b"3"}
    assert os.listdir(folder.parent) == ["it"] and len(os.listdir(folder)) == 2


@pytest.mark.parametrize(("owner", "failing"), [(Path, "write_bytes"), (os, "fsync")])
def test_a_failed_write_leaves_the_older_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, failing: str
) -> None:
    folder = published(tmp_path)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(owner, failing, full)
    with pytest.raises(OSError, match="No space left"):
        write_verified_folder(folder, {"one.bin": b"new"})
    assert read_verified_folder(folder) == FILES
    assert os.listdir(folder.parent) == ["it"]


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is written, flushed and renamed from now on, in order."""
    events: list[str] = []
    fsync, write, rename = os.fsync, Path.write_bytes, Path.rename

    def note_fsync(descriptor: int) -> None:
        events.append(f"flush {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name[:8]}")
        fsync(descriptor)

    def note_write(path: Path, data: bytes) -> int:
        events.append(f"write {path.name[:8]}")
        return write(path, data)

    def note_rename(path: Path, target: Path) -> Path:
        events.append(f"rename {path.name[:8]} {target.name[:8]}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "write_bytes", note_write)
    monkeypatch.setattr(Path, "rename", note_rename)
    return events


def test_all_is_flushed_before_the_folder_has_its_name_and_the_manifest_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = watch(monkeypatch)
    published(tmp_path)
    assert events[:3] == ["write one.bin", "write two.json", "write manifest"]
    assert sorted(events[3:6]) == ["flush manifest", "flush one.bin", "flush two.json"]
    assert events[6:] == ["flush .tmp-it-", "rename .tmp-it- it", "flush here"]


def test_the_older_folder_is_whole_until_the_newer_one_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = published(tmp_path), Path.rename
    kept: list[int] = []

    def note_rename(path: Path, target: Path) -> Path:
        places = [found.parent for found in folder.parent.rglob("two.json")]
        kept.append(sum(read_verified_folder(place) == FILES for place in places))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", note_rename)
    write_verified_folder(folder, {"three": b"3"})
    assert kept == [1, 1] and read_verified_folder(folder) == {"three": b"3"}


def test_where_the_newer_one_cannot_take_its_name_the_older_one_has_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = published(tmp_path), Path.rename

    def failing(path: Path, target: Path) -> Path:
        if target == folder and path.parent == folder.parent:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        write_verified_folder(folder, {"three": b"3"})
    assert read_verified_folder(folder) == FILES and os.listdir(folder.parent) == ["it"]


def test_a_missing_a_longer_and_a_changed_file_are_named(tmp_path: Path) -> None:
    folder = published(tmp_path)
    (folder / "one.bin").write_bytes(FILES["one.bin"][:-1] + b"x")
    with pytest.raises(DamagedIndividual, match=r"one\.bin does not match its checksum"):
        read_verified_folder(folder)
    (folder / "one.bin").write_bytes(FILES["one.bin"] + b"x")
    with pytest.raises(DamagedIndividual, match=r"one\.bin has 10241 bytes, .* says 10240"):
        read_verified_folder(folder)
    (folder / "one.bin").unlink()
    with pytest.raises(DamagedIndividual, match=r"one\.bin is missing"):
        read_verified_folder(folder)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    folder = published(tmp_path)
    (folder / "one.bin").unlink()
    (folder / "one.bin").mkdir()
    with pytest.raises(DamagedIndividual, match=r"one\.bin is not a file"):
        read_verified_folder(folder)
    with pytest.raises(DamagedIndividual, match="is missing"):
        read_verified_folder(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(DamagedIndividual, match="is not a file"):
        read_verified_folder(tmp_path / "file")


def manifest(listed: object) -> bytes:
    """A manifest that matches its own checksum, whatever it lists."""
    return readable_json(
        {"files": listed, "sha256": verified_folder._sha256(canonical_json(listed))}
    )


def test_a_manifest_that_was_edited_is_named_before_the_files_that_it_lists(tmp_path: Path) -> None:
    folder = published(tmp_path)
    listing = json.loads((folder / "manifest.json").read_bytes())
    for edited in ({**listing, "sha256": "0" * 64}, {**listing, "more": 1}):
        (folder / "manifest.json").write_bytes(readable_json(edited))
        with pytest.raises(DamagedIndividual, match="does not match its own checksum"):
            read_verified_folder(folder)


HOSTILE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b"[" * 100_000,
    json.dumps({"files": {"one.bin": float("nan")}}).encode(),
    manifest([]),
    manifest("one.bin"),
    manifest({"one.bin": None}),
    manifest({"one.bin": {}}),
    manifest({"one.bin": {"size": 3}}),
    manifest({".": {"size": 3, "sha256": "0"}}),
    manifest({"one.bin": {"size": "3", "sha256": 0}}),
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: repr(data[:30]))
def test_a_hostile_manifest_is_damage(tmp_path: Path, data: bytes) -> None:
    folder = published(tmp_path)
    (folder / "manifest.json").write_bytes(data)
    with pytest.raises(DamagedIndividual):
        read_verified_folder(folder)


def test_a_manifest_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    folder = published(tmp_path)
    secret = tmp_path / "secret"
    secret.write_bytes(b"abc")
    entry = {"size": 3, "sha256": verified_folder._sha256(b"abc")}
    for name in ("../../secret", str(secret)):
        (folder / "manifest.json").write_bytes(manifest({name: entry}))
        with pytest.raises(DamagedIndividual, match="secret is missing"):
            read_verified_folder(folder)


def test_json_refuses_what_it_has_not() -> None:
    with pytest.raises(ValueError):
        readable_json({"loss": float("nan")})
    assert canonical_json({"b": 1, "a": [1.5]}) == b'{"a":[1.5],"b":1}'
