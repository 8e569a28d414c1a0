"""Outputs on a disk that fills up: the older ones stay whole, whoever writes them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.figures import axes_style
from lab.galleries.sheet import write_gallery
from lab.records.metrics import Metrics, read_metrics
from lab.storage.append_log import append_durably
from lab.storage.atomic_file import write_files_atomic
from lab.workflows.export import RECORD_NAME, publish_bundle

PIECE = {
    "individual": "1" * 64, "name": "mine", "label": "Cat", "seed": 3, "temperature": 0.6,
    "top_k": None, "top_p": 1.0, "min_p": 0.0, "text": "^^", "art": "^^", "valid": True,
    "closed": True, "nearest": 0, "similarity": 0.5, "verdict": "new",
}  # fmt: skip


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow past size bytes: a write beyond is short, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def draw_gallery(folder: Path, large: bool) -> None:
    write_gallery(folder, "mine", [PIECE] * (40 if large else 1), "a command")


def draw_figure(folder: Path, large: bool) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 8) if large else (1, 1))
    figure.subplots().plot(range(400 if large else 2))
    axes_style.save_figure(figure, folder / "plot")


def draw_bundle(folder: Path, large: bool) -> None:
    size = 9000 if large else 10
    publish_bundle(folder, {"a.txt": b"a" * 10, "sub/b.bin": b"b" * size}, again=True)
    if not large:
        (folder / RECORD_NAME).write_text("{}")


@pytest.mark.parametrize("write", [draw_gallery, draw_figure, draw_bundle])
@pytest.mark.parametrize("room", [0, 700, 4096])
def test_a_full_disk_leaves_every_older_file(
    tmp_path: Path, write: Callable[[Path, bool], None], room: int
) -> None:
    write(tmp_path, False)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with room_for(room), pytest.raises(OSError) as fault:
        write(tmp_path, True)
    assert str(tmp_path) in str(fault.value) and ".tmp-" not in str(fault.value)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before
    write(tmp_path, True)
    assert {path: path.read_bytes() for path in before if path.exists()} != before


def test_files_that_belong_together_are_all_new_or_all_old(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_files_atomic({first: b"old", second: b"old"})
    with room_for(100), pytest.raises(OSError):
        write_files_atomic({first: b"new", second: b"n" * 101})
    assert first.read_bytes() == second.read_bytes() == b"old"
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_short_write_of_a_measurement_is_noticed_and_cut_off(tmp_path: Path) -> None:
    """Before, half a line stayed, and the next start was refused once more had followed it."""
    metrics = Metrics(tmp_path / "metrics.jsonl")
    metrics.append("train", 1, loss=1.0)
    size = metrics.path.stat().st_size
    with room_for(size + 10), pytest.raises(OSError, match=r"metrics\.jsonl"):
        metrics.append("train", 2, loss=2.0)
    assert metrics.path.stat().st_size == size
    assert metrics.append("train", 2, loss=2.0)
    metrics.close()
    assert [line["step"] for line in read_metrics(metrics.path)] == [1, 2]


def test_a_short_write_to_a_log_is_cut_off(tmp_path: Path) -> None:
    append_durably(tmp_path / "log", b"one\n")
    with room_for(6), pytest.raises(OSError, match="log"):
        append_durably(tmp_path / "log", b"two\n")
    assert (tmp_path / "log").read_bytes() == b"one\n"
