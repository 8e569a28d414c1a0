"""Where data lie, and who may make a file there."""

from pathlib import Path

import pytest

from lab.corpora import data_folder
from lab.storage.atomic_file import temporary_path


def test_the_named_folder_comes_first_then_the_cache(tmp_path: Path, cache: Path) -> None:
    assert data_folder.data_folder(tmp_path) == tmp_path
    assert data_folder.data_folder(None) == cache


def test_without_xdg_the_cache_is_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/somewhere")
    assert data_folder.user_cache_folder() == Path("/somewhere/.cache/model-breeding-lab")


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        data_folder.data_folder(tmp_path / "data")


def test_a_read_only_folder_is_left_alone(tmp_path: Path, cache: Path) -> None:
    assert data_folder.writable_data_folder(tmp_path, "enwik8") == tmp_path / "enwik8"
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o555)
    assert data_folder.writable_data_folder(folder, "enwik8") == cache / "enwik8"


def test_present_takes_the_first_place_that_has_any(tmp_path: Path, cache: Path) -> None:
    places = ("one/*.json", "two/*.json")
    assert data_folder.find_data_files(tmp_path, places) == []
    for file in (cache / "one/c.json", tmp_path / "two/b.json", tmp_path / "two/a.json"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("[]")
    assert [file.name for file in data_folder.find_data_files(tmp_path, places)] == [
        "a.json",
        "b.json",
    ]
    assert [file.name for file in data_folder.find_data_files(None, places)] == ["c.json"]


def test_what_a_killed_process_left_is_gone_before_the_next_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    leftover, other = (temporary_path(tmp_path / name) for name in ("file", "file-2"))
    leftover.write_text("half of")
    other.write_text("somebody else's")
    with data_folder.hold_lock(path):
        assert not leftover.exists() and other.exists()


def test_sha256_is_a_known_answer(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert data_folder.compute_sha256(tmp_path / "abc").startswith(
        "ba7816bf8f01cfea414140de5dae2223"
    )
