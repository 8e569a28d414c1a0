"""Termination: every command ends in one line and 143 on SIGTERM, whatever it is doing."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from lab.config.termination import exit_on_signals


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


def test_another_thread_can_run_a_command() -> None:
    ended = []

    def run() -> None:
        with exit_on_signals():
            ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert ended == [True]
