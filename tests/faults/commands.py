"""The real train command as a process: started, awaited, and what it left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.groups import await_group, start_group

PATIENCE = 900  # seconds for one process on a busy machine; a hang, not slowness, exceeds it


def start(
    root: Path, *words: str, through: tuple[str, ...] = (), command: str = "train"
) -> subprocess.Popen[str]:
    """Start `python -m lab.train +exp=debug`, or another command, through a program if given."""
    debug = ["+exp=debug"] if command == "train" else []
    line = [*through, sys.executable, "-m", f"lab.{command}", *debug, f"root={root}", *words]
    return start_group(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Await a process: its exit code and what it said on stderr; a hanging one is killed."""
    _, said = await_group(process, PATIENCE)
    return process.returncode, said


def complaints(said: str) -> list[str]:
    """The lines for a person; a traceback counts as one too, so that it is never overlooked."""
    return [line for line in said.splitlines() if line.startswith(("lab: ", "Traceback"))]


def reared(root: Path, name: str = "debug") -> str:
    """The id of the individual that a finished run produced."""
    told: dict[str, Any] = json.loads((root / name / "result.json").read_text())
    return str(told["individual"])


def reached(root: Path, name: str = "debug") -> int:
    """The newest checkpoint's step, 0 where there is none."""
    found = (root / name / "checkpoint").glob("step-*[0-9]")
    return max((int(path.name.removeprefix("step-")) for path in found), default=0)


def await_step(process: subprocess.Popen[str], root: Path, step: int) -> None:
    """Until a checkpoint past this step is there, or the process has ended."""
    while reached(root) <= step and process.poll() is None:
        time.sleep(0.01)
