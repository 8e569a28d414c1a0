"""Signals: the first one asks the loop to checkpoint and stop, the second one ends at once.

SIGTERM and SIGUSR1 are what schedulers send before they kill; SIGINT is Ctrl-C.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class StopRequest:
    """A request to stop; `number` is the signal that made it, 0 while there is none."""

    number = 0

    @property
    def exit_code(self) -> int:
        """128 + the signal, as a shell reports it: 143 for SIGTERM, 130 for SIGINT."""
        return 128 + self.number


@contextmanager
def catch_stop_signals() -> Iterator[StopRequest]:
    """Turn stop signals into a StopRequest while the body runs; restore the handlers after it."""
    request = StopRequest()

    def handle(number: int, _: FrameType | None) -> None:
        if request.number:
            os._exit(128 + number)
        request.number = number

    previous_handlers = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
    try:
        yield request
    finally:
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
