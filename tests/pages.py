"""Pages that are executed: the files that a page shows are written, its commands run.

In a page, a fenced block with a title is a file, a block of `sh` is commands, and every line of a
block of `text` is one that the commands print, "..." standing for anything. Importing torch takes
seconds, so one process imports it and forks a child a command. Run as a script, this file is that
process.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRELOADED = ("torch", "numpy", "networkx", "safetensors.torch")  # no plugins of pytest


@dataclass(frozen=True)
class Page:
    """One page's fenced blocks: files by path, command lines, lines that they print."""

    files: dict[str, str]
    commands: list[list[str]]
    output: list[str]

    @classmethod
    def read(cls, path: Path) -> Page:
        """Take a page apart."""
        blocks = FENCE.findall(path.read_text())
        shell = [line for kind, _, text in blocks if kind == "sh" for line in text.splitlines()]
        printed = [line for kind, _, text in blocks if kind == "text" for line in text.splitlines()]
        return cls(
            {title: text for _, title, text in blocks if title},
            [shlex.split(line) for line in shell if line.strip()],
            [line for line in printed if line.strip() and line != "..."],
        )

    def missing_output(self, output: str) -> list[str]:
        """The lines of output that the page shows and the commands did not print."""
        patterns = {line: ".*".join(map(re.escape, line.split("..."))) for line in self.output}
        lines = output.splitlines()
        return [
            line
            for line, pattern in patterns.items()
            if not any(re.fullmatch(pattern, printed.rstrip()) for printed in lines)
        ]


def copy_lab(folder: Path, files: dict[str, str]) -> None:
    """A copy of what a page extends, with the page's files in it."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("lab", "conf", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


class Shell:
    """The process that forks commands; close ends it."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, command: list[str]) -> tuple[int, str]:
        """Run `python FILE ...` or `python -m MODULE ...` in a folder; its code, what it prints."""
        assert self.server.stdin and self.server.stdout
        request = {"folder": str(folder), "command": command, "env": dict(os.environ)}
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        code = json.loads(self.server.stdout.readline())
        return code, (folder / "output").read_text()

    def close(self) -> None:
        """End."""
        assert self.server.stdin and self.server.stdout
        self.server.stdin.close()
        self.server.wait(60)
        self.server.stdout.close()


def serve() -> None:
    """Fork a command for each request, and say how each ended."""
    for name in PRELOADED:
        __import__(name)
    sys.modules["torch"].set_num_threads(1)
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            become(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def become(request: dict[str, Any]) -> None:
    """Be the command in this process, to its end."""
    python, *words = request["command"]
    code = 1
    try:
        os.chdir(request["folder"])
        for number in (1, 2):
            os.dup2(os.open("output", os.O_CREAT | os.O_WRONLY | os.O_APPEND), number)
        os.environ.update(request["env"])
        assert python == "python"
        sys.path[0] = request["folder"]  # where Python puts the folder of a command
        sys.argv = words[1:] if words[0] == "-m" else words
        if words[0] == "-m":
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(words[0], run_name="__main__")
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
