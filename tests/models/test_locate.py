"""The hub: fetched by its own client, refused in one line; folders stay folders."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.models import individual, locate
from tests.models.conftest import Make


def test_a_hub_id_is_fetched_by_its_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: Make
) -> None:
    asked: list[tuple[str, str]] = []
    warned: list[str] = []

    class HfApi:
        def model_info(self, name: str, revision: str | None, files_metadata: bool) -> Any:
            if name == "me/even":
                raise OSError("no such repository\nin many lines")
            size = 2**34 if name == "me/huge" else 10
            return SimpleNamespace(sha="c0ffee", siblings=[SimpleNamespace(size=size)])

    def snapshot_download(name: str, revision: str, local_files_only: bool = False) -> str:
        asked.append((name, revision))
        if local_files_only:
            raise OSError("nothing in the cache")
        return str(tmp_path)

    client = SimpleNamespace(HfApi=HfApi, snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", client)
    assert locate.candidate_folders("hub:me/odd", Path("root"), warned.append) == (tmp_path,)
    assert warned == ["hub:me/odd is at revision c0ffee: hub:me/odd@c0ffee means the same for good"]
    assert locate.candidate_folders("hub:me/odd@v1", Path("root"), warned.append) == (tmp_path,)
    assert asked == [("me/odd", "c0ffee")] * 2 and len(warned) == 1
    with pytest.raises(ValueError, match="hub:me/huge has 17,179,869,184 bytes, more than"):
        locate.download_individual("hub:me/huge")
    assert len(asked) == 2  # nothing was downloaded
    birth = {"parents": [], "recipe": {"kind": "founder"}, "vocabulary": {}}
    born = individual.save_individual(tmp_path / "folder", make(), birth)
    for path in (tmp_path / "folder").iterdir():
        path.rename(tmp_path / path.name)
    assert individual.find_individual("hub:me/odd", Path("root")).id == born
    with pytest.raises(ValueError, match=r"hub:me/even cannot be fetched: no such repository$"):
        locate.download_individual("hub:me/even")
    for wrong in ("hub:odd", "hub:a/b/c", "hub:../x y", "hub:a/b@", "hub:a/b@x y"):
        with pytest.raises(ValueError, match="is no name on the hub"):
            locate.download_individual(wrong)


def test_a_missing_client_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ValueError, match=r"pip install 'model-breeding-lab\[data\]'"):
        locate.download_individual("hub:me/odd")


def test_nothing_is_there_without_a_network() -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(ValueError, match="hub:me/nobody-has-this cannot be fetched") as said:
        locate.download_individual("hub:me/nobody-has-this")  # offline, as every test is
    assert "\n" not in str(said.value)


def test_other_names_are_folders() -> None:
    assert locate.candidate_folders("a", Path("root")) == (Path("a"), Path("root/a"))


def test_the_commit_of_a_fetched_folder_is_known() -> None:
    fetched = Path("/cache/hub/models--me--odd--one/snapshots/c0ffee")
    assert locate.hub_revision(fetched) == "hub:me/odd--one@c0ffee"
    assert locate.hub_revision(fetched / "checkpoint/step-1") == "hub:me/odd--one@c0ffee"
    folders = {"a": Path("experiments/a/checkpoint/step-1"), "b": fetched, "c": Path("c")}
    assert locate.hub_revisions(folders) == {"hub": {"b": "hub:me/odd--one@c0ffee"}}
    assert locate.hub_revisions({"a": folders["a"]}) == {}
