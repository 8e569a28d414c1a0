"""Pager: pages of safe text in a terminal, one screen at a time, turned by single keys.

Not `pydoc.pager` or `click.echo_via_pager`: they pipe one text to $PAGER, where a key moves by
lines and pieces follow each other; here a key shows the next piece, on a screen of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TextIO

KEY_HELP = "space or n: next   p: back   q: leave"
ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"  # xterm's alternate screen, as in `less`
CLEAR_SCREEN = "\x1b[H\x1b[2J"


def show_pages(
    pages: Sequence[str], source: TextIO | None = None, out: TextIO | None = None
) -> None:
    """Show pages of safe text by keys; print all of them where source or out is no terminal.

    A page longer than the screen is shown in parts; a wider line is cut. The terminal's settings
    and screen are restored however it ends.
    """
    source, out = source or sys.stdin, out or sys.stdout
    has_termios = find_spec("termios") is not None  # not on Windows
    if not (pages and has_termios and source.isatty() and out.isatty()):
        print("\n\n".join(pages), file=out)
        return
    screen_width, height = terminal_size(out)
    screens = [screen for page in pages for screen in split_page(page, screen_width, height - 1)]
    position: int | None = 0
    with single_key_mode(source, out):
        while position is not None:
            status = f"-- {position + 1} of {len(screens)} -- {KEY_HELP}"[: screen_width - 1]
            print(f"{CLEAR_SCREEN}{screens[position]}\n{status}", end="", file=out, flush=True)
            position = next_screen(position, _read_key(source), len(screens))


def terminal_width(out: TextIO | None = None) -> int:
    """Columns of the terminal that out is, 80 where it is none."""
    out = out or sys.stdout
    return terminal_size(out)[0] if out.isatty() else 80


def next_screen(position: int, key: str, count: int) -> int | None:
    """The number of the screen after a key: None to leave, unchanged for an unknown key."""
    if key in ("q", "Q", "", "\x04"):
        return None
    if key in (" ", "n"):
        return min(position + 1, count - 1)
    return max(position - 1, 0) if key == "p" else position


def split_page(page: str, width: int, height: int) -> Iterator[str]:
    """A page in parts of at most height lines of at most width characters each."""
    height = max(1, height)
    lines = [line[:width] for line in page.split("\n")]
    for start in range(0, len(lines), height):
        yield "\n".join(lines[start : start + height])


@contextmanager
def single_key_mode(source: TextIO, out: TextIO) -> Iterator[None]:
    """Read keys one by one, unechoed, on the alternate screen; the block's end restores both."""
    import termios
    import tty

    saved_settings = termios.tcgetattr(source)
    try:
        tty.setcbreak(source, termios.TCSANOW)
        print(ENTER_SCREEN, end="", file=out, flush=True)
        yield
    finally:
        termios.tcsetattr(source, termios.TCSANOW, saved_settings)
        print(LEAVE_SCREEN, end="", file=out, flush=True)


def _read_key(source: TextIO) -> str:
    return os.read(source.fileno(), 1).decode("latin-1")


def terminal_size(out: TextIO) -> tuple[int, int]:
    """Columns and lines of a terminal, 20 x 4 at least."""
    try:
        size = os.get_terminal_size(out.fileno())
    except OSError:
        size = shutil.get_terminal_size()
    return max(20, size.columns), max(4, size.lines)
