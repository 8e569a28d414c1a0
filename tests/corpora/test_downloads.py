"""A transfer that breaks off is taken up again, and never leaves a file that is not whole."""

import hashlib
import json
import os
import sys
import types
from pathlib import Path

import pytest

from lab.corpora import downloads
from lab.corpora.downloads import download, locate_collection, resume_download


def fake_hub(monkeypatch: pytest.MonkeyPatch, snapshot_download, size: int = 2) -> None:
    class HfApi:
        def dataset_info(self, repository: str, files_metadata: bool) -> object:
            files = [("top/a.json", size), ("other/huge.json", 2**40)]
            siblings = [types.SimpleNamespace(rfilename=name, size=n) for name, n in files]
            return types.SimpleNamespace(sha="c0ffee", siblings=siblings)

    module = types.SimpleNamespace(HfApi=HfApi, snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)


def animals(data: Path) -> list[Path]:
    return locate_collection(data, "zoo", ("zoo/top/*.json",), "someone/zoo", "top/*.json")


def test_a_download_is_whole_and_leaves_nothing_else(site, tmp_path: Path, capsys) -> None:
    download(site.url, tmp_path / "new" / "file")
    assert (tmp_path / "new" / "file").read_bytes() == site.body
    assert os.listdir(tmp_path / "new") == ["file"]
    assert "file" in capsys.readouterr().err


def test_a_broken_transfer_is_taken_up_where_it_broke_off(site, tmp_path: Path) -> None:
    site.cuts = [100, 3000]
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body
    assert site.asked == [None, "bytes=100-", "bytes=3100-"]


def test_a_later_call_takes_it_up_too(site, tmp_path: Path) -> None:
    site.cuts = [100, 0]
    with pytest.raises(ConnectionError, match="could not be downloaded: it keeps breaking off"):
        download(site.url, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body
    assert site.asked[-1] == "bytes=100-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(site, tmp_path: Path) -> None:
    site.cuts = [100]
    assert not resume_download(site.url, tmp_path / "file.part", timeout=5)
    site.body, site.etag = b"another " * 99, '"two"'
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body


def test_a_server_without_ranges_sends_everything_again(site, tmp_path: Path) -> None:
    site.cuts, site.ranges = [100], False
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body


def test_a_transfer_killed_at_its_very_end_is_complete(site, tmp_path: Path) -> None:
    assert resume_download(site.url, tmp_path / "file.part", timeout=5)
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body


def test_a_transfer_that_grew_too_long_starts_over(site, tmp_path: Path) -> None:
    assert resume_download(site.url, tmp_path / "file.part", timeout=5)
    with (tmp_path / "file.part").open("ab") as file:
        file.write(b"junk")
    download(site.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == site.body


def test_no_site_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match=r"^http://127.0.0.1:9/x could not .*$"):
        download("http://127.0.0.1:9/x", tmp_path / "new" / "file")
    assert os.listdir(tmp_path / "new") == []


def test_what_is_here_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_hub(monkeypatch, None)
    (tmp_path / "zoo/top").mkdir(parents=True)
    (tmp_path / "zoo/top/a.json").write_text("[]")
    assert animals(tmp_path) == [tmp_path / "zoo/top/a.json"]


def test_a_dataset_is_fetched_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def snapshot(
        repository: str, repo_type: str, revision: str, allow_patterns: list, local_dir: Path
    ) -> None:
        assert (repository, repo_type, allow_patterns) == ("someone/zoo", "dataset", ["top/*.json"])
        assert revision == "c0ffee"
        (local_dir / "top").mkdir(parents=True)
        (local_dir / "top/a.json").write_text("[]")
        assert not (tmp_path / "zoo/top").exists()

    fake_hub(monkeypatch, snapshot)
    assert animals(tmp_path) == [tmp_path / "zoo/top/a.json"]
    assert not (tmp_path / "zoo/.hub").exists()
    assert json.loads((tmp_path / "zoo/hub.json").read_text()) == {
        "repository": "someone/zoo",
        "revision": "c0ffee",
        "sha256": {"top/a.json": hashlib.sha256(b"[]").hexdigest()},
    }


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
    with pytest.raises(FileNotFoundError, match=r"someone/zoo no longer has top/\*.json"):
        animals(tmp_path)


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert downloads.first_error_line(TimeoutError()) == "TimeoutError"
