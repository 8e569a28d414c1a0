"""Termination: every command ends in one line and 143 on SIGTERM, whatever it is doing."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.config.termination import exit_on_signals
from tests.processes import ROOT, Stable, wait_for

COMMANDS = sorted(
    path.stem for path in (ROOT / "lab").glob("*.py") if "\n@command(" in path.read_text()
)
BUSY = """
import importlib, pathlib, sys, time

def stay_busy(*_):
    pathlib.Path("busy").touch()
    time.sleep(60)

importlib.import_module("lab.config.command").validate_config = stay_busy
sys.argv[0] = "lab.{command}"
importlib.import_module("lab.{command}").main()
"""


@pytest.fixture(scope="module")
def stable() -> Iterator[Stable]:
    """One process that has imported torch and forks the commands."""
    server = Stable()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [(signal.SIGTERM, 143, "lab: terminated"), (signal.SIGINT, 130, "lab: interrupted")],
)
def test_a_signal_is_one_line_and_its_code(
    number: int, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = []
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end, exit_on_signals():
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            closed.append(True)
    assert end.value.code == code and closed == [True]
    assert capsys.readouterr().err == f"{line}\n"
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("command", COMMANDS)
def test_sigterm_ends_every_command_in_one_line(
    command: str, stable: Stable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process of each, signalled while it works inside Hydra's job."""
    monkeypatch.chdir(tmp_path)
    process = stable.start(before=BUSY.format(command=command))
    wait_for(lambda: Path("busy").exists() or process.poll() is not None)
    process.kill(signal.SIGTERM)
    assert process.wait() == 143, process.stderr
    assert process.stderr == "lab: terminated\n"


def test_another_thread_can_run_a_command() -> None:
    ended = []

    def run() -> None:
        with exit_on_signals():
            ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert ended == [True]
