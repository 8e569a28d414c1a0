"""Cleaning gives one form to what looks the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.corpora.drawing import Drawing, clean_art, clean_drawing

MESSY = st.text(st.sampled_from(" \t\r\n\x0b\x0c/\\|xo\u00a0"), max_size=40)


@pytest.mark.parametrize(
    ("messy", "tidy"),
    [
        ("a\r\nb\r", "a\nb"),
        ("a\rb\r\r\nc", "a\nb\nc"),
        ("\n  \n a  \n\n  b\n \n", "a\n\n b"),
        ("\tx\n\t x", "x\n x"),
        ("a\tb", "a       b"),
        (" \r\n\t", ""),
    ],
)
def test_known_answers(messy: str, tidy: str) -> None:
    assert clean_art(messy) == tidy


@given(MESSY)
def test_cleaning_twice_is_cleaning_once(art: str) -> None:
    assert clean_art(clean_art(art)) == clean_art(art)


@given(MESSY, st.integers(0, 5))
def test_margins_and_blank_frames_change_nothing(art: str, margin: int) -> None:
    lines = clean_art(art).split("\n")
    framed = "\r\n\r\n" + "\r\n".join(" " * margin + line + "  " for line in lines) + "\r\n"
    assert clean_art(framed) == "\n".join(lines)


def test_labels_come_on_one_line_and_the_rest_stays() -> None:
    piece = clean_drawing(Drawing(" Big \n cat ", " =^.^= \n  jgs", "by jgs", "here"))
    assert piece == Drawing("Big cat", "=^.^=\n jgs", "by jgs", "here")
    assert (piece.width, piece.height) == (5, 2)
