"""Player: film playback in a terminal, with pause and seek, while the model still writes.

Frames are shown through `frame_view`; the terminal is restored on every exit.
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

from lab.films.frame_view import render_frame, reverse_video
from lab.terminal.pager import CLEAR_SCREEN, single_key_mode, terminal_size

KEY_HELP = "space pause  n p one frame  f b five seconds  0 start  t truth  q leave"
ARROWS = {"\x1b[C": "f", "\x1b[D": "b", "\x1b[A": "n", "\x1b[B": "p"}


class FrameBuffer:
    """A buffer of the frames that a source has produced so far."""

    def __init__(self, source: Iterator[str], count: int) -> None:
        self.source, self.count = source, count
        self.frames: list[str] = []
        self.error: BaseException | None = None
        self.closed = False

    def read_next(self) -> bool:
        """Read one frame from the source; return whether there was one."""
        frame = next(self.source, None)
        if frame is not None:
            self.frames.append(frame)
        return frame is not None

    def read_all(self) -> None:
        """Read all frames until closed; an exception is kept for the player."""
        try:
            while not self.closed and self.read_next():
                pass
        except BaseException as error:  # noqa: BLE001 - shown by the player, on its own thread
            self.error = error


@dataclass(frozen=True)
class PlayerState:
    """The state of playback: frame index, paused, truth shown beside it, quit."""

    at: int = 0
    paused: bool = False
    truth: bool = False
    has_quit: bool = False


def apply_key(state: PlayerState, key: str, count: int, rate: float) -> PlayerState:
    """Return the state after a key; unchanged for an unknown key."""
    jump = max(1, round(5 * rate))
    steps = {"n": 1, "p": -1, "f": jump, "b": -jump}
    key = ARROWS.get(key, key)
    if key in ("q", "Q", "", "\x04"):
        return replace(state, has_quit=True)
    if key in steps:
        at = min(max(0, state.at + steps[key]), count - 1)
        return replace(state, at=at, paused=state.paused or key in "np")
    if key == " ":
        return replace(state, paused=not state.paused)
    if key == "0":
        return replace(state, at=0)
    return replace(state, truth=not state.truth) if key == "t" else state


def can_play(source: TextIO, out: TextIO) -> bool:
    """Whether source and out are a terminal."""
    return find_spec("termios") is not None and source.isatty() and out.isatty()


def play_film(
    buffer: FrameBuffer,
    rate: float,
    truth: Sequence[str] | None = None,
    source: TextIO | None = None,
    out: TextIO | None = None,
    beside: bool = False,
) -> None:
    """Play a film until it ends or the viewer quits, while the source still produces frames.

    Raises the source's exception after the terminal is restored.
    """
    source, out = source or sys.stdin, out or sys.stdout
    worker = threading.Thread(target=buffer.read_all, daemon=True)
    state = PlayerState(truth=beside and truth is not None)
    with single_key_mode(source, out):
        worker.start()
        try:
            while not state.has_quit and buffer.error is None:
                state = _show_frame(buffer, rate, truth, state, source, out)
        finally:
            buffer.closed = True
    worker.join()
    if buffer.error is not None:
        raise buffer.error


def _show_frame(
    buffer: FrameBuffer,
    rate: float,
    truth: Sequence[str] | None,
    state: PlayerState,
    source: TextIO,
    out: TextIO,
) -> PlayerState:
    """Show one frame for its duration or until a key is pressed."""
    deadline = time.monotonic() + 1 / rate
    columns, lines = terminal_size(out)
    is_available = state.at < len(buffer.frames)
    at = min(state.at, len(buffer.frames) - 1)
    text = []
    if at >= 0:
        truth_frame = truth[at] if state.truth and truth else None
        text = render_frame(buffer.frames[at], truth_frame, (lines - 2, columns), reverse_video)
    waiting = "" if is_available else "  waiting for the model"
    progress = f", {len(buffer.frames)} written" if len(buffer.frames) < buffer.count else ""
    status = f"frame {state.at + 1} of {buffer.count}{progress}{waiting}  {KEY_HELP}"[: columns - 1]
    print(CLEAR_SCREEN + "\n".join([*text, status]), end="", file=out, flush=True)
    key = _read_key(source, max(0.0, deadline - time.monotonic()) if not state.paused else 0.2)
    if key is not None:
        return apply_key(state, key, buffer.count, rate)
    if state.paused or not is_available:
        return state
    return replace(state, at=state.at + 1, has_quit=state.at + 1 >= buffer.count)


def _read_key(source: TextIO, seconds: float) -> str | None:
    """Return the key pressed within some seconds, arrow sequences whole, else None."""
    if not select.select([source], [], [], seconds)[0]:
        return None
    key = os.read(source.fileno(), 1).decode("latin-1")
    if key == "\x1b" and select.select([source], [], [], 0.01)[0]:
        key += os.read(source.fileno(), 2).decode("latin-1")
    return key
