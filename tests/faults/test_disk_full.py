"""A disk that fills up: one line, nothing half-written, the older checkpoint as it was."""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual
from tests.faults.commands import complaints, finish, reached, reared, start
from tests.groups import await_group

Bear = Callable[[Path, int], str]
SMALL = ("sh", "-c", 'ulimit -f 100; exec "$@"', "sh")  # 50 KiB a file: a checkpoint has more
TMPFS = 'mount -t tmpfs -o size=1500k none "$0" && "$@"; code=$?; ls -A "$0"/debug/*; exit $code'


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow past size bytes; Python ignores the signal, so that writing fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.faults)])
def test_a_full_disk_leaves_the_older_checkpoint(
    tmp_path: Path, bear: Bear, count: int, figures: dict[str, Any]
) -> None:
    draw = random.Random(count)
    bear(tmp_path, 1)
    before = {path.name: path.read_bytes() for path in (tmp_path / "step-00000001").iterdir()}
    largest = max(map(len, before.values()))
    for step in [2, 1] * (count // 2) + [2] * (count % 2):  # a new one, and one that replaces
        with room_for(draw.randrange(largest)), pytest.raises(OSError):
            bear(tmp_path, step)
        assert [path.name for path in tmp_path.glob("*step-*")] == ["step-00000001"]
        found = individual.load_newest_checkpoint(tmp_path)
        assert found is not None and found.path.name == "step-00000001"
        assert {path.name: path.read_bytes() for path in found.path.iterdir()} == before
    figures.update(failed_saves=count, older_kept=count)


def test_the_command_on_a_full_disk_says_one_line(tmp_path: Path, figures: dict[str, Any]) -> None:
    code, said = finish(start(tmp_path, through=SMALL))
    assert code == 2 and len(complaints(said)) == 1, said
    assert "Traceback" not in said and said.splitlines()[-1] == complaints(said)[0]
    assert reached(tmp_path) == 0 and not list(tmp_path.rglob(".tmp-*"))
    figures.update(runs=1, one_line=complaints(said)[0].replace(str(tmp_path), "..."))


@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_with_room_again_the_run_ends_as_if_nothing_had_been(
    tmp_path: Path, figures: dict[str, Any]
) -> None:
    more = ("training.steps=40",)
    assert finish(start(tmp_path / "roomy", *more))[0] == 0
    assert finish(start(tmp_path / "full", *more, through=SMALL))[0] == 2
    assert finish(start(tmp_path / "full", *more))[0] == 0
    assert reared(tmp_path / "full") == reared(tmp_path / "roomy")
    figures.update(runs=1, identical=1)


@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_the_command_on_a_disk_of_its_own_that_fills_up(
    tmp_path: Path, figures: dict[str, Any]
) -> None:
    """ENOSPC from the file system itself, after the first checkpoint fitted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = ("unshare", "-rm", "sh", "-c")
    trial = [*alone, 'mount -t tmpfs none "$0"', str(disk)]
    if not shutil.which("unshare") or subprocess.run(trial, capture_output=True).returncode:
        pytest.skip("this machine lets no user mount a disk")
    process = start(disk, "training.checkpoint_every=5", through=(*alone, TMPFS, str(disk)))
    out, said = await_group(process, 900)
    assert process.returncode == 2, said
    assert "step-00000005" in out and ".tmp-" not in out, out
    (line,) = complaints(said)
    assert "No space left on device" in line
    figures.update(runs=1, one_line=line.replace(str(tmp_path), "..."))
