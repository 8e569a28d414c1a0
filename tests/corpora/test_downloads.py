"""A transfer that breaks off is taken up again, and never leaves a file that is not whole."""

import os
from pathlib import Path

import pytest

from lab.corpora.downloads import download, resume_download


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
