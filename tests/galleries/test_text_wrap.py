"""Running text in a gallery: folded, beside each other, and drawings left alone."""

from __future__ import annotations

import pytest

from lab.galleries.piece_view import build_piece_view
from lab.galleries.sheet import render_row
from lab.galleries.text_wrap import SHEET_WIDTH, fold_columns, fold_text, is_running_text

TEXT = {"framing": None, "seed": 1, "artist": "a", "text": "the quick brown fox " * 20 + "\n\nend"}


@pytest.mark.parametrize("width", [24, 40, 72])
def test_folding_keeps_every_word_and_its_own_line_ends(width: int) -> None:
    shown = fold_text(TEXT["text"], width)
    assert max(map(len, shown.split("\n"))) <= width
    assert shown.split() == TEXT["text"].split() and shown.endswith("\n\nend")


def test_a_word_without_end_and_an_escape_are_folded_too() -> None:
    shown = fold_text("x" * 200 + "\x1b[2J", 24)
    assert max(map(len, shown.split("\n"))) <= 24 and "\x1b" not in shown


def test_texts_of_a_row_begin_on_one_line_and_fit() -> None:
    row = [{**TEXT, "artist": "a"}, {**TEXT, "artist": "b", "text": "the short one"}]
    lines = render_row(row).split("\n")
    assert lines[1].count("the ") > 1 and "the short one" in lines[1]
    assert max(map(len, lines)) <= SHEET_WIDTH
    assert len({one.count("\n") for one in fold_columns([one["text"] for one in row], 80)}) == 1


def test_only_lines_that_say_so_are_prose() -> None:
    drawing = {**TEXT, "framing": "conditional"}
    older = {key: value for key, value in TEXT.items() if key != "framing"}
    assert [is_running_text(one) for one in (TEXT, drawing, older)] == [True, False, False]
    assert max(map(len, render_row([drawing]).split("\n"))) == 399
    assert [build_piece_view(one, 1, "a", "g").prose for one in (TEXT, drawing)] == [True, False]
    assert build_piece_view(TEXT, 1, "a", "g").width <= 72
