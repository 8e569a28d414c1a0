"""Run lock: who is refused, who waits, and what is said meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lab.records.run_lock import RunInUse, RunLock

HOLD = """
import sys
from pathlib import Path
from lab.records.run_lock import RunLock
lock = RunLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the run `taken` until its stdin is closed."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "taken")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process  # type: ignore[misc]
    process.kill()
    process.communicate()


def test_a_second_process_is_refused_by_name(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(RunInUse, match=f"taken is in use by process {holder.pid}"):
        RunLock(tmp_path / "taken").acquire()


def test_waiting_ends_when_the_holder_does_even_if_killed(
    tmp_path: Path, holder: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "metrics.jsonl").write_text('{"kind": "train", "step": 1200}\n{"ki')
    lock, killed = RunLock(tmp_path / "taken"), []
    threading.Timer(0.7, lambda: (killed.append(time.monotonic()), holder.kill())).start()
    lock.wait()
    assert killed and time.monotonic() >= killed[0]
    said = capsys.readouterr().err
    assert said == f"lab: waiting for process {holder.pid}, which trains taken, now at step 1,200\n"
    lock.acquire()
    lock.release()


def test_what_nobody_holds_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    RunLock(tmp_path / "free").wait()
    assert capsys.readouterr().err == ""
