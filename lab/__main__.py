"""List of the commands: python -m lab."""

from __future__ import annotations

import re

import lab
from lab.terminal.safe_output import emit

COMMAND = re.compile(r"^ +\w+\.py +(?P<what>.*?) {2,}(?P<typed>python -m lab\..*)$", re.MULTILINE)


def main() -> None:
    """Print what each command does and how it is called."""
    found = [(match["what"], match["typed"]) for match in COMMAND.finditer(lab.__doc__ or "")]
    width = max(len(typed) for _, typed in found)
    emit((lab.__doc__ or "").split("\n", 1)[0] + "\n")
    for what, typed in found:
        emit(f"    {typed:{width}}   {what}")
    emit("\n--help after a command lists its keys.")


if __name__ == "__main__":
    main()
