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
import sys
from pathlib import Path
from lab.storage.atomic_file import write_atomic
while True:
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


def test_nan_is_not_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic_file.write_json_atomic(tmp_path / "x", {"loss": float("nan")})
    assert not (tmp_path / "x").exists()


def kill_a_writer(path: Path, seconds: float) -> None:
    """Start a process that rewrites a file without end, and kill it."""
    env = {**os.environ, "PYTHONPATH": str(Path(atomic_file.__file__).parents[2])}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], env=env)
    while not path.exists():
        time.sleep(0.005)
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    writer.wait()


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.faults)])
def test_a_kill_never_leaves_half_a_file(tmp_path: Path, kills: int) -> None:
    for number in range(kills):
        path = tmp_path / f"x{number}"
        kill_a_writer(path, 0.001 * (number % 50))
        assert path.read_bytes() in (b"a" * 200_000, b"b" * 200_000)
