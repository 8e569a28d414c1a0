"""Run lock: one process at a time writes to a run's folder; others are refused, or wait first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from lab.records.metrics import latest_step
from lab.terminal.progress import LineTimer
from lab.terminal.safe_output import emit
from lab.terminal.safe_text import escape_to_line

POLL_SECONDS = 0.25


class RunInUse(ValueError):  # noqa: N818 - a state, which may pass
    """A run's folder is held by another process, which the message names."""


class RunLock:
    """The lock of a run's folder, kept in <root>/.locks: released by its process's end, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        locks = folder.parent / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(locks / f"{folder.name}.lock", thread_local=False)
        self.holder = locks / f"{folder.name}.pid"

    def acquire(self) -> Self:
        """Take the lock and return it; RunInUse while another process has it."""
        try:
            self.lock.acquire(timeout=0)
        except Timeout:
            raise RunInUse(f"{self.folder} is in use by {self._holder()}") from None
        self.holder.write_text(str(os.getpid()))
        return self

    def release(self) -> None:
        """Let the folder go."""
        self.lock.release()

    def wait(self) -> None:
        """Return once no process has the lock; meanwhile say who has it, and how far they are."""
        timer = LineTimer(first_at_once=True)
        while True:
            try:
                self.lock.acquire(timeout=POLL_SECONDS, poll_interval=POLL_SECONDS)
            except Timeout:
                if timer.is_due():
                    line = escape_to_line(self._waiting_line())
                    emit(f"lab: {line}", file=sys.stderr, flush=True)
            else:
                self.lock.release()
                return

    def _waiting_line(self) -> str:
        step = latest_step(self.folder / "metrics.jsonl")
        place = "" if step is None else f", now at step {step:,}"
        return f"waiting for {self._holder()}, which trains {self.folder.name}{place}"

    def _holder(self) -> str:
        try:
            return f"process {self.holder.read_text() or 'unknown'}"
        except OSError:
            return "process unknown"
