"""A player: a film in a terminal at its rate, with pause and seek; from a model as it writes.

Only what `screen` made of a frame is shown; the terminal is put back however it ends.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TextIO

from lab.films.frame_view import reversed_video, shown
from lab.terminal.pager import CLEAR, single_keys, size_of

KEYS = "space pause  n p one frame  f b five seconds  0 start  t truth  q leave"
ARROWS = {"\x1b[C": "f", "\x1b[D": "b", "\x1b[A": "n", "\x1b[B": "p"}


class Reel:
    """Frames that are there, and more to come from a source; `grow` takes the next, if any."""

    def __init__(self, source: Iterator[str], count: int) -> None:
        self.source, self.count = source, count
        self.frames: list[str] = []
        self.failed: BaseException | None = None
        self.closed = False

    def grow(self) -> bool:
        """Take one frame more from the source; whether there was one."""
        frame = next(self.source, None)
        if frame is not None:
            self.frames.append(frame)
        return frame is not None

    def fill(self) -> None:
        """Take all, until closed; an error is kept for whoever plays."""
        try:
            while not self.closed and self.grow():
                pass
        except BaseException as error:  # noqa: BLE001 - shown by the player, on its own thread
            self.failed = error


@dataclass(frozen=True)
class State:
    """What is shown: which frame, whether time stands still, whether the truth is beside it."""

    at: int = 0
    paused: bool = False
    truth: bool = False
    left: bool = False


def pressed(state: State, key: str, count: int, rate: float) -> State:
    """The state that a key leads to; the same for one that means nothing."""
    leap = max(1, round(5 * rate))
    steps = {"n": 1, "p": -1, "f": leap, "b": -leap}
    key = ARROWS.get(key, key)
    if key in ("q", "Q", "", "\x04"):
        return replace(state, left=True)
    if key in steps:
        at = min(max(0, state.at + steps[key]), count - 1)
        return replace(state, at=at, paused=state.paused or key in "np")
    if key == " ":
        return replace(state, paused=not state.paused)
    if key == "0":
        return replace(state, at=0)
    return replace(state, truth=not state.truth) if key == "t" else state


def able(source: TextIO, out: TextIO) -> bool:
    """Whether there is a terminal to play in."""
    return find_spec("termios") is not None and source.isatty() and out.isatty()


def play(
    reel: Reel,
    rate: float,
    truth: Sequence[str] | None = None,
    source: TextIO | None = None,
    out: TextIO | None = None,
    beside: bool = False,
) -> None:
    """Show the reel until it ends or the viewer leaves; what is still to come is taken meanwhile.

    Raises whatever taking a frame raised, when the terminal is put back.
    """
    source, out = source or sys.stdin, out or sys.stdout
    worker = threading.Thread(target=reel.fill, daemon=True)
    state = State(truth=beside and truth is not None)
    with single_keys(source, out):
        worker.start()
        try:
            while not state.left and reel.failed is None:
                state = _turn(reel, rate, truth, state, source, out)
        finally:
            reel.closed = True
    worker.join()
    if reel.failed is not None:
        raise reel.failed


def _turn(
    reel: Reel,
    rate: float,
    truth: Sequence[str] | None,
    state: State,
    source: TextIO,
    out: TextIO,
) -> State:
    """Show one frame for as long as it lasts or until a key is pressed."""
    due = time.monotonic() + 1 / rate
    columns, lines = size_of(out)
    there = state.at < len(reel.frames)
    at = min(state.at, len(reel.frames) - 1)
    text = []
    if at >= 0:
        right = truth[at] if state.truth and truth else None
        text = shown(reel.frames[at], right, (lines - 2, columns), reversed_video)
    waiting = "" if there else "  waiting for the model"
    written = f", {len(reel.frames)} written" if len(reel.frames) < reel.count else ""
    status = f"frame {state.at + 1} of {reel.count}{written}{waiting}  {KEYS}"[: columns - 1]
    print(CLEAR + "\n".join([*text, status]), end="", file=out, flush=True)
    key = _key(source, max(0.0, due - time.monotonic()) if not state.paused else 0.2)
    if key is not None:
        return pressed(state, key, reel.count, rate)
    if state.paused or not there:
        return state
    return replace(state, at=state.at + 1, left=state.at + 1 >= reel.count)


def _key(source: TextIO, seconds: float) -> str | None:
    """The key that is pressed within so many seconds, an arrow whole; None for none."""
    if not select.select([source], [], [], seconds)[0]:
        return None
    key = os.read(source.fileno(), 1).decode("latin-1")
    if key == "\x1b" and select.select([source], [], [], 0.01)[0]:
        key += os.read(source.fileno(), 2).decode("latin-1")
    return key
