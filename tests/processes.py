"""The real command in processes of its own, to be stopped, killed and started again.

Importing torch takes seconds, so one process imports `lab.train` and forks a child a command.
Run as a script, this file is that process: JSON lines in, JSON lines out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Process:
    """One command; code is None while it runs, negative where a signal killed it."""

    def __init__(self, stable: Stable, pid: int, out: Path) -> None:
        self.stable, self.pid, self.out = stable, pid, out
        self.code: int | None = None

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        if self.code is None:
            self.code = self.stable.ask(poll=self.pid)
        return self.code

    def wait(self, seconds: float = 200.0) -> int:
        """The exit code, as soon as there is one."""
        wait_for(lambda: self.poll() is not None, seconds)
        assert self.code is not None
        return self.code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    @property
    def stdout(self) -> str:
        """What it printed."""
        return (self.out / "stdout").read_text()

    @property
    def stderr(self) -> str:
        """What it said."""
        return (self.out / "stderr").read_text()

    @property
    def lines(self) -> list[str]:
        """What it said that is addressed to a person as an error or a notice."""
        return [line for line in self.stderr.splitlines() if line.startswith("lab: ")]


class Stable:
    """The process that forks commands; close ends it and whatever still runs in it."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=env,
        )  # fmt: skip
        self.count = 0

    def ask(self, **request: Any) -> Any:
        """One request, one answer."""
        assert self.server.stdin and self.server.stdout
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        return json.loads(self.server.stdout.readline())

    def start(self, *typed: str, before: str = "", **env: str) -> Process:
        """Start `python -m lab.train` in this folder; before is run in it first."""
        self.count += 1
        out = Path.cwd() / f"process-{self.count}"
        out.mkdir()
        pid = self.ask(typed=typed, out=str(out), cwd=os.getcwd(), before=before, env=env)
        return Process(self, pid, out)

    def run(self, *typed: str, before: str = "", **env: str) -> Process:
        """Start it and wait for its end."""
        process = self.start(*typed, before=before, **env)
        process.wait()
        return process

    def close(self) -> None:
        """End."""
        assert self.server.stdin and self.server.stdout
        self.server.stdin.close()
        self.server.wait(60)
        self.server.stdout.close()


def wait_for(true: Callable[[], bool], seconds: float = 200.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.004)


def serve() -> None:
    """Fork a command for each request, and say how each ended."""
    import lab.train  # noqa: F401 - so that children need not

    running: dict[int, int | None] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "poll" in request:
            pid = request["poll"]
            if running[pid] is None:
                ended, status = os.waitpid(pid, os.WNOHANG)
                running[pid] = os.waitstatus_to_exitcode(status) if ended else None
            answer = running[pid]
        else:
            answer = os.fork()
            if answer == 0:
                become(request)
            running[answer] = None
        print(json.dumps(answer), flush=True)
    for pid, code in running.items():
        if code is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def become(request: dict[str, Any]) -> None:
    """Be the command in this process, to its end."""
    from lab.train import main

    code = 1
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(f"{request['out']}/{name}", os.O_CREAT | os.O_WRONLY), number)
        os.close(0)
        os.chdir(request["cwd"])
        os.environ.update(request["env"])
        sys.argv = ["lab.train", *request["typed"]]
        exec(request["before"], {})  # noqa: S102 - the test's own words
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
