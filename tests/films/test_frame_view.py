"""Frames as cells: cut, padded, compared, and without control characters."""

from lab.films.frame_view import (
    cross_out,
    differing_cells,
    frame_cells,
    frame_size,
    render_frame,
    reverse_video,
)


def test_cells_are_cut_and_padded() -> None:
    assert frame_cells("abc\nd", 3, 2) == [["a", "b"], ["d", " "], [" ", " "]]
    assert frame_size("abc\nd") == (2, 3)


def test_control_and_wide_characters_become_question_marks() -> None:
    assert frame_cells("\x1b[2J\u732b", 1, 5) == [["?", "[", "2", "J", "?"]]


def test_differing_cells_are_marked() -> None:
    assert differing_cells([["a", "b"]], [["a", "c"]]) == [[False, True]]
    assert render_frame("ab", "ac", (9, 9), cross_out) == ["ax   ac"]


def test_a_narrow_room_holds_the_marked_frame_alone() -> None:
    assert render_frame("ab\nab", "ac\nab", (1, 6), cross_out) == ["ax"]
    assert render_frame("abc", None, (1, 2), cross_out) == ["ab"]


def test_reversed_video_ends_after_the_cell() -> None:
    assert reverse_video("a") == "\x1b[7ma\x1b[0m"
