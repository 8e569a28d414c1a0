"""Galleries on disk: read back whole, and hostile pieces stay inside their block."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.galleries.gallery_file import group_by_seed, read_gallery
from lab.galleries.sheet import (
    escape_markdown,
    fence_text,
    number_titles,
    render_markdown,
    render_row,
    write_gallery,
)
from lab.terminal.safe_text import display_width

PIECE = {
    "label": "Cats",
    "seed": 3,
    "text": " /\\_/\\\n( o.o )",
    "nearest": {"similarity": 0.713, "verdict": "varied"},
}


def test_pieces_are_read_back_as_they_were(tmp_path: Path) -> None:
    lines, _ = write_gallery(tmp_path, "mine", [PIECE, {**PIECE, "seed": 4}], "a command")
    assert read_gallery(lines) == [PIECE, {**PIECE, "seed": 4}]


def test_the_page_shows_label_seed_and_nearest(tmp_path: Path) -> None:
    _, page = write_gallery(tmp_path, "mine", [PIECE], "python -m lab.sample")
    text = page.read_text()
    assert "## 1. Cats, seed 3, varied (0.71 like its nearest piece)" in text
    assert PIECE["text"] in text


def test_a_title_is_number_label_and_novelty_and_no_wider_than_the_screen() -> None:
    pieces = [PIECE, {"seed": 4, "label": "\x1b[31m\u732b" * 30, "text": ""}, {"text": ""}]
    titles = number_titles(pieces, 40)
    assert titles[0] == "1 Cats, varied 0.71" and titles[2] == "3"
    assert "\x1b" not in titles[1] and 38 <= display_width(titles[1]) <= 40


def test_a_fence_is_longer_than_any_in_the_art() -> None:
    block = fence_text("````\n```` </pre><script>")
    assert block.startswith("`````text\n") and block.endswith("\n`````")


def test_terminal_escapes_never_reach_the_page() -> None:
    page = render_markdown("x", [{**PIECE, "text": "\x1b]52;c;aGk=\x07 \u202e"}], "c")
    assert not set(page) & {"\x1b", "\x07", "\u202e"}


def test_labels_cannot_be_markup() -> None:
    shown = escape_markdown("[x](javascript:1) <img src=x> *b*\n# h")
    assert shown == "\\[x\\](javascript:1) \\<img src=x\\> \\*b\\* \\# h"


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"text": ""}\n{"text": \n')
    with pytest.raises(ValueError, match="line 2"):
        read_gallery(tmp_path / "bad.jsonl")


def test_one_seed_by_several_is_one_row() -> None:
    row = [{**PIECE, "artist": name, "text": text} for name, text in [("a", "/"), ("b", "\\\n|")]]
    pieces = [*row, {**PIECE, "seed": 4}]
    assert group_by_seed(pieces) == [row, [pieces[2]]]
    assert (
        render_row(row)
        == "a, varied 0.71   b, varied 0.71\n                 \\\n/                |"
    )
    assert "## 1. Cats, seed 3\n" in render_markdown("x", pieces, "c")


@pytest.mark.parametrize(
    "fault",
    [
        {"text": 3}, {"text": None}, {"nearest": 3}, {"nearest": {"similarity": "x"}},
        {"sampling": [1]}, {"sampling": {"temperature": "hot"}}, {"label": 3},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_is_no_piece_is_named(tmp_path: Path, fault: dict[str, object]) -> None:
    (tmp_path / "bad.jsonl").write_text(json.dumps({**PIECE, **fault}))
    with pytest.raises(ValueError, match="line 1 is not a piece"):
        read_gallery(tmp_path / "bad.jsonl")
