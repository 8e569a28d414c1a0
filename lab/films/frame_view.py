"""Frame view: frames as printable cells, the model's beside the truth with errors marked.

A cell is one printable character of one column; other characters are shown as a question mark, so
that no control sequence reaches the terminal.
"""

from __future__ import annotations

from collections.abc import Callable

from lab.terminal.safe_text import is_single_column

GAP = 3  # columns between the model's frame and the truth
BLANK, STRANGE = " ", "?"


def frame_cells(frame: str, height: int, width: int) -> list[list[str]]:
    """Return a frame as height lines of width cells, cut or padded with blanks."""
    lines = frame.split("\n")[:height]
    lines += [""] * (height - len(lines))
    return [
        [
            character if is_single_column(character) else STRANGE
            for character in line[:width].ljust(width, BLANK)
        ]
        for line in lines
    ]


def frame_size(frame: str) -> tuple[int, int]:
    """Return the lines of a frame, and the characters of its longest line."""
    lines = frame.split("\n")
    return len(lines), max(map(len, lines))


def differing_cells(written: list[list[str]], truth: list[list[str]]) -> list[list[bool]]:
    """Return which cells differ."""
    pairs = zip(written, truth, strict=True)
    return [[a != b for a, b in zip(row, truth_row, strict=True)] for row, truth_row in pairs]


def render_frame(
    frame: str, truth: str | None, room: tuple[int, int], mark: Callable[[str], str]
) -> list[str]:
    """Render a frame, or frame and truth side by side, within room (lines, columns).

    mark maps the character of a wrong cell to its display. Where both do not fit side by side, the
    marked frame alone is rendered.
    """
    height, width = frame_size(truth or frame)
    written = frame_cells(frame, height, width)
    if truth is None:
        return ["".join(line[: room[1]]) for line in written[: room[0]]]
    truth_cells = frame_cells(truth, height, width)
    marked = [
        [
            mark(character) if is_wrong else character
            for character, is_wrong in zip(line, wrong_row, strict=True)
        ]
        for line, wrong_row in zip(written, differing_cells(written, truth_cells), strict=True)
    ]
    lines = ["".join(line[: room[1]]) for line in marked[: room[0]]]
    if 2 * width + GAP > room[1]:
        return lines
    return [
        text + " " * GAP + "".join(truth_row)
        for text, truth_row in zip(lines, truth_cells, strict=False)
    ]


def reverse_video(character: str) -> str:
    """Return a cell in reversed colours, for a terminal."""
    return f"\x1b[7m{character}\x1b[0m"


def cross_out(_: str) -> str:
    """Return a crossed-out cell, for plain text."""
    return "x"
