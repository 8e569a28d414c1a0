"""Process groups: commands that a test starts, none of which outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

PASSIVE = {"OMP_WAIT_POLICY": "passive"}  # threads that wait for work leave the processor alone
_running: list[subprocess.Popen[str]] = []


def start_group(
    command: Sequence[str], env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[str]:
    """Start a command as the leader of a process group of its own."""
    process = subprocess.Popen(
        command, env={**os.environ, **PASSIVE, **(env or {})}, text=True, start_new_session=True,
        **options,
    )  # fmt: skip
    _running.append(process)
    return process


def end_group(process: subprocess.Popen[str]) -> None:
    """Kill a command with all that it started, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def await_group(process: subprocess.Popen[str], seconds: float) -> tuple[str, str]:
    """What a command printed and said by its end; TimeoutExpired after so long, and it is gone."""
    try:
        return process.communicate(timeout=seconds)
    finally:
        end_group(process)


@contextmanager
def no_orphans() -> Iterator[None]:
    """End whatever was started inside and still runs, however the test ended."""
    before = len(_running)
    try:
        yield
    finally:
        for process in _running[before:]:
            end_group(process)
        del _running[before:]
