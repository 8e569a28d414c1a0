"""Termination: SIGTERM, which schedulers send, ends a command as Ctrl-C does, in one line."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from lab.terminal.safe_output import emit

EXIT_INTERRUPTED, EXIT_TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM  # as shells report


class Terminated(BaseException):  # noqa: N818 - like KeyboardInterrupt, no error
    """SIGTERM has arrived; what is open is closed on the way out."""


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """End with one line and 130 or 143 where SIGINT or SIGTERM arrives in the body.

    Training catches both itself, to keep a checkpoint.
    """

    def handle(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    is_main_thread = threading.current_thread() is threading.main_thread()  # others get no signals
    previous = signal.signal(signal.SIGTERM, handle) if is_main_thread else None
    try:
        yield
    except KeyboardInterrupt:
        emit("lab: interrupted", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    except Terminated:
        emit("lab: terminated", file=sys.stderr)
        sys.exit(EXIT_TERMINATED)
    finally:
        if is_main_thread:
            signal.signal(signal.SIGTERM, previous)
