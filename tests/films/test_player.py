"""The player in a real pseudo-terminal: it shows, seeks, pauses, marks, and leaves no trace."""

from __future__ import annotations

import os
import select
import termios
import threading
from collections.abc import Iterator

import pytest

from lab.films.frame_view import cross_out, frame_cells, render_frame
from lab.films.player import FrameBuffer, PlayerState, apply_key, can_play, play_film
from lab.terminal import pager

FRAMES = [f"{n}..\n.@.\n.@." for n in range(8)]


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """The user's end and the program's end of a terminal."""
    user, program = os.openpty()
    yield user, program
    os.close(user)
    os.close(program)


def screens(ends: tuple[int, int], keys: bytes, **told: object) -> list[str]:
    """What a film at 50 frames a second looks like to a user who presses these keys at once."""
    user, program = ends
    text, done = b"", threading.Event()

    def watch() -> None:
        nonlocal text
        while select.select([user], [], [], 0.2)[0] or not done.is_set():
            if select.select([user], [], [], 0.05)[0]:
                text += os.read(user, 65536)

    watcher = threading.Thread(target=watch)
    watcher.start()
    os.write(user, keys)
    source, out = os.fdopen(program, closefd=False), os.fdopen(program, "w", closefd=False)
    try:
        play_film(FrameBuffer(iter(FRAMES), len(FRAMES)), 50.0, source=source, out=out, **told)  # type: ignore[arg-type]
    finally:
        done.set()
        watcher.join()
    return text.decode().replace("\r\n", "\n").split(pager.CLEAR_SCREEN)


def test_a_film_is_shown_to_its_end_and_the_terminal_is_put_back(ends: tuple[int, int]) -> None:
    before = termios.tcgetattr(ends[1])
    seen = screens(ends, b"")
    assert seen[0].endswith(pager.ENTER_SCREEN) and seen[-1].endswith(pager.LEAVE_SCREEN)
    first = [one.split("\n")[0] for one in seen[1:] if "frame" in one.split("\n")[0] or ".." in one]
    assert [one for one in dict.fromkeys(first) if ".." in one] == [f"{n}.." for n in range(8)]
    assert termios.tcgetattr(ends[1]) == before


def test_the_truth_stands_beside_with_wrong_cells_reversed(ends: tuple[int, int]) -> None:
    truth = ["0..\n@@.\n.@.", *FRAMES[1:]]
    seen = screens(ends, b"  0", truth=truth, beside=True)
    assert any("\x1b[7m.\x1b[0m@.   @@." in one for one in seen)


def test_leaving_ends_it_and_an_error_of_the_model_comes_out(ends: tuple[int, int]) -> None:
    assert len(screens(ends, b"q")) <= 3

    def broken() -> Iterator[str]:
        yield FRAMES[0]
        raise ValueError("the model broke")

    source, out = (os.fdopen(ends[1], mode, closefd=False) for mode in "rw")
    with pytest.raises(ValueError, match="the model broke"):
        play_film(FrameBuffer(broken(), 8), 50.0, source=source, out=out)


def test_keys_seek_within_the_film() -> None:
    def after(keys: list[str], at: int = 20) -> PlayerState:
        state = PlayerState(at)
        for key in keys:
            state = apply_key(state, key, 40, 2.0)
        return state

    assert after(["f"]).at == 30 and after(["\x1b[D"]).at == 10
    assert after(["f", "f", "f"]).at == 39 and after(["b"] * 5).at == 0
    assert after(["n"]) == PlayerState(21, paused=True) and after(["p", " "]) == PlayerState(19)
    assert after(["0"]).at == 0 and after(["t"]).truth and after(["q"]).has_quit
    assert after(["x", "\x1b"]) == PlayerState(20)


def test_nothing_of_a_frame_reaches_a_terminal_as_a_command() -> None:
    hostile = "\x1b[2J..\n\x07\u202e\U000f0003"
    lines = render_frame(hostile, None, (9, 80), cross_out)
    assert lines == ["?[2J..", "???   "]
    assert frame_cells("ab\ncd\nef", 2, 3) == [["a", "b", " "], ["c", "d", " "]]


def test_marks_and_room() -> None:
    assert render_frame("..\n@.", "..\n..", (9, 80), cross_out) == ["..   ..", "x.   .."]
    assert render_frame("..\n@.", "..\n..", (9, 4), cross_out) == ["..", "x."]  # no room for both
    assert render_frame("....\n....", None, (1, 3), cross_out) == ["..."]


def test_without_a_terminal_nothing_is_played() -> None:
    with open(os.devnull) as nothing:
        assert not can_play(nothing, nothing)
