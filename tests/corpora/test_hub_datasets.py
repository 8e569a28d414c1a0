"""A dataset of the hub is fetched at one commit, recorded, and compared with its record."""

import hashlib
import json
import sys
import types
from pathlib import Path

import pytest

from lab.corpora import hub_datasets
from lab.corpora.hub_datasets import Collection, locate_collection


def fake_hub(monkeypatch: pytest.MonkeyPatch, snapshot_download, size: int = 2) -> None:
    class HfApi:
        def dataset_info(self, repository: str, revision: object, files_metadata: bool) -> object:
            files = [("top/a.json", size), ("other/huge.json", 2**40)]
            siblings = [types.SimpleNamespace(rfilename=name, size=n) for name, n in files]
            return types.SimpleNamespace(
                sha="bad" if revision == "v1" else "c0ffee", siblings=siblings
            )

    module = types.SimpleNamespace(HfApi=HfApi, snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)


def animals(data: Path, revision: str | None = None) -> Collection:
    places = ("zoo/top/*.json",)
    return locate_collection(data, "zoo", places, "someone/zoo", "top/*.json", revision)


def put_animals(local_dir: Path) -> None:
    (local_dir / "top").mkdir(parents=True)
    (local_dir / "top/a.json").write_text("[]")


def test_what_is_here_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, None)
    (tmp_path / "zoo/top").mkdir(parents=True)
    (tmp_path / "zoo/top/a.json").write_text("[]")
    assert animals(tmp_path).files == [tmp_path / "zoo/top/a.json"]


def test_a_dataset_is_fetched_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def snapshot(
        repository: str, repo_type: str, revision: str, allow_patterns: list, local_dir: Path
    ) -> None:
        assert (repository, repo_type, allow_patterns) == ("someone/zoo", "dataset", ["top/*.json"])
        assert revision == "c0ffee"
        put_animals(local_dir)
        assert not (tmp_path / "zoo/top").exists()

    fake_hub(monkeypatch, snapshot)
    assert animals(tmp_path).files == [tmp_path / "zoo/top/a.json"]
    assert not (tmp_path / "zoo/.hub").exists()
    assert json.loads((tmp_path / "zoo/hub.json").read_text()) == {
        "repository": "someone/zoo",
        "revision": "c0ffee",
        "sha256": {"top/a.json": hashlib.sha256(b"[]").hexdigest()},
    }


def test_a_revision_is_fetched_recorded_and_kept_to(monkeypatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, lambda *_, local_dir, **__: put_animals(local_dir))
    assert animals(tmp_path, "v1").revision == "bad"
    for revision in (None, "v1", "bad"):
        assert animals(tmp_path, revision).provenance == {"revision": "bad"}
    with pytest.raises(ValueError, match=r"holds zoo of bad, not of corpus.revision=v2: move"):
        animals(tmp_path, "v2")
    (tmp_path / "zoo/hub.json").unlink()
    assert animals(tmp_path).provenance == {}
    with pytest.raises(ValueError, match=r"of no revision that a hub.json records, not of"):
        animals(tmp_path, "v1")


def test_a_kill_leaves_no_data_without_a_record(monkeypatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, lambda *_, local_dir, **__: put_animals(local_dir))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(hub_datasets, "rename_durably", die)
        with pytest.raises(KeyboardInterrupt):
            animals(tmp_path)
    assert (tmp_path / "zoo/hub.json").exists() and not (tmp_path / "zoo/top").exists()
    fake_hub(monkeypatch, lambda *_, **__: None)  # resumed: all of it is there
    assert animals(tmp_path).revision == "c0ffee"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("top/a.json", "[1]", "top/a.json is not what .*hub.json records"),
        ("top/b.json", "[]", "top/b.json is not what .*hub.json records"),
        ("hub.json", "{", "hub.json is damaged"),
        ("hub.json", "[]", "hub.json is damaged"),
        ("hub.json", '{"revision": "x", "sha256": 1}', "hub.json is damaged"),
        ("hub.json", '{"revision": "x", "sha256": {"top/a.json": 1}}', "top/a.json is not"),
    ],
)
def test_other_files_than_the_recorded_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: str, said: str
) -> None:
    fake_hub(monkeypatch, lambda *_, local_dir, **__: put_animals(local_dir))
    animals(tmp_path)
    (tmp_path / "zoo" / name).write_text(content)
    with pytest.raises(ValueError, match=said):
        animals(tmp_path)


def test_a_dataset_beyond_the_limit_is_not_downloaded(monkeypatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, lambda *_, **__: pytest.fail("it was downloaded"), size=2**31)
    with pytest.raises(FileNotFoundError, match=r"it has 2,147,483,648 bytes, more than"):
        animals(tmp_path)


def test_being_offline_is_one_line_that_says_what_to_do(monkeypatch, tmp_path: Path) -> None:
    def snapshot(*_: object, **__: object) -> None:
        raise RuntimeError("Name or service not known\nat line 5")

    fake_hub(monkeypatch, snapshot)
    with pytest.raises(FileNotFoundError) as error:
        animals(tmp_path)
    message = str(error.value)
    assert "\n" not in message
    for part in (
        f"zoo is not in {tmp_path}",
        "Name or service not known",
        str(tmp_path / "zoo" / "top"),
        "pip install 'model-breeding-lab[data]'",
        "corpus=bestiary needs nothing",
    ):
        assert part in message


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(FileNotFoundError, match=r"downloading needs pip install 'model-breeding"):
        animals(tmp_path)


def test_a_dataset_without_such_files_is_named(monkeypatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, lambda *_, **__: None)
    with pytest.raises(FileNotFoundError, match=r"someone/zoo has no top/\*.json"):
        animals(tmp_path)


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert hub_datasets.first_error_line(TimeoutError()) == "TimeoutError"
