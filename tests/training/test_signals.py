"""Signals: the first one asks, and the handlers before come back; the second needs a process."""

from __future__ import annotations

import os
import signal

import pytest

from lab.training.signals import STOP_SIGNALS, catch_stop_signals


@pytest.mark.parametrize(("number", "code"), [(15, 143), (2, 130), (signal.SIGUSR1, 138)])
def test_a_signal_is_a_wish(number: int, code: int) -> None:
    with catch_stop_signals() as request:
        assert request.number == 0
        os.kill(os.getpid(), number)
        assert (request.number, request.exit_code) == (number, code)


def test_the_handlers_before_come_back_whatever_happens() -> None:
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    with pytest.raises(ZeroDivisionError), catch_stop_signals():
        assert [signal.getsignal(number) for number in STOP_SIGNALS] != before
        _ = 1 / 0
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before
