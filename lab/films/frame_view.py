"""A screen: frames as cells, the model's beside the truth with its wrong cells marked.

Whatever a model or a file says, a cell is one printable character of one column; what is none is
shown as a question mark. So nothing that is shown can be obeyed by a terminal.
"""

from __future__ import annotations

from collections.abc import Callable

from lab.terminal.safe_text import is_single_column

GAP = 3  # columns between the model's frame and the truth
BLANK, STRANGE = " ", "?"


def frame_cells(frame: str, height: int, width: int) -> list[list[str]]:
    """A frame as height lines of width cells, cut or filled with blanks."""
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
    """Lines of a frame, and the characters of its longest."""
    lines = frame.split("\n")
    return len(lines), max(map(len, lines))


def differing_cells(written: list[list[str]], truth: list[list[str]]) -> list[list[bool]]:
    """Which cells differ."""
    pairs = zip(written, truth, strict=True)
    return [[a != b for a, b in zip(row, truth_row, strict=True)] for row, truth_row in pairs]


def render_frame(
    frame: str, truth: str | None, room: tuple[int, int], mark: Callable[[str], str]
) -> list[str]:
    """Lines of a frame, or of frame and truth beside each other, that fit room (lines, columns).

    mark makes of a wrong cell's character what is shown in its place. Where both do not fit beside
    each other, the frame alone is shown, marked.
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
    """A cell in reversed colours, for a terminal."""
    return f"\x1b[7m{character}\x1b[0m"


def cross_out(_: str) -> str:
    """A cell crossed out, for plain text."""
    return "x"
