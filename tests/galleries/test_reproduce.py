"""A line can be drawn again if it holds everything that its piece depends on."""

from typing import Any

import pytest

from lab.galleries.reproduce import check_reproducible, format_piece_differences

LINE: dict[str, Any] = {
    "artist": "a", "individual": "0" * 64, "weights": "raw", "seed": 3, "length": 64,
    "sampling": {"temperature": 0.6, "top_k": 0, "top_p": 1.0, "min_p": 0.0},
    "framing": "conditional", "wish": "Cats", "text": "=^.^=", "closed": True, "label": "Cats",
}  # fmt: skip


def test_a_whole_line_is_returned() -> None:
    assert check_reproducible(LINE, "here") is LINE


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seed": None}, "its seed is missing or wrong"),
        ({"seed": True}, "its seed is missing or wrong"),
        ({"seed": -1}, "its weights, length or seed is wrong"),
        ({"weights": "best"}, "its weights, length or seed is wrong"),
        ({"length": 10**9}, "its weights, length or seed is wrong"),
        ({"sampling": {"temperature": -1}}, "its sampling is wrong"),
        ({"sampling": {"heat": 1}}, "its sampling is wrong"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=f"here cannot be drawn again: {complaint}"):
        check_reproducible({**LINE, **change}, "here")


def test_equal_pieces_have_no_difference() -> None:
    assert format_piece_differences(LINE, dict(LINE)) == ""


def test_another_text_is_shown_as_a_diff_without_control_characters() -> None:
    shown = format_piece_differences(LINE, {**LINE, "text": "=o.o=\x1b"})
    assert "-=^.^=" in shown and "+=o.o=" in shown and "\x1b" not in shown


def test_another_label_is_named() -> None:
    assert format_piece_differences(LINE, {**LINE, "label": "Owls"}) == "label is Owls, was Cats"
