"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.storage import atomic_file

WRITER = """
import os
import sys
from pathlib import Path
from lab.storage.atomic_file import write_atomic
parent = os.getppid()
while os.getppid() == parent:
    for byte in b"ab":
        write_atomic(Path(sys.argv[1]), bytes([byte]) * 200_000)
"""


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x"
    atomic_file.write_atomic(path, b"old")
    atomic_file.write_atomic(path, b"new")
    assert path.read_bytes() == b"new" and not list(tmp_path.glob(".tmp-*"))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    atomic_file.write_atomic(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic_file.write_atomic(path, b"new")
    assert path.read_bytes() == b"old" and not list(tmp_path.glob(".tmp-*"))


def test_a_whole_file_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    path.parent.mkdir()
    with atomic_file.atomic_path(path) as staged:
        staged.write_text("all of it")
        assert not path.exists()
    assert path.read_text() == "all of it"
    assert os.listdir(path.parent) == ["file"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.write_text("old")
    with pytest.raises(OSError, match="No space"), atomic_file.atomic_path(path) as staged:
        staged.write_text("half of")
        raise OSError("No space left on device")
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["file"]


def test_a_folder_appears_at_the_end_too(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder"
    path.parent.mkdir()
    with atomic_file.atomic_path(path) as temporary:
        temporary.mkdir()
        (temporary / "file").write_text("all of it")
    assert os.listdir(path.parent) == ["folder"] and os.listdir(path) == ["file"]


def test_everything_is_flushed_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(
        os, "fsync", lambda f: (events.append(os.path.realpath(f"/proc/self/fd/{f}")), fsync(f))
    )
    monkeypatch.setattr(os, "replace", lambda a, b: (events.append("rename"), replace(a, b)))
    atomic_file.write_atomic(tmp_path / "x", b"new")
    assert len(events) == 3 and Path(events[0]).name.startswith(".tmp-x-")
    assert events[1:] == ["rename", str(tmp_path)]


def test_temporary_names_are_never_the_same_and_fit_a_file_system(tmp_path: Path) -> None:
    path = tmp_path / "new" / ("\N{CAT}" * 60)
    path.parent.mkdir()
    names = {atomic_file.temporary_path(path).name for _ in range(100)}
    assert len(names) == 100 and all(len(os.fsencode(name)) < 256 for name in names)
    atomic_file.write_atomic(path, b"new")
    assert os.listdir(path.parent) == [path.name]


def test_only_the_file_s_own_leftovers_are_removed(tmp_path: Path) -> None:
    names = ("x", "x-y", "xx", "x.y")
    folder = tmp_path / "new"
    folder.mkdir()
    leftovers = {name: atomic_file.temporary_path(folder / name) for name in names}
    for leftover in leftovers.values():
        leftover.write_bytes(b"half of")
    (folder / "x").write_bytes(b"all of it")
    atomic_file.remove_temporaries(folder / "x")
    kept = sorted(path.name for path in [folder / "x", *list(leftovers.values())[1:]])
    assert sorted(os.listdir(folder)) == kept


def test_nan_is_not_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic_file.write_json_atomic(tmp_path / "x", {"loss": float("nan")})
    assert not (tmp_path / "x").exists()


def kill_a_writer(path: Path, seconds: float) -> None:
    """Start a process that rewrites a file while this one lives, and kill it."""
    env = {**os.environ, "PYTHONPATH": str(Path(atomic_file.__file__).parents[2])}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], env=env)
    try:
        while not path.exists():
            assert writer.poll() is None
            time.sleep(0.005)
        time.sleep(seconds)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


MANY = pytest.mark.faults, pytest.mark.timeout(3000)


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=MANY)])
def test_a_kill_never_leaves_half_a_file(tmp_path: Path, kills: int) -> None:
    for number in range(kills):
        path = tmp_path / f"x{number}"
        kill_a_writer(path, 0.001 * (number % 50))
        assert path.read_bytes() in (b"a" * 200_000, b"b" * 200_000)
