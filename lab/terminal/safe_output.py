"""Safe output: the one way that data reaches a terminal, with nothing in it that it obeys.

Names, labels, paths and error messages may come from anywhere. Every command prints through
`emit`; warnings and log lines of Python and its libraries pass through `guard_warnings`.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from io import TextIOWrapper
from typing import TextIO

from lab.terminal.safe_text import escape_unsafe

_format_warning = warnings.formatwarning


def emit(*values: object, end: str = "\n", file: TextIO | None = None, flush: bool = False) -> None:
    """Print values as `print` does, on stdout if no file is named, with symbols for controls."""
    print(escape_unsafe(" ".join(map(str, values))), end=end, file=file or sys.stdout, flush=flush)


def prepare_streams() -> None:
    """Have stdout and stderr take any text: closed ones lose it, and no UTF-8 gives question marks.

    A process that was started with a closed stream has None in its place.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def guard_warnings() -> None:
    """Have the warnings and unconfigured log lines of all libraries escaped as `emit` does."""
    warnings.formatwarning = _format_safe_warning
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_SafeFormatter())


def _format_safe_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int,
    line: str | None = None,
) -> str:  # fmt: skip
    return escape_unsafe(_format_warning(message, category, filename, lineno, line))


class _SafeFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The message of a record, escaped."""
        return escape_unsafe(super().format(record))
