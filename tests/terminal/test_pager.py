"""The pager, in a real pseudo-terminal: keys turn pages, and the terminal is put back."""

from __future__ import annotations

import io
import os
import select
import termios
from collections.abc import Iterator
from typing import TextIO

import pytest

from lab.terminal import pager
from lab.terminal.pager import next_screen, show_pages, split_page

PAGES = ["first", "second", "third"]


@pytest.fixture
def user() -> Iterator[int]:
    """The user's end of a terminal."""
    user, program = os.openpty()
    Terminal.end = program
    yield user
    os.close(user)
    os.close(program)


class Terminal:
    """The program's end, as the fixture left it."""

    end = -1


def opened() -> tuple[TextIO, TextIO]:
    return os.fdopen(Terminal.end, closefd=False), os.fdopen(Terminal.end, "w", closefd=False)


def written(user: int) -> list[str]:
    """What was shown, screen by screen."""
    text = ""
    while not text.endswith(pager.LEAVE_SCREEN) and select.select([user], [], [], 5)[0]:
        text += os.read(user, 65536).decode().replace("\r\n", "\n")
    return text.split(pager.CLEAR_SCREEN)


def test_keys_turn_the_pages(user: int) -> None:
    os.write(user, b"n pxq")
    show_pages(PAGES, *opened())
    before, *screens = written(user)
    assert before.endswith(pager.ENTER_SCREEN) and screens[-1].endswith(pager.LEAVE_SCREEN)
    assert [screen.split("\n")[0] for screen in screens] == [
        "first", "second", "third", "second", "second"
    ]  # fmt: skip
    assert "-- 2 of 3 --" in screens[1]


def test_the_terminal_is_put_back(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = termios.tcgetattr(Terminal.end)
    seen = []

    def fail(*_: object) -> None:
        seen.append(termios.tcgetattr(Terminal.end)[3] & (termios.ICANON | termios.ECHO))
        raise KeyboardInterrupt

    monkeypatch.setattr(pager, "next_screen", fail)
    os.write(user, b"n")
    with pytest.raises(KeyboardInterrupt):
        show_pages(PAGES, *opened())
    assert seen == [0] and termios.tcgetattr(Terminal.end) == before
    assert written(user)[-1].endswith(pager.LEAVE_SCREEN)


def test_without_a_terminal_all_is_printed() -> None:
    out = io.StringIO()
    show_pages(PAGES, io.StringIO("q"), out)
    assert out.getvalue() == "first\n\nsecond\n\nthird\n"


def test_keys_stop_at_the_ends() -> None:
    assert [next_screen(at, key, 3) for at, key in [(2, "n"), (0, "p"), (1, "z"), (1, " ")]] == [
        2,
        0,
        1,
        2,
    ]
    assert [next_screen(1, key, 3) for key in ("q", "", "\x04")] == [None, None, None]


def test_a_long_page_is_shown_whole_in_parts() -> None:
    parts = list(split_page("\n".join(f"{i:03}abc" for i in range(50)), width=3, height=20))
    assert [len(part.split("\n")) for part in parts] == [20, 20, 10]
    assert "\n".join(parts).split("\n") == [f"{i:03}" for i in range(50)]
